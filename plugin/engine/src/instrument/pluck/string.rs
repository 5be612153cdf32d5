//! The string itself: a delay read between its frames, and a filter that takes the highs away. It
//! knows nothing of how it was plucked.

use crate::dsp::maths::{count, single, snapped, whole};
use crate::instrument::ahead::{Frames, PER_TICK};
use core::f64::consts::TAU;

/// What becomes of a wave on its way along the string.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loss {
    /// The pitch as a share of the sample rate.
    pub(super) turns: f32,
    /// How many octaves above the pitch the highs are half gone, were they to pass but once.
    pub(super) corner: f32,
    /// How many periods pass until the string is sixty decibels down.
    pub(super) seconds_in_periods: f32,
}

/// A length of string.
#[derive(Clone, Debug)]
pub(super) struct Strand {
    line: Box<[f32]>,
    at: usize,
    delay: f32,
    target: f32,
    gain: f32,
    target_gain: f32,
    share: f32,
    target_share: f32,
    low: f32,
    /// How far back the other place is that is heard: the same for as long as a note lasts.
    aside: usize,
}

/// The shortest way that four neighbours can be read on.
const SHORTEST: f32 = 3.0;
/// Where along the string the difference of the sides is read.
const SIDE: f32 = 0.31;

impl Strand {
    /// Room for `lowest` hertz at `rate` frames a second.
    ///
    /// Realtime: no
    pub(super) fn new(rate: f32, lowest: f32) -> Self {
        let room = count(f64::from(rate / lowest)).clamp(64, 1 << 16) + 64;
        Self {
            line: vec![0.0; room.next_power_of_two()].into_boxed_slice(),
            at: 0,
            delay: SHORTEST,
            target: SHORTEST,
            gain: 0.0,
            target_gain: 0.0,
            share: 1.0,
            target_share: 1.0,
            low: 0.0,
            aside: 1,
        }
    }

    /// Is at rest at once.
    ///
    /// Realtime: yes
    pub(super) fn clear(&mut self) {
        self.line.fill(0.0);
        self.at = 0;
        self.low = 0.0;
    }

    /// In frames.
    ///
    /// Realtime: yes
    pub(super) fn period(&self) -> f32 {
        self.delay
    }

    /// Says where it is to be after the next tick.
    ///
    /// Realtime: yes
    pub(super) fn aim(&mut self, loss: &Loss) {
        let turns = f64::from(loss.turns);
        let corner = turns * libm::exp2(f64::from(loss.corner));
        // The filter keeps `rest` of what it held, and so is late by some of a frame; what it
        // takes from the fundamental is given back, so far as the string stays below one.
        let rest = libm::exp(-TAU * corner);
        let (sine, cosine) = (libm::sin(TAU * turns), libm::cos(TAU * turns));
        let late = libm::atan2(rest * sine, 1.0 - rest * cosine) / (TAU * turns);
        let heard = (1.0 - rest) / libm::sqrt(1.0 + rest * rest - 2.0 * rest * cosine);
        let wanted = libm::exp2(-9.965_784 / f64::from(loss.seconds_in_periods));
        let gain = wanted / heard;
        self.target_gain = single(if gain < 0.9999 { gain } else { 0.9999 });
        self.target_share = single(1.0 - rest);
        let target = single(1.0 / turns - late);
        self.target = if target > SHORTEST { target } else { SHORTEST };
    }

    /// Is there at once, as a note begins.
    ///
    /// Realtime: yes
    pub(super) fn begin(&mut self) {
        self.arrive();
        self.aside = index(whole(self.delay * SIDE)).max(1);
    }

    fn arrive(&mut self) {
        self.delay = self.target;
        self.gain = self.target_gain;
        self.share = self.target_share;
    }

    /// Puts what is in `frames` onto the string, and the string's sound in its place; and into
    /// `side` what the string does elsewhere.
    ///
    /// Realtime: yes
    pub(super) fn render(&mut self, frames: &mut Frames, side: &mut Frames) {
        if self.delay == self.target {
            self.run::<false>(frames, side);
        } else {
            self.run::<true>(frames, side);
        }
        self.arrive();
    }

    #[inline(always)]
    fn run<const MOVES: bool>(&mut self, frames: &mut Frames, side: &mut Frames) {
        let slope = (self.target - self.delay) * PER_TICK;
        let gain_slope = (self.target_gain - self.gain) * PER_TICK;
        let share_slope = (self.target_share - self.share) * PER_TICK;
        let mask = self.line.len() - 1;
        let line = &mut self.line[..=mask];
        let (mut delay, mut gain, mut share) = (self.delay, self.gain, self.share);
        let (mut back, mut weights) = neighbours(delay);
        let aside = self.aside;
        let mut low = self.low;
        let mut at = self.at;
        for (frame, side) in frames.iter_mut().zip(side) {
            if MOVES {
                delay += slope;
                (back, weights) = neighbours(delay);
            }
            gain += gain_slope;
            share += share_slope;
            let from = at.wrapping_sub(back);
            let read = weights[0] * line[from.wrapping_add(1) & mask]
                + weights[1] * line[from & mask]
                + weights[2] * line[from.wrapping_sub(1) & mask]
                + weights[3] * line[from.wrapping_sub(2) & mask];
            low += (read - low) * share;
            let value = *frame + gain * low;
            line[at & mask] = value;
            *side = line[at.wrapping_sub(aside) & mask];
            *frame = value;
            at = at.wrapping_add(1);
        }
        // Once a tick is often enough: nothing falls from there to a denormal number within one.
        self.low = snapped(low);
        self.at = at & mask;
    }
}

/// How many frames back the second of four neighbours lies, and how much of each is what lies
/// `delay` frames back: on the cubic through them.
#[inline(always)]
fn neighbours(delay: f32) -> (usize, [f32; 4]) {
    let back = whole(delay);
    let rest = delay - back as f32;
    let (before, next, after) = (rest + 1.0, rest - 1.0, rest - 2.0);
    (
        index(back),
        [
            rest * next * after * (-1.0 / 6.0),
            before * next * after * 0.5,
            before * rest * after * -0.5,
            before * rest * next * (1.0 / 6.0),
        ],
    )
}

#[inline(always)]
fn index(frames: i32) -> usize {
    usize::try_from(frames).unwrap_or(0)
}
