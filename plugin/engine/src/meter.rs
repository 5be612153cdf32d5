//! How loud something is: peak and RMS, for eyes. A meter reads both channels as one.

use crate::dsp::maths::{count, single, snapped};
use crate::score::MAX_TRACKS;

/// The peak stands for so many seconds before it falls, by so many decibels a second.
const HOLD: f32 = 0.1;
const FALL: f64 = 20.0;
/// Over how many seconds the mean is taken.
const MEAN: f32 = 0.3;
/// The needles move once in so many frames.
const CONTROL: u32 = 16;
/// A peak below this, -120 dB, is none.
const NONE: f32 = 1e-6;

/// How loud something is, as factors of full scale.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Level {
    /// The louder channel's peak.
    pub peak: f32,
    /// The root of both channels' mean square.
    pub rms: f32,
}

/// How loud everything is. Small enough to be copied out of the audio thread as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Meters {
    pub tracks: [Level; MAX_TRACKS],
    pub master: Level,
}

/// Listens to one stereo signal.
#[derive(Debug)]
pub(crate) struct Meter {
    hold: u32,
    fall: f32,
    share: f32,
    /// Of the frames since the needles last moved.
    loudest: f32,
    power: f32,
    until: u32,
    peak: f32,
    held: u32,
    mean: f32,
    resting: bool,
}

impl Meter {
    /// Realtime: no
    pub(crate) fn new(rate: f32) -> Self {
        let ticks = f64::from(rate) / f64::from(CONTROL);
        let hold = count(f64::from(HOLD) * ticks);
        Self {
            hold: u32::try_from(hold).unwrap_or(u32::MAX),
            fall: single(libm::pow(10.0, -FALL / 20.0 / ticks)),
            share: single(1.0 - libm::exp(-1.0 / (f64::from(MEAN) * ticks))),
            loudest: 0.0,
            power: 0.0,
            until: CONTROL,
            peak: 0.0,
            held: 0,
            mean: 0.0,
            resting: true,
        }
    }

    /// Whether it reads exact silence and need not hear more of it.
    ///
    /// Realtime: yes
    pub(crate) fn is_silent(&self) -> bool {
        self.resting
    }

    /// Realtime: yes
    pub(crate) fn read(&self) -> Level {
        Level {
            peak: if self.loudest > self.peak {
                self.loudest
            } else {
                self.peak
            },
            rms: self.mean.sqrt(),
        }
    }

    /// Forgets everything.
    ///
    /// Realtime: yes
    pub(crate) fn clear(&mut self) {
        self.loudest = 0.0;
        self.power = 0.0;
        self.until = CONTROL;
        self.peak = 0.0;
        self.held = 0;
        self.mean = 0.0;
        self.resting = true;
    }

    /// Realtime: yes
    pub(crate) fn hear(&mut self, left: &[f32], right: &[f32]) {
        for (left, right) in left.iter().zip(right) {
            if self.resting {
                if *left == 0.0 && *right == 0.0 {
                    continue;
                }
                self.resting = false;
            }
            // Neither NaN nor infinity is a level.
            let (left, right) = (left.abs(), right.abs());
            let peak = if left > right { left } else { right };
            let power = left * left + right * right;
            if power < 1e12 {
                self.power += power;
                if peak > self.loudest {
                    self.loudest = peak;
                }
            }
            self.until -= 1;
            if self.until == 0 {
                self.swing();
            }
        }
    }

    fn swing(&mut self) {
        self.until = CONTROL;
        if self.loudest >= self.peak {
            self.peak = self.loudest;
            self.held = self.hold;
        } else if self.held > 0 {
            self.held -= 1;
        } else {
            self.peak *= self.fall;
        }
        if self.peak < NONE {
            self.peak = 0.0;
        }
        let power = self.power * (0.5 / 16.0);
        self.mean = snapped(self.mean + (power - self.mean) * self.share);
        self.loudest = 0.0;
        self.power = 0.0;
        if self.peak == 0.0 && self.mean == 0.0 {
            self.clear();
        }
    }
}
