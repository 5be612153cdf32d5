//! What the operator's own commands ask: everything the server keeps, as an archive, and an archive
//! taken back. It is served on a door of its own, never where players come in.

use super::Shared;
use super::metrics::bearer;
use crate::archive::{self, ArchiveError, Done};
use crate::clock::ServerClock;
use crate::problem::Problem;
use crate::secret::Secret;
use crate::store::EmbeddedStore;
use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::{StreamExt, stream};
use serde::Serialize;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

/// Pieces of an archive that wait for their reader.
const AHEAD: usize = 8;
const PIECE: usize = 64 * 1024;

#[derive(Debug)]
pub(crate) struct Admin {
    pub(crate) shared: Arc<Shared>,
    pub(crate) store: Arc<EmbeddedStore>,
    pub(crate) data: PathBuf,
    pub(crate) token: Secret,
}

pub(crate) fn admin_router(admin: Arc<Admin>) -> Router {
    Router::new()
        .route("/api/v1/admin/backup", get(backup))
        .route("/api/v1/admin/restore", post(restore))
        .fallback(async || Problem::NOT_FOUND)
        .layer(from_fn_with_state(admin.clone(), guard))
        .with_state(admin)
}

async fn guard(
    State(admin): State<Arc<Admin>>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if bearer(request.headers()).is_some_and(|guess| admin.token.is(guess)) {
        Ok(next.run(request).await)
    } else {
        Err(Problem::NOT_FOUND)
    }
}

async fn backup(State(admin): State<Arc<Admin>>) -> Body {
    let (pieces, mut waiting) = mpsc::channel(AHEAD);
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        let broken = pieces.clone();
        let to = BufWriter::with_capacity(PIECE, Pieces(pieces));
        let now = ServerClock::start().now();
        let written = archive::write(&admin.store, &admin.shared.samples, &runtime, now, to)
            .and_then(|mut to| Ok(to.flush()?));
        if let Err(error) = written {
            tracing::warn!(%error, "a backup broke off");
            // The reader is told by a body that ends early; one that has gone needs nothing.
            let _ = broken.blocking_send(Err(io::Error::other("the backup broke off")));
        }
    });
    Body::from_stream(stream::poll_fn(move |context| waiting.poll_recv(context)))
}

/// Hands what is written to the body of an answer, and waits for its reader.
struct Pieces(mpsc::Sender<io::Result<Bytes>>);

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        let piece = Bytes::copy_from_slice(bytes);
        self.0.blocking_send(Ok(piece)).map_err(gone)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Why an archive was not taken back.
#[derive(Serialize)]
struct Refused {
    code: &'static str,
    message: String,
    action: &'static str,
}

impl From<ArchiveError> for Refused {
    fn from(error: ArchiveError) -> Self {
        Self {
            code: "not-restored",
            message: error.to_string(),
            action: "Run it again with a backup that is whole.",
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (StatusCode::UNPROCESSABLE_ENTITY, Json(self)).into_response()
    }
}

async fn restore(
    State(admin): State<Arc<Admin>>,
    RawQuery(query): RawQuery,
    body: Body,
) -> Result<Json<Done>, Refused> {
    let io = |error: io::Error| Refused::from(ArchiveError::Io(error));
    // It is looked through before any of it is used, so it has to be there whole.
    let mut file = tempfile::NamedTempFile::new_in(&admin.data).map_err(io)?;
    let mut body = body.into_data_stream();
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|error| io(io::Error::other(error)))?;
        let written = tokio::task::spawn_blocking(move || {
            file.write_all(&piece)?;
            Ok(file)
        });
        file = written
            .await
            .map_err(|error| io(io::Error::other(error)))?
            .map_err(io)?;
    }
    let replace = query.as_deref() == Some("replace");
    let runtime = Handle::current();
    let restored = tokio::task::spawn_blocking(move || {
        let Shared {
            samples, sessions, ..
        } = &*admin.shared;
        let evict = |session| runtime.block_on(sessions.evict(session));
        let from = file.path();
        archive::restore(&admin.store, samples, from, replace, &runtime, evict)
    });
    let done = restored
        .await
        .map_err(|error| io(io::Error::other(error)))??;
    tracing::info!(
        added = done.added,
        replaced = done.replaced,
        kept = done.kept,
        samples = done.samples,
        "a backup was taken back"
    );
    Ok(Json(done))
}
