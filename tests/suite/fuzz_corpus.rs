//! The seeds of the fuzzing programs, replayed against the same properties on every test run.

#[path = "../fuzz/properties.rs"]
#[expect(unreachable_pub, reason = "the fuzzing programs include this file too")]
mod properties;

use std::path::Path;

fn replay(target: &str, property: fn(&[u8])) {
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
