//! Holds the mix below its ceiling, also between the samples. It looks ahead, so that it is already
//! down when a peak comes, and never moves in steps. What stays below the ceiling passes as it is.

mod average;
mod detector;

use self::average::Average;
use self::detector::{Detector, REACH};
use super::{SMOOTHING, between, sane};
use crate::dsp::maths::{count, single};
use crate::dsp::smooth::Smooth;

/// Times in seconds.
const LOOK_AHEAD: f64 = 0.0015;
const HOLD: f64 = 0.008;
const RELEASE: f64 = 0.08;
/// What is over the ceiling is brought this much below it: what the detector may have missed of
/// white noise, whose peaks between the samples are the hardest to see.
const MARGIN: f32 = 0.966;
/// A gain closer to one than this is one.
const NONE: f32 = 1e-5;

#[derive(Debug)]
pub(crate) struct Limiter {
    aimed: f32,
    ceiling: Smooth,
    detector: Detector,
    /// What goes in, and the ceiling when it did, until it comes out.
    frames: Box<[[f32; 3]]>,
    at: usize,
    /// By how much the gain is below one before it is rounded: more at once, then held, then slowly
    /// less.
    down: f32,
    held: usize,
    hold: usize,
    /// How much of it is left after a frame, and at least after a peak has been looked at.
    keep: f32,
    kept: f32,
    average: Average,
    quiet: usize,
    resting: bool,
}

impl Limiter {
    /// Realtime: no
    pub(crate) fn new(rate: f32) -> Self {
        let rate_wide = f64::from(rate);
        let latency = count(rate_wide * LOOK_AHEAD + 0.5).max(2 * REACH + 8);
        // A peak is known `REACH` frames after it came in; from then on the gain has this long.
        let window = latency - REACH - 1;
        let keep = libm::exp(-1.0 / (RELEASE * rate_wide));
        let watched = f64::from(u16::try_from(window + 4).unwrap_or(u16::MAX));
        Self {
            aimed: 1.0,
            ceiling: Smooth::new(1.0, SMOOTHING * rate),
            detector: Detector::new(),
            frames: vec![[0.0, 0.0, 1.0]; latency].into_boxed_slice(),
            at: 0,
            down: 0.0,
            held: 0,
            hold: count(HOLD * rate_wide).max(window + 4),
            keep: single(keep),
            kept: single(libm::pow(keep, watched)) - 1e-5,
            average: Average::new(window),
            quiet: 0,
            resting: true,
        }
    }

    /// How many frames later everything comes out: always the same for a rate.
    ///
    /// Realtime: yes
    pub(crate) fn latency(&self) -> usize {
        self.frames.len()
    }

    /// Whether it would give exact silence for silence.
    ///
    /// Realtime: yes
    pub(crate) fn is_silent(&self) -> bool {
        self.resting
    }

    /// The ceiling as a factor of full scale, from 0.01 to 4.
    ///
    /// Realtime: yes
    pub(crate) fn aim(&mut self, ceiling: f32) {
        if ceiling == self.aimed {
            return;
        }
        self.aimed = between(ceiling, 0.01, 4.0, self.aimed);
        self.ceiling.aim(self.aimed);
        if self.resting {
            self.ceiling.arrive();
        }
    }

    /// Forgets all sound and is where it is aimed.
    ///
    /// Realtime: yes
    pub(crate) fn clear(&mut self) {
        self.ceiling.arrive();
        self.frames.fill([0.0, 0.0, self.ceiling.value()]);
        self.detector.clear();
        self.average.clear();
        self.down = 0.0;
        self.held = 0;
        self.quiet = 0;
        self.resting = true;
    }

    /// Realtime: yes
    pub(crate) fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (left, right) in left.iter_mut().zip(right) {
            let silent = *left == 0.0 && *right == 0.0;
            if self.resting {
                if silent {
                    continue;
                }
                self.resting = false;
            }
            [*left, *right] = self.frame([sane(*left), sane(*right)]);
            self.quiet = if silent { self.quiet + 1 } else { 0 };
            if self.quiet > 2 * self.frames.len() && self.average.is_one() {
                self.clear();
            }
        }
    }

    #[inline(always)]
    fn frame(&mut self, input: [f32; 2]) -> [f32; 2] {
        let ceiling = self.ceiling.next();
        let length = self.frames.len();
        // The peak was at a frame that came in `REACH` frames ago, under the ceiling of then.
        let then = if self.at >= REACH {
            self.at - REACH
        } else {
            self.at + length - REACH
        };
        let limit = self.frames.get(then).map_or(ceiling, |frame| frame[2]);
        let peak = self.detector.next(input, limit);
        self.follow(peak, limit);
        let gain = self.average.next(1.0 - self.down);
        let Some(place) = self.frames.get_mut(self.at) else {
            return [0.0; 2];
        };
        let [left, right, limit] = core::mem::replace(place, [input[0], input[1], ceiling]);
        self.at += 1;
        if self.at == length {
            self.at = 0;
        }
        [below(left * gain, limit), below(right * gain, limit)]
    }

    #[inline(always)]
    fn follow(&mut self, peak: f32, limit: f32) {
        let wanted = if peak > limit {
            1.0 - MARGIN * limit / peak
        } else {
            0.0
        };
        // Something that the gain would rise above while it is looked at holds it as well.
        if wanted > self.down * self.kept {
            self.held = self.hold;
            if wanted > self.down {
                self.down = wanted;
            }
        } else if self.held > 0 {
            self.held -= 1;
        } else {
            self.down *= self.keep;
            if self.down < NONE {
                self.down = 0.0;
            }
        }
    }
}

/// The last word, for what rounding left above.
#[inline(always)]
fn below(sample: f32, limit: f32) -> f32 {
    if sample > limit {
        limit
    } else if sample < -limit {
        -limit
    } else {
        sample
    }
}

#[cfg(test)]
mod tests;
