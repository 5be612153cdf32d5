//! A replica's own edits on their way: made, sent, ordered, and at last stored.

use crate::edit::Edit;
use crate::ids::{EditNumber, Revision};
use crate::limits;
use crate::rate::Bucket;
use crate::units::LocalTime;
use std::{collections::VecDeque, sync::Arc};

#[derive(Debug)]
pub(super) struct Pending {
    pub number: EditNumber,
    pub edit: Arc<Edit>,
    state: State,
    /// The server said it is stored before this replica saw it ordered.
    stored: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Unsent,
    Sent,
    /// Part of the confirmed document; kept until it is stored, since a crash may lose it.
    Ordered,
}

#[derive(Debug)]
pub(super) struct Queue {
    edits: VecDeque<Pending>,
    last: EditNumber,
    pace: Bucket,
    paced: Option<LocalTime>,
}

impl Default for Queue {
    fn default() -> Self {
        let pace = Bucket::full(limits::REPLICA_EDITS);
        Self {
            edits: VecDeque::new(),
            last: EditNumber(0),
            pace,
            paced: None,
        }
    }
}

impl Queue {
    pub(super) fn len(&self) -> usize {
        self.edits.len()
    }

    /// The edits to lay over the confirmed document.
    pub(super) fn unordered(&self) -> impl Iterator<Item = &Pending> {
        self.edits
            .iter()
            .filter(|pending| pending.state != State::Ordered)
    }

    pub(super) fn range(&self) -> Option<(EditNumber, EditNumber)> {
        Some((self.edits.front()?.number, self.edits.back()?.number))
    }

    /// When the pace allows the next edit, where one waits.
    pub(super) fn deadline(&self) -> Option<LocalTime> {
        self.has_sendable()
            .then(|| self.paced.unwrap_or(LocalTime::ZERO) + self.pace.wait())
    }

    pub(super) fn push(&mut self, edit: Edit) -> EditNumber {
        self.last = self.last.next();
        let pending = Pending {
            number: self.last,
            edit: Arc::new(edit),
            state: State::Unsent,
            stored: false,
        };
        self.edits.push_back(pending);
        self.last
    }

    pub(super) fn next_to_send(&mut self, now: LocalTime) -> Option<&Pending> {
        if !self.has_sendable() {
            return None;
        }
        self.pace.refill(now - self.paced.unwrap_or(now));
        self.paced = Some(now);
        let next = self
            .edits
            .iter_mut()
            .find(|pending| pending.state == State::Unsent)?;
        if !self.pace.take() {
            return None;
        }
        next.state = State::Sent;
        Some(next)
    }

    fn has_sendable(&self) -> bool {
        let under_way = self
            .edits
            .iter()
            .filter(|pending| pending.state != State::Unsent)
            .count();
        under_way < limits::IN_FLIGHT && under_way < self.edits.len()
    }

    pub(super) fn ordered(&mut self, number: EditNumber) {
        if let Some(place) = self.place_of(number) {
            self.edits[place].state = State::Ordered;
            if self.edits[place].stored {
                self.edits.remove(place);
            }
        }
    }

    /// Takes out the edits before `number`, which the server has decided, that were neither ordered
    /// nor are among `settled`. A run's edits are decided in their order, so these were refused,
    /// whether or not the word of it got here.
    pub(super) fn take_refused_before(
        &mut self,
        number: EditNumber,
        settled: &[(EditNumber, Revision)],
    ) -> Vec<EditNumber> {
        let mut refused = Vec::new();
        self.edits.retain(|pending| {
            let is_settled = || {
                settled
                    .iter()
                    .any(|(settled, _)| *settled == pending.number)
            };
            let is_kept =
                pending.number >= number || pending.state == State::Ordered || is_settled();
            if !is_kept {
                refused.push(pending.number);
            }
            is_kept
        });
        refused
    }

    /// Whether the confirmed document now holds an edit that was laid over it until now.
    pub(super) fn stored(&mut self, number: EditNumber, applied: bool) -> bool {
        let Some(place) = self.place_of(number) else {
            return false;
        };
        if !applied {
            self.edits[place].stored = true;
            return false;
        }
        self.edits
            .remove(place)
            .is_some_and(|pending| pending.state != State::Ordered)
    }

    /// The server could not take it now.
    pub(super) fn put_back(&mut self, number: EditNumber) {
        if let Some(place) = self.place_of(number) {
            self.edits[place].state = State::Unsent;
        }
    }

    pub(super) fn remove(&mut self, number: EditNumber) -> bool {
        self.place_of(number)
            .and_then(|place| self.edits.remove(place))
            .is_some()
    }

    /// Takes in what the server says became of the edits under way. `base` is the revision of
    /// the confirmed document; edits up to `durable` are stored.
    pub(super) fn settle(
        &mut self,
        settled: &[(EditNumber, Revision)],
        base: Revision,
        durable: Revision,
        new_epoch: bool,
    ) {
        if new_epoch {
            self.unorder();
        }
        for &(number, revision) in settled {
            let Some(place) = self.place_of(number) else {
                continue;
            };
            let pending = &mut self.edits[place];
            pending.stored = revision <= durable;
            // One behind the base follows among the edits that were missed.
            pending.state = if revision <= base {
                State::Ordered
            } else {
                State::Sent
            };
            if pending.stored && revision <= base {
                self.edits.remove(place);
            }
        }
    }

    /// Nobody will order them any more. Numbers are not used twice.
    pub(super) fn clear(&mut self) {
        self.edits.clear();
    }

    /// The order they had is lost: a crash, or a document from elsewhere.
    pub(super) fn unorder(&mut self) {
        for pending in &mut self.edits {
            pending.state = State::Unsent;
            pending.stored = false;
        }
    }

    /// A new connection: what is not ordered goes out again.
    pub(super) fn resend(&mut self) {
        for pending in self
            .edits
            .iter_mut()
            .filter(|pending| pending.state == State::Sent && !pending.stored)
        {
            pending.state = State::Unsent;
        }
    }

    fn place_of(&self, number: EditNumber) -> Option<usize> {
        self.edits
            .binary_search_by_key(&number, |pending| pending.number)
            .ok()
    }
}
