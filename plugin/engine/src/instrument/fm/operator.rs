//! One operator: a sine whose phase others move. It knows nothing of who moves whom.

use crate::dsp::maths::whole;
use crate::instrument::ahead::{Frames, PER_TICK};

/// A phase that turns, and how loud its sine was when the last tick ended.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Operator {
    phase: u32,
    level: f32,
    /// Its last two frames, for when it moves itself.
    last: [f32; 2],
}

/// What an operator does in a tick.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Drive {
    /// How far the phase goes in a frame, of 2^32 to the turn.
    pub(super) step: u32,
    /// The level at the end of the tick.
    pub(super) level: f32,
    /// How far it moves its own phase, in turns.
    pub(super) feedback: f32,
}

/// A phase's fraction of a turn in whole steps: a single holds twenty-four bits.
const STEPS: f32 = 16_777_216.0;

impl Operator {
    /// Realtime: yes
    #[inline(always)]
    pub(super) fn is_silent(&self, drive: &Drive) -> bool {
        self.level == 0.0 && drive.level == 0.0
    }

    /// Turns on, unheard.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(super) fn rest(&mut self, drive: &Drive) {
        self.phase = self.phase.wrapping_add(drive.step.wrapping_mul(TICK_STEPS));
        self.last = [0.0; 2];
    }

    /// A tick, its phase moved by `moves`, in turns.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(super) fn run(&mut self, drive: &Drive, moves: &Frames, frames: &mut Frames) {
        let slope = (drive.level - self.level) * PER_TICK;
        let mut at = 0_u16;
        for (frame, moved) in frames.iter_mut().zip(moves) {
            let turned = self
                .phase
                .wrapping_add(drive.step.wrapping_mul(u32::from(at)));
            let level = self.level + slope * f32::from(at);
            *frame = level * wave(turned.wrapping_add(phase_of(*moved)));
            at += 1;
        }
        self.last = [0.0; 2];
        self.finish(drive);
    }

    /// A tick in which it also moves itself.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(super) fn run_fed_back(&mut self, drive: &Drive, frames: &mut Frames) {
        let slope = (drive.level - self.level) * PER_TICK;
        let share = 0.5 * drive.feedback * STEPS;
        let [mut last, mut before] = self.last;
        let mut at = 0_u16;
        for frame in frames {
            let turned = self
                .phase
                .wrapping_add(drive.step.wrapping_mul(u32::from(at)));
            // The mean of two frames, for one alone would whistle.
            let moved = whole((last + before) * share).cast_unsigned() << 8;
            before = last;
            last = wave(turned.wrapping_add(moved));
            *frame = (self.level + slope * f32::from(at)) * last;
            at += 1;
        }
        self.last = [last, before];
        self.finish(drive);
    }

    #[inline(always)]
    fn finish(&mut self, drive: &Drive) {
        self.phase = self.phase.wrapping_add(drive.step.wrapping_mul(TICK_STEPS));
        self.level = drive.level;
    }
}

const TICK_STEPS: u32 = 16;

/// Turns as a phase of 2^32 to the turn, for a hundred turns either way.
#[inline(always)]
fn phase_of(turns: f32) -> u32 {
    whole(turns * STEPS).cast_unsigned() << 8
}

/// The sine of a phase of 2^32 to the turn, to a millionth.
#[inline(always)]
fn wave(phase: u32) -> f32 {
    let signed = phase.cast_signed();
    // The outer quarters are folded in.
    let folded = if (signed ^ (signed << 1)) < 0 {
        i32::MIN.wrapping_sub(signed)
    } else {
        signed
    };
    let place = folded as f32 * (1.0 / 1_073_741_824.0);
    let square = place * place;
    let fourth = square * square;
    let near = 1.570_790_8 - 0.645_892_85 * square;
    let far = 0.079_434_39 - 0.004_333_31 * square;
    place * (near + far * fourth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_wave_is_a_sine_to_a_millionth() {
        for step in 0..100_000_u32 {
            let phase = step.wrapping_mul(2_654_435_761);
            let turns = f64::from(phase) / 4_294_967_296.0;
            let error = f64::from(wave(phase)) - libm::sin(core::f64::consts::TAU * turns);
            assert!(error.abs() < 2e-6, "{error} at {turns}");
        }
    }

    #[test]
    fn a_moved_phase_is_a_moved_sine() {
        for turns in [-3.3_f32, -0.25, 0.0, 0.1, 7.75] {
            let exact = libm::sin(core::f64::consts::TAU * f64::from(turns));
            assert!((f64::from(wave(phase_of(turns))) - exact).abs() < 1e-5);
        }
    }
}
