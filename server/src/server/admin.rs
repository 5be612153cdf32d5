//! The door for the operator's own commands: a listener on this machine only, on a port of its own,
//! for whoever can read the data folder. No proxy leads here.

use crate::backup::Presence;
use crate::http::{Admin, Shared, admin_router};
use crate::secret::Secret;
use crate::store::EmbeddedStore;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::io;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

const HEADERS_WITHIN: Duration = Duration::from_secs(10);
/// Commands at a time. Others wait.
const MOST: usize = 4;

/// Answers commands for as long as it is polled; whoever drops it ends them.
pub(super) async fn serve(
    shared: Arc<Shared>,
    store: Arc<EmbeddedStore>,
    data: PathBuf,
) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let token = Secret::draw().map_err(io::Error::other)?;
    let _presence = Presence::announce(&data, listener.local_addr()?, &token)?;
    let router = admin_router(Arc::new(Admin {
        shared,
        store,
        data,
        token,
    }));
    let places = Arc::new(Semaphore::new(MOST));
    let mut commands = JoinSet::new();
    loop {
        while commands.try_join_next().is_some() {}
        let place = places.clone().acquire_owned().await;
        let (stream, _) = listener.accept().await?;
        let service = TowerToHyperService::new(router.clone());
        commands.spawn(async move {
            let served = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEADERS_WITHIN)
                .serve_connection(TokioIo::new(stream), service)
                .await;
            if let Err(error) = served {
                tracing::debug!(%error, "a command broke off");
            }
            drop(place);
        });
    }
}
