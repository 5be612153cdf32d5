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
        let share = if peak < FULL {
            peak * (1.0 / FULL)
        } else {
            1.0
        };
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

#[cfg(test)]
mod tests {
    use super::Duck;
    use crate::effect::trial::{RATE, Tried, bursts, cut, sharpest, tone};

    impl Tried for Duck {
        fn made() -> Self {
            Self::new(RATE)
        }

        fn move_to(&mut self, other: bool) {
            self.aim(if other { 1.0 } else { 0.4 });
        }

        fn hear(&mut self, left: &mut [f32], right: &mut [f32]) {
            let mut gains = vec![0.0; left.len()];
            self.render(left, right, &mut gains);
            // What is not turned down is silence to the trials.
            for ((left, right), gain) in left.iter_mut().zip(right).zip(gains) {
                *left = 1.0 - gain;
                *right = 1.0 - gain;
            }
        }

        fn rests(&self) -> bool {
            self.is_silent()
        }
    }

    #[test]
    fn it_ducks_the_same_however_it_is_cut_and_comes_back_to_exactly_one() {
        crate::effect::trial::sounds_the_same_however_it_is_cut::<Duck>(8);
        crate::effect::trial::comes_to_rest::<Duck>(true, 3);
        crate::effect::trial::survives_what_is_not_a_number::<Duck>();
    }

    /// A kick's worth of tone at a level, and the gains it makes.
    fn kick(level: f64, depth: f32) -> Vec<f32> {
        let mut duck = Duck::new(RATE);
        duck.aim(depth);
        let mut key = tone(55.0, level, 48_000);
        for (sample, frame) in key.iter_mut().zip(0_u16..) {
            *sample *= libm::expf(-f32::from(frame) / 4_000.0);
        }
        let mut gains = vec![0.0; 48_000];
        duck.render(&key, &key, &mut gains);
        gains
    }

    #[test]
    fn a_kick_at_any_usual_level_ducks_fully_and_soon() {
        for level in [0.25, 0.5, 1.0] {
            let gains = kick(level, 0.8);
            let least = gains.iter().copied().fold(1.0, f32::min);
            assert!((0.2..0.25).contains(&least), "{least} at {level}");
            let soon = gains.iter().position(|gain| *gain < 0.4);
            assert!(soon.is_some_and(|frame| frame < 480), "{soon:?}");
            assert!(gains[47_000] > 0.9);
            assert!(gains.iter().all(|gain| (0.199..=1.0).contains(gain)));
        }
    }

    #[test]
    fn gains_move_smoothly() {
        assert!(sharpest(&kick(1.0, 1.0)) < 1e-3);
        let mut duck = Duck::new(RATE);
        let sound = bursts(2);
        let gains = cut(&sound, &[64], |at, left, right| {
            duck.aim(if (at / 6_400) % 2 == 0 { 0.0 } else { 1.0 });
            duck.hear(left, right);
        });
        assert!(sharpest(&gains[0]) < 4e-3, "{}", sharpest(&gains[0]));
    }
}
