//! The wood around a string: two resonances that lend it warmth. It knows nothing of strings.

use crate::dsp::filter::{StateVariable, Tuning};
use crate::dsp::smooth::Smooth;
use crate::instrument::ahead::{Frames, PER_TICK};

/// A body, left out while nothing is heard of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Body {
    /// How much of it is heard.
    pub(super) share: Smooth,
    tunings: Option<[Tuning; 2]>,
    modes: [StateVariable; 2],
}

/// The air in the body and its top, in hertz, as a guitar has them.
const MODES: [f32; 2] = [108.0, 214.0];
const DAMPING: f32 = 0.22;
/// How much of each is heard at most.
const LEVELS: [f32; 2] = [0.22, 0.2];

impl Body {
    /// Realtime: yes
    pub(super) fn new(ticks: f32) -> Self {
        Self {
            share: Smooth::new(0.0, ticks),
            tunings: None,
            modes: [StateVariable::default(); 2],
        }
    }

    /// Realtime: yes
    pub(super) fn tune(&mut self, rate: f32) {
        self.tunings = Some(MODES.map(|hertz| Tuning::with_damping(hertz / rate, DAMPING)));
    }

    /// Adds the body to a tick of the string.
    ///
    /// Realtime: yes
    pub(super) fn render(&mut self, frames: &mut Frames) {
        let Some([air, top]) = &self.tunings else {
            return;
        };
        let share = self.share.value();
        let slope = (self.share.next() - share) * PER_TICK;
        if share == 0.0 && slope == 0.0 {
            return;
        }
        let [first, second] = &mut self.modes;
        for (frame, value) in frames.iter_mut().enumerate() {
            let share = share + slope * frame as f32;
            let low = LEVELS[0] * first.next(*value, air).band;
            let high = LEVELS[1] * second.next(*value, top).band;
            *value += share * (low + high);
        }
    }
}
