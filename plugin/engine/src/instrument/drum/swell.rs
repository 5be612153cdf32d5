//! How a layer of a drum rises and falls, and how a gain moves when it is turned. Everything goes in
//! straight lines of one control period each. Levels only: no pitch, no sound.

use super::PERIOD;
use crate::dsp::{maths::count, smooth::Smooth};

/// A fall aims this far below zero, so that it ends, and ends after the time it was given.
const BELOW: f32 = 0.001;
/// The natural logarithm of how many times `BELOW` goes into where a fall starts.
const FALLS: f32 = 6.908_755;
const SPAN: f32 = PERIOD as f32;

/// A straight way from one value to the next over one period.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ramp {
    value: f32,
    step: f32,
    target: f32,
}

/// A level that rises, holds, falls to exactly zero, and may be struck again a few times.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Swell {
    level: f32,
    rising: bool,
    rise: f32,
    hold: f32,
    held: f32,
    keep: f32,
    bursts: u32,
    spacing: u32,
    until: u32,
}

/// A gain that follows what it is set to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gain {
    aim: Smooth,
    ramp: Ramp,
}

impl Ramp {
    /// From where the last period ended, or from the target itself.
    ///
    /// Realtime: yes
    #[inline]
    pub(super) fn toward(&mut self, target: f32, at_once: bool) {
        let from = if at_once { target } else { self.target };
        self.between(from, target);
    }

    /// Realtime: yes
    #[inline]
    pub(super) fn between(&mut self, from: f32, to: f32) {
        self.value = from;
        self.step = (to - from) * (1.0 / SPAN);
        self.target = to;
    }

    /// Where it is and stays, if it does not move.
    ///
    /// Realtime: yes
    #[inline]
    pub(super) fn rest(&mut self) {
        self.value = self.target;
        self.step = 0.0;
    }

    /// Whether it is zero and stays there for this period.
    ///
    /// Realtime: yes
    pub(super) fn is_nothing(&self) -> bool {
        self.value == 0.0 && self.step == 0.0
    }

    /// So many frames into the period.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(super) fn at(&self, frames: f32) -> f32 {
        self.value + self.step * frames
    }
}

impl Swell {
    /// All times are in frames, and come true to the period.
    ///
    /// Realtime: yes
    pub(super) fn start(attack: f32, hold: f32, decay: f32) -> Self {
        let mut swell = Self {
            rising: true,
            rise: SPAN / if attack > SPAN { attack } else { SPAN },
            hold: hold / SPAN,
            ..Self::default()
        };
        swell.fall_within(decay);
        swell
    }

    /// Strikes again `more` times, every `spacing` frames.
    ///
    /// Realtime: yes
    pub(super) fn repeat(&mut self, more: u32, spacing: f32) {
        let periods = count(f64::from(spacing / SPAN + 0.5)).max(1);
        self.bursts = more;
        self.spacing = u32::try_from(periods).unwrap_or(u32::MAX);
        self.until = self.spacing;
    }

    /// Realtime: yes
    pub(super) fn fall_within(&mut self, frames: f32) {
        self.keep = libm::expf(-FALLS * SPAN / if frames > SPAN { frames } else { SPAN });
    }

    /// Where the level is at the beginning of a period and where at its end.
    ///
    /// Realtime: yes
    pub(super) fn next(&mut self) -> [f32; 2] {
        if self.bursts > 0 {
            if self.until == 0 {
                self.bursts -= 1;
                self.until = self.spacing;
                self.rising = true;
                self.held = 0.0;
            }
            self.until -= 1;
        }
        let at_once = self.rising && self.rise >= 1.0;
        let from = if at_once { 1.0 } else { self.level };
        self.rising = self.rising && !at_once;
        self.level = if self.rising {
            let level = from + self.rise;
            self.rising = level < 1.0;
            if self.rising { level } else { 1.0 }
        } else if self.held < self.hold {
            self.held += 1.0;
            from
        } else {
            let level = (from + BELOW) * self.keep - BELOW;
            if level > 0.0 { level } else { 0.0 }
        };
        [from, self.level]
    }

    /// Realtime: yes
    pub(super) fn is_over(&self) -> bool {
        self.level == 0.0 && !self.rising && self.bursts == 0
    }
}

impl Gain {
    /// `periods` is after how many of them about two thirds of a move are done.
    ///
    /// Realtime: yes
    pub(super) fn new(value: f32, periods: f32) -> Self {
        let mut gain = Self {
            aim: Smooth::new(value, periods),
            ramp: Ramp::default(),
        };
        gain.ramp.toward(value, true);
        gain
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
        if self.aim.has_arrived() {
            self.ramp.rest();
        } else {
            self.ramp.toward(self.aim.next(), false);
        }
    }

    /// Where it is at the beginning of the next period and where at its end, for what does not need
    /// it every frame.
    ///
    /// Realtime: yes
    #[inline]
    pub(super) fn span(&mut self) -> [f32; 2] {
        [self.aim.value(), self.aim.next()]
    }

    /// Realtime: yes
    pub(super) fn is_nothing(&self) -> bool {
        self.ramp.is_nothing()
    }

    /// So many frames into the period.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(super) fn at(&self, frames: f32) -> f32 {
        self.ramp.at(frames)
    }
}

#[cfg(test)]
mod tests {
    use super::super::AT;
    use super::*;

    #[test]
    fn a_fall_ends_at_exactly_zero_after_the_time_it_was_given() {
        for frames in [100_u16, 4_800, 48_000] {
            let mut swell = Swell::start(0.0, 0.0, f32::from(frames));
            assert_eq!(swell.next()[0], 1.0, "a drum does not fade in");
            let mut count = 16_u32;
            while !swell.is_over() {
                swell.next();
                count += 16;
            }
            let error = count.abs_diff(u32::from(frames));
            assert!(error <= 32, "{frames}: {count}");
        }
    }

    #[test]
    fn bursts_strike_again_at_even_distances() {
        let mut swell = Swell::start(0.0, 0.0, 300.0);
        swell.repeat(3, 160.0);
        let tops: Vec<usize> = (0..100).filter(|_| swell.next()[0] == 1.0).collect();
        assert_eq!(tops, [0, 10, 20, 30]);
        assert!(swell.is_over());
    }

    #[test]
    fn a_rise_takes_its_time_and_then_holds() {
        let mut swell = Swell::start(160.0, 80.0, 1_600.0);
        let levels: Vec<[f32; 2]> = (0..16).map(|_| swell.next()).collect();
        assert!(levels[0][0] == 0.0 && (levels[4][1] - 0.5).abs() < 1e-5);
        assert!(levels[9][1] > 0.999 && levels[14][1] == levels[10][1]);
        assert!(levels[15][1] < 1.0);
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
            let now = gain.at(AT[frame % PERIOD]);
            assert!((now - before).abs() < 0.004, "a step of {}", now - before);
            before = now;
        }
        assert_eq!(before, 1.0);
    }
}
