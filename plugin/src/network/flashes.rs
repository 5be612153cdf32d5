//! Which steps somebody else has just changed, to be lit in their colour for a moment.

use crate::view::Flash;
use lockstep_session::document::mixer::Colour;
use lockstep_session::edit::Edit;
use lockstep_session::ids::{PlayerId, SceneIndex, StepIndex, TrackId};
use lockstep_session::replica::Replica;
use lockstep_session::units::{LocalTime, Span};

const LASTS: Span = Span::from_seconds(1);
/// More than this at once is no longer seen one by one.
const MOST: usize = 1024;

#[derive(Debug, Default)]
pub(super) struct Flashes {
    seen: Vec<Flash>,
}

impl Flashes {
    /// What an edit changed, unless we made it.
    pub(super) fn see(&mut self, replica: &Replica, by: PlayerId, edit: &Edit, now: LocalTime) {
        if by == replica.player() {
            return;
        }
        let mut players = replica.players();
        let Some(player) = players.find(|player| player.id == by) else {
            return;
        };
        self.light(player.profile.colour, edit, now);
        let too_many = self.seen.len().saturating_sub(MOST);
        self.seen.drain(..too_many);
    }

    pub(super) fn lit(&self) -> &[Flash] {
        &self.seen
    }

    /// When the first of them is over.
    pub(super) fn deadline(&self) -> Option<LocalTime> {
        self.seen.first().map(|flash| flash.at + LASTS)
    }

    /// Takes away what is over; whether there was any.
    pub(super) fn fade(&mut self, now: LocalTime) -> bool {
        let before = self.seen.len();
        self.seen.retain(|flash| now < flash.at + LASTS);
        self.seen.len() != before
    }

    fn light(&mut self, colour: Colour, edit: &Edit, at: LocalTime) {
        let flash = |track: TrackId, scene: SceneIndex, step: StepIndex| Flash {
            track,
            scene,
            step,
            colour,
            at,
        };
        match edit {
            Edit::Step {
                track, scene, step, ..
            } => self.seen.push(flash(*track, *scene, *step)),
            Edit::Steps {
                track,
                scene,
                first,
                values,
            } => {
                let steps = StepIndex::all().skip(first.index()).take(values.len());
                self.seen
                    .extend(steps.map(|step| flash(*track, *scene, step)));
            }
            Edit::Gesture(edits) => {
                for edit in edits {
                    self.light(colour, edit, at);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_session::document::step::Step;

    #[test]
    fn every_step_of_a_gesture_lights_and_fades_after_a_second() {
        let (track, scene) = (TrackId(7), SceneIndex::FIRST);
        let step = |index| StepIndex::new(index).unwrap();
        let edit = Edit::Gesture(vec![
            Edit::Step {
                track,
                scene,
                step: step(3),
                value: Step::on(),
            },
            Edit::Steps {
                track,
                scene,
                first: step(126),
                values: vec![Step::on(); 8],
            },
            Edit::TakeLead,
        ]);
        let mut flashes = Flashes::default();
        let at = |millis: i64| LocalTime::from_micros(millis * 1000);
        flashes.light(Colour::new(4), &edit, at(500));
        let lit: Vec<usize> = flashes
            .lit()
            .iter()
            .map(|flash| flash.step.index())
            .collect();
        assert_eq!(lit, [3, 126, 127]);
        assert_eq!(flashes.deadline(), Some(at(1_500)));
        assert!(!flashes.fade(at(1_499)) && flashes.fade(at(1_500)));
        assert!(flashes.lit().is_empty());
    }
}
