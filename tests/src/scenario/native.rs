//! The engine as plugins run it: compiled for this machine. All of this folder that knows its API.

use super::{Machine, Place, Take};
use crate::hosts::Sound;
use lockstep_engine::{
    Beats, Engine, HostBlock, HostLoop, Listening, LiveEvent, LiveNote, Moment, Sample, SampleKey,
    SampleRate, Score, Tempo,
};
use std::sync::Arc;

pub(super) struct Native {
    engine: Engine,
    score: Box<Score>,
    listening: Listening,
    live: Vec<LiveNote>,
}

impl Native {
    pub(super) fn new(rate: f64) -> Self {
        Self {
            engine: Engine::new(SampleRate::new(rate).expect("a rate")),
            score: Score::boxed(),
            listening: Listening::default(),
            live: Vec::new(),
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

    fn listen(&mut self, muted: u16, soloed: u16, metronome: f32) {
        self.listening = Listening {
            muted,
            soloed,
            metronome,
            ..Listening::default()
        };
    }

    fn touch(&mut self, track: u8, key: u8, velocity: Option<f32>) {
        let event = match velocity {
            Some(velocity) => LiveEvent::Down { key, velocity },
            None => LiveEvent::Up { key },
        };
        self.live.push(LiveNote {
            frame: 0,
            track,
            event,
        });
    }

    fn render(&mut self, place: Option<Place>, frames: usize) -> Sound {
        let moment = Moment {
            position: place.map(block),
            live: &self.live,
            listening: self.listening,
        };
        let (mut left, mut right) = (Vec::new(), Vec::new());
        self.engine.render(&self.score, &moment, frames, |chunk| {
            left.extend(chunk.mix[0]);
            right.extend(chunk.mix[1]);
        });
        self.live.clear();
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
