//! One operator: a sine whose phase others move. It knows nothing of who moves whom.

use crate::dsp::maths::whole;
use crate::instrument::ahead::{Frames, PER_TICK, TICK};

/// A phase that turns, and how loud its sine was when the last tick ended.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Operator {
    phase: u32,
    level: f32,
    /// Its last three frames, for when it moves itself.
    last: [f32; 3],
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

    /// Starts its level from nothing again.
    ///
    /// Realtime: yes
    pub(super) fn silence(&mut self) {
        self.level = 0.0;
    }

    /// Turns on, unheard.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(super) fn rest(&mut self, drive: &Drive) {
        self.phase = self.phase.wrapping_add(drive.step.wrapping_mul(TICK_STEPS));
        self.last = [0.0; 3];
    }

    /// A tick, its phase moved by `moves`, in turns.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(super) fn run(&mut self, drive: &Drive, moves: &Frames, frames: &mut Frames) {
        let slope = (drive.level - self.level) * PER_TICK;
        let phases = self.phases(drive.step);
        for (((frame, moved), phase), at) in frames.iter_mut().zip(moves).zip(phases).zip(COUNT) {
            let level = self.level + slope * at;
            *frame = level * wave(phase.wrapping_add(phase_of(*moved)));
        }
        self.last = [0.0; 3];
        self.finish(drive);
    }

    /// A tick in which it also moves itself.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(super) fn run_fed_back(&mut self, drive: &Drive, frames: &mut Frames) {
        let slope = (drive.level - self.level) * PER_TICK;
        let share = 0.5 * drive.feedback * STEPS;
        let [mut last, mut second, mut third] = self.last;
        for (frame, phase) in frames.iter_mut().zip(self.phases(drive.step)) {
            // The mean of two frames, for one alone would whistle; and not the very last, so that
            // two frames can be worked on at a time.
            let moved = whole((second + third) * share).cast_unsigned() << 8;
            third = second;
            second = last;
            last = wave(phase.wrapping_add(moved));
            *frame = last;
        }
        for (frame, at) in frames.iter_mut().zip(COUNT) {
            *frame *= self.level + slope * at;
        }
        self.last = [last, second, third];
        self.finish(drive);
    }

    /// The phase at each frame of the tick.
    #[inline(always)]
    fn phases(&self, step: u32) -> [u32; TICK] {
        let mut phases = [0; TICK];
        let mut now = self.phase;
        for phase in &mut phases {
            *phase = now;
            now = now.wrapping_add(step);
        }
        phases
    }

    #[inline(always)]
    fn finish(&mut self, drive: &Drive) {
        self.phase = self.phase.wrapping_add(drive.step.wrapping_mul(TICK_STEPS));
        self.level = drive.level;
    }
}

const TICK_STEPS: u32 = 16;
const COUNT: Frames = [
    0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0,
];

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
