//! The one thread that writes. It takes the jobs that wait, does them in one transaction, commits,
//! and only then answers: many sessions share one sync of the disk.

use super::file::File;
use super::samples;
use super::sweep::Keep;
use super::tables::{Fault, Tables};
use super::whole::{Archived, TakenBack};
use super::{Lease, Place, SessionKey, StoreError};
use crate::link::LinkKey;
use crate::metrics::StoreMetrics;
use lockstep_session::{ids::Epoch, protocol::Role, units::ServerTime};
use std::collections::BTreeMap;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Jobs that share a transaction: so many that none waits long for those before it.
const MOST_JOBS: usize = 4_096;
/// As many are worth a sync of the disk of their own.
const ENOUGH_JOBS: usize = 8;
/// How long the writer looks away while it waits for more.
const SHORT_WAIT: Duration = Duration::from_millis(4);
/// How long it waits for company if there are few: nobody sees the difference, and the disk has
/// a tenth of the work.
const LONGEST_WAIT: Duration = Duration::from_millis(40);

type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

#[derive(Debug)]
pub(super) enum Job {
    Create {
        links: Vec<(LinkKey, Role)>,
        snapshot: Vec<u8>,
        now: ServerTime,
        reply: Reply<SessionKey>,
    },
    Acquire {
        session: SessionKey,
        reply: Reply<Lease>,
    },
    Resume {
        lease: Lease,
        reply: Reply<Place>,
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
    Touch {
        lease: Lease,
        now: ServerTime,
    },
    Remove {
        doomed: Vec<(SessionKey, Vec<LinkKey>)>,
        keep: Keep,
        now: ServerTime,
        reply: Reply<usize>,
    },
    TakeBack {
        sessions: Vec<Archived>,
        replace: bool,
        reply: Reply<Vec<TakenBack>>,
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
    pub(super) fn start(file: Arc<File>, metrics: StoreMetrics) -> Result<Self, redb::Error> {
        let (jobs, waiting) = mpsc::channel();
        let work = move || {
            Work {
                file,
                metrics,
                held: BTreeMap::new(),
                touched: BTreeMap::new(),
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
        let is_urgent = job.is_urgent();
        // A writer that has ended drops the job, and the one who waits for its answer is told so.
        let _ = self.jobs.as_ref().map(|jobs| jobs.send(job));
        if let Some(thread) = self.thread.as_ref().filter(|_| is_urgent) {
            thread.thread().unpark();
        }
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

/// Waits a little for more, so that edits that come one by one share a sync of the disk. What
/// somebody waits for at a door is not kept waiting.
fn gather(first: Job, waiting: &mpsc::Receiver<Job>) -> Vec<Job> {
    let began = Instant::now();
    let mut jobs = vec![first];
    loop {
        jobs.extend(waiting.try_iter().take(MOST_JOBS - jobs.len()));
        let is_enough = jobs.len() >= ENOUGH_JOBS || jobs.iter().any(Job::is_urgent);
        if is_enough || began.elapsed() >= LONGEST_WAIT {
            return jobs;
        }
        std::thread::park_timeout(SHORT_WAIT);
    }
}

struct Work {
    file: Arc<File>,
    metrics: StoreMetrics,
    held: BTreeMap<SessionKey, Held>,
    /// Sessions that were edited, for the next commit to note.
    touched: BTreeMap<SessionKey, ServerTime>,
}

/// Who holds a session, and how far it has come.
#[derive(Clone, Copy)]
struct Held {
    epoch: Epoch,
    next: Place,
}

/// Tells whoever waits for a job what became of it, given what became of the transaction.
type Settle = Box<dyn FnOnce(Result<(), StoreError>)>;

impl Work {
    fn run(mut self, waiting: &mpsc::Receiver<Job>) {
        while let Ok(first) = waiting.recv() {
            let jobs = gather(first, waiting);
            let sessions: Vec<SessionKey> = jobs.iter().filter_map(Job::session).collect();
            let mut jobs = jobs.into_iter();
            let mut settle = Vec::new();
            let outcome = self.transact(&mut jobs, &mut settle).map_err(|error| {
                tracing::error!(%error, "the store could not write");
                self.metrics.failures.inc();
                self.recover(&sessions);
                StoreError::Unwritable(Arc::new(error))
            });
            settle
                .into_iter()
                .for_each(|settle| settle(outcome.clone()));
            // Those behind the one that failed were not tried; nobody may take them for done.
            if let Err(failure) = outcome {
                jobs.for_each(|job| job.refuse(failure.clone()));
            }
        }
    }

    /// Does the jobs in one transaction. The first that the disk fails ends it.
    fn transact(
        &mut self,
        jobs: &mut impl Iterator<Item = Job>,
        settle: &mut Vec<Settle>,
    ) -> Result<(), redb::Error> {
        let database = match self.file.database() {
            Some(database) => database,
            None => self.file.reopen()?,
        };
        let transaction = database.begin_write()?;
        let mut tables = Tables::open(&transaction)?;
        for job in jobs {
            self.metrics.jobs.inc();
            self.metrics.bytes.inc_by(job.bytes());
            let (settled, outcome) = self.perform(job, &mut tables);
            settle.push(settled);
            outcome?;
        }
        let changed = tables.have_changed();
        if changed {
            tables.touch(&self.touched)?;
        }
        drop(tables);
        // Without a change there is nothing to wait for the disk for.
        if changed {
            let begun = Instant::now();
            transaction.commit()?;
            self.metrics.commits.note(begun.elapsed());
            self.touched.clear();
        } else {
            transaction.abort()?;
        }
        Ok(())
    }

    /// What is on disk is unknown now, so every lease that took part has to be resumed.
    fn recover(&mut self, sessions: &[SessionKey]) {
        for session in sessions {
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
                now,
                reply,
            } => conclude(Some(reply), tables.create(&links, &snapshot, now)),
            Job::Acquire { session, reply } => conclude(Some(reply), self.acquire(session, tables)),
            Job::Resume { lease, reply } => conclude(Some(reply), self.resume(lease, tables)),
            Job::Append {
                lease,
                first,
                records,
                reply,
            } => conclude(Some(reply), self.append(lease, first, &records, tables)),
            Job::Snapshot {
                lease,
                next,
                snapshot,
                reply,
            } => conclude(Some(reply), self.snapshot(lease, next, &snapshot, tables)),
            Job::Touch { lease, now } => conclude(None, self.touch(lease, now)),
            Job::Remove {
                doomed,
                keep,
                now,
                reply,
            } => conclude(Some(reply), self.remove(&doomed, keep, now, tables)),
            Job::TakeBack {
                sessions,
                replace,
                reply,
            } => conclude(Some(reply), self.take_back(&sessions, replace, tables)),
            Job::Release { lease, reply } => {
                if self.held(lease).is_ok() {
                    self.held.remove(&lease.session);
                }
                conclude(Some(reply), Ok(()))
            }
            Job::Sample { change, reply } => conclude(Some(reply), tables.change_samples(change)),
        }
    }

    /// How far a lease has come, if it still holds.
    fn held(&mut self, lease: Lease) -> Result<&mut Held, Fault> {
        self.held
            .get_mut(&lease.session)
            .filter(|held| held.epoch == lease.epoch)
            .ok_or(Fault::Refused(StoreError::Fenced))
    }

    fn hold(&mut self, lease: Lease, next: Place) {
        let held = Held {
            epoch: lease.epoch,
            next,
        };
        self.held.insert(lease.session, held);
    }

    fn acquire(&mut self, session: SessionKey, tables: &mut Tables<'_>) -> Result<Lease, Fault> {
        let next = tables.next_place(session)?;
        let epoch = tables.next_epoch(session)?;
        let lease = Lease { session, epoch };
        self.hold(lease, next);
        Ok(lease)
    }

    fn resume(&mut self, lease: Lease, tables: &Tables<'_>) -> Result<Place, Fault> {
        if let Ok(held) = self.held(lease) {
            return Ok(held.next);
        }
        match tables.epoch(lease.session) {
            Ok(epoch) if epoch == lease.epoch => {}
            Ok(_) | Err(Fault::Refused(_)) => return Err(Fault::Refused(StoreError::Fenced)),
            Err(broken @ Fault::Broken(_)) => return Err(broken),
        }
        let next = tables.next_place(lease.session)?;
        self.hold(lease, next);
        Ok(next)
    }

    fn append(
        &mut self,
        lease: Lease,
        first: Place,
        records: &[Vec<u8>],
        tables: &mut Tables<'_>,
    ) -> Result<(), Fault> {
        let held = self.held(lease)?;
        if held.next != first {
            return Err(Fault::Refused(StoreError::Misplaced));
        }
        tables.append(lease.session, first, records)?;
        held.next = first.after(records.len());
        Ok(())
    }

    fn snapshot(
        &mut self,
        lease: Lease,
        next: Place,
        snapshot: &[u8],
        tables: &mut Tables<'_>,
    ) -> Result<(), Fault> {
        if self.held(lease)?.next < next {
            return Err(Fault::Refused(StoreError::Misplaced));
        }
        tables.snapshot(lease.session, next, snapshot)
    }

    /// An edit is on its way, and the commit that makes it durable notes the time with it.
    fn touch(&mut self, lease: Lease, now: ServerTime) -> Result<(), Fault> {
        self.held(lease)?;
        self.touched.insert(lease.session, now);
        Ok(())
    }

    /// Who held a session that was replaced is fenced off.
    fn take_back(
        &mut self,
        sessions: &[Archived],
        replace: bool,
        tables: &mut Tables<'_>,
    ) -> Result<Vec<TakenBack>, Fault> {
        let mut taken = Vec::with_capacity(sessions.len());
        for session in sessions {
            let outcome = tables.take_back(session, replace)?;
            if let TakenBack::Replaced(key) = outcome {
                self.held.remove(&key);
            }
            taken.push(outcome);
        }
        Ok(taken)
    }

    /// Nobody who holds a session loses it.
    fn remove(
        &self,
        doomed: &[(SessionKey, Vec<LinkKey>)],
        keep: Keep,
        now: ServerTime,
        tables: &mut Tables<'_>,
    ) -> Result<usize, Fault> {
        let mut removed = 0;
        for (session, links) in doomed {
            if !self.held.contains_key(session) {
                removed += usize::from(tables.remove(*session, links, keep, now)?);
            }
        }
        Ok(removed)
    }
}

fn conclude<T: 'static>(
    reply: Option<Reply<T>>,
    outcome: Result<T, Fault>,
) -> (Settle, Result<(), redb::Error>) {
    // Who no longer waits for the answer does not need it.
    let answer = move |answer| drop(reply.map(|reply| reply.send(answer)));
    match outcome {
        Ok(value) => (
            Box::new(|committed| answer(committed.map(|()| value))),
            Ok(()),
        ),
        // A refusal may rest on another job that came to nothing.
        Err(Fault::Refused(refusal)) => (
            Box::new(|committed| answer(committed.and(Err(refusal)))),
            Ok(()),
        ),
        Err(Fault::Broken(error)) => (
            Box::new(|failed| {
                if let Err(failure) = failed {
                    answer(Err(failure));
                }
            }),
            Err(error),
        ),
    }
}

impl Job {
    /// Somebody waits for it before they can do anything at all.
    fn is_urgent(&self) -> bool {
        match self {
            Job::Create { .. }
            | Job::Acquire { .. }
            | Job::Resume { .. }
            | Job::Remove { .. }
            | Job::Sample { .. }
            | Job::TakeBack { .. } => true,
            Job::Append { .. } | Job::Snapshot { .. } | Job::Touch { .. } | Job::Release { .. } => {
                false
            }
        }
    }

    fn session(&self) -> Option<SessionKey> {
        match self {
            Job::Create { .. } | Job::Remove { .. } | Job::Sample { .. } | Job::TakeBack { .. } => {
                None
            }
            Job::Acquire { session, .. } => Some(*session),
            Job::Resume { lease, .. }
            | Job::Append { lease, .. }
            | Job::Snapshot { lease, .. }
            | Job::Touch { lease, .. }
            | Job::Release { lease, .. } => Some(lease.session),
        }
    }

    /// What it brings to be kept.
    fn bytes(&self) -> u64 {
        let bytes = match self {
            Job::Create { snapshot, .. } | Job::Snapshot { snapshot, .. } => snapshot.len(),
            Job::Append { records, .. } => records.iter().map(Vec::len).sum(),
            _ => 0,
        };
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }

    fn refuse(self, error: StoreError) {
        // Who no longer waits for the answer does not need it.
        match self {
            Job::Create { reply, .. } => drop(reply.send(Err(error))),
            Job::Acquire { reply, .. } => drop(reply.send(Err(error))),
            Job::Resume { reply, .. } => drop(reply.send(Err(error))),
            Job::Append { reply, .. }
            | Job::Snapshot { reply, .. }
            | Job::Release { reply, .. } => {
                drop(reply.send(Err(error)));
            }
            Job::Remove { reply, .. } => drop(reply.send(Err(error))),
            Job::Sample { reply, .. } => drop(reply.send(Err(error))),
            Job::TakeBack { reply, .. } => drop(reply.send(Err(error))),
            Job::Touch { .. } => {}
        }
    }
}
