//! The outboxes of a live session's connections: where its messages go.

use crate::outbox::{Outbox, Pushed};
use bytes::Bytes;
use lockstep_session::{ids::ConnectionId, protocol::Goodbye};
use std::collections::HashMap;
use std::sync::Arc;
use tokio_tungstenite::tungstenite::Utf8Bytes;

#[derive(Default)]
pub(super) struct Connections {
    outboxes: HashMap<ConnectionId, Arc<Outbox>>,
    /// Outboxes that were filled since the sockets were last woken.
    filled: Vec<Arc<Outbox>>,
}

impl Connections {
    pub(super) fn is_empty(&self) -> bool {
        self.outboxes.is_empty()
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
    pub(super) fn send(&mut self, to: &[ConnectionId], text: Arc<str>) -> Vec<ConnectionId> {
        let text = shared(text);
        let mut lagging = Vec::new();
        for connection in to {
            let Some(outbox) = self.outboxes.get(connection) else {
                continue;
            };
            match outbox.push(text.clone()) {
                Pushed::First => self.filled.push(outbox.clone()),
                Pushed::Behind => {}
                Pushed::Overflowed => lagging.push(*connection),
            }
        }
        lagging
    }

    /// Lets the sockets write: once for all that was queued since the last time.
    pub(super) fn wake(&mut self) {
        for outbox in self.filled.drain(..) {
            outbox.wake();
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

/// The bytes of a message, shared by everyone it goes to.
fn shared(text: Arc<str>) -> Utf8Bytes {
    struct Shared(Arc<str>);
    impl AsRef<[u8]> for Shared {
        fn as_ref(&self) -> &[u8] {
            self.0.as_bytes()
        }
    }
    Utf8Bytes::try_from(Bytes::from_owner(Shared(text))).expect("a string is UTF-8")
}
