//! Everything the server answers over HTTP: the API, the page, and the way to a WebSocket.

mod api;
mod client;
mod headers;
mod origin;
mod pages;
mod upgrade;

pub(crate) use api::edit_link;
pub(crate) use client::{Client, Peer, TrustedProxies, network};

use crate::{gate::Gate, problem::Problem, sessions::Sessions, web::Web};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Uri;
use axum::middleware::{from_fn_with_state, map_response};
use axum::routing::{get, post};
use std::sync::Arc;

/// What every request may need.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) sessions: Sessions,
    pub(crate) web: Web,
    pub(crate) site: Site,
    pub(crate) gate: Gate,
}

/// How this server is reached from outside.
#[derive(Debug, Default)]
pub(crate) struct Site {
    /// Where links begin, unless each client's own address for the server will do.
    pub(crate) public_url: Option<String>,
    /// Pages at these origins may use the server too.
    pub(crate) allowed_origins: Vec<String>,
    pub(crate) trusted_proxies: TrustedProxies,
}

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let api = Router::new()
        .route("/health", get(api::health))
        .route("/sessions", post(api::create))
        .route("/sessions/{id}", get(api::read))
        .route("/sessions/{id}/ws", get(upgrade::upgrade))
        .fallback(async || Problem::NOT_FOUND)
        .method_not_allowed_fallback(async || Problem::METHOD)
        .layer(map_response(headers::of_the_api));
    Router::new()
        .nest("/api/v1", api)
        .route("/", get(pages::front))
        .route("/s/{id}", get(pages::session))
        .route("/l/{id}", get(pages::session))
        .route("/app/{*path}", get(pages::file))
        .fallback(async |uri: Uri| pages::missing(&uri))
        .layer(from_fn_with_state(shared.clone(), client::admit))
        .layer(map_response(headers::of_everything))
        .layer(DefaultBodyLimit::max(64 * 1024))
        .with_state(shared)
}
