//! What goes wrong over HTTP, in one shape: a code for programs, a sentence, and what to do.

mod samples;

use crate::sessions::EnterError;
use crate::store::StoreError;
use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::borrow::Cow;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Problem {
    #[serde(skip)]
    status: StatusCode,
    /// Seconds to wait before the same request may be made again.
    #[serde(skip)]
    retry_after: Option<u32>,
    pub(crate) code: &'static str,
    pub(crate) message: Cow<'static, str>,
    pub(crate) action: Cow<'static, str>,
}

impl Problem {
    pub(crate) const UNKNOWN_SESSION: Problem = Problem::new(
        StatusCode::NOT_FOUND,
        "unknown-session",
        "There is no session at this link.",
        "Check that the whole link was copied, or start a new session.",
    );
    pub(crate) const NOT_FOUND: Problem = Problem::new(
        StatusCode::NOT_FOUND,
        "not-found",
        "There is nothing at this address.",
        "Check the address.",
    );
    pub(crate) const METHOD: Problem = Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
        "This address does not take requests of this kind.",
        "See the allow header.",
    );
    pub(crate) const FOREIGN_ORIGIN: Problem = Problem::new(
        StatusCode::FORBIDDEN,
        "foreign-origin",
        "A page from another address asked for this.",
        "Open the link itself, or start the server with --allow-origin for that page.",
    );
    pub(crate) const NOT_A_WEBSOCKET: Problem = Problem::new(
        StatusCode::UPGRADE_REQUIRED,
        "not-a-websocket",
        "This address speaks WebSocket, version 13.",
        "Connect with a WebSocket client.",
    );
    pub(crate) const SUBPROTOCOL: Problem = Problem::new(
        StatusCode::BAD_REQUEST,
        "subprotocol",
        "The client did not offer the WebSocket subprotocol lockstep.v1.",
        "Offer lockstep.v1; a client that does is as new as this server.",
    );
    pub(crate) const TOO_MANY_REQUESTS: Problem = Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too-many-requests",
        "Too many requests come from this address.",
        "Wait as long as the retry-after header says, and ask less often.",
    );
    pub(crate) const TOO_MANY_CONNECTIONS: Problem = Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too-many-connections",
        "Too many connections are open from this address.",
        "Close some of them, or wait until others have.",
    )
    .retry_after(10);
    pub(crate) const SERVER_FULL: Problem = Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "server-full",
        "This server has as many connections as it can take.",
        "Try again in a while.",
    )
    .retry_after(10);
    const DAMAGED: Problem = Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "damaged-session",
        "What is stored of this session is damaged. It was left as it is.",
        "Ask whoever runs the server to restore it from a backup; its log says what is wrong.",
    );
    const STORAGE: Problem = Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "storage-failed",
        "The server cannot reach its storage at the moment. Nothing that was acknowledged is lost.",
        "Try again in a while; whoever runs the server should look at its disk.",
    );
    const STOPPING: Problem = Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "restarting",
        "The server is restarting.",
        "Try again in a moment.",
    );

    const fn new(
        status: StatusCode,
        code: &'static str,
        message: &'static str,
        action: &'static str,
    ) -> Self {
        Self {
            status,
            retry_after: None,
            code,
            message: Cow::Borrowed(message),
            action: Cow::Borrowed(action),
        }
    }

    /// The same problem, told more exactly.
    pub(crate) fn saying(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.message = message.into();
        self
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    pub(crate) const fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let retry_after = self.retry_after;
        let mut response = (self.status, Json(self)).into_response();
        if let Some(seconds) = retry_after {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a request could not be answered");
        Problem::STORAGE
    }
}

impl From<EnterError> for Problem {
    fn from(error: EnterError) -> Self {
        match error {
            EnterError::Unknown => Problem::UNKNOWN_SESSION,
            EnterError::Damaged(_) | EnterError::CutShort => Problem::DAMAGED,
            EnterError::Store(error) => error.into(),
            EnterError::Stopping | EnterError::Asleep => Problem::STOPPING,
        }
    }
}
