//! Everything the embedded store keeps of its sessions, handed out and taken back: for backups.

use super::embedded::{EmbeddedStore, stored};
use super::sweep::Meta;
use super::tables::{EPOCHS, LINKS, METAS};
use super::writer::Job;
use super::{Answer, SessionKey, StoreError};
use crate::link::LinkKey;
use lockstep_session::{ids::Epoch, protocol::Role};
use redb::{ReadTransaction, ReadableDatabase, ReadableTable, ReadableTableMetadata};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One session, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Archived {
    pub(crate) links: Vec<(LinkKey, Role)>,
    /// The last epoch that was handed out.
    pub(crate) epoch: Epoch,
    pub(crate) meta: Meta,
    pub(crate) snapshot: Vec<u8>,
    /// The records since the snapshot, in order.
    pub(crate) records: Vec<Vec<u8>>,
}

impl Archived {
    pub(crate) fn bytes(&self) -> usize {
        self.snapshot.len() + self.records.iter().map(Vec::len).sum::<usize>()
    }
}

/// What became of a session that was to be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TakenBack {
    Added,
    Replaced(SessionKey),
    /// One of its links leads to a session that is there already.
    Kept,
}

/// All sessions at one moment, whatever is written meanwhile.
pub(crate) struct Whole {
    transaction: ReadTransaction,
    links: BTreeMap<u64, Vec<(LinkKey, Role)>>,
}

impl EmbeddedStore {
    /// Holds the moment. It blocks while it reads the links.
    pub(crate) fn whole(&self) -> Result<Whole, StoreError> {
        let database = self.file().database().ok_or(StoreError::Closed)?;
        let whole = || {
            let transaction = database.begin_read()?;
            let mut links: BTreeMap<u64, Vec<_>> = BTreeMap::new();
            for entry in transaction.open_table(LINKS)?.iter()? {
                let (link, target) = entry?;
                let (session, listens) = target.value();
                let role = if listens {
                    Role::Listener
                } else {
                    Role::Editor
                };
                let link = LinkKey(*link.value());
                links.entry(session).or_default().push((link, role));
            }
            Ok(Whole { transaction, links })
        };
        whole().map_err(|error: redb::Error| StoreError::Unreadable(Arc::new(error)))
    }

    /// Takes sessions back in one transaction.
    pub(crate) fn take_back(
        &self,
        sessions: Vec<Archived>,
        replace: bool,
    ) -> Answer<Vec<TakenBack>> {
        self.write(|reply| Job::TakeBack {
            sessions,
            replace,
            reply,
        })
    }
}

impl Whole {
    pub(crate) fn count(&self) -> Result<u64, redb::Error> {
        Ok(self.transaction.open_table(EPOCHS)?.len()?)
    }

    /// Hands out one session after the other, until one is not taken.
    pub(crate) fn each<E: From<redb::Error>>(
        &self,
        mut take: impl FnMut(Archived) -> Result<(), E>,
    ) -> Result<(), E> {
        let epochs = self.table(EPOCHS)?;
        let metas = self.table(METAS)?;
        for entry in epochs.iter().map_err(redb::Error::from)? {
            let (session, epoch) = entry.map_err(redb::Error::from)?;
            let key = session.value();
            let meta = metas.get(key).map_err(redb::Error::from)?;
            let stored = stored(&self.transaction, SessionKey(key))?;
            let Some((meta, stored)) = meta.zip(stored) else {
                let lacking = format!("session {key} is not whole");
                return Err(redb::Error::Corrupted(lacking).into());
            };
            take(Archived {
                links: self.links.get(&key).cloned().unwrap_or_default(),
                epoch: Epoch(epoch.value()),
                meta: Meta::of(meta.value()),
                snapshot: stored.snapshot,
                records: stored.records,
            })?;
        }
        Ok(())
    }

    fn table<K: redb::Key + 'static, V: redb::Value + 'static>(
        &self,
        definition: redb::TableDefinition<'_, K, V>,
    ) -> Result<redb::ReadOnlyTable<K, V>, redb::Error> {
        Ok(self.transaction.open_table(definition)?)
    }
}
