//! Two oscillators, a filter, two envelopes and a slow oscillator. It knows its parameters and its
//! pitch, and nothing of the note's place in a song.

mod filter;
mod patch;
#[cfg(test)]
mod tests;

use super::{Instrument, Setting, Strike};
use crate::dsp::envelope::Envelope;
use crate::dsp::lfo::Lfo;
use crate::dsp::maths::{exp2, phase_step};
use crate::dsp::noise::Noise;
use crate::dsp::oscillator::{Oscillator, Ramp, Shape, TICK};
use filter::{Course, Filter, Stand};
use patch::{Knobs, Patch, UNISON};

pub(crate) use patch::DEFAULTS;

const MIDDLE_C: f32 = 261.625_58;
const LENGTH: usize = TICK as usize;
/// How long a turned parameter takes to be where it should, in seconds.
const TURN: f32 = 0.015;
/// A slide without a glide still takes this long, so that nothing jumps.
const SHORTEST_SLIDE: f32 = 0.004;
/// How far below its cutoff a note of no velocity starts, in octaves.
const SOFTNESS: f32 = 1.5;
/// A note at full velocity peaks around a half.
const LEVEL: f32 = 0.5;
const SHAPES: [Shape; 4] = [Shape::Saw, Shape::Pulse, Shape::Triangle, Shape::Sine];
/// Half way through the turn, every wave but the pulse goes through zero.
const START: u32 = 1 << 31;

/// A note of the subtractive synthesiser.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Subtractive {
    knobs: Knobs,
    goal: Knobs,
    turning: u16,
    pitch: f32,
    way: f32,
    gliding: u32,
    glide: f32,
    velocity: f32,
    amplitude: Envelope,
    shaping: Envelope,
    lfo: Lfo,
    wobble: u32,
    /// Frames since the tick.
    frame: u8,
    struck: bool,
    stereo: bool,
    pairs: [[Oscillator; 2]; UNISON],
    sub: Oscillator,
    noise: Option<Noise>,
    waves: [[Ramp; 4]; 2],
    left: [Ramp; UNISON],
    right: [Ramp; UNISON],
    sub_gain: Ramp,
    noise_gain: Ramp,
    gain: Ramp,
    width: Ramp,
    course: Course,
    filters: [Filter; 2],
}

impl Subtractive {
    fn take(&mut self, setting: &Setting<'_>) {
        let patch = Patch::new(setting);
        let ticks = setting.rate / f32::from(TICK);
        self.goal = patch.knobs;
        self.glide = patch.glide;
        self.wobble = phase_step(patch.wobble / ticks);
        self.amplitude.aim(&patch.amplitude, setting.rate);
        self.shaping.aim(&patch.filter, ticks);
        self.turning = ticks_in(TURN, ticks).try_into().unwrap_or(u16::MAX);
    }

    fn glide_to(&mut self, pitch: f32, seconds: f32, rate: f32) {
        let ticks = ticks_in(seconds, rate / f32::from(TICK));
        self.way = (pitch - self.pitch) / ticks as f32;
        self.gliding = ticks;
    }

    /// All that happens once a tick.
    fn tick(&mut self, setting: &Setting<'_>) {
        let fresh = core::mem::take(&mut self.struck);
        if self.turning > 0 {
            self.knobs
                .approach(&self.goal, 1.0 / f32::from(self.turning));
            self.turning -= 1;
            if self.turning == 0 {
                self.knobs = self.goal;
            }
        }
        if self.gliding > 0 {
            self.pitch += self.way;
            self.gliding -= 1;
        }
        let knobs = &self.knobs;
        let (wave, wander) = (self.lfo.wave(), self.lfo.wander());
        self.lfo.advance(self.wobble);
        let [vibrato, sweep, breath, tremolo, drift, chance] = knobs.targets;
        let pitch = self.pitch + knobs.tune + vibrato * wave + drift * wander;
        let go = |ramp: &mut Ramp, to: f32| {
            *ramp = if fresh {
                Ramp::new(to, to)
            } else {
                ramp.then(to)
            };
        };
        go(&mut self.width, bounded(knobs.width + breath * wave));
        go(
            &mut self.gain,
            LEVEL * self.velocity * (1.0 - tremolo * (0.5 - 0.5 * wave)),
        );
        go(&mut self.sub_gain, knobs.sub);
        go(&mut self.noise_gain, knobs.noise);
        for (ramps, gains) in self.waves.iter_mut().zip(&knobs.waves) {
            for (ramp, gain) in ramps.iter_mut().zip(gains) {
                go(ramp, *gain);
            }
        }
        let aim = |oscillator: &mut Oscillator, step| {
            if fresh {
                oscillator.start(setting.tables, step);
            } else {
                oscillator.aim(setting.tables, step);
            }
        };
        let base = MIDDLE_C / setting.rate;
        let both = [pitch, pitch + knobs.interval];
        for (index, pair) in self.pairs.iter_mut().enumerate() {
            go(&mut self.left[index], knobs.left[index]);
            go(&mut self.right[index], knobs.right[index]);
            if self.left[index].is_zero() && self.right[index].is_zero() {
                continue;
            }
            for ((oscillator, pitch), gains) in pair.iter_mut().zip(both).zip(&self.waves) {
                if gains.iter().all(|gain| gain.is_zero()) {
                    continue;
                }
                let semitones = pitch + knobs.places[index];
                let step = phase_step(base * exp2(semitones * (1.0 / 12.0)));
                aim(oscillator, step);
            }
        }
        if !self.sub_gain.is_zero() {
            let step = phase_step(base * exp2((pitch - 12.0) * (1.0 / 12.0)));
            aim(&mut self.sub, step);
        }
        let cutoff = knobs.cutoff
            + knobs.amount * self.shaping.next()
            + knobs.tracking * pitch * (1.0 / 12.0)
            + sweep * wave
            + chance * wander
            - SOFTNESS * (1.0 - self.velocity);
        let corner = exp2(cutoff) / setting.rate;
        let stand = Stand {
            corner: if corner > 0.000_4 { corner } else { 0.000_4 },
            resonance: knobs.resonance,
            modes: knobs.modes,
            drive: knobs.drive,
        };
        self.course.aim(&stand, fresh);
        if !self.stereo && self.left != self.right {
            // Up to here both sides were the same.
            self.stereo = true;
            self.filters[1] = self.filters[0];
        }
    }

    /// Overwrites a part of a tick.
    fn play(&mut self, setting: &Setting<'_>, left: &mut [f32], right: &mut [f32]) {
        let count = left.len().min(LENGTH);
        let (mut both, mut wave) = ([0.0; LENGTH], [0.0; LENGTH]);
        let (both, wave) = (&mut both[..count], &mut wave[..count]);
        left.fill(0.0);
        right.fill(0.0);
        for (index, pair) in self.pairs.iter().enumerate() {
            let (to_left, to_right) = (self.left[index], self.right[index]);
            if to_left.is_zero() && to_right.is_zero() {
                continue;
            }
            both.fill(0.0);
            for (oscillator, gains) in pair.iter().zip(&self.waves) {
                for (shape, gain) in SHAPES.into_iter().zip(gains) {
                    if !gain.is_zero() {
                        oscillator.read(setting.tables, shape, self.width, self.frame, wave);
                        add(both, wave, *gain, self.frame);
                    }
                }
            }
            add(left, both, to_left, self.frame);
            if self.stereo {
                add(right, both, to_right, self.frame);
            }
        }
        both.fill(0.0);
        if !self.sub_gain.is_zero() {
            let tables = setting.tables;
            self.sub
                .read(tables, Shape::Sine, self.width, self.frame, wave);
            add(both, wave, self.sub_gain, self.frame);
        }
        if let Some(noise) = self.noise.as_mut().filter(|_| !self.noise_gain.is_zero()) {
            for value in wave.iter_mut() {
                *value = noise.next();
            }
            add(both, wave, self.noise_gain, self.frame);
        }
        let whole = Ramp::new(1.0, 1.0);
        add(left, both, whole, self.frame);
        self.filters[0].run(&self.course, self.frame, left);
        if self.stereo {
            add(right, both, whole, self.frame);
            self.filters[1].run(&self.course, self.frame, right);
        } else {
            right.copy_from_slice(left);
        }
        let mut frame = f32::from(self.frame);
        for (left, right) in left.iter_mut().zip(right) {
            let level = self.amplitude.next() * self.gain.at(frame);
            *left *= level;
            *right *= level;
            frame += 1.0;
        }
    }
}

impl Instrument for Subtractive {
    /// A note that still sounds goes on from where it is.
    fn strike(&mut self, setting: &Setting<'_>, strike: Strike) {
        let sounding = !self.is_over();
        if !sounding {
            *self = Self::default();
        }
        self.take(setting);
        let velocity = strike.velocity;
        self.velocity = velocity * (0.4 + 0.6 * velocity);
        self.lfo = Lfo::new(strike.seed);
        if !sounding {
            self.struck = true;
            self.turning = 0;
            self.knobs = self.goal;
            let mut chance = Noise::new(strike.seed);
            for (index, pair) in self.pairs.iter_mut().enumerate() {
                for oscillator in pair {
                    // One alone starts alike each time; a choir must not.
                    let phase = if index == 0 { START } else { chance.bits() };
                    *oscillator = Oscillator::at(phase);
                }
            }
            self.sub = Oscillator::at(START);
            self.noise = Some(chance);
        }
        match strike.from.filter(|_| self.glide > 0.0) {
            Some(from) => {
                if !sounding {
                    self.pitch = from;
                }
                self.glide_to(strike.pitch, self.glide, setting.rate);
            }
            None if sounding => self.glide_to(strike.pitch, SHORTEST_SLIDE, setting.rate),
            None => self.pitch = strike.pitch,
        }
        self.amplitude.strike();
        self.shaping.strike();
    }

    fn slide(&mut self, setting: &Setting<'_>, pitch: f32) {
        self.glide_to(pitch, self.glide.max(SHORTEST_SLIDE), setting.rate);
    }

    fn release(&mut self) {
        self.amplitude.release();
        self.shaping.release();
    }

    fn steer(&mut self, setting: &Setting<'_>) {
        self.take(setting);
    }

    fn render(&mut self, setting: &Setting<'_>, mut left: &mut [f32], mut right: &mut [f32]) {
        while !left.is_empty() && !right.is_empty() {
            if self.is_over() {
                left.fill(0.0);
                right.fill(0.0);
                return;
            }
            if self.frame == 0 {
                self.tick(setting);
            }
            let rest = usize::from(TICK - self.frame);
            let count = left.len().min(right.len()).min(rest);
            let (now_left, later_left) = left.split_at_mut(count);
            let (now_right, later_right) = right.split_at_mut(count);
            self.play(setting, now_left, now_right);
            let after = count + usize::from(self.frame);
            self.frame = u8::try_from(after % LENGTH).unwrap_or(0);
            (left, right) = (later_left, later_right);
        }
    }

    fn is_over(&self) -> bool {
        self.amplitude.is_over()
    }
}

fn ticks_in(seconds: f32, ticks: f32) -> u32 {
    let count = crate::dsp::maths::whole(seconds * ticks);
    count.max(1).cast_unsigned()
}

fn bounded(width: f32) -> f32 {
    if width > 0.95 {
        0.95
    } else if width > 0.05 {
        width
    } else {
        0.05
    }
}

#[inline(always)]
fn add(sum: &mut [f32], values: &[f32], gain: Ramp, first: u8) {
    let mut frame = f32::from(first);
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum += value * gain.at(frame);
        frame += 1.0;
    }
}
