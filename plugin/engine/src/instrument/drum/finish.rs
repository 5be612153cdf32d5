//! What happens to the whole of a drum: drive, softening above, a cut below, and its level. It does
//! not know what the sound is made of.

use super::{recipe::Recipe, swell::Ramp};
use crate::dsp::{
    filter::OnePole,
    maths::{exp2, saturated, snapped},
    smooth::Smooth,
};

/// What is left of a low rest when it is thrown away: 120 dB below full scale.
const INAUDIBLE: f32 = 1e-6;

/// No setting gets louder than this, so that the middle and the side together stay below four.
const HIGHEST: f32 = 1.9;

#[derive(Clone, Copy, Debug)]
pub(super) struct Finish {
    middle: Channel,
    side: Channel,
    drive: Smooth,
    level: Smooth,
    brightness: Smooth,
    low_cut: Smooth,
    before: Ramp,
    after: Ramp,
    softness: Ramp,
    cut: f32,
    fresh: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Channel {
    soft: f32,
    low: f32,
}

impl Channel {
    /// A one-pole low-pass in the trapezoidal form, then a simple high-pass.
    #[inline(always)]
    fn next(&mut self, input: f32, softness: f32, cut: f32) -> f32 {
        let twice = softness + softness;
        let state = self.soft;
        self.soft = snapped(state * (1.0 - twice) + input * twice);
        let soft = (state + self.soft) * 0.5;
        let output = soft - self.low;
        self.low = snapped(self.low * (1.0 - cut) + soft * cut);
        output.clamp(-HIGHEST, HIGHEST)
    }
}

/// How loud a velocity is: somewhat more than in proportion, so that ghost notes stay behind.
fn loudness(velocity: f32) -> f32 {
    velocity * (0.35 + 0.65 * velocity)
}

/// In octaves above one hertz. A soft stroke is also a dull one, by up to two octaves.
fn brightness(recipe: &Recipe, velocity: f32) -> f32 {
    libm::log2f(recipe.brightness) + 2.0 * (velocity - 1.0)
}

impl Finish {
    /// Realtime: yes
    pub(super) fn new(recipe: &Recipe, velocity: f32, rate: f32, periods: f32) -> Self {
        let mut finish = Self {
            middle: Channel::default(),
            side: Channel::default(),
            drive: Smooth::new(recipe.drive, periods),
            level: Smooth::new(recipe.level * loudness(velocity), periods),
            brightness: Smooth::new(brightness(recipe, velocity), periods),
            low_cut: Smooth::new(recipe.low_cut, periods),
            before: Ramp::default(),
            after: Ramp::default(),
            softness: Ramp::default(),
            cut: 0.0,
            fresh: true,
        };
        finish.tick(rate);
        finish.fresh = true;
        finish
    }

    /// Realtime: yes
    pub(super) fn steer(&mut self, recipe: &Recipe, velocity: f32) {
        self.drive.aim(recipe.drive);
        self.level.aim(recipe.level * loudness(velocity));
        self.brightness.aim(brightness(recipe, velocity));
        self.low_cut.aim(recipe.low_cut);
    }

    /// Must be called once every period.
    ///
    /// Realtime: yes
    pub(super) fn tick(&mut self, rate: f32) {
        let fresh = self.fresh;
        self.fresh = false;
        if fresh || !self.drive.has_arrived() || !self.level.has_arrived() {
            // What goes in at one comes out at the level, however hard it is driven.
            let before = exp2(5.0 * self.drive.next() - 2.0);
            self.before.toward(before, fresh);
            let after = self.level.next() / saturated(before);
            self.after.toward(after, fresh);
        } else {
            self.before.rest();
            self.after.rest();
        }
        if fresh || !self.brightness.has_arrived() {
            let share = OnePole::share(exp2(self.brightness.next()) / rate);
            self.softness.toward(share, fresh);
        } else {
            self.softness.rest();
        }
        if fresh || !self.low_cut.has_arrived() {
            let turns = self.low_cut.next() / rate * core::f32::consts::TAU;
            self.cut = if turns < 0.9 { turns } else { 0.9 };
        }
    }

    /// `at` is how far into the period each frame lies.
    ///
    /// Realtime: yes
    pub(super) fn apply(&mut self, at: &[f32], middle: &mut [f32], wide: &mut [f32]) {
        self.drive(at, middle);
        self.drive(at, wide);
        // Copies stay in registers where fields would not.
        let (mut channel, mut side) = (self.middle, self.side);
        let (softness, cut) = (self.softness, self.cut);
        for (at, (middle, wide)) in at.iter().zip(middle.iter_mut().zip(wide)) {
            let softness = softness.at(*at);
            *middle = channel.next(*middle, softness, cut);
            *wide = side.next(*wide, softness, cut);
        }
        (self.middle, self.side) = (channel, side);
    }

    /// The same where there is no side.
    ///
    /// Realtime: yes
    pub(super) fn apply_narrow(&mut self, at: &[f32], middle: &mut [f32]) {
        self.drive(at, middle);
        let mut channel = self.middle;
        let (softness, cut) = (self.softness, self.cut);
        for (at, middle) in at.iter().zip(middle) {
            *middle = channel.next(*middle, softness.at(*at), cut);
        }
        self.middle = channel;
    }

    #[inline(always)]
    fn drive(&self, at: &[f32], signal: &mut [f32]) {
        for (at, value) in at.iter().zip(signal) {
            *value = saturated(*value * self.before.at(*at)) * self.after.at(*at);
        }
    }

    /// Realtime: yes
    pub(super) fn is_silent(&self) -> bool {
        let silent = |channel: &Channel| channel.soft == 0.0 && channel.low.abs() < INAUDIBLE;
        silent(&self.middle) && silent(&self.side)
    }
}
