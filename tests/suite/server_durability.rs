//! What the server acknowledged is there, whatever became of the process, the disk or a record.

mod counting;
mod crash;
mod torn;

use counting::{PLACES, begin_counting, count, count_in_two, counted, track_of};
use lockstep_session::document::Document;
use lockstep_session::document::step::Step;
use lockstep_session::edit::{Edit, SessionSetting};
use lockstep_session::ids::{SceneIndex, StepIndex};
use lockstep_session::replica::Replica;
use lockstep_session::text::LongName;
use lockstep_tests::client::Client;
use lockstep_tests::server::Server;

fn document_of(server: &Server, session: &str) -> Document {
    serde_json::from_value(server.read(session)["document"].clone()).expect("a document")
}

#[test]
fn stopping_politely_loses_nothing_and_ends_well() {
    let mut server = Server::start();
    let session = server.new_session();
    let client = Client::joined(server.address(), &session, 1);
    client.edit(begin_counting(0));
    client.wait_until("the count has begun", |replica| replica.unsaved() == 0);
    for number in 1..=50 {
        client.edit(count(0, number));
    }
    let status = server.stop();
    assert!(status.success(), "{status}");
    let unsaved = client.look(|replica| replica.unsaved());
    server.come_back();
    let (said, _) = counted(&document_of(&server, &session), 0);
    assert!(
        said + unsaved >= 50,
        "{said} there, {unsaved} not acknowledged"
    );
    client.wait_until("the rest is stored", |replica| replica.unsaved() == 0);
    assert_eq!(counted(&document_of(&server, &session), 0), (50, 50));
}

#[test]
fn a_second_server_on_the_same_data_is_refused_in_words() {
    let server = Server::start();
    let output = server.run_another_on_the_same_data();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "",
        "it never says that it listens"
    );
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(
        words.contains("another lockstep-server is using the data directory"),
        "{words}"
    );
    assert_eq!(
        server.get("/api/v1/health", &[]).status,
        200,
        "the first goes on"
    );
}

#[test]
fn a_damaged_record_closes_its_session_and_no_other() {
    let mut server = Server::start();
    let (damaged, whole) = (server.new_session(), server.new_session());
    for (session, name) in [(&damaged, "Harmed by a cosmic ray"), (&whole, "Whole")] {
        let client = Client::joined(server.address(), session, 1);
        client.edit(Edit::Session(SessionSetting::Name(LongName::new(name))));
        client.wait_until("the name is stored", |replica| replica.unsaved() == 0);
    }
    assert!(server.stop().success());

    let path = server.data().join("lockstep.redb");
    let mut bytes = std::fs::read(&path).unwrap();
    let words = b"Harmed by a cosmic ray";
    let places: Vec<usize> = (0..bytes.len() - words.len())
        .filter(|&at| bytes[at..].starts_with(words))
        .collect();
    assert!(!places.is_empty(), "the record is in the file");
    for place in places {
        bytes[place] ^= 1;
    }
    std::fs::write(&path, &bytes).unwrap();

    server.come_back();
    for _ in 0..2 {
        let answer = server.get(&format!("/api/v1/sessions/{damaged}"), &[]);
        assert_eq!(answer.status, 500);
        assert_eq!(answer.json()["code"], "damaged-session");
        assert!(
            answer.json()["action"]
                .as_str()
                .is_some_and(|action| action.contains("backup"))
        );
    }
    assert_eq!(document_of(&server, &whole).name.as_str(), "Whole");
    let client = Client::joined(server.address(), &whole, 2);
    client.edit(Edit::Session(SessionSetting::Name(LongName::new(
        "Still whole",
    ))));
    client.wait_until("the other session goes on", |replica| {
        replica.unsaved() == 0
    });
}

#[test]
fn a_full_disk_acknowledges_nothing_and_room_brings_everything_back() {
    let mut server = Server::start();
    let session = server.new_session();
    let client = Client::joined(server.address(), &session, 1);
    client.edit(begin_counting(0));
    client.wait_until("the first edit is stored", |replica| replica.unsaved() == 0);
    assert!(server.stop().success());

    // A little more than the file has now: opening it takes some, some edits fit, and then no more.
    let size = std::fs::metadata(server.data().join("lockstep.redb"))
        .unwrap()
        .len();
    server.come_back_with_little_room(size / 512 + 2_048);
    client.wait_until("the player is back", Replica::is_live);
    let mut made = 0;
    while !client.look(Replica::is_read_only) {
        made += 1;
        let mut gesture = count_in_two(0, made);
        gesture.push(many_steps());
        client.edit(Edit::Gesture(gesture));
        client.wait_until("the server keeps up, or gives up", |replica| {
            replica.unsaved() < 20 || replica.is_read_only()
        });
        assert!(made < 2_000, "the disk never became full");
    }
    let unsaved = client.look(Replica::unsaved);
    assert!(
        unsaved > 0,
        "what could not be written was not acknowledged"
    );
    server.kill();

    server.come_back();
    let (said, _) = counted(&document_of(&server, &session), 0);
    assert!(
        said + unsaved >= made,
        "{said} there, {unsaved} of {made} not acknowledged"
    );
    client.wait_until("the rest is stored", |replica| replica.unsaved() == 0);
    assert_eq!(
        counted(&document_of(&server, &session), 0),
        (made, made % PLACES)
    );
}

/// An edit that fills a disk sooner than a step does.
fn many_steps() -> Edit {
    Edit::Steps {
        track: track_of(1),
        scene: SceneIndex::new(0).expect("a scene"),
        first: StepIndex::new(0).expect("a step"),
        values: vec![Step::largest(); 100],
    }
}
