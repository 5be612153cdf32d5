//! Everything that can be shared has a control on the page: for each kind of edit of the session
//! crate the table says which, and a hand in a real browser proves it. Another player hears the edit,
//! another page shows it, and the server stores it.

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

/// What a hand does to one control.
#[derive(Clone, Copy, Debug)]
enum Deed {
    /// Types into it.
    Enter(&'static str, &'static str),
    Pick(&'static str, &'static str),
    Press(&'static str),
    /// Presses the first and then the second.
    Both(&'static str, &'static str),
    /// Something first, so that the second changes anything.
    After(&'static str, &'static str, &'static str),
    Click(&'static str, usize),
    /// Types into the first and then presses the second.
    Then(&'static str, &'static str, &'static str),
    PressStop,
    /// No control of its own: why.
    Elsewhere(&'static str),
}

use Deed::{After, Both, Click, Elsewhere, Enter, Pick, Press, PressStop, Then};

/// Everywhere: the header and the grid.
const ALWAYS: &str = "";

/// Each kind of edit, the panel it is made in, and how. What comes first makes what comes later possible.
const CONTROLS: &[(&str, &str, Deed)] = &[
    (
        "session name",
        ALWAYS,
        Enter("[aria-label='Session name']", "Everything"),
    ),
    (
        "session swing",
        ALWAYS,
        Enter(".bar [aria-label='Swing']", "30"),
    ),
    ("session fill", ALWAYS, Press(".bar .fill-held")),
    ("tempo", ALWAYS, Enter(".bar [aria-label='Tempo']", "99")),
    ("relocate", ALWAYS, Enter(".bar [aria-label='Bar']", "3")),
    ("loop", ALWAYS, Both(".bar .loop", "dialog .toggle")),
    ("play", ALWAYS, Press(".play")),
    ("stop", ALWAYS, PressStop),
    ("take lead", ALWAYS, Press(".take-lead")),
    ("release lead", ALWAYS, Press(".take-lead")),
    (
        "session master",
        "Mixer",
        Enter(".panel [aria-label='Master'] input", "-3 dB"),
    ),
    (
        "track level",
        "Mixer",
        Enter(".strip [aria-label='Level']", "-6 dB"),
    ),
    (
        "track pan",
        "Mixer",
        Enter(".strip [aria-label='Pan']", "30 L"),
    ),
    ("track mute", "Mixer", Press(".strip [aria-label='Mute']")),
    ("track solo", "Mixer", Press(".strip [aria-label='Solo']")),
    (
        "track reverb send",
        "Mixer",
        Enter(".panel [aria-label='Reverb']", "40"),
    ),
    (
        "track delay send",
        "Mixer",
        Enter(".panel [aria-label='Delay']", "40"),
    ),
    (
        "track drive",
        "Mixer",
        Enter(".panel [aria-label='Drive']", "40"),
    ),
    (
        "track choke",
        "Mixer",
        Enter(".panel [aria-label='Choke']", "2"),
    ),
    (
        "track filter",
        "Mixer",
        Pick(".panel [aria-label='Kind']", "Low-pass"),
    ),
    (
        "reverb decay",
        "Effects",
        Enter(".panel [aria-label='Decay']", "2.50 s"),
    ),
    (
        "reverb pre-delay",
        "Effects",
        Enter(".panel [aria-label='Pre-delay']", "40 ms"),
    ),
    (
        "reverb damping",
        "Effects",
        Enter(".panel [aria-label='Damping']", "20"),
    ),
    (
        "reverb level",
        "Effects",
        Enter(".panel [aria-label='Reverb level']", "-4"),
    ),
    (
        "delay time",
        "Effects",
        Pick(".panel [aria-label='Time']", "1/4"),
    ),
    (
        "delay feedback",
        "Effects",
        Enter(".panel [aria-label='Feedback']", "55"),
    ),
    (
        "delay tone",
        "Effects",
        Enter(".panel [aria-label='Tone']", "20"),
    ),
    (
        "delay ping-pong",
        "Effects",
        Press(".panel [aria-label='Ping-pong']"),
    ),
    (
        "delay level",
        "Effects",
        Enter(".panel [aria-label='Delay level']", "-4"),
    ),
    (
        "chorus rate",
        "Effects",
        Enter(".panel [aria-label='Rate']", "2 Hz"),
    ),
    (
        "chorus depth",
        "Effects",
        Enter(".panel [aria-label='Depth']", "20"),
    ),
    (
        "chorus mix",
        "Effects",
        Enter(".panel [aria-label='Mix']", "20"),
    ),
    (
        "compressor",
        "Effects",
        Enter(".panel [aria-label='Amount']", "20"),
    ),
    (
        "duck by",
        "Effects",
        Pick(".panel [aria-label='Ducked by']", "Kick"),
    ),
    (
        "duck depth",
        "Effects",
        Enter(".panel [aria-label='Duck depth']", "20"),
    ),
    (
        "ceiling",
        "Effects",
        Enter(".panel [aria-label='Ceiling']", "-6"),
    ),
    (
        "harmony",
        "Harmony",
        Pick(".harmony [aria-label='Scale']", "dorian"),
    ),
    (
        "track scale mode",
        "Harmony",
        Pick(".harmony [aria-label='Pitches']", "to the chord"),
    ),
    (
        "track source",
        "Instrument",
        Press("[data-sound='preset bass-round']"),
    ),
    (
        "track parameter",
        "Instrument",
        Enter(".sound [aria-label='Cutoff']", "1 kHz"),
    ),
    (
        "session quantum",
        "Clips",
        Pick("[aria-label='Quantum']", "2 bars"),
    ),
    ("launch", "Clips", Press("[data-slot='1 0']")),
    (
        "clip name",
        "Clips",
        Enter("[aria-label='Clip name']", "Verse"),
    ),
    (
        "clip follow",
        "Clips",
        Pick(".clip-details [aria-label='Then']", "Play again"),
    ),
    (
        "clip length",
        "Clips",
        Enter(".clip-details [aria-label='Length']", "12"),
    ),
    (
        "clip loop",
        "Clips",
        After(
            "[data-slot='2 0']",
            ".clip-details [aria-label='Gain']",
            "-3",
        ),
    ),
    (
        "clip",
        "Clips",
        Press(".clip-details [title^='A copy in the next free slot']"),
    ),
    ("launch scene", "Clips", Press("[data-slot=' 1']")),
    (
        "scene name",
        "Clips",
        Enter("[aria-label='Scene name']", "Bridge"),
    ),
    (
        "scene follow",
        "Clips",
        Pick(".clip-details [aria-label='Then']", "Stop"),
    ),
    (
        "gesture",
        "Clips",
        Both(
            "[data-slot=' 0']",
            ".clip-details [title^='A copy of this row']",
        ),
    ),
    (
        "rename sample",
        "Samples",
        Enter("[aria-label='Sample name']", "Rain"),
    ),
    (
        "remove sample",
        "Samples",
        Press(".sample:last-child [title^='Takes it out']"),
    ),
    ("step", ALWAYS, Click("Kick", 3)),
    (
        "steps",
        "Pattern",
        Then(
            ".panel [aria-label='Every']",
            "1",
            ".panel [title^='Switches every so many']",
        ),
    ),
    (
        "rotate",
        "Pattern",
        Press(".panel [aria-label='Turn all steps one to the right']"),
    ),
    (
        "reverse",
        "Pattern",
        Press(".panel [aria-label='Play it from the end']"),
    ),
    (
        "mirror",
        "Pattern",
        Press(".panel [aria-label^='The second half becomes']"),
    ),
    (
        "invert",
        "Pattern",
        Press(".panel [aria-label='On becomes off, and off on']"),
    ),
    (
        "double",
        "Pattern",
        Press(".panel [aria-label^='Twice as long']"),
    ),
    (
        "transpose",
        "Pattern",
        Press(".panel [aria-label='A degree of the scale up']"),
    ),
    (
        "euclid",
        "Pattern",
        Press(".panel [title^='Spreads so many strokes']"),
    ),
    (
        "randomise",
        "Pattern",
        Press(".panel [title^='Throws the dice']"),
    ),
    (
        "humanise",
        "Pattern",
        Press(".panel [title^='Moves velocities']"),
    ),
    (
        "clear",
        "Pattern",
        Press(".panel [aria-label='Take all steps away']"),
    ),
    (
        "track swing",
        "Pattern",
        Enter(".panel [aria-label='Swing']", "20"),
    ),
    (
        "track transpose",
        "Pattern",
        Enter(".panel [aria-label='Transpose']", "5"),
    ),
    (
        "track step length",
        "Pattern",
        Pick(".panel [aria-label='Step']", "1/8"),
    ),
    ("add track", ALWAYS, Press(".add button")),
    (
        "track name",
        ALWAYS,
        Both("[aria-label='More of Kick']", "dialog [aria-label='Name']"),
    ),
    (
        "track colour",
        ALWAYS,
        Both(
            "[aria-label='More of Kick']",
            "dialog [aria-label='Violet']",
        ),
    ),
    (
        "order tracks",
        ALWAYS,
        Both(
            "[aria-label='More of Kick']",
            "dialog [title='Moves the track down']",
        ),
    ),
    (
        "remove track",
        ALWAYS,
        Both(
            "[aria-label='More of Loop']",
            "dialog [title^='Takes the track away']",
        ),
    ),
    (
        "track instrument",
        ALWAYS,
        Elsewhere("undo of another sound brings the whole instrument back"),
    ),
    (
        "add sample",
        "Samples",
        Elsewhere("a file that is chosen or dropped; tried where files are sent"),
    ),
];

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
    let (anna, ben) = (opened(&address), opened(&address));
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
    let confirmed = other.look(|replica| replica.confirmed().clone());
    let stored: Document = serde_json::from_value(server.read(&session)["document"].clone())
        .expect("the server's document");
    assert_eq!(stored.tracks, confirmed.tracks);
    assert_eq!(stored.effects, confirmed.effects);
    assert_eq!(
        (stored.name, stored.swing, stored.master),
        (confirmed.name, confirmed.swing, confirmed.master)
    );
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

fn opened(address: &str) -> Browser {
    let page = Browser::open(address, Screen::Desk);
    page.wait_until_connected();
    page.wait_until("the steps are there", |page| page.has_step("Kick", 1));
    page
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
