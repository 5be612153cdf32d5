//! What belongs to this machine and to all instances in this process, and not to a project: who we
//! are, where we have been, where sessions are made. It must not know any session.

mod files;
mod folder;
mod hosting;
mod record;
mod seats;
mod shelf;

pub(crate) use files::{begin_to_look, look_into};
pub(crate) use folder::{Folder, write_whole};
pub(crate) use hosting::Host;
pub(crate) use record::{MachineId, Record, lenient};
pub(crate) use seats::{Seat, Seats};
pub(crate) use shelf::{Held, Shelf};

use crate::view::Hosting;
use record::Past;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use tokio::sync::Notify;

/// One for each process. Several processes share its folder.
pub(crate) struct House {
    folder: Option<Folder>,
    record: Mutex<Record>,
    /// Counts what changed, so that every instance sees it.
    changes: AtomicU64,
    /// The network threads that are to be told.
    listeners: Mutex<Vec<Weak<Notify>>>,
    seats: Arc<Seats>,
    shelf: Shelf,
    host: Host,
    instances: AtomicU64,
}

/// One plugin instance of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instance(u64);

/// How far an instance has heard of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Heard(u64);

impl House {
    /// The one of this process, opened when it is first asked for.
    pub(crate) fn of_process() -> Arc<Self> {
        static HOUSE: OnceLock<Arc<House>> = OnceLock::new();
        Arc::clone(HOUSE.get_or_init(|| Arc::new(Self::open(Folder::of_system()))))
    }

    /// Without a folder, or with one that cannot be read or written, it lives in memory alone.
    pub(crate) fn open(folder: Option<Folder>) -> Self {
        let found = folder.as_ref().map(Folder::open);
        Self {
            record: Mutex::new(found.unwrap_or_else(Record::fresh)),
            folder,
            changes: AtomicU64::new(0),
            listeners: Mutex::default(),
            seats: Arc::default(),
            shelf: Shelf::default(),
            host: Host::default(),
            instances: AtomicU64::new(0),
        }
    }

    pub(crate) fn record(&self) -> Record {
        locked(&self.record).clone()
    }

    pub(crate) fn folder(&self) -> Option<&Folder> {
        self.folder.as_ref()
    }

    pub(crate) fn seats(&self) -> &Arc<Seats> {
        &self.seats
    }

    pub(crate) fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    pub(crate) fn host(&self) -> &Host {
        &self.host
    }

    /// Where new sessions are made: on the server in here while there is one.
    pub(crate) fn server(&self) -> String {
        match self.host.state() {
            Hosting::On { address } => address,
            _ => locked(&self.record).server().to_owned(),
        }
    }

    /// Where exports are written to.
    pub(crate) fn exports(&self) -> PathBuf {
        let chosen = locked(&self.record).exports.clone();
        chosen.unwrap_or_else(folder::exports)
    }

    pub(crate) fn heard(&self) -> Heard {
        Heard(self.changes.load(Ordering::Acquire))
    }

    /// A new instance, to be woken whenever something here changes.
    pub(crate) fn enter(&self, wake: &Arc<Notify>) -> Instance {
        locked(&self.listeners).push(Arc::downgrade(wake));
        Instance(self.instances.fetch_add(1, Ordering::Relaxed))
    }

    /// Changes the record, on top of what other processes have made of it, and tells everyone.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Record)) {
        let mut record = locked(&self.record);
        if let Some(newer) = self.folder.as_ref().and_then(Folder::read) {
            record.take_over(newer);
        }
        change(&mut record);
        if let Some(folder) = &self.folder {
            folder.write(&record);
        }
        drop(record);
        self.tell();
    }

    /// Remembers where we have been.
    pub(crate) fn remember(&self, name: &str, link: &str) {
        let is_known = {
            let record = locked(&self.record);
            let last = record.recents.first();
            last.is_some_and(|past| past.link == link && past.name == name)
        };
        if !is_known {
            let past = Past {
                name: name.to_owned(),
                link: link.to_owned(),
            };
            self.change(|record| record.remember(past));
        }
    }

    /// Wakes every instance to look again.
    pub(crate) fn tell(&self) {
        self.changes.fetch_add(1, Ordering::AcqRel);
        locked(&self.listeners).retain(|listener| {
            let listener = listener.upgrade();
            if let Some(wake) = &listener {
                wake.notify_one();
            }
            listener.is_some()
        });
    }
}

/// What is kept here is changed by whole values, so a panic elsewhere leaves it consistent.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
