//! The square voice: one oscillator with its own decay and slow oscillator. It knows its
//! parameters and its pitch, and nothing of the note's place in a song.

use super::{Instrument, Setting, Strike};
use crate::dsp::envelope::{Contour, Envelope};
use crate::dsp::lfo::Lfo;
use crate::dsp::maths::{exp2, phase_step};
use crate::dsp::oscillator::{Oscillator, Ramp, Shape, TICK};
use libm::{log2f, roundf};
use lockstep_session::document::instrument::Parameter;

pub(crate) const DEFAULTS: &[(Parameter, u16)] = &[
    (Parameter::Tune, 5_000),
    (Parameter::Fine, 5_000),
    (Parameter::FirstWave, 10_000),
    // Halfway between a quarter and twice the pitch, by ratio, is 0.707; here is the pitch itself.
    (Parameter::Ratio, 6_667),
    (Parameter::Body, 8_000),
    (Parameter::Decay, 4_500),
    (Parameter::LfoRate, 5_000),
    (Parameter::LfoDepth, 0),
    (Parameter::LfoTarget, 0),
];

const MIDDLE_C: f32 = 261.625_58;
const LENGTH: usize = TICK as usize;
/// How much of the way a turned parameter goes in a tick.
const FOLLOW: f32 = 0.06;
/// A note that was let go fades this fast, in seconds.
const RELEASE: f32 = 0.08;
const SHAPES: [Shape; 4] = [Shape::Sine, Shape::Triangle, Shape::Saw, Shape::Pulse];
/// How loud the waves are beside each other, and that a note peaks around a half.
const LOUDNESS: [f32; 4] = [0.5, 0.5, 0.42, 0.34];

/// Where everything should be that moves smoothly.
#[derive(Clone, Copy, Debug, Default)]
struct Knobs {
    /// Semitones above middle C.
    pitch: f32,
    vibrato: f32,
    tremolo: f32,
    waves: [f32; 4],
}

/// A note of the square voice.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Square {
    now: Knobs,
    goal: Knobs,
    pitch: f32,
    velocity: f32,
    envelope: Envelope,
    lfo: Lfo,
    wobble: u32,
    oscillator: Oscillator,
    waves: [Ramp; 4],
    frame: u8,
    struck: bool,
}

impl Square {
    fn take(&mut self, setting: &Setting<'_>) {
        let values = setting.values;
        let bend = if setting.bend.abs() <= 48.0 {
            setting.bend
        } else {
            0.0
        };
        let depth = values.share(Parameter::LfoDepth);
        let on_pitch = values.choice(Parameter::LfoTarget, 2) == 0;
        let choice = values.choice(Parameter::FirstWave, 4);
        let gain = values.share(Parameter::Body) * self.velocity * 1.25;
        let mut waves = [0.0; 4];
        for (index, (wave, loudness)) in waves.iter_mut().zip(LOUDNESS).enumerate() {
            *wave = if index == choice {
                gain * loudness
            } else {
                0.0
            };
        }
        self.goal = Knobs {
            pitch: self.pitch
                + 12.0 * log2f(values.ratio(Parameter::Ratio, 0.25, 2.0))
                + roundf(values.linear(Parameter::Tune, -24.0, 24.0))
                + values.linear(Parameter::Fine, -1.0, 1.0)
                + bend,
            vibrato: if on_pitch { 12.0 * depth * depth } else { 0.0 },
            tremolo: if on_pitch { 0.0 } else { depth },
            waves,
        };
        let ticks = setting.rate / f32::from(TICK);
        self.wobble = phase_step(values.ratio(Parameter::LfoRate, 0.05, 3.0) / ticks);
        let contour = Contour {
            attack: 0.001,
            hold: 0.0,
            decay: values.ratio(Parameter::Decay, 0.1, 2.0),
            sustain: 0.0,
            release: RELEASE,
        };
        self.envelope.aim(&contour, setting.rate);
    }

    fn tick(&mut self, setting: &Setting<'_>) {
        let fresh = core::mem::take(&mut self.struck);
        let share = if fresh { 1.0 } else { FOLLOW };
        let (now, goal) = (&mut self.now, &self.goal);
        follow(&mut now.pitch, goal.pitch, share);
        follow(&mut now.vibrato, goal.vibrato, share);
        follow(&mut now.tremolo, goal.tremolo, share);
        let wave = self.lfo.wave();
        self.lfo.advance(self.wobble);
        let waves = now.waves.iter_mut().zip(goal.waves).zip(&mut self.waves);
        for ((gain, goal), ramp) in waves {
            follow(gain, goal, share);
            let level = *gain * (1.0 - now.tremolo * (0.5 - 0.5 * wave));
            *ramp = if fresh {
                Ramp::new(level, level)
            } else {
                ramp.then(level)
            };
        }
        let semitones = now.pitch + now.vibrato * wave;
        let turns = MIDDLE_C / setting.rate * exp2(semitones * (1.0 / 12.0));
        if fresh {
            self.oscillator.start(setting.tables, phase_step(turns));
        } else {
            self.oscillator.aim(setting.tables, phase_step(turns));
        }
    }

    fn play(&mut self, setting: &Setting<'_>, output: &mut [f32]) {
        let mut wave = [0.0; LENGTH];
        let wave = &mut wave[..output.len().min(LENGTH)];
        let even = Ramp::new(0.5, 0.5);
        output.fill(0.0);
        for (shape, gain) in SHAPES.into_iter().zip(self.waves) {
            if gain.is_zero() {
                continue;
            }
            self.oscillator
                .read(setting.tables, shape, even, self.frame, wave);
            let mut frame = f32::from(self.frame);
            for (output, value) in output.iter_mut().zip(&*wave) {
                *output += value * gain.at(frame);
                frame += 1.0;
            }
        }
        for output in output {
            *output *= self.envelope.next();
        }
    }
}

impl Instrument for Square {
    /// A note that still sounds goes on from where it is.
    fn strike(&mut self, setting: &Setting<'_>, strike: Strike) {
        if self.is_over() {
            *self = Self::default();
            self.struck = true;
            // Half way through the turn, every wave but the square goes through zero.
            self.oscillator = Oscillator::at(1 << 31);
        }
        self.velocity = strike.velocity * (0.4 + 0.6 * strike.velocity);
        self.pitch = strike.pitch;
        self.lfo = Lfo::new(strike.seed);
        self.take(setting);
        self.envelope.strike();
    }

    fn slide(&mut self, setting: &Setting<'_>, pitch: f32) {
        self.pitch = pitch;
        self.take(setting);
    }

    fn release(&mut self) {
        self.envelope.release();
    }

    fn steer(&mut self, setting: &Setting<'_>) {
        self.take(setting);
    }

    fn render(&mut self, setting: &Setting<'_>, left: &mut [f32], right: &mut [f32]) {
        let mut rest = &mut *left;
        while !rest.is_empty() {
            if self.is_over() {
                rest.fill(0.0);
                break;
            }
            if self.frame == 0 {
                self.tick(setting);
            }
            let count = rest.len().min(usize::from(TICK - self.frame));
            let (now, later) = rest.split_at_mut(count);
            self.play(setting, now);
            let after = count + usize::from(self.frame);
            self.frame = u8::try_from(after % LENGTH).unwrap_or(0);
            rest = later;
        }
        for (right, left) in right.iter_mut().zip(&*left) {
            *right = *left;
        }
    }

    fn is_over(&self) -> bool {
        self.envelope.is_over()
    }
}

fn follow(value: &mut f32, goal: f32, share: f32) {
    let moved = *value + (goal - *value) * share;
    // What hardly moves any more has arrived.
    *value = if (moved - goal).abs() < 1e-5 {
        goal
    } else {
        moved
    };
}
