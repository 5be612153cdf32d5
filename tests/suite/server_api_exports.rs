//! Sessions taken out over HTTP as files: the same as by the program itself, and none at the
//! expense of others.

use hound::WavReader;
use lockstep_session::edit::{Edit, SessionSetting};
use lockstep_session::text::LongName;
use lockstep_tests::client::Client;
use lockstep_tests::server::{Answer, PATIENCE, Server};
use midly::Smf;
use std::io::{Cursor, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc;
use std::time::Instant;
use zip::ZipArchive;

fn export(server: &Server, session: &str, what: &str) -> Answer {
    server.get(&format!("/api/v1/sessions/{session}/export/{what}"), &[])
}

#[track_caller]
fn exported(server: &Server, session: &str, what: &str) -> Answer {
    let answer = export(server, session, what);
    assert_eq!(answer.status, 200, "{what}: {}", answer.text());
    assert_eq!(
        answer.header("content-length"),
        answer.body.len().to_string()
    );
    assert_eq!(answer.header("cache-control"), "no-store");
    answer
}

/// P-HTTP-10
#[test]
fn what_is_exported_over_http_is_what_the_program_exports() {
    let mut server = Server::start();
    let session = server.new_session();
    let client = Client::joined(server.address(), &session, 1);
    let name = SessionSetting::Name(LongName::new("../Näh \"me\""));
    client.edit(Edit::Session(name));
    client.wait_until("it is renamed", |replica| replica.unsaved() == 0);
    drop(client);

    let part = "bars=2&from=2&rate=44100&bits=16";
    let wav = exported(&server, &session, &format!("mix.wav?{part}"));
    assert_eq!(wav.header("content-type"), "audio/wav");
    assert_eq!(
        wav.header("content-disposition"),
        "attachment; filename=\"..-N_h -me-.wav\"; filename*=UTF-8''..-N%C3%A4h%20-me-.wav"
    );
    let midi = exported(&server, &session, "notes.mid?bars=2");
    assert_eq!(Smf::parse(&midi.body).expect("a MIDI file").tracks.len(), 9);
    let json = exported(&server, &session, "document.json");
    let stems = exported(&server, &session, &format!("stems.zip?{part}"));
    assert_eq!(stems.header("content-type"), "application/zip");

    assert!(server.stop().success());
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let read = |name: &str| std::fs::read(path(name)).expect("a file");
    let stem_folder = path("stems");
    let folder_flag = stem_folder.to_string_lossy();
    let flags = [
        "--bars",
        "2",
        "--from",
        "2",
        "--rate",
        "44100",
        "--bits",
        "16",
        "--stems",
        &folder_flag,
    ];
    assert!(
        server
            .export(&session, &path("a.wav"), &flags)
            .status
            .success()
    );
    assert!(
        server
            .export(&session, &path("a.mid"), &["--bars", "2"])
            .status
            .success()
    );
    assert!(
        server
            .export(&session, &path("a.json"), &[])
            .status
            .success()
    );
    assert!(wav.body == read("a.wav"), "the mix is another");
    assert_eq!(midi.body, read("a.mid"));
    assert_eq!(json.body, read("a.json"));

    let mut archive = ZipArchive::new(Cursor::new(stems.body)).expect("a zip");
    let mut names: Vec<String> = archive
        .file_names()
        .map(|name| name.expect("a name").into_owned())
        .collect();
    names.sort();
    assert_eq!(names.len(), 9);
    assert_eq!((&*names[0], &*names[8]), ("01 Kick.wav", "09 Sends.wav"));
    for name in names {
        let mut bytes = Vec::new();
        archive
            .by_name(&name)
            .expect("a stem")
            .read_to_end(&mut bytes)
            .expect("whole");
        assert!(bytes == read(&format!("stems/{name}")), "{name} is another");
    }
}

/// P-HTTP-10
#[test]
fn without_a_number_of_bars_a_file_ends_where_everything_begins_anew() {
    let server = Server::start();
    let session = server.new_session();
    let wav = exported(&server, &session, "mix.wav?bits=32&rate=8000");
    let sound = WavReader::new(Cursor::new(wav.body)).expect("a WAV file");
    assert_eq!(sound.spec().bits_per_sample, 32);
    // One bar of the starter at 112 beats a minute, and what rings on.
    assert!(
        (17_142..17_142 + 31 * 8_000).contains(&sound.duration()),
        "{}",
        sound.duration()
    );
}

/// P-HTTP-11
#[test]
fn too_many_exports_are_told_to_wait_and_those_that_nobody_waits_for_end() {
    let server = Server::start_with(&["--rates", "100"]);
    let session = server.new_session();
    // Ten minutes each. As many as can be made and wait, and a few more.
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let taken = (cores / 2).max(1) + 8;
    let path = format!("/api/v1/sessions/{session}/export/mix.wav?bars=280&rate=96000&bits=16");
    let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n\r\n", server.address());
    let (heard, answers) = mpsc::channel();
    let mut asking = Vec::new();
    for _ in 0..taken + 4 {
        let mut stream = TcpStream::connect(server.address()).expect("the server listens");
        stream.write_all(request.as_bytes()).expect("a request");
        let (mut answer, heard) = (stream.try_clone().expect("a socket"), heard.clone());
        asking.push(stream);
        std::thread::spawn(move || {
            let mut begin = [0; 12];
            if answer.read_exact(&mut begin).is_ok() {
                // Nobody may listen any more.
                let _ = heard.send(String::from_utf8_lossy(&begin).into_owned());
            }
        });
    }
    for _ in 0..4 {
        let answer = answers
            .recv_timeout(PATIENCE)
            .expect("those that are too many are told");
        assert_eq!(answer, "HTTP/1.1 503");
    }
    let refused = export(&server, &session, "notes.mid?bars=1");
    assert_eq!(
        (refused.status, refused.header("retry-after")),
        (503, "5"),
        "{refused:?}"
    );
    assert_eq!(refused.json()["code"], "busy");
    assert_eq!(server.get("/api/v1/health", &[]).status, 200);

    for stream in asking {
        stream.shutdown(Shutdown::Both).expect("it was open");
    }
    let deadline = Instant::now() + PATIENCE;
    let served = loop {
        let answer = export(&server, &session, "mix.wav?bars=1&rate=8000");
        if answer.status != 503 {
            break answer;
        }
        assert!(
            Instant::now() < deadline,
            "they are still made though nobody waits"
        );
        std::thread::yield_now();
    };
    assert_eq!(served.status, 200, "{}", served.text());
    let left: Vec<_> = std::fs::read_dir(server.data())
        .expect("a folder")
        .flatten()
        .collect();
    assert!(
        left.iter()
            .all(|entry| !entry.file_name().to_string_lossy().starts_with(".tmp")),
        "{left:?}"
    );
}
