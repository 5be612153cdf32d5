//! A server from its start to its end. The caller owns the listening socket and the signal to stop.

mod admin;
mod connection;

use crate::clock::{ServerClock, span};
use crate::exports::Exports;
use crate::gate::{Door, Gate};
use crate::http::{RequestIds, Shared, Site, TrustedProxies, edit_link, imports, router};
use crate::metrics::Metrics;
use crate::samples::{PlaceError, Samples, Vault};
use crate::secret::Secret;
use crate::sessions::{Leisure, SessionKind, Sessions};
use crate::shards::Shards;
use crate::store::{EmbeddedStore, Keep, OpenError, Store, StoreError};
use crate::tls::{Tls, TlsError, TlsFiles};
use crate::{link::LinkId, template, web::Web};
use connection::Connections;
use ipnet::IpNet;
use lockstep_session::limits::{Allowance, Rates};
use lockstep_session::units::Span;
use std::future::Future;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::time::{interval, sleep, timeout};

/// How long everything may take to end once the server stops.
const END_WITHIN: Duration = Duration::from_secs(8);
const DAY: Duration = Duration::from_secs(24 * 3_600);
/// How long a session is kept that nobody ever edits.
const KEEP_UNEDITED: Span = Span::from_seconds(24 * 3_600);
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
    /// How long a session in which nobody edits stays in memory whole.
    pub quiet: Duration,
    /// Proxies that say who their clients are.
    pub trusted_proxies: Vec<IpNet>,
    /// How many times the usual each client address may ask for; 0 counts nothing.
    pub generosity: u32,
    /// Connections open at once, in all and from one address.
    pub max_connections: usize,
    pub max_connections_per_address: usize,
    /// How long edited sessions are kept; for ever if nothing is said.
    pub keep_sessions: Option<Duration>,
    /// Where samples are kept, such as `s3://bucket/folder`; without it, below the data.
    pub samples: Option<String>,
    /// How long a sample is kept that no session names.
    pub keep_samples: Duration,
    /// Encrypts every connection, if there is no proxy that does.
    pub tls: Option<TlsFiles>,
    /// Edits a second that each connection may make, in place of the protocol's rate.
    pub edits_per_second: Option<u32>,
    /// Lets others than programs on this machine see the metrics.
    pub metrics_token: Option<Secret>,
}

impl Config {
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            public_url: None,
            allowed_origins: Vec::new(),
            web: None,
            linger: Duration::from_secs(30),
            quiet: Duration::from_secs(60),
            trusted_proxies: Vec::new(),
            generosity: 1,
            max_connections: 20_000,
            max_connections_per_address: 512,
            keep_sessions: None,
            samples: None,
            keep_samples: 30 * DAY,
            tls: None,
            edits_per_second: None,
            metrics_token: None,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the threads of the sessions cannot be started: {0}")]
    Threads(#[source] std::io::Error),
    #[error(transparent)]
    Store(#[from] OpenError),
    #[error("the page cannot be read from {0}: {1}")]
    Page(PathBuf, #[source] std::io::Error),
    #[error(transparent)]
    Samples(#[from] PlaceError),
    #[error(transparent)]
    Tls(#[from] TlsError),
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
    store: Arc<EmbeddedStore>,
    data: PathBuf,
    keep: Keep,
    door: Arc<Door>,
    tls: Option<Arc<Tls>>,
    stop: watch::Sender<bool>,
    /// Sessions and their sockets say goodbye on these after everything else is gone.
    shards: Arc<Shards>,
    /// Ends when every task that holds the other end has.
    running: mpsc::Receiver<()>,
    run: mpsc::Sender<()>,
}

impl Server {
    /// Opens the store. Nothing is served yet.
    pub fn open(config: Config) -> Result<Self, StartError> {
        let tls = config.tls.map(Tls::read).transpose()?.map(Arc::new);
        let metrics = Arc::new(Metrics::default());
        let store = EmbeddedStore::open_metered(&config.data, metrics.store.clone())?;
        let embedded = Arc::new(store);
        let store: Arc<dyn Store> = embedded.clone();
        let vault = Vault::at(&config.data, config.samples.as_deref())?;
        let keep_samples = span(config.keep_samples);
        let samples = Samples::open(&config.data, vault, store.clone(), keep_samples)
            .map_err(|error| PlaceError::Folder(config.data.clone(), error))?;
        let web = match config.web {
            Some(folder) => Web::read(&folder).map_err(|error| StartError::Page(folder, error))?,
            None => Web::embedded(),
        };
        let (stop, stopping) = watch::channel(false);
        let (run, running) = mpsc::channel(1);
        let leisure = Leisure {
            linger: config.linger,
            quiet: config.quiet,
        };
        let mut rates = Rates::default();
        if let Some(per_second) = config.edits_per_second {
            rates.edits = Allowance {
                per_second,
                burst: per_second.saturating_mul(3),
            };
        }
        let shards = Arc::new(Shards::start().map_err(StartError::Threads)?);
        let sessions = Sessions::new(
            store.clone(),
            stopping.clone(),
            run.clone(),
            leisure,
            rates,
            metrics.sessions.clone(),
            shards.clone(),
        );
        let site = Site {
            public_url: config.public_url,
            allowed_origins: config.allowed_origins,
            trusted_proxies: TrustedProxies(config.trusted_proxies),
        };
        let door = Door::new(
            config.max_connections,
            config.max_connections_per_address,
            metrics.clone(),
        );
        Ok(Self {
            shared: Arc::new(Shared {
                sessions,
                samples: Arc::new(samples),
                exports: Exports::new(config.data.clone(), stopping.clone()),
                imports: imports(),
                web,
                site,
                gate: Gate::new(config.generosity, metrics.clone()),
                stopping,
                metrics,
                metrics_token: config.metrics_token,
                request_ids: RequestIds::draw(),
                store: store.clone(),
            }),
            store: embedded,
            data: config.data,
            keep: Keep {
                unedited: KEEP_UNEDITED,
                edited: config.keep_sessions.map(span),
            },
            door: Arc::new(door),
            tls,
            stop,
            shards,
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

    /// The certificate, to be read again when it was renewed.
    pub fn tls(&self) -> Option<Arc<Tls>> {
        self.tls.clone()
    }

    /// Serves until `shutdown`, then ends every session politely: what was received is made
    /// durable and acknowledged, and everyone is told when to come back.
    pub async fn run(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        let Self {
            shared,
            store,
            data,
            keep,
            door,
            tls,
            stop,
            shards,
            mut running,
            run,
        } = self;
        tokio::spawn(shared.samples.clone().sweep_daily(stop.subscribe()));
        let proxies = shared.site.trusted_proxies.clone();
        let stopping = stop.subscribe();
        let connections = Connections::new(
            router(shared.clone()),
            door,
            proxies,
            tls,
            stopping,
            run.clone(),
        );
        let sweep = sweep_daily(store.clone(), keep, stop.subscribe());
        tokio::spawn(sweep);
        let kept = store.clone();
        let answer = answer_commands(shared, store, data, stop.subscribe());
        tokio::spawn(answer);
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
        kept.close();
        drop(shards);
    }
}

/// Forgets the sessions that are kept no longer: at the start, then once a day.
async fn sweep_daily(store: Arc<EmbeddedStore>, keep: Keep, mut stopping: watch::Receiver<bool>) {
    let clock = ServerClock::start();
    let mut days = interval(DAY);
    loop {
        tokio::select! {
            _ = days.tick() => {}
            () = told_to_stop(&mut stopping) => return,
        }
        match store.sweep(keep, clock.now()).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "sessions were kept no longer"),
            Err(error) => tracing::warn!(%error, "sessions that are due were not removed"),
        }
    }
}

/// Answers the operator's own commands until the server stops.
async fn answer_commands(
    shared: Arc<Shared>,
    store: Arc<EmbeddedStore>,
    data: PathBuf,
    mut stopping: watch::Receiver<bool>,
) {
    tokio::select! {
        served = admin::serve(shared, store, data) => if let Err(error) = served {
            tracing::warn!(%error, "backup and restore cannot reach this server while it runs");
        },
        () = told_to_stop(&mut stopping) => {}
    }
}

/// Waits until the server stops. A server that is gone has stopped too.
pub(crate) async fn told_to_stop(stopping: &mut watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stopping| *stopping).await;
}
