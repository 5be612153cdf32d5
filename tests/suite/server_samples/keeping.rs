//! What becomes of samples on the disk: a crash, a cosmic ray, no room, and nobody who wants them.

use super::{fetch, refused, send, sent, tone};
use lockstep_session::document::{Channels, FrameCount, SampleRate};
use lockstep_session::edit::{Edit, SessionSetting};
use lockstep_session::ids::SampleId;
use lockstep_session::text::LongName;
use lockstep_tests::client::Client;
use lockstep_tests::server::{PATIENCE, Server};
use lockstep_tests::tones::{Tone, wav};
use std::io::Write;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Instant;

fn path_of(server: &Server, sample: SampleId) -> PathBuf {
    let name = sample.hex();
    server.data().join("samples").join(&name[..2]).join(name)
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        if entry.path().is_dir() {
            files.extend(files_in(&entry.path()));
        } else {
            files.push(entry.path());
        }
    }
    files
}

/// The beginning of a request with a body, on a connection that stays open.
fn begin(server: &Server, session: &str, length: usize, body: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).expect("the server listens");
    let head = format!(
        "POST /api/v1/sessions/{session}/samples HTTP/1.1\r\nhost: {}\r\ncontent-length: {length}\r\n\r\n",
        server.address()
    );
    stream.write_all(head.as_bytes()).expect("a request");
    stream.write_all(body).expect("a part of a body");
    stream
}

#[track_caller]
fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(
            began.elapsed() < PATIENCE,
            "{what}: not within {PATIENCE:?}"
        );
        std::thread::yield_now();
    }
}

/// P-AUDIO-7
#[test]
fn kill_9_in_the_middle_of_an_upload_leaves_nothing_and_after_one_leaves_all() {
    let mut server = Server::start();
    let session = server.new_session();
    let (whole, half) = (tone(450.0), wav(Tone::new(480_000, 48_000, 1)));
    let sample = sent(&server, &session, &whole);
    let incoming = server.data().join("incoming");
    let stream = begin(&server, &session, half.len(), &half[..half.len() / 2]);
    wait_until("a part has arrived", || {
        let mut files = files_in(&incoming).into_iter();
        files.any(|file| file.metadata().is_ok_and(|file| file.len() > 100_000))
    });
    server.kill();
    drop(stream);
    server.come_back();
    assert_eq!(files_in(&incoming), Vec::<PathBuf>::new());
    assert_eq!(
        files_in(&server.data().join("samples")),
        [path_of(&server, sample)]
    );
    assert!(fetch(&server, sample).body == whole);
    refused(&fetch(&server, SampleId::of(&half)), 404, "unknown-sample");
    assert_eq!(sent(&server, &session, &half), SampleId::of(&half));
}

/// P-AUDIO-7
#[test]
fn an_upload_that_is_cut_off_leaves_nothing() {
    let server = Server::start();
    let session = server.new_session();
    let file = wav(Tone::new(480_000, 48_000, 1));
    let incoming = server.data().join("incoming");
    let stream = begin(&server, &session, file.len(), &file[..file.len() - 1]);
    wait_until("it has begun", || !files_in(&incoming).is_empty());
    drop(stream);
    wait_until("it is gone", || files_in(&incoming).is_empty());
    assert_eq!(
        files_in(&server.data().join("samples")),
        Vec::<PathBuf>::new()
    );
}

/// P-AUDIO-8
#[test]
fn bytes_that_have_changed_on_disk_are_not_handed_out_and_sending_them_again_mends_them() {
    let server = Server::start();
    let session = server.new_session();
    let file = tone(451.0);
    let sample = sent(&server, &session, &file);
    assert_eq!(fetch(&server, sample).status, 200);
    let path = path_of(&server, sample);
    let mut changed = file.clone();
    changed[2_000] ^= 1;
    let writes: [&dyn Fn(); 3] = [
        &|| std::fs::write(&path, &changed).expect("the test may write"),
        &|| std::fs::write(&path, &file[..file.len() - 1]).expect("the test may write"),
        &|| std::fs::remove_file(&path).expect("the test may delete"),
    ];
    for harm in writes {
        harm();
        refused(&fetch(&server, sample), 500, "damaged-sample");
        let part = server.get(&super::address(sample), &[("range", "bytes=0-9")]);
        refused(&part, 500, "damaged-sample");
        assert_eq!(send(&server, &session, "", &file).status, 200);
        assert!(fetch(&server, sample).body == file);
    }
}

/// P-AUDIO-9
#[test]
fn a_sample_that_no_session_names_is_swept_and_one_that_is_named_stays() {
    let mut server = Server::start_with(&["--keep-samples", "0"]);
    let session = server.new_session();
    let (wanted, unwanted) = (tone(452.0), tone(453.0));
    let [wanted, unwanted] = [wanted, unwanted].map(|file| sent(&server, &session, &file));
    let client = Client::joined(server.address(), &session, 1);
    client.edit(Edit::AddSample {
        sample: wanted,
        name: LongName::new("Wanted"),
        frames: FrameCount::new(4_800),
        rate: SampleRate::new(48_000),
        channels: Channels::new(1),
    });
    client.wait_until("it is named", |replica| replica.unsaved() == 0);
    assert_eq!(fetch(&server, unwanted).status, 200);
    // Once as a record of the journal, and once in a snapshot.
    for _ in 0..2 {
        server.kill();
        server.come_back();
        wait_until("what nobody wants is gone", || {
            fetch(&server, unwanted).status == 404 && !path_of(&server, unwanted).exists()
        });
        assert_eq!(fetch(&server, wanted).status, 200);
        client.wait_until("the player is back", |replica| replica.is_live());
        assert!(server.stop().success());
        server.come_back();
        client.wait_until("the player is back", |replica| replica.is_live());
    }
}

/// P-AUDIO-10
#[test]
fn a_full_disk_takes_no_sample_keeps_nothing_half_and_harms_no_edit() {
    let mut server = Server::start();
    let session = server.new_session();
    let small = tone(454.0);
    let kept = sent(&server, &session, &small);
    let client = Client::joined(server.address(), &session, 1);
    assert!(server.stop().success());
    // Room for the sessions and a little more, and none for half a minute of sound.
    let size = std::fs::metadata(server.data().join("lockstep.redb"))
        .unwrap()
        .len();
    let large = wav(Tone::new(2_500_000, 48_000, 2));
    assert!(u64::try_from(large.len()).unwrap() > size + 2_000_000);
    server.come_back_with_little_room(size / 512 + 2_000);
    refused(&send(&server, &session, "", &large), 507, "no-room");
    assert_eq!(
        files_in(&server.data().join("incoming")),
        Vec::<PathBuf>::new()
    );
    assert_eq!(
        files_in(&server.data().join("samples")),
        [path_of(&server, kept)]
    );
    assert!(fetch(&server, kept).body == small);
    client.wait_until("the player is back", |replica| replica.is_live());
    let name = LongName::new("Still editable");
    client.edit(Edit::Session(SessionSetting::Name(name)));
    client.wait_until("edits go on", |replica| replica.unsaved() == 0);
    assert_eq!(
        sent(&server, &session, &tone(455.0)),
        SampleId::of(&tone(455.0))
    );
}
