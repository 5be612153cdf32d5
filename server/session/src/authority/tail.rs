//! The most recent edits as they were broadcast, for replicas that missed a few.

use crate::ids::Revision;
use crate::limits;
use std::{collections::VecDeque, sync::Arc};

#[derive(Clone, Debug, Default)]
pub(super) struct Tail {
    /// Consecutive revisions, oldest first.
    edits: VecDeque<(Revision, Arc<str>)>,
    bytes: usize,
}

impl Tail {
    pub(super) fn push(&mut self, revision: Revision, text: Arc<str>) {
        self.bytes += text.len();
        self.edits.push_back((revision, text));
        while self.edits.len() > limits::TAIL || self.bytes > limits::TAIL_BYTES {
            let Some((_, oldest)) = self.edits.pop_front() else {
                break;
            };
            self.bytes -= oldest.len();
        }
    }

    /// Everything after `revision` up to `last`, or nothing if some of it was forgotten.
    pub(super) fn after(&self, revision: Revision, last: Revision) -> Option<Vec<Arc<str>>> {
        if revision == last {
            return Some(Vec::new());
        }
        let oldest = self.edits.front()?.0;
        if revision.next() < oldest || revision > last {
            return None;
        }
        Some(
            self.edits
                .iter()
                .filter(|(edit, _)| *edit > revision)
                .map(|(_, text)| text.clone())
                .collect(),
        )
    }
}
