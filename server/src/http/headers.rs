//! What every response says to browsers: run nothing but our own, show us in no frame, tell
//! nobody where you came from.

use axum::http::HeaderValue;
use axum::http::header::{self, HeaderName};
use axum::response::Response;

const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    connect-src 'self' ws: wss:; img-src 'self' data:; media-src blob:; \
    base-uri 'none'; frame-ancestors 'none'";

const EVERYWHERE: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-embedder-policy"),
        "require-corp",
    ),
];

pub(super) async fn of_everything(mut response: Response) -> Response {
    for (name, value) in EVERYWHERE {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Answers of the API are true for a moment only, and may hold links, unless they say otherwise.
pub(super) async fn of_the_api(mut response: Response) -> Response {
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
