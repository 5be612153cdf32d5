//! What goes wrong on the way, and what is said of it.

use super::seat::{Place, Seat, house};
use super::sessions::name;
use crate::network::connector::Connector;
use crate::network::{Beginning, Command};
use crate::view::{Connection, View};
use lockstep_server::TlsFiles;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use tokio_rustls::rustls::RootCertStore;

const NOWHERE: &str = "fuzzy-penguin-42-0123456789abcdef";

fn says(view: &View, words: &str) -> bool {
    view.notice
        .as_ref()
        .is_some_and(|notice| notice.contains(words))
}

#[test]
fn a_server_that_cannot_be_reached_is_named_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let mut place = Place::open();
    place.stop();
    let mut seat = Seat::at(&house(folder.path()), &place);
    seat.ask(Command::NewSession(Beginning::Here));
    let view = seat.wait_until("it is said", |view| says(view, "cannot be reached"));
    assert!(says(&view, &place.url()) && says(&view, "Check"));
    assert_eq!(view.connection, Connection::Alone);
}

#[test]
fn a_wrong_link_and_a_server_that_is_no_server_are_told_apart() {
    let (place, folder) = (Place::open(), tempfile::tempdir().unwrap());
    let mut seat = Seat::at(&house(folder.path()), &place);
    seat.ask(Command::Join("hello".into()));
    seat.wait_until("it is no link", |view| says(view, "not a link"));
    seat.ask(Command::Join(format!("{}/s/{NOWHERE}", place.url())));
    let is_refused = |view: &View| matches!(&view.connection, Connection::Refused(why) if why.contains("no session"));
    seat.wait_until("nothing is there", is_refused);
    seat.ask(Command::ServerAddress("nonsense:x".into()));
    seat.wait_until("it is no server", |view| says(view, "not a server"));
    assert_eq!(seat.editor.view().settings.server, place.url());
}

#[test]
fn a_template_that_does_not_exist_is_refused_in_the_servers_words() {
    let (place, folder) = (Place::open(), tempfile::tempdir().unwrap());
    let mut seat = Seat::at(&house(folder.path()), &place);
    seat.ask(Command::NewSession(Beginning::Template("polka".into())));
    seat.wait_until("it is said", |view| says(view, "template"));
}

#[test]
fn a_join_waits_for_its_server_and_a_server_that_goes_is_waited_for() {
    let (mut place, folder) = (Place::open(), tempfile::tempdir().unwrap());
    let mine = house(folder.path());
    let mut first = Seat::at(&mine, &place);
    first.ask(Command::NewSession(Beginning::Template("dub".into())));
    let link = first.wait_until_live();
    place.stop();
    let is_waiting = |view: &View| view.connection == Connection::Waiting;
    first.wait_until("it is noticed", is_waiting);
    first.edit(name("Made in the dark"));
    let mut late = Seat::take(&mine);
    late.ask(Command::Join(link));
    late.wait_until("it waits and says why", |view| {
        is_waiting(view) && says(view, "cannot be reached")
    });
    place.start_again();
    late.wait_until_live();
    late.wait_until("what was made meanwhile came through", |view| {
        view.document.name.as_str() == "Made in the dark" && view.notice.is_none()
    });
}

#[test]
fn a_link_that_only_listens_edits_nothing_and_says_so() {
    let (place, folder) = (Place::open(), tempfile::tempdir().unwrap());
    let mut seat = Seat::at(&house(folder.path()), &place);
    seat.ask(Command::NewSession(Beginning::Template("groove".into())));
    let link = seat.wait_until_live();
    let listen = listen_link(&place.url(), link.rsplit('/').next().unwrap());
    let mut listener = Seat::take(&house(tempfile::tempdir().unwrap().path()));
    listener.ask(Command::Join(listen.clone()));
    assert_eq!(listener.wait_until_live(), listen);
    listener.edit(name("Mine"));
    listener.wait_until("it is said", |view| says(view, "only listens"));
    listener.ask(Command::AddSample("/nowhere.wav".into()));
    let view = listener.wait_until("it is said in full", |view| says(view, "Ask for the link"));
    assert!(view.uploads.is_empty());
    assert_ne!(view.document.name.as_str(), "Mine");
}

#[test]
fn an_encrypted_session_is_joined_by_whoever_trusts_its_server() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let files = TlsFiles {
        certificate: folder.path().join("certificate.pem"),
        key: folder.path().join("key.pem"),
    };
    std::fs::write(&files.certificate, made.cert.pem()).unwrap();
    std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    let place = Place::open_with(|config| config.tls = Some(files));
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let mine = house(folder.path());
    let mut seat = Seat::take_trusting(&mine, Connector::trusting(roots));
    let server = format!("https://localhost:{}", place.port());
    seat.ask(Command::ServerAddress(server.clone()));
    seat.ask(Command::NewSession(Beginning::Template("trap".into())));
    let link = seat.wait_until_live();
    assert!(link.starts_with(&server), "{link}");
    let mut stranger = Seat::take(&mine);
    stranger.ask(Command::Join(link));
    stranger.wait_until("it is not trusted", |view| says(view, "cannot be trusted"));
    assert_ne!(stranger.editor.view().connection, Connection::Live);
}

#[test]
fn an_instance_goes_at_once_whatever_it_is_doing() {
    // A listener that never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut seat = Seat::take(&house(folder.path()));
    let link = format!("http://{}/s/{NOWHERE}", silent.local_addr().unwrap());
    seat.ask(Command::Join(link));
    seat.wait_until("it tries", |view| view.connection == Connection::Joining);
    let begun = Instant::now();
    drop(seat);
    // What it waits for would take many times as long.
    assert!(begun.elapsed() < Duration::from_secs(5));
}

/// As the server names it to whoever may edit.
fn listen_link(server: &str, session: &str) -> String {
    let authority = server.trim_start_matches("http://");
    let mut stream = TcpStream::connect(authority).unwrap();
    let request = format!(
        "GET /api/v1/sessions/{session} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    body["listen_link"].as_str().unwrap().to_owned()
}
