//! Which pages may use the server. Browsers say where a page came from; programs say nothing,
//! and hold a link anyway.

use super::{Shared, Site};
use crate::problem::Problem;
use axum::extract::{Request, State};
use axum::http::header::{self, HOST, HeaderValue, ORIGIN};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Refuses pages from elsewhere, and tells browsers that the pages which may use the API may.
pub(super) async fn guard(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    if !shared.site.admits(request.headers()) {
        return Problem::FOREIGN_ORIGIN.into_response();
    }
    let origin = request.headers().get(ORIGIN).cloned();
    let mut response = match is_preflight(&request) {
        true => (StatusCode::NO_CONTENT, PREFLIGHT).into_response(),
        false => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        let exposed = HeaderValue::from_static("content-disposition, location, retry-after");
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
    response
}

/// What a browser is told that asks before it sends.
const PREFLIGHT: [(header::HeaderName, &str); 3] = [
    (
        header::ACCESS_CONTROL_ALLOW_METHODS,
        "GET, HEAD, POST, PATCH, DELETE",
    ),
    (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type, range"),
    (header::ACCESS_CONTROL_MAX_AGE, "600"),
];

fn is_preflight(request: &Request) -> bool {
    let headers = request.headers();
    request.method() == Method::OPTIONS
        && headers.contains_key(ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

impl Site {
    /// Whether the page that asks, if it is a page, is our own or one that was allowed.
    pub(super) fn admits(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(ORIGIN) else {
            return true;
        };
        let Ok(origin) = origin.to_str() else {
            return false;
        };
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        let own = origin
            .split_once("://")
            .is_some_and(|(_, authority)| Some(authority) == host);
        let public = self
            .public_url
            .as_deref()
            .is_some_and(|url| origin_of(url) == origin);
        own || public
            || self
                .allowed_origins
                .iter()
                .any(|allowed| origin_of(allowed) == origin)
    }
}

/// The scheme and authority of an address.
fn origin_of(url: &str) -> &str {
    let authority = url.find("://").map_or(0, |at| at + 3);
    url[authority..]
        .find('/')
        .map_or(url, |end| &url[..authority + end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(site: &Site, origin: Option<&'static str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, "10.0.0.5:7878".parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().unwrap());
        }
        site.admits(&headers)
    }

    #[test]
    fn our_own_page_and_programs_are_admitted_and_other_pages_are_not() {
        let site = Site::default();
        assert!(admitted(&site, None));
        assert!(admitted(&site, Some("http://10.0.0.5:7878")));
        for foreign in [
            "null",
            "http://evil.example",
            "http://10.0.0.5",
            "http://10.0.0.5:7878.evil.example",
            "",
        ] {
            assert!(!admitted(&site, Some(foreign)), "{foreign}");
        }
    }

    #[test]
    fn the_public_address_and_allowed_origins_are_admitted() {
        let site = Site {
            public_url: Some("https://jam.example/band".to_owned()),
            allowed_origins: vec!["http://localhost:8080".to_owned()],
            ..Site::default()
        };
        assert!(admitted(&site, Some("https://jam.example")));
        assert!(admitted(&site, Some("http://localhost:8080")));
        assert!(!admitted(&site, Some("http://jam.example")));
        assert!(!admitted(&site, Some("http://localhost:8081")));
    }
}
