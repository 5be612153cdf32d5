//! Bodies of requests: of the right kind, no larger than they may be, and there in time.

use crate::problem::Problem;
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use std::time::Duration;
use tokio::time::timeout;

/// From the first byte of a body to its last.
const WITHIN: Duration = Duration::from_secs(30);

/// The whole body of a request that says something in JSON, or nothing.
pub(super) struct JsonBody<const MOST: usize>(pub(super) Bytes);

impl<S: Send + Sync, const MOST: usize> FromRequest<S> for JsonBody<MOST> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        read(request, MOST, WITHIN).await.map(Self)
    }
}

async fn read(mut request: Request, most: usize, within: Duration) -> Result<Bytes, Problem> {
    let too_large = || Problem::TOO_LARGE.most_bytes(most);
    if announced(request.headers()).is_some_and(|length| length > most) {
        return Err(too_large());
    }
    let is_json = is_json(request.headers());
    DefaultBodyLimit::max(most).apply(&mut request);
    let body = timeout(within, Bytes::from_request(request, &())).await;
    let body = body.map_err(|_| Problem::TOO_SLOW)?;
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => Problem::MALFORMED.saying("The body ended before it was whole."),
    })?;
    if !body.is_empty() && !is_json {
        return Err(Problem::NOT_JSON);
    }
    Ok(body)
}

/// How long the body is said to be.
pub(super) fn announced(headers: &HeaderMap) -> Option<usize> {
    headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or("");
    let kind = kind.split(';').next().unwrap_or("").trim();
    kind.eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    async fn outcome(kind: &str, body: Body, within: Duration) -> Result<usize, &'static str> {
        let request = Request::builder().header(header::CONTENT_TYPE, kind);
        let body = read(request.body(body).unwrap(), 16, within).await;
        body.map(|body| body.len()).map_err(|problem| problem.code)
    }

    #[tokio::test]
    async fn a_body_is_json_and_no_larger_than_it_may_be() {
        let json = "application/json; charset=utf-8";
        assert_eq!(outcome(json, Body::from("{}"), WITHIN).await, Ok(2));
        let plain = "text/plain";
        assert_eq!(outcome(plain, Body::empty(), WITHIN).await, Ok(0));
        let refused = outcome(plain, Body::from("{}"), WITHIN).await;
        assert_eq!(refused, Err("not-json"));
        let long = Body::from("{                 }");
        assert_eq!(outcome(json, long, WITHIN).await, Err("too-large"));
    }

    #[tokio::test]
    async fn a_body_that_does_not_come_is_not_waited_for_for_ever() {
        let never = futures_util::stream::pending::<Result<Bytes, std::io::Error>>();
        let body = Body::from_stream(never);
        let refused = outcome("application/json", body, Duration::from_millis(1)).await;
        assert_eq!(refused, Err("too-slow"));
    }
}
