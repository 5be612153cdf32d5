//! One operator: a sine whose phase others move. It knows nothing of who moves whom.

use crate::dsp::quad::{COUNT, QUAD, steady};
use crate::instrument::ahead::{Frames, PER_TICK, TICK};
use wide::{f32x4, i32x4, u32x4};

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
/// A hundred turns.
const MOST: f32 = 100.0 * STEPS;

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
        let moves = moves.as_chunks().0.iter();
        let quads = frames.as_chunks_mut().0.iter_mut().zip(moves);
        let course = self.phases(drive.step).into_iter().zip(self.levels(drive));
        for ((quad, moved), (phase, level)) in quads.zip(course) {
            let moved = phase_of(f32x4::new(*moved) * f32x4::splat(STEPS));
            *quad = (level * wave(phase + moved)).to_array();
        }
        self.last = [0.0; 3];
        self.finish(drive);
    }

    /// A tick in which it also moves itself.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(super) fn run_fed_back(&mut self, drive: &Drive, frames: &mut Frames) {
        let share = f32x4::splat(0.5 * drive.feedback * STEPS);
        let [mut last, mut second, mut third] = self.last;
        let phases: [[u32; 2]; TICK / 2] = bytemuck::cast(self.phases(drive.step));
        for (pair, [here, next]) in frames.as_chunks_mut().0.iter_mut().zip(phases) {
            // The mean of two frames, for one alone would whistle; and not the very last, so that
            // two frames can be worked on at a time.
            let means = f32x4::new([second + third, last + second, 0.0, 0.0]);
            let phases = u32x4::new([here, next, 0, 0]);
            let [here, next, ..] = wave(phases + phase_of(means * share)).to_array();
            *pair = [here, next];
            [last, second, third] = [next, here, last];
        }
        let quads = frames.as_chunks_mut().0.iter_mut();
        for (quad, level) in quads.zip(self.levels(drive)) {
            *quad = (f32x4::new(*quad) * level).to_array();
        }
        self.last = [last, second, third];
        self.finish(drive);
    }

    /// The phase at each frame of the tick.
    #[inline(always)]
    fn phases(&self, step: u32) -> [u32x4; QUADS] {
        let step = u32x4::splat(step);
        let mut next = u32x4::splat(self.phase) + steady(step);
        [(); QUADS].map(|()| {
            let now = next;
            next += step << 2_u32;
            now
        })
    }

    /// The level at each frame of the tick.
    #[inline(always)]
    fn levels(&self, drive: &Drive) -> [f32x4; QUADS] {
        let level = f32x4::splat(self.level);
        let slope = f32x4::splat((drive.level - self.level) * PER_TICK);
        let mut frames = COUNT;
        [(); QUADS].map(|()| {
            let now = level + slope * frames;
            frames += f32x4::splat(4.0);
            now
        })
    }

    #[inline(always)]
    fn finish(&mut self, drive: &Drive) {
        self.phase = self.phase.wrapping_add(drive.step.wrapping_mul(TICK_STEPS));
        self.level = drive.level;
    }
}

const TICK_STEPS: u32 = 16;
const QUADS: usize = TICK / QUAD;

/// Whole steps as a phase of 2^32 to the turn, at most a hundred turns either way.
#[inline(always)]
fn phase_of(steps: f32x4) -> u32x4 {
    // Within the bounds the fast way is everybody's way.
    let most = f32x4::splat(MOST);
    let steps = steps.fast_min(most).fast_max(-most);
    bytemuck::cast::<i32x4, u32x4>(steps.fast_trunc_int()) << 8_u32
}

/// The sines of phases of 2^32 to the turn, to a millionth.
#[inline(always)]
fn wave(phases: u32x4) -> f32x4 {
    let signed: i32x4 = bytemuck::cast(phases);
    // The outer quarters are folded in.
    let is_outer = (signed ^ (signed << 1_i32)) >> 31_i32;
    let outer = i32x4::splat(i32::MIN) - signed;
    let folded = (outer & is_outer) | (signed & !is_outer);
    let number = f32x4::splat;
    let place = f32x4::from_i32x4(folded) * number(1.0 / 1_073_741_824.0);
    let square = place * place;
    let fourth = square * square;
    let near = number(1.570_790_8) - number(0.645_892_85) * square;
    let far = number(0.079_434_39) - number(0.004_333_31) * square;
    place * (near + far * fourth)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(phase: u32) -> f32 {
        wave(u32x4::splat(phase)).to_array()[0]
    }

    #[test]
    fn its_wave_is_a_sine_to_a_millionth() {
        for step in 0..100_000_u32 {
            let phase = step.wrapping_mul(2_654_435_761);
            let turns = f64::from(phase) / 4_294_967_296.0;
            let error = f64::from(sine(phase)) - libm::sin(core::f64::consts::TAU * turns);
            assert!(error.abs() < 2e-6, "{error} at {turns}");
        }
    }

    #[test]
    fn a_moved_phase_is_a_moved_sine() {
        for turns in [-3.3_f32, -0.25, 0.0, 0.1, 7.75] {
            let exact = libm::sin(core::f64::consts::TAU * f64::from(turns));
            let [phase, ..] = phase_of(f32x4::splat(turns * STEPS)).to_array();
            assert!((f64::from(sine(phase)) - exact).abs() < 1e-5);
        }
        let far = [MOST, 1e30, f32::INFINITY, -1e30].map(|steps| phase_of(f32x4::splat(steps)));
        assert_eq!(far, [u32x4::splat(0); 4], "a hundred turns are whole ones");
    }
}
