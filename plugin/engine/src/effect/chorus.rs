//! A chorus on the mix: four copies, two to a side, whose delays sway slowly.

use super::{SMOOTHING, between, sane};
use crate::dsp::maths::{count, exp2, phase_step, sine, turns, whole};
use crate::dsp::smooth::Smooth;

/// The sway is computed once in so many frames, and is a straight line between.
const CONTROL: u32 = 16;
/// The middle of each copy's delay in seconds: two on the left, two on the right.
const MIDDLES: [f32; 4] = [0.008_3, 0.011_9, 0.009_1, 0.012_7];
/// Where in its turn each copy begins.
const OFFSETS: [f32; 4] = [0.0, 0.5, 0.25, 0.75];
/// How far the copies sway at the slowest, in seconds. Faster is less far, so that the pitch sways
/// by a quarter of a semitone at most.
const FARTHEST: f32 = 0.004;
/// The longest delay in seconds, with room for the sway and the interpolation.
const LONGEST: f32 = 0.02;

#[derive(Debug)]
pub(crate) struct Chorus {
    rate: f32,
    frames: Box<[[f32; 2]]>,
    newest: usize,
    /// Rate, depth and mix.
    aimed: [f32; 3],
    hertz: Smooth,
    depth: Smooth,
    mix: Smooth,
    phase: u32,
    /// Frames until the sway is computed again.
    until: u32,
    delays: [f32; 4],
    steps: [f32; 4],
    /// Frames until the line is full, before which the copies are not heard.
    filling: usize,
    quiet: usize,
    off: bool,
    resting: bool,
}

impl Chorus {
    /// Realtime: no
    pub(crate) fn new(rate: f32) -> Self {
        let frames = count(f64::from(LONGEST) * f64::from(rate)) + 8;
        let slow = |value| Smooth::new(value, SMOOTHING * rate / 16.0);
        let mut chorus = Self {
            rate,
            frames: vec![[0.0; 2]; frames.next_power_of_two()].into_boxed_slice(),
            newest: 0,
            aimed: [-1.0; 3],
            hertz: slow(0.5),
            depth: slow(0.5),
            mix: Smooth::new(0.0, SMOOTHING * rate),
            phase: 0,
            until: 0,
            delays: [0.0; 4],
            steps: [0.0; 4],
            filling: 0,
            quiet: 0,
            off: true,
            resting: true,
        };
        chorus.aim(0.4, 0.5, 0.0);
        chorus
    }

    /// Whether it would give exact silence for silence.
    ///
    /// Realtime: yes
    pub(crate) fn is_silent(&self) -> bool {
        self.resting
    }

    /// All from 0 to 1; the rate goes from 0.05 to 5 Hz. Without mix it leaves the sound as it is.
    ///
    /// Realtime: yes
    pub(crate) fn aim(&mut self, rate: f32, depth: f32, mix: f32) {
        if [rate, depth, mix] == self.aimed {
            return;
        }
        let before = self.aimed;
        let rate = between(rate, 0.0, 1.0, before[0]);
        let depth = between(depth, 0.0, 1.0, before[1]);
        let mix = between(mix, 0.0, 1.0, before[2]);
        self.aimed = [rate, depth, mix];
        self.hertz.aim(0.05 * exp2(rate * 6.643_856));
        self.depth.aim(depth);
        self.mix.aim(mix);
        if self.resting {
            self.restart();
        } else if self.off && mix > 0.0 {
            self.restart();
            self.mix.jump(0.0);
            self.mix.aim(mix);
            self.filling = self.frames.len();
        }
    }

    /// Forgets all sound and is where it is aimed.
    ///
    /// Realtime: yes
    pub(crate) fn clear(&mut self) {
        self.frames.fill([0.0; 2]);
        self.resting = true;
        self.restart();
    }

    /// Realtime: yes
    pub(crate) fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (left, right) in left.iter_mut().zip(right.iter_mut()) {
            if self.off {
                break;
            }
            let silent = *left == 0.0 && *right == 0.0;
            if self.resting {
                if silent {
                    continue;
                }
                self.resting = false;
            }
            [*left, *right] = self.frame([sane(*left), sane(*right)]);
            self.quiet = if silent { self.quiet + 1 } else { 0 };
            if self.mix.value() == 0.0 && self.mix.has_arrived() && self.filling == 0 {
                self.frames.fill([0.0; 2]);
                self.restart();
            } else if self.quiet > self.frames.len() {
                self.resting = true;
                self.restart();
            }
        }
        if self.off
            && let (Some(left), Some(right)) = (left.last(), right.last())
        {
            self.resting = *left == 0.0 && *right == 0.0;
        }
    }

    #[inline(always)]
    fn frame(&mut self, input: [f32; 2]) -> [f32; 2] {
        if self.until == 0 {
            self.sway();
        }
        self.until -= 1;
        let mask = self.frames.len() - 1;
        self.newest = (self.newest + 1) & mask;
        if let Some(frame) = self.frames.get_mut(self.newest) {
            *frame = input;
        }
        let mix = if self.filling > 0 {
            self.filling -= 1;
            0.0
        } else {
            self.mix.next()
        };
        let copies: [f32; 4] = core::array::from_fn(|copy| {
            self.delays[copy] += self.steps[copy];
            self.copy(self.delays[copy], copy / 2)
        });
        let (dry, wet) = (1.0 - 0.4 * mix, 0.5 * mix);
        [
            input[0] * dry + (copies[0] + copies[1]) * wet,
            input[1] * dry + (copies[2] + copies[3]) * wet,
        ]
    }

    /// What sounded on a side so many frames ago, by a cubic through the four frames around.
    #[inline(always)]
    fn copy(&self, delay: f32, side: usize) -> f32 {
        let frames = whole(delay);
        let share = delay - frames as f32;
        let mask = self.frames.len() - 1;
        let after = self.newest.wrapping_sub(frames.unsigned_abs() as usize);
        let at = |behind: usize| match self.frames.get(after.wrapping_sub(behind) & mask) {
            Some(frame) => frame[side & 1],
            None => 0.0,
        };
        let (a, b, c, d) = (at(usize::MAX), at(0), at(1), at(2));
        let slope = 0.5 * (c - a);
        let bend = a - 2.5 * b + 2.0 * c - 0.5 * d;
        let twist = 0.5 * (d - a) + 1.5 * (b - c);
        ((twist * share + bend) * share + slope) * share + b
    }

    fn sway(&mut self) {
        self.until = CONTROL;
        let (hertz, depth) = (self.hertz.next(), self.depth.next());
        self.phase = self
            .phase
            .wrapping_add(phase_step(hertz * 16.0 / self.rate));
        let wanted = self.wanted(hertz, depth);
        for ((step, delay), wanted) in self.steps.iter_mut().zip(self.delays).zip(wanted) {
            *step = (wanted - delay) * (1.0 / 16.0);
        }
    }

    fn wanted(&self, hertz: f32, depth: f32) -> [f32; 4] {
        let reach = depth * FARTHEST / (1.0 + 1.5 * hertz);
        let turn = turns(self.phase);
        core::array::from_fn(|copy| {
            (MIDDLES[copy] + reach * sine(turn + OFFSETS[copy])) * self.rate
        })
    }

    /// From an empty line, at the beginning of its turn.
    fn restart(&mut self) {
        self.hertz.arrive();
        self.depth.arrive();
        self.mix.arrive();
        self.off = self.mix.value() == 0.0;
        self.phase = 0;
        self.until = 0;
        self.filling = 0;
        self.quiet = 0;
        self.delays = self.wanted(self.hertz.value(), self.depth.value());
        self.steps = [0.0; 4];
    }
}

#[cfg(test)]
mod tests {
    use super::Chorus;
    use crate::effect::trial::{RATE, left_power, noise, stereo, tone, trials, tried};

    tried!(Chorus, |chorus, other| if other {
        chorus.aim(0.6, 0.9, 0.8);
    } else {
        chorus.aim(0.2, 0.4, 0.2);
    });
    trials!(Chorus, 2, 1.5);

    #[test]
    fn without_mix_it_leaves_every_bit_as_it_is() {
        let mut chorus = Chorus::new(RATE);
        let sound = stereo(noise(1, 0.9, 48_000));
        for mix in [0.0, 0.7, 0.0] {
            chorus.aim(0.5, 0.5, mix);
            let [mut left, mut right] = sound.clone();
            chorus.render(&mut left, &mut right);
            assert_eq!(left[40_000..] == sound[0][40_000..], mix == 0.0);
        }
    }

    #[test]
    fn switching_it_on_and_off_under_a_tone_never_clicks() {
        let sound = stereo(tone(1_000.0, 0.5, 96_000));
        let mut chorus = Chorus::new(RATE);
        let out = trial::cut(&sound, &[64], |at, left, right| {
            let mix = if (at / 12_800) % 2 == 1 { 1.0 } else { 0.0 };
            chorus.aim(0.5, 1.0, mix);
            chorus.render(left, right);
        });
        let (sharp, steady) = (trial::sharpest(&out[0]), trial::sharpest(&sound[0]));
        // The copies at their most add up to 1.6 times the tone.
        assert!(sharp < steady * 1.8, "{sharp} over {steady}");
    }

    #[test]
    fn a_full_chorus_is_wide_and_about_as_loud() {
        let mut chorus = Chorus::new(RATE);
        chorus.aim(0.5, 0.7, 1.0);
        let sound = stereo(noise(1, 0.5, 96_000));
        let [mut left, mut right] = sound.clone();
        chorus.render(&mut left, &mut right);
        let change = 10.0 * libm::log10(left_power(&left) / left_power(&sound[0]));
        assert!(change.abs() < 1.5, "{change} dB");
        let apart: Vec<f32> = left.iter().zip(&right).map(|(l, r)| l - r).collect();
        assert!(left_power(&apart) > 0.3 * left_power(&left));
    }
}
