//! Keeps a hand that drags from sending an edit for every point it passes: of edits that set the same
//! thing one goes out every thirtieth of a second, and the last always does.

use crate::network::Command;
use lockstep_session::document::track::TrackSetting;
use lockstep_session::edit::{ClipSetting, Edit, SceneSetting, SessionSetting};
use lockstep_session::units::{LocalTime, Span};
use std::mem::discriminant;

/// How long one edit waits for the next.
const EVERY: Span = Span::from_millis(33);

/// The edit that waits, and when the last one went.
#[derive(Debug, Default)]
pub(super) struct Pace {
    waiting: Option<Asked>,
    sent: Option<(Edit, LocalTime)>,
}

/// An edit, and whether it goes on with the gesture of the one before it.
#[derive(Debug)]
struct Asked {
    edit: Edit,
    goes_on: bool,
}

impl Asked {
    fn command(self) -> Command {
        if self.goes_on {
            Command::Further(self.edit)
        } else {
            Command::Edit(self.edit)
        }
    }
}

impl Pace {
    /// What is to be sent now of what the editor asked for, in its order.
    pub(super) fn pass(
        &mut self,
        asked: Vec<Command>,
        is_held: bool,
        now: LocalTime,
    ) -> Vec<Command> {
        let mut passed = Vec::new();
        for command in asked {
            let (edit, goes_on) = match command {
                Command::Edit(edit) => (edit, false),
                Command::Further(edit) => (edit, true),
                // Whatever else is asked for comes after what waits.
                other => {
                    self.flush(&mut passed);
                    passed.push(other);
                    continue;
                }
            };
            let asked = Asked { edit, goes_on };
            if is_held && repeats(&asked.edit) {
                self.hold(asked, now, &mut passed);
            } else {
                self.flush(&mut passed);
                passed.push(asked.command());
            }
        }
        let is_due = self.sent.as_ref().is_none_or(|(_, at)| now - *at >= EVERY);
        if !is_held || is_due {
            if let Some(waiting) = &self.waiting {
                self.sent = Some((waiting.edit.clone(), now));
            }
            self.flush(&mut passed);
        }
        if !is_held {
            self.sent = None;
        }
        passed
    }

    /// Whether something waits, so that another frame must come.
    pub(super) fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    fn hold(&mut self, asked: Asked, now: LocalTime, passed: &mut Vec<Command>) {
        let replaces = |waiting: &Asked| same_place(&waiting.edit, &asked.edit);
        // The first edit of a gesture stays its first, whatever it came to set.
        let goes_on = match &self.waiting {
            Some(waiting) if replaces(waiting) => waiting.goes_on,
            _ => asked.goes_on,
        };
        if !self.waiting.as_ref().is_some_and(replaces) {
            self.flush(passed);
        }
        let is_early = self
            .sent
            .as_ref()
            .is_some_and(|(sent, at)| same_place(sent, &asked.edit) && now - *at < EVERY);
        let asked = Asked { goes_on, ..asked };
        if is_early {
            self.waiting = Some(asked);
        } else {
            self.waiting = None;
            self.sent = Some((asked.edit.clone(), now));
            passed.push(asked.command());
        }
    }

    fn flush(&mut self, passed: &mut Vec<Command>) {
        passed.extend(self.waiting.take().map(Asked::command));
    }
}

/// Edits of which the next makes the one before it needless.
fn repeats(edit: &Edit) -> bool {
    matches!(
        edit,
        Edit::Session(_)
            | Edit::Effect(_)
            | Edit::Scene { .. }
            | Edit::Track { .. }
            | Edit::ClipSetting { .. }
            | Edit::Step { .. }
            | Edit::Tempo { .. }
    )
}

/// Whether both set the same thing, so that the later one is all that matters.
fn same_place(one: &Edit, other: &Edit) -> bool {
    match (one, other) {
        (Edit::Session(one), Edit::Session(other)) => {
            discriminant::<SessionSetting>(one) == discriminant(other)
        }
        (Edit::Effect(one), Edit::Effect(other)) => discriminant(one) == discriminant(other),
        (
            Edit::Scene { scene, setting },
            Edit::Scene {
                scene: other_scene,
                setting: other,
            },
        ) => scene == other_scene && discriminant::<SceneSetting>(setting) == discriminant(other),
        (
            Edit::Track { track, setting },
            Edit::Track {
                track: other_track,
                setting: other,
            },
        ) => track == other_track && same_setting(setting, other),
        (
            Edit::ClipSetting {
                track,
                scene,
                setting,
            },
            Edit::ClipSetting {
                track: other_track,
                scene: other_scene,
                setting: other,
            },
        ) => {
            (track, scene) == (other_track, other_scene)
                && discriminant::<ClipSetting>(setting) == discriminant(other)
        }
        (
            Edit::Step {
                track, scene, step, ..
            },
            Edit::Step {
                track: other_track,
                scene: other_scene,
                step: other,
                ..
            },
        ) => (track, scene, step) == (other_track, other_scene, other),
        (Edit::Tempo { .. }, Edit::Tempo { .. }) => true,
        _ => false,
    }
}

fn same_setting(one: &TrackSetting, other: &TrackSetting) -> bool {
    match (one, other) {
        (
            TrackSetting::Parameter { parameter, .. },
            TrackSetting::Parameter {
                parameter: other, ..
            },
        ) => parameter == other,
        (one, other) => discriminant(one) == discriminant(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_session::document::mixer::{Level, Pan};
    use lockstep_session::ids::TrackId;

    fn level(track: u32, tenths: i64) -> Edit {
        Edit::Track {
            track: TrackId(track),
            setting: TrackSetting::Level(Level::new(tenths)),
        }
    }

    fn at(millis: i64) -> LocalTime {
        LocalTime::from_micros(millis * 1_000)
    }

    fn pass(pace: &mut Pace, edits: &[Edit], is_held: bool, millis: i64) -> Vec<Edit> {
        let asked = edits.iter().cloned().map(Command::Edit).collect();
        let passed = pace.pass(asked, is_held, at(millis));
        passed
            .into_iter()
            .map(|command| match command {
                Command::Edit(edit) => edit,
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn a_drag_sends_its_first_value_at_once_thirty_a_second_and_always_its_last() {
        let mut pace = Pace::default();
        let mut sent = Vec::new();
        for frame in 0..60 {
            sent.extend(pass(&mut pace, &[level(1, -frame)], true, frame * 10));
        }
        assert_eq!(sent[0], level(1, 0));
        assert!((15..=19).contains(&sent.len()), "{} in 0.6 s", sent.len());
        sent.extend(pass(&mut pace, &[], false, 600));
        assert_eq!(sent.last(), Some(&level(1, -59)));
        assert!(!pace.is_waiting());
    }

    #[test]
    fn a_value_that_rests_under_a_still_hand_is_sent_when_its_time_comes() {
        let mut pace = Pace::default();
        assert_eq!(pass(&mut pace, &[level(1, 1)], true, 0).len(), 1);
        assert!(pass(&mut pace, &[level(1, 2)], true, 10).is_empty());
        assert!(pace.is_waiting());
        assert_eq!(pass(&mut pace, &[], true, 40), [level(1, 2)]);
        assert!(pass(&mut pace, &[], true, 80).is_empty());
    }

    #[test]
    fn another_thing_does_not_overtake_what_waits() {
        let pan = Edit::Track {
            track: TrackId(1),
            setting: TrackSetting::Pan(Pan::new(5)),
        };
        let mut pace = Pace::default();
        pass(&mut pace, &[level(1, 1)], true, 0);
        pass(&mut pace, &[level(1, 2)], true, 5);
        assert_eq!(
            pass(&mut pace, std::slice::from_ref(&pan), true, 8),
            [level(1, 2), pan]
        );
        pass(&mut pace, &[level(2, 3)], true, 9);
        pass(&mut pace, &[level(2, 4)], true, 10);
        let passed = pace.pass(vec![Command::Undo], true, at(11));
        assert!(matches!(
            &passed[..],
            [Command::Edit(waited), Command::Undo] if *waited == level(2, 4)
        ));
    }

    #[test]
    fn a_gesture_begins_once_and_goes_on_whichever_of_its_edits_are_left_out() {
        let mut pace = Pace::default();
        let first = pace.pass(vec![Command::Edit(level(1, 0))], true, at(0));
        assert!(matches!(first[..], [Command::Edit(_)]));
        for millis in 1..10 {
            let further = Command::Further(level(1, millis));
            assert!(pace.pass(vec![further], true, at(millis)).is_empty());
        }
        let last = pace.pass(Vec::new(), false, at(11));
        assert!(matches!(&last[..], [Command::Further(edit)] if *edit == level(1, 9)));
        pace.pass(vec![Command::Edit(level(2, 0))], true, at(12));
        pace.pass(vec![Command::Edit(level(2, 1))], true, at(13));
        pace.pass(vec![Command::Further(level(2, 2))], true, at(14));
        let last = pace.pass(Vec::new(), false, at(15));
        assert!(matches!(&last[..], [Command::Edit(edit)] if *edit == level(2, 2)));
    }

    #[test]
    fn a_click_is_never_held_back() {
        let mut pace = Pace::default();
        for millis in 0..5 {
            let edit = level(1, millis);
            assert_eq!(
                pass(&mut pace, std::slice::from_ref(&edit), false, millis),
                [edit]
            );
        }
    }
}
