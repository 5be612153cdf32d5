//! A sampler's low-pass filter, left out while it is fully open. It knows nothing of samples.

use crate::dsp::filter::{StateVariable, Tuning};
use crate::dsp::maths::exp2;
use crate::dsp::smooth::Smooth;
use crate::instrument::Setting;
use crate::instrument::ahead::{Frames, PER_TICK};
use lockstep_session::document::instrument::Parameter;

/// The filter of both channels.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Filter {
    sides: [StateVariable; 2],
    cutoff: Smooth,
    resonance: Smooth,
    tuning: Option<Tuning>,
    /// Its lowest corner, as a share of the sample rate.
    lowest: f32,
    /// How much of the filtered sound is heard.
    share: f32,
}

/// How soon a moved parameter has arrived, in ticks.
const SOON: f32 = 12.0;
/// The lowest corner, and how many octaves above it the highest is.
const LOWEST: f32 = 20.0;
const OCTAVES: f32 = 9.965_784;

impl Filter {
    /// Realtime: yes
    pub(super) fn strike(&mut self, setting: &Setting<'_>) {
        let values = setting.values;
        self.sides = [StateVariable::default(); 2];
        self.cutoff = Smooth::new(values.share(Parameter::Cutoff), SOON);
        self.resonance = Smooth::new(values.share(Parameter::Resonance), SOON);
        self.lowest = LOWEST / setting.rate;
        self.share = if self.is_open() { 0.0 } else { 1.0 };
        self.retune();
    }

    /// Realtime: yes
    pub(super) fn aim(&mut self, setting: &Setting<'_>) {
        self.cutoff.aim(setting.values.share(Parameter::Cutoff));
        self.resonance
            .aim(setting.values.share(Parameter::Resonance));
    }

    /// Filters a tick of both channels. Those of a mono sound are the same, and filtered once.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(super) fn apply(&mut self, left: &mut Frames, right: &mut Frames, is_mono: bool) {
        if !self.cutoff.has_arrived() || !self.resonance.has_arrived() {
            self.cutoff.next();
            self.resonance.next();
            self.retune();
        }
        let target = if self.is_open() { 0.0 } else { 1.0 };
        if target == 0.0 && self.share == 0.0 {
            return;
        }
        // A filter that begins within a sound begins from nothing, so it is blended in and out.
        let share = self.share;
        let slope = (target - share) * PER_TICK;
        self.share = target;
        let Some(tuning) = self.tuning else {
            return;
        };
        if is_mono {
            let mut lows = [*left];
            StateVariable::run(&mut self.sides, &tuning, &mut lows);
            blend(left, &lows[0], share, slope);
            right.copy_from_slice(left);
        } else {
            let mut lows = [*left, *right];
            StateVariable::run(&mut self.sides, &tuning, &mut lows);
            blend(left, &lows[0], share, slope);
            blend(right, &lows[1], share, slope);
        }
        if target == 0.0 {
            self.sides = [StateVariable::default(); 2];
        }
    }

    fn is_open(&self) -> bool {
        self.cutoff.value() >= 1.0 && self.cutoff.has_arrived()
    }

    fn retune(&mut self) {
        let corner = self.lowest * exp2(self.cutoff.value() * OCTAVES);
        self.tuning = Some(Tuning::new(corner, self.resonance.value()));
    }
}

#[inline(always)]
fn blend(channel: &mut Frames, lows: &Frames, share: f32, slope: f32) {
    for (frame, (value, low)) in channel.iter_mut().zip(lows).enumerate() {
        *value += (low - *value) * (share + slope * frame as f32);
    }
}
