//! What the embedded store's tables hold, and what each job changes in them. It knows nothing of
//! who may write or when a transaction ends.

use super::samples::{self, SAMPLES};
use super::sweep::{Keep, Meta};
use super::whole::{Archived, TakenBack};
use super::{Place, SessionKey, StoreError};
use crate::link::LinkKey;
use lockstep_session::{ids::Epoch, protocol::Role, units::ServerTime};
use redb::{
    ReadableDatabase, ReadableTable, StorageError, Table, TableDefinition, TableError,
    WriteTransaction,
};
use std::collections::BTreeMap;

/// Links by their hash: which session, and whether they only listen.
pub(super) const LINKS: TableDefinition<'_, &[u8; 32], (u64, bool)> = TableDefinition::new("links");
/// The last epoch of each session that was handed out.
pub(super) const EPOCHS: TableDefinition<'_, u64, u32> = TableDefinition::new("epochs");
/// The place of the first record that a snapshot does not include, and the snapshot.
pub(super) const SNAPSHOTS: TableDefinition<'_, u64, (u64, &[u8])> =
    TableDefinition::new("snapshots");
/// Records by session and place.
pub(super) const RECORDS: TableDefinition<'_, (u64, u64), &[u8]> = TableDefinition::new("records");
/// When each session was created and last changed, in microseconds, and whether it was ever edited.
pub(super) const METAS: TableDefinition<'_, u64, (i64, i64, bool)> = TableDefinition::new("metas");
/// Single numbers by name.
pub(super) const NUMBERS: TableDefinition<'_, &str, u64> = TableDefinition::new("numbers");

/// The form of everything in the file. A file without the number is of the time before it.
const FORMAT: u64 = 2;
const FORMAT_NAME: &str = "format";
/// The key of the last session that was created. None is used twice, even if its session is gone.
const LAST_SESSION: &str = "last-session";

/// What the form of a file's contents means for this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Ours,
    /// Nothing is in it, or it is of an earlier program.
    Earlier,
    Later(u64),
}

pub(super) fn form(database: &impl ReadableDatabase) -> Result<Form, redb::Error> {
    let transaction = database.begin_read()?;
    let numbers = match transaction.open_table(NUMBERS) {
        Err(TableError::TableDoesNotExist(_)) => return Ok(Form::Earlier),
        numbers => numbers?,
    };
    let form = numbers.get(FORMAT_NAME)?.map(|entry| entry.value());
    Ok(match form {
        Some(FORMAT) => Form::Ours,
        Some(later) if later > FORMAT => Form::Later(later),
        _ => Form::Earlier,
    })
}

pub(super) struct Tables<'t> {
    links: Table<'t, &'static [u8; 32], (u64, bool)>,
    epochs: Table<'t, u64, u32>,
    snapshots: Table<'t, u64, (u64, &'static [u8])>,
    records: Table<'t, (u64, u64), &'static [u8]>,
    metas: Table<'t, u64, (i64, i64, bool)>,
    numbers: Table<'t, &'static str, u64>,
    samples: Table<'t, &'static [u8; 32], samples::Row>,
    changed: bool,
}

/// Why a job was not done.
pub(super) enum Fault {
    /// It asks for what may not be; the others go on.
    Refused(StoreError),
    /// The disk failed it; so has the transaction.
    Broken(redb::Error),
}

impl From<StorageError> for Fault {
    fn from(error: StorageError) -> Self {
        Fault::Broken(error.into())
    }
}

impl<'t> Tables<'t> {
    pub(super) fn open(transaction: &'t WriteTransaction) -> Result<Self, TableError> {
        Ok(Self {
            links: transaction.open_table(LINKS)?,
            epochs: transaction.open_table(EPOCHS)?,
            snapshots: transaction.open_table(SNAPSHOTS)?,
            records: transaction.open_table(RECORDS)?,
            metas: transaction.open_table(METAS)?,
            numbers: transaction.open_table(NUMBERS)?,
            samples: transaction.open_table(SAMPLES)?,
            changed: false,
        })
    }

    /// Makes a file of an earlier program one of ours. When its sessions were changed is not known,
    /// so they count as changed now.
    pub(super) fn take_over(&mut self, now: ServerTime) -> Result<(), StorageError> {
        let now = now.as_micros();
        for entry in self.epochs.iter()? {
            let session = entry?.0.value();
            if self.metas.get(session)?.is_none() {
                self.metas.insert(session, (now, now, true))?;
            }
        }
        self.numbers.insert(FORMAT_NAME, FORMAT)?;
        Ok(())
    }

    /// Whether there is anything that has to reach the disk.
    pub(super) fn have_changed(&self) -> bool {
        self.changed
    }

    /// The last epoch that was handed out.
    pub(super) fn epoch(&self, session: SessionKey) -> Result<Epoch, Fault> {
        let last = self.epochs.get(session.0)?.map(|entry| entry.value());
        last.map(Epoch).ok_or(Fault::Refused(StoreError::Unknown))
    }

    pub(super) fn next_place(&self, session: SessionKey) -> Result<Place, Fault> {
        let mut records = self.records.range((session.0, 0)..=(session.0, u64::MAX))?;
        if let Some(last) = records.next_back().transpose()? {
            return Ok(Place(last.0.value().1).after(1));
        }
        let snapshot = self
            .snapshots
            .get(session.0)?
            .ok_or(Fault::Refused(StoreError::Unknown))?;
        Ok(Place(snapshot.value().0))
    }

    pub(super) fn create(
        &mut self,
        links: &[(LinkKey, Role)],
        snapshot: &[u8],
        now: ServerTime,
    ) -> Result<SessionKey, Fault> {
        // Eighty random bits never meet by chance; if they do, nobody's session may be lost to it.
        for (link, _) in links {
            if self.links.get(&link.0)?.is_some() {
                return Err(Fault::Refused(StoreError::LinkTaken));
            }
        }
        self.changed = true;
        let session = self.next_session()?;
        for (link, role) in links {
            self.links
                .insert(&link.0, (session, *role == Role::Listener))?;
        }
        self.epochs.insert(session, 0)?;
        self.snapshots.insert(session, (Place::FIRST.0, snapshot))?;
        let now = now.as_micros();
        self.metas.insert(session, (now, now, false))?;
        Ok(SessionKey(session))
    }

    pub(super) fn change_samples(&mut self, change: samples::Change) -> Result<bool, Fault> {
        self.changed = true;
        Ok(change.make(&mut self.samples)?)
    }

    fn next_session(&mut self) -> Result<u64, StorageError> {
        let counted = self.numbers.get(LAST_SESSION)?.map(|entry| entry.value());
        let last = self.epochs.last()?.map(|(last, _)| last.value());
        let session = counted.max(last).unwrap_or(0) + 1;
        self.numbers.insert(LAST_SESSION, session)?;
        Ok(session)
    }

    /// Begins a new epoch.
    pub(super) fn next_epoch(&mut self, session: SessionKey) -> Result<Epoch, Fault> {
        let next = Epoch(self.epoch(session)?.0 + 1);
        self.changed = true;
        self.epochs.insert(session.0, next.0)?;
        Ok(next)
    }

    pub(super) fn append(
        &mut self,
        session: SessionKey,
        first: Place,
        records: &[Vec<u8>],
    ) -> Result<(), Fault> {
        self.changed |= !records.is_empty();
        for (place, record) in (first.0..).zip(records) {
            self.records.insert((session.0, place), record.as_slice())?;
        }
        Ok(())
    }

    /// Replaces the records before `next`.
    pub(super) fn snapshot(
        &mut self,
        session: SessionKey,
        next: Place,
        snapshot: &[u8],
    ) -> Result<(), Fault> {
        self.changed = true;
        self.snapshots.insert(session.0, (next.0, snapshot))?;
        self.records
            .retain_in((session.0, 0)..(session.0, next.0), |_, _| false)?;
        Ok(())
    }

    /// Keeps a whole session, unless it is there: then it stays, or gives way to a later epoch.
    pub(super) fn take_back(
        &mut self,
        session: &Archived,
        replace: bool,
    ) -> Result<TakenBack, Fault> {
        let mut there = None;
        for (link, _) in &session.links {
            let target = self.links.get(&link.0)?.map(|entry| entry.value().0);
            if there.is_some() && target.is_some() && there != target {
                // Its links lead to different sessions by now; neither can be meant.
                return Ok(TakenBack::Kept);
            }
            there = there.or(target);
        }
        if there.is_some() && !replace {
            return Ok(TakenBack::Kept);
        }
        self.changed = true;
        let (key, epoch) = match there {
            None => (self.next_session()?, session.epoch.0),
            Some(key) => {
                let last = self.epoch(SessionKey(key))?.max(session.epoch);
                self.records
                    .retain_in((key, 0)..=(key, u64::MAX), |_, _| false)?;
                (key, last.0 + 1)
            }
        };
        for (link, role) in &session.links {
            self.links.insert(&link.0, (key, *role == Role::Listener))?;
        }
        self.epochs.insert(key, epoch)?;
        let snapshot = session.snapshot.as_slice();
        self.snapshots.insert(key, (Place::FIRST.0, snapshot))?;
        self.append(SessionKey(key), Place::FIRST, &session.records)?;
        self.metas.insert(key, session.meta.row())?;
        Ok(match there {
            None => TakenBack::Added,
            Some(key) => TakenBack::Replaced(SessionKey(key)),
        })
    }

    /// Removes what was due at the time, unless it has been changed since.
    pub(super) fn remove(
        &mut self,
        session: SessionKey,
        links: &[LinkKey],
        keep: Keep,
        now: ServerTime,
    ) -> Result<bool, Fault> {
        let meta = self
            .metas
            .get(session.0)?
            .map(|entry| Meta::of(entry.value()));
        if !meta.is_some_and(|meta| keep.is_due(meta, now)) {
            return Ok(false);
        }
        self.changed = true;
        for link in links {
            self.links.remove(&link.0)?;
        }
        self.metas.remove(session.0)?;
        self.epochs.remove(session.0)?;
        self.snapshots.remove(session.0)?;
        self.records
            .retain_in((session.0, 0)..=(session.0, u64::MAX), |_, _| false)?;
        Ok(true)
    }

    /// Notes the last edits of sessions.
    pub(super) fn touch(
        &mut self,
        touched: &BTreeMap<SessionKey, ServerTime>,
    ) -> Result<(), StorageError> {
        for (session, now) in touched {
            let meta = self.metas.get(session.0)?.map(|entry| entry.value());
            if let Some((created, _, _)) = meta {
                self.metas
                    .insert(session.0, (created, now.as_micros(), true))?;
            }
        }
        Ok(())
    }
}
