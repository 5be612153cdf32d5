//! One connection, from the moment it was accepted: let in or turned away, then its requests served.
//! A WebSocket moves on to a task of its own.

use super::told_to_stop;
use crate::gate::{Door, Permit, Refusal};
use crate::http::{Peer, TrustedProxies, network};
use crate::problem::Problem;
use crate::stream::{Stream, Transport};
use crate::tls::Tls;
use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::timeout;

/// From opening a connection to the end of a request's headers.
const HEADERS_WITHIN: Duration = Duration::from_secs(10);
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);
const LARGEST_HEADERS: usize = 16 * 1024;
/// Connections that are told at once why they are not let in; more are closed without a word.
const TURNED_AWAY: usize = 64;
/// How long one of those may take to hear it.
const HEARS_WITHIN: Duration = Duration::from_secs(1);

/// What every connection is served with.
#[derive(Clone, Debug)]
pub(super) struct Connections {
    router: Router,
    door: Arc<Door>,
    proxies: TrustedProxies,
    tls: Option<Arc<Tls>>,
    stopping: watch::Receiver<bool>,
    /// Held until the connection has ended.
    running: mpsc::Sender<()>,
    turned_away: Arc<Semaphore>,
}

impl Connections {
    pub(super) fn new(
        router: Router,
        door: Arc<Door>,
        proxies: TrustedProxies,
        tls: Option<Arc<Tls>>,
        stopping: watch::Receiver<bool>,
        running: mpsc::Sender<()>,
    ) -> Self {
        Self {
            router,
            door,
            proxies,
            tls,
            stopping,
            running,
            turned_away: Arc::new(Semaphore::new(TURNED_AWAY)),
        }
    }

    /// Serves a connection, or says why not.
    pub(super) fn welcome(&self, stream: TcpStream, peer: SocketAddr) {
        // Messages are small and wanted at once; without this they are a little late, and no more.
        let _ = stream.set_nodelay(true);
        let address = peer.ip().to_canonical();
        let is_shared = address.is_loopback() || self.proxies.include(address);
        match self.door.enter((!is_shared).then(|| network(address))) {
            Ok(permit) => {
                let peer = Peer {
                    address,
                    is_secure: self.tls.is_some(),
                };
                tokio::spawn(self.clone().open(stream, permit, peer));
            }
            Err(refusal) => {
                tracing::debug!(?refusal, "a connection was turned away");
                // What could be said would have to be encrypted first, which costs too much.
                if self.tls.is_some() {
                    return;
                }
                if let Ok(place) = self.turned_away.clone().try_acquire_owned() {
                    tokio::spawn(async move {
                        // Who does not listen has nothing to hear.
                        let _ = timeout(HEARS_WITHIN, turn_away(stream, refusal)).await;
                        drop(place);
                    });
                }
            }
        }
    }

    async fn open(self, stream: TcpStream, permit: Permit, peer: Peer) {
        let transport = match &self.tls {
            None => Transport::Plain(stream),
            Some(tls) => match timeout(HANDSHAKE_WITHIN, tls.acceptor().accept(stream)).await {
                Ok(Ok(stream)) => Transport::Tls(Box::new(stream)),
                Ok(Err(error)) => return tracing::debug!(%error, "a connection was not encrypted"),
                Err(_) => return tracing::debug!("a connection was not encrypted in time"),
            },
        };
        self.serve(Stream::new(transport, permit), peer).await;
    }

    async fn serve(mut self, stream: Stream, peer: Peer) {
        let router = TowerToHyperService::new(self.router);
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(peer);
            router.call(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADERS_WITHIN)
            .max_buf_size(LARGEST_HEADERS)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        let mut connection = pin!(connection);
        let outcome = tokio::select! {
            outcome = connection.as_mut() => outcome,
            () = told_to_stop(&mut self.stopping) => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = outcome {
            tracing::debug!(%error, "a connection broke");
        }
        drop(self.running);
    }
}

/// Answers before the question is read, then reads on so that the answer is not lost on the way.
async fn turn_away(mut stream: TcpStream, refusal: Refusal) -> std::io::Result<()> {
    let problem = match refusal {
        Refusal::Full => Problem::SERVER_FULL,
        Refusal::TooManyOfOne => Problem::TOO_MANY_CONNECTIONS,
    };
    let body = serde_json::to_vec(&problem)?;
    let head = format!(
        "HTTP/1.1 {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nretry-after: 10\r\n\
         connection: close\r\n\r\n",
        problem.status(),
        body.len()
    );
    stream.write_all(&[head.as_bytes(), &body].concat()).await?;
    stream.shutdown().await?;
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}
