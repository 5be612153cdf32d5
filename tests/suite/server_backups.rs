//! Backups of servers that run and of those that stand still, and what becomes of bad ones.

use crate::server_operations::{complaint, name_of, program, rename, run, said, settled};
use lockstep_tests::client::Client;
use lockstep_tests::server::Server;
use std::fs;
use std::io::Cursor;
use std::process::Stdio;
use std::time::Duration;

/// A tenth of a second of a tone, as WAV.
fn hum() -> Vec<u8> {
    let format = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut file, format).expect("a file in memory");
    for frame in 0..4_800_i16 {
        writer.write_sample(frame % 100 * 100).expect("a sample");
    }
    writer.finalize().expect("a file in memory");
    file.into_inner()
}

#[test]
fn a_backup_under_edits_is_whole_and_a_restored_server_goes_on_from_it() {
    let server = Server::start();
    let sessions: Vec<String> = (0..3).map(|_| server.new_session()).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let archive = folder.path().join("backup.tar");
    let archive = archive.to_string_lossy();
    let players: Vec<Client> = sessions
        .iter()
        .map(|session| Client::joined(server.address(), session, 1))
        .collect();
    for player in &players {
        player.edit(rename("before"));
        settled(player);
    }
    let sample = hum();
    let path = format!("/api/v1/sessions/{}/samples", sessions[0]);
    let sent = server.send("POST", &path, &[("content-type", "audio/wav")], &sample);
    assert_eq!(sent.status, 201, "{sent:?}");
    let sample_path = format!(
        "/api/v1/samples/{}",
        sent.json()["sample"].as_str().expect("its hash")
    );
    let told = std::thread::scope(|scope| {
        let backup = scope.spawn(|| run(&["backup", &archive], server.data()));
        let mut number = 0;
        while !backup.is_finished() {
            for player in &players {
                player.edit(rename(&format!("during {number}")));
            }
            players.iter().for_each(settled);
            number += 1;
        }
        said(&backup.join().expect("the backup is made"))
    });
    assert!(told.contains("3 sessions, 1 samples"), "{told}");
    assert!(complaint(&run(&["backup", &archive], server.data())).contains("there already"));

    // Into a server that knows nothing of them, and that stands still.
    let mut other = Server::start();
    other.stop();
    let told = said(&run(&["restore", &archive], other.data()));
    assert!(told.contains("3 of 3 sessions added"), "{told}");
    other.come_back();
    for session in &sessions {
        let name = name_of(&other, session);
        assert!(name == "before" || name.starts_with("during "), "{name}");
    }
    assert_eq!(other.get(&sample_path, &[]).body, sample);
    let back = Client::joined(other.address(), &sessions[0], 2);
    back.edit(rename("after"));
    settled(&back);

    // Again, while it runs: what is there stays, unless it is to be replaced.
    let told = said(&run(&["restore", &archive], other.data()));
    assert!(
        told.contains("0 of 3 sessions added") && told.contains("3 kept"),
        "{told}"
    );
    assert_eq!(name_of(&other, &sessions[0]), "after");
    let told = said(&run(&["restore", &archive, "--replace"], other.data()));
    assert!(told.contains("3 replaced"), "{told}");
    // Whoever is in one is given it, by the way that a server's restart is survived.
    let restored = |name: &str| name == "before" || name.starts_with("during ");
    back.wait_until("the restored document", |replica| {
        replica.is_live() && restored(replica.document().name.as_str())
    });
    assert!(restored(&name_of(&other, &sessions[0])));
    back.edit(rename("and on"));
    settled(&back);
    assert_eq!(name_of(&other, &sessions[0]), "and on");
}

#[test]
fn a_backup_that_is_damaged_anywhere_changes_nothing() {
    let server = Server::start();
    server.new_session();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("backup.tar");
    said(&run(&["backup", &path.to_string_lossy()], server.data()));
    let whole = fs::read(&path).expect("the backup");
    let data = folder.path().join("data");
    let refused = |bytes: &[u8], what: &str| {
        let broken = folder.path().join("broken.tar");
        fs::write(&broken, bytes).expect("a file");
        let told = complaint(&run(&["restore", &broken.to_string_lossy()], &data));
        assert!(told.contains("nothing was changed"), "{what}: {told}");
        assert!(!data.exists(), "{what}");
    };
    for length in (0..whole.len() - 2 * 512).step_by(whole.len() / 23) {
        refused(&whole[..length], &format!("the first {length} bytes"));
    }
    // Past its head a session's entry is its snapshot: a byte of it, wherever it is.
    let body = 3 * 512;
    for place in (body..body + 4_096).step_by(409) {
        let mut bytes = whole.clone();
        bytes[place] ^= 1;
        refused(&bytes, &format!("byte {place}"));
    }
    let later = String::from_utf8_lossy(&whole).replace("\"format\":1", "\"format\":9");
    refused(later.as_bytes(), "a later format");
    refused(b"something else", "no archive");
    said(&run(&["restore", &path.to_string_lossy()], &data));
    assert!(data.exists());
}

#[test]
fn a_restore_or_backup_that_is_killed_leaves_data_that_opens_and_can_be_run_again() {
    let server = Server::start_with(&["--rates", "0"]);
    let sessions: Vec<String> = (0..60).map(|_| server.new_session()).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let archive = folder.path().join("backup.tar");
    said(&run(&["backup", &archive.to_string_lossy()], server.data()));
    let mut other = Server::start();
    other.stop();
    for round in 0..12 {
        let mut restore = program()
            .args(["restore", "--replace", &archive.to_string_lossy(), "--data"])
            .arg(other.data())
            .stdout(Stdio::null())
            .spawn()
            .expect("the program can be run");
        std::thread::sleep(Duration::from_millis(3 * round));
        // It may have ended already.
        let _ = restore.kill();
        restore.wait().expect("it has ended");
        let healthy = run(&["doctor", "--listen", "127.0.0.1:0"], other.data());
        assert!(healthy.status.success(), "{healthy:?}");
    }
    let told = said(&run(&["restore", &archive.to_string_lossy()], other.data()));
    assert!(told.contains("of 60 sessions"), "{told}");
    other.come_back();
    for session in sessions.iter().step_by(7) {
        assert!(!name_of(&other, session).is_empty());
    }

    let draft = folder.path().join("killed.tar");
    let mut backup = program()
        .args(["backup", &draft.to_string_lossy(), "--data"])
        .arg(server.data())
        .stdout(Stdio::null())
        .spawn()
        .expect("the program can be run");
    let _ = backup.kill();
    backup.wait().expect("it has ended");
    assert!(!draft.exists(), "half a backup has no name");
    assert_eq!(server.get("/api/v1/health", &[]).status, 200);
}
