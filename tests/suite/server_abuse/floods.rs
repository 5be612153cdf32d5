//! Far too much of what is allowed in small amounts.

use super::victim::Victim;
use lockstep_tests::raw::{Frame, Raw, honest};
use lockstep_tests::server::Server;

/// More than any rate and burst allow.
const FLOOD: usize = 3_000;

/// A kind of message by its name, written anew for each number.
type Flood = (&'static str, Box<dyn Fn(usize) -> String + Send + Sync>);

fn step(number: usize) -> String {
    format!(
        r#"{{"edit":{{"number":{},"edit":{{"step":{{"track":1,"scene":0,"step":{},"value":{{}}}}}}}}}}"#,
        number + 1,
        number % 16
    )
}

/// Sends messages until there are enough or the server has had enough, several at a time.
fn flood(raw: &mut Raw, message: impl Fn(usize) -> String) {
    for part in 0..FLOOD / 100 {
        let frames =
            (0..100).flat_map(|index| honest(0x81, message(part * 100 + index).as_bytes()));
        if !raw.write(&frames.collect::<Vec<u8>>()) {
            return;
        }
    }
}

/// P-LIMIT-4
#[test]
fn a_flood_of_any_kind_costs_the_one_who_makes_it_the_connection() {
    let server = Server::start();
    let mut victim = Victim::of(&server);
    let session = victim.session.clone();
    let say = |text: &'static str| move |_: usize| text.to_owned();
    let floods: [Flood; 8] = [
        ("edits", Box::new(step)),
        (
            "edits that are refused",
            Box::new(|number| {
                format!(r#"{{"edit":{{"number":{number},"edit":{{"dance":{{}}}}}}}}"#)
            }),
        ),
        (
            "presence",
            Box::new(say(r#"{"presence":{"playing":true}}"#)),
        ),
        ("pings", Box::new(say(r#"{"ping":{"sent":1}}"#))),
        ("nonsense", Box::new(say("{{{{"))),
        (
            "profiles",
            Box::new(say(
                r#"{"profile":{"name":"Eve","colour":1,"kind":"browser"}}"#,
            )),
        ),
        (
            "gathering",
            Box::new(say(r#"{"gather":{"view":{"track":1,"scene":0,"step":0}}}"#)),
        ),
        ("clock", Box::new(say(r#"{"clock":{"wanted":true}}"#))),
    ];
    for (name, message) in &floods {
        victim.beside(name, || {
            // In the victim's own session, again and again.
            let join = |_| Raw::join(server.address(), &session, &"e1".repeat(16));
            sent_away(name, (0..3).map(join), message);
        });
    }
    victim.beside("anything before hello", || {
        let knock = |_| Raw::knock(server.address(), &session);
        sent_away("before hello", (0..3).map(knock), step);
    });
}

fn sent_away(name: &str, attackers: impl Iterator<Item = Raw>, message: impl Fn(usize) -> String) {
    let mut told = 0;
    for mut raw in attackers {
        flood(&mut raw, &message);
        let (messages, code) = raw.hear_out();
        // Who is still talking when the server hangs up may miss its last words.
        let Some(code) = code else { continue };
        told += 1;
        assert_eq!(code, 4005, "{name}");
        let goodbye = &messages.last().expect("a goodbye")["goodbye"];
        assert_eq!(
            (&goodbye["code"], &goodbye["retry_ms"]),
            (&"abuse".into(), &5_000.into()),
            "{name}"
        );
    }
    assert!(told > 0, "{name}: nobody was told");
}

/// P-LIMIT-4
#[test]
fn a_flood_into_a_session_that_rests_is_counted_too() {
    let server = Server::start_with(&["--quiet-after", "1"]);
    let mut victim = Victim::of(&server);
    let session = server.new_session();
    let mut raw = Raw::join(server.address(), &session, &"e1".repeat(16));
    // Asked for a sign of life, it has been quiet for longer than its session stays in memory.
    while raw.hear() != Frame::Other(9) {}
    let large = "x".repeat(2_000);
    victim.beside("edits to a session at rest", || {
        sent_away("at rest", std::iter::once(raw), |number| {
            format!(
                r#"{{"edit":{{"number":{},"edit":{{"session":{{"name":"{large}"}}}}}}}}"#,
                number + 1
            )
        });
    });
}
