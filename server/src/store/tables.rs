//! What the embedded store's tables hold, and what each job changes in them. It knows nothing of
//! who may write or when a transaction ends.

use super::{Place, SessionKey, StoreError};
use crate::link::LinkKey;
use lockstep_session::{ids::Epoch, protocol::Role, units::ServerTime};
use redb::{ReadableTable, StorageError, Table, TableDefinition, TableError, WriteTransaction};

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

pub(super) struct Tables<'t> {
    links: Table<'t, &'static [u8; 32], (u64, bool)>,
    epochs: Table<'t, u64, u32>,
    snapshots: Table<'t, u64, (u64, &'static [u8])>,
    records: Table<'t, (u64, u64), &'static [u8]>,
    metas: Table<'t, u64, (i64, i64, bool)>,
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
            changed: false,
        })
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
        let session = self.epochs.last()?.map_or(1, |(last, _)| last.value() + 1);
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

    pub(super) fn touch(&mut self, session: SessionKey, now: ServerTime) -> Result<(), Fault> {
        let now = now.as_micros();
        let meta = self.metas.get(session.0)?.map(|entry| entry.value());
        let created = meta.map_or(now, |(created, _, _)| created);
        self.changed = true;
        self.metas.insert(session.0, (created, now, true))?;
        Ok(())
    }
}
