//! The disk under a session: what was written but not synced may be lost from any byte on.
//! Knows no record's contents.

use super::dice::Dice;
use lockstep_session::authority::Restored;
use lockstep_session::ids::Revision;
use lockstep_session::journal::{Damage, Record, Snapshot};

#[derive(Debug)]
pub(super) struct Disk {
    snapshot: Vec<u8>,
    journal: Vec<u8>,
    /// The bytes of the journal that survive a crash.
    synced: usize,
    /// Where each record ends, and the revision it carries.
    ends: Vec<(usize, Revision)>,
    syncing: Option<usize>,
    /// A snapshot holds everything before this byte, which is still to be cut off.
    obsolete: usize,
}

/// A record's header: its contents begin behind it.
const HEADER: usize = 20;

impl Disk {
    pub(super) fn new(first: &Snapshot) -> Self {
        let snapshot = first.to_bytes();
        Self {
            snapshot,
            journal: Vec::new(),
            synced: 0,
            ends: Vec::new(),
            syncing: None,
            obsolete: 0,
        }
    }

    pub(super) fn restored(&self) -> Result<Restored, Damage> {
        Restored::from_bytes(&self.snapshot, &self.journal)
    }

    pub(super) fn append(&mut self, record: &Record) {
        self.journal.extend_from_slice(record.bytes());
        self.ends.push((self.journal.len(), record.revision()));
    }

    /// Begins to sync all that is written by now, unless a sync is under way or nothing is to do.
    pub(super) fn begin_sync(&mut self) -> bool {
        let needed = self.syncing.is_none() && self.synced < self.journal.len();
        if needed {
            self.syncing = Some(self.journal.len());
        }
        needed
    }

    /// The revision that is durable now.
    pub(super) fn finish_sync(&mut self) -> Option<Revision> {
        self.synced = self.synced.max(self.syncing.take()?);
        self.ends
            .iter()
            .rev()
            .find(|(end, _)| *end <= self.synced)
            .map(|(_, revision)| *revision)
    }

    /// Replaces the snapshot, whole and at once; what it holds is cut from the journal later.
    pub(super) fn write_snapshot(&mut self, snapshot: &Snapshot) {
        self.snapshot = snapshot.to_bytes();
        self.obsolete = self.journal.len();
    }

    pub(super) fn cut_obsolete(&mut self) {
        let cut = std::mem::take(&mut self.obsolete);
        self.journal.drain(..cut);
        self.synced = self.synced.saturating_sub(cut);
        self.syncing = self.syncing.map(|end| end.saturating_sub(cut));
        self.ends.retain_mut(|(end, _)| {
            let kept = *end > cut;
            *end = end.saturating_sub(cut);
            kept
        });
    }

    /// Loses what was not synced: some prefix of it stays, and its last record may be half written.
    pub(super) fn crash(&mut self, dice: &mut Dice) {
        let unsynced = self.journal.len() - self.synced;
        let mut kept = self.synced + dice.below(unsynced + 1);
        let begun: Vec<usize> = self
            .ends
            .iter()
            .map(|(end, _)| *end)
            .filter(|end| *end > self.synced)
            .collect();
        if let Some(end) = dice.pick(&begun).filter(|_| dice.percent(25)) {
            // The file grew to the record's end; its contents never arrived.
            let start = self
                .ends
                .iter()
                .map(|(end, _)| *end)
                .filter(|other| *other < end)
                .max()
                .unwrap_or(0);
            let from = (start + HEADER + dice.below(end - start - HEADER)).max(self.synced);
            self.journal[from..end].fill(dice.byte());
            kept = end;
        }
        self.journal.truncate(kept);
        self.syncing = None;
        self.obsolete = 0;
    }

    /// Takes up a journal after a crash: a torn end is cut, and what is left is synced.
    pub(super) fn recover(&mut self) -> Result<Restored, Damage> {
        let restored = self.restored()?;
        self.journal.truncate(restored.whole());
        self.synced = self.journal.len();
        self.ends = vec![(self.synced, restored.revision())];
        Ok(restored)
    }
}
