//! From an HTTP request to a WebSocket in a session: everything that can be refused is refused
//! before the connection changes its language.

use super::openapi::problems;
use super::{Client, Shared, address::SessionAddress};
use crate::gate::Class;
use crate::{outbox::Outbox, problem::Problem, sessions::Seat, socket, stream::Stream};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use lockstep_session::protocol::SUBPROTOCOL;
use std::sync::Arc;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

problems! { pub(super) UpgradeProblems:
    NOT_A_WEBSOCKET, SUBPROTOCOL, UNKNOWN_SESSION, DAMAGED, STORAGE, STOPPING
}

/// Joins a session.
///
/// A WebSocket of the subprotocol `lockstep.v1`; PROTOCOL.md says all that is said on it.
#[utoipa::path(
    get, path = "/sessions/{id}/ws", operation_id = "joinSession", params(SessionAddress),
    responses((status = 101, description = "From here on it is a WebSocket."), UpgradeProblems)
)]
pub(super) async fn upgrade(
    State(shared): State<Arc<Shared>>,
    client: Client,
    SessionAddress(id): SessionAddress,
    mut request: Request,
) -> Result<Response, Problem> {
    let headers = request.headers();
    let Some(key) = key(headers) else {
        return Err(Problem::NOT_A_WEBSOCKET);
    };
    let accept = derive_accept_key(key.as_bytes());
    if !lists(headers, &header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL) {
        return Err(Problem::SUBPROTOCOL);
    }
    shared.gate.admit(&client, Class::Connect)?;
    let upgraded = request
        .extensions_mut()
        .remove::<OnUpgrade>()
        .ok_or(Problem::NOT_A_WEBSOCKET)?;
    let outbox = Arc::new(Outbox::default());
    let seat = shared.sessions.join(&id, outbox.clone()).await?;
    let shard = seat.shard().clone();
    shard.spawn(take_over(upgraded, seat, outbox));
    let accept = HeaderValue::from_str(&accept).expect("base 64 fits a header");
    let headers = [
        (header::CONNECTION, HeaderValue::from_static("upgrade")),
        (header::UPGRADE, HeaderValue::from_static("websocket")),
        (header::SEC_WEBSOCKET_ACCEPT, accept),
        (
            header::SEC_WEBSOCKET_PROTOCOL,
            HeaderValue::from_static(SUBPROTOCOL),
        ),
    ];
    Ok((StatusCode::SWITCHING_PROTOCOLS, headers).into_response())
}

async fn take_over(upgraded: OnUpgrade, seat: Seat, outbox: Arc<Outbox>) {
    let Some((stream, read)) = upgraded.await.ok().and_then(stream) else {
        return seat.leave().await;
    };
    socket::serve(stream, read, seat, outbox).await;
}

/// The socket itself, and what was already read from it.
fn stream(upgraded: Upgraded) -> Option<(Stream, Vec<u8>)> {
    let parts = upgraded.downcast::<TokioIo<Stream>>().ok()?;
    Some((parts.io.into_inner(), parts.read_buf.into()))
}

/// The client's key, if this is the beginning of a WebSocket.
fn key(headers: &HeaderMap) -> Option<&HeaderValue> {
    let asks = lists(headers, &header::CONNECTION, "upgrade")
        && lists(headers, &header::UPGRADE, "websocket");
    let version = headers
        .get(header::SEC_WEBSOCKET_VERSION)
        .is_some_and(|version| version == "13");
    headers
        .get(header::SEC_WEBSOCKET_KEY)
        .filter(|_| asks && version)
}

/// Whether a header that holds a list names a word.
fn lists(headers: &HeaderMap, name: &HeaderName, word: &str) -> bool {
    let values = headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .any(|listed| listed.trim().eq_ignore_ascii_case(word))
}
