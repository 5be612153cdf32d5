//! What the tests of instruments share: notes rendered by hand, and measures of what they gave.

use super::{CHUNK, Instrument, Setting, Strike, Values};
use crate::dsp::tables::Tables;
use crate::sample::Sample;
use lockstep_session::document::instrument::Parameter;

/// A place to play one note of one instrument.
pub(crate) struct Bench {
    rate: f32,
    tables: Tables,
    values: Values,
    sample: Option<Sample>,
}

/// What a note gave.
#[derive(Debug, PartialEq)]
pub(crate) struct Sound {
    pub(crate) left: Vec<f32>,
    pub(crate) right: Vec<f32>,
    pub(crate) is_over: bool,
}

impl Sound {
    /// Frames until only exact zeros follow.
    pub(crate) fn length(&self) -> usize {
        let last = self.left.iter().zip(&self.right);
        last.clone()
            .rposition(|(left, right)| *left != 0.0 || *right != 0.0)
            .map_or(0, |frame| frame + 1)
    }
}

impl Bench {
    pub(crate) fn new(
        rate: f32,
        defaults: &[(Parameter, u16)],
        settings: &[(Parameter, u16)],
    ) -> Self {
        let mut values = Values::new(defaults);
        for (parameter, amount) in settings {
            values.set(*parameter, *amount);
        }
        Self {
            rate,
            tables: Tables::new(),
            values,
            sample: None,
        }
    }

    pub(crate) fn with_sample(mut self, sample: Sample) -> Self {
        self.sample = Some(sample);
        self
    }

    pub(crate) fn with(mut self, parameter: Parameter, amount: u16) -> Self {
        self.values.set(parameter, amount);
        self
    }

    pub(crate) fn setting(&self) -> Setting<'_> {
        Setting {
            rate: self.rate,
            tables: &self.tables,
            values: &self.values,
            sample: self.sample.as_ref(),
            bend: 0.0,
        }
    }

    /// A note that is never let go.
    pub(crate) fn note(
        &self,
        instrument: impl Instrument,
        pitch: f32,
        velocity: f32,
        frames: usize,
    ) -> Sound {
        self.play(instrument, pitch, velocity, frames, CHUNK, |_, _, _| {})
    }

    /// A note that is let go after `held` frames.
    pub(crate) fn held(
        &self,
        instrument: impl Instrument,
        pitch: f32,
        held: usize,
        frames: usize,
    ) -> Sound {
        self.play(
            instrument,
            pitch,
            1.0,
            frames,
            16,
            |frame, instrument, _| {
                if frame / 16 == held / 16 {
                    instrument.release();
                }
            },
        )
    }

    /// A note to which everything happens that may: other pitches, a wheel that turns, parameters
    /// that wander, and letting go.
    pub(crate) fn storm(&self, instrument: impl Instrument, frames: usize) -> Sound {
        let mut values = self.values;
        self.play(
            instrument,
            0.0,
            1.0,
            frames,
            16,
            |frame, instrument, setting| {
                let step = frame / 16;
                if step % 40 == 11 {
                    instrument.slide(setting, if step % 80 == 11 { 5.0 } else { -3.0 });
                }
                if step % 30 == 7 {
                    for (index, parameter) in Parameter::ALL.iter().enumerate() {
                        let wander = (step * 7_919 + index * 104_729) % 2_000;
                        let amount = setting.values.share(*parameter) * 1e4;
                        let amount = crate::dsp::maths::count(f64::from(amount));
                        let amount = (amount + wander).saturating_sub(1_000).min(10_000);
                        values.set(*parameter, u16::try_from(amount).expect("at most 10,000"));
                    }
                    let mut moved = *setting;
                    moved.values = &values;
                    moved.bend = if step % 60 == 7 { 1.5 } else { 0.0 };
                    instrument.steer(&moved);
                }
                if frame * 2 / frames == 1 && step % 100 == 0 {
                    instrument.release();
                }
            },
        )
    }

    fn play<I: Instrument>(
        &self,
        mut instrument: I,
        pitch: f32,
        velocity: f32,
        frames: usize,
        size: usize,
        mut before: impl FnMut(usize, &mut I, &Setting<'_>),
    ) -> Sound {
        let setting = self.setting();
        instrument.strike(&setting, strike(pitch, velocity));
        let (mut left, mut right) = (vec![f32::NAN; frames], vec![f32::NAN; frames]);
        let pieces = left.chunks_mut(size).zip(right.chunks_mut(size));
        for (piece, (left, right)) in pieces.enumerate() {
            before(piece * size, &mut instrument, &setting);
            instrument.render(&setting, left, right);
        }
        Sound {
            left,
            right,
            is_over: instrument.is_over(),
        }
    }

    pub(crate) fn assert_same_however_cut<I: Instrument>(&self, new: impl Fn() -> I) {
        let cut = |size: usize| {
            let mut at = 0;
            self.play(
                new(),
                3.0,
                0.8,
                6_720,
                size,
                |frame, instrument, setting| {
                    // Every size divides these frames, so each happens at the same moment.
                    if frame % 448 == 0 {
                        match at % 4 {
                            1 => instrument.slide(setting, 10.0),
                            2 => instrument.steer(setting),
                            3 if at > 8 => instrument.release(),
                            _ => {}
                        }
                        at += 1;
                    }
                },
            )
        };
        let whole = cut(64);
        assert!(whole.left.iter().any(|value| value.abs() > 0.01));
        for size in [1, 7] {
            assert_eq!(cut(size), whole, "pieces of {size}");
        }
    }

    /// Every parameter at each end, alone and all together, at the lowest and highest pitches.
    pub(crate) fn assert_sane_at_any_setting<I: Instrument>(&self, new: impl Fn() -> I) {
        let mut extremes = vec![self.values];
        for parameter in Parameter::ALL {
            for amount in [0, 10_000] {
                let mut values = self.values;
                values.set(parameter, amount);
                extremes.push(values);
            }
        }
        for seed in 0..60_u32 {
            let mut noise = crate::dsp::noise::Noise::new(seed);
            let mut values = self.values;
            for parameter in Parameter::ALL {
                let amount = [0, 10_000, 2_500, 7_500][index(noise.bits() >> 30)];
                values.set(parameter, amount);
            }
            extremes.push(values);
        }
        for values in &extremes {
            for pitch in [-60.0, 0.0, 67.0, f32::NAN] {
                let mut setting = self.setting();
                setting.values = values;
                let mut instrument = new();
                instrument.strike(&setting, strike(pitch, 1.0));
                let (mut left, mut right) = ([f32::NAN; CHUNK], [f32::NAN; CHUNK]);
                for piece in 0..60 {
                    setting.bend = [0.0, 12.0, f32::NAN][piece % 3];
                    if piece % 13 == 5 {
                        instrument.steer(&setting);
                    }
                    if piece == 40 {
                        instrument.release();
                    }
                    instrument.render(&setting, &mut left, &mut right);
                    for value in left.iter().chain(&right) {
                        assert!(value.abs() < 4.0, "{value} at {pitch} with {values:?}");
                    }
                }
            }
        }
    }
}

pub(crate) fn strike(pitch: f32, velocity: f32) -> Strike {
    Strike {
        pitch,
        velocity,
        seed: 7,
        from: None,
    }
}

pub(crate) fn index(frame: u32) -> usize {
    usize::try_from(frame).expect("tests are short")
}

pub(crate) fn peak(sound: &[f32]) -> f32 {
    sound.iter().fold(0.0, |peak, value| value.abs().max(peak))
}

pub(crate) fn largest_jump(sound: &[f32]) -> f32 {
    sound
        .windows(2)
        .fold(0.0, |jump, pair| (pair[1] - pair[0]).abs().max(jump))
}

/// How strong a tone is in a sound, as a factor of a full tone.
pub(crate) fn strength(sound: &[f32], rate: f64, hertz: f64) -> f64 {
    let (re, im) = turned(sound, rate, hertz);
    2.0 * libm::hypot(re, im)
}

/// How far a sound's tone near `hertz` is from it, by how fast its phase turns against it.
pub(crate) fn cents_between(sound: &[f32], rate: f64, hertz: f64) -> f64 {
    let half = sound.len() / 2;
    let (first, second) = sound.split_at(half);
    let (re, im) = turned(first, rate, hertz);
    let (other_re, other_im) = turned(&second[..half], rate, hertz);
    // What the reference itself turns from one half to the other.
    let passed = core::f64::consts::TAU * hertz * half as f64 / rate;
    let before = libm::atan2(im, re);
    let after = libm::atan2(other_im, other_re) - passed;
    let turn = (before - after) / core::f64::consts::TAU;
    let turn = turn - libm::round(turn);
    let error = turn * rate / half as f64;
    1200.0 * libm::log2((hertz + error) / hertz)
}

/// The mean of a windowed sound against a turning pointer.
fn turned(sound: &[f32], rate: f64, hertz: f64) -> (f64, f64) {
    let (mut re, mut im, mut weight) = (0.0, 0.0, 0.0);
    for (frame, value) in sound.iter().enumerate() {
        let place = (frame as f64 + 0.5) / sound.len() as f64;
        let window = 0.5 - 0.5 * libm::cos(core::f64::consts::TAU * place);
        let angle = core::f64::consts::TAU * hertz * frame as f64 / rate;
        re += window * f64::from(*value) * libm::cos(angle);
        im -= window * f64::from(*value) * libm::sin(angle);
        weight += window;
    }
    (re / weight, im / weight)
}
