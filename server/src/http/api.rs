//! The JSON API under `/api/v1`.

use super::{Client, Shared};
use crate::gate::Class;
use crate::sessions::{EnterError, SessionKind};
use crate::{link::LinkId, problem::Problem, template};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use lockstep_session::document::Document;
use lockstep_session::ids::{Epoch, Revision};
use lockstep_session::protocol::Role;
use serde::Serialize;
use std::sync::Arc;

#[derive(Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
}

pub(super) async fn health() -> impl IntoResponse {
    Json(Health {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
    })
}

#[derive(Serialize)]
struct Created {
    id: LinkId,
    /// Whoever has this may edit.
    link: String,
    /// Whoever has this may only listen.
    listen_link: String,
}

pub(super) async fn create(
    State(shared): State<Arc<Shared>>,
    client: Client,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    if !shared.site.admits(&headers) {
        return Err(Problem::FOREIGN_ORIGIN);
    }
    shared.gate.admit(&client, Class::Create)?;
    let id = shared
        .sessions
        .create(|link| template::starter(&link.title()), SessionKind::Open)
        .await?;
    let base = match &shared.site.public_url {
        Some(url) => url.trim_end_matches('/').to_owned(),
        // Whoever asks is told of the server as they know it.
        None => format!(
            "{}://{}",
            if client.is_secure() { "https" } else { "http" },
            headers
                .get(HOST)
                .and_then(|host| host.to_str().ok())
                .unwrap_or("localhost")
        ),
    };
    let (link, listen_link) = (edit_link(&base, &id), listen_link(&base, &id));
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, link.clone())],
        Json(Created {
            id,
            link,
            listen_link,
        }),
    ))
}

pub(crate) fn edit_link(base: &str, id: &LinkId) -> String {
    format!("{base}/s/{}", id.as_str())
}

fn listen_link(base: &str, id: &LinkId) -> String {
    format!("{base}/l/{}", id.listener().as_str())
}

#[derive(Serialize)]
struct Session {
    id: LinkId,
    role: Role,
    epoch: Epoch,
    revision: Revision,
    document: Arc<Document>,
}

pub(super) async fn read(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let id = LinkId::parse(&id).ok_or(EnterError::Unknown)?;
    let (reading, role) = shared.sessions.read(&id).await?;
    let (epoch, revision) = (reading.at.epoch, reading.at.revision);
    Ok(Json(Session {
        id,
        role,
        epoch,
        revision,
        document: reading.document,
    }))
}
