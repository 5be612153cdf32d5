//! Where sessions outlive the process. The interface is narrow, and fenced by the epoch that a
//! holder was given, so that a cluster can implement it too; it knows bytes, never documents.

mod embedded;
mod file;
mod glance;
mod samples;
mod sweep;
mod tables;
mod whole;
mod writer;

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod faults;

pub use embedded::EmbeddedStore;
pub use glance::GlanceError;
pub use samples::{Kept, Mentions, SampleRegistry};

pub(crate) use embedded::is_there;
pub(crate) use glance::{glance, looked_at};
pub use sweep::Keep;
pub(crate) use sweep::Meta;
pub(crate) use whole::{Archived, TakenBack};

use crate::link::LinkKey;
use lockstep_session::{ids::Epoch, protocol::Role, units::ServerTime};
use std::{fmt, future::Future, path::PathBuf, pin::Pin, sync::Arc};

/// A session in its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionKey(pub u64);

/// The place of a record in its session's journal, counted from one and without gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(pub u64);

impl Place {
    pub const FIRST: Place = Place(1);

    /// How many places lie between an earlier one and this.
    pub(crate) fn since(self, earlier: Place) -> Option<usize> {
        usize::try_from(self.0.checked_sub(earlier.0)?).ok()
    }

    pub fn after(self, count: usize) -> Place {
        Place(
            self.0
                .saturating_add(u64::try_from(count).unwrap_or(u64::MAX)),
        )
    }
}

/// The right to write one session, until somebody acquires it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    pub session: SessionKey,
    pub epoch: Epoch,
}

/// What whoever acquires a session is handed.
#[derive(Debug)]
pub struct Holding {
    pub lease: Lease,
    pub snapshot: Vec<u8>,
    /// The records since the snapshot, in order.
    pub records: Vec<Vec<u8>>,
    /// Where the next record goes.
    pub next: Place,
}

/// What a store keeps of one session.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) snapshot: Vec<u8>,
    /// The records since the snapshot, in order.
    pub(crate) records: Vec<Vec<u8>>,
    next: Place,
}

/// An answer that comes when the store has it. Whatever changes the store is durable by then.
pub type Answer<T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send>>;

/// Calls on one lease take effect in the order in which they were made.
pub trait Store: SampleRegistry + fmt::Debug + Send + Sync {
    /// Keeps a new session, and the links that lead to it.
    fn create(
        &self,
        links: &[(LinkKey, Role)],
        snapshot: Vec<u8>,
        now: ServerTime,
    ) -> Answer<SessionKey>;

    fn find(&self, link: LinkKey) -> Answer<Option<(SessionKey, Role)>>;

    /// Takes a session over: a new epoch begins, and every earlier lease is worth nothing.
    fn acquire(&self, session: SessionKey) -> Answer<Holding>;

    /// Takes the same lease up again after a write that failed, and says where the next record
    /// goes. It is fenced if somebody acquired the session since.
    fn resume(&self, lease: Lease) -> Answer<Place>;

    /// Reads what is durable of a session without holding it, for a disk that takes nothing. The
    /// lease is that of the last epoch, and worth nothing.
    fn look(&self, session: SessionKey) -> Answer<Holding>;

    /// Reads what is durable of the session again, without a new epoch. It is fenced if somebody
    /// acquired the session since.
    fn load(&self, lease: Lease) -> Answer<Holding>;

    /// Adds records behind the last one.
    fn append(&self, lease: Lease, first: Place, records: Vec<Vec<u8>>) -> Answer<()>;

    /// Replaces every record before `next` by a snapshot that includes them.
    fn snapshot(&self, lease: Lease, next: Place, snapshot: Vec<u8>) -> Answer<()>;

    /// Notes that the session was edited, before the edit is appended: they become durable together.
    /// Cheap enough to say with every edit, for the time is known by the hour only.
    fn touch(&self, lease: Lease, now: ServerTime);

    fn release(&self, lease: Lease) -> Answer<()>;

    /// Removes the sessions that are kept no longer, and the links to them. Those that are held stay.
    fn sweep(&self, keep: Keep, now: ServerTime) -> Answer<usize>;

    /// How many sessions it keeps.
    fn count(&self) -> Answer<u64>;
}

#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the store holds no such session")]
    Unknown,
    #[error("the session is held under another epoch")]
    Fenced,
    #[error("a record does not follow the last one")]
    Misplaced,
    #[error("a link leads to a session already")]
    LinkTaken,
    /// Nothing is known to be durable: the disk may be full or gone. The lease can be resumed.
    #[error("the store could not write: {0}")]
    Unwritable(Arc<redb::Error>),
    #[error("the store could not read: {0}")]
    Unreadable(Arc<redb::Error>),
    /// It has shut down, or failed before it came to this.
    #[error("the store gave no answer")]
    Closed,
}

impl StoreError {
    /// The disk may take it another time, and nothing is known to be lost.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            StoreError::Unwritable(_) | StoreError::Unreadable(_) | StoreError::Closed => true,
            StoreError::Unknown
            | StoreError::Fenced
            | StoreError::Misplaced
            | StoreError::LinkTaken => false,
        }
    }
}

/// Why a data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(
        "another lockstep-server is using the data directory {0}; stop it first, or choose another with --data"
    )]
    Held(PathBuf),
    #[error("the data directory {0} cannot be created: {1}")]
    Directory(PathBuf, #[source] std::io::Error),
    #[error(
        "the data in {0} was written by a later lockstep-server and was left untouched; use that version or a later one"
    )]
    Later(PathBuf),
    #[error("the data in {0} cannot be opened and was left untouched: {1}")]
    Unusable(PathBuf, #[source] Box<redb::Error>),
}
