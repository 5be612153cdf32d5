//! The ways into the server: what is let in, what is refused and how, and what a browser is told.

use lockstep_tests::client::{Client, request};
use lockstep_tests::server::{Answer, Server};
use std::fs;

const KNOCK: [(&str, &str); 4] = [
    ("connection", "Upgrade"),
    ("upgrade", "websocket"),
    ("sec-websocket-version", "13"),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
];
const OURS: (&str, &str) = ("sec-websocket-protocol", "lockstep.v1");

fn knock(server: &Server, session: &str, more: &[(&str, &str)]) -> Answer {
    let path = format!("/api/v1/sessions/{session}/ws");
    server.get(&path, &[&KNOCK, more].concat())
}

fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    let problem = answer.json();
    assert_eq!(problem["code"], code);
    for part in ["message", "action"] {
        assert!(
            problem[part]
                .as_str()
                .is_some_and(|words| words.ends_with('.')),
            "{problem}"
        );
    }
}

#[test]
fn a_socket_needs_our_protocol_a_known_session_and_no_foreign_page() {
    let server = Server::start();
    let session = server.new_session();
    let own = server.url("");

    assert_eq!(knock(&server, &session, &[OURS]).status, 101);
    assert_eq!(
        knock(&server, &session, &[OURS, ("origin", &own)]).status,
        101
    );
    let several = ("sec-websocket-protocol", "other.v9, lockstep.v1");
    let answer = knock(&server, &session, &[several]);
    assert_eq!(
        (answer.status, answer.header("sec-websocket-protocol")),
        (101, "lockstep.v1")
    );
    assert_eq!(
        answer.header("sec-websocket-accept"),
        "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    );

    refused(&knock(&server, &session, &[]), 400, "subprotocol");
    refused(
        &knock(
            &server,
            &session,
            &[("sec-websocket-protocol", "lockstep.v2")],
        ),
        400,
        "subprotocol",
    );
    for foreign in ["http://evil.example", "null", "https://127.0.0.1"] {
        refused(
            &knock(&server, &session, &[OURS, ("origin", foreign)]),
            403,
            "foreign-origin",
        );
    }
    refused(
        &knock(&server, "fuzzy-penguin-42-0123456789abcdef", &[OURS]),
        404,
        "unknown-session",
    );
    refused(
        &knock(&server, "no-such-thing", &[OURS]),
        404,
        "unknown-session",
    );
    let path = format!("/api/v1/sessions/{session}/ws");
    refused(&server.get(&path, &[]), 426, "not-a-websocket");
}

#[test]
fn an_allowed_origin_may_use_the_server_and_another_may_not_even_make_sessions() {
    let server = Server::start_with(&["--allow-origin", "https://studio.example"]);
    let session = server.new_session();
    let friend = ("origin", "https://studio.example");
    assert_eq!(knock(&server, &session, &[OURS, friend]).status, 101);
    assert_eq!(server.post("/api/v1/sessions", &[friend]).status, 201);
    refused(
        &server.post("/api/v1/sessions", &[("origin", "https://evil.example")]),
        403,
        "foreign-origin",
    );
}

#[test]
fn a_new_session_grooves_and_its_listen_link_only_listens() {
    let server = Server::start();
    let (edit, listen) = server.new_session_with_listeners();
    let session = server.read(&edit);
    assert_eq!(session["role"], "editor");
    assert!(
        session["document"]["tracks"]
            .as_array()
            .is_some_and(|tracks| tracks.len() >= 4)
    );
    let words: Vec<&str> = edit.split('-').collect();
    let title = session["document"]["name"]
        .as_str()
        .expect("a name")
        .to_lowercase();
    assert_eq!(title, words[..2].join(" "));
    assert_eq!(words.last().map(|secret| secret.len()), Some(16));

    let heard = server.read(&listen);
    assert_eq!(heard["role"], "listener");
    assert_eq!(heard["document"], session["document"]);
    let listener = Client::joined(server.address(), &listen, 1);
    let role = listener.look(|replica| replica.role());
    assert_eq!(role, Some(lockstep_session::protocol::Role::Listener));
}

#[test]
fn what_is_not_there_is_answered_in_words() {
    let server = Server::start();
    refused(
        &server.get("/api/v1/sessions/fuzzy-penguin-42-0123456789abcdef", &[]),
        404,
        "unknown-session",
    );
    refused(&server.get("/api/v1/nothing", &[]), 404, "not-found");
    refused(
        &server.post("/api/v1/health", &[]),
        405,
        "method-not-allowed",
    );
    for page in [
        "/s/fuzzy-penguin-42-0123456789abcdef",
        "/l/nothing",
        "/nowhere",
    ] {
        let answer = server.get(page, &[]);
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (404, "text/html; charset=utf-8"),
            "{page}"
        );
        assert!(answer.text().contains("<h1>There is no"), "{page}");
    }
}

#[test]
fn the_page_is_served_with_strict_headers_and_cached_by_its_contents() {
    let folder = tempfile::tempdir().unwrap();
    let script = "console.log('lockstep');\n".repeat(200);
    fs::write(
        folder.path().join("index.html"),
        "<!doctype html><title>page</title>",
    )
    .unwrap();
    fs::write(folder.path().join("app-0123456789abcdef.js"), &script).unwrap();
    fs::write(folder.path().join("app.wasm"), [0; 8]).unwrap();
    fs::write(
        folder.path().parent().unwrap().join("lockstep-secret.txt"),
        "secret",
    )
    .unwrap();
    let path = folder.path().to_str().unwrap();
    let server = Server::start_with(&["--web", path]);
    let session = server.new_session();

    for page in ["/".to_owned(), format!("/s/{session}")] {
        let answer = server.get(&page, &[]);
        assert_eq!(answer.status, 200);
        assert!(answer.text().contains("<title>page</title>"));
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(answer.header("cache-control"), "no-cache");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(
            answer.header("cross-origin-embedder-policy"),
            "require-corp"
        );
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-inline"),
            "{policy}"
        );
        let again = server.get(&page, &[("if-none-match", answer.header("etag"))]);
        assert_eq!((again.status, again.body.len()), (304, 0));
    }

    let plain = server.get("/app/app-0123456789abcdef.js", &[]);
    assert_eq!(plain.text(), script);
    assert_eq!(
        plain.header("content-type"),
        "text/javascript; charset=utf-8"
    );
    assert!(plain.header("cache-control").contains("immutable"));
    let packed = server.get(
        "/app/app-0123456789abcdef.js",
        &[("accept-encoding", "gzip, br")],
    );
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.body.len() < script.len() / 4);
    assert_eq!(
        server.get("/app/app.wasm", &[]).header("content-type"),
        "application/wasm"
    );

    for trick in [
        "/app/../lockstep-secret.txt",
        "/app/%2e%2e/lockstep-secret.txt",
        "/app/..%2flockstep-secret.txt",
    ] {
        let answer = server.get(trick, &[]);
        assert_eq!(answer.status, 404, "{trick}");
        assert!(!answer.text().contains("secret"), "{trick}");
    }
}

#[test]
fn a_server_without_its_page_says_how_to_build_it_and_still_serves_sessions() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_with(&["--web", folder.path().to_str().unwrap()]);
    let answer = server.get("/", &[]);
    assert_eq!(answer.status, 503);
    assert!(answer.text().contains("cargo xtask web"));
    Client::joined(server.address(), &server.new_session(), 1);
}

#[test]
fn the_request_of_our_own_clients_names_the_protocol() {
    let address = ([127, 0, 0, 1], 1).into();
    let request = request(address, "fuzzy-penguin-42-0123456789abcdef");
    assert_eq!(request.headers()["sec-websocket-protocol"], "lockstep.v1");
}

#[test]
fn a_link_shows_what_plays_where_it_is_pasted_and_tells_listeners_nothing_more() {
    let server = Server::start();
    let (session, listen) = server.new_session_with_listeners();
    for (kind, id) in [("s", &session), ("l", &listen)] {
        let page = server.get(&format!("/{kind}/{id}"), &[]);
        let link = server.url(&format!("/{kind}/{id}"));
        assert_eq!(page.status, 200);
        let text = page.text();
        assert!(text.contains("property=\"og:title\""), "{text}");
        assert!(
            text.contains(&format!("content=\"{link}/preview.png\"")),
            "{text}"
        );
        assert!(kind == "s" || !text.contains(session.as_str()), "{text}");
        let picture = server.get(&format!("/{kind}/{id}/preview.png"), &[]);
        assert_eq!(
            (picture.status, picture.header("content-type")),
            (200, "image/png")
        );
        assert!(picture.body.starts_with(b"\x89PNG"));
    }
    let worker = server.get("/sw.js", &[]);
    assert_eq!(
        (worker.status, worker.header("cache-control")),
        (200, "no-cache")
    );
}
