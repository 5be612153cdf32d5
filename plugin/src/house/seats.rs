//! Which of this process's instances conducts a session: the first that came, then the next. To the
//! server they are one player, so only they can tell.

use super::locked;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

#[derive(Debug, Default)]
pub(crate) struct Seats {
    rows: Mutex<Rows>,
}

#[derive(Debug, Default)]
struct Rows {
    /// In the order in which they came, by the session's link.
    seated: BTreeMap<String, Vec<u64>>,
    next: u64,
}

/// A place in a session, until it is dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    seats: Arc<Seats>,
    link: String,
    number: u64,
}

impl Seats {
    pub(crate) fn take(self: &Arc<Self>, link: &str) -> Seat {
        let mut rows = locked(&self.rows);
        let number = rows.next;
        rows.next += 1;
        rows.seated.entry(link.to_owned()).or_default().push(number);
        Seat {
            seats: Arc::clone(self),
            link: link.to_owned(),
            number,
        }
    }
}

impl Seat {
    /// Whether this instance speaks for the workstation in its session.
    pub(crate) fn conducts(&self) -> bool {
        let rows = locked(&self.seats.rows);
        let row = rows.seated.get(&self.link);
        row.and_then(|row| row.first()) == Some(&self.number)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut rows = locked(&self.seats.rows);
        if let Some(row) = rows.seated.get_mut(&self.link) {
            row.retain(|number| *number != self.number);
            if row.is_empty() {
                rows.seated.remove(&self.link);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_conducts_each_session_and_the_next_takes_over_when_it_leaves() {
        let seats = Arc::new(Seats::default());
        let first = seats.take("one");
        let second = seats.take("one");
        let elsewhere = seats.take("other");
        assert!(first.conducts() && !second.conducts() && elsewhere.conducts());
        drop(first);
        assert!(second.conducts());
        let third = seats.take("one");
        assert!(second.conducts() && !third.conducts());
        drop(second);
        assert!(third.conducts());
    }
}
