//! A pattern of steps and the pure operations that players perform on it.
//! Every operation is defined here once and gives the same result wherever it is applied.

use super::harmony::Harmony;
use super::mixer::Percent;
use super::step::{Nudge, Pitch, Pitches, Step, Velocity};
use crate::{chance::Chance as Dice, ids::StepIndex};
use serde::{Deserialize, Deserializer, Serialize};

crate::bounded! {
    /// How many steps a pattern plays before it starts again.
    pub struct PatternLength(u8) in 1..=128, default 16;
}
crate::bounded! {
    /// Steps to the right (positive) or left.
    pub struct Shift(i16) in -127..=127, default 0;
}
crate::bounded! {
    /// Degrees of the scale, up or down.
    pub struct Degrees(i8) in -48..=48, default 0;
}
crate::bounded! {
    /// How many of a pattern's steps a Euclidean rhythm strikes.
    pub struct Pulses(u8) in 0..=128, default 4;
}

/// Steps beyond the length are kept, silent, until the pattern grows again. Blank steps at the
/// end are not stored, so that equal patterns are stored alike.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pattern {
    length: PatternLength,
    steps: Vec<Step>,
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Stored {
            #[serde(default)]
            length: PatternLength,
            #[serde(default)]
            steps: Vec<Step>,
        }
        let stored = Stored::deserialize(deserializer)?;
        Ok(Pattern::new(stored.length, stored.steps))
    }
}

/// A gesture over a whole pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    Rotate(Shift),
    Reverse,
    /// On becomes off and off becomes on.
    Invert,
    /// The second half becomes the first half read backwards.
    Mirror,
    Euclid {
        pulses: Pulses,
        rotation: Shift,
    },
    Clear,
    /// Twice the length, the second half a copy of the first.
    Double,
    Transpose(Degrees),
    Randomise {
        seed: u32,
        density: Percent,
    },
    Humanise {
        seed: u32,
        amount: Percent,
    },
}

impl Pattern {
    pub fn new(length: PatternLength, mut steps: Vec<Step>) -> Self {
        steps.truncate(StepIndex::COUNT);
        let mut pattern = Self { length, steps };
        pattern.forget_blank_end();
        pattern
    }

    pub fn length(&self) -> PatternLength {
        self.length
    }

    pub fn step(&self, index: StepIndex) -> Step {
        self.stored(index).cloned().unwrap_or_default()
    }

    /// The step if it differs from a blank one or lies before one that does.
    pub fn stored(&self, index: StepIndex) -> Option<&Step> {
        self.steps.get(index.index())
    }

    /// The steps that play, including blank ones.
    pub fn playing(&self) -> impl Iterator<Item = Step> + '_ {
        (0..self.played()).map(|index| self.steps.get(index).cloned().unwrap_or_default())
    }

    /// A copy of `count` steps from `first` on, for pasting.
    pub fn copy(&self, first: StepIndex, count: usize) -> Vec<Step> {
        let range = first.index()..(first.index() + count).min(StepIndex::COUNT);
        range
            .filter_map(StepIndex::new)
            .map(|index| self.step(index))
            .collect()
    }

    pub fn set_length(&mut self, length: PatternLength) {
        self.length = length;
    }

    pub fn set_step(&mut self, index: StepIndex, step: Step) {
        if index.index() >= self.steps.len() {
            if step.is_blank() {
                return;
            }
            self.steps.resize(index.index() + 1, Step::default());
        }
        self.steps[index.index()] = step;
        self.forget_blank_end();
    }

    /// Writes steps from `first` on; what would lie past the last place is left out.
    pub fn paste(&mut self, first: StepIndex, steps: &[Step]) {
        for (index, step) in (first.index()..StepIndex::COUNT)
            .filter_map(StepIndex::new)
            .zip(steps)
        {
            self.set_step(index, step.clone());
        }
    }

    pub fn operate(&mut self, operation: Operation, harmony: &Harmony) {
        match operation {
            Operation::Rotate(shift) => self.rearrange(|steps| rotate(steps, shift)),
            Operation::Reverse => self.rearrange(|steps| steps.reverse()),
            Operation::Invert => {
                self.rearrange(|steps| steps.iter_mut().for_each(|step| step.on = !step.on))
            }
            Operation::Mirror => self.rearrange(mirror),
            Operation::Euclid { pulses, rotation } => {
                self.rearrange(|steps| euclid(steps, pulses, rotation))
            }
            Operation::Clear => self.rearrange(|steps| steps.fill(Step::default())),
            Operation::Double => self.double(),
            Operation::Transpose(degrees) => {
                self.rearrange(|steps| transpose(steps, degrees, harmony))
            }
            Operation::Randomise { seed, density } => {
                self.rearrange(|steps| randomise(steps, seed, density))
            }
            Operation::Humanise { seed, amount } => {
                self.rearrange(|steps| humanise(steps, seed, amount))
            }
        }
    }

    fn played(&self) -> usize {
        usize::from(self.length.get())
    }

    /// Changes the steps that play; those kept beyond the length stay as they are.
    fn rearrange(&mut self, change: impl FnOnce(&mut [Step])) {
        let played = self.played();
        if self.steps.len() < played {
            self.steps.resize(played, Step::default());
        }
        change(&mut self.steps[..played]);
        self.forget_blank_end();
    }

    fn double(&mut self) {
        let played = self.played();
        let doubled = PatternLength::new(i64::from(self.length.get()) * 2);
        let copies: Vec<Step> = self
            .playing()
            .take(usize::from(doubled.get()) - played)
            .collect();
        self.length = doubled;
        if let Some(second_half) = StepIndex::new(played) {
            self.paste(second_half, &copies);
        }
    }

    fn forget_blank_end(&mut self) {
        let kept = self
            .steps
            .iter()
            .rposition(|step| !step.is_blank())
            .map_or(0, |last| last + 1);
        self.steps.truncate(kept);
    }
}

fn rotate(steps: &mut [Step], shift: Shift) {
    let count = i64::try_from(steps.len()).expect("a pattern has at most 128 steps");
    let right = i64::from(shift.get()).rem_euclid(count);
    steps.rotate_right(usize::try_from(right).expect("a remainder is not negative"));
}

fn mirror(steps: &mut [Step]) {
    let count = steps.len();
    for index in 0..count / 2 {
        steps[count - 1 - index] = steps[index].clone();
    }
}

/// Spreads the pulses as evenly as whole steps allow; struck steps keep their other fields.
fn euclid(steps: &mut [Step], pulses: Pulses, rotation: Shift) {
    let count = steps.len();
    let pulses = usize::from(pulses.get()).min(count);
    for (index, step) in steps.iter_mut().enumerate() {
        step.on = (index * pulses) % count < pulses;
    }
    let struck: Vec<bool> = steps.iter().map(|step| step.on).collect();
    let signed = i64::try_from(count).expect("a pattern has at most 128 steps");
    let shift =
        usize::try_from(i64::from(rotation.get()).rem_euclid(signed)).expect("not negative");
    for (index, on) in struck.into_iter().enumerate() {
        steps[(index + shift) % count].on = on;
    }
}

fn transpose(steps: &mut [Step], degrees: Degrees, harmony: &Harmony) {
    for step in steps.iter_mut().filter(|step| step.on) {
        let moved = step.pitches.iter().map(|pitch| {
            Pitch::new(i64::from(
                harmony.transpose(i32::from(pitch.get()), i32::from(degrees.get())),
            ))
        });
        step.pitches = Pitches::new(moved);
    }
}

fn randomise(steps: &mut [Step], seed: u32, density: Percent) {
    for (index, step) in (0..).zip(steps) {
        let dice = Dice::of(seed, index);
        step.on = dice.percent(0) < density.get();
        step.velocity = Velocity::new(i64::from(70 + dice.below(1, 51)));
    }
}

fn humanise(steps: &mut [Step], seed: u32, amount: Percent) {
    let amount = i64::from(amount.get());
    for (index, step) in (0..).zip(steps).filter(|(_, step)| step.on) {
        let dice = Dice::of(seed, index);
        let velocity = dice.centred(0) * amount * 24 / 10_000;
        let nudge = dice.centred(1) * amount * 20 / 10_000;
        step.velocity = Velocity::new(i64::from(step.velocity.get()) + velocity);
        step.nudge = Nudge::new(i64::from(step.nudge.get()) + nudge);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(index: usize) -> StepIndex {
        StepIndex::new(index).expect("a place in the pattern")
    }

    fn pattern(rhythm: &str) -> Pattern {
        let steps = rhythm
            .chars()
            .map(|c| {
                if c == 'x' {
                    Step::on()
                } else {
                    Step::default()
                }
            })
            .collect();
        Pattern::new(
            PatternLength::new(i64::try_from(rhythm.len()).expect("short")),
            steps,
        )
    }

    fn rhythm(pattern: &Pattern) -> String {
        pattern
            .playing()
            .map(|step| if step.on { 'x' } else { '.' })
            .collect()
    }

    fn after(before: &str, operation: Operation) -> String {
        let mut pattern = pattern(before);
        pattern.operate(operation, &Harmony::default());
        rhythm(&pattern)
    }

    #[test]
    fn each_operation_does_what_its_name_says() {
        assert_eq!(
            after("xx......", Operation::Rotate(Shift::new(3))),
            "...xx..."
        );
        assert_eq!(
            after("xx......", Operation::Rotate(Shift::new(-1))),
            "x......x"
        );
        assert_eq!(after("xx..x", Operation::Reverse), "x..xx");
        assert_eq!(after("xx..", Operation::Invert), "..xx");
        assert_eq!(after("xx.....", Operation::Mirror), "xx...xx");
        assert_eq!(after("x.x.", Operation::Clear), "....");
        assert_eq!(after("x.xx", Operation::Double), "x.xxx.xx");
    }

    #[test]
    fn euclid_spreads_three_over_eight_as_the_tresillo() {
        let operation = |pulses, rotation| Operation::Euclid {
            pulses: Pulses::new(pulses),
            rotation: Shift::new(rotation),
        };
        assert_eq!(after("........", operation(3, 0)), "x..x..x.");
        assert_eq!(after("........", operation(3, 1)), ".x..x..x");
        assert_eq!(after("....", operation(9, 0)), "xxxx");
        assert_eq!(after("x.x.", operation(0, 0)), "....");
    }

    #[test]
    fn shrinking_and_growing_brings_every_step_back() {
        let mut shrunk = pattern("x..x..x.x..x..x.");
        shrunk.set_length(PatternLength::new(5));
        shrunk.operate(Operation::Clear, &Harmony::default());
        assert_eq!(rhythm(&shrunk), ".....");
        shrunk.set_length(PatternLength::new(16));
        assert_eq!(rhythm(&shrunk), "......x.x..x..x.");
    }

    #[test]
    fn doubling_stops_at_the_largest_pattern() {
        let mut long = Pattern::new(PatternLength::new(100), vec![Step::on(); 100]);
        long.operate(Operation::Double, &Harmony::default());
        assert_eq!(long.length().get(), 128);
        assert_eq!(long.playing().filter(|step| step.on).count(), 128);
    }

    #[test]
    fn transposing_keeps_to_the_scale_and_in_range() {
        let mut scale = pattern("xxx");
        scale.operate(Operation::Transpose(Degrees::new(2)), &Harmony::default());
        assert_eq!(scale.step(at(0)).pitches, Pitches::new([Pitch::new(4)]));
        scale.operate(Operation::Transpose(Degrees::new(48)), &Harmony::default());
        assert_eq!(scale.step(at(0)).pitches, Pitches::new([Pitch::MAX]));
    }

    #[test]
    fn chance_depends_on_the_seed_only() {
        let operation = |seed| Operation::Randomise {
            seed,
            density: Percent::new(50),
        };
        let blank = ".".repeat(64);
        assert_eq!(after(&blank, operation(1)), after(&blank, operation(1)));
        assert_ne!(after(&blank, operation(1)), after(&blank, operation(2)));
        let struck = after(&blank, operation(3)).matches('x').count();
        assert!(
            (20..=44).contains(&struck),
            "{struck} of 64 at half density"
        );
    }

    #[test]
    fn humanising_moves_steps_a_little_and_none_at_zero() {
        let mut beat = pattern("x.x.x.x.");
        let plain = beat.clone();
        beat.operate(
            Operation::Humanise {
                seed: 9,
                amount: Percent::new(0),
            },
            &Harmony::default(),
        );
        assert_eq!(beat, plain);
        beat.operate(
            Operation::Humanise {
                seed: 9,
                amount: Percent::new(100),
            },
            &Harmony::default(),
        );
        assert!(beat.playing().any(|step| step.nudge != Nudge::default()));
        assert!(beat.playing().all(|step| step.nudge.get().abs() <= 20));
        assert_eq!(rhythm(&beat), rhythm(&plain));
    }

    #[test]
    fn a_pasted_range_ends_at_the_last_place() {
        let mut beat = pattern("x...");
        beat.paste(at(126), &vec![Step::on(); 10]);
        assert_eq!(
            beat.copy(at(125), 10)
                .iter()
                .map(|step| step.on)
                .collect::<Vec<_>>(),
            [false, true, true]
        );
    }

    #[test]
    fn equal_patterns_are_stored_alike() {
        let mut touched = pattern("x...");
        touched.set_step(at(90), Step::on());
        touched.set_step(at(90), Step::default());
        assert_eq!(
            touched,
            Pattern::new(PatternLength::new(4), vec![Step::on()])
        );
    }
}
