//! The page and its files, and what is shown where there is none.

use super::links::Base;
use super::{Shared, address::SessionAddress, headers, preview};
use crate::{problem::Problem, web::WebFile};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{StatusCode, Uri};
use axum::response::{Html, IntoResponse, Response};
use std::sync::Arc;
use tokio::task::spawn_blocking;

pub(super) async fn front(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    page(&shared, &headers)
}

pub(super) async fn session(
    State(shared): State<Arc<Shared>>,
    address: Result<SessionAddress, Problem>,
    base: Base,
    headers: HeaderMap,
) -> Response {
    let id = match address {
        Ok(SessionAddress(id)) => id,
        Err(problem) => return explain(&problem),
    };
    let (reading, role) = match shared.sessions.read(&id).await {
        Ok(read) => read,
        Err(error) => return explain(&error.into()),
    };
    let Some(page) = shared.web.page() else {
        return (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response();
    };
    let link = base.page(&id, role, reading.document.mode);
    let head = preview::head(&reading.document, &link);
    let named = String::from_utf8_lossy(page.plain()).replacen(UNNAMED, &head, 1);
    send(&WebFile::new("index.html", named.into(), None), &headers)
}

/// What the page is called where nothing more is known.
const UNNAMED: &str = "<title>Lockstep</title>";

/// A picture of the session's steps, for whoever shows its link.
pub(super) async fn picture(
    State(shared): State<Arc<Shared>>,
    SessionAddress(id): SessionAddress,
) -> Result<impl IntoResponse, Problem> {
    let (reading, _) = shared.sessions.read(&id).await?;
    let drawn = spawn_blocking(move || preview::picture(&reading.document));
    let drawn = drawn.await.map_err(|_| Problem::FAILED)?;
    let kind = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/png")),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, max-age=60"),
        ),
    ];
    Ok((kind, drawn))
}

/// The service worker: it lies where it may serve every page.
pub(super) async fn worker(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    match shared.web.file("sw.js") {
        Some(file) => send(file, &headers),
        None => Problem::NOT_FOUND.into_response(),
    }
}

pub(super) async fn file(
    State(shared): State<Arc<Shared>>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    match path.ok().and_then(|Path(path)| shared.web.file(&path)) {
        Some(file) => send(file, &headers),
        None => Problem::NOT_FOUND.into_response(),
    }
}

pub(super) async fn missing(uri: Uri) -> Response {
    let path = uri.path();
    if path == "/api" || path.starts_with("/api/") {
        headers::of_the_api(Problem::NOT_FOUND.into_response()).await
    } else if path.starts_with("/app/") {
        Problem::NOT_FOUND.into_response()
    } else {
        explain(&Problem::NOT_FOUND)
    }
}

fn page(shared: &Shared, headers: &HeaderMap) -> Response {
    match shared.web.page() {
        Some(page) => send(page, headers),
        None => (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response(),
    }
}

/// A file, or the news that the browser has it already.
fn send(file: &WebFile, headers: &HeaderMap) -> Response {
    let caching = if file.is_hashed {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let said = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
            .unwrap_or("")
    };
    let known = said(header::IF_NONE_MATCH)
        .split(',')
        .any(|tag| tag.trim() == file.tag);
    let common = [
        (header::CACHE_CONTROL, HeaderValue::from_static(caching)),
        (
            header::ETAG,
            HeaderValue::from_str(&file.tag).expect("a tag is quoted hexadecimal"),
        ),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    if known {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(file.kind))];
    let accepted = said(header::ACCEPT_ENCODING);
    let brotli = || Some(("br", file.brotli.as_ref()?)).filter(|_| accepts(accepted, "br"));
    let gzip = || {
        let is_taken = accepts(accepted, "gzip");
        Some(("gzip", is_taken.then(|| file.gzipped())??))
    };
    let twin = brotli().or_else(gzip);
    match twin {
        Some((name, twin)) => {
            let encoding = [(header::CONTENT_ENCODING, HeaderValue::from_static(name))];
            (common, kind, encoding, twin.clone()).into_response()
        }
        None => (common, kind, file.plain().clone()).into_response(),
    }
}

/// Whether a client takes an encoding, by its `accept-encoding`.
fn accepts(accepted: &str, encoding: &str) -> bool {
    accepted.split(',').any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, "q=1"));
        let is_refused = matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
        name.trim() == encoding && !is_refused
    })
}

/// The problem as a page, for people.
fn explain(problem: &Problem) -> Response {
    let body = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>Lockstep</title><h1>{}</h1><p>{}</p><p><a href=\"/\">Lockstep</a></p>",
        problem.message, problem.action
    );
    (problem.status(), Html(body)).into_response()
}

const NOT_BUILT: &str = "<!doctype html><html lang=en><meta charset=utf-8>\
    <meta name=viewport content=\"width=device-width\"><title>Lockstep</title>\
    <h1>This server was built without its page.</h1>\
    <p>Build the page with <code>cargo xtask web</code>, then build the server again with \
    <code>cargo xtask start</code>; or start it with <code>--web</code> and the folder that holds the page.</p>\
    <p>Sessions work meanwhile: plugins can join them by their links.</p>";

#[cfg(test)]
mod tests {
    use super::accepts;

    #[test]
    fn an_encoding_is_used_only_by_those_who_take_it() {
        for (accepted, takes) in [
            ("gzip, deflate, br, zstd", true),
            ("br;q=0.5", true),
            ("br;q=0, gzip", false),
            ("gzip", false),
            ("broken", false),
            ("", false),
        ] {
            assert_eq!(accepts(accepted, "br"), takes, "{accepted}");
        }
    }
}
