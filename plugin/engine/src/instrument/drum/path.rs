//! A way from noise or metal to the ear: a filter, then a rise and fall. It does not know what goes
//! into it.

use super::{
    recipe::{PathRecipe, Shape},
    swell::{Gain, Swell},
};
use crate::dsp::{
    filter::{StateVariable, Tuning},
    smooth::Smooth,
};

#[derive(Clone, Copy, Debug)]
pub(super) struct Path {
    filter: StateVariable,
    /// The same filter again for what is not in the middle.
    side: StateVariable,
    tuning: Tuning,
    weights: [f32; 3],
    shape: Shape,
    follows: f32,
    gain: Gain,
    swell: Swell,
    corner: Smooth,
    resonance: Smooth,
}

impl Path {
    /// Realtime: yes
    pub(super) fn start(recipe: &PathRecipe, rate: f32, periods: f32) -> Self {
        Self {
            filter: StateVariable::default(),
            side: StateVariable::default(),
            tuning: Tuning::new(0.1, 0.0),
            weights: [0.0; 3],
            shape: recipe.shape,
            follows: recipe.follows,
            gain: Gain::new(recipe.gain, periods),
            swell: Swell::start(
                recipe.attack * rate,
                recipe.hold * rate,
                recipe.decay * rate,
            ),
            corner: Smooth::new(recipe.corner, periods),
            resonance: Smooth::new(recipe.resonance, periods),
        }
    }

    /// Strikes again `more` times, every `spacing` frames.
    ///
    /// Realtime: yes
    pub(super) fn repeat(&mut self, more: u32, spacing: u32) {
        self.swell.repeat(more, spacing);
    }

    /// Realtime: yes
    pub(super) fn steer(&mut self, recipe: &PathRecipe, rate: f32) {
        self.gain.aim(recipe.gain);
        self.corner.aim(recipe.corner);
        self.resonance.aim(recipe.resonance);
        self.swell.fall_within(recipe.decay * rate);
    }

    /// Moves on by a period. `ratio` is how much higher than written the drum sounds, `moved`
    /// whether that is new.
    ///
    /// Realtime: yes
    pub(super) fn tick(&mut self, rate: f32, ratio: f32, moved: bool) {
        self.gain.tick();
        if moved || !self.corner.has_arrived() || !self.resonance.has_arrived() {
            let ratio = 1.0 + (ratio - 1.0) * self.follows;
            let (corner, resonance) = (self.corner.next(), self.resonance.next());
            self.tune(corner * ratio / rate, resonance);
        }
    }

    fn tune(&mut self, corner: f32, resonance: f32) {
        let corner = corner.clamp(1e-4, 0.45);
        let damping = 1.4 - 1.3 * resonance.clamp(0.0, 1.0);
        self.tuning = Tuning::with_damping(corner, damping);
        // How much of white noise comes through differs with the corner; a drum should not get
        // louder or softer by that.
        self.weights = match self.shape {
            Shape::Low => [0.4 / (corner * 2.2).sqrt(), 0.0, 0.0],
            Shape::Band => {
                // A band has a gain of one over the damping at its middle, and is that narrow.
                let share = corner * damping * 3.2;
                let share = if share < 1.0 { share } else { 1.0 };
                [0.0, 0.4 * damping / share.sqrt(), 0.0]
            }
            Shape::High => [0.0, 0.0, 0.4 / (1.0 - 1.8 * corner).sqrt()],
        };
    }

    /// Realtime: yes
    pub(super) fn is_over(&self) -> bool {
        self.swell.is_over()
    }

    /// Lets the filters hear what nobody else does.
    ///
    /// Realtime: yes
    pub(super) fn warm(&mut self, input: &[f32], wide_input: &[f32]) {
        for (input, wide_input) in input.iter().zip(wide_input) {
            self.filter.next(*input, &self.tuning);
            self.side.next(*wide_input, &self.tuning);
        }
    }

    /// Realtime: yes
    pub(super) fn add(&mut self, input: &[f32], output: &mut [f32]) {
        if self.swell.is_over() {
            return;
        }
        let [low, band, high] = self.weights;
        for (input, output) in input.iter().zip(output) {
            let bands = self.filter.next(*input, &self.tuning);
            let sum = bands.low * low + bands.band * band + bands.high * high;
            *output += sum * self.swell.next() * self.gain.next();
        }
    }

    /// Realtime: yes
    pub(super) fn add_wide(
        &mut self,
        input: &[f32],
        wide_input: &[f32],
        output: &mut [f32],
        wide_output: &mut [f32],
    ) {
        if self.swell.is_over() {
            return;
        }
        let [low, band, high] = self.weights;
        let inputs = input.iter().zip(wide_input);
        for ((input, wide_input), (output, wide_output)) in
            inputs.zip(output.iter_mut().zip(wide_output))
        {
            let bands = self.filter.next(*input, &self.tuning);
            let sum = bands.low * low + bands.band * band + bands.high * high;
            let wide = self.side.next(*wide_input, &self.tuning);
            let wide = wide.low * low + wide.band * band + wide.high * high;
            let level = self.swell.next() * self.gain.next();
            *output += sum * level;
            *wide_output += wide * level;
        }
    }
}
