//! The tone of a drum: a sine whose pitch falls fast and then slowly. It knows no piece and no
//! parameter.

use super::{
    recipe::{Sweep, ToneRecipe},
    swell::{Gain, Swell},
};
use crate::dsp::maths::{sine, snapped, whole};

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tone {
    gain: Gain,
    swell: Swell,
    phase: f32,
    /// Turns a frame, once the pitch has fallen.
    step: f32,
    fast: Fall,
    slow: Fall,
}

/// By how much of itself the pitch is too high.
#[derive(Clone, Copy, Debug, Default)]
struct Fall {
    above: f32,
    keep: f32,
}

impl Fall {
    fn new(sweep: Sweep, rate: f32) -> Self {
        let frames = sweep.seconds * rate;
        Self {
            above: libm::exp2f(sweep.semitones * (1.0 / 12.0)) - 1.0,
            keep: if frames > 2.0 {
                1.0 - 1.0 / frames
            } else {
                0.5
            },
        }
    }
}

impl Tone {
    /// Realtime: yes
    pub(super) fn start(recipe: &ToneRecipe, rate: f32, periods: f32) -> Self {
        Self {
            gain: Gain::new(recipe.gain, periods),
            swell: Swell::start(0.0, recipe.hold * rate, recipe.decay * rate),
            phase: recipe.phase,
            step: 0.0,
            fast: Fall::new(recipe.fast, rate),
            slow: Fall::new(recipe.slow, rate),
        }
    }

    /// Realtime: yes
    pub(super) fn steer(&mut self, recipe: &ToneRecipe, rate: f32) {
        self.gain.aim(recipe.gain);
        self.swell.fall_within(recipe.decay * rate);
    }

    /// `turns` is how far it goes in a frame.
    ///
    /// Realtime: yes
    pub(super) fn tune(&mut self, turns: f32) {
        self.step = turns;
    }

    /// Realtime: yes
    pub(super) fn tick(&mut self) {
        self.gain.tick();
        // A fall cannot get from above this to a denormal number within one period.
        self.fast.above = snapped(self.fast.above);
        self.slow.above = snapped(self.slow.above);
    }

    /// Realtime: yes
    pub(super) fn is_over(&self) -> bool {
        self.swell.is_over()
    }

    /// Realtime: yes
    pub(super) fn add(&mut self, output: &mut [f32]) {
        if self.swell.is_over() {
            return;
        }
        for output in output {
            let step = self.step * (1.0 + self.fast.above + self.slow.above);
            let step = if step < 0.45 { step } else { 0.45 };
            self.fast.above *= self.fast.keep;
            self.slow.above *= self.slow.keep;
            let phase = self.phase + step;
            self.phase = phase - whole(phase) as f32;
            *output += sine(self.phase) * self.swell.next() * self.gain.next();
        }
    }
}
