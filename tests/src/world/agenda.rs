//! What will happen, ordered by virtual time; what is due at the same moment happens in the order
//! in which it was written down.

use lockstep_session::units::ServerTime;
use std::collections::BTreeMap;

#[derive(Debug)]
pub(super) struct Agenda<T> {
    entries: BTreeMap<(ServerTime, u64), T>,
    written: u64,
}

impl<T> Default for Agenda<T> {
    fn default() -> Self {
        Self {
            entries: BTreeMap::new(),
            written: 0,
        }
    }
}

impl<T> Agenda<T> {
    pub(super) fn next_at(&self) -> Option<ServerTime> {
        self.entries.first_key_value().map(|((at, _), _)| *at)
    }

    pub(super) fn write(&mut self, at: ServerTime, what: T) {
        self.entries.insert((at, self.written), what);
        self.written += 1;
    }

    pub(super) fn take_due(&mut self, now: ServerTime) -> Option<T> {
        let due = self.next_at().is_some_and(|at| at <= now);
        due.then(|| self.entries.pop_first().map(|(_, what)| what))?
    }
}
