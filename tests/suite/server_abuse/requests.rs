//! HTTP as no honest client speaks it.

use super::victim::Victim;
use lockstep_tests::raw::{Raw, hello};
use lockstep_tests::server::Server;

/// Everything that comes back for some bytes, until the server hangs up.
fn answers(server: &Server, request: &str) -> String {
    let mut raw = Raw::dial(server.address());
    raw.write(request.as_bytes());
    raw.rest()
}

fn statuses(answers: &str) -> Vec<u16> {
    let lines = answers.split("HTTP/1.1 ").skip(1);
    lines
        .map(|line| line[..3].parse().expect("a status"))
        .collect()
}

#[test]
fn requests_whose_length_is_in_doubt_are_read_one_way_or_refused() {
    let server = Server::start();
    let mut victim = Victim::of(&server);
    let post = "POST /api/v1/sessions HTTP/1.1\r\nhost: lockstep\r\n";
    let hidden = "GET /api/v1/health HTTP/1.1\r\nhost: lockstep\r\nconnection: close\r\n\r\n";
    let refused = [
        format!("{post}content-length: -1\r\n\r\n"),
        format!("{post}content-length: two\r\n\r\n"),
        format!("{post}content-length: 99999999999999999999999\r\n\r\n"),
        format!("{post}content-length: 4\r\ncontent-length: 5\r\n\r\nabcde"),
        format!("{post}content-length: 4, 5\r\n\r\nabcde"),
        format!("{post}transfer-encoding: gzip\r\n\r\nabc"),
        format!("{post}transfer-encoding: chunked, gzip\r\n\r\nabc"),
        format!("{post}transfer-encoding : chunked\r\n\r\n0\r\n\r\n"),
        format!("{post}content-length: 4\n folded\r\n\r\nabcd"),
        format!("{post}x: a\0b\r\n\r\n"),
        format!("{post} x: leading space\r\n\r\n"),
        "GET / HTTP/9.9\r\n\r\n".to_owned(),
        "GET /a b HTTP/1.1\r\n\r\n".to_owned(),
        "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}\u{3}".repeat(50),
    ];
    victim.beside("doubtful lengths", || {
        for request in &refused {
            let answer = answers(&server, request);
            assert_eq!(
                statuses(&answer),
                [400],
                "{request:?} is answered {answer:?}"
            );
        }
        // Both kinds of length: what is hidden in the body is never taken for a request of its own
        // on a connection that goes on.
        for both in [
            format!(
                "{post}content-length: {}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{hidden}",
                hidden.len() + 5
            ),
            format!(
                "{post}transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n{hidden}"
            ),
        ] {
            let answer = answers(&server, &both);
            assert!(!answer.contains("\"status\":\"ok\""), "{answer:?}");
            assert!(statuses(&answer).len() == 1, "{answer:?}");
        }
    });
}

#[test]
fn headers_and_addresses_without_measure_are_refused() {
    let server = Server::start();
    let mut victim = Victim::of(&server);
    let large = "x".repeat(40 * 1024);
    let many: String = (0..500)
        .map(|number| format!("x-{number}: y\r\n"))
        .collect();
    victim.beside("huge headers", || {
        for request in [
            format!("GET / HTTP/1.1\r\nhost: lockstep\r\nx: {large}\r\n\r\n"),
            format!("GET / HTTP/1.1\r\nhost: lockstep\r\n{many}\r\n"),
            format!("GET /{large} HTTP/1.1\r\nhost: lockstep\r\n\r\n"),
            format!("{large} / HTTP/1.1\r\nhost: lockstep\r\n\r\n"),
        ] {
            let answer = answers(&server, &request);
            let status = statuses(&answer);
            // Who is cut off in the middle of sending may miss the answer.
            assert!(
                status.is_empty() || status.iter().all(|status| (400..500).contains(status)),
                "{:.60} is answered {answer:?}",
                request
            );
        }
        // As much as fits, of which nothing is kept.
        for _ in 0..50 {
            let name = "x".repeat(8 * 1024);
            let request = format!("GET /{name} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
            assert_eq!(statuses(&answers(&server, &request)), [404]);
        }
    });
}

#[test]
fn tricks_with_paths_and_links_find_nothing() {
    let server = Server::start();
    let mut victim = Victim::of(&server);
    let session = victim.session.clone();
    let secret = session.rsplit('-').next().expect("a secret").to_owned();
    let friendly = session
        .strip_suffix(&secret)
        .expect("it ends so")
        .to_owned();
    victim.beside("path tricks", || {
        for path in [
            "/../lockstep.redb",
            "/app/../../lockstep.redb",
            "/app/..%2f..%2flockstep.redb",
            "/app/%2e%2e/%2e%2e/lockstep.redb",
            "/app/....//lockstep.redb",
            "/app//etc/passwd",
            "/app/%00",
            "/app/..\\..\\lockstep.redb",
            "/app/%c0%ae%c0%ae/lockstep.redb",
            "/api/v1/../v1/health/..",
            "/api/v1/sessions/%2e%2e%2fhealth",
            "/api/v1/sessions/..;/health",
            "//api/v1/health",
            "/api/v1/sessions/%ff%fe",
            "/api/v1/sessions/%zz",
            "/api/v1/sessions/%0d%0aset-cookie:%20a=b",
            "/s/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
            "/s/../../etc/passwd",
            "http://elsewhere.example/api/v1/nothing",
        ] {
            let answer = server.get(path, &[]);
            assert!((400..500).contains(&answer.status), "{path}: {answer:?}");
            let text = answer.text();
            for word in ["redb", "root:", "<script>alert", "set-cookie"] {
                assert!(!text.contains(word), "{path}: {text}");
            }
            assert_eq!(answer.header("set-cookie"), "", "{path}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        }
        // Guesses near a link that exists, and far from any, are answered alike.
        let known = server.get("/api/v1/sessions/fuzzy-penguin-42-0123456789abcdef", &[]);
        let mut guesses = vec![
            friendly.clone() + "0000000000000000",
            friendly.clone() + &secret.to_uppercase(),
            friendly.clone() + &secret[..15],
            friendly.clone() + &secret + "0",
            secret.clone(),
            format!("{session}%20"),
            format!("{session}%00"),
        ];
        for place in 0..secret.len() {
            let mut near = secret.clone().into_bytes();
            near[place] = if near[place] == b'0' { b'1' } else { b'0' };
            guesses.push(friendly.clone() + std::str::from_utf8(&near).expect("letters"));
        }
        for guess in guesses {
            let answer = server.get(&format!("/api/v1/sessions/{guess}"), &[]);
            assert_eq!(
                (answer.status, answer.text()),
                (404, known.text()),
                "{guess}"
            );
        }
    });
}

/// P-TRANSPORT-1
#[test]
fn an_upgrade_that_is_none_is_refused_in_words() {
    let server = Server::start();
    let mut victim = Victim::of(&server);
    let path = format!("/api/v1/sessions/{}/ws", victim.session);
    let key = "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let ours = "sec-websocket-protocol: lockstep.v1\r\n";
    let ask = "connection: upgrade\r\nupgrade: websocket\r\n";
    victim.beside("wrong upgrades", || {
        for (more, status) in [
            (format!("{ask}{ours}sec-websocket-version: 13\r\n"), 426),
            (format!("{ask}{ours}{key}"), 426),
            (format!("{ask}{ours}{key}sec-websocket-version: 8\r\n"), 426),
            (format!("{ask}{ours}{key}sec-websocket-version: 13, 8\r\n"), 426),
            (format!("{ours}{key}sec-websocket-version: 13\r\nupgrade: websocket\r\n"), 426),
            (format!("connection: upgrade\r\nupgrade: h2c\r\n{ours}{key}sec-websocket-version: 13\r\n"), 426),
            (format!("{ask}{key}sec-websocket-version: 13\r\nsec-websocket-protocol: lockstep.v1x\r\n"), 400),
            (format!("{ask}{ours}{key}sec-websocket-version: 13\r\norigin: null\r\n"), 403),
        ] {
            let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n{more}\r\n", server.address());
            let mut raw = Raw::dial(server.address());
            raw.write(request.as_bytes());
            let head = raw.head();
            assert_eq!(statuses(&head), [status], "{more}");
            assert!(head.contains("application/json"), "{head}");
        }
        // A WebSocket asked for with a body, or by another method, is none.
        let post = server.send("POST", &path, &[("upgrade", "websocket")], b"{}");
        assert_eq!(post.status, 405);
        // Frames that come before the answer are read after it.
        let mut raw = Raw::dial(server.address());
        let early = hello(&"e9".repeat(16));
        let mut bytes = lockstep_tests::raw::knocking(server.address(), path.split('/').nth(4).expect("an id"), "").into_bytes();
        bytes.extend(lockstep_tests::raw::honest(0x81, early.as_bytes()));
        raw.write(&bytes);
        assert!(raw.head().starts_with("HTTP/1.1 101"));
        raw.hear_kind("welcome");
    });
}

#[test]
fn what_a_stranger_says_of_proxies_counts_for_nothing() {
    let server = Server::start();
    let mut victim = Victim::of(&server);
    let own = server.url("/");
    victim.beside("spoofed proxies", || {
        for (name, value) in [
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-prefix", "/evil"),
            ("x-forwarded-for", "203.0.113.9, 127.0.0.1"),
            ("x-real-ip", "203.0.113.9"),
            ("forwarded", "for=203.0.113.9;host=evil.example;proto=https"),
            ("x-original-url", "/api/v1/health"),
            ("x-rewrite-url", "/api/v1/health"),
            ("x-http-method-override", "DELETE"),
        ] {
            let made = server.post("/api/v1/sessions", &[(name, value)]);
            assert_eq!(made.status, 201, "{name}: {made:?}");
            let made = made.json();
            for link in ["link", "listen_link"] {
                let link = made[link].as_str().expect("a link");
                assert!(link.starts_with(&own), "{name}: {link}");
            }
        }
    });
}
