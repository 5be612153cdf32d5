//! A short phrase for every preset, such as people would play on it, and its sound. What measures,
//! compares or draws sounds takes them from here.

use crate::hosts::Sound;
use lockstep_engine::{
    Beats, Category, Chunk, Engine, HostBlock, Listening, Moment, Preset, SampleRate, Score, Tempo,
};
use lockstep_session::document::Document;
use lockstep_session::document::clip::Clip;
use lockstep_session::document::effects::{Ceiling, Effects};
use lockstep_session::document::instrument::{Instrument, Source};
use lockstep_session::document::pattern::{Pattern, PatternLength};
use lockstep_session::document::step::{Gate, Pitch, Pitches, Step};
use lockstep_session::document::track::{StepLength, Track, TrackSettings};
use lockstep_session::ids::TrackId;
use lockstep_session::text::Name;
use std::sync::Arc;

pub const RATE: f64 = 48_000.0;
const TEMPO: f64 = 120.0;
/// How many beats a phrase lasts.
pub const BEATS: f64 = 8.0;
const BLOCK: usize = 512;

/// A preset's phrase, dry and alone.
pub fn phrase(preset: &Preset) -> Document {
    let (step_length, steps) = line(preset.category);
    one_track(preset.name, step_length, steps)
}

/// A document of one track.
pub fn one_track(preset: &str, step_length: StepLength, steps: Vec<Step>) -> Document {
    let settings = TrackSettings {
        step_length,
        instrument: Instrument {
            source: Source::Preset(Name::new(preset)),
            ..Instrument::default()
        },
        ..TrackSettings::default()
    };
    let mut track = Track::new(TrackId(1), settings);
    let length = i64::try_from(steps.len()).expect("a phrase is short");
    let pattern = Pattern::new(PatternLength::new(length), steps);
    track.clips[0] = Some(Arc::new(Clip::pattern(pattern)));
    Document {
        tracks: vec![Arc::new(track)],
        effects: Effects {
            ceiling: Ceiling::MAX,
            ..Effects::default()
        },
        ..Document::default()
    }
}

/// What is played on sounds of a kind.
fn line(category: Category) -> (StepLength, Vec<Step>) {
    let notes = |pitches: &[i64]| pitches.iter().map(|&pitch| note(&[pitch], 80)).collect();
    match category {
        Category::Drums => (StepLength::Quarter, notes(&[0; 8])),
        // General MIDI, counted from middle C: kick, hats, snare, clap, toms and cymbals.
        Category::Kits => {
            let struck: [&[i64]; 16] = [
                &[-24, -18],
                &[-18],
                &[-22, -18],
                &[-14],
                &[-24, -18],
                &[-24, -18],
                &[-22, -21],
                &[-14],
                &[-24, -11],
                &[-19],
                &[-22, -15],
                &[-12],
                &[-24, -9],
                &[-4, 3],
                &[-22, 10],
                &[-23, -18],
            ];
            let steps = struck.iter().map(|pitches| note(pitches, 80));
            (StepLength::Eighth, steps.collect())
        }
        Category::Bass => (StepLength::Eighth, notes(&[0, 0, 12, 0, 3, 3, -2, 5])),
        Category::Leads | Category::Plucks | Category::Mallets => {
            (StepLength::Eighth, notes(&[0, 7, 12, 10, 3, 7, 5, 15]))
        }
        Category::Keys => (
            StepLength::Quarter,
            vec![
                note(&[0, 3, 7], 90),
                note(&[0, 3, 7], 50),
                note(&[-4, 0, 3], 90),
                note(&[-2, 2, 5], 90),
            ],
        ),
        Category::Pads => {
            let mut steps = vec![Step::default(); 8];
            for (start, chord) in [(0, [0, 3, 7]), (4, [-4, 0, 3])] {
                for step in &mut steps[start..start + 3] {
                    step.tie = true;
                }
                steps[start] = Step {
                    tie: true,
                    ..note(&chord, 100)
                };
            }
            (StepLength::Quarter, steps)
        }
        Category::Fx => {
            let mut steps = vec![Step::default(); 8];
            for start in [0, 4] {
                for step in &mut steps[start..start + 2] {
                    step.tie = true;
                }
                steps[start] = Step {
                    tie: true,
                    ..note(&[0], 80)
                };
            }
            (StepLength::Quarter, steps)
        }
    }
}

/// A step that sounds these pitches.
pub fn note(pitches: &[i64], gate: i64) -> Step {
    Step {
        pitches: Pitches::new(pitches.iter().copied().map(Pitch::new)),
        gate: Gate::new(gate),
        ..Step::on()
    }
}

/// What a document sounds like from its first beat on, for so many beats and then so many seconds
/// of what rings on; the engine's latency made good.
pub fn sound_of(document: &Document, beats: f64, ringing: f64) -> Sound {
    sound_at(document, TEMPO, beats, ringing)
}

/// The same at another tempo, in beats a minute.
pub fn sound_at(document: &Document, tempo: f64, beats: f64, ringing: f64) -> Sound {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let late = render(document, tempo, beats, ringing, |chunk| {
        left.extend(chunk.mix[0]);
        right.extend(chunk.mix[1]);
    });
    Sound::new(left.split_off(late), right.split_off(late), 0)
}

/// What each track sounds like behind its fader, without what it sends.
pub fn tracks_at(document: &Document, tempo: f64, beats: f64) -> Vec<Sound> {
    let mut tracks = vec![(Vec::new(), Vec::new()); document.tracks.len()];
    render(document, tempo, beats, 0.0, |chunk| {
        let frames = chunk.mix[0].len();
        for ((left, right), track) in tracks.iter_mut().zip(chunk.tracks) {
            left.extend(&track[0][..frames]);
            right.extend(&track[1][..frames]);
        }
    });
    let sound = |(left, right)| Sound::new(left, right, 0);
    tracks.into_iter().map(sound).collect()
}

/// Gives everything piece by piece, and says by how many frames the mix is late.
fn render(
    document: &Document,
    tempo: f64,
    beats: f64,
    ringing: f64,
    mut take: impl FnMut(&Chunk<'_>),
) -> usize {
    let rate = SampleRate::new(RATE).expect("a rate");
    let mut engine = Engine::new(rate);
    let score = Score::compile(document);
    let played = frames(beats * 60.0 / tempo * RATE);
    let tempo = Tempo::new(tempo).expect("a tempo");
    let total = played + frames(ringing * RATE) + engine.latency();
    let mut now = 0;
    while now < total {
        let is_rolling = now < played;
        let end = if is_rolling { played } else { total };
        let beat = f64::from(u32::try_from(now).expect("a phrase is short"));
        let position = is_rolling.then(|| HostBlock {
            beat: Beats::new(beat * tempo.beats_per_frame(rate)).expect("a place"),
            tempo,
            looped: None,
            turned: None,
        });
        let moment = Moment {
            position,
            live: &[],
            listening: Listening::default(),
        };
        let count = BLOCK.min(end - now);
        engine.render(&score, &moment, count, |chunk| take(&chunk));
        now += count;
    }
    engine.latency()
}

fn frames(count: f64) -> usize {
    let count = format!("{:.0}", count.max(0.0));
    count.parse().expect("a whole number")
}
