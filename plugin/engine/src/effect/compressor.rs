//! The bus compressor: one knob that lowers the threshold, raises the ratio and makes up for the
//! level together. Both channels are turned down alike.

use super::{between, sane};
use crate::dsp::maths::{exp2, single};
use crate::dsp::smooth::Smooth;

/// The level is measured and the gain computed once in so many frames.
const CONTROL: u32 = 16;
/// Times in seconds.
const ATTACK: f32 = 0.006;
const RELEASE: f32 = 0.16;
/// The level is a mean over so long, or low tones would be bent.
const MEAN: f32 = 0.008;
/// Octaves of level, of 6.02 dB each. The knee reaches so far above and below the threshold.
const KNEE: f32 = 1.0;
/// A mix at this level (of its mean square) stays as loud: -14 dB.
const USUAL: f32 = -2.33;
/// A gain closer to none than this, in octaves, is none.
const NONE: f32 = 1e-5;

#[derive(Debug)]
pub(crate) struct Compressor {
    aimed: f32,
    amount: Smooth,
    attack: f32,
    release: f32,
    mean: f32,
    power: f32,
    /// The sums of squares since the gain was computed.
    powers: [f32; 2],
    until: u32,
    /// By how many octaves it is turned down.
    reduction: f32,
    gain: f32,
    step: f32,
    off: bool,
    resting: bool,
}

impl Compressor {
    /// Realtime: no
    pub(crate) fn new(rate: f32) -> Self {
        let share = |seconds: f32| single(1.0 - libm::exp(-16.0 / f64::from(seconds * rate)));
        Self {
            aimed: 0.0,
            amount: Smooth::new(0.0, super::SMOOTHING * rate / 16.0),
            attack: share(ATTACK),
            release: share(RELEASE),
            mean: share(MEAN),
            power: 0.0,
            powers: [0.0; 2],
            until: CONTROL,
            reduction: 0.0,
            gain: 1.0,
            step: 0.0,
            off: true,
            resting: true,
        }
    }

    /// Whether it would give exact silence for silence.
    ///
    /// Realtime: yes
    #[cfg(test)]
    pub(crate) fn is_silent(&self) -> bool {
        self.resting
    }

    /// From 0, which leaves the sound as it is, to 1.
    ///
    /// Realtime: yes
    pub(crate) fn aim(&mut self, amount: f32) {
        if amount == self.aimed {
            return;
        }
        self.aimed = between(amount, 0.0, 1.0, self.aimed);
        self.amount.aim(self.aimed);
        self.off = self.off && self.aimed == 0.0;
        if self.resting {
            self.rest();
        }
    }

    /// Forgets all sound and is where it is aimed.
    ///
    /// Realtime: yes
    pub(crate) fn clear(&mut self) {
        self.rest();
    }

    /// Realtime: yes
    pub(crate) fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (left, right) in left.iter_mut().zip(right.iter_mut()) {
            if self.off {
                break;
            }
            if self.resting {
                if *left == 0.0 && *right == 0.0 {
                    continue;
                }
                self.resting = false;
            }
            let frame = [sane(*left), sane(*right)];
            self.powers[0] += frame[0] * frame[0];
            self.powers[1] += frame[1] * frame[1];
            self.gain += self.step;
            *left = frame[0] * self.gain;
            *right = frame[1] * self.gain;
            self.until -= 1;
            if self.until == 0 {
                self.follow();
            }
        }
        if self.off
            && let (Some(left), Some(right)) = (left.last(), right.last())
        {
            self.resting = *left == 0.0 && *right == 0.0;
        }
    }

    fn follow(&mut self) {
        self.until = CONTROL;
        let amount = self.amount.next();
        let power = if self.powers[0] > self.powers[1] {
            self.powers[0]
        } else {
            self.powers[1]
        };
        self.powers = [0.0; 2];
        self.power += (power * (1.0 / 16.0) - self.power) * self.mean;
        if self.power < 1e-12 {
            self.power = 0.0;
        }
        let wanted = if self.power > 0.0 {
            reduction(0.5 * log2(self.power), amount)
        } else {
            0.0
        };
        let way = wanted - self.reduction;
        let share = if way > 0.0 { self.attack } else { self.release };
        self.reduction += way * share;
        if self.reduction < NONE {
            self.reduction = 0.0;
            if self.amount.has_arrived() && power < 1e-24 {
                self.rest();
                return;
            }
            if self.amount.has_arrived() && amount == 0.0 {
                self.stand();
                return;
            }
        }
        let gain = exp2(made_up(amount) - self.reduction);
        self.step = (gain - self.gain) * (1.0 / 16.0);
    }

    fn rest(&mut self) {
        self.resting = true;
        self.amount.arrive();
        self.stand();
    }

    /// Turned down by nothing, at the beginning of a measurement.
    fn stand(&mut self) {
        let amount = self.amount.value();
        self.off = amount == 0.0;
        self.powers = [0.0; 2];
        self.power = 0.0;
        self.until = CONTROL;
        self.reduction = 0.0;
        self.gain = exp2(made_up(amount));
        self.step = 0.0;
    }
}

/// By how many octaves sound of this level is turned down: gently within the knee, then by the ratio.
fn reduction(level: f32, amount: f32) -> f32 {
    let slope = 0.8 * amount;
    // From -8 dB down to -30 dB.
    let threshold = -1.33 - 3.65 * amount;
    let over = level - threshold;
    if over <= -KNEE {
        0.0
    } else if over < KNEE {
        let into = over + KNEE;
        slope * into * into * (1.0 / (4.0 * KNEE))
    } else {
        slope * over
    }
}

/// By how many octaves everything is turned up.
fn made_up(amount: f32) -> f32 {
    reduction(USUAL, amount)
}

/// The logarithm of a positive normal number to the base of two, to about a thousandth.
fn log2(value: f32) -> f32 {
    let bits = value.to_bits();
    let exponent = (bits >> 23).cast_signed() - 127;
    let mantissa = f32::from_bits((bits & 0x007f_ffff) | 0x3f80_0000);
    // A cubic that is exact at one and at two.
    let over = mantissa - 1.0;
    exponent as f32 + over * (1.422_9 + over * (-0.577_8 + over * 0.154_9))
}

#[cfg(test)]
mod tests {
    use super::{Compressor, log2};
    use crate::effect::trial::{RATE, left_power, noise, stereo, tone, trials, tried};

    tried!(Compressor, |compressor, other| if other {
        compressor.aim(0.9);
    } else {
        compressor.aim(0.2);
    });
    trials!(Compressor, 3, 1.3);

    #[test]
    fn at_zero_it_leaves_every_bit_as_it_is() {
        let mut compressor = Compressor::new(RATE);
        let sound = stereo(noise(1, 0.9, 96_000));
        for amount in [0.0, 0.7, f32::NAN, 0.0] {
            compressor.aim(amount);
            let [mut left, mut right] = sound.clone();
            compressor.render(&mut left, &mut right);
            if amount == 0.0 {
                let [mut left, mut right] = sound.clone();
                compressor.render(&mut left, &mut right);
                assert_eq!([left, right], sound);
            } else {
                assert_ne!(left, sound[0]);
            }
        }
    }

    fn change(amount: f32, level: f64) -> f64 {
        let mut compressor = Compressor::new(RATE);
        compressor.aim(amount);
        let sound = stereo(tone(500.0, level, 96_000));
        let [mut left, mut right] = sound.clone();
        compressor.render(&mut left, &mut right);
        10.0 * libm::log10(left_power(&left[48_000..]) / left_power(&sound[0]))
    }

    #[test]
    fn it_brings_loud_and_soft_together_and_the_usual_stays() {
        for amount in [0.3, 0.6, 1.0] {
            let usual = change(amount, 0.282);
            assert!(usual.abs() < 0.5, "{usual} dB at the usual level");
            assert!(change(amount, 0.9) < -0.5 && change(amount, 0.05) >= -0.01);
        }
        let range = change(1.0, 0.1) - change(1.0, 0.8);
        assert!((10.0..16.0).contains(&range), "{range} dB closer");
    }

    #[test]
    fn both_sides_are_turned_down_alike() {
        let mut compressor = Compressor::new(RATE);
        compressor.aim(1.0);
        let (mut left, mut right) = (tone(500.0, 0.8, 48_000), tone(500.0, 0.1, 48_000));
        compressor.render(&mut left, &mut right);
        for (left, right) in left.iter().zip(&right) {
            assert!((left - 8.0 * right).abs() < 1e-5);
        }
    }

    #[test]
    fn the_logarithm_is_right_to_two_thousandths() {
        for step in 1..2_000_u16 {
            let value = f32::from(step) * f32::from(step) * 1e-5;
            let exact = libm::log2(f64::from(value));
            assert!((f64::from(log2(value)) - exact).abs() < 2.5e-3, "{value}");
        }
    }
}
