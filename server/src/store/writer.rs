//! The one thread that writes. It takes every job that waits, does them in one transaction,
//! commits, and only then answers: many sessions share one sync of the disk.

use super::embedded::{EPOCHS, LINKS, RECORDS, SNAPSHOTS};
use super::file::File;
use super::samples::{self, SAMPLES};
use super::{Lease, Place, SessionKey, StoreError};
use crate::link::LinkKey;
use lockstep_session::{ids::Epoch, protocol::Role};
use redb::{ReadableTable, StorageError, Table, WriteTransaction};
use std::collections::BTreeMap;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

#[derive(Debug)]
pub(super) enum Job {
    Create {
        links: Vec<(LinkKey, Role)>,
        snapshot: Vec<u8>,
        reply: Reply<SessionKey>,
    },
    Acquire {
        session: SessionKey,
        reply: Reply<Lease>,
    },
    Append {
        lease: Lease,
        first: Place,
        records: Vec<Vec<u8>>,
        reply: Reply<()>,
    },
    Snapshot {
        lease: Lease,
        next: Place,
        snapshot: Vec<u8>,
        reply: Reply<()>,
    },
    Release {
        lease: Lease,
        reply: Reply<()>,
    },
    Sample {
        change: samples::Change,
        reply: Reply<bool>,
    },
}

/// Dropping it finishes the jobs that wait.
#[derive(Debug)]
pub(super) struct Writer {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(file: Arc<File>) -> Result<Self, redb::Error> {
        let (jobs, waiting) = mpsc::channel();
        let work = move || {
            Work {
                file,
                held: BTreeMap::new(),
            }
            .run(&waiting)
        };
        let thread = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(work)?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    pub(super) fn order(&self, job: Job) {
        // A writer that has ended drops the job, and the one who waits for its answer is told so.
        let _ = self.jobs.as_ref().map(|jobs| jobs.send(job));
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(Err(_)) = self.thread.take().map(JoinHandle::join) {
            tracing::error!("the store's thread had stopped early");
        }
    }
}

struct Work {
    file: Arc<File>,
    /// Who holds a session, and where its next record goes.
    held: BTreeMap<SessionKey, (Epoch, Place)>,
}

/// Tells whoever waits for a job what became of it, given what became of the transaction.
type Settle = Box<dyn FnOnce(Result<(), StoreError>)>;

impl Work {
    fn run(mut self, waiting: &mpsc::Receiver<Job>) {
        while let Ok(first) = waiting.recv() {
            let mut touched = Vec::new();
            let mut settle = Vec::new();
            let jobs = std::iter::once(first).chain(waiting.try_iter());
            let outcome = self
                .transact(jobs, &mut touched, &mut settle)
                .map_err(|error| {
                    tracing::error!(%error, "the store could not write");
                    self.recover(&touched);
                    StoreError::Unwritable(Arc::new(error))
                });
            settle
                .into_iter()
                .for_each(|settle| settle(outcome.clone()));
        }
    }

    /// Does the jobs in one transaction. The first that the disk fails ends it; those behind it
    /// are dropped, which tells their owners that no answer will come.
    fn transact(
        &mut self,
        jobs: impl Iterator<Item = Job>,
        touched: &mut Vec<SessionKey>,
        settle: &mut Vec<Settle>,
    ) -> Result<(), redb::Error> {
        let database = match self.file.database() {
            Some(database) => database,
            None => self.file.reopen()?,
        };
        let transaction = database.begin_write()?;
        let mut tables = Tables::open(&transaction)?;
        for job in jobs {
            touched.extend(job.session());
            let (settled, outcome) = self.perform(job, &mut tables);
            settle.push(settled);
            outcome?;
        }
        drop(tables);
        Ok(transaction.commit()?)
    }

    /// What is on disk is unknown now, so every lease that took part is worth nothing.
    fn recover(&mut self, touched: &[SessionKey]) {
        for session in touched {
            self.held.remove(session);
        }
        if let Err(error) = self.file.reopen() {
            tracing::error!(%error, "the store cannot be opened again");
        }
    }

    fn perform(&mut self, job: Job, tables: &mut Tables<'_>) -> (Settle, Result<(), redb::Error>) {
        match job {
            Job::Create {
                links,
                snapshot,
                reply,
            } => conclude(reply, tables.create(&links, &snapshot)),
            Job::Acquire { session, reply } => conclude(reply, self.acquire(session, tables)),
            Job::Append {
                lease,
                first,
                records,
                reply,
            } => conclude(reply, self.append(lease, first, &records, tables)),
            Job::Snapshot {
                lease,
                next,
                snapshot,
                reply,
            } => conclude(reply, self.snapshot(lease, next, &snapshot, tables)),
            Job::Release { lease, reply } => {
                if self.place(lease).is_ok() {
                    self.held.remove(&lease.session);
                }
                conclude(reply, Ok(()))
            }
            Job::Sample { change, reply } => {
                conclude(reply, change.make(&mut tables.samples).map_err(Fault::from))
            }
        }
    }

    /// Where the next record of a lease goes, if it still holds.
    fn place(&self, lease: Lease) -> Result<Place, Fault> {
        match self.held.get(&lease.session) {
            Some((epoch, place)) if *epoch == lease.epoch => Ok(*place),
            _ => Err(Fault::Refused(StoreError::Fenced)),
        }
    }

    fn acquire(&mut self, session: SessionKey, tables: &mut Tables<'_>) -> Result<Lease, Fault> {
        let last = tables.epochs.get(session.0)?.map(|entry| entry.value());
        let epoch = last.ok_or(Fault::Refused(StoreError::Unknown))? + 1;
        tables.epochs.insert(session.0, epoch)?;
        let next = tables.next_place(session)?;
        let lease = Lease {
            session,
            epoch: Epoch(epoch),
        };
        self.held.insert(session, (lease.epoch, next));
        Ok(lease)
    }

    fn append(
        &mut self,
        lease: Lease,
        first: Place,
        records: &[Vec<u8>],
        tables: &mut Tables<'_>,
    ) -> Result<(), Fault> {
        if self.place(lease)? != first {
            return Err(Fault::Refused(StoreError::Misplaced));
        }
        for (place, record) in (first.0..).zip(records) {
            tables
                .records
                .insert((lease.session.0, place), record.as_slice())?;
        }
        self.held
            .insert(lease.session, (lease.epoch, first.after(records.len())));
        Ok(())
    }

    fn snapshot(
        &self,
        lease: Lease,
        next: Place,
        snapshot: &[u8],
        tables: &mut Tables<'_>,
    ) -> Result<(), Fault> {
        if self.place(lease)? < next {
            return Err(Fault::Refused(StoreError::Misplaced));
        }
        let session = lease.session.0;
        tables.snapshots.insert(session, (next.0, snapshot))?;
        tables
            .records
            .retain_in((session, 0)..(session, next.0), |_, _| false)?;
        Ok(())
    }
}

struct Tables<'t> {
    links: Table<'t, &'static [u8; 32], (u64, bool)>,
    epochs: Table<'t, u64, u32>,
    snapshots: Table<'t, u64, (u64, &'static [u8])>,
    records: Table<'t, (u64, u64), &'static [u8]>,
    samples: Table<'t, &'static [u8; 32], samples::Row>,
}

impl<'t> Tables<'t> {
    fn open(transaction: &'t WriteTransaction) -> Result<Self, redb::Error> {
        Ok(Self {
            links: transaction.open_table(LINKS)?,
            epochs: transaction.open_table(EPOCHS)?,
            snapshots: transaction.open_table(SNAPSHOTS)?,
            records: transaction.open_table(RECORDS)?,
            samples: transaction.open_table(SAMPLES)?,
        })
    }

    fn create(&mut self, links: &[(LinkKey, Role)], snapshot: &[u8]) -> Result<SessionKey, Fault> {
        let session = self.epochs.last()?.map_or(1, |(last, _)| last.value() + 1);
        for (link, role) in links {
            let taken = self
                .links
                .insert(&link.0, (session, *role == Role::Listener))?
                .is_some();
            // Eighty random bits never meet by chance; if they do, nobody's session may be lost to it.
            if taken {
                return Err(Fault::Broken(redb::Error::Corrupted(
                    "a new link was already in use".to_owned(),
                )));
            }
        }
        self.epochs.insert(session, 0)?;
        self.snapshots.insert(session, (Place::FIRST.0, snapshot))?;
        Ok(SessionKey(session))
    }

    fn next_place(&self, session: SessionKey) -> Result<Place, Fault> {
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
}

enum Fault {
    /// The job asks for what may not be; the others go on.
    Refused(StoreError),
    /// The disk failed it; so has the transaction.
    Broken(redb::Error),
}

impl From<StorageError> for Fault {
    fn from(error: StorageError) -> Self {
        Fault::Broken(error.into())
    }
}

fn conclude<T: 'static>(
    reply: Reply<T>,
    outcome: Result<T, Fault>,
) -> (Settle, Result<(), redb::Error>) {
    // Who no longer waits for the answer does not need it.
    match outcome {
        Ok(value) => (
            Box::new(|committed| drop(reply.send(committed.map(|()| value)))),
            Ok(()),
        ),
        Err(Fault::Refused(refusal)) => (Box::new(|_| drop(reply.send(Err(refusal)))), Ok(())),
        Err(Fault::Broken(error)) => (
            Box::new(|failed| drop(failed.map_err(|failure| reply.send(Err(failure))))),
            Err(error),
        ),
    }
}

impl Job {
    fn session(&self) -> Option<SessionKey> {
        match self {
            Job::Create { .. } | Job::Sample { .. } => None,
            Job::Acquire { session, .. } => Some(*session),
            Job::Append { lease, .. }
            | Job::Snapshot { lease, .. }
            | Job::Release { lease, .. } => Some(lease.session),
        }
    }
}
