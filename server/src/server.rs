//! A server from its start to its end. The caller owns the listening socket and the signal to stop.

use crate::http::{Shared, Site, edit_link, router};
use crate::sessions::{Leisure, SessionKind, Sessions};
use crate::store::{EmbeddedStore, OpenError, StoreError};
use crate::{link::LinkId, template, web::Web};
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use lockstep_session::limits::{Allowance, Rates};
use std::future::Future;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};

/// From opening a connection to the end of a request's headers.
const HEADERS_WITHIN: Duration = Duration::from_secs(10);
const LARGEST_HEADERS: usize = 16 * 1024;
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
    /// Edits a second that each connection may make, in place of the protocol's rate.
    pub edits_per_second: Option<u32>,
    /// How long a session in which nobody edits stays in memory whole.
    pub quiet: Duration,
}

impl Config {
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            public_url: None,
            allowed_origins: Vec::new(),
            web: None,
            linger: Duration::from_secs(30),
            edits_per_second: None,
            quiet: Duration::from_secs(60),
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
        let mut rates = Rates::default();
        if let Some(per_second) = config.edits_per_second {
            rates.edits = Allowance {
                per_second,
                burst: per_second.saturating_mul(3),
            };
        }
        let leisure = Leisure {
            linger: config.linger,
            quiet: config.quiet,
        };
        let sessions = Sessions::new(Arc::new(store), stopping, run.clone(), leisure, rates);
        let site = Site {
            public_url: config.public_url,
            allowed_origins: config.allowed_origins,
        };
        Ok(Self {
            shared: Arc::new(Shared {
                sessions,
                web,
                site,
            }),
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
            stop,
            mut running,
            run,
        } = self;
        let router = router(shared);
        let mut shutdown = pin!(shutdown);
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = &mut shutdown => break,
            };
            match accepted {
                Ok((stream, _)) => {
                    tokio::spawn(serve(stream, router.clone(), stop.subscribe(), run.clone()));
                }
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
        drop((run, router));
        if timeout(END_WITHIN, running.recv()).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
    }
}

/// Waits until the server stops. A server that is gone has stopped too.
pub(crate) async fn told_to_stop(stopping: &mut watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

/// Serves one connection's requests. A WebSocket moves on to a task of its own.
async fn serve(
    stream: TcpStream,
    router: Router,
    mut stopping: watch::Receiver<bool>,
    running: mpsc::Sender<()>,
) {
    // Messages are small and wanted at once; without this they are a little late, and no more.
    let _ = stream.set_nodelay(true);
    let service = TowerToHyperService::new(router);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .max_buf_size(LARGEST_HEADERS)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let outcome = tokio::select! {
        outcome = connection.as_mut() => outcome,
        () = told_to_stop(&mut stopping) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "a connection broke");
    }
    drop(running);
}
