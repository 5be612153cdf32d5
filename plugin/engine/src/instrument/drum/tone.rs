//! The tone of a drum: a sine whose pitch falls fast and then slowly. It knows no piece and no
//! parameter.

use super::{
    PERIOD,
    recipe::{Sweep, ToneRecipe},
    swell::{Gain, Ramp, Swell},
};
use crate::dsp::maths::{phase_step, snapped, whole};

/// Steps are counted in halves of what a phase of 2^32 to the turn moves, so that they fit.
const HALF_TURN: f32 = 2_147_483_648.0;

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tone {
    gain: Gain,
    swell: Swell,
    level: Ramp,
    phase: u32,
    pace: Ramp,
    /// Turns a frame, once the pitch has fallen.
    step: f32,
    fast: Fall,
    slow: Fall,
    fresh: bool,
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
            keep: libm::expf(-(PERIOD as f32) / if frames > 2.0 { frames } else { 2.0 }),
        }
    }

    fn advance(&mut self) {
        self.above = snapped(self.above * self.keep);
    }
}

impl Tone {
    /// Realtime: yes
    pub(super) fn start(recipe: &ToneRecipe, rate: f32, periods: f32) -> Self {
        Self {
            gain: Gain::new(recipe.gain, periods),
            swell: Swell::start(0.0, recipe.hold * rate, recipe.decay * rate),
            phase: phase_step(recipe.phase),
            fast: Fall::new(recipe.fast, rate),
            slow: Fall::new(recipe.slow, rate),
            fresh: true,
            ..Self::default()
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

    fn pace(&self) -> f32 {
        let turns = self.step * (1.0 + self.fast.above + self.slow.above);
        (if turns < 0.45 { turns } else { 0.45 }) * HALF_TURN
    }

    /// Must be called once every period.
    ///
    /// Realtime: yes
    pub(super) fn tick(&mut self) {
        if self.fresh {
            self.fresh = false;
            self.pace.toward(self.pace(), true);
        }
        self.fast.advance();
        self.slow.advance();
        self.pace.toward(self.pace(), false);
        let [from, to] = self.swell.next();
        let [gain_from, gain_to] = self.gain.span();
        self.level.between(from * gain_from, to * gain_to);
    }

    /// Whether nothing more comes after this period.
    ///
    /// Realtime: yes
    pub(super) fn is_over(&self) -> bool {
        self.swell.is_over()
    }

    /// Whether nothing of it is heard in this period.
    ///
    /// Realtime: yes
    pub(super) fn is_silent(&self) -> bool {
        self.level.is_nothing()
    }

    /// `at` is how far into the period each frame lies.
    ///
    /// Realtime: yes
    pub(super) fn add(&mut self, at: &[f32], output: &mut [f32]) {
        let mut phases = [0_u32; PERIOD];
        for (phase, at) in phases.iter_mut().zip(at) {
            *phase = whole(self.pace.at(*at)).cast_unsigned() << 1;
        }
        // Only this needs the frame before it; the rest may be done for several frames at once.
        for phase in phases.iter_mut().take(at.len()) {
            self.phase = self.phase.wrapping_add(*phase);
            *phase = self.phase;
        }
        for ((output, at), phase) in output.iter_mut().zip(at).zip(phases) {
            let turns = phase.cast_signed() as f32 * (0.5 / HALF_TURN);
            *output += wave(turns) * self.level.at(*at);
        }
    }
}

/// The sine of -0.5 to 0.5 turns, by the series of the general one but without what brings angles
/// there.
#[inline(always)]
fn wave(turns: f32) -> f32 {
    let near = 0.25 - (turns.abs() - 0.25).abs();
    let square = near * near;
    let series = 39.536_706;
    let series = series * square - 76.549_79;
    let series = series * square + 81.601_97;
    let series = series * square - 41.341_675;
    let series = series * square + core::f32::consts::TAU;
    let wave = series * near;
    if turns < 0.0 { -wave } else { wave }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::maths::sine;

    #[test]
    fn the_wave_is_a_sine() {
        for step in -499..=499 {
            let turns = step as f32 * 0.001;
            assert!((wave(turns) - sine(turns)).abs() < 1e-6, "{turns}");
        }
    }
}
