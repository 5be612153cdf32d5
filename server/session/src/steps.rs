//! Several steps at once: picked, changed alike, copied and moved. Changes become edits: few,
//! absolute, and one gesture. It must not know what hand, key or menu they came from.

mod copied;
mod sorted;

pub use copied::{Copied, corner, deleted, moved, shifted};
pub use sorted::{Cells, Changes};

use crate::document::Document;
use crate::document::clip::Clip;
use crate::document::pattern::Pattern;
use crate::document::step::Step;
use crate::document::track::Track;
use crate::edit::Edit;
use crate::ids::{SceneIndex, StepIndex, TrackId};

/// One step of one track, in the clip that a grid shows of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    pub track: TrackId,
    pub step: StepIndex,
}

/// The step at a cell of the shown clips.
pub fn step_at(document: &Document, scene_of: impl Fn(&Track) -> SceneIndex, cell: Cell) -> Step {
    let track = document.track(cell.track);
    let pattern = track.and_then(|track| track.clip(scene_of(track))?.as_pattern());
    pattern.map_or_else(Step::default, |pattern| pattern.step(cell.step))
}

/// Neighbouring steps become one edit. An empty slot gets its pattern in the same breath; slots that
/// hold a loop and tracks that are gone are left alone.
pub fn edits(
    document: &Document,
    scene_of: impl Fn(&Track) -> SceneIndex,
    changes: &Changes,
) -> Vec<Edit> {
    let mut edits = Vec::new();
    for track in &document.tracks {
        let scene = scene_of(track);
        let clip = track.clip(scene);
        if clip.is_some_and(|clip| clip.as_pattern().is_none()) {
            continue;
        }
        let before = |step| clip.and_then(|clip| Some(clip.as_pattern()?.step(step)));
        let of_track = changes
            .iter()
            .filter(|(cell, _)| cell.track == track.id)
            .filter(|(cell, value)| before(cell.step).unwrap_or_default() != *value);
        let mut runs: Vec<(StepIndex, Vec<Step>)> = Vec::new();
        for (cell, value) in of_track {
            match runs.last_mut() {
                Some((first, values)) if first.index() + values.len() == cell.step.index() => {
                    values.push(value.clone());
                }
                _ => runs.push((cell.step, vec![value.clone()])),
            }
        }
        if clip.is_none() && !runs.is_empty() {
            edits.push(Edit::Clip {
                track: track.id,
                scene,
                clip: Some(Clip::pattern(Pattern::default())),
            });
        }
        edits.extend(runs.into_iter().map(|(first, mut values)| {
            if values.len() == 1 {
                return Edit::Step {
                    track: track.id,
                    scene,
                    step: first,
                    value: values.remove(0),
                };
            }
            Edit::Steps {
                track: track.id,
                scene,
                first,
                values,
            }
        }));
    }
    edits
}

/// What differs between two steps, carried over to a third.
pub fn carried(before: &Step, after: &Step, onto: &Step) -> Step {
    let mut step = onto.clone();
    macro_rules! carry {
        ($($field:ident)+) => {
            $(if before.$field != after.$field {
                step.$field = after.$field.clone();
            })+
        };
    }
    carry!(on velocity pitches chance condition ratchet nudge tie gate);
    for (parameter, amount) in after.locks.iter() {
        if before.locks.get(parameter) != Some(amount) {
            step.locks.set(parameter, amount);
        }
    }
    for (parameter, _) in before.locks.iter() {
        if after.locks.get(parameter).is_none() {
            step.locks.clear(parameter);
        }
    }
    step
}

/// All cells between two of them, in both directions.
pub fn rectangle(document: &Document, one: Cell, other: Cell) -> Cells {
    let row = |cell: Cell| {
        let mut tracks = document.tracks.iter();
        tracks.position(|track| track.id == cell.track).unwrap_or(0)
    };
    let (top, bottom) = (row(one).min(row(other)), row(one).max(row(other)));
    let (left, right) = (one.step.min(other.step), one.step.max(other.step));
    let tracks = document.tracks.iter().take(bottom + 1).skip(top);
    let steps = || StepIndex::all();
    tracks
        .flat_map(|track| {
            let within = steps().filter(|step| (left..=right).contains(step));
            within.map(|step| Cell {
                track: track.id,
                step,
            })
        })
        .collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::document::instrument::{Amount, Parameter};
    use crate::document::step::{Chance, Velocity};
    use crate::document::track::TrackSettings;
    use crate::ids::TrackId;
    use std::sync::Arc;

    pub(crate) fn cell(track: u32, step: usize) -> Cell {
        Cell {
            track: TrackId(track),
            step: StepIndex::new(step).unwrap(),
        }
    }

    /// Track 3 holds a pattern, track 4 nothing.
    pub(crate) fn document() -> Document {
        let mut track = Track::new(TrackId(3), TrackSettings::default());
        track.clips[0] = Some(Arc::new(Clip::pattern(Pattern::default())));
        let empty = Track::new(TrackId(4), TrackSettings::default());
        Document {
            tracks: vec![Arc::new(track), Arc::new(empty)],
            ..Document::default()
        }
    }

    pub(crate) fn first(_: &Track) -> SceneIndex {
        SceneIndex::FIRST
    }

    fn loud(velocity: i64) -> Step {
        Step {
            velocity: Velocity::new(velocity),
            ..Step::on()
        }
    }

    #[test]
    fn neighbours_are_one_edit_and_what_stays_is_none() {
        let document = document();
        let changes = Changes::from([
            (cell(3, 1), loud(1)),
            (cell(3, 2), loud(2)),
            (cell(3, 3), Step::default()),
            (cell(3, 7), loud(7)),
            (cell(9, 0), loud(9)),
        ]);
        let edits = edits(&document, first, &changes);
        let [
            Edit::Steps { first, values, .. },
            Edit::Step { step, value, .. },
        ] = &edits[..]
        else {
            panic!("{edits:?}")
        };
        assert_eq!((first.index(), values.len()), (1, 2));
        assert_eq!((step.index(), value), (7, &loud(7)));
    }

    #[test]
    fn a_step_on_an_empty_slot_brings_its_pattern() {
        let changes = Changes::from([(cell(4, 0), Step::on())]);
        let edits = edits(&document(), first, &changes);
        assert!(matches!(edits[..], [Edit::Clip { .. }, Edit::Step { .. }]));
    }

    #[test]
    fn a_rectangle_is_the_same_from_either_corner() {
        let document = document();
        let cells = rectangle(&document, cell(4, 1), cell(3, 3));
        assert_eq!(cells.len(), 6);
        assert_eq!(cells, rectangle(&document, cell(3, 3), cell(4, 1)));
    }

    #[test]
    fn a_change_of_one_field_leaves_the_others_of_every_step() {
        let before = Step::on();
        let after = Step {
            chance: Chance::new(50),
            ..before.clone()
        };
        let mut onto = Step {
            velocity: Velocity::new(33),
            ..Step::default()
        };
        onto.locks.set(Parameter::Cutoff, Amount::new(1));
        let carried = carried(&before, &after, &onto);
        assert_eq!(carried.chance, Chance::new(50));
        assert_eq!(
            Step {
                chance: Chance::default(),
                ..carried
            },
            onto
        );
    }

    #[test]
    fn locks_are_carried_one_by_one() {
        let (mut before, mut after, mut onto) = (Step::on(), Step::on(), Step::on());
        before.locks.set(Parameter::Drive, Amount::new(5));
        after.locks.set(Parameter::Cutoff, Amount::new(7));
        onto.locks.set(Parameter::Drive, Amount::new(9));
        onto.locks.set(Parameter::Pan, Amount::new(2));
        let step = carried(&before, &after, &onto);
        assert_eq!(step.locks.get(Parameter::Drive), None);
        assert_eq!(step.locks.get(Parameter::Cutoff), Some(Amount::new(7)));
        assert_eq!(step.locks.get(Parameter::Pan), Some(Amount::new(2)));
    }
}
