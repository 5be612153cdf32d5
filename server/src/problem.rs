//! What goes wrong over HTTP, in one shape: a code for programs, a sentence, and what to do.

use crate::sessions::EnterError;
use crate::store::StoreError;
use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Problem {
    #[serde(skip)]
    status: StatusCode,
    /// Seconds to wait before the same request may be made again.
    #[serde(skip)]
    retry_after: Option<u32>,
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
    pub(crate) action: &'static str,
}

impl Problem {
    pub(crate) const UNKNOWN_SESSION: Problem = Problem {
        status: StatusCode::NOT_FOUND,
        retry_after: None,
        code: "unknown-session",
        message: "There is no session at this link.",
        action: "Check that the whole link was copied, or start a new session.",
    };
    pub(crate) const NOT_FOUND: Problem = Problem {
        status: StatusCode::NOT_FOUND,
        retry_after: None,
        code: "not-found",
        message: "There is nothing at this address.",
        action: "Check the address.",
    };
    pub(crate) const METHOD: Problem = Problem {
        status: StatusCode::METHOD_NOT_ALLOWED,
        retry_after: None,
        code: "method-not-allowed",
        message: "This address does not take requests of this kind.",
        action: "See the allow header.",
    };
    pub(crate) const FOREIGN_ORIGIN: Problem = Problem {
        status: StatusCode::FORBIDDEN,
        retry_after: None,
        code: "foreign-origin",
        message: "A page from another address asked for this.",
        action: "Open the link itself, or start the server with --allow-origin for that page.",
    };
    pub(crate) const NOT_A_WEBSOCKET: Problem = Problem {
        status: StatusCode::UPGRADE_REQUIRED,
        retry_after: None,
        code: "not-a-websocket",
        message: "This address speaks WebSocket, version 13.",
        action: "Connect with a WebSocket client.",
    };
    pub(crate) const SUBPROTOCOL: Problem = Problem {
        status: StatusCode::BAD_REQUEST,
        retry_after: None,
        code: "subprotocol",
        message: "The client did not offer the WebSocket subprotocol lockstep.v1.",
        action: "Offer lockstep.v1; a client that does is as new as this server.",
    };
    pub(crate) const TOO_MANY_REQUESTS: Problem = Problem {
        status: StatusCode::TOO_MANY_REQUESTS,
        retry_after: None,
        code: "too-many-requests",
        message: "Too many requests come from this address.",
        action: "Wait as long as the retry-after header says, and ask less often.",
    };
    pub(crate) const TOO_MANY_CONNECTIONS: Problem = Problem {
        status: StatusCode::TOO_MANY_REQUESTS,
        retry_after: Some(10),
        code: "too-many-connections",
        message: "Too many connections are open from this address.",
        action: "Close some of them, or wait until others have.",
    };
    pub(crate) const SERVER_FULL: Problem = Problem {
        status: StatusCode::SERVICE_UNAVAILABLE,
        retry_after: Some(10),
        code: "server-full",
        message: "This server has as many connections as it can take.",
        action: "Try again in a while.",
    };
    const DAMAGED: Problem = Problem {
        status: StatusCode::INTERNAL_SERVER_ERROR,
        retry_after: None,
        code: "damaged-session",
        message: "What is stored of this session is damaged. It was left as it is.",
        action: "Ask whoever runs the server to restore it from a backup; its log says what is wrong.",
    };
    const STORAGE: Problem = Problem {
        status: StatusCode::SERVICE_UNAVAILABLE,
        retry_after: None,
        code: "storage-failed",
        message: "The server cannot reach its storage at the moment. Nothing that was acknowledged is lost.",
        action: "Try again in a while; whoever runs the server should look at its disk.",
    };
    const STOPPING: Problem = Problem {
        status: StatusCode::SERVICE_UNAVAILABLE,
        retry_after: None,
        code: "restarting",
        message: "The server is restarting.",
        action: "Try again in a moment.",
    };

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
