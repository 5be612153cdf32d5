//! Everything the server answers over HTTP: the API, the page, and the way to a WebSocket.

mod admin;
mod api;
mod client;
mod headers;
mod metrics;
mod origin;
mod pages;
mod requests;
mod upgrade;

pub(crate) use admin::{Admin, admin_router};
pub(crate) use api::edit_link;
pub(crate) use client::{Client, Peer, TrustedProxies, network};
pub(crate) use requests::RequestIds;

use crate::metrics::Metrics;
use crate::secret::Secret;
use crate::store::Store;
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
    pub(crate) metrics: Arc<Metrics>,
    /// Lets others than this machine see the metrics.
    pub(crate) metrics_token: Option<Secret>,
    pub(crate) request_ids: RequestIds,
    pub(crate) store: Arc<dyn Store>,
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
        .route("/metrics", get(metrics::metrics))
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
        .layer(from_fn_with_state(shared.clone(), requests::watch))
        .layer(DefaultBodyLimit::max(64 * 1024))
        .with_state(shared)
}
