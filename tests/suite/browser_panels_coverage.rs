//! Everything that can be shared has a control on the page: for each kind of edit of the session
//! crate the table says which, and a hand in a real browser proves it. Another player hears the edit,
//! another page shows it, and the server stores it.

mod controls;

use Deed::{After, Both, Click, Elsewhere, Enter, Pick, Press, PressStop, Then};
use controls::{CONTROLS, Deed};
use lockstep_session::document::clip::{AudioLoop, Bars, Clip, Content};
use lockstep_session::document::mixer::Level;
use lockstep_session::document::pattern::Pattern;
use lockstep_session::document::track::{Track, TrackSettings};
use lockstep_session::document::{Channels, Document, FrameCount, Sample, SampleRate};
use lockstep_session::edit::Edit;
use lockstep_session::ids::{PlayerId, SampleId, TrackId};
use lockstep_session::text::{LongName, Name};
use lockstep_tests::browser::{Browser, Screen};
use lockstep_tests::client::Client;
use lockstep_tests::server::Server;
use lockstep_tests::world::kinds::{KINDS, kind};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// How long an edit may take to come round on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);

#[test]
fn every_kind_of_edit_is_in_the_table_once() {
    let named: Vec<&str> = CONTROLS.iter().map(|(kind, ..)| *kind).collect();
    let unique: BTreeSet<&str> = named.iter().copied().collect();
    assert_eq!(named.len(), unique.len());
    let all: BTreeSet<&str> = KINDS.iter().copied().collect();
    let missing: Vec<_> = all.symmetric_difference(&unique).collect();
    assert!(
        missing.is_empty(),
        "no control, or no such edit: {missing:?}"
    );
}

#[test]
fn every_kind_of_edit_has_a_control_that_reaches_the_others_and_the_store() {
    let server = Server::start();
    let session = server.new_session_with(&document());
    let address = server.url(&format!("/s/{session}"));
    let (anna, ben) = (
        Browser::joined(&address, Screen::Desk),
        Browser::joined(&address, Screen::Desk),
    );
    let other = Client::joined(server.address(), &session, 9);
    let mut silent = Vec::new();
    for (kind, panel, deed) in CONTROLS {
        if let Elsewhere(why) = deed {
            println!("{kind} has no control of its own: {why}");
            continue;
        }
        if !panel.is_empty() {
            anna.open_panel(panel);
        }
        anna.wait_until_saved();
        other.heard();
        perform(&anna, *deed);
        let is_it = |edit: &Edit| kinds_of(edit).contains(kind);
        if !other.hears(PATIENCE, is_it) {
            silent.push((kind, *deed));
        }
        anna.evaluate("document.querySelector('dialog')?.close()");
    }
    assert!(silent.is_empty(), "controls that send nothing: {silent:?}");

    anna.wait_until_saved();
    let stored: Document = serde_json::from_value(server.read(&session)["document"].clone())
        .expect("the server's document");
    other.wait_until("another has what is stored", |replica| {
        let confirmed = replica.confirmed();
        (&stored.tracks, &stored.effects) == (&confirmed.tracks, &confirmed.effects)
            && (&stored.name, stored.swing) == (&confirmed.name, confirmed.swing)
            && stored.master == confirmed.master
    });
    for control in [
        "[aria-label='Session name']",
        ".bar [aria-label='Tempo']",
        ".bar [aria-label='Swing']",
    ] {
        ben.wait_until("the other page shows the same", |ben| {
            ben.value(control) == anna.value(control)
        });
    }
    assert_eq!(anna.complaints(), Vec::<String>::new());
    assert_eq!(ben.complaints(), Vec::<String>::new());
}

fn perform(page: &Browser, deed: Deed) {
    match deed {
        Enter(control, text) => page.enter(control, text),
        Pick(control, option) => page.pick(control, option),
        Press(control) => page.click(control),
        Both(first, "dialog [aria-label='Name']") => {
            page.click(first);
            page.enter("dialog [aria-label='Name']", "Kick");
            page.enter("dialog [aria-label='Name']", "Drum");
            page.enter("dialog [aria-label='Name']", "Kick");
        }
        Both(first, second) => {
            page.click(first);
            page.click(second);
        }
        After(first, control, text) => {
            page.click(first);
            page.enter(control, text);
        }
        Click(track, step) => page.click_step(track, step),
        Then(control, text, button) => {
            page.enter(control, text);
            page.click(button);
        }
        PressStop => {
            page.wait_until("it plays", |page| {
                page.evaluate("return document.querySelector('.play').ariaLabel") == "Stop"
            });
            page.click(".play");
        }
        Elsewhere(_) => {}
    }
}

fn kinds_of(edit: &Edit) -> Vec<&'static str> {
    let mut kinds = vec![kind(edit)];
    if let Edit::Gesture(edits) = edit {
        kinds.extend(edits.iter().flat_map(kinds_of));
    }
    kinds
}

/// Two tracks, one with a pattern and one with a loop, a sample that is used and one that is not.
fn document() -> Document {
    let (used, unused) = (SampleId::from_bytes([7; 32]), SampleId::from_bytes([8; 32]));
    let named = |id: u32, name: &str| {
        let settings = TrackSettings {
            name: Name::new(name),
            ..TrackSettings::default()
        };
        Track::new(TrackId(id), settings)
    };
    let mut kick = named(1, "Kick");
    kick.clips[0] = Some(Arc::new(Clip::pattern(Pattern::default())));
    let mut looped = named(2, "Loop");
    looped.clips[0] = Some(Arc::new(Clip {
        content: Content::Loop(AudioLoop {
            sample: used,
            bars: Bars::default(),
            gain: Level::default(),
        }),
        ..Clip::pattern(Pattern::default())
    }));
    let sample = |name: &str| Sample {
        name: LongName::new(name),
        frames: FrameCount::new(48_000),
        rate: SampleRate::new(48_000),
        channels: Channels::new(1),
        by: PlayerId::from_bytes([1; 8]),
    };
    Document {
        tracks: vec![Arc::new(kick), Arc::new(looped)],
        samples: Arc::new([(used, sample("Loop")), (unused, sample("Spare"))].into()),
        ..Document::default()
    }
}
