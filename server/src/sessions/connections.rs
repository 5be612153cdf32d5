//! The outboxes of a live session's connections: where its messages go.

use crate::frame;
use crate::outbox::{Outbox, Pushed};
use lockstep_session::{ids::ConnectionId, protocol::Goodbye};
use std::collections::HashMap;
use std::sync::Arc;

#[derive(Default)]
pub(super) struct Connections {
    outboxes: HashMap<ConnectionId, Arc<Outbox>>,
    /// Bytes that were queued since they were last counted.
    sent: u64,
    /// Outboxes that were filled since they were last flushed.
    filled: Vec<Arc<Outbox>>,
}

impl Connections {
    pub(super) fn is_empty(&self) -> bool {
        self.outboxes.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.outboxes.len()
    }

    /// Bytes that were queued since this was last asked.
    pub(super) fn take_sent(&mut self) -> u64 {
        std::mem::take(&mut self.sent)
    }

    pub(super) fn open(&mut self, connection: ConnectionId, outbox: Arc<Outbox>) {
        self.outboxes.insert(connection, outbox);
    }

    pub(super) fn forget(&mut self, connection: ConnectionId) {
        self.outboxes.remove(&connection);
    }

    /// Lets the connection write what waits for it, then end.
    pub(super) fn close(&mut self, connection: ConnectionId, goodbye: Goodbye) {
        if let Some(outbox) = self.outboxes.remove(&connection) {
            outbox.close(goodbye);
        }
    }

    /// Queues a message for several; returns those who had no room for it.
    pub(super) fn send(&mut self, to: &[ConnectionId], text: &str) -> Vec<ConnectionId> {
        let frame = frame::text(text);
        let bytes = u64::try_from(frame.len()).unwrap_or(u64::MAX);
        let mut lagging = Vec::new();
        for connection in to {
            let Some(outbox) = self.outboxes.get(connection) else {
                continue;
            };
            match outbox.push(frame.clone()) {
                Pushed::First => self.filled.push(outbox.clone()),
                Pushed::Behind => {}
                Pushed::Overflowed => {
                    lagging.push(*connection);
                    continue;
                }
            }
            self.sent += bytes;
        }
        lagging
    }

    /// Lets the sockets have what was queued since the last time.
    pub(super) fn flush(&mut self) {
        for outbox in self.filled.drain(..) {
            outbox.flush();
        }
    }
}

/// Should the session's task fail, nobody is left waiting for it.
impl Drop for Connections {
    fn drop(&mut self) {
        for outbox in self.outboxes.values() {
            outbox.close(Goodbye::Restarting);
        }
    }
}
