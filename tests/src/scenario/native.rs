//! The engine as plugins run it: compiled for this machine. All of this folder that knows its API.

use super::{Machine, Place, Take};
use crate::hosts::Sound;
use lockstep_engine::{Beats, Engine, HostBlock, HostLoop, SampleRate, Score, ScoreTrack, Tempo};

pub(super) struct Native {
    engine: Engine,
    score: Score,
}

impl Native {
    pub(super) fn new(rate: f64) -> Self {
        Self {
            engine: Engine::new(SampleRate::new(rate).expect("a rate")),
            score: Score::default(),
        }
    }
}

impl Machine for Native {
    fn play_from_now(&mut self, score: &[u8]) {
        for (index, bytes) in score.chunks_exact(32).enumerate() {
            let active = u128::from_le_bytes(bytes[..16].try_into().expect("16"));
            let step = f64::from_le_bytes(bytes[16..24].try_into().expect("8"));
            let beats = Beats::new(step).expect("a length");
            if let Ok(track) = ScoreTrack::new(bytes[24], beats) {
                let sounding = (0..128).filter(|step| active >> step & 1 == 1);
                self.score
                    .set_track(index, sounding.fold(track, ScoreTrack::with_step));
            }
        }
    }

    fn keep(&mut self, _: &Take) {}

    fn render(&mut self, place: Option<Place>, frames: usize) -> Sound {
        let block = place.map(|place| HostBlock {
            beat: Beats::new(place.beat).expect("a beat"),
            tempo: Tempo::new(place.tempo).expect("a tempo"),
            looped: place.looped.and_then(|(start, end)| {
                HostLoop::new(
                    Beats::new(start).expect("a beat"),
                    Beats::new(end).expect("a beat"),
                )
            }),
        });
        let (mut left, mut right) = (vec![0.0; frames], vec![0.0; frames]);
        self.engine
            .render(&self.score, block, &mut left, &mut right);
        Sound::new(left, right)
    }
}
