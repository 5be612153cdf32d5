//! A session that has as much in it as one can: what benches play. It must not know who plays it.

use crate::phrases::{note, one_track};
use lockstep_session::document::Document;
use lockstep_session::document::effects::{Effects, ReverbDecay};
use lockstep_session::document::mixer::{Corner, Filter, FilterKind, Level, Percent};
use lockstep_session::document::track::{StepLength, Track, TrackSettings};
use lockstep_session::ids::TrackId;
use std::sync::Arc;

const PRESETS: [&str; 8] = [
    "bass",
    "keys",
    "lead-saw",
    "pad-warm",
    "pluck",
    "mallet-marimba",
    "lead-chip",
    "kit-808",
];

/// Sixteen tracks of four notes on every beat with every effect on, and patterns of so many steps.
pub fn session(steps: usize) -> Document {
    let tracks = (0..16).map(|place| {
        let preset = PRESETS[place % PRESETS.len()];
        let chord: &[i64] = if preset == "kit-808" {
            &[-24, -22, -18, -11]
        } else {
            &[-5, -2, 2, 5]
        };
        let document = one_track(preset, StepLength::Quarter, vec![note(chord, 100); steps]);
        let mut track = Track::clone(&document.tracks[0]);
        track.id = TrackId(u32::try_from(place + 1).expect("few tracks"));
        track.settings = TrackSettings {
            filter: Filter {
                kind: [FilterKind::LowPass, FilterKind::HighPass][place % 2],
                corner: Corner::new(if place % 2 == 0 { 8_000 } else { 2_000 }),
                resonance: Percent::new(30),
            },
            drive: Percent::new(30),
            reverb_send: Percent::new(40),
            delay_send: Percent::new(40),
            level: Level::new(-120),
            ..track.settings
        };
        Arc::new(track)
    });
    Document {
        tracks: tracks.collect(),
        effects: Effects {
            reverb_decay: ReverbDecay::new(300),
            chorus_mix: Percent::new(50),
            compressor: Percent::new(60),
            duck_by: Some(TrackId(1)),
            duck_depth: Percent::new(60),
            ..Effects::default()
        },
        ..Document::default()
    }
}
