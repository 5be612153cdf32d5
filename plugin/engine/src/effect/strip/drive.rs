//! The drive of a track: a saturation that stays about as loud as what goes in.
//!
//! The curve is `x / sqrt(1 + x * x)`. Its integral is `sqrt(1 + x * x)`, so the curve's mean over
//! the straight line from one sample to the next can be had from two square roots. Taking this mean
//! rather than the curve itself keeps most of what would alias away.

use super::super::SMOOTHING;
use super::PIECE;
use crate::dsp::maths::snapped;
use crate::dsp::smooth::Smooth;

/// Sound that peaks here stays as loud as it is.
const USUAL: f32 = 0.3;
/// Lifts the treble that the mean takes away.
const LIFT: f32 = 0.4;

#[derive(Debug)]
pub(super) struct Drive {
    amount: Smooth,
    gain: f32,
    level: f32,
    wet: f32,
    sides: [Side; 2],
    off: bool,
}

/// What one channel remembers: the sample before, its root, and the lifted sample before.
#[derive(Clone, Copy, Debug)]
struct Side {
    before: f32,
    root: f32,
    lifted: f32,
}

impl Side {
    const SILENT: Self = Self {
        before: 0.0,
        root: 1.0,
        lifted: 0.0,
    };

    #[inline(always)]
    fn next(&mut self, driven: f32) -> f32 {
        let root = (1.0 + driven * driven).sqrt();
        let mean = (driven + self.before) / (root + self.root);
        self.before = driven;
        self.root = root;
        self.lifted = snapped((1.0 + LIFT) * mean - LIFT * self.lifted);
        self.lifted
    }
}

impl Drive {
    /// Realtime: no
    pub(super) fn new(rate: f32) -> Self {
        Self {
            amount: Smooth::new(0.0, SMOOTHING * rate),
            gain: 1.0,
            level: 1.0,
            wet: 0.0,
            sides: [Side::SILENT; 2],
            off: true,
        }
    }

    /// Realtime: yes
    pub(super) fn is_off(&self) -> bool {
        self.off
    }

    /// Realtime: yes
    #[inline(always)]
    pub(super) fn is_silent(&self) -> bool {
        self.sides
            .iter()
            .all(|side| side.before == 0.0 && side.lifted == 0.0)
    }

    /// Realtime: yes
    pub(super) fn aim(&mut self, amount: f32) {
        self.amount.aim(amount);
        self.off = self.off && amount == 0.0;
    }

    /// Forgets all sound and is where it is aimed.
    ///
    /// Realtime: yes
    pub(super) fn rest(&mut self) {
        self.amount.arrive();
        self.shape();
        self.sides = [Side::SILENT; 2];
        self.off = self.amount.value() == 0.0;
    }

    /// Realtime: yes
    #[inline(always)]
    pub(super) fn next(&mut self, frame: [f32; 2]) -> [f32; 2] {
        if self.off {
            return frame;
        }
        if !self.amount.has_arrived() {
            self.amount.next();
            self.shape();
            if self.amount.value() == 0.0 {
                self.sides = [Side::SILENT; 2];
                self.off = true;
                return frame;
            }
        }
        // An array's `map` would be a call for every frame.
        let [left, right] = frame;
        let driven_left = self.sides[0].next(left * self.gain);
        let driven_right = self.sides[1].next(right * self.gain);
        [
            left + self.wet * (self.level * driven_left - left),
            right + self.wet * (self.level * driven_right - right),
        ]
    }

    /// Whether nothing of it moves.
    ///
    /// Realtime: yes
    pub(super) fn is_steady(&self) -> bool {
        self.off || self.amount.has_arrived()
    }

    /// The means of the curve while it is steady, before they are lifted. Without drive they are
    /// the samples.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(super) fn means(
        &mut self,
        samples: &[[f32; PIECE]; 2],
        frames: usize,
    ) -> [[f32; PIECE]; 2] {
        if self.off {
            return *samples;
        }
        let mut means = [[0.0; PIECE]; 2];
        for ((side, samples), means) in self.sides.iter_mut().zip(samples).zip(&mut means) {
            let (mut driven, mut roots) = ([side.before; PIECE + 1], [side.root; PIECE + 1]);
            for frame in 0..PIECE {
                let sample = samples[frame] * self.gain;
                driven[frame + 1] = sample;
                roots[frame + 1] = (1.0 + sample * sample).sqrt();
            }
            for frame in 0..PIECE {
                let sum = driven[frame + 1] + driven[frame];
                means[frame] = (1.0 + LIFT) * (sum / (roots[frame + 1] + roots[frame]));
            }
            side.before = driven[frames.min(PIECE)];
            side.root = roots[frames.min(PIECE)];
        }
        means
    }

    /// What each side's means were lifted to last.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(super) fn lifted(&self) -> [f32; 2] {
        self.sides.map(|side| side.lifted)
    }

    /// Realtime: yes
    #[inline(always)]
    pub(super) fn keep(&mut self, lifted: [f32; 2]) {
        if !self.off {
            for (side, lifted) in self.sides.iter_mut().zip(lifted) {
                side.lifted = lifted;
            }
        }
    }

    /// How much of the lifted mean before is taken from the next one, and how much is heard of the
    /// sound and of what is lifted.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(super) fn shares(&self) -> [f32; 3] {
        if self.off {
            [0.0, 0.0, 1.0]
        } else {
            [LIFT, 1.0 - self.wet, self.wet * self.level]
        }
    }

    #[inline(always)]
    fn shape(&mut self) {
        let amount = self.amount.value();
        self.gain = 1.0 + 15.0 * amount * amount;
        let usual = self.gain * USUAL;
        self.level = (1.0 + usual * usual).sqrt() / self.gain;
        // The first tenth of the way fades the drive in.
        self.wet = if amount < 0.1 { amount * 10.0 } else { 1.0 };
    }
}
