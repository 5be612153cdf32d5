//! How a server deals with what makes no sense, comes too often or is too large; presence and clock.

use super::*;

/// P-TRANSPORT-2, P-ERROR-1, P-VERSION-2
#[test]
fn a_message_that_makes_no_sense_is_answered_and_a_new_kind_is_named() {
    let mut desk = Desk::new();
    desk.join(1, 1);
    for (text, code) in [
        (r#"{"dance":{"fast":true}}"#, "unknown-message"),
        (r#"{"ping":{"sent":"now"}}"#, "malformed"),
        (
            r#"{"ping":{"sent":1},"clock":{"wanted":true}}"#,
            "malformed",
        ),
        (r#"{"ping":{"sent":1}} tail"#, "malformed"),
        (r#"{"edit":{"edit":"take-lead"}}"#, "malformed"),
        (r#"{"edit":{"number":-1,"edit":"take-lead"}}"#, "malformed"),
        (r#"{"hello":{"token":"short","run":1}}"#, "malformed"),
        ("", "malformed"),
        ("hello", "malformed"),
        ("[]", "malformed"),
        ("{}", "malformed"),
        ("{\"leave\":", "malformed"),
    ] {
        assert_eq!(codes(&desk.say(1, text)), [code], "{text}");
    }
    assert!(desk.closed.is_empty());
}

/// P-VERSION-1
#[test]
fn fields_that_are_new_are_ignored() {
    let mut desk = Desk::new();
    desk.open(1, Role::Editor);
    let said = desk.say(
        1,
        &hello(
            1,
            &json!({"mood": "happy", "profile": {"name": "A", "hat": {"size": 3}}}),
        ),
    );
    assert_eq!(
        said[0]["welcome"]["players"][0]["profile"]["name"],
        json!("A")
    );
    assert_eq!(
        kinds(&desk.say(1, r#"{"ping":{"sent":1,"why":[]}}"#)),
        ["pong"]
    );
    let reply = r#"{"accepted":{"epoch":1,"revision":2,"number":3,"by":"light"}}"#;
    assert!(matches!(
        ServerMessage::decode(reply),
        Ok(ServerMessage::Accepted { .. })
    ));
}

/// P-LIMIT-1
#[test]
fn a_message_of_64_kib_is_heard_and_a_byte_more_ends_the_connection() {
    let mut desk = Desk::new();
    desk.join(1, 1);
    let ping = r#"{"ping":{"sent":1}}"#;
    let padded = |size: usize| format!("{ping}{}", " ".repeat(size - ping.len()));
    assert_eq!(
        kinds(&desk.say(1, &padded(limits::CLIENT_MESSAGE))),
        ["pong"]
    );
    assert_eq!(
        codes(&desk.say(1, &padded(limits::CLIENT_MESSAGE + 1))),
        ["too-large"]
    );
    assert_eq!(desk.closed, [(ConnectionId(1), Goodbye::TooLarge)]);
}

/// P-LIMIT-4
#[test]
fn a_burst_of_edits_is_taken_and_what_is_over_it_ends_the_connection() {
    let mut desk = Desk::new();
    desk.join(1, 1);
    for number in 1..=600 {
        assert_eq!(
            kinds(&desk.edit(1, number, swing(1))),
            ["edit", "accepted"],
            "{number}"
        );
    }
    desk.now += Span::from_millis(5);
    assert_eq!(
        kinds(&desk.edit(1, 601, swing(1))),
        ["edit", "accepted"],
        "200 a second"
    );
    assert_eq!(codes(&desk.edit(1, 602, swing(1))), ["abuse"]);
    assert_eq!(desk.closed, [(ConnectionId(1), Goodbye::Abuse)]);
}

/// P-LIMIT-5
#[test]
fn a_player_has_three_connections_worth_of_edits_over_all_of_them_and_leaving_brings_no_more() {
    let mut desk = Desk::new();
    let run_of = |run: u64| hello(1, &json!({ "run": run }));
    let mut taken = 0;
    for run in 1..=4 {
        desk.open(run, Role::Editor);
        desk.say(run, &run_of(run));
        for number in 1..=600 {
            let said = desk.edit(run, number, swing(1));
            taken += usize::from(kinds(&said).contains(&"accepted"));
        }
        // Who is gone and comes back has what they left.
        desk.handle(Input::Closed {
            connection: ConnectionId(run),
        });
    }
    assert_eq!(taken, 3 * 600);
    desk.join(9, 9);
    assert_eq!(
        kinds(&desk.edit(9, 1, swing(2))),
        ["edit", "accepted"],
        "others have their own"
    );
}

/// P-SILENCE-1
#[test]
fn a_connection_that_answers_the_servers_pings_is_alive_without_a_word() {
    let mut desk = Desk::new();
    desk.join(1, 1);
    for _ in 0..5 {
        desk.wait(Span::from_seconds(4));
        desk.handle(Input::Heard {
            connection: ConnectionId(1),
        });
    }
    assert!(desk.closed.is_empty());
    desk.wait(limits::SILENCE);
    assert_eq!(desk.closed, [(ConnectionId(1), Goodbye::Silent)]);
}

/// P-LIMIT-4, P-ERROR-1
#[test]
fn what_comes_too_often_is_a_mistake_and_too_many_of_those_end_the_connection() {
    for (text, burst, code) in [
        (r#"{"ping":{"sent":1}}"#, 100, "too-fast"),
        (r#"{"presence":{}}"#, 120, "too-fast"),
        (r#"{"profile":{"name":"x"}}"#, 120, "too-fast"),
        (
            r#"{"gather":{"view":{"track":7,"scene":0,"step":0}}}"#,
            120,
            "not-allowed",
        ),
    ] {
        let mut desk = Desk::new();
        desk.join(1, 1);
        for _ in 0..burst {
            let said = desk.say(1, text);
            assert!(!kinds(&said).contains(&"error"), "{said:?}");
        }
        for _ in 0..20 {
            assert_eq!(codes(&desk.say(1, text)), [code], "{text}");
        }
        assert_eq!(codes(&desk.say(1, text)), ["abuse"], "{text}");
    }
}

/// P-PRESENCE-1, P-PRESENCE-2
#[test]
fn presence_is_passed_on_at_most_every_fifty_milliseconds_and_the_newest_wins() {
    let mut desk = Desk::new();
    desk.join(1, 1);
    desk.join(2, 2);
    let cursor = |step: u8| {
        json!({"presence": {"cursor": {"track": 7, "scene": 0, "step": step}}}).to_string()
    };
    desk.say(1, &cursor(1));
    assert_eq!(
        desk.heard(2)[0]["presence"]["presence"]["cursor"]["step"],
        json!(1)
    );
    for step in 2..=9 {
        desk.say(1, &cursor(step));
        assert!(desk.heard(2).is_empty());
    }
    assert_eq!(
        desk.authority.deadline(),
        Some(desk.now + limits::PRESENCE_EVERY)
    );
    desk.wait(limits::PRESENCE_EVERY);
    assert_eq!(kinds(&desk.heard(2)), ["presence"]);
    assert_eq!(
        desk.heard(2)[0]["presence"]["presence"]["cursor"]["step"],
        json!(9)
    );
    desk.say(1, r#"{"presence":{"playing":true}}"#);
    desk.wait(limits::PRESENCE_EVERY);
    assert_eq!(
        desk.heard(2)[0]["presence"]["presence"].get("cursor"),
        None,
        "replaced whole"
    );
    assert_eq!(
        desk.authority.position().revision,
        Revision(0),
        "never stored"
    );
}

/// P-PROFILE-1, P-PRESENCE-3
#[test]
fn a_profile_is_cleaned_and_everyone_hears_of_a_new_one() {
    let mut desk = Desk::new();
    let nameless = profile(&desk.join(1, 1)[0]["welcome"]["players"][0]).name;
    assert_eq!(nameless.split(' ').count(), 2, "{nameless}");
    desk.join(2, 2);
    desk.say(
        1,
        r#"{"profile":{"name":" Ada\u0007 ","colour":77,"kind":"daw"}}"#,
    );
    let joined = profile(&desk.heard(2)[0]["joined"]);
    assert_eq!((joined.name.as_str(), joined.colour), ("Ada", Colour::MAX));
    assert_eq!(joined.kind, Kind::Daw);
    desk.say(1, r#"{"profile":{"kind":"hologram"}}"#);
    let joined = profile(&desk.heard(2)[0]["joined"]);
    assert_eq!(
        (joined.kind, joined.name),
        (Kind::Other, nameless),
        "the same friendly name again"
    );
}

/// P-GATHER-1
#[test]
fn an_editor_may_gather_everyone_and_a_listener_may_not() {
    let mut desk = Desk::new();
    desk.join(1, 1);
    desk.open(2, Role::Listener);
    desk.say(2, &hello(2, &json!({})));
    let gather = r#"{"gather":{"view":{"track":7,"scene":2,"step":4}}}"#;
    desk.say(1, gather);
    assert_eq!(
        desk.heard(2),
        [json!({"gather": {"by": player(1), "view": {"track": 7, "scene": 2, "step": 4}}})]
    );
    assert_eq!(codes(&desk.say(2, gather)), ["not-allowed"]);
    assert!(desk.heard(1).is_empty());
}

/// P-CLOCK-1
#[test]
fn a_ping_comes_back_with_the_servers_time() {
    let mut desk = Desk::new();
    desk.join(1, 1);
    let now = desk.now.as_micros();
    let expected = json!({"pong": {"sent": -42, "received": now, "answered": now}});
    assert_eq!(desk.say(1, r#"{"ping":{"sent":-42}}"#), [expected]);
}

/// P-CLOCK-2
#[test]
fn the_plain_clock_comes_every_fifty_milliseconds_to_who_asked() {
    let mut desk = Desk::new();
    desk.join(1, 1);
    desk.join(2, 2);
    desk.edit(1, 1, json!({"play": {"from": 6_250_000}}));
    let said = desk.say(2, r#"{"clock":{"wanted":true}}"#);
    let now = desk.now.as_micros();
    assert_eq!(
        said,
        [json!({"clock": {"now": now, "playing": true, "bar": 1, "beat": 2, "sixteenth": 1}})]
    );
    desk.wait(limits::CLOCK_EVERY - Span::from_micros(1));
    assert!(desk.said.is_empty());
    desk.wait(Span::from_micros(1));
    assert_eq!(
        (kinds(&desk.heard(2)), desk.heard(1).len()),
        (vec!["clock"], 0)
    );
    desk.say(2, r#"{"clock":{"wanted":false}}"#);
    desk.wait(limits::CLOCK_EVERY);
    assert!(desk.said.is_empty());
}
