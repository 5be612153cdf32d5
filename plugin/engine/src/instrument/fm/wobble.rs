//! The slow oscillator of an FM note, and what it moves. It knows nothing of operators.

use crate::dsp::maths::{phase_step, sine, turns};
use crate::dsp::smooth::Smooth;
use crate::instrument::Setting;
use crate::instrument::ahead::TICK;
use lockstep_session::document::instrument::Parameter;

/// A slow sine, and how much of it each thing hears.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wobble {
    phase: u32,
    step: u32,
    /// The pitch, the loudness, how deep operators move each other, and the side.
    depths: [Smooth; 4],
    value: f32,
}

/// The most semitones that the pitch goes up and down.
const WIDEST: f32 = 1.0;

impl Wobble {
    /// Realtime: yes
    pub(super) fn new(ticks: f32) -> Self {
        Self {
            phase: 0,
            step: 0,
            depths: [Smooth::new(0.0, ticks); 4],
            value: 0.0,
        }
    }

    /// Realtime: yes
    pub(super) fn aim(&mut self, setting: &Setting<'_>, go: fn(&mut Smooth, f32)) {
        let values = setting.values;
        let hertz = values.ratio(Parameter::LfoRate, 0.05, 20.0);
        self.step = phase_step(hertz * TICK as f32 / setting.rate);
        let depth = values.share(Parameter::LfoDepth);
        let target = values.choice(Parameter::LfoTarget, 4);
        for (index, share) in self.depths.iter_mut().enumerate() {
            go(share, if index == target { depth } else { 0.0 });
        }
    }

    /// Realtime: yes
    pub(super) fn tick(&mut self) {
        self.phase = self.phase.wrapping_add(self.step);
        let mut is_heard = false;
        for depth in &mut self.depths {
            is_heard |= depth.next() > 0.0;
        }
        self.value = if is_heard {
            sine(turns(self.phase))
        } else {
            0.0
        };
    }

    /// Realtime: yes
    pub(super) fn semitones(&self) -> f32 {
        let depth = self.depths[0].value();
        WIDEST * depth * depth * self.value
    }

    /// A factor, at most one.
    ///
    /// Realtime: yes
    pub(super) fn loudness(&self) -> f32 {
        1.0 - 0.5 * self.depths[1].value() * (1.0 - self.value)
    }

    /// A factor, at most one.
    ///
    /// Realtime: yes
    pub(super) fn depth(&self) -> f32 {
        1.0 - 0.5 * self.depths[2].value() * (1.0 - self.value)
    }

    /// The factors of the sides, at most one.
    ///
    /// Realtime: yes
    pub(super) fn sides(&self) -> [f32; 2] {
        let depth = self.depths[3].value();
        [
            1.0 - 0.5 * depth * (1.0 - self.value),
            1.0 - 0.5 * depth * (1.0 + self.value),
        ]
    }
}
