//! What is noted of every request: a number of its own in each line of the log and in the answer,
//! and its route and status among the metrics. Never its path, which may hold a link.

use super::Shared;
use crate::metrics::RequestLabels;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;
use tracing::Instrument;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Numbers requests so that none of two runs of the server are alike.
#[derive(Debug)]
pub(crate) struct RequestIds {
    run: u32,
    next: AtomicU32,
}

impl RequestIds {
    pub(crate) fn draw() -> Self {
        Self {
            run: getrandom::u32().expect("the system gives random numbers"),
            next: AtomicU32::new(0),
        }
    }

    fn next(&self) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        format!("{:08x}{number:08x}", self.run)
    }
}

pub(super) async fn watch(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    let id = shared.request_ids.next();
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("other", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", id, method = method(&request), route);
    let answered = async {
        let begun = Instant::now();
        let response = next.run(request).await;
        let status = response.status().as_u16();
        tracing::debug!(status, took = ?begun.elapsed(), "answered");
        response
    };
    let mut response = answered.instrument(span).await;
    let status = response.status().as_u16();
    let labels = RequestLabels { route, status };
    shared.metrics.requests.get_or_create(&labels).inc();
    let id = HeaderValue::from_str(&id).expect("hexadecimal fits a header");
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// A method that somebody made up is not written down.
fn method(request: &Request) -> &'static str {
    match request.method().as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
