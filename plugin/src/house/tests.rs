//! A house opened, changed and opened again, as several processes do.

use super::*;
use lockstep_session::document::mixer::Colour;
use lockstep_session::text::Name;

fn house(path: &std::path::Path) -> House {
    House::open(Some(Folder::at(path)))
}

#[test]
fn whoever_comes_back_is_who_they_were_and_finds_what_they_left() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a/b");
    let first = house(&path);
    first.change(|record| {
        record.name = Some(Name::new("Ada"));
        record.colour = Some(Colour::new(3));
        record.server = Some("https://jam.example".to_owned());
        record.output_offset_ms = -12;
    });
    first.remember("Fuzzy", "http://a/s/x");
    let second = house(&path);
    assert_eq!(second.record(), first.record());
    let token = second.record().token;
    assert_eq!(second.record().profile(token).name.as_str(), "Ada");
    assert_eq!(second.record().server(), "https://jam.example");
}

#[test]
fn two_processes_change_different_things_and_both_stay() {
    let directory = tempfile::tempdir().unwrap();
    let (one, other) = (house(directory.path()), house(directory.path()));
    assert_eq!(one.record().token, other.record().token);
    one.change(|record| record.output_offset_ms = 7);
    other.remember("Fuzzy", "http://a/s/x");
    let read = house(directory.path()).record();
    assert_eq!((read.output_offset_ms, read.recents.len()), (7, 1));
}

#[test]
fn twelve_sessions_are_remembered_each_once_and_the_last_first() {
    let house = House::open(None);
    for number in 0..20 {
        house.remember("Session", &format!("http://a/s/{number}"));
    }
    house.remember("Renamed", "http://a/s/15");
    let recents = house.record().recents;
    assert_eq!(recents.len(), 12);
    assert_eq!(
        (recents[0].name.as_str(), recents[0].link.as_str()),
        ("Renamed", "http://a/s/15")
    );
    assert_eq!(
        recents
            .iter()
            .filter(|past| past.link.ends_with("/15"))
            .count(),
        1
    );
}

#[test]
fn a_damaged_file_costs_what_is_damaged_and_stops_nobody() {
    let directory = tempfile::tempdir().unwrap();
    let token = house(directory.path()).record().token;
    let file = directory.path().join("lockstep.json");
    let whole = std::fs::read_to_string(&file).unwrap();
    // One field makes no sense: the others stay.
    let odd = whole.replacen("\"recents\": []", "\"recents\": 5, \"later\": {}", 1);
    assert_ne!(odd, whole);
    std::fs::write(&file, odd).unwrap();
    assert_eq!(house(directory.path()).record().token, token);
    for damaged in ["", "null", "{\"token\":", &whole[..whole.len() / 2]] {
        std::fs::write(&file, damaged).unwrap();
        let mended = house(directory.path()).record().token;
        assert_ne!(mended, token);
        assert_eq!(
            house(directory.path()).record().token,
            mended,
            "it was written anew"
        );
    }
}

#[test]
fn a_place_that_cannot_be_written_is_done_without() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    let house = house(&file.join("below"));
    house.change(|record| record.output_offset_ms = 5);
    assert_eq!(house.record().output_offset_ms, 5);
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_who_we_are() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    house(directory.path()).remember("Fuzzy", "http://a/s/x");
    let mode = std::fs::metadata(directory.path().join("lockstep.json"));
    assert_eq!(mode.unwrap().permissions().mode() & 0o777, 0o600);
    let left = std::fs::read_dir(directory.path()).unwrap().count();
    assert_eq!(left, 1, "no draft is left behind");
}

#[test]
fn what_one_instance_changes_wakes_the_others() {
    let house = House::open(None);
    let wake = Arc::new(Notify::new());
    let (one, other) = (house.enter(&wake), house.enter(&Arc::default()));
    assert_ne!(one, other);
    let before = house.heard();
    house.change(|record| record.output_offset_ms = 1);
    assert_ne!(house.heard(), before);
    let mut woken = tokio_test_poll(&wake);
    assert!(woken());
}

/// Whether somebody has called for whoever waits.
fn tokio_test_poll(wake: &Arc<Notify>) -> impl FnMut() -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    move || {
        runtime.block_on(async {
            tokio::select! {
                biased;
                () = wake.notified() => true,
                () = std::future::ready(()) => false,
            }
        })
    }
}
