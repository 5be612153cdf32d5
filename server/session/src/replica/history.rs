//! One player's undo and redo: what their edits changed, and what it was before.

use crate::document::Document;
use crate::edit::{Edit, Region};
use crate::ids::EditNumber;
use crate::limits;
use crate::protocol::encode;

#[derive(Debug, Default)]
pub(super) struct History {
    undo: Vec<Step>,
    redo: Vec<Step>,
}

/// What a player could do about what they have done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    pub undo: bool,
    pub redo: bool,
}

/// One gesture: to be taken back, or made again, as far as others left it alone.
#[derive(Clone, Debug)]
pub(super) struct Step {
    number: EditNumber,
    changes: Vec<Change>,
}

#[derive(Clone, Debug)]
struct Change {
    region: Region,
    before: Option<Edit>,
    after: Option<Edit>,
}

impl History {
    pub(super) fn record(
        &mut self,
        number: EditNumber,
        regions: Vec<Region>,
        before: Vec<Option<Edit>>,
        after: Vec<Option<Edit>>,
    ) {
        let all = regions.into_iter().zip(before).zip(after);
        let changes = all.map(|((region, before), after)| Change {
            region,
            before,
            after,
        });
        let changes: Vec<Change> = changes
            .filter(|change| change.before != change.after)
            .collect();
        if !changes.is_empty() {
            self.put_undo(Step { number, changes });
            self.redo.clear();
        }
    }

    /// Another part of the gesture that the last step is: the whole of it is taken back at once.
    /// `shown` is the document after it.
    pub(super) fn extend(
        &mut self,
        number: EditNumber,
        regions: Vec<Region>,
        before: Vec<Option<Edit>>,
        after: Vec<Option<Edit>>,
        shown: &Document,
    ) {
        let step = self.undo.last_mut().filter(|_| self.redo.is_empty());
        let Some(step) = step else {
            self.record(number, regions, before, after);
            return;
        };
        let all = regions.into_iter().zip(before).zip(after);
        for ((region, before), after) in all.filter(|((_, before), after)| before != after) {
            let is_same =
                |change: &&mut Change| after.is_some() && change.region.capture(shown) == after;
            match step.changes.iter_mut().find(is_same) {
                Some(change) => change.after = after,
                None => step.changes.push(Change {
                    region,
                    before,
                    after,
                }),
            }
        }
        step.number = number;
    }

    /// The edit was refused: there is nothing to take back.
    pub(super) fn forget(&mut self, number: EditNumber) {
        self.undo.retain(|step| step.number != number);
        self.redo.retain(|step| step.number != number);
    }

    /// Whether there is anything to take back, and anything to make again.
    pub(super) fn reach(&self) -> Reach {
        Reach {
            undo: !self.undo.is_empty(),
            redo: !self.redo.is_empty(),
        }
    }

    pub(super) fn take_undo(&mut self) -> Option<Step> {
        self.undo.pop()
    }

    pub(super) fn take_redo(&mut self) -> Option<Step> {
        self.redo.pop()
    }

    pub(super) fn put_undo(&mut self, step: Step) {
        put(&mut self.undo, step);
    }

    pub(super) fn put_redo(&mut self, step: Step) {
        put(&mut self.redo, step);
    }
}

fn put(steps: &mut Vec<Step>, step: Step) {
    if steps.len() == limits::UNDO {
        steps.remove(0);
    }
    steps.push(step);
}

impl Step {
    pub(super) fn numbered(self, number: EditNumber) -> Step {
        Step { number, ..self }
    }

    pub(super) fn reversed(&self) -> Step {
        let reversed = |change: &Change| Change {
            region: change.region.clone(),
            before: change.after.clone(),
            after: change.before.clone(),
        };
        Step {
            number: self.number,
            changes: self.changes.iter().map(reversed).collect(),
        }
    }

    /// The edits that bring back what was before, leaving alone what someone else changed since.
    pub(super) fn restoring(&self, document: &Document) -> Vec<Edit> {
        let untouched = |change: &&Change| is_same(&change.region.capture(document), &change.after);
        let kept: Vec<&Change> = self.changes.iter().filter(untouched).collect();
        // A track is only taken away again if nobody has put anything on it.
        let removes = kept
            .iter()
            .any(|change| matches!(change.before, Some(Edit::RemoveTrack { .. })));
        if removes && kept.len() < self.changes.len() {
            return Vec::new();
        }
        gestures(kept.into_iter().filter_map(|change| change.before.clone()))
    }
}

/// Whether a region still is what an edit left. Where its track stands among the others does not
/// matter: someone else may have added one.
fn is_same(found: &Option<Edit>, left: &Option<Edit>) -> bool {
    match (found, left) {
        (
            Some(Edit::AddTrack {
                track, settings, ..
            }),
            Some(Edit::AddTrack {
                track: track_left,
                settings: settings_left,
                ..
            }),
        ) => track == track_left && settings == settings_left,
        _ => found == left,
    }
}

/// Packs edits into as few gestures as messages allow.
fn gestures(edits: impl Iterator<Item = Edit>) -> Vec<Edit> {
    const ROOM: usize = limits::CLIENT_MESSAGE / 4 * 3;
    let mut packed: Vec<(usize, Vec<Edit>)> = Vec::new();
    for edit in edits {
        let size = encode(&edit).len() + 1;
        match packed.last_mut() {
            Some((used, gesture))
                if *used + size <= ROOM && gesture.len() < Edit::MOST_IN_A_GESTURE =>
            {
                *used += size;
                gesture.push(edit);
            }
            _ => packed.push((size, vec![edit])),
        }
    }
    let one_or_many = |mut gesture: Vec<Edit>| {
        if gesture.len() == 1 {
            gesture.remove(0)
        } else {
            Edit::Gesture(gesture)
        }
    };
    packed
        .into_iter()
        .map(|(_, gesture)| one_or_many(gesture))
        .collect()
}
