//! What the API refuses, and how it says so.

use lockstep_tests::server::{Answer, Server};
use serde_json::Value;

const JSON: (&str, &str) = ("content-type", "application/json");
const UNKNOWN: &str = "fuzzy-penguin-42-0123456789abcdef";

/// A problem as every problem is: a code and two sentences, whoever asks and however.
#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) -> Value {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    let problem = answer.json();
    assert_eq!(problem["code"], code, "{problem}");
    for part in ["message", "action"] {
        let words = problem[part].as_str().unwrap_or_default();
        assert!(words.ends_with('.') && words.len() > 8, "{problem}");
    }
    problem
}

fn create(server: &Server, body: &[u8]) -> Answer {
    server.send("POST", "/api/v1/sessions", &[JSON], body)
}

/// P-HTTP-2
#[test]
fn every_refusal_has_one_shape() {
    let server = Server::start();
    let session = server.new_session();
    let at = |path: &str| format!("/api/v1/sessions/{session}{path}");
    let export = |query: &str| server.get(&at(&format!("/export/mix.wav?{query}")), &[]);

    for path in [
        "",
        "/",
        "/nothing",
        "/sessions/",
        "/sessions/a/b/c",
        "/%ff",
        "/../health/x",
    ] {
        refused(
            &server.get(&format!("/api/v1{path}"), &[]),
            404,
            "not-found",
        );
    }
    for id in [
        UNKNOWN,
        "x",
        "%ff",
        "%2e%2e%2f",
        "a%00b",
        &"a-".repeat(2_000),
    ] {
        for path in ["", "/export/notes.mid", "/export/document.json"] {
            let path = format!("/api/v1/sessions/{id}{path}");
            refused(&server.get(&path, &[]), 404, "unknown-session");
        }
        let path = format!("/api/v1/sessions/{id}/remix");
        refused(&server.post(&path, &[]), 404, "unknown-session");
    }
    for (method, path, allowed) in [
        ("DELETE", "/api/v1/sessions".to_owned(), "POST"),
        ("GET", "/api/v1/sessions".to_owned(), "POST"),
        ("PUT", at(""), "PATCH"),
        ("POST", "/api/v1/health".to_owned(), "GET"),
        ("OPTIONS", "/api/v1/health".to_owned(), "GET"),
        ("BREW", at("/remix"), "POST"),
    ] {
        let answer = server.send(method, &path, &[], &[]);
        refused(&answer, 405, "method-not-allowed");
        assert!(answer.header("allow").contains(allowed), "{answer:?}");
    }
    for query in [
        "bars=0",
        "bars=99999",
        "rate=1",
        "bits=12",
        "from=-1",
        "speed=2",
        "bars=%31",
    ] {
        refused(&export(query), 400, "bad-query");
    }
    let problem = refused(&export("bars=25000"), 422, "too-long");
    // Ten minutes at 112 beats a minute.
    assert_eq!(problem["details"]["most_bars"], 280);
    refused(
        &server.get(&at("/export/stems.zip?bars=281"), &[]),
        422,
        "too-long",
    );
    refused(
        &server.get(&at("/export/notes.mid?bars=281"), &[]),
        422,
        "too-long",
    );
}

/// P-HTTP-3
#[test]
fn a_body_that_cannot_be_read_is_refused_with_the_place() {
    let server = Server::start();
    for (body, line, column) in [
        (&b"{\n  \"name\": }"[..], 2, 11),
        (b"{\"document\":{\"tracks\":[],\n\"swing\":\"x\"}}", 2, 11),
        (b"{\"name\":\"\xff\"}", 1, 10),
        (b"[]", 1, 1),
    ] {
        let problem = refused(&create(&server, body), 400, "malformed");
        let details = &problem["details"];
        assert_eq!(
            (&details["line"], &details["column"]),
            (&line.into(), &column.into()),
            "{problem}"
        );
    }
    for body in [
        "{\"document\":{\"tracks\":[],\"swing\":1e999}}",
        "{\"name\":NaN}",
        "\"x\"",
        "{}{}",
    ] {
        refused(&create(&server, body.as_bytes()), 400, "malformed");
    }
    let deep = "{\"document\":".repeat(50_000);
    refused(&create(&server, deep.as_bytes()), 400, "malformed");
    refused(
        &create(&server, b"{\"document\":{}}"),
        422,
        "illegal-document",
    );
    let tracks: Vec<String> = (0..17).map(|id| format!("{{\"id\":{id}}}")).collect();
    let many = format!("{{\"document\":{{\"tracks\":[{}]}}}}", tracks.join(","));
    refused(&create(&server, many.as_bytes()), 422, "illegal-document");
    refused(
        &create(&server, b"{\"template\":\"polka\"}"),
        422,
        "unknown-template",
    );

    let plain = ("content-type", "text/plain");
    let answer = server.send("POST", "/api/v1/sessions", &[plain], b"{}");
    refused(&answer, 415, "not-json");
    let answer = server.send("POST", "/api/v1/sessions", &[], b"{}");
    refused(&answer, 415, "not-json");
    assert_eq!(server.post("/api/v1/sessions", &[plain]).status, 201);

    let large = vec![b' '; 8 * 1024 * 1024 + 1];
    let problem = refused(&create(&server, &large), 413, "too-large");
    assert_eq!(problem["details"]["most_bytes"], 8 * 1024 * 1024);
    assert_eq!(
        create(&server, &large[1..]).status,
        201,
        "the limit itself is allowed"
    );
    let session = server.new_session();
    let path = format!("/api/v1/sessions/{session}");
    refused(
        &server.send("PATCH", &path, &[JSON], &large[..5_000]),
        413,
        "too-large",
    );
    refused(
        &server.send("PATCH", &path, &[JSON], b"{}"),
        400,
        "malformed",
    );
    refused(&server.send("PATCH", &path, &[JSON], b""), 400, "malformed");
}

/// P-HTTP-9
#[test]
fn only_pages_that_may_use_the_server_are_let_in_and_told_so() {
    let server = Server::start_with(&["--allow-origin", "https://studio.example"]);
    let friend = ("origin", "https://studio.example");
    let stranger = ("origin", "https://evil.example");
    let asks = ("access-control-request-method", "PATCH");

    let preflight = server.send("OPTIONS", "/api/v1/sessions", &[friend, asks], &[]);
    assert_eq!((preflight.status, preflight.body.len()), (204, 0));
    assert_eq!(preflight.header("access-control-allow-origin"), friend.1);
    assert!(
        preflight
            .header("access-control-allow-methods")
            .contains("PATCH")
    );
    assert_eq!(
        preflight.header("access-control-allow-headers"),
        "content-type, range"
    );
    let answer = server.get("/api/v1/health", &[friend]);
    assert_eq!(answer.header("access-control-allow-origin"), friend.1);
    assert_eq!(answer.header("vary"), "origin");
    let problem = server.get("/api/v1/nothing", &[friend]);
    assert_eq!(problem.header("access-control-allow-origin"), friend.1);

    for (method, path) in [
        ("OPTIONS", "/sessions"),
        ("GET", "/health"),
        ("POST", "/sessions"),
    ] {
        let answer = server.send(method, &format!("/api/v1{path}"), &[stranger, asks], &[]);
        refused(&answer, 403, "foreign-origin");
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
    let programs = server.get("/api/v1/health", &[]);
    assert_eq!(programs.header("access-control-allow-origin"), "");
}

/// P-HTTP-2
#[test]
fn whoever_asks_for_the_headers_alone_is_given_no_body() {
    let server = Server::start();
    let session = server.new_session();
    for (path, status) in [
        ("/api/v1/health".to_owned(), 200),
        (format!("/api/v1/sessions/{session}"), 200),
        (
            format!("/api/v1/sessions/{session}/export/mix.wav?bars=200"),
            200,
        ),
        (format!("/api/v1/sessions/{UNKNOWN}"), 404),
    ] {
        let answer = server.send("HEAD", &path, &[], &[]);
        assert_eq!((answer.status, answer.body.len()), (status, 0), "{path}");
    }
}
