//! A player's own edits: applied at once, undone and redone, laid over what the server orders.

#[cfg(feature = "faults")]
use super::Fault;
use super::history::{self, History, Reach};
use super::pending::Pending;
use super::{Change, Event, GRACE, Grace, Output, Replica};
use crate::edit::{Edit, Moment};
use crate::ids::EditNumber;
use crate::limits;
use crate::protocol::{ClientMessage, Rejection, Role, encode};
use crate::units::{LocalTime, ServerTime};
use std::{borrow::Cow, sync::Arc};

impl Replica {
    /// Makes an edit: it shows at once, and goes to the server when it can.
    pub fn edit(&mut self, edit: Edit, now: LocalTime) -> Result<EditNumber, Rejection> {
        self.recorded(edit, now, false)
    }

    /// The same for an edit that goes on with the last one's gesture, as each notch of a turning knob
    /// does: undo takes the gesture back as a whole.
    pub fn edit_further(&mut self, edit: Edit, now: LocalTime) -> Result<EditNumber, Rejection> {
        self.recorded(edit, now, true)
    }

    fn recorded(
        &mut self,
        edit: Edit,
        now: LocalTime,
        goes_on: bool,
    ) -> Result<EditNumber, Rejection> {
        let regions = edit.regions(&self.shown);
        let before: Vec<_> = regions
            .iter()
            .map(|region| region.capture(&self.shown))
            .collect();
        let number = self.admit(edit, now)?;
        let after: Vec<_> = regions
            .iter()
            .map(|region| region.capture(&self.shown))
            .collect();
        if goes_on {
            self.history
                .extend(number, regions, before, after, &self.shown);
        } else {
            self.history.record(number, regions, before, after);
        }
        Ok(number)
    }

    /// Whether this player could take anything back or make it again. Others may have changed it since.
    pub fn reach(&self) -> Reach {
        self.history.reach()
    }

    /// Takes back this player's last edit, but for what someone else has changed since.
    pub fn undo(&mut self, now: LocalTime) -> bool {
        self.travel(History::take_undo, History::put_redo, now)
    }

    pub fn redo(&mut self, now: LocalTime) -> bool {
        self.travel(History::take_redo, History::put_undo, now)
    }

    fn travel(
        &mut self,
        take: fn(&mut History) -> Option<history::Step>,
        put: fn(&mut History, history::Step),
        now: LocalTime,
    ) -> bool {
        while let Some(step) = take(&mut self.history) {
            let edits = step.restoring(&self.shown);
            let reverse = step.reversed();
            let mut taken = Vec::new();
            for edit in edits {
                taken.extend(self.admit(edit, now).ok());
            }
            if let Some(&last) = taken.last() {
                put(&mut self.history, reverse.numbered(last));
                return true;
            }
        }
        false
    }

    pub(super) fn rebase(&mut self) {
        #[cfg(feature = "faults")]
        if self.fault == Fault::DropRebase {
            self.shown = self.confirmed.clone();
            return;
        }
        self.shown = self.confirmed.clone();
        for pending in self.queue.unordered() {
            // One that no longer fits, since its track is gone, shows nothing; the server says why.
            let _ = self.shown.apply(&pending.edit, self.player);
        }
    }

    fn admit(&mut self, edit: Edit, now: LocalTime) -> Result<EditNumber, Rejection> {
        if self.role == Some(Role::Listener) {
            return Err(Rejection::Listener);
        }
        if self.queue.len() >= limits::PENDING {
            return Err(Rejection::TooManyPending);
        }
        // Without the shared clock the server names the moment; until then this machine's will do.
        let present = self
            .server_time(now)
            .unwrap_or(ServerTime::from_micros(now.as_micros()));
        let edit = edit.resolved(
            &self.shown,
            Moment {
                now: present,
                notice: limits::NOTICE,
            },
        );
        if encode(&edit).len() > limits::CLIENT_MESSAGE - 256 {
            return Err(Rejection::TooLarge);
        }
        self.shown
            .apply(&edit, self.player)
            .map_err(Rejection::Conflict)?;
        if edit.moves_transport() {
            self.grace = Some(Grace {
                until: now + GRACE,
                timeline: self.shown.timeline,
            });
        }
        let change = Change::Edit {
            by: self.player,
            edit: Arc::new(edit.clone()),
        };
        let number = self.queue.push(edit);
        self.events.push_back(Event::Document(change));
        self.send_pending(now);
        Ok(number)
    }

    pub(super) fn send_pending(&mut self, now: LocalTime) {
        if !self.is_live() || self.read_only {
            return;
        }
        while let Some(Pending { number, edit, .. }) = self.queue.next_to_send(now) {
            let raw = serde_json::value::to_raw_value(&**edit).expect("an edit can be written");
            let text = encode(&ClientMessage::Edit {
                number: *number,
                edit: Cow::Owned(raw),
            });
            self.outputs.push_back(Output::Send(text));
        }
    }
}
