//! Notes: what hands play on the plugin, and what it plays on others.

use crate::plugin_timing::{Line, document_of};
use lockstep_session::document::Document;
use lockstep_session::document::step::Step;
use lockstep_session::document::track::StepLength;
use lockstep_tests::hosts::{
    Bundles, ClapHost, HostSetup, Performance, Sound, Touch, Transport, assert_onsets,
    state_with_document, state_with_fields,
};
use lockstep_tests::phrases::one_track;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const SETUP: HostSetup = HostSetup {
    sample_rate: 48_000.0,
    block: 441,
};
const LINES: [Line; 2] = [(0.25, 16, &[0, 3, 6, 7, 8]), (1.0 / 3.0, 5, &[0, 2, 3])];
const TEMPO: f64 = 117.3;

fn with(document: &Document) -> ClapHost {
    let mut host = ClapHost::open(&Bundles::built(), SETUP);
    assert!(host.load_state(&state_with_document(document)));
    host
}

/// Where a rhythm's notes begin in so many frames from the song's beginning.
fn beginnings((beats, length, struck): Line, frames: usize) -> Vec<f64> {
    let per_beat = Transport::rolling(TEMPO, 0.0).frames_per_beat(SETUP.sample_rate);
    let last = f64::from(u32::try_from(frames).expect("short"));
    (0_u32..)
        .filter(|number| {
            struck.contains(&usize::try_from(number % u32::from(length)).expect("small"))
        })
        .map(|number| f64::from(number) * beats * per_beat)
        .take_while(|frame| *frame < last)
        .collect()
}

#[test]
fn every_tracks_notes_go_out_on_its_channel_on_their_frame() {
    let mut host = with(&document_of(&LINES));
    assert_eq!((host.note_ports(true), host.note_ports(false)), (1, 1));
    let frames = SETUP.frames(4.0);
    let performance = host.perform(&Transport::rolling(TEMPO, 0.0), frames);
    for (channel, line) in (0_u8..).zip(LINES) {
        let notes = performance.notes.iter();
        let begun = notes.filter(|note| note.channel == channel && note.velocity.is_some());
        let begun: Vec<usize> = begun.map(|note| note.frame).collect();
        assert_onsets(
            &begun,
            &beginnings(line, frames),
            &format!("channel {channel}"),
        );
    }
    assert!(performance.notes.iter().all(|note| note.channel < 2));
}

#[test]
fn no_note_hangs_after_anything_that_ends_it() {
    let rolling = Transport::rolling(TEMPO, 0.0);
    let stopped = Transport::stopped(TEMPO, 3.0);
    type Ending = fn(&mut ClapHost) -> Performance;
    let endings: [(&str, Ending); 6] = [
        ("a stop", |_| Performance::default()),
        ("a relocation", |host| {
            host.perform(&Transport::rolling(TEMPO, 63.99), 2_000)
        }),
        ("a mute", |host| {
            let mute = host.parameter("Mute 1").expect("a parameter");
            host.automate(mute, 1.0);
            host.perform(&Transport::rolling(TEMPO, 0.9), 30_000)
        }),
        ("a bypass", |host| {
            let bypass = host.parameter("Bypass").expect("a parameter");
            host.automate(bypass, 1.0);
            host.perform(&Transport::rolling(TEMPO, 0.9), 30_000)
        }),
        ("a removed track", |host| {
            assert!(host.load_state(&state_with_document(&document_of(&LINES[..1]))));
            host.perform(&Transport::rolling(TEMPO, 0.9), 30_000)
        }),
        ("a new activation", |host| {
            host.set_up_again(SETUP);
            Performance::default()
        }),
    ];
    for (what, ending) in endings {
        // At every place in a beat, so that something is always down.
        for frames in [100, 7_000, 13_000, 20_011, 24_599] {
            let mut host = with(&document_of(&LINES));
            let mut all = host.perform(&rolling, frames);
            assert!(
                frames > 100 || !all.hanging().is_empty(),
                "nothing is down: {:?}",
                all.notes
            );
            all.append(ending(&mut host));
            all.append(host.perform(&stopped, 96_000));
            let hanging = all.hanging();
            assert!(hanging.is_empty(), "after {what}, {frames} in: {hanging:?}");
        }
    }
}

#[test]
fn drums_go_out_as_general_midi_has_them_where_that_is_wanted() {
    let kick = vec![Step::on(), Step::default()];
    let document = one_track("kick-909", StepLength::Quarter, kick);
    let sent = |controls: Value| {
        let session = json!({ "version": 1, "document": document });
        let fields = json!({ "session": session, "controls": controls });
        let mut host = ClapHost::open(&Bundles::built(), SETUP);
        assert!(host.load_state(&state_with_fields(&fields)));
        host.perform(&Transport::rolling(TEMPO, 0.0), SETUP.frames(4.0))
    };
    let as_drums = sent(json!({ "maps_drums": true }));
    let as_pitches = sent(json!({ "maps_drums": false }));
    let keys = |performance: &Performance| -> BTreeSet<(u8, u8)> {
        let notes = performance.notes.iter();
        notes.map(|note| (note.channel, note.key)).collect()
    };
    assert_eq!(keys(&as_drums), BTreeSet::from([(9, 36)]));
    assert_eq!(keys(&as_pitches), BTreeSet::from([(0, 60)]));
    let frames = |performance: &Performance| -> Vec<usize> {
        let notes = performance.notes.iter();
        notes.map(|note| note.frame).collect()
    };
    assert_eq!(frames(&as_drums), frames(&as_pitches));
    let silent = sent(json!({ "sends_notes": false }));
    assert!(silent.notes.is_empty(), "{:?}", silent.notes);
}

fn quiet() -> Document {
    one_track("keys", StepLength::Sixteenth, vec![Step::default(); 16])
}

/// Plays a key for half a second, and what else is told, while the transport stands.
fn played(touches: &[(usize, Touch)]) -> Sound {
    let mut host = with(&quiet());
    let down = Touch::Down {
        channel: 0,
        key: 60,
        velocity: 0.8,
    };
    host.touch(1_000, down);
    host.touch(
        25_000,
        Touch::Up {
            channel: 0,
            key: 60,
        },
    );
    for (frame, touch) in touches {
        host.touch(*frame, *touch);
    }
    host.render(&Transport::stopped(TEMPO, 0.0), 96_000)
}

fn energy(sound: &Sound, frames: std::ops::Range<usize>) -> f64 {
    sound.left[frames]
        .iter()
        .map(|sample| f64::from(sample * sample))
        .sum()
}

#[test]
fn a_key_sounds_from_its_frame_on_while_the_transport_stands() {
    let sound = played(&[]);
    let first = sound.onsets()[0];
    assert!((1_000..1_012).contains(&first), "it sounds from {first} on");
    assert!(energy(&sound, 80_000..96_000) < 1e-4 * energy(&sound, 2_000..18_000));
}

#[test]
fn the_pedal_holds_what_was_let_go() {
    let channel = 0;
    let plain = played(&[]);
    let held = played(&[(
        500,
        Touch::Pedal {
            channel,
            is_down: true,
        },
    )]);
    let after = 40_000..56_000;
    assert!(energy(&held, after.clone()) > 4.0 * energy(&plain, after));
    let lifted = played(&[
        (
            500,
            Touch::Pedal {
                channel,
                is_down: true,
            },
        ),
        (
            25_000,
            Touch::Pedal {
                channel,
                is_down: false,
            },
        ),
    ]);
    assert_eq!(lifted.left[..25_000], held.left[..25_000]);
    assert!(energy(&lifted, 80_000..96_000) < 0.1 * energy(&held, 80_000..96_000));
}

#[test]
fn the_wheel_bends_what_sounds() {
    let channel = 0;
    let plain = played(&[]);
    let bent = played(&[(
        10_000,
        Touch::Bend {
            channel,
            amount: 1.0,
        },
    )]);
    // The bend and the latency of the mix both come after it.
    assert_eq!(bent.left[..10_000], plain.left[..10_000]);
    let crossings = |sound: &Sound| {
        let heard = &sound.left[12_000..25_000];
        heard
            .windows(2)
            .filter(|pair| (pair[0] < 0.0) != (pair[1] < 0.0))
            .count()
    };
    let (before, after) = (crossings(&plain), crossings(&bent));
    // Two semitones up are 12 % more waves a second.
    assert!(
        after * 100 > before * 107 && after * 100 < before * 118,
        "{before}, then {after}"
    );
}
