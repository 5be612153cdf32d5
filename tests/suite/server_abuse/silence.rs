//! Connections that take a place and then do nothing, or next to nothing. All kinds at once, so that
//! the waiting is done once.

use super::victim::Victim;
use lockstep_tests::raw::{Raw, knocking};
use lockstep_tests::server::{PATIENCE, Server};
use std::time::Instant;

const EACH: usize = 40;

/// P-JOIN-1, P-LIVENESS-1
#[test]
fn those_who_open_doors_and_stand_in_them_are_let_go_and_hold_nobody_up() {
    let server = Server::start();
    let mut victim = Victim::of(&server);
    let session = victim.session.clone();
    let address = server.address();
    let dial = |_| Raw::dial(address);
    let say = |mut raw: Raw, bytes: &[u8]| {
        raw.write(bytes);
        raw
    };
    victim.beside("silence of all kinds", || {
        let nothing: Vec<Raw> = (0..EACH).map(dial).collect();
        let half_a_request: Vec<Raw> = (0..EACH)
            .map(dial)
            .map(|raw| say(raw, b"GET /api/v1/health HTTP/1.1\r\nhost: lock"))
            .collect();
        let half_a_body: Vec<Raw> = (0..EACH)
            .map(dial)
            .map(|raw| {
                let head = b"POST /api/v1/sessions HTTP/1.1\r\nhost: lockstep\r\n\
                    content-type: application/json\r\ncontent-length: 1000\r\n\r\n{\"te";
                say(raw, head)
            })
            .collect();
        let half_a_knock: Vec<Raw> = (0..EACH)
            .map(dial)
            .map(|raw| {
                let request = knocking(address, &session, "");
                say(raw, &request.as_bytes()[..request.len() - 2])
            })
            .collect();
        let no_hello: Vec<Raw> = (0..EACH).map(|_| Raw::knock(address, &session)).collect();
        let half_a_frame: Vec<Raw> = (0..EACH)
            .map(|_| say(Raw::knock(address, &session), &[0x81, 0xfe, 0xff]))
            .collect();
        // As many as one player may have.
        let joined: Vec<Raw> = (0..8)
            .map(|run| {
                let mut raw = Raw::knock(address, &session);
                let token = "e8".repeat(16);
                raw.text(&format!(r#"{{"hello":{{"token":"{token}","run":{run}}}}}"#));
                raw.hear_kind("welcome");
                raw
            })
            .collect();

        for silent in [nothing, half_a_request, half_a_body, half_a_knock] {
            for mut raw in silent {
                // An answer to half of a body is fine, and so is none.
                let answer = raw.rest();
                assert!(!answer.starts_with("HTTP/1.1 5"), "{answer}");
            }
        }
        for mut raw in no_hello.into_iter().chain(half_a_frame) {
            let (messages, code) = raw.hear_out();
            assert_eq!(code, Some(4006), "{messages:?}");
            let goodbye = &messages.last().expect("a goodbye")["goodbye"];
            assert_eq!(
                (&goodbye["code"], &goodbye["retry_ms"]),
                (&"no-hello".into(), &2_000.into())
            );
        }
        for mut raw in joined {
            let (messages, code) = raw.hear_out();
            assert_eq!(code, Some(4003), "{messages:?}");
            assert_eq!(
                messages.last().expect("a goodbye")["goodbye"]["code"],
                "silent"
            );
        }
    });
}

/// A request that comes a byte at a time is one that does not come.
#[test]
fn a_request_that_drips_is_given_up() {
    let server = Server::start_for_a_crowd(&[]);
    let mut victim = Victim::of(&server);
    let drip = || {
        let given_up_by = Instant::now() + PATIENCE;
        let mut raw = Raw::dial(server.address());
        raw.write(b"GET / HTTP/1.1\r\nx: ");
        while raw.write(b"x") {
            assert!(Instant::now() < given_up_by, "it is still waited for");
            // Another request is the clock of the drops.
            assert_eq!(server.get("/api/v1/health", &[]).status, 200);
        }
    };
    victim.beside("dripping", || {
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(drip);
            }
        });
    });
}
