//! The links to sessions, as this server is reached from outside.

use super::Site;
use crate::link::LinkId;
use crate::sessions::SessionKind;
use axum::Json;
use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;
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

pub(super) fn listen_link(base: &str, id: &LinkId) -> String {
    format!("{base}/l/{}", id.as_str())
}

pub(super) fn published_link(base: &str, id: &LinkId) -> String {
    format!("{base}/p/{}", id.as_str())
}

impl Site {
    /// Where links begin.
    pub(super) fn base(&self, headers: &HeaderMap) -> String {
        match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            // Whoever asks is told of the server as they know it.
            None => format!(
                "http://{}",
                headers
                    .get(HOST)
                    .and_then(|host| host.to_str().ok())
                    .unwrap_or("localhost")
            ),
        }
    }

    /// The answer to whoever had a session made.
    pub(super) fn created(
        &self,
        headers: &HeaderMap,
        id: LinkId,
        kind: SessionKind,
    ) -> impl IntoResponse + use<> {
        let base = self.base(headers);
        let (link, listen_link) = match kind {
            SessionKind::Open => (
                edit_link(&base, &id),
                Some(listen_link(&base, &id.listener())),
            ),
            SessionKind::Published => (published_link(&base, &id), None),
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
