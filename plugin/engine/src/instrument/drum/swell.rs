//! How a layer of a drum rises and falls, and how its gain moves when it is turned. Levels and
//! frames only: no pitch, no sound.

use super::PERIOD;
use crate::dsp::smooth::Smooth;

/// A fall aims this far below zero, so that it ends, and ends after the time it was given.
const BELOW: f32 = 0.001;
/// The natural logarithm of how many times `BELOW` goes into where a fall starts.
const FALLS: f32 = 6.908_755;

/// A level that rises, holds, falls to exactly zero, and may be struck again a few times.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Swell {
    level: f32,
    rising: bool,
    rise: f32,
    hold: f32,
    held: f32,
    share: f32,
    bursts: u32,
    spacing: u32,
    until: u32,
}

impl Swell {
    /// All times are in frames.
    ///
    /// Realtime: yes
    pub(super) fn start(attack: f32, hold: f32, decay: f32) -> Self {
        let mut swell = Self {
            level: 0.0,
            rising: true,
            rise: 1.0 / if attack > 1.0 { attack } else { 1.0 },
            hold,
            held: 0.0,
            share: 0.0,
            bursts: 0,
            spacing: 0,
            until: 0,
        };
        swell.fall_within(decay);
        swell
    }

    /// Strikes again `more` times, every `spacing` frames.
    ///
    /// Realtime: yes
    pub(super) fn repeat(&mut self, more: u32, spacing: u32) {
        self.bursts = more;
        self.spacing = if spacing > 0 { spacing } else { 1 };
        self.until = self.spacing;
    }

    /// Realtime: yes
    pub(super) fn fall_within(&mut self, frames: f32) {
        self.share = FALLS / if frames > 16.0 { frames } else { 16.0 };
    }

    /// Realtime: yes
    #[inline(always)]
    pub(super) fn next(&mut self) -> f32 {
        if self.bursts > 0 {
            if self.until == 0 {
                self.bursts -= 1;
                self.until = self.spacing;
                self.rising = true;
                self.held = 0.0;
            }
            self.until -= 1;
        }
        if self.rising {
            self.level += self.rise;
            if self.level >= 1.0 {
                self.level = 1.0;
                self.rising = false;
            }
        } else if self.held < self.hold {
            self.held += 1.0;
        } else {
            let level = self.level - (self.level + BELOW) * self.share;
            self.level = if level > 0.0 { level } else { 0.0 };
        }
        self.level
    }

    /// Realtime: yes
    #[inline(always)]
    pub(super) fn is_over(&self) -> bool {
        self.level == 0.0 && !self.rising && self.bursts == 0
    }
}

/// A gain that moves to where it is set in straight lines of one control period each.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gain {
    aim: Smooth,
    value: f32,
    step: f32,
}

impl Gain {
    /// `periods` is after how many control periods about two thirds of a move are done.
    ///
    /// Realtime: yes
    pub(super) fn new(value: f32, periods: f32) -> Self {
        Self {
            aim: Smooth::new(value, periods),
            value,
            step: 0.0,
        }
    }

    /// Realtime: yes
    pub(super) fn aim(&mut self, target: f32) {
        self.aim.aim(target);
    }

    /// Must be called once every period.
    ///
    /// Realtime: yes
    #[inline]
    pub(super) fn tick(&mut self) {
        let before = self.aim.value();
        if self.aim.has_arrived() {
            self.value = before;
            self.step = 0.0;
        } else {
            self.step = (self.aim.next() - before) * (1.0 / PERIOD as f32);
            self.value = before;
        }
    }

    /// Whether it is zero and stays there for this period.
    ///
    /// Realtime: yes
    pub(super) fn is_nothing(&self) -> bool {
        self.value == 0.0 && self.step == 0.0
    }

    /// Realtime: yes
    #[inline(always)]
    pub(super) fn next(&mut self) -> f32 {
        self.value += self.step;
        self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fall_ends_at_exactly_zero_after_the_time_it_was_given() {
        for frames in [100_u16, 4_800, 48_000] {
            let mut swell = Swell::start(0.0, 0.0, f32::from(frames));
            assert_eq!(swell.next(), 1.0, "a drum does not fade in");
            let mut count = 0_u32;
            while !swell.is_over() {
                swell.next();
                count += 1;
            }
            let error = f64::from(count) / f64::from(frames);
            assert!((0.9..1.02).contains(&error), "{frames}: {count}");
        }
    }

    #[test]
    fn bursts_strike_again_at_even_distances() {
        let mut swell = Swell::start(0.0, 0.0, 300.0);
        swell.repeat(3, 100);
        let tops: Vec<usize> = (0..1_000).filter(|_| swell.next() == 1.0).collect();
        assert_eq!(tops, [0, 100, 200, 300]);
        assert!(swell.is_over());
    }

    #[test]
    fn a_gain_moves_in_small_steps_and_arrives() {
        let mut gain = Gain::new(0.0, 18.0);
        gain.aim(1.0);
        let mut before = 0.0;
        for frame in 0..10_000 {
            if frame % PERIOD == 0 {
                gain.tick();
            }
            let now = gain.next();
            assert!((now - before).abs() < 0.004, "a step of {}", now - before);
            before = now;
        }
        assert_eq!(before, 1.0);
    }
}
