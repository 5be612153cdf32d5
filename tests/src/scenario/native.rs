//! The engine as plugins run it: compiled for this machine. All of this folder that knows its API.

use super::{Machine, Place, Take};
use crate::hosts::Sound;
use lockstep_engine::{
    Beats, Engine, HostBlock, HostLoop, Listening, Moment, Sample, SampleKey, SampleRate, Score,
    Tempo,
};
use std::sync::Arc;

pub(super) struct Native {
    engine: Engine,
    score: Box<Score>,
}

impl Native {
    pub(super) fn new(rate: f64) -> Self {
        Self {
            engine: Engine::new(SampleRate::new(rate).expect("a rate")),
            score: Score::boxed(),
        }
    }

    /// Renders what nobody hears.
    pub(super) fn run(&mut self, place: Place, frames: usize) {
        let moment = Moment {
            position: Some(block(place)),
            live: &[],
            listening: Listening::default(),
        };
        self.engine.render(&self.score, &moment, frames, |chunk| {
            std::hint::black_box(chunk.mix);
        });
    }

    /// How many notes sound.
    pub(super) fn sounding(&self) -> usize {
        self.engine.sounding()
    }
}

impl Machine for Native {
    fn play_from_now(&mut self, score: &[u8]) {
        self.score.bytes_mut().copy_from_slice(score);
    }

    fn keep(&mut self, take: &Take) {
        let channels: Vec<&[f32]> = take.channels.iter().map(Vec::as_slice).collect();
        let rate = SampleRate::new(take.rate).expect("a rate");
        let sample = Sample::new(SampleKey::new(take.key), rate, &channels).expect("a sample");
        let left_over = self.engine.keep_sample(Arc::new(sample));
        assert!(left_over.is_none(), "the take is kept");
    }

    fn render(&mut self, place: Option<Place>, frames: usize) -> Sound {
        let moment = Moment {
            position: place.map(block),
            live: &[],
            listening: Listening::default(),
        };
        let (mut left, mut right) = (Vec::new(), Vec::new());
        self.engine.render(&self.score, &moment, frames, |chunk| {
            left.extend(chunk.mix[0]);
            right.extend(chunk.mix[1]);
        });
        Sound::new(left, right, 0)
    }
}

fn block(place: Place) -> HostBlock {
    let beats = |beats| Beats::new(beats).expect("a place");
    HostBlock {
        beat: beats(place.beat),
        tempo: Tempo::new(place.tempo).expect("a tempo"),
        looped: place
            .looped
            .and_then(|(start, end)| HostLoop::new(beats(start), beats(end))),
        turned: Some(beats(place.turned)),
    }
}
