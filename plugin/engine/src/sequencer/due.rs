//! A step that may fall due: whether it sounds, how late it is and how far it reaches.

use super::beats;
use crate::playhead::{Entry, Window};
use crate::score::{Condition, Score, ScoreStep, ScoreTrack};
use lockstep_session::chance::Chance;
use lockstep_session::document::track::StepLength;
use lockstep_session::ids::SceneIndex;

const CHANCE_THROW: u32 = 0;

/// A step of a clip and when it falls due.
pub(super) struct Due<'a> {
    /// When what plays began, in running micro-beats.
    pub(super) turn: i64,
    /// Where in the song something else plays.
    pub(super) end: f64,
    pub(super) scene: SceneIndex,
    pub(super) steps: &'a [ScoreStep],
    pub(super) step_length: StepLength,
    /// Counted from the clip's beginning.
    pub(super) number: i64,
    /// On the grid.
    pub(super) beat: f64,
    /// The same in running micro-beats, to decide by.
    pub(super) running: i64,
    /// How late it is, in beats; early where negative.
    pub(super) late: f64,
    pub(super) span: f64,
}

/// How far a step and those it is tied to reach, in beats from its place on the grid.
pub(super) struct Chain {
    pub(super) until: f64,
    pub(super) is_tied: bool,
}

impl Due<'_> {
    fn index(&self, number: i64) -> usize {
        let length = i64::try_from(self.steps.len()).unwrap_or(1).max(1);
        usize::try_from(number.rem_euclid(length)).unwrap_or(0)
    }

    pub(super) fn step(&self) -> Option<&ScoreStep> {
        self.steps.get(self.index(self.number))
    }

    pub(super) fn is_decided_in(&self, window: &Window) -> bool {
        let moment = self.beat + self.late.min(0.0);
        let is_in_time = moment > window.after || window.entry != Entry::Onward;
        is_in_time && moment <= window.until
    }

    /// The dice of this step at this beat: the same whenever the beat is passed.
    pub(super) fn dice(&self, track: &ScoreTrack) -> Chance {
        let cell = self.scene.index() * self.steps.len().max(128) + self.index(self.number);
        let cell = u32::try_from(cell).unwrap_or(0);
        let beat = self.running.div_euclid(1000).rem_euclid(1 << 32);
        let beat = u32::try_from(beat).unwrap_or(0);
        Chance::of(track.launches.seed() ^ cell.rotate_left(20), beat)
    }

    pub(super) fn sounds(&self, step: &ScoreStep, track: &ScoreTrack, score: &Score) -> bool {
        let length = i64::try_from(self.steps.len()).unwrap_or(1).max(1);
        let pass = self.number.div_euclid(length);
        let fits = match step.condition() {
            Condition::Always => true,
            Condition::Every { turn, of } => pass.rem_euclid(of) == turn - 1,
            Condition::First => pass == 0,
            Condition::Fill => score.fill != 0,
        };
        fits && (step.chance() >= 100 || self.dice(track).percent(CHANCE_THROW) < step.chance())
    }

    /// Whether the step before it is held into it.
    pub(super) fn is_tied_into(&self) -> bool {
        let before = self.steps.get(self.index(self.number - 1));
        before.is_some_and(ScoreStep::is_tied)
    }

    pub(super) fn chain(&self, track: &ScoreTrack) -> Chain {
        let start = self.step_length.start_of(self.number).as_micros();
        let mut last = self.number;
        let tied = |number| {
            self.steps
                .get(self.index(number))
                .is_some_and(ScoreStep::is_tied)
        };
        while tied(last) && last - self.number < 128 {
            last += 1;
        }
        let begins = beats(self.step_length.start_of(last).as_micros() - start);
        let ends = beats(self.step_length.start_of(last + 1).as_micros() - start);
        let span = ends - begins;
        // Held until the last of them is struck, late as that may be, and for its gate.
        let (late, gate) = match self.steps.get(self.index(last)) {
            Some(step) if step.is_on() => (lateness(track, self.steps, last, span), step.gate()),
            _ => (0.0, 1.0),
        };
        Chain {
            until: begins + late + span * gate,
            is_tied: last > self.number,
        }
    }
}

/// By how many beats a step is late, of swing and nudge.
pub(super) fn lateness(track: &ScoreTrack, steps: &[ScoreStep], number: i64, span: f64) -> f64 {
    let length = i64::try_from(steps.len()).unwrap_or(1).max(1);
    let index = usize::try_from(number.rem_euclid(length)).unwrap_or(0);
    let nudge = steps.get(index).map_or(0.0, ScoreStep::nudge);
    let is_off_beat = number.rem_euclid(2) == 1;
    let swing = if is_off_beat && track.swing > 0.0 {
        f64::from(track.swing.min(0.5))
    } else {
        0.0
    };
    (nudge + swing) * span
}
