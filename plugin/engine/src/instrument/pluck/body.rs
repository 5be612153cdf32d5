//! The wood around a string: two resonances that lend it warmth. It knows nothing of strings.

use crate::dsp::maths::snapped;
use crate::dsp::smooth::Smooth;
use crate::instrument::ahead::{Frames, PER_TICK};

/// A body, left out while nothing is heard of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Body {
    /// How much of it is heard.
    pub(super) share: Smooth,
    modes: [Mode; 2],
}

/// One resonance: what it made of the last two frames comes back.
#[derive(Clone, Copy, Debug, Default)]
struct Mode {
    level: f32,
    near: f32,
    far: f32,
    inputs: [f32; 2],
    outputs: [f32; 2],
}

/// The air in the body and its top, as a guitar has them: hertz, and how much is heard at most.
const MODES: [(f32, f32); 2] = [(108.0, 1.0), (214.0, 0.9)];
/// How wide a resonance is, as a share of its pitch.
const WIDTH: f32 = 0.22;

impl Body {
    /// Realtime: yes
    pub(super) fn new(rate: f32, ticks: f32) -> Self {
        let mode = |(hertz, level)| Mode::new(hertz / rate, level);
        Self {
            share: Smooth::new(0.0, ticks),
            modes: MODES.map(mode),
        }
    }

    /// Adds the body to a tick of the string.
    ///
    /// Realtime: yes
    pub(super) fn render(&mut self, frames: &mut Frames) {
        let share = self.share.value();
        let slope = (self.share.next() - share) * PER_TICK;
        if share == 0.0 && slope == 0.0 {
            return;
        }
        let [mut air, mut top] = self.modes;
        for (frame, value) in frames.iter_mut().enumerate() {
            let share = share + slope * frame as f32;
            let sum = air.next(*value) + top.next(*value);
            *value += share * sum;
        }
        air.settle();
        top.settle();
        self.modes = [air, top];
    }
}

impl Mode {
    fn new(turns: f32, level: f32) -> Self {
        let angle = core::f32::consts::TAU * turns;
        let radius = libm::expf(-0.5 * WIDTH * angle);
        Self {
            level: level * 0.5 * (1.0 - radius * radius),
            near: 2.0 * radius * libm::cosf(angle),
            far: radius * radius,
            inputs: [0.0; 2],
            outputs: [0.0; 2],
        }
    }

    #[inline(always)]
    fn next(&mut self, input: f32) -> f32 {
        let [last, before] = self.outputs;
        let known = self.level * (input - self.inputs[1]) - self.far * before;
        let output = known + self.near * last;
        self.outputs = [output, last];
        self.inputs = [input, self.inputs[0]];
        output
    }

    /// Once a tick is often enough: nothing falls from there to a denormal number within one.
    fn settle(&mut self) {
        self.outputs = self.outputs.map(snapped);
    }
}
