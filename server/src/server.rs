//! A server from its start to its end. The caller owns the listening socket and the signal to stop.

mod connection;

use crate::exports::Exports;
use crate::gate::{Door, Gate};
use crate::http::{Shared, Site, TrustedProxies, edit_link, imports, router};
use crate::sessions::{SessionKind, Sessions};
use crate::store::{EmbeddedStore, OpenError, StoreError};
use crate::{link::LinkId, template, web::Web};
use connection::Connections;
use ipnet::IpNet;
use std::future::Future;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};

/// How long everything may take to end once the server stops.
const END_WITHIN: Duration = Duration::from_secs(8);
/// A pause after the system refused a connection: it has run out of something.
const BREATHER: Duration = Duration::from_millis(50);

#[derive(Clone, Debug)]
pub struct Config {
    /// Where sessions are kept.
    pub data: PathBuf,
    /// Where links begin, such as `https://jam.example`; without it, as each client reached the server.
    pub public_url: Option<String>,
    /// Pages of these origins may use the server, beside its own.
    pub allowed_origins: Vec<String>,
    /// A folder with the page, in place of the one that was built in.
    pub web: Option<PathBuf>,
    /// How long a session with nobody in it stays in memory.
    pub linger: Duration,
    /// Proxies that say who their clients are.
    pub trusted_proxies: Vec<IpNet>,
    /// How many times the usual each client address may ask for; 0 counts nothing.
    pub generosity: u32,
    /// Connections open at once, in all and from one address.
    pub max_connections: usize,
    pub max_connections_per_address: usize,
}

impl Config {
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            public_url: None,
            allowed_origins: Vec::new(),
            web: None,
            linger: Duration::from_secs(30),
            trusted_proxies: Vec::new(),
            generosity: 1,
            max_connections: 20_000,
            max_connections_per_address: 512,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Store(#[from] OpenError),
    #[error("the page cannot be read from {0}: {1}")]
    Page(PathBuf, #[source] std::io::Error),
}

/// The link of a session just made. Whoever has it may edit the session.
#[derive(Debug)]
pub struct NewSession {
    id: LinkId,
}

impl NewSession {
    /// The whole link, for a server that is reached at `base`.
    pub fn link(&self, base: &str) -> String {
        edit_link(base.trim_end_matches('/'), &self.id)
    }
}

#[derive(Debug)]
pub struct Server {
    shared: Arc<Shared>,
    door: Arc<Door>,
    stop: watch::Sender<bool>,
    /// Ends when every task that holds the other end has.
    running: mpsc::Receiver<()>,
    run: mpsc::Sender<()>,
}

impl Server {
    /// Opens the store. Nothing is served yet.
    pub fn open(config: Config) -> Result<Self, StartError> {
        let store = EmbeddedStore::open(&config.data)?;
        let web = match config.web {
            Some(folder) => Web::read(&folder).map_err(|error| StartError::Page(folder, error))?,
            None => Web::embedded(),
        };
        let (stop, stopping) = watch::channel(false);
        let (run, running) = mpsc::channel(1);
        let sessions = Sessions::new(
            Arc::new(store),
            stopping.clone(),
            run.clone(),
            config.linger,
        );
        let site = Site {
            public_url: config.public_url,
            allowed_origins: config.allowed_origins,
            trusted_proxies: TrustedProxies(config.trusted_proxies),
        };
        let door = Door::new(config.max_connections, config.max_connections_per_address);
        Ok(Self {
            shared: Arc::new(Shared {
                sessions,
                exports: Exports::new(config.data, stopping.clone()),
                imports: imports(),
                web,
                site,
                gate: Gate::new(config.generosity),
                stopping,
            }),
            door: Arc::new(door),
            stop,
            running,
            run,
        })
    }

    pub async fn new_session(&self) -> Result<NewSession, StoreError> {
        Ok(NewSession {
            id: self
                .shared
                .sessions
                .create(|link| template::starter(&link.title()), SessionKind::Open)
                .await?,
        })
    }

    /// Serves until `shutdown`, then ends every session politely: what was received is made
    /// durable and acknowledged, and everyone is told when to come back.
    pub async fn run(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        let Self {
            shared,
            door,
            stop,
            mut running,
            run,
        } = self;
        let proxies = shared.site.trusted_proxies.clone();
        let connections =
            Connections::new(router(shared), door, proxies, stop.subscribe(), run.clone());
        let mut shutdown = pin!(shutdown);
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = &mut shutdown => break,
            };
            match accepted {
                Ok((stream, peer)) => connections.welcome(stream, peer),
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    sleep(BREATHER).await;
                }
            }
        }
        tracing::info!("stopping");
        drop(listener);
        // Nobody listens for this if there are no sessions.
        let _ = stop.send(true);
        drop((run, connections));
        if timeout(END_WITHIN, running.recv()).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
    }
}

/// Waits until the server stops. A server that is gone has stopped too.
pub(crate) async fn told_to_stop(stopping: &mut watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stopping| *stopping).await;
}
