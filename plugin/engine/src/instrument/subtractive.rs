//! Two oscillators, a filter, two envelopes and a slow oscillator. It knows its parameters and its
//! pitch, and nothing of the note's place in a song.

mod filter;
mod patch;
mod picked;
#[cfg(test)]
mod tests;

use super::ahead::{Ahead, Frames, TICK as LENGTH};
use super::{Instrument, Setting, Strike};
use crate::dsp::envelope::Envelope;
use crate::dsp::lfo::Lfo;
use crate::dsp::maths::{exp2, phase_step, ratio_of_semitones, snapped};
use crate::dsp::noise::Noise;
use crate::dsp::oscillator::{Oscillator, Ramp, Shape, TICK};
use filter::{Course, Filter, Stand, Tone};
use patch::{Knobs, Patch, TARGETS, UNISON};
use picked::Picked;

pub(crate) use patch::DEFAULTS;

const MIDDLE_C: f32 = 261.625_58;
/// How long a turned parameter takes to be where it should, in seconds.
const TURN: f32 = 0.015;
/// A slide without a glide still takes this long, so that nothing jumps.
const SHORTEST_SLIDE: f32 = 0.004;
/// Below how many radians a second nothing is left: eight hertz.
const TROUGH: f32 = 50.0;
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
    ahead: Ahead,
    note: Sounding,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sounding {
    knobs: Knobs,
    goal: Knobs,
    turning: u16,
    /// Nothing that only the knobs move is on its way any more.
    settled: bool,
    pitch: f32,
    way: f32,
    gliding: u32,
    glide: f32,
    velocity: f32,
    amplitude: Envelope,
    shaping: Envelope,
    lfo: Lfo,
    wobble: u32,
    struck: bool,
    stereo: bool,
    pairs: [[Oscillator; 2]; UNISON],
    /// How much faster than the note each of the unison turns, and the second wave.
    ratios: [f32; UNISON],
    interval: f32,
    sub: Oscillator,
    noise: Option<Noise>,
    waves: [[Ramp; 4]; 2],
    left: [Ramp; UNISON],
    right: [Ramp; UNISON],
    /// Which waves of a pair are heard, and which of the unison.
    heard: [Picked; 2],
    choir: Picked,
    /// The last pitch, and how many turns a frame it is.
    tuned: (f32, f32),
    sub_gain: Ramp,
    noise_gain: Ramp,
    gain: Ramp,
    width: Ramp,
    course: Course,
    filter: Filter,
    /// Where the middle of each channel's wave lies.
    middles: [f32; 2],
}

impl Sounding {
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

    fn strike(&mut self, setting: &Setting<'_>, strike: Strike, sounding: bool) {
        self.take(setting);
        let velocity = strike.velocity;
        self.velocity = velocity * (0.4 + 0.6 * velocity);
        self.lfo = Lfo::new(strike.seed);
        if !sounding {
            self.struck = true;
            self.turning = 0;
            self.settled = false;
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

    fn glide_to(&mut self, pitch: f32, seconds: f32, rate: f32) {
        let ticks = ticks_in(seconds, rate / f32::from(TICK));
        self.way = (pitch - self.pitch) / ticks as f32;
        self.gliding = ticks;
    }

    /// All that happens once a tick.
    fn tick(&mut self, setting: &Setting<'_>) {
        let fresh = core::mem::take(&mut self.struck);
        let turns = fresh || self.turning > 0;
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
        let (wave, wander) = if knobs.targets == [0.0; TARGETS] {
            (0.0, 0.0)
        } else {
            (self.lfo.wave(), self.lfo.wander())
        };
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
        if turns || !self.settled {
            self.settled = !turns;
            let go = |ramp: &mut Ramp, to: f32| {
                *ramp = if fresh || !turns {
                    Ramp::new(to, to)
                } else {
                    ramp.then(to)
                };
            };
            go(&mut self.sub_gain, knobs.sub);
            go(&mut self.noise_gain, knobs.noise);
            for (ramps, gains) in self.waves.iter_mut().zip(&knobs.waves) {
                for (ramp, gain) in ramps.iter_mut().zip(gains) {
                    go(ramp, *gain);
                }
            }
            for index in 0..UNISON {
                go(&mut self.left[index], knobs.left[index]);
                go(&mut self.right[index], knobs.right[index]);
                self.ratios[index] = ratio_of_semitones(knobs.places[index]);
            }
            self.interval = ratio_of_semitones(knobs.interval);
            self.heard = self
                .waves
                .map(|waves| Picked::of(waves, |wave| !wave.is_zero()));
            let sides: [[Ramp; 2]; UNISON] =
                core::array::from_fn(|at| [self.left[at], self.right[at]]);
            self.choir = Picked::of(sides, |sides| sides.iter().any(|side| !side.is_zero()));
            if !self.stereo && self.left != self.right {
                // Up to here both sides were the same.
                self.stereo = true;
                self.filter.part();
            }
        }
        let aim = |oscillator: &mut Oscillator, step| {
            if fresh {
                oscillator.start(setting.tables, step);
            } else {
                oscillator.aim(setting.tables, step);
            }
        };
        if fresh || self.tuned.0 != pitch {
            let turns = MIDDLE_C / setting.rate * ratio_of_semitones(pitch);
            self.tuned = (pitch, turns);
        }
        let (_, turns) = self.tuned;
        let both = [turns, turns * self.interval];
        for index in self.choir.places() {
            let pair = self.pairs[index].iter_mut();
            for ((oscillator, turns), heard) in pair.zip(both).zip(self.heard) {
                if !heard.is_empty() {
                    aim(oscillator, phase_step(turns * self.ratios[index]));
                }
            }
        }
        if !self.sub_gain.is_zero() {
            aim(&mut self.sub, phase_step(0.5 * turns));
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
            tone: Tone {
                resonance: knobs.resonance,
                modes: knobs.modes,
                drive: knobs.drive,
            },
        };
        self.course.aim(&stand, fresh);
    }

    /// Overwrites both channels with the next tick.
    fn compute(&mut self, setting: &Setting<'_>, left: &mut Frames, right: &mut Frames) {
        if self.amplitude.is_over() {
            left.fill(0.0);
            right.fill(0.0);
            return;
        }
        self.tick(setting);
        let mut levels = [0.0; LENGTH];
        self.amplitude.fill(&mut levels);
        let mut gains = [0.0; LENGTH];
        self.gain.fill(&mut gains);
        for (level, gain) in levels.iter_mut().zip(&gains) {
            *level *= gain;
        }
        let mut channels = [[0.0; LENGTH]; 2];
        self.sources(setting, &mut channels);
        if self.stereo {
            self.filter.run(&self.course, &mut channels);
        } else {
            let [mut alone, _] = channels.map(|channel| [channel]);
            self.filter.run(&self.course, &mut alone);
            channels = [alone[0]; 2];
        }
        let share = (TROUGH * f32::from(TICK) / setting.rate).min(1.0);
        for (channel, middle) in channels.iter_mut().zip(&mut self.middles) {
            centre(channel, middle, share);
        }
        for ((left, channel), level) in left.iter_mut().zip(&channels[0]).zip(&levels) {
            *left = channel * level;
        }
        for ((right, channel), level) in right.iter_mut().zip(&channels[1]).zip(&levels) {
            *right = channel * level;
        }
    }

    /// What the filter gets: the first channel alone unless the note is wide.
    fn sources(&mut self, setting: &Setting<'_>, channels: &mut [Frames; 2]) {
        let tables = setting.tables;
        let [left, right] = channels;
        let mut wave = [0.0; LENGTH];
        for index in self.choir.places() {
            let mut both = [0.0; LENGTH];
            let pair = self.pairs[index].iter().zip(&self.waves);
            for ((oscillator, gains), heard) in pair.zip(self.heard) {
                for shape in heard.places() {
                    oscillator.read(tables, SHAPES[shape], self.width, 0, &mut wave);
                    add(&mut both, &wave, gains[shape]);
                }
            }
            add(left, &both, self.left[index]);
            if self.stereo {
                add(right, &both, self.right[index]);
            }
        }
        let mut both = [0.0; LENGTH];
        if !self.sub_gain.is_zero() {
            self.sub.read(tables, Shape::Sine, self.width, 0, &mut wave);
            add(&mut both, &wave, self.sub_gain);
        }
        if let Some(noise) = self.noise.as_mut().filter(|_| !self.noise_gain.is_zero()) {
            for value in &mut wave {
                *value = noise.next();
            }
            add(&mut both, &wave, self.noise_gain);
        }
        for channel in [left, right] {
            for (value, both) in channel.iter_mut().zip(&both) {
                *value += both;
            }
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
        self.note.strike(setting, strike, sounding);
    }

    fn slide(&mut self, setting: &Setting<'_>, pitch: f32) {
        let note = &mut self.note;
        note.glide_to(pitch, note.glide.max(SHORTEST_SLIDE), setting.rate);
    }

    fn release(&mut self) {
        self.note.amplitude.release();
        self.note.shaping.release();
    }

    fn steer(&mut self, setting: &Setting<'_>) {
        self.note.take(setting);
    }

    fn render(&mut self, setting: &Setting<'_>, left: &mut [f32], right: &mut [f32]) {
        let note = &mut self.note;
        self.ahead.render(left, right, |left, right| {
            note.compute(setting, left, right);
        });
    }

    fn is_over(&self) -> bool {
        self.note.amplitude.is_over() && self.ahead.is_silent()
    }
}

/// Takes off the middle of the wave, which drive moves where the wave is not the same on both sides.
#[inline(always)]
fn centre(channel: &mut Frames, middle: &mut f32, share: f32) {
    let sum: f32 = channel.iter().sum();
    let next = snapped(*middle + (sum * (1.0 / LENGTH as f32) - *middle) * share);
    let off = Ramp::new(*middle, next);
    let mut offs = [0.0; LENGTH];
    off.fill(&mut offs);
    for (value, off) in channel.iter_mut().zip(&offs) {
        *value -= off;
    }
    *middle = next;
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
fn add(sum: &mut Frames, values: &Frames, gain: Ramp) {
    let mut gains = [0.0; LENGTH];
    gain.fill(&mut gains);
    for ((sum, value), gain) in sum.iter_mut().zip(values).zip(&gains) {
        *sum += value * gain;
    }
}
