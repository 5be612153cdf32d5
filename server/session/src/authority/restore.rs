//! Bringing a session back from its snapshot and journal.

use super::tail::Tail;
use crate::document::Document;
use crate::ids::{PlayerId, Revision};
use crate::journal::{Damage, Entry, RunOutcomes, Snapshot, recover};
use crate::limits;
use crate::protocol::{Position, ServerMessage, encode};
use std::{collections::BTreeMap, sync::Arc};

/// A session as its bytes tell it.
#[derive(Clone, Debug)]
pub struct Restored {
    pub(super) document: Document,
    pub(super) revision: Revision,
    pub(super) epochs: Vec<Position>,
    pub(super) outcomes: Vec<RunOutcomes>,
    pub(super) tail: Tail,
    whole: usize,
}

impl Restored {
    pub fn fresh(document: Document) -> Self {
        Self::at(Snapshot {
            at: Position::default(),
            document,
            epochs: Vec::new(),
            outcomes: Vec::new(),
        })
    }

    fn at(snapshot: Snapshot) -> Self {
        Self {
            document: snapshot.document,
            revision: snapshot.at.revision,
            epochs: snapshot.epochs,
            outcomes: snapshot.outcomes,
            tail: Tail::default(),
            whole: 0,
        }
    }

    /// Replays a journal on a snapshot. Records the snapshot already holds are passed over, so
    /// that a crash between writing a snapshot and truncating the journal does no harm.
    pub fn from_bytes(snapshot: &[u8], journal: &[u8]) -> Result<Restored, Damage> {
        let mut restored = Self::at(Snapshot::from_bytes(snapshot)?);
        let recovered = recover(journal)?;
        restored.whole = recovered.whole;
        let mut runs: BTreeMap<_, RunOutcomes> = restored
            .outcomes
            .drain(..)
            .map(|run| ((run.player, run.run), run))
            .collect();
        for entry in recovered.entries {
            match entry {
                Entry::Epoch(begin) => {
                    if restored
                        .epochs
                        .last()
                        .is_none_or(|last| last.epoch < begin.epoch)
                    {
                        restored.epochs.push(begin);
                    }
                }
                Entry::Edit(ordered) => {
                    if ordered.revision <= restored.revision {
                        continue;
                    }
                    if ordered.revision != restored.revision.next() {
                        return Err(Damage::OutOfOrder {
                            after: restored.revision.0,
                            found: ordered.revision.0,
                        });
                    }
                    let damage = |conflict: crate::edit::Conflict| Damage::DoesNotApply {
                        revision: ordered.revision.0,
                        detail: conflict.to_string(),
                    };
                    restored
                        .document
                        .apply(&ordered.edit, ordered.by)
                        .map_err(damage)?;
                    restored.revision = ordered.revision;
                    if ordered.by != PlayerId::SERVER {
                        let (player, run) = (ordered.by, ordered.run);
                        let fresh = || RunOutcomes {
                            player,
                            run,
                            accepted: Vec::new(),
                        };
                        let outcomes = runs.entry((player, run)).or_insert_with(fresh);
                        outcomes.accepted.push((ordered.number, ordered.revision));
                    }
                    restored.tail.push(
                        ordered.revision,
                        encode(&ServerMessage::Edit(Arc::new(ordered))).into(),
                    );
                }
            }
        }
        restored.outcomes = runs.into_values().map(recent).collect();
        Ok(restored)
    }

    /// How many bytes of the journal are whole records; a torn one may follow and is to be cut.
    pub fn whole(&self) -> usize {
        self.whole
    }

    pub fn revision(&self) -> Revision {
        self.revision
    }

    pub fn document(&self) -> &Document {
        &self.document
    }
}

fn recent(mut run: RunOutcomes) -> RunOutcomes {
    let excess = run.accepted.len().saturating_sub(limits::OUTCOMES);
    run.accepted.drain(..excess);
    run
}
