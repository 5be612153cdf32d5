//! Oscillators without audible aliasing: an exact phase, read through the tables. They know no
//! pitch in hertz, and nothing of the note they sound for.

use super::maths::phase_step;
use super::quad::{self, QUAD, growing, steady};
use super::tables::{Tables, read};
use wide::{f32x4, u32x4};

/// Pitches and levels move in straight lines over so many frames.
pub(crate) const TICK: u8 = 1 << TICK_BITS;
const TICK_BITS: u32 = 4;
const COUNT: [f32; 1 << TICK_BITS] = [
    0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0,
];

/// A value on its way from one tick to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Ramp {
    from: f32,
    slope: f32,
}

/// What an oscillator may sound like. All of a set of oscillators have the same phase at zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Saw,
    Pulse,
    Triangle,
    Sine,
}

/// A phase of 2^32 to the turn, and how far it moves.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Oscillator {
    phase: u32,
    step: u32,
    /// How much the step grows in a frame; as it wraps around, it may also shrink.
    slope: u32,
    /// The step it was aimed at last.
    aimed: u32,
    level: u8,
    level_before: u8,
}

impl Ramp {
    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn new(from: f32, to: f32) -> Self {
        Self {
            from,
            slope: (to - from) * (1.0 / f32::from(TICK)),
        }
    }

    /// From where this one ends.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn then(self, to: f32) -> Self {
        Self::new(self.at(f32::from(TICK)), to)
    }

    /// The value so many frames after the tick.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn at(self, frame: f32) -> f32 {
        self.from + self.slope * frame
    }

    /// The value at each frame of the tick.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn fill(self, values: &mut [f32; 1 << TICK_BITS]) {
        for (value, frame) in values.iter_mut().zip(COUNT) {
            *value = self.at(frame);
        }
    }

    /// Whether it stays where it is.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn is_level(self) -> bool {
        self.slope == 0.0
    }

    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn is_zero(self) -> bool {
        self.from == 0.0 && self.slope == 0.0
    }
}

impl Oscillator {
    /// Stands at `phase`, and does not move yet.
    ///
    /// Realtime: yes
    pub(crate) fn at(phase: u32) -> Self {
        Self {
            phase,
            ..Self::default()
        }
    }

    /// At the first tick: moves by `step` at once.
    ///
    /// Realtime: yes
    pub(crate) fn start(&mut self, tables: &Tables, step: u32) {
        self.step = step;
        self.aimed = step;
        self.slope = 0;
        self.level = tables.level(step);
        self.level_before = self.level;
    }

    /// At each tick but the first: the step moves to `step` until the next one.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn aim(&mut self, tables: &Tables, step: u32) {
        if step == self.aimed && self.slope == 0 {
            // It goes on as it went, whatever the tables: spares the division that finds one.
            self.phase = self.phase.wrapping_add(self.step << TICK_BITS);
            self.level_before = self.level;
            return;
        }
        self.aimed = step;
        (self.phase, self.step) = self.after(1 << TICK_BITS);
        // Steps are at most half a turn, so the way between two of them fits.
        let way = step.wrapping_sub(self.step).cast_signed();
        self.slope = (way >> TICK_BITS).cast_unsigned();
        // A table is left for another over a whole tick, so nothing jumps when a glide passes
        // from one to the next.
        self.level_before = self.level;
        self.level = tables.level(step.max(self.step));
    }

    /// Fills `output` with the frames from `first` after the tick on. `width` is what share of a
    /// turn a pulse is high.
    ///
    /// Realtime: yes
    pub(crate) fn read(
        &self,
        tables: &Tables,
        shape: Shape,
        width: Ramp,
        first: u8,
        output: &mut [f32],
    ) {
        match shape {
            Shape::Saw => self.fade(first, output, |level| {
                let wave = tables.saw(level);
                move |phases, _| read(wave, phases)
            }),
            Shape::Triangle => self.fade(first, output, |level| {
                let wave = tables.triangle(level);
                move |phases, _| read(wave, phases)
            }),
            // A saw less another one that comes later: high for the time between.
            Shape::Pulse if width.is_level() => {
                let lag = u32x4::splat(lag(width.from));
                self.fade(first, output, |level| {
                    let wave = tables.saw(level);
                    move |phases, _| read(wave, phases) - read(wave, phases - lag)
                });
            }
            Shape::Pulse => self.fade(first, output, |level| {
                let wave = tables.saw(level);
                move |phases, frames: f32x4| {
                    let lags = frames.to_array().map(|frame| lag(width.at(frame)));
                    read(wave, phases) - read(wave, phases - u32x4::new(lags))
                }
            }),
            Shape::Sine => {
                let wave = tables.sine();
                // In the tables it is the saw's first harmonic.
                let raise = f32x4::splat(core::f32::consts::FRAC_PI_2);
                self.walk(first, output, |phases, _| raise * read(wave, phases));
            }
        }
    }

    #[inline(always)]
    fn fade<R: Fn(u32x4, f32x4) -> f32x4>(
        &self,
        first: u8,
        output: &mut [f32],
        reader: impl Fn(u8) -> R,
    ) {
        let now = reader(self.level);
        if self.level == self.level_before {
            self.walk(first, output, now);
        } else {
            let before = reader(self.level_before);
            self.walk(first, output, |phases, frames| {
                let (before, now) = (before(phases, frames), now(phases, frames));
                before + (now - before) * (frames * f32x4::splat(1.0 / f32::from(TICK)))
            });
        }
    }

    #[inline(always)]
    fn walk(&self, first: u8, output: &mut [f32], read: impl Fn(u32x4, f32x4) -> f32x4) {
        let (phase, step) = self.after(u32::from(first));
        let (step, slope) = (u32x4::splat(step), u32x4::splat(self.slope));
        let mut phases = u32x4::splat(phase) + steady(step) + growing(slope);
        // From a frame to the one four later, and how much further it is for the next.
        let mut way = ((step + steady(slope) + slope) << 2_u32) + (slope + slope);
        let growth = slope << 4_u32;
        let mut frames = f32x4::splat(f32::from(first)) + quad::COUNT;
        for output in output.chunks_mut(QUAD) {
            let values = read(phases, frames).to_array();
            if let Some(output) = output.first_chunk_mut() {
                *output = values;
            } else {
                for (output, value) in output.iter_mut().zip(values) {
                    *output = value;
                }
            }
            phases += way;
            way += growth;
            frames += f32x4::splat(4.0);
        }
    }

    /// The phase and the step so many frames after the tick.
    #[inline(always)]
    fn after(&self, frames: u32) -> (u32, u32) {
        let grown = self
            .slope
            .wrapping_mul(frames * frames.saturating_sub(1) / 2);
        let moved = self.step.wrapping_mul(frames).wrapping_add(grown);
        let step = self.step.wrapping_add(self.slope.wrapping_mul(frames));
        (self.phase.wrapping_add(moved), step)
    }
}

/// How much later a pulse's second saw comes.
#[inline(always)]
fn lag(width: f32) -> u32 {
    phase_step(width * 0.5) << 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::f64::consts::TAU;

    const SPAN: u32 = 1 << 15;

    /// A tone of an odd number of turns in a span of a power of two, rendered in ticks: exact in
    /// the phase's units, and what is aliased falls between its harmonics.
    fn tone(tables: &Tables, shape: Shape, width: f32, turns: u32) -> Vec<f32> {
        let step = turns << 17;
        let mut oscillator = Oscillator::at(0);
        oscillator.start(tables, step);
        let mut output = vec![0.0; 1 << 15];
        for (index, tick) in output.chunks_mut(16).enumerate() {
            if index > 0 {
                oscillator.aim(tables, step);
            }
            oscillator.read(tables, shape, Ramp::new(width, width), 0, tick);
        }
        output
    }

    /// The part of the signal's power that is in a tone of so many turns in the span.
    fn power_at(signal: &[f32], turns: u32) -> f64 {
        let turning = 2.0 * libm::cos(TAU * f64::from(turns) / f64::from(SPAN));
        let (mut now, mut before) = (0.0, 0.0);
        for value in signal {
            let next = f64::from(*value) + turning * now - before;
            (before, now) = (now, next);
        }
        let power = now * now + before * before - turning * now * before;
        2.0 * power / (f64::from(SPAN) * f64::from(SPAN))
    }

    #[test]
    fn aliasing_and_offset_stay_sixty_decibels_below_the_tone_up_to_five_kilohertz() {
        let tables = Tables::new();
        let shapes = [
            (Shape::Saw, 0.5),
            (Shape::Pulse, 0.5),
            (Shape::Pulse, 0.25),
            (Shape::Pulse, 0.9),
            (Shape::Pulse, 0.05),
            (Shape::Triangle, 0.5),
            (Shape::Sine, 0.5),
        ];
        // From 31 Hz to 5 kHz at 44.1 and 48 kHz.
        for turns in [
            23, 83, 327, 741, 1_335, 1_859, 2_403, 2_623, 3_265, 3_413, 3_715,
        ] {
            for (shape, width) in shapes {
                let signal = tone(&tables, shape, width, turns);
                let squares = signal
                    .iter()
                    .map(|value| f64::from(*value) * f64::from(*value));
                let whole = squares.sum::<f64>() / f64::from(SPAN);
                let mean = signal.iter().map(|value| f64::from(*value)).sum::<f64>();
                let offset = mean * mean / (f64::from(SPAN) * f64::from(SPAN));
                let harmonics = (1..)
                    .map(|number| number * turns)
                    .take_while(|harmonic| 2 * harmonic < SPAN);
                let clean: f64 = harmonics.map(|harmonic| power_at(&signal, harmonic)).sum();
                let stray = 10.0 * libm::log10((whole - clean).abs() / whole);
                assert!(
                    stray < -60.0,
                    "{shape:?} {width}, {turns} turns: {stray} dB"
                );
                assert!(offset < 1e-6 * whole, "{shape:?} {width}: {offset}");
            }
        }
    }

    #[test]
    fn a_glide_over_all_tables_never_jumps() {
        let tables = Tables::new();
        for shape in [Shape::Triangle, Shape::Sine] {
            let mut oscillator = Oscillator::at(0);
            oscillator.start(&tables, phase_step(0.000_1));
            let mut before = 0.0;
            for tick in 1..4_000 {
                let turns = 0.000_1 * libm::exp2f(tick as f32 / 500.0);
                let mut output = [0.0; 16];
                oscillator.read(&tables, shape, Ramp::default(), 0, &mut output);
                oscillator.aim(&tables, phase_step(turns));
                for value in output {
                    // A triangle goes through four times its height in a turn, a sine through 2 pi.
                    assert!((value - before).abs() < 6.5 * turns + 1e-4);
                    before = value;
                }
            }
        }
    }

    #[test]
    fn a_tick_may_be_read_in_parts() {
        let tables = Tables::new();
        let mut oscillator = Oscillator::at(7);
        oscillator.start(&tables, phase_step(0.01));
        oscillator.aim(&tables, phase_step(0.03));
        let width = Ramp::new(0.3, 0.7);
        for shape in [Shape::Saw, Shape::Pulse, Shape::Triangle, Shape::Sine] {
            let (mut whole, mut parts) = ([0.0; 16], [0.0; 16]);
            oscillator.read(&tables, shape, width, 0, &mut whole);
            oscillator.read(&tables, shape, width, 0, &mut parts[..5]);
            oscillator.read(&tables, shape, width, 5, &mut parts[5..6]);
            oscillator.read(&tables, shape, width, 6, &mut parts[6..]);
            assert_eq!(whole, parts);
            for (first, value) in (0..TICK).zip(whole) {
                let mut alone = [0.0];
                oscillator.read(&tables, shape, width, first, &mut alone);
                assert_eq!(alone, [value], "{shape:?}, frame {first}");
            }
        }
    }

    #[test]
    fn a_held_tone_goes_on_as_if_it_were_aimed_anew() {
        let tables = Tables::new();
        let (from, to) = (phase_step(0.03), phase_step(0.010_001));
        let (mut held, mut anew) = (Oscillator::at(7), Oscillator::at(7));
        for oscillator in [&mut held, &mut anew] {
            oscillator.start(&tables, from);
        }
        for tick in 0..5 {
            held.aim(&tables, to);
            // What was never aimed at is computed in full.
            anew.aimed = u32::MAX;
            anew.aim(&tables, to);
            let (mut one, mut other) = ([0.0; 16], [0.0; 16]);
            held.read(&tables, Shape::Saw, Ramp::default(), 0, &mut one);
            anew.read(&tables, Shape::Saw, Ramp::default(), 0, &mut other);
            assert_eq!(one, other, "tick {tick}");
        }
    }
}
