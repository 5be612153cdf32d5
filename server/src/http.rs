//! Everything the server answers over HTTP: the API, the page, and the way to a WebSocket.

mod address;
mod admin;
mod body;
mod client;
mod copies;
mod creation;
mod export;
mod headers;
mod links;
mod metrics;
mod openapi;
mod origin;
mod pages;
mod preview;
mod range;
mod requests;
mod samples;
mod sessions;
mod shapes;
mod state;
mod upgrade;

pub(crate) use admin::{Admin, admin_router};
pub(crate) use client::{Client, Peer, TrustedProxies, network};
pub(crate) use links::edit_link;
pub(crate) use requests::RequestIds;

use crate::metrics::Metrics;
use crate::secret::Secret;
use crate::store::Store;
use crate::{
    exports::Exports, gate::Gate, problem::Problem, samples::Samples, sessions::Sessions, web::Web,
};
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn_with_state, map_response};
use axum::routing::get;
use axum::{Extension, Router};
use openapi::Description;
use std::sync::Arc;
use tokio::sync::{Semaphore, watch};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Where the API lies.
const API: &str = "/api/v1";
/// Bodies with whole documents that are read at a time.
const IMPORTS: usize = 8;

/// What every request may need.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) sessions: Sessions,
    pub(crate) samples: Arc<Samples>,
    pub(crate) exports: Exports,
    /// A place for each large body that may be read.
    pub(crate) imports: Arc<Semaphore>,
    pub(crate) web: Web,
    pub(crate) site: Site,
    pub(crate) gate: Gate,
    /// True once the server goes down.
    pub(crate) stopping: watch::Receiver<bool>,
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

pub(crate) fn imports() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(IMPORTS))
}

/// Every operation of the API, with its description.
fn operations() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new()
        .routes(routes!(openapi::description))
        .routes(routes!(state::health))
        .routes(routes!(state::version))
        .routes(routes!(state::templates))
        .routes(routes!(metrics::metrics))
        .routes(routes!(sessions::create))
        .routes(routes!(sessions::read, sessions::rename))
        .routes(routes!(copies::remix))
        .routes(routes!(copies::publish))
        .routes(routes!(export::document))
        .routes(routes!(export::notes))
        .routes(routes!(export::mix))
        .routes(routes!(export::stems))
        .routes(routes!(samples::send))
        .routes(routes!(samples::fetch))
        .routes(routes!(upgrade::upgrade))
}

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let (api, operations) = operations().split_for_parts();
    let description = Description::of(API, operations);
    let api = api
        .fallback(async || Problem::NOT_FOUND)
        .method_not_allowed_fallback(async || Problem::METHOD)
        .layer(Extension(description))
        .layer(from_fn_with_state(shared.clone(), origin::guard))
        .layer(map_response(headers::of_the_api));
    Router::new()
        .nest(API, api)
        .route("/", get(pages::front))
        .route("/s/{id}", get(pages::session))
        .route("/l/{id}", get(pages::session))
        .route("/p/{id}", get(pages::session))
        .route("/s/{id}/preview.png", get(pages::picture))
        .route("/l/{id}/preview.png", get(pages::picture))
        .route("/p/{id}/preview.png", get(pages::picture))
        .route("/sw.js", get(pages::worker))
        .route("/app/{*path}", get(pages::file))
        .fallback(pages::missing)
        .layer(from_fn_with_state(shared.clone(), client::admit))
        .layer(map_response(headers::of_everything))
        .layer(from_fn_with_state(shared.clone(), requests::watch))
        .layer(DefaultBodyLimit::max(64 * 1024))
        .with_state(shared)
}
