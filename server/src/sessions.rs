//! The sessions that are in memory, and the way into them. A session is woken by the first who
//! enters and sleeps again a while after the last has left.

mod connections;
mod live;
mod opening;
mod task;

pub(crate) use live::{Ended, Leisure, Reading, Seat};

use crate::{
    clock::ServerClock, link::LinkId, metrics::SessionMetrics, outbox::Outbox, shards::Shards,
    store::SessionKey, store::Store, store::StoreError,
};
use live::{Live, Waking};
use lockstep_session::journal::{Damage, Snapshot};
use lockstep_session::limits::Rates;
use lockstep_session::protocol::{Position, Rejection, Role};
use lockstep_session::{document::Document, edit::Edit, ids::ConnectionId};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{mpsc, watch};

/// How often a session that falls asleep just as someone enters is woken for them.
const WAKES: usize = 8;

#[derive(Debug)]
pub(crate) struct Sessions {
    store: Arc<dyn Store>,
    clock: ServerClock,
    live: Mutex<HashMap<SessionKey, Live>>,
    connections: AtomicU64,
    /// True once the server goes down.
    stopping: watch::Receiver<bool>,
    /// Held by every task that has to end before the process may.
    running: mpsc::Sender<()>,
    leisure: Leisure,
    /// What each connection may send.
    rates: Rates,
    metrics: SessionMetrics,
    shards: Arc<Shards>,
}

/// What its one or two links allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SessionKind {
    /// The link edits, and another made of it listens.
    Open,
    /// The link only listens: nobody can change it.
    Published,
}

/// Why an edit of the server was not made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EditError {
    #[error(transparent)]
    Enter(#[from] EnterError),
    #[error("{}", .0.reason())]
    Rejected(Rejection),
}

/// Why nobody can enter.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum EnterError {
    #[error("no session has this link")]
    Unknown,
    #[error("the stored session is damaged: {0}")]
    Damaged(Damage),
    /// A whole record is missing at the end, which this store cannot lose by a crash.
    #[error("the stored session is damaged: its last record is incomplete")]
    CutShort,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the session fell asleep again and again")]
    Asleep,
    #[error("the server is stopping")]
    Stopping,
}

impl Sessions {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        stopping: watch::Receiver<bool>,
        running: mpsc::Sender<()>,
        leisure: Leisure,
        rates: Rates,
        metrics: SessionMetrics,
        shards: Arc<Shards>,
    ) -> Self {
        Self {
            store,
            clock: ServerClock::start(),
            live: Mutex::default(),
            connections: AtomicU64::new(0),
            stopping,
            running,
            leisure,
            rates,
            metrics,
            shards,
        }
    }

    /// Keeps a new session. Its document is given the title of its link where it has none of its own.
    pub(crate) async fn create(
        &self,
        document: impl FnOnce(&LinkId) -> Document,
        kind: SessionKind,
    ) -> Result<LinkId, StoreError> {
        let link = LinkId::draw().expect("the system gives random numbers");
        let document = document(&link);
        let snapshot = Snapshot {
            at: Position::default(),
            document,
            epochs: Vec::new(),
            outcomes: Vec::new(),
        };
        let links = match kind {
            SessionKind::Open => vec![
                (link.key(), Role::Editor),
                (link.listener().key(), Role::Listener),
            ],
            SessionKind::Published => vec![(link.key(), Role::Listener)],
        };
        self.store
            .create(&links, snapshot.to_bytes(), self.clock.now())
            .await?;
        tracing::info!(session = link.friendly(), "created");
        Ok(link)
    }

    /// Where a link leads, and what it allows.
    pub(crate) async fn find(&self, link: &LinkId) -> Result<(SessionKey, Role), EnterError> {
        self.store
            .find(link.key())
            .await?
            .ok_or(EnterError::Unknown)
    }

    /// Connects an outbox to a session, waking it if it sleeps.
    pub(crate) async fn join(
        &self,
        link: &LinkId,
        outbox: Arc<Outbox>,
    ) -> Result<Seat, EnterError> {
        let (session, role) = self.find(link).await?;
        let connection = ConnectionId(self.connections.fetch_add(1, Ordering::Relaxed));
        for _ in 0..WAKES {
            let live = self.live(session, link.friendly())?;
            if let Some(answer) = live.join(connection, role, outbox.clone()).await {
                let seat = Seat {
                    live,
                    connection,
                    shard: self.shards.of(session).clone(),
                    _running: self.running.clone(),
                };
                return answer.map(|()| seat);
            }
        }
        Err(EnterError::Asleep)
    }

    /// The document as it stands.
    pub(crate) async fn read(&self, link: &LinkId) -> Result<(Reading, Role), EnterError> {
        let (session, role) = self.find(link).await?;
        for _ in 0..WAKES {
            if let Some(answer) = self.live(session, link.friendly())?.read().await {
                return answer.map(|reading| (reading, role));
            }
        }
        Err(EnterError::Asleep)
    }

    /// Makes an edit in the server's own name. It is durable when this returns.
    pub(crate) async fn edit(&self, link: &LinkId, edit: Edit) -> Result<Position, EditError> {
        let (session, role) = self.find(link).await?;
        if role == Role::Listener {
            return Err(EditError::Rejected(Rejection::Listener));
        }
        for _ in 0..WAKES {
            if let Some(answer) = self
                .live(session, link.friendly())?
                .edit(edit.clone())
                .await
            {
                return answer;
            }
        }
        Err(EnterError::Asleep.into())
    }

    /// Lets go of a session that was changed in the store, and waits until it has ended. Its
    /// players come back by themselves and are given what is stored.
    pub(crate) async fn evict(&self, session: SessionKey) {
        let live = {
            let awake = self.live.lock().unwrap_or_else(PoisonError::into_inner);
            awake.get(&session).cloned()
        };
        if let Some(live) = live {
            live.evict().await;
        }
    }

    fn live(&self, session: SessionKey, name: &str) -> Result<Live, EnterError> {
        if *self.stopping.borrow() {
            return Err(EnterError::Stopping);
        }
        let mut awake = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(live) = awake.get(&session).filter(|live| !live.has_ended()) {
            return Ok(live.clone());
        }
        // Those that fell asleep since the last one woke are forgotten here.
        awake.retain(|_, live| !live.has_ended());
        let waking = Waking {
            store: self.store.clone(),
            session,
            name: name.to_owned(),
            clock: self.clock,
            stopping: self.stopping.clone(),
            leisure: self.leisure,
            rates: self.rates,
            metrics: self.metrics.clone(),
            running: self.running.clone(),
        };
        let live = Live::wake(waking, self.shards.of(session));
        awake.insert(session, live.clone());
        Ok(live)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::Work;
    use crate::store::EmbeddedStore;
    use crate::template;
    use lockstep_session::protocol::Goodbye;
    use std::time::Duration;
    use tokio::time::timeout;

    const PATIENCE: Duration = Duration::from_secs(30);

    /// Sessions that fall asleep as soon as nobody is there.
    fn sessions(directory: &std::path::Path) -> (Sessions, watch::Sender<bool>) {
        let store = EmbeddedStore::open(directory).unwrap();
        let (stop, stopping) = watch::channel(false);
        let running = mpsc::channel(1).0;
        let leisure = Leisure {
            linger: Duration::ZERO,
            quiet: Duration::ZERO,
        };
        let sessions = Sessions::new(
            Arc::new(store),
            stopping,
            running,
            leisure,
            Rates::default(),
            SessionMetrics::default(),
            Arc::new(Shards::start().unwrap()),
        );
        (sessions, stop)
    }

    fn starter(link: &LinkId) -> Document {
        template::starter(&link.title())
    }

    /// What waits, as the WebSocket frames that it is written in.
    async fn heard(outbox: &Outbox) -> String {
        match timeout(PATIENCE, outbox.work()).await.unwrap() {
            Work::Write => String::from_utf8_lossy(&outbox.take().concat()).into_owned(),
            Work::CaughtUp | Work::Broken => String::new(),
            Work::Close(goodbye) => format!("{goodbye:?}"),
        }
    }

    async fn say(seat: &Seat, text: &str) {
        seat.text(text.into()).await.unwrap();
    }

    const HELLO: &str = r#"{"hello":{"token":"abababababababababababababababab","run":1}}"#;
    const RENAME: &str = r#"{"edit":{"number":1,"edit":{"session":{"name":"Renamed"}}}}"#;

    #[tokio::test]
    async fn a_session_left_alone_falls_asleep_and_wakes_as_it_was() {
        let directory = tempfile::tempdir().unwrap();
        let (sessions, _stop) = sessions(directory.path());
        let link = sessions.create(starter, SessionKind::Open).await.unwrap();
        let outbox = Arc::new(Outbox::default());
        let seat = sessions.join(&link, outbox.clone()).await.unwrap();
        say(&seat, HELLO).await;
        say(&seat, RENAME).await;
        let mut said = String::new();
        while !said.contains("accepted") {
            said += &heard(&outbox).await;
        }
        let (awake, _) = sessions.read(&link).await.unwrap();
        assert_eq!(awake.document.name.as_str(), "Renamed");

        seat.leave().await;
        timeout(PATIENCE, seat.live.inbox_closed()).await.unwrap();
        let (session, _) = sessions.find(&link).await.unwrap();
        let stored = sessions.store.acquire(session).await.unwrap();
        assert!(
            stored.records.is_empty(),
            "it left a snapshot of everything"
        );

        let (again, _) = sessions.read(&link).await.unwrap();
        assert_eq!(again.document, awake.document);
        assert_eq!(again.at.revision, awake.at.revision);
        assert!(again.at.epoch > awake.at.epoch);
    }

    #[tokio::test]
    async fn stopping_acknowledges_what_was_received_before_it_says_goodbye() {
        let directory = tempfile::tempdir().unwrap();
        let (sessions, stop) = sessions(directory.path());
        let link = sessions.create(starter, SessionKind::Open).await.unwrap();
        let outbox = Arc::new(Outbox::default());
        let seat = sessions.join(&link, outbox.clone()).await.unwrap();
        say(&seat, HELLO).await;
        say(&seat, RENAME).await;
        // Answered after the edit, so the edit has been received.
        sessions.read(&link).await.unwrap();
        stop.send(true).unwrap();
        let mut said = String::new();
        while !said.ends_with(&format!("{:?}", Goodbye::Restarting)) {
            said += &heard(&outbox).await;
        }
        let accepted = said.find("\"accepted\"").expect("the edit is acknowledged");
        assert!(accepted < said.find("\"goodbye\"").expect("and then goodbye is said"));
        let refused = sessions.join(&link, Arc::default()).await;
        assert!(matches!(refused, Err(EnterError::Stopping)));
    }
}
