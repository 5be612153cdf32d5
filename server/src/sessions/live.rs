//! The handles of a session in memory: how connections and requests reach its task.

use super::{EditError, EnterError, task};
use crate::metrics::SessionMetrics;
use crate::store::{SessionKey, Store};
use crate::{clock::ServerClock, outbox::Outbox};
use lockstep_session::document::Document;
use lockstep_session::edit::Edit;
use lockstep_session::ids::ConnectionId;
use lockstep_session::limits::Rates;
use lockstep_session::protocol::{Player, Position, Role};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// Messages that wait for the session. Each connection has one here at most, for it waits for its place.
const INBOX: usize = 64;

type Answer<T> = oneshot::Sender<Result<T, EnterError>>;

pub(super) enum Command {
    Join {
        connection: ConnectionId,
        role: Role,
        outbox: Arc<Outbox>,
        answer: Answer<()>,
    },
    Text {
        connection: ConnectionId,
        text: Utf8Bytes,
    },
    /// A sign of life without words.
    Heard {
        connection: ConnectionId,
    },
    CaughtUp {
        connection: ConnectionId,
    },
    Left {
        connection: ConnectionId,
    },
    Read {
        answer: Answer<Reading>,
    },
    /// The session was changed in the store by somebody else: let go of it.
    Evict,
    /// An edit that no connection made. It is answered once it is durable.
    Edit {
        edit: Box<Edit>,
        answer: oneshot::Sender<Result<Position, EditError>>,
    },
}

/// The document at one place of the session's order, and who is there.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) document: Arc<Document>,
    pub(crate) at: Position,
    pub(crate) players: Vec<Player>,
}

/// How long a session stays as it is though nobody needs it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leisure {
    /// In memory, with nobody in it.
    pub(crate) linger: Duration,
    /// In memory whole, with players in it of whom none edits.
    pub(crate) quiet: Duration,
}

/// The way to a session's task.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    inbox: mpsc::Sender<Command>,
}

/// A connection's place in a session.
#[derive(Debug)]
pub(crate) struct Seat {
    pub(super) live: Live,
    pub(super) connection: ConnectionId,
    pub(super) shard: Handle,
    /// The server waits for this to be dropped before it ends.
    pub(super) _running: mpsc::Sender<()>,
}

/// What a session needs to wake.
pub(super) struct Waking {
    pub(super) store: Arc<dyn Store>,
    pub(super) session: SessionKey,
    /// The friendly part of the link, for the log.
    pub(super) name: String,
    pub(super) clock: ServerClock,
    pub(super) stopping: watch::Receiver<bool>,
    pub(super) leisure: Leisure,
    pub(super) rates: Rates,
    pub(super) metrics: SessionMetrics,
    /// Dropped when the task has ended.
    pub(super) running: mpsc::Sender<()>,
}

impl Live {
    pub(super) fn wake(waking: Waking, shard: &Handle) -> Self {
        let (inbox, commands) = mpsc::channel(INBOX);
        shard.spawn(task::run(waking, commands));
        Self { inbox }
    }

    pub(super) fn has_ended(&self) -> bool {
        self.inbox.is_closed()
    }

    /// Waits until the session takes nothing more.
    #[cfg(test)]
    pub(super) async fn inbox_closed(&self) {
        self.inbox.closed().await;
    }

    /// Nothing where the session fell asleep meanwhile: it has to be woken again.
    pub(super) async fn join(
        &self,
        connection: ConnectionId,
        role: Role,
        outbox: Arc<Outbox>,
    ) -> Option<Result<(), EnterError>> {
        let (answer, answered) = oneshot::channel();
        self.inbox
            .send(Command::Join {
                connection,
                role,
                outbox,
                answer,
            })
            .await
            .ok()?;
        answered.await.ok()
    }

    pub(super) async fn read(&self) -> Option<Result<Reading, EnterError>> {
        let (answer, answered) = oneshot::channel();
        self.inbox.send(Command::Read { answer }).await.ok()?;
        answered.await.ok()
    }

    pub(super) async fn evict(&self) {
        // A session that has ended has let go already.
        let _ = self.inbox.send(Command::Evict).await;
        self.inbox.closed().await;
    }

    pub(super) async fn edit(&self, edit: Edit) -> Option<Result<Position, EditError>> {
        let (answer, answered) = oneshot::channel();
        let edit = Box::new(edit);
        self.inbox.send(Command::Edit { edit, answer }).await.ok()?;
        // A session that ends on the way may have stored the edit or not.
        Some(answered.await.unwrap_or(Err(EnterError::Stopping.into())))
    }
}

/// The session has ended, and so must the connection.
#[derive(Debug)]
pub(crate) struct Ended;

impl Seat {
    /// Where the connection is best served: the session lives there.
    pub(crate) fn shard(&self) -> &Handle {
        &self.shard
    }

    pub(crate) async fn text(&self, text: Utf8Bytes) -> Result<(), Ended> {
        self.tell(Command::Text {
            connection: self.connection,
            text,
        })
        .await
    }

    pub(crate) async fn heard(&self) -> Result<(), Ended> {
        let connection = self.connection;
        self.tell(Command::Heard { connection }).await
    }

    pub(crate) async fn caught_up(&self) -> Result<(), Ended> {
        self.tell(Command::CaughtUp {
            connection: self.connection,
        })
        .await
    }

    /// Tells the session that nobody is here any more.
    pub(crate) async fn leave(&self) {
        // A session that has ended has forgotten the connection already.
        let _ = self
            .tell(Command::Left {
                connection: self.connection,
            })
            .await;
    }

    async fn tell(&self, command: Command) -> Result<(), Ended> {
        self.live.inbox.send(command).await.map_err(|_| Ended)
    }
}
