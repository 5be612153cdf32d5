//! A live session's hold on the store. Records that come while a write is under way wait and go
//! together in the next one, so a session has one write under way at most. A write that the disk
//! would not take is kept, and tried again until it does.

use crate::store::{Answer, Holding, Lease, Place, Store, StoreError};
use lockstep_session::{ids::Revision, journal::Record, units::ServerTime, units::Span};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Records that are replayed in a moment; past them a snapshot is due.
const MOST_RECORDS: usize = 2_000;
/// A snapshot is not worth writing for fewer bytes of records than this.
const FEW_BYTES: usize = 256 * 1024;
/// Between two tries to write what the disk would not take.
const RETRY: Duration = Duration::from_secs(1);
/// The store need not be told of every single edit.
const TOUCH_EVERY: Span = Span::from_seconds(60);

pub(crate) struct Journal {
    store: Arc<dyn Store>,
    lease: Lease,
    next: Place,
    waiting: Vec<Vec<u8>>,
    /// The revision that is durable once all that waits is.
    revision: Revision,
    under_way: Option<Write>,
    step: Step,
    /// What has been written since the last snapshot.
    since: Written,
    snapshot_bytes: usize,
    /// When the store was last told of an edit.
    touched: Option<ServerTime>,
}

#[derive(Clone, Copy, Default)]
struct Written {
    records: usize,
    bytes: usize,
}

/// How far the write under way is.
enum Step {
    Nothing,
    Writing(Answer<()>),
    /// The disk would not take it.
    Waiting(Instant),
    /// Finds out what became of it.
    Resuming(Answer<Place>),
}

/// What goes to the store together.
struct Write {
    first: Place,
    records: Vec<Vec<u8>>,
    revision: Revision,
    /// Its size, where a snapshot goes with it.
    snapshot: Option<usize>,
}

/// What became of a write.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Everything up to this revision is durable.
    Durable(Revision),
    /// The disk would not take it. It is kept, and tried again.
    Stuck(StoreError),
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
            step: Step::Nothing,
            since: Written {
                records: holding.records.len(),
                bytes: holding.records.iter().map(Vec::len).sum(),
            },
            snapshot_bytes: holding.snapshot.len(),
            touched: None,
        }
    }

    pub(crate) fn is_settled(&self) -> bool {
        self.waiting.is_empty() && self.is_idle()
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.under_way.is_none()
    }

    /// There are so many records that replaying them would take a while. The next write may carry a snapshot.
    pub(crate) fn wants_snapshot(&self) -> bool {
        let Written { records, bytes } = self.since;
        records >= MOST_RECORDS || bytes >= FEW_BYTES.max(self.snapshot_bytes)
    }

    /// Something has changed since the last snapshot, beyond the record that an epoch began.
    pub(crate) fn has_news(&self) -> bool {
        self.since.records > 1
    }

    pub(crate) fn append(&mut self, record: Record, now: ServerTime) {
        let is_news = self.touched.is_none_or(|at| now - at >= TOUCH_EVERY);
        if record.is_edit() && is_news {
            self.touched = Some(now);
            self.store.touch(self.lease, now);
        }
        self.since.records += 1;
        self.since.bytes += record.bytes().len();
        self.revision = record.revision();
        self.waiting.push(record.into_bytes());
    }

    /// Writes what waits, if nothing is under way. A snapshot must include all that waits.
    pub(crate) fn write(&mut self, snapshot: Option<Vec<u8>>) {
        if !self.is_idle() || (self.waiting.is_empty() && snapshot.is_none()) {
            return;
        }
        let write = Write {
            first: self.next,
            records: std::mem::take(&mut self.waiting),
            revision: self.revision,
            snapshot: snapshot.as_ref().map(Vec::len),
        };
        self.next = write.first.after(write.records.len());
        let appended = self
            .store
            .append(self.lease, write.first, write.records.clone());
        let replaced =
            snapshot.map(|snapshot| self.store.snapshot(self.lease, self.next, snapshot));
        let both = async move {
            appended.await?;
            match replaced {
                Some(replaced) => replaced.await,
                None => Ok(()),
            }
        };
        self.under_way = Some(write);
        self.step = Step::Writing(Box::pin(both));
    }

    /// Waits for news of the write under way, for ever if there is none. A call given up halfway
    /// loses nothing.
    pub(crate) async fn written(&mut self) -> Result<Outcome, StoreError> {
        loop {
            match &mut self.step {
                Step::Nothing => return std::future::pending().await,
                Step::Writing(answer) => {
                    let outcome = answer.as_mut().await;
                    return self.conclude(outcome);
                }
                Step::Waiting(retry_at) => {
                    sleep_until(*retry_at).await;
                    self.step = Step::Resuming(self.store.resume(self.lease));
                }
                Step::Resuming(answer) => match answer.as_mut().await {
                    Ok(place) => self.take_up(place)?,
                    Err(error) => return self.conclude(Err(error)),
                },
            }
        }
    }

    /// What is durable of the session, for one that let go of it.
    pub(crate) fn load(&self) -> Answer<Holding> {
        self.store.load(self.lease)
    }

    pub(crate) async fn release(self) -> Result<(), StoreError> {
        self.store.release(self.lease).await
    }

    fn conclude(&mut self, outcome: Result<(), StoreError>) -> Result<Outcome, StoreError> {
        match outcome {
            Ok(()) => {
                self.step = Step::Nothing;
                let write = self.under_way.take().expect("a write was under way");
                if let Some(size) = write.snapshot {
                    // Records that came since it was taken are the first after it.
                    self.since = Written {
                        records: self.waiting.len(),
                        bytes: self.waiting.iter().map(Vec::len).sum(),
                    };
                    self.snapshot_bytes = size;
                }
                Ok(Outcome::Durable(write.revision))
            }
            Err(error) if error.may_pass() => {
                self.step = Step::Waiting(Instant::now() + RETRY);
                Ok(Outcome::Stuck(error))
            }
            Err(error) => Err(error),
        }
    }

    /// Goes on where the disk failed: the next place tells whether the records were written.
    fn take_up(&mut self, place: Place) -> Result<(), StoreError> {
        let write = self.under_way.as_mut().expect("a write was under way");
        // A snapshot is made anew when it is next wanted.
        write.snapshot = None;
        let answer: Answer<()> = if place == self.next {
            Box::pin(std::future::ready(Ok(())))
        } else if place == write.first {
            let records = write.records.clone();
            self.store.append(self.lease, write.first, records)
        } else {
            return Err(StoreError::Misplaced);
        };
        self.step = Step::Writing(answer);
        Ok(())
    }
}
