//! The seeds of the fuzzing programs, replayed against the same properties on every test run.

#[path = "../fuzz/properties.rs"]
#[expect(unreachable_pub, reason = "the fuzzing programs include this file too")]
mod properties;

#[path = "../fuzz/doors.rs"]
#[expect(unreachable_pub, reason = "the fuzzing programs include this file too")]
mod doors;

use doors::Doors;
use lockstep_tests::raw;
use lockstep_tests::server::Server;
use lockstep_tests::world::Dice;
use std::path::Path;

fn replay(target: &str, mut property: impl FnMut(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let mut seeds = 0;
    for entry in std::fs::read_dir(&folder).expect("the folder of seeds") {
        let path = entry.expect("a seed").path();
        println!("{}", path.display());
        property(&std::fs::read(&path).expect("a seed is a file"));
        seeds += 1;
    }
    assert!(seeds > 0, "{} holds no seed", folder.display());
}

#[test]
fn every_seed_of_hostile_messages_harms_nobody() {
    replay("message", properties::message);
}

#[test]
fn every_seed_of_a_journal_is_recovered_or_refused() {
    replay("journal", properties::journal);
}

#[test]
fn every_seed_of_a_snapshot_is_loaded_or_refused() {
    replay("snapshot", properties::snapshot);
}

/// The seeds, and what becomes of each when a few of its bytes are changed, doubled or left out.
fn knock_with_all(target: &str, mut property: impl FnMut(&[u8])) {
    let mut dice = Dice::new(5);
    replay(target, |seed| {
        property(seed);
        for _ in 0..40 {
            let mut bytes = seed.to_vec();
            for _ in 0..=dice.below(4) {
                let (from, to) = (dice.below(bytes.len()), dice.below(bytes.len()));
                let part = from.min(to)..from.max(to);
                match dice.below(4) {
                    0 if from < bytes.len() => bytes[from] = dice.byte(),
                    1 if from < bytes.len() => bytes[from] ^= 1 << dice.below(8),
                    2 => bytes.extend_from_within(part),
                    _ => drop(bytes.drain(part)),
                }
            }
            property(&bytes);
        }
    });
}

fn doors_of(server: &Server) -> Doors {
    Doors::new(server.address(), &server.new_session())
}

#[test]
fn any_bytes_on_a_socket_leave_the_others_as_they_were() {
    let server = Server::start_for_a_crowd(&["--edits-per-second", "1000000"]);
    let mut doors = doors_of(&server);
    knock_with_all("socket", |bytes| doors.socket(bytes));
}

#[test]
fn any_bytes_in_place_of_a_request_leave_the_others_as_they_were() {
    let server = Server::start_for_a_crowd(&["--edits-per-second", "1000000"]);
    let mut doors = doors_of(&server);
    knock_with_all("http", |bytes| doors.http(bytes));
}

#[test]
fn every_seed_of_a_sample_is_decoded_or_refused_in_bounds() {
    replay("sample", properties::sample);
}

/// Mending must make what is right, or nothing that is mended would be looked into.
#[test]
fn a_whole_ogg_file_is_not_changed_by_mending_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/sample");
    let whole = std::fs::read(folder.join("ogg_vorbis")).unwrap();
    let mut torn = whole.clone();
    torn[22] ^= 1;
    assert!(properties::mended(&torn) == whole && properties::mended(&whole) == whole);
}

/// The framing that the seeds are given must be the real one, or they would all be refused unread.
#[test]
fn the_readable_seeds_are_framed_as_on_disk() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let read = |seed: &str| properties::framed(&std::fs::read(folder.join(seed)).unwrap());
    let recovered = lockstep_session::journal::recover(&read("journal/edits")).unwrap();
    assert!(recovered.entries.len() > 20);
    lockstep_session::journal::Snapshot::from_bytes(&read("snapshot/of_a_session")).unwrap();
}
