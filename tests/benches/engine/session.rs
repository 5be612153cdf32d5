//! The music that is timed: a session with everything in it, and one of nothing but samples.

use lockstep_engine::{SampleKey, Score};
use lockstep_session::document::Document;
use lockstep_session::document::effects::{Effects, ReverbDecay};
use lockstep_session::document::instrument::{Amount, Instrument, Parameter, Source};
use lockstep_session::document::mixer::{Corner, Filter, FilterKind, Level, Percent};
use lockstep_session::document::step::Step;
use lockstep_session::document::track::{StepLength, Track, TrackSettings};
use lockstep_session::ids::{SampleId, TrackId};
use lockstep_tests::phrases::{RATE, note, one_track};
use lockstep_tests::scenario::{Take, Timed};
use std::sync::Arc;

/// How many beats the music lasts until it begins again.
pub(crate) const BEATS: usize = 8;
pub(crate) const TRACKS: usize = 16;
const CHORD: [i64; 4] = [-5, -2, 2, 5];
/// The longest chord, at the highest pitch, and a little more.
const TAKE_FRAMES: u32 = 300_000;
const MONO: &str = "mono";
const STEREO: &str = "stereo";
/// One for each synthesised track: the first preset of every category that is played in notes, the
/// square voice, and a kit.
const SYNTHS: [&str; 8] = [
    "bass",
    "keys",
    "lead-saw",
    "pad-warm",
    "pluck",
    "mallet-marimba",
    "lead-chip",
    KIT,
];
const KIT: &str = "kit-808";
/// Kick, closed hat, snare and crash.
const STROKES: [i64; 4] = [-24, -22, -18, -11];

/// Sixteen tracks of four notes at once, half of them samples, half synthesised; every effect is on.
pub(crate) fn full() -> Timed {
    let tracks = (0..TRACKS).map(|place| {
        let (steps, settings) = if place % 2 == 0 {
            let take = if place % 4 == 0 { MONO } else { STEREO };
            (held(), sampled(take, place))
        } else {
            let name = SYNTHS[place / 2];
            (struck(name), preset(name))
        };
        let kind = [FilterKind::LowPass, FilterKind::HighPass][place % 2];
        let settings = TrackSettings {
            filter: Filter {
                kind,
                corner: Corner::new(if place % 2 == 0 { 8_000 } else { 2_000 }),
                resonance: Percent::new(30),
            },
            drive: Percent::new(30),
            reverb_send: Percent::new(40),
            delay_send: Percent::new(40),
            level: Level::new(-120),
            ..settings
        };
        track(place, settings, steps)
    });
    let effects = Effects {
        reverb_decay: ReverbDecay::new(300),
        chorus_mix: Percent::new(50),
        compressor: Percent::new(60),
        duck_by: Some(TrackId(1)),
        duck_depth: Percent::new(60),
        ..Effects::default()
    };
    timed(tracks, effects)
}

/// As many samples at once as there are voices, at other pitches than their own.
pub(crate) fn samples() -> Timed {
    let tracks = (0..TRACKS).map(|place| {
        let settings = TrackSettings {
            level: Level::new(-240),
            ..sampled(MONO, place)
        };
        track(place, settings, held())
    });
    timed(tracks, Effects::default())
}

/// How fast the voices of `samples` run through their sample.
pub(crate) fn speeds() -> Vec<f64> {
    let fine = |place: usize| (f64::from(fine(place)) - 5_000.0) / 5_000.0;
    (0..TRACKS)
        .flat_map(|place| CHORD.map(|pitch| (pitch as f64 + fine(place)) / 12.0))
        .map(f64::exp2)
        .collect()
}

/// The frames of the sample that they play.
pub(crate) fn mono() -> Vec<f32> {
    take(MONO, 1).channels.remove(0)
}

fn timed(tracks: impl Iterator<Item = Arc<Track>>, effects: Effects) -> Timed {
    let document = Document {
        tracks: tracks.collect(),
        effects,
        ..Document::default()
    };
    Timed {
        rate: RATE,
        beats: BEATS,
        score: Score::compile(&document).bytes().to_vec(),
        takes: vec![take(MONO, 1), take(STEREO, 2)],
    }
}

/// One chord for as long as the music lasts.
fn held() -> Vec<Step> {
    let mut steps = vec![Step::default(); BEATS];
    for step in &mut steps[..BEATS - 1] {
        step.tie = true;
    }
    steps[0] = Step {
        tie: true,
        ..note(&CHORD, 100)
    };
    steps
}

/// A chord on every beat.
fn struck(preset: &str) -> Vec<Step> {
    let pitches = if preset == KIT { &STROKES } else { &CHORD };
    vec![note(pitches, 100); BEATS]
}

fn track(place: usize, settings: TrackSettings, steps: Vec<Step>) -> Arc<Track> {
    let document = one_track("click", StepLength::Quarter, steps);
    let mut track = Track::clone(&document.tracks[0]);
    track.id = TrackId(u32::try_from(place + 1).expect("few tracks"));
    track.settings = TrackSettings {
        step_length: StepLength::Quarter,
        ..settings
    };
    Arc::new(track)
}

fn preset(name: &str) -> TrackSettings {
    let document = one_track(name, StepLength::Quarter, vec![Step::default()]);
    document.tracks[0].settings.clone()
}

fn sampled(take: &str, place: usize) -> TrackSettings {
    let moved = [
        (Parameter::Fine, Amount::new(i64::from(fine(place)))),
        (Parameter::Release, Amount::new(0)),
    ];
    TrackSettings {
        instrument: Instrument {
            source: Source::Sample(SampleId::of(take.as_bytes())),
            parameters: moved.into_iter().collect(),
        },
        ..TrackSettings::default()
    }
}

/// How far each track is out of tune, so that none reads its sample in whole steps.
fn fine(place: usize) -> u16 {
    4_000 + 100 * u16::try_from(place).expect("few tracks")
}

fn take(name: &str, channels: u32) -> Take {
    let key = SampleKey::of(SampleId::of(name.as_bytes()));
    let channel = |channel: u32| {
        let hertz = f64::from(110 + 55 * channel);
        let wave =
            move |frame: u32| (f64::from(frame) * hertz * std::f64::consts::TAU / RATE).sin();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "samples are single precision"
        )]
        (0..TAKE_FRAMES)
            .map(|frame| 0.8 * wave(frame) as f32)
            .collect()
    };
    Take {
        key: key.number().to_be_bytes(),
        rate: RATE,
        channels: (0..channels).map(channel).collect(),
    }
}
