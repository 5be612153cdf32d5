//! A live session's hold on the store. It hands over what it has at once; the store gathers what
//! many sessions hand it. What the disk would not take is kept, and tried again until it does.

use crate::store::{Answer, Holding, Lease, Place, Store, StoreError};
use lockstep_session::{ids::Revision, journal::Record, units::ServerTime, units::Span};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Records that are replayed in a moment; past them a snapshot is due.
const MOST_RECORDS: usize = 2_000;
/// A snapshot is not worth writing for fewer bytes of records than this.
const FEW_BYTES: usize = 256 * 1024;
/// Writes that the store has not answered yet. What comes meanwhile waits and goes together.
const MOST_UNDER_WAY: usize = 32;
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
    flow: Flow,
    /// What has been handed over since the last snapshot.
    since: Handed,
    snapshot_bytes: usize,
    /// When the store was last told of an edit.
    touched: Option<ServerTime>,
}

#[derive(Clone, Copy, Default)]
struct Handed {
    records: usize,
    bytes: usize,
}

/// How it goes with what was handed over.
enum Flow {
    /// The store has not answered these yet, oldest first.
    Free(VecDeque<(Write, Answer<()>)>),
    /// The disk would not take this.
    Blocked(Write, Instant),
    /// The disk may take it again; first it is found out what became of it.
    Resuming(Write, Answer<Place>),
    /// The session was opened on a disk that takes nothing: it is only looked at.
    Unheld(Instant),
    /// The disk may take something again; the session could be held then.
    Acquiring(Answer<Holding>),
}

/// Records that go to the store together.
struct Write {
    first: Place,
    records: Vec<Vec<u8>>,
    /// The revision that is durable once they are.
    revision: Revision,
    has_snapshot: bool,
    handed_over: Instant,
}

/// What became of a write.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Everything up to this revision is durable, so long after it was handed over.
    Durable(Revision, Duration),
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
            flow: Flow::Free(VecDeque::new()),
            since: Handed {
                records: holding.records.len(),
                bytes: holding.records.iter().map(Vec::len).sum(),
            },
            snapshot_bytes: holding.snapshot.len(),
            touched: None,
        }
    }

    /// Of a session that cannot be held, since the disk takes nothing.
    pub(crate) fn unheld(store: Arc<dyn Store>, glance: &Holding) -> Self {
        Self {
            flow: Flow::Unheld(Instant::now() + RETRY),
            ..Self::new(store, glance)
        }
    }

    pub(crate) fn is_held(&self) -> bool {
        !matches!(self.flow, Flow::Unheld(_) | Flow::Acquiring(_))
    }

    /// Nothing waits for the store.
    pub(crate) fn is_settled(&self) -> bool {
        match &self.flow {
            Flow::Free(writes) => writes.is_empty() && self.waiting.is_empty(),
            Flow::Blocked(..) | Flow::Resuming(..) => false,
            Flow::Unheld(_) | Flow::Acquiring(_) => true,
        }
    }

    /// There are so many records that replaying them would take a while, and the next write may
    /// carry a snapshot.
    pub(crate) fn wants_snapshot(&self) -> bool {
        let Handed { records, bytes } = self.since;
        let is_due = records >= MOST_RECORDS || bytes >= FEW_BYTES.max(self.snapshot_bytes);
        let may_come = match &self.flow {
            Flow::Free(writes) => {
                self.may_write() && !writes.iter().any(|(write, _)| write.has_snapshot)
            }
            Flow::Blocked(..) | Flow::Resuming(..) | Flow::Unheld(_) | Flow::Acquiring(_) => false,
        };
        is_due && may_come
    }

    /// Something has changed since the last snapshot, beyond the record that an epoch began.
    pub(crate) fn has_news(&self) -> bool {
        self.since.records > 1 && self.is_held()
    }

    pub(crate) fn append(&mut self, record: Record, now: ServerTime) {
        // Where nothing can be held there are no edits, and an epoch that nobody holds is none.
        if !self.is_held() {
            return;
        }
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

    /// Hands over what waits, if the store is not far behind. A snapshot must include all of it.
    pub(crate) fn write(&mut self, snapshot: Option<Vec<u8>>) {
        if !self.may_write() || (self.waiting.is_empty() && snapshot.is_none()) {
            return;
        }
        let write = Write {
            first: self.next,
            records: std::mem::take(&mut self.waiting),
            revision: self.revision,
            has_snapshot: snapshot.is_some(),
            handed_over: Instant::now(),
        };
        self.next = write.first.after(write.records.len());
        let appended = self
            .store
            .append(self.lease, write.first, write.records.clone());
        let answer: Answer<()> = match snapshot {
            None => appended,
            Some(snapshot) => {
                self.since = Handed::default();
                self.snapshot_bytes = snapshot.len();
                let replaced = self.store.snapshot(self.lease, self.next, snapshot);
                Box::pin(async move {
                    appended.await?;
                    replaced.await
                })
            }
        };
        if let Flow::Free(writes) = &mut self.flow {
            writes.push_back((write, answer));
        }
    }

    /// Waits for news of what was handed over, for ever if there is nothing. A call given up
    /// halfway loses nothing.
    pub(crate) async fn written(&mut self) -> Result<Outcome, StoreError> {
        loop {
            match &mut self.flow {
                Flow::Free(writes) => {
                    let Some((_, answer)) = writes.front_mut() else {
                        return std::future::pending().await;
                    };
                    let outcome = answer.as_mut().await;
                    let (write, _) = writes.pop_front().expect("it was answered");
                    return match outcome {
                        Ok(()) => Ok(Outcome::Durable(
                            write.revision,
                            write.handed_over.elapsed(),
                        )),
                        Err(error) => self.fail(write, error),
                    };
                }
                Flow::Blocked(_, retry_at) => {
                    sleep_until(*retry_at).await;
                    let resumed = self.store.resume(self.lease);
                    if let Flow::Blocked(write, _) = self.take_flow() {
                        self.flow = Flow::Resuming(write, resumed);
                    }
                }
                Flow::Unheld(retry_at) => {
                    sleep_until(*retry_at).await;
                    self.flow = Flow::Acquiring(self.store.acquire(self.lease.session));
                }
                Flow::Acquiring(answer) => match answer.as_mut().await {
                    // From here on it goes as for everybody who comes new.
                    Ok(holding) => {
                        self.lease = holding.lease;
                        return Err(StoreError::Fenced);
                    }
                    Err(error) if error.may_pass() => {
                        self.flow = Flow::Unheld(Instant::now() + RETRY);
                    }
                    Err(error) => return Err(error),
                },
                Flow::Resuming(_, answer) => {
                    let outcome = answer.as_mut().await;
                    let Flow::Resuming(write, _) = self.take_flow() else {
                        continue;
                    };
                    match outcome {
                        Err(error) => return self.fail(write, error),
                        Ok(place) => {
                            let waited = write.handed_over.elapsed();
                            if let Some(revision) = self.go_on(write, place)? {
                                return Ok(Outcome::Durable(revision, waited));
                            }
                        }
                    }
                }
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

    fn may_write(&self) -> bool {
        matches!(&self.flow, Flow::Free(writes) if writes.len() < MOST_UNDER_WAY)
    }

    fn take_flow(&mut self) -> Flow {
        std::mem::replace(&mut self.flow, Flow::Free(VecDeque::new()))
    }

    /// Keeps what was not written, together with all that was handed over behind it.
    fn fail(&mut self, mut write: Write, error: StoreError) -> Result<Outcome, StoreError> {
        if !error.may_pass() {
            return Err(error);
        }
        if let Flow::Free(behind) = self.take_flow() {
            for (next, _) in behind {
                write.records.extend(next.records);
                write.revision = next.revision;
            }
        }
        // The snapshot that may have been lost is made anew as soon as it can be.
        self.since.records += MOST_RECORDS;
        self.flow = Flow::Blocked(write, Instant::now() + RETRY);
        Ok(Outcome::Stuck(error))
    }

    /// Goes on where the disk failed: the next place tells which records were written. Returns the
    /// revision that is durable if it was all of them.
    fn go_on(&mut self, mut write: Write, place: Place) -> Result<Option<Revision>, StoreError> {
        let written = place.since(write.first).ok_or(StoreError::Misplaced)?;
        if written > write.records.len() {
            return Err(StoreError::Misplaced);
        }
        write.records.drain(..written);
        write.first = place;
        write.has_snapshot = false;
        if write.records.is_empty() {
            return Ok(Some(write.revision));
        }
        let records = write.records.clone();
        let answer = self.store.append(self.lease, place, records);
        self.flow = Flow::Free(VecDeque::from([(write, answer)]));
        Ok(None)
    }
}
