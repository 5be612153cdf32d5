//! The two ways from noise or metal to the ear, each a filter and then a rise and fall, and both
//! once more for what is not in the middle. What goes into them is not known here.

use super::{
    PERIOD,
    recipe::{Bursts, PathRecipe, Shape},
    swell::{Gain, Swell},
};
use crate::dsp::{
    maths::{snapped, warp},
    smooth::Smooth,
};

/// Both paths for the middle, then both for the side: so a processor may do all four at once.
type Lanes = [f32; 4];

#[derive(Clone, Copy, Debug)]
pub(super) struct Paths {
    paths: [Path; 2],
    filters: Filters,
    levels: Lanes,
    steps: Lanes,
}

#[derive(Clone, Copy, Debug)]
struct Path {
    shape: Shape,
    follows: f32,
    gain: Gain,
    swell: Swell,
    corner: Smooth,
    resonance: Smooth,
}

/// State-variable filters in the trapezoidal form, solved for what each frame adds to the two
/// states and to the output.
#[derive(Clone, Copy, Debug, Default)]
struct Filters {
    first: Lanes,
    second: Lanes,
    first_of_first: Lanes,
    second_of_second: Lanes,
    across: Lanes,
    second_of_input: Lanes,
    output_of_first: Lanes,
    output_of_second: Lanes,
    output_of_input: Lanes,
}

impl Path {
    fn start(recipe: &PathRecipe, rate: f32, periods: f32) -> Self {
        Self {
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
}

impl Filters {
    /// `corner` is a share of the sample rate.
    fn tune(&mut self, path: usize, shape: Shape, corner: f32, resonance: f32) {
        let corner = corner.clamp(1e-4, 0.45);
        let damping = 1.4 - 1.3 * resonance.clamp(0.0, 1.0);
        let g = warp(corner);
        let band = 1.0 / (1.0 + g * (g + damping));
        let cross = g * band;
        let low = g * cross;
        // How much of each of low, band and high is heard. How much of white noise comes through
        // differs with the corner; a drum should not get louder or softer by that.
        let [lows, bands, highs] = match shape {
            Shape::Low => [0.4 / (corner * 2.2).sqrt(), 0.0, 0.0],
            Shape::Band => {
                // A band has a gain of one over the damping at its middle, and is that narrow.
                let share = corner * damping * 3.2;
                let share = if share < 1.0 { share } else { 1.0 };
                [0.0, 0.4 * damping / share.sqrt(), 0.0]
            }
            Shape::High => [0.0, 0.0, 0.4 / (1.0 - 1.8 * corner).sqrt()],
        };
        // The high is the input without the low and the damped band.
        let (lows, bands) = (lows - highs, bands - highs * damping);
        for lane in [path & 1, (path & 1) + 2] {
            self.first_of_first[lane] = 2.0 * band - 1.0;
            self.across[lane] = 2.0 * cross;
            self.second_of_second[lane] = 1.0 - 2.0 * low;
            self.second_of_input[lane] = 2.0 * low;
            self.output_of_first[lane] = bands * band + lows * cross;
            self.output_of_second[lane] = lows * (1.0 - low) - bands * cross;
            self.output_of_input[lane] = highs + bands * cross + lows * low;
        }
    }

    /// At any corner and resonance the states keep a third of themselves from frame to frame, so that
    /// they cannot get from what is thrown away to a denormal number within a period.
    fn snap(&mut self) {
        for state in self.first.iter_mut().chain(&mut self.second) {
            *state = snapped(*state);
        }
    }

    #[inline(always)]
    fn next(&mut self, input: Lanes) -> Lanes {
        let mut output = [0.0; 4];
        for lane in 0..4 {
            let (first, second) = (self.first[lane], self.second[lane]);
            let input = input[lane];
            output[lane] = self.output_of_first[lane] * first
                + (self.output_of_second[lane] * second + self.output_of_input[lane] * input);
            self.first[lane] = (self.first_of_first[lane] * first + self.across[lane] * input)
                - self.across[lane] * second;
            self.second[lane] = (self.second_of_second[lane] * second
                + self.second_of_input[lane] * input)
                + self.across[lane] * first;
        }
        output
    }
}

impl Paths {
    /// Realtime: yes
    pub(super) fn start(
        recipes: &[PathRecipe; 2],
        bursts: Bursts,
        rate: f32,
        periods: f32,
    ) -> Self {
        let mut paths = recipes.map(|recipe| Path::start(&recipe, rate, periods));
        paths[0].swell.repeat(bursts.more, bursts.seconds * rate);
        Self {
            paths,
            filters: Filters::default(),
            levels: [0.0; 4],
            steps: [0.0; 4],
        }
    }

    /// Realtime: yes
    pub(super) fn steer(&mut self, recipes: &[PathRecipe; 2], rate: f32) {
        for (path, recipe) in self.paths.iter_mut().zip(recipes) {
            path.gain.aim(recipe.gain);
            path.corner.aim(recipe.corner);
            path.resonance.aim(recipe.resonance);
            path.swell.fall_within(recipe.decay * rate);
        }
    }

    /// Moves on by a period. `ratio` is how much higher than written the drum sounds, `moved`
    /// whether that is new.
    ///
    /// Realtime: yes
    pub(super) fn tick(&mut self, rate: f32, ratio: f32, moved: bool) {
        self.filters.snap();
        for (number, path) in self.paths.iter_mut().enumerate() {
            let [from, to] = path.swell.next();
            let [gain_from, gain_to] = path.gain.span();
            let (from, to) = (from * gain_from, to * gain_to);
            for lane in [number & 1, (number & 1) + 2] {
                self.levels[lane] = from;
                self.steps[lane] = (to - from) * (1.0 / PERIOD as f32);
            }
            if moved || !path.corner.has_arrived() || !path.resonance.has_arrived() {
                let ratio = 1.0 + (ratio - 1.0) * path.follows;
                let corner = path.corner.next() * ratio / rate;
                let resonance = path.resonance.next();
                self.filters.tune(number, path.shape, corner, resonance);
            }
        }
    }

    /// Whether nothing more comes after this period.
    ///
    /// Realtime: yes
    pub(super) fn are_over(&self) -> bool {
        self.paths.iter().all(|path| path.swell.is_over())
    }

    /// Lets the filters hear what nobody else does.
    ///
    /// Realtime: yes
    pub(super) fn warm(&mut self, input: &[f32], beside: &[f32]) {
        for (input, beside) in input.iter().zip(beside) {
            self.filters.next([*input, *input, *beside, *beside]);
        }
    }

    /// Adds what is heard of the input to the output, and of what lies beside it to the side. `at`
    /// is how far into the period each frame lies.
    ///
    /// Realtime: yes
    pub(super) fn add(
        &mut self,
        at: &[f32],
        [input, beside]: [&[f32]; 2],
        [output, side]: [&mut [f32]; 2],
    ) {
        // A copy stays in registers where fields would not.
        let mut filters = self.filters;
        let (levels, steps) = (self.levels, self.steps);
        let inputs = at.iter().zip(input.iter().zip(beside));
        for ((at, (input, beside)), (output, side)) in inputs.zip(output.iter_mut().zip(side)) {
            let mut heard = filters.next([*input, *input, *beside, *beside]);
            for lane in 0..4 {
                heard[lane] *= levels[lane] + steps[lane] * at;
            }
            *output += heard[0] + heard[1];
            *side += heard[2] + heard[3];
        }
        self.filters = filters;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::filter::{StateVariable, Tuning};

    #[test]
    fn the_filters_are_the_state_variable_filter() {
        for shape in [Shape::Low, Shape::Band, Shape::High] {
            let mut filters = Filters::default();
            filters.tune(1, shape, 0.11, 0.5);
            let tuning = Tuning::with_damping(0.11, 1.4 - 1.3 * 0.5);
            let mut reference = StateVariable::default();
            let mut noise = crate::dsp::noise::Noise::new(3);
            let mut ratios = Vec::new();
            for _ in 0..500 {
                let input = noise.next();
                let bands = reference.next(input, &tuning);
                let expected = match shape {
                    Shape::Low => bands.low,
                    // What is left of the input without the low and the high end, in proportion.
                    Shape::Band => input - bands.low - bands.high,
                    Shape::High => bands.high,
                };
                let found = filters.next([0.0, input, 0.0, 0.0])[1];
                if expected.abs() > 0.05 {
                    ratios.push(found / expected);
                }
            }
            let first = ratios[0];
            let same = ratios
                .iter()
                .all(|ratio| (ratio / first - 1.0).abs() < 1e-3);
            assert!(same && first > 0.1, "{shape:?}");
        }
    }
}
