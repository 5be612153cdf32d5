//! The metrics, for those who may see them: programs on this machine, and whoever has the token.

use super::openapi::problems;
use super::{Client, Shared};
use crate::problem::Problem;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use axum::response::IntoResponse;
use std::sync::Arc;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

problems! { pub(super) MetricsProblems: NOT_FOUND }

/// What the server counts, as Prometheus reads it.
///
/// For programs on the server's own machine, and for whoever has the operator's token; to all
/// others there is nothing here.
#[utoipa::path(
    get, path = "/metrics", operation_id = "metrics",
    responses((status = 200, description = "The counts.", body = String, content_type = OPEN_METRICS), MetricsProblems)
)]
pub(super) async fn metrics(
    State(shared): State<Arc<Shared>>,
    client: Client,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let token = bearer(&headers).zip(shared.metrics_token.as_ref());
    let may_see = client.is_local() || token.is_some_and(|(guess, token)| token.is(guess));
    if !may_see {
        // Others need not know that there is anything.
        return Err(Problem::NOT_FOUND);
    }
    if let Ok(stored) = shared.store.count().await {
        let stored = i64::try_from(stored).unwrap_or(i64::MAX);
        shared.metrics.sessions_stored.set(stored);
    }
    let text = shared.metrics.text().expect("a string takes everything");
    Ok(([(CONTENT_TYPE, OPEN_METRICS)], text))
}

/// The token in `authorization: Bearer TOKEN`.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let said = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = said.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
