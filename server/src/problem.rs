//! What goes wrong over HTTP, in one shape: a code for programs, a sentence, and what to do.

use crate::sessions::{EditError, EnterError};
use crate::store::StoreError;
use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use lockstep_session::protocol::Rejection;
use serde::Serialize;
use std::borrow::Cow;
use utoipa::ToSchema;

/// Why a request was not done. No part of it ever holds a link or a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Problem {
    #[serde(skip)]
    status: StatusCode,
    /// Seconds to wait before the same request may be made again.
    #[serde(skip)]
    retry_after: Option<u32>,
    /// For programs; it never changes its meaning.
    #[schema(value_type = String)]
    pub(crate) code: &'static str,
    /// What is wrong, for people.
    #[schema(value_type = String)]
    pub(crate) message: Cow<'static, str>,
    /// What to do about it, for people.
    #[schema(value_type = String)]
    pub(crate) action: Cow<'static, str>,
    /// The same for programs, where there is more to say than the code does.
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Box<Details>>,
}

/// Only what applies is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Details {
    /// Where in the body it is, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    /// The largest body, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    most_bytes: Option<usize>,
    /// The most bars that would have been done.
    #[serde(skip_serializing_if = "Option::is_none")]
    most_bars: Option<u32>,
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
    pub(crate) const DAMAGED: Problem = Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "damaged-session",
        "What is stored of this session is damaged. It was left as it is.",
        "Ask whoever runs the server to restore it from a backup; its log says what is wrong.",
    );
    pub(crate) const STORAGE: Problem = Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "storage-failed",
        "The server cannot reach its storage at the moment. Nothing that was acknowledged is lost.",
        "Try again in a while; whoever runs the server should look at its disk.",
    )
    .retry_after(5);
    pub(crate) const STOPPING: Problem = Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "restarting",
        "The server is restarting.",
        "Try again in a moment.",
    )
    .retry_after(1);

    pub(crate) const LISTENER: Problem = Problem::new(
        StatusCode::FORBIDDEN,
        "listener",
        "This link only listens.",
        "Use the link that edits, or remix the session.",
    );
    pub(crate) const READ_ONLY: Problem = Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "read-only",
        "The server cannot store changes at the moment.",
        "Try again in a while; whoever runs the server should look at its disk.",
    )
    .retry_after(5);
    pub(crate) const MALFORMED: Problem = Problem::new(
        StatusCode::BAD_REQUEST,
        "malformed",
        "The body cannot be read.",
        "Send JSON as the description of this operation has it.",
    );
    pub(crate) const ILLEGAL_DOCUMENT: Problem = Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "illegal-document",
        "This document cannot be a session.",
        "Send the document alone, or the whole answer that a server gave of a session.",
    );
    pub(crate) const UNKNOWN_TEMPLATE: Problem = Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "unknown-template",
        "There is no template of this name.",
        "See /api/v1/templates for those there are.",
    );
    pub(crate) const NOT_JSON: Problem = Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "not-json",
        "The body is not said to be JSON.",
        "Send it with the header content-type: application/json.",
    );
    pub(crate) const TOO_LARGE: Problem = Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too-large",
        "The body is too large.",
        "Send less.",
    );
    pub(crate) const TOO_SLOW: Problem = Problem::new(
        StatusCode::REQUEST_TIMEOUT,
        "too-slow",
        "The body did not come in time.",
        "Send it again, in one go.",
    );
    pub(crate) const BAD_QUERY: Problem = Problem::new(
        StatusCode::BAD_REQUEST,
        "bad-query",
        "The part of the address behind the question mark makes no sense.",
        "Use what the description of this operation lists.",
    );
    pub(crate) const TOO_LONG: Problem = Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "too-long",
        "That is more than is written at once.",
        "Ask for fewer bars.",
    );
    pub(crate) const BUSY: Problem = Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "busy",
        "The server has as much of this to do as it takes on.",
        "Try again in a moment.",
    )
    .retry_after(5);
    pub(crate) const EXPORT_FAILED: Problem = Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "export-failed",
        "The server could not write the file.",
        "Try again in a while; whoever runs the server should look at its disk.",
    )
    .retry_after(30);
    pub(crate) const FAILED: Problem = Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "failed",
        "Something went wrong in the server, and it is not your fault.",
        "Try again; if it happens again, tell whoever runs the server.",
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
            details: None,
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// The same problem, and after how many seconds to try again.
    pub(crate) const fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The same problem, told more exactly.
    pub(crate) fn saying(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.message = message.into();
        self
    }

    pub(crate) fn advising(mut self, action: impl Into<Cow<'static, str>>) -> Self {
        self.action = action.into();
        self
    }

    pub(crate) fn at(mut self, line: usize, column: usize) -> Self {
        let details = self.details.get_or_insert_default();
        (details.line, details.column) = (Some(line), Some(column));
        self
    }

    pub(crate) fn most_bytes(mut self, bytes: usize) -> Self {
        self.details.get_or_insert_default().most_bytes = Some(bytes);
        self
    }

    pub(crate) fn most_bars(mut self, bars: u32) -> Self {
        self.details.get_or_insert_default().most_bars = Some(bars);
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

impl From<EditError> for Problem {
    fn from(error: EditError) -> Self {
        match error {
            EditError::Enter(error) => error.into(),
            EditError::Rejected(Rejection::Listener) => Problem::LISTENER,
            EditError::Rejected(Rejection::ReadOnly) => Problem::READ_ONLY,
            EditError::Rejected(rejection) => {
                tracing::error!(code = %rejection.code(), "an edit of the server was refused");
                Problem::FAILED
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_written_with_its_details_only_where_it_has_some() {
        let plain = serde_json::to_value(Problem::BUSY).unwrap();
        assert_eq!(plain.as_object().map(serde_json::Map::len), Some(3));
        let placed = Problem::MALFORMED.saying("A comma is missing.").at(3, 14);
        let placed = serde_json::to_value(placed).unwrap();
        assert_eq!(placed["message"], "A comma is missing.");
        assert_eq!(
            placed["details"],
            serde_json::json!({"line": 3, "column": 14})
        );
    }

    #[test]
    fn who_is_asked_to_come_back_is_told_when() {
        let response = Problem::BUSY.into_response();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[RETRY_AFTER], "5");
    }
}
