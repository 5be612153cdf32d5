//! Changes of steps, made into edits: few, absolute, and one gesture. It must not know what hand or
//! menu the changes came from.

use super::selection::Cell;
use lockstep_session::document::Document;
use lockstep_session::document::clip::Clip;
use lockstep_session::document::pattern::Pattern;
use lockstep_session::document::step::Step;
use lockstep_session::document::track::Track;
use lockstep_session::edit::Edit;
use lockstep_session::ids::{SceneIndex, StepIndex};
use std::collections::BTreeMap;

/// What steps are to become.
pub(super) type Changes = BTreeMap<Cell, Step>;

/// The step at a cell of the shown clips.
pub(super) fn step_at(
    document: &Document,
    scene_of: impl Fn(&Track) -> SceneIndex,
    cell: Cell,
) -> Step {
    let track = document.track(cell.track);
    let pattern = track.and_then(|track| track.clip(scene_of(track))?.as_pattern());
    pattern.map_or_else(Step::default, |pattern| pattern.step(cell.step))
}

/// Neighbouring steps become one edit. An empty slot gets its pattern in the same breath; slots that
/// hold a loop and tracks that are gone are left alone.
pub(super) fn edits(
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
            .filter(|(cell, value)| before(cell.step).unwrap_or_default() != **value);
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

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use lockstep_session::document::step::Velocity;
    use lockstep_session::document::track::TrackSettings;
    use lockstep_session::ids::TrackId;
    use std::sync::Arc;

    pub(in crate::editor) fn cell(track: u32, step: usize) -> Cell {
        Cell {
            track: TrackId(track),
            step: StepIndex::new(step).unwrap(),
        }
    }

    /// Track 3 holds a pattern, track 4 nothing.
    pub(in crate::editor) fn document() -> Document {
        let mut track = Track::new(TrackId(3), TrackSettings::default());
        track.clips[0] = Some(Arc::new(Clip::pattern(Pattern::default())));
        let empty = Track::new(TrackId(4), TrackSettings::default());
        Document {
            tracks: vec![Arc::new(track), Arc::new(empty)],
            ..Document::default()
        }
    }

    pub(in crate::editor) fn first(_: &Track) -> SceneIndex {
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
}
