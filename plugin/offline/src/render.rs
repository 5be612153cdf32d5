//! A stretch of a session as sound: what everyone would hear from its first beat on, and then what
//! rings on. It knows nothing of formats.

use crate::Stretch;
use lockstep_engine::{Beats, Chunk, Engine, HostBlock, Moment, Sample, SampleRate, Score, Tempo};
use lockstep_session::document::Document;
use std::sync::Arc;

/// What is to be rendered.
#[derive(Clone, Copy, Debug)]
pub struct Render<'a> {
    pub document: &'a Document,
    /// Loops are not folded: it is played through, from its first beat to its last.
    pub stretch: Stretch,
    pub rate: SampleRate,
    /// Samples that are missing stay silent.
    pub samples: &'a [Arc<Sample>],
    /// How many seconds may ring on behind the end.
    pub longest_tail: f64,
}

/// Some frames, left and right. The first frame of everything is the stretch's first beat.
#[derive(Clone, Copy, Debug)]
pub enum Piece<'a> {
    Mix([&'a [f32]; 2]),
    /// A track behind its fader, without its share of the sends' effects and without what the mix
    /// goes through as a whole.
    Track(usize, [&'a [f32]; 2]),
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rendered {
    pub frames: usize,
    /// It still rang when the longest tail was over.
    pub is_cut: bool,
}

/// Enough for the longest reverb, and for most echoes. In seconds.
pub const LONGEST_TAIL: f64 = 30.0;
/// How many frames are rendered at once. What sounds does not depend on it.
const BLOCK: usize = 1024;

impl Render<'_> {
    /// How many frames the stretch has without what rings on.
    pub fn frames(&self) -> usize {
        rounded(beats(self.stretch.span().as_micros()) / self.beats_per_frame())
    }

    /// Renders everything and gives it to `sink` piece by piece: the mix in order, and each track
    /// in order. The first error of `sink` ends it.
    pub fn play<E>(&self, mut sink: impl FnMut(Piece<'_>) -> Result<(), E>) -> Result<Rendered, E> {
        let mut engine = Engine::new(self.rate);
        for sample in self.samples {
            // One that finds no place is silent like one that is missing.
            drop(engine.keep_sample(sample.clone()));
        }
        let mut playing = Playing {
            late: engine.latency(),
            score: Score::compile(self.document),
            engine,
            tracks: self.document.tracks.len(),
            sink: &mut sink,
        };
        let frames = self.frames();
        let mut done = 0;
        while done < frames {
            let count = BLOCK.min(frames - done);
            playing.render(self.position(done), count)?;
            done += count;
        }
        let most = frames + rounded(self.longest_tail.max(0.0) * self.rate.hertz());
        while !playing.engine.is_silent() && done < most {
            let count = BLOCK.min(most - done);
            playing.render(None, count)?;
            done += count;
        }
        let is_cut = !playing.engine.is_silent();
        // The mix comes later than the tracks; what it still lacks are frames that have been.
        playing.tracks = 0;
        playing.render(None, playing.engine.latency())?;
        Ok(Rendered {
            frames: done,
            is_cut,
        })
    }

    fn position(&self, frame: usize) -> Option<HostBlock> {
        let from = beats(self.stretch.from().as_micros());
        Some(HostBlock {
            beat: Beats::new(from + number(frame) * self.beats_per_frame())?,
            tempo: self.tempo(),
            looped: None,
            turned: Some(Beats::ZERO),
        })
    }

    fn tempo(&self) -> Tempo {
        let tempo = self.document.timeline.tempo.beats_per_minute();
        Tempo::new(tempo).expect("a session's tempo lies within the engine's")
    }

    fn beats_per_frame(&self) -> f64 {
        self.tempo().beats_per_frame(self.rate)
    }
}

struct Playing<'a, S> {
    engine: Engine,
    score: Box<Score>,
    /// How many frames of the mix are still to come before the first.
    late: usize,
    /// How many tracks are given.
    tracks: usize,
    sink: &'a mut S,
}

impl<S> Playing<'_, S> {
    fn render<E>(&mut self, position: Option<HostBlock>, frames: usize) -> Result<(), E>
    where
        S: FnMut(Piece<'_>) -> Result<(), E>,
    {
        let moment = Moment {
            position,
            ..Moment::default()
        };
        let (late, tracks, sink) = (&mut self.late, self.tracks, &mut *self.sink);
        let mut outcome = Ok(());
        self.engine.render(&self.score, &moment, frames, |chunk| {
            if outcome.is_ok() {
                outcome = give(&chunk, late, tracks, sink);
            }
        });
        outcome
    }
}

fn give<E>(
    chunk: &Chunk<'_>,
    late: &mut usize,
    tracks: usize,
    sink: &mut impl FnMut(Piece<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let [left, right] = chunk.mix;
    let frames = left.len();
    for (number, [left, right]) in chunk.tracks.iter().enumerate().take(tracks) {
        sink(Piece::Track(number, [&left[..frames], &right[..frames]]))?;
    }
    let early = frames.min(*late);
    *late -= early;
    if early < frames {
        sink(Piece::Mix([&left[early..], &right[early..]]))?;
    }
    Ok(())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "beats stay below 2^53 millionths"
)]
fn beats(micros: i64) -> f64 {
    micros as f64 / 1e6
}

#[expect(clippy::cast_precision_loss, reason = "frames stay below 2^53")]
fn number(frames: usize) -> f64 {
    frames as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole and not negative, and the cast saturates"
)]
fn rounded(frames: f64) -> usize {
    frames.round() as usize
}
