//! The links to sessions, as this server is reached from outside.

use super::{Client, Shared};
use crate::sessions::SessionKind;
use crate::{link::LinkId, problem::Problem};
use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::header::{self, HOST};
use axum::http::{StatusCode, request::Parts};
use axum::response::IntoResponse;
use lockstep_session::document::Mode;
use lockstep_session::protocol::Role;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A session that was just made.
#[derive(Serialize, ToSchema)]
pub(super) struct Created {
    /// The last part of its link.
    #[schema(value_type = String)]
    id: LinkId,
    /// Whoever has this may edit; of a published session, whoever has this may listen.
    link: String,
    /// Whoever has this may only listen. A published session's only link is `link`.
    #[serde(skip_serializing_if = "Option::is_none")]
    listen_link: Option<String>,
}

pub(crate) fn edit_link(base: &str, id: &LinkId) -> String {
    format!("{base}/s/{}", id.as_str())
}

/// Where links begin, for whoever asks.
pub(super) struct Base(String);

impl FromRequestParts<Arc<Shared>> for Base {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Problem> {
        if let Some(url) = &shared.site.public_url {
            return Ok(Self(url.trim_end_matches('/').to_owned()));
        }
        // Whoever asks is told of the server as they know it.
        let client = Client::from_request_parts(parts, shared).await;
        let is_secure = client.is_ok_and(|client| client.is_secure());
        let scheme = if is_secure { "https" } else { "http" };
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        Ok(Self(format!("{scheme}://{}", host.unwrap_or("localhost"))))
    }
}

impl Base {
    pub(super) fn edit(&self, id: &LinkId) -> String {
        edit_link(&self.0, id)
    }

    /// To the page at an id that listens.
    pub(super) fn listen(&self, listener: &LinkId) -> String {
        format!("{}/l/{}", self.0, listener.as_str())
    }

    pub(super) fn published(&self, id: &LinkId) -> String {
        format!("{}/p/{}", self.0, id.as_str())
    }

    /// The page at an id, by what the id allows.
    pub(super) fn page(&self, id: &LinkId, role: Role, mode: Mode) -> String {
        match (role, mode) {
            (Role::Editor, _) => self.edit(id),
            (Role::Listener, Mode::Open) => self.listen(id),
            (Role::Listener, Mode::Published) => self.published(id),
        }
    }

    /// The answer to whoever had a session made.
    pub(super) fn created(&self, id: LinkId, kind: SessionKind) -> impl IntoResponse + use<> {
        let (link, listen_link) = match kind {
            SessionKind::Open => (self.edit(&id), Some(self.listen(&id.listener()))),
            SessionKind::Published => (self.published(&id), None),
        };
        let location = [(header::LOCATION, link.clone())];
        let created = Created {
            id,
            link,
            listen_link,
        };
        (StatusCode::CREATED, location, Json(created))
    }
}
