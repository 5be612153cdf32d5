//! Turns everything down while one track sounds. It gives gains; the mixer multiplies by them.

use super::{SMOOTHING, between, sane};
use crate::dsp::maths::single;
use crate::dsp::smooth::Smooth;

/// Times in seconds.
const ATTACK: f32 = 0.001;
const RELEASE: f32 = 0.15;
/// A key that peaks here or higher ducks fully, so that its own level hardly matters.
const FULL: f32 = 0.08;
/// Ducking by less than this share is none.
const NONE: f32 = 1e-6;

#[derive(Debug)]
pub(crate) struct Duck {
    aimed: f32,
    depth: Smooth,
    attack: f32,
    keep: f32,
    /// The key's level as a share of a full one, and the same rounded twice.
    level: f32,
    rounded: [f32; 2],
    resting: bool,
}

impl Duck {
    /// Realtime: no
    pub(crate) fn new(rate: f32) -> Self {
        let keep = |seconds: f32| libm::exp(-1.0 / f64::from(seconds * rate));
        Self {
            aimed: 0.0,
            depth: Smooth::new(0.0, SMOOTHING * rate),
            attack: single(1.0 - keep(ATTACK)),
            keep: single(keep(RELEASE)),
            level: 0.0,
            rounded: [0.0; 2],
            resting: true,
        }
    }

    /// Whether it would give gains of exactly one for a silent key.
    ///
    /// Realtime: yes
    pub(crate) fn is_silent(&self) -> bool {
        self.resting
    }

    /// By how much it turns down, from 0 to 1.
    ///
    /// Realtime: yes
    pub(crate) fn aim(&mut self, depth: f32) {
        if depth == self.aimed {
            return;
        }
        self.aimed = between(depth, 0.0, 1.0, self.aimed);
        self.depth.aim(self.aimed);
        if self.resting {
            self.depth.arrive();
        }
    }

    /// Forgets the key and is where it is aimed.
    ///
    /// Realtime: yes
    pub(crate) fn clear(&mut self) {
        self.level = 0.0;
        self.rounded = [0.0; 2];
        self.depth.arrive();
        self.resting = true;
    }

    /// The gains for as many frames as the key has.
    ///
    /// Realtime: yes
    pub(crate) fn render(&mut self, left: &[f32], right: &[f32], gains: &mut [f32]) {
        for ((left, right), gain) in left.iter().zip(right).zip(gains) {
            let silent = *left == 0.0 && *right == 0.0;
            if self.resting {
                if silent {
                    *gain = 1.0;
                    continue;
                }
                self.resting = false;
            }
            *gain = self.next(sane(*left).abs(), sane(*right).abs());
            if silent && self.level == 0.0 && self.rounded == [0.0; 2] {
                self.clear();
            }
        }
    }

    #[inline(always)]
    fn next(&mut self, left: f32, right: f32) -> f32 {
        let peak = if left > right { left } else { right };
        let share = if peak < FULL { peak * (1.0 / FULL) } else { 1.0 };
        let fallen = self.level * self.keep;
        self.level = if share > fallen { share } else { fallen };
        if self.level < NONE {
            self.level = 0.0;
        }
        let [first, second] = self.rounded;
        let first = first + (self.level - first) * self.attack;
        let second = second + (first - second) * self.attack;
        self.rounded = [
            if first < NONE { 0.0 } else { first },
            if second < NONE { 0.0 } else { second },
        ];
        1.0 - self.depth.next() * self.rounded[1]
    }
}
