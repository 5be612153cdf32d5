//! The plugin's window in a real host on a screen that nobody sees: it opens, what is clicked is in the
//! session, every panel shows something, and the workstation keeps its keys.

use lockstep_session::ids::{StepIndex, TrackId};
use lockstep_tests::display::{Display, LOOKS, Look, Place, Window};
use lockstep_tests::hosts::{
    Bundles, ClapHost, DawdreamerHost, HostSetup, Transport, state_with_link,
};
use lockstep_tests::room::Room;
use lockstep_tests::server::PATIENCE;
use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Instant;

const SETUP: HostSetup = HostSetup {
    sample_rate: 48_000.0,
    block: 512,
};
/// Somewhere in the grid's cells, which have the middle of the window.
const CELL: Place = (430, 180);
/// The button above it.
const UNDO: Place = (439, 81);
/// The tabs, each somewhere on its word.
const TABS: [(&str, i32); 11] = [
    ("Session", 38),
    ("Step", 93),
    ("Pattern", 149),
    ("Instrument", 221),
    ("Macros", 291),
    ("Mixer", 349),
    ("Effects", 406),
    ("Samples", 470),
    ("Export", 532),
    ("Players", 592),
    ("Settings", 656),
];
const TABS_AT: i32 = 640;
/// What even the lowest panel fills above them.
const PANEL: Range<usize> = 480..620;
const SIDE_BEGINS: usize = 860;

/// A session in which nothing sounds, a plugin in it whose window is open, and somebody who watches.
struct Stage {
    display: Display,
    window: Window,
    _host: DawdreamerHost,
    room: Room,
}

impl Stage {
    fn set() -> Self {
        let room = Room::quiet();
        let display = Display::open();
        let mut host = DawdreamerHost::open_on(Some(display.name()), &Bundles::built(), SETUP);
        assert!(host.load_state(&state_with_link(&room.link())));
        host.show_editor();
        let window = display.window_of(host.process());
        room.wait_for_daws(1);
        let stage = Self {
            display,
            window,
            _host: host,
            room,
        };
        stage.display.wait_until_still(stage.window);
        stage
    }

    fn look(&self) -> Look {
        self.display.look(self.window)
    }

    /// All steps that are on, by track and place.
    fn steps(&self) -> BTreeSet<(TrackId, usize)> {
        self.room.watcher.look(|replica| {
            let document = replica.document();
            let on = |track: TrackId| {
                let pattern = document.pattern(track, Room::scene());
                (0..16).filter(move |&place| {
                    let index = StepIndex::new(place).expect("a place in the pattern");
                    pattern.is_some_and(|pattern| pattern.step(index).on)
                })
            };
            let tracks = self.room.tracks.iter().copied();
            tracks
                .flat_map(|track| on(track).map(move |place| (track, place)))
                .collect()
        })
    }

    /// Waits for the steps to become others.
    fn steps_after(&self, before: &BTreeSet<(TrackId, usize)>) -> BTreeSet<(TrackId, usize)> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let now = self.steps();
            if now != *before {
                return now;
            }
            assert!(Instant::now() < deadline, "nothing was changed by it");
            std::thread::yield_now();
        }
    }
}

#[test]
fn a_step_clicked_in_the_window_is_everyones_and_is_heard() {
    let stage = Stage::set();
    let before = stage.steps();
    assert!(before.is_empty());
    stage.display.click(stage.window, CELL);
    let after = stage.steps_after(&before);
    assert_eq!(after.len(), 1, "one click, one step");
    let (_, place) = *after.first().expect("one step");

    let mut clap = ClapHost::open(&Bundles::built(), SETUP);
    assert!(clap.load_state(&state_with_link(&stage.room.link())));
    let deadline = Instant::now() + PATIENCE;
    let heard = loop {
        let sound = clap.render(&Transport::rolling(120.0, 0.0), 96_000);
        if let Some(&first) = sound.onsets().first() {
            break first;
        }
        assert!(Instant::now() < deadline, "it is never heard");
    };
    // Odd sixteenths swing, by less than a half.
    let due = place * 6_000;
    assert!(
        (due..due + 3_000).contains(&heard),
        "step {place} sounds at {heard}"
    );

    stage.display.click(stage.window, CELL);
    assert!(
        stage.steps_after(&after).is_empty(),
        "clicked again it is off"
    );
}

#[test]
fn a_drag_paints_steps_and_one_undo_takes_them_all() {
    let stage = Stage::set();
    let before = stage.steps();
    stage
        .display
        .drag(stage.window, CELL, (CELL.0 + 150, CELL.1));
    let deadline = Instant::now() + PATIENCE;
    while stage.steps().len() < 3 {
        assert!(
            Instant::now() < deadline,
            "a drag paints: {:?}",
            stage.steps()
        );
        std::thread::yield_now();
    }
    let rows: BTreeSet<TrackId> = stage.steps().into_iter().map(|(track, _)| track).collect();
    assert_eq!(rows.len(), 1, "in one row");
    stage.display.click(stage.window, UNDO);
    let deadline = Instant::now() + PATIENCE;
    while stage.steps() != before {
        assert!(
            Instant::now() < deadline,
            "one undo leaves {:?}",
            stage.steps()
        );
        std::thread::yield_now();
    }
}

#[test]
fn every_panel_shows_something_of_its_own() {
    let stage = Stage::set();
    let mut seen: Vec<(&str, Look)> = Vec::new();
    for (name, place) in TABS {
        stage.display.click(stage.window, (place, TABS_AT));
        let deadline = Instant::now() + PATIENCE;
        loop {
            let panel = stage.look().part(0..SIDE_BEGINS, PANEL);
            let is_new = seen.iter().all(|(_, other)| *other != panel);
            if is_new && panel.is_drawn() {
                seen.push((name, panel));
                break;
            }
            assert!(Instant::now() < deadline, "{name} shows nothing of its own");
            std::thread::sleep(LOOKS);
        }
    }
}

#[test]
fn keys_stay_with_the_workstation_while_no_field_is_typed_in() {
    let stage = Stage::set();
    stage.display.click(stage.window, CELL);
    let after = stage.steps_after(&BTreeSet::new());
    stage
        .display
        .press(&["space", "a", "Delete", "ctrl+a", "Return"]);
    // What the window does with a click comes after whatever it did with the keys.
    stage.display.click(stage.window, (CELL.0, CELL.1 + 60));
    let later = stage.steps_after(&after);
    assert!(later.is_superset(&after), "no key has changed a step");
    let playing = stage
        .room
        .watcher
        .look(|replica| replica.document().timeline.playing);
    assert!(!playing, "the space bar is the workstation's");
}
