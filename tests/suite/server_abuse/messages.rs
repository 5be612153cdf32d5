//! Messages that are too large, too deep, or mean what no number or text may mean.

use super::victim::Victim;
use lockstep_tests::raw::{Frame, Raw, honest};
use lockstep_tests::server::Server;
use serde_json::Value;

/// A fresh player says one thing; returns the first answer, an error or about an edit.
fn answer(server: &Server, session: &str, player: usize, text: &str) -> Value {
    let mut raw = Raw::join(server.address(), session, &format!("{player:032x}"));
    assert!(raw.text(text));
    loop {
        match raw.hear() {
            Frame::Text(message) => {
                for kind in ["error", "rejected", "accepted", "goodbye"] {
                    if !message[kind].is_null() {
                        return serde_json::json!([kind, message[kind]["code"]]);
                    }
                }
            }
            Frame::Close(_) | Frame::Ended => panic!("no answer to {:.60}", text),
            Frame::Pong(_) | Frame::Other(_) => {}
        }
    }
}

fn edit(edit: &str) -> String {
    format!(r#"{{"edit":{{"number":1,"edit":{edit}}}}}"#)
}

/// P-EDIT-2, P-EDIT-4, P-REJECT-2, P-ERROR-1
#[test]
fn what_is_no_number_no_text_or_no_message_is_answered_by_name() {
    let server = Server::start();
    let mut victim = Victim::of(&server);
    let session = server.new_session();
    let deep = |open: &str, close: &str| {
        let times = 60_000 / (open.len() + close.len());
        format!("{}1{}", open.repeat(times), close.repeat(times))
    };
    let (arrays, objects) = (deep("[", "]"), deep(r#"{"a":"#, "}"));
    let unclosed = "[".repeat(65_000);
    let long = "9".repeat(60_000);
    let text = "\\u0000".repeat(10_000);
    let cases: Vec<(String, &str, &str)> = vec![
        (edit(&arrays), "rejected", "malformed"),
        (edit(&objects), "rejected", "unknown-edit"),
        (
            edit(&format!(r#"{{"session":{{"name":{arrays}}}}}"#)),
            "rejected",
            "malformed",
        ),
        (
            edit(&format!(r#"{{"gesture":[{objects}]}}"#)),
            "rejected",
            "malformed",
        ),
        (arrays.clone(), "error", "malformed"),
        (objects, "error", "unknown-message"),
        (unclosed, "error", "malformed"),
        (
            edit(r#"{"session":{"swing":1e999}}"#),
            "rejected",
            "malformed",
        ),
        (
            edit(r#"{"session":{"swing":-1e999}}"#),
            "rejected",
            "malformed",
        ),
        (
            edit(r#"{"session":{"swing":"NaN"}}"#),
            "rejected",
            "malformed",
        ),
        (
            edit(r#"{"session":{"swing":"Infinity"}}"#),
            "rejected",
            "malformed",
        ),
        (
            edit(r#"{"session":{"swing":null}}"#),
            "rejected",
            "malformed",
        ),
        (edit(r#"{"session":{"swing":NaN}}"#), "error", "malformed"),
        (
            edit(&format!(r#"{{"session":{{"swing":{long}}}}}"#)),
            "rejected",
            "malformed",
        ),
        (edit(r#"{"session":{"swing":1e300}}"#), "accepted", ""),
        (edit(r#"{"session":{"swing":-0.0}}"#), "accepted", ""),
        (edit(r#"{"tempo":{"tempo":1e-320}}"#), "accepted", ""),
        (edit(r#"{"play":{"from":1e999}}"#), "rejected", "malformed"),
        (
            edit(r#"{"play":{"from":9223372036854775807,"at":-9223372036854775808}}"#),
            "accepted",
            "",
        ),
        (
            edit(r#"{"play":{"from":9223372036854775808}}"#),
            "rejected",
            "malformed",
        ),
        (
            edit(r#"{"loop":{"region":[-9223372036854775808,9223372036854775807]}}"#),
            "accepted",
            "",
        ),
        (
            edit(r#"{"step":{"track":1,"scene":8,"step":0,"value":{}}}"#),
            "rejected",
            "malformed",
        ),
        (
            edit(r#"{"step":{"track":-1,"scene":0,"step":0,"value":{}}}"#),
            "rejected",
            "malformed",
        ),
        (
            edit(r#"{"step":{"track":4294967296,"scene":0,"step":0,"value":{}}}"#),
            "rejected",
            "malformed",
        ),
        (
            edit(r#"{"session":{"name":"\ud800"}}"#),
            "rejected",
            "malformed",
        ),
        (
            edit(&format!(r#"{{"session":{{"name":"{text}"}}}}"#)),
            "accepted",
            "",
        ),
        (
            r#"{"edit":{"number":1e999,"edit":"take-lead"}}"#.to_owned(),
            "error",
            "malformed",
        ),
        (
            r#"{"edit":{"number":-1,"edit":"take-lead"}}"#.to_owned(),
            "error",
            "malformed",
        ),
        (
            r#"{"ping":{"sent":1e999}}"#.to_owned(),
            "error",
            "malformed",
        ),
        (
            r#"{"ping":{"sent":1},"ping":{"sent":2}}"#.to_owned(),
            "error",
            "malformed",
        ),
        (r#"{"dance":{}}"#.to_owned(), "error", "unknown-message"),
        ("[]".to_owned(), "error", "malformed"),
        ("null".to_owned(), "error", "malformed"),
        (String::new(), "error", "malformed"),
        ("\u{feff}{}".to_owned(), "error", "malformed"),
    ];
    victim.beside("nonsense of all kinds", || {
        let mut wrong = Vec::new();
        for (player, (text, kind, code)) in (1..).zip(&cases) {
            let answered = answer(&server, &session, player, text);
            let expected = if code.is_empty() {
                Value::Null
            } else {
                (*code).into()
            };
            if answered != serde_json::json!([kind, expected]) {
                wrong.push(format!(
                    "{text:.90} is answered {answered}, not {kind} {code}"
                ));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}

/// P-LIMIT-1
#[test]
fn a_giant_message_is_refused_before_it_is_held() {
    let server = Server::start();
    let mut victim = Victim::of(&server);
    let session = victim.session.clone();
    let before = server.memory();
    victim.beside("giants", || {
        for attempt in 0..20 {
            let mut raw = Raw::join(server.address(), &session, &"e3".repeat(16));
            if attempt % 2 == 0 {
                // It says that four gigabytes follow, and a megabyte does.
                let mut head = vec![0x81, 0xff];
                head.extend_from_slice(&(4_u64 << 30).to_be_bytes());
                head.extend_from_slice(&[0; 4]);
                raw.write(&head);
                raw.write(&vec![b' '; 1 << 20]);
            } else {
                raw.write(&honest(0x81, &vec![b'['; 8 << 20]));
            }
            let (messages, code) = raw.hear_out();
            if let Some(code) = code {
                assert_eq!(code, 1009);
                assert_eq!(
                    messages.last().expect("a goodbye")["goodbye"]["code"],
                    "too-large"
                );
            }
        }
    });
    assert!(server.memory() < before + (32 << 20), "none of it is kept");
}
