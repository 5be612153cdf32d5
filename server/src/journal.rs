//! A live session's hold on the store. Records that come while a write is under way wait and go
//! together in the next one, so a session has one write under way at most.

use crate::store::{Answer, Holding, Lease, Place, Store, StoreError};
use lockstep_session::{ids::Revision, journal::Record};
use std::sync::Arc;

/// Records that are replayed in a moment; past them a snapshot is due.
const MOST_RECORDS: usize = 2_000;
/// A snapshot is not worth writing for fewer bytes of records than this.
const FEW_BYTES: usize = 256 * 1024;

pub(crate) struct Journal {
    store: Arc<dyn Store>,
    lease: Lease,
    next: Place,
    waiting: Vec<Vec<u8>>,
    /// The revision that is durable once all that waits is.
    revision: Revision,
    under_way: Option<(Answer<()>, Revision)>,
    records: usize,
    bytes: usize,
    snapshot_bytes: usize,
}

impl Journal {
    pub(crate) fn new(store: Arc<dyn Store>, holding: &Holding) -> Self {
        Self {
            store,
            lease: holding.lease,
            next: holding.next,
            waiting: Vec::new(),
            revision: Revision(0),
            under_way: None,
            records: holding.records.len(),
            bytes: holding.records.iter().map(Vec::len).sum(),
            snapshot_bytes: holding.snapshot.len(),
        }
    }

    pub(crate) fn is_settled(&self) -> bool {
        self.waiting.is_empty() && self.under_way.is_none()
    }

    /// There are so many records that replaying them would take a while. The next write may carry a snapshot.
    pub(crate) fn wants_snapshot(&self) -> bool {
        self.records >= MOST_RECORDS || self.bytes >= FEW_BYTES.max(self.snapshot_bytes)
    }

    /// Something has changed since the last snapshot, beyond the record that an epoch began.
    pub(crate) fn has_news(&self) -> bool {
        self.records > 1
    }

    pub(crate) fn append(&mut self, record: &Record) {
        self.records += 1;
        self.bytes += record.bytes().len();
        self.revision = record.revision();
        self.waiting.push(record.bytes().to_vec());
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.under_way.is_none()
    }

    /// Writes what waits, if nothing is under way. A snapshot must include all that waits.
    pub(crate) fn write(&mut self, snapshot: Option<Vec<u8>>) {
        if self.under_way.is_some() || (self.waiting.is_empty() && snapshot.is_none()) {
            return;
        }
        let records = std::mem::take(&mut self.waiting);
        let first = self.next;
        self.next = first.after(records.len());
        let appended = self.store.append(self.lease, first, records);
        let replaced = snapshot.map(|snapshot| {
            (self.records, self.bytes, self.snapshot_bytes) = (0, 0, snapshot.len());
            self.store.snapshot(self.lease, self.next, snapshot)
        });
        let both = async move {
            appended.await?;
            match replaced {
                Some(replaced) => replaced.await,
                None => Ok(()),
            }
        };
        self.under_way = Some((Box::pin(both), self.revision));
    }

    /// Waits for the write under way, for ever if there is none. A call given up halfway loses nothing.
    pub(crate) async fn written(&mut self) -> Result<Revision, StoreError> {
        let Some((answer, revision)) = &mut self.under_way else {
            return std::future::pending().await;
        };
        let revision = *revision;
        let outcome = answer.as_mut().await;
        self.under_way = None;
        outcome.map(|()| revision)
    }

    pub(crate) async fn release(self) -> Result<(), StoreError> {
        self.store.release(self.lease).await
    }
}
