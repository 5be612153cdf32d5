//! Sessions taken out of the server's data as files, by the program that serves them.

use hound::{SampleFormat, WavReader};
use lockstep_session::edit::{Edit, SessionSetting};
use lockstep_session::text::LongName;
use lockstep_tests::client::Client;
use lockstep_tests::server::{self, Server};
use midly::{MetaMessage, Smf, TrackEventKind};
use std::path::Path;
use std::process::Output;

/// A server that has stopped, and the session that was renamed on it.
fn stopped() -> (Server, String) {
    let mut server = Server::start();
    let session = renamed(&server);
    assert!(server.stop().success());
    (server, session)
}

fn renamed(server: &Server) -> String {
    let session = server.new_session();
    let client = Client::joined(server.address(), &session, 1);
    let name = SessionSetting::Name(LongName::new("Taken home"));
    client.edit(Edit::Session(name));
    client.wait_until("it is renamed", |replica| replica.unsaved() == 0);
    session
}

#[track_caller]
fn went_well(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[track_caller]
fn refused(output: &Output, code: i32, words: &str) {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(words), "{words:?} is not in {said:?}");
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn session_name(midi: &[u8]) -> String {
    let file = Smf::parse(midi).expect("a MIDI file");
    let mut events = file.tracks[0].iter();
    let name = events.find_map(|event| match event.kind {
        TrackEventKind::Meta(MetaMessage::TrackName(name)) => Some(name.to_vec()),
        _ => None,
    });
    String::from_utf8(name.expect("a name")).expect("text")
}

#[test]
fn a_session_of_a_stopped_server_becomes_sound_notes_and_a_document() {
    let (server, session) = stopped();
    let folder = tempfile::tempdir().expect("a folder");
    let store = server.data().join("lockstep.redb");
    let before = read(&store);

    let wav = folder.path().join("session.wav");
    let stems = folder.path().join("stems");
    let more = ["--bars", "1", "--rate", "44100", "--bits", "16", "--stems"];
    let stems_flag = stems.to_string_lossy();
    let said = went_well(&server.export(&session, &wav, &[&more[..], &[&stems_flag]].concat()));
    assert!(said.contains("session.wav: 1 bar,"), "{said}");
    let sound = WavReader::open(&wav).expect("a WAV file");
    let specification = sound.spec();
    assert_eq!(
        (
            specification.sample_rate,
            specification.channels,
            specification.bits_per_sample
        ),
        (44_100, 2, 16)
    );
    assert_eq!(specification.sample_format, SampleFormat::Int);
    let frames = sound.duration();
    // The starter's bar lasts as long as four beats of 112 a minute do.
    assert!(frames > 94_500, "{frames}");
    let loudest = sound
        .into_samples::<i16>()
        .map(|sample| sample.expect("whole"));
    assert!(loudest.map(i16::unsigned_abs).max() > Some(1_000));
    let names = names_in(&stems);
    assert_eq!(names.len(), 8);
    assert_eq!(names[0], "01 Kick.wav");
    for name in names {
        let stem = WavReader::open(stems.join(&name)).expect("a WAV file");
        assert_eq!(stem.duration(), frames, "{name}");
    }

    let midi = folder.path().join("session.mid");
    went_well(&server.export(&session, &midi, &[]));
    let bytes = read(&midi);
    assert_eq!(session_name(&bytes), "Taken home");
    assert_eq!(Smf::parse(&bytes).expect("a MIDI file").tracks.len(), 9);

    let json = folder.path().join("session.json");
    went_well(&server.export(&session, &json, &[]));
    let document: serde_json::Value = serde_json::from_slice(&read(&json)).expect("a document");
    assert_eq!(document["name"], "Taken home");

    let link = format!("http://127.0.0.1:7878/s/{session}");
    let again = folder.path().join("again.mid");
    went_well(&server.export(&link, &again, &[]));
    assert_eq!(read(&again), bytes, "by its link as by its id");
    let from_json = json.to_string_lossy();
    went_well(&server::export(&from_json, &again, &[]));
    assert_eq!(read(&again), bytes, "from the document as from the data");

    assert!(read(&store) == before, "reading changes nothing");
    assert_eq!(
        names_in(folder.path()),
        [
            "again.mid",
            "session.json",
            "session.mid",
            "session.wav",
            "stems"
        ]
    );
}

#[test]
fn a_server_that_was_killed_left_everything_that_was_acknowledged() {
    let mut server = Server::start();
    let session = renamed(&server);
    server.kill();
    let folder = tempfile::tempdir().expect("a folder");
    let midi = folder.path().join("session.mid");
    went_well(&server.export(&session, &midi, &["--bars", "2"]));
    assert_eq!(session_name(&read(&midi)), "Taken home");
}

#[test]
fn while_a_server_runs_its_data_is_refused_and_what_is_advised_works() {
    let server = Server::start();
    let session = renamed(&server);
    let folder = tempfile::tempdir().expect("a folder");
    let midi = folder.path().join("session.mid");
    let output = server.export(&session, &midi, &[]);
    refused(&output, 1, "/api/v1/sessions/ID");
    refused(&output, 1, "Stop it first");

    let answer = server.get(&format!("/api/v1/sessions/{session}"), &[]);
    let saved = folder.path().join("answer.json");
    std::fs::write(&saved, &answer.body).expect("a file");
    went_well(&server::export(&saved.to_string_lossy(), &midi, &[]));
    assert_eq!(session_name(&read(&midi)), "Taken home");
}

#[test]
fn what_cannot_be_exported_is_said_and_nothing_is_left_behind() {
    let (server, session) = stopped();
    let folder = tempfile::tempdir().expect("a folder");
    let inside = |name: &str| folder.path().join(name);
    let midi = inside("session.mid");
    let nowhere = inside("nowhere").to_string_lossy().into_owned();
    let unknown = "fuzzy-penguin-42-0123456789abcdef";

    refused(&server.export(unknown, &midi, &[]), 1, "no session in");
    refused(
        &server.export("kick", &midi, &[]),
        1,
        "neither a session's link",
    );
    refused(
        &server.export(&session, &inside("session.mp3"), &[]),
        1,
        ".wav, .mid and .json",
    );
    refused(
        &server.export(&session, &inside("no/way.wav"), &[]),
        1,
        "cannot be written",
    );
    refused(
        &server::export(&session, &midi, &["--data", &nowhere]),
        1,
        "there is no data of a lockstep-server",
    );
    refused(
        &server::export("absent.json", &midi, &[]),
        1,
        "absent.json cannot be read",
    );
    std::fs::write(inside("other.json"), r#"{"version":1}"#).expect("a file");
    let other = inside("other.json").to_string_lossy().into_owned();
    refused(
        &server::export(&other, &midi, &[]),
        1,
        "holds no session's document",
    );
    refused(
        &server.export(&session, &midi, &["--bits", "12"]),
        2,
        "16, 24 or 32",
    );
    refused(
        &server.export(&session, &midi, &["--bars", "0"]),
        2,
        "--bars",
    );
    assert_eq!(names_in(folder.path()), ["other.json"]);
}
