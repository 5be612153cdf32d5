//! Frames that break the rules of WebSocket, and frames that only strain them.

use super::victim::Victim;
use lockstep_tests::raw::{Frame, Raw, frame, honest, knocking};
use lockstep_tests::server::Server;

const PING: &[u8] = br#"{"ping":{"sent":5}}"#;

/// P-CLOSE-1
#[test]
fn frames_that_break_the_rules_end_their_connection_only() {
    let server = Server::start();
    let mut victim = Victim::of(&server);
    let session = victim.session.clone();
    let mut too_long_control = vec![0x89, 0xfe, 0, 126, 0, 0, 0, 0];
    too_long_control.extend_from_slice(&[0; 126]);
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("unmasked", frame(0x81, None, PING)),
        ("first reserved bit", honest(0xc1, PING)),
        ("second reserved bit", honest(0xa1, PING)),
        ("third reserved bit", honest(0x91, PING)),
        ("reserved data kind", honest(0x83, PING)),
        ("reserved control kind", honest(0x8b, PING)),
        ("control in fragments", honest(0x09, b"ping")),
        ("a control frame of 126 bytes", too_long_control),
        ("a fragment of nothing", honest(0x80, PING)),
        (
            "a message within a message",
            [honest(0x01, b"{"), honest(0x81, PING)].concat(),
        ),
        ("no text", honest(0x82, PING)),
        (
            "bytes that are no UTF-8",
            honest(0x81, b"{\"ping\":\xff\xfe}"),
        ),
        (
            "half a letter at the end of a message",
            [honest(0x01, b"{\"\xc3"), honest(0x80, b"")].concat(),
        ),
        ("a letter beyond Unicode", honest(0x81, b"\xf4\x90\x80\x80")),
    ];
    victim.beside("broken frames", || {
        for (name, bytes) in &cases {
            let mut raw = Raw::join(server.address(), &session, &"e4".repeat(16));
            raw.write(bytes);
            let (messages, code) = raw.hear_out();
            assert_eq!(code, Some(4005), "{name}: {messages:?}");
            let goodbye = &messages.last().expect("a goodbye")["goodbye"];
            assert_eq!(goodbye["code"], "abuse", "{name}");
        }
        // What is masked with another mask than it says is text of some kind, and nonsense.
        let mut raw = Raw::join(server.address(), &session, &"e4".repeat(16));
        let mut bytes = honest(0x81, PING);
        bytes[2..6].copy_from_slice(&[0x27, 0x2b, 0x2d, 0x31]);
        raw.write(&bytes);
        raw.text(r#"{"leave":{}}"#);
        let (messages, code) = raw.hear_out();
        let is_malformed = messages
            .iter()
            .any(|message| message["error"]["code"] == "malformed");
        assert!(is_malformed || code == Some(4005), "{messages:?} {code:?}");
    });
}

#[test]
fn closing_in_odd_ways_is_answered_by_a_close() {
    let server = Server::start();
    let mut victim = Victim::of(&server);
    let session = victim.session.clone();
    let closes: [&[u8]; 7] = [
        b"",
        &[3, 232],
        &[3],
        &[0, 0],
        &[3, 237],
        &[255, 255, 0xff, 0xfe],
        &[15, 160, b'b', b'y', b'e'],
    ];
    victim.beside("odd closes", || {
        for payload in closes {
            let mut raw = Raw::join(server.address(), &session, &"e5".repeat(16));
            raw.write(&honest(0x88, payload));
            // Whatever it makes of the code, the connection ends.
            raw.hear_out();
        }
    });
}

/// P-LIMIT-1, P-TRANSPORT-2
#[test]
fn a_message_in_many_fragments_counts_as_one_and_one_without_end_is_too_large() {
    let server = Server::start();
    let mut victim = Victim::of(&server);
    let session = victim.session.clone();
    victim.beside("fragments", || {
        // A letter at a time, with a ping of the WebSocket between each two.
        let mut raw = Raw::join(server.address(), &session, &"e6".repeat(16));
        let mut bytes = Vec::new();
        for (place, letter) in PING.iter().enumerate() {
            let first = if place == 0 { 0x01 } else { 0x00 };
            bytes.extend(honest(first, &[*letter]));
            bytes.extend(honest(0x89, b"between"));
        }
        bytes.extend(honest(0x80, b""));
        raw.write(&bytes);
        let mut pongs = 0;
        loop {
            match raw.hear() {
                Frame::Pong(payload) => {
                    assert_eq!(payload, b"between");
                    pongs += 1;
                }
                Frame::Text(message) if message["pong"]["sent"] == 5 => break,
                Frame::Text(_) | Frame::Other(_) => {}
                ended @ (Frame::Close(_) | Frame::Ended) => panic!("{ended:?}"),
            }
        }
        assert!(
            pongs > 0,
            "the newest of several pings is answered at least"
        );

        // Small fragments without end.
        for size in [1, 100] {
            let mut raw = Raw::join(server.address(), &session, &"e6".repeat(16));
            raw.write(&honest(0x01, b" "));
            let part: Vec<u8> = (0..1_000)
                .flat_map(|_| honest(0x00, &vec![b' '; size]))
                .collect();
            for _ in 0..70 {
                if !raw.write(&part) {
                    break;
                }
            }
            let (messages, code) = raw.hear_out();
            if let Some(code) = code {
                assert_eq!(code, 1009, "fragments of {size}");
                assert_eq!(
                    messages.last().expect("a goodbye")["goodbye"]["code"],
                    "too-large"
                );
            }
        }
    });
}

#[test]
fn endless_pings_of_the_websocket_and_empty_fragments_hold_nobody_up() {
    let server = Server::start();
    let mut victim = Victim::of(&server);
    let session = victim.session.clone();
    for (name, first, each) in [
        ("pings", None, honest(0x89, &[b'x'; 125])),
        ("pongs", None, honest(0x8a, b"")),
        (
            "empty fragments",
            Some(honest(0x01, b"")),
            honest(0x00, b""),
        ),
        ("empty messages", None, honest(0x81, b"")),
    ] {
        victim.beside(name, || {
            let mut raw = Raw::join(server.address(), &session, &"e7".repeat(16));
            raw.write(&first.unwrap_or_default());
            let part = each.repeat(1_000);
            for _ in 0..100 {
                if !raw.write(&part) {
                    break;
                }
            }
        });
    }
}

#[test]
fn compression_is_never_agreed_to() {
    let server = Server::start();
    let session = server.new_session();
    let mut raw = Raw::dial(server.address());
    let offer = "sec-websocket-extensions: permessage-deflate; client_max_window_bits\r\n";
    raw.write(knocking(server.address(), &session, offer).as_bytes());
    let answer = raw.head().to_lowercase();
    assert!(answer.starts_with("http/1.1 101"), "{answer}");
    assert!(!answer.contains("extensions"), "{answer}");
    // A bomb for whoever unpacks it all the same.
    raw.write(&honest(
        0xc1,
        &[
            0xed, 0xc1, 0x01, 0x01, 0, 0, 0, 0x80, 0x90, 0xfe, 0xaf, 0xee,
        ],
    ));
    let (messages, code) = raw.hear_out();
    assert_eq!(code, Some(4005));
    assert_eq!(
        messages.last().expect("a goodbye")["goodbye"]["code"],
        "abuse"
    );
}
