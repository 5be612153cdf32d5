//! The driver of these tests: sessions in a few words, and what is rendered of them.

use lockstep_engine::SampleRate;
use lockstep_offline::{LONGEST_TAIL, Piece, Render, Rendered, Stretch};
use lockstep_session::document::Document;
use lockstep_session::document::clip::Clip;
use lockstep_session::document::instrument::{Instrument, Source};
use lockstep_session::document::pattern::{Pattern, PatternLength};
use lockstep_session::document::step::Step;
use lockstep_session::document::track::{Track, TrackSettings};
use lockstep_session::ids::TrackId;
use lockstep_session::text::Name;
use lockstep_session::units::{Beat, BeatSpan};
use std::convert::Infallible;
use std::sync::Arc;

/// At 120 beats a minute.
pub(crate) const RATE: u32 = 48_000;

pub(crate) fn session(tracks: impl IntoIterator<Item = Track>) -> Document {
    Document {
        tracks: tracks.into_iter().map(Arc::new).collect(),
        ..Document::default()
    }
}

/// A track that plays one pattern of so many steps as are given.
pub(crate) fn track(id: u32, preset: &str, steps: Vec<Step>) -> Track {
    let length = i64::try_from(steps.len()).expect("short");
    let mut track = Track::new(TrackId(id), settings(preset));
    let pattern = Pattern::new(PatternLength::new(length), steps);
    track.clips[0] = Some(Arc::new(Clip::pattern(pattern)));
    track
}

pub(crate) fn settings(preset: &str) -> TrackSettings {
    TrackSettings {
        name: Name::new(preset),
        instrument: Instrument {
            source: Source::Preset(Name::new(preset)),
            ..Instrument::default()
        },
        ..TrackSettings::default()
    }
}

/// One character a step: `x` sounds, anything else does not.
pub(crate) fn rhythm(steps: &str) -> Vec<Step> {
    let on = |letter| Step {
        on: letter == 'x',
        ..Step::default()
    };
    steps.chars().map(on).collect()
}

pub(crate) fn bars(count: i64) -> Stretch {
    Stretch::new(Beat::ZERO, BeatSpan::BAR.times(count))
}

/// Everything that a render gives.
pub(crate) struct Sound {
    pub(crate) mix: [Vec<f32>; 2],
    pub(crate) tracks: Vec<[Vec<f32>; 2]>,
    pub(crate) rendered: Rendered,
}

pub(crate) fn render(document: &Document, stretch: Stretch) -> Render<'_> {
    Render {
        document,
        stretch,
        rate: SampleRate::new(f64::from(RATE)).expect("a rate"),
        samples: &[],
        longest_tail: LONGEST_TAIL,
    }
}

pub(crate) fn sound(render: &Render<'_>) -> Sound {
    let mut mix = [Vec::new(), Vec::new()];
    let mut tracks = vec![[Vec::new(), Vec::new()]; render.document.tracks.len()];
    let rendered = render.play(|piece| {
        let (sides, frames) = match piece {
            Piece::Mix(frames) => (&mut mix, frames),
            Piece::Track(number, frames) => (&mut tracks[number], frames),
        };
        for (side, frames) in sides.iter_mut().zip(frames) {
            side.extend(frames);
        }
        Ok::<(), Infallible>(())
    });
    let Ok(rendered) = rendered;
    Sound {
        mix,
        tracks,
        rendered,
    }
}
