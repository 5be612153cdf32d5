//! Who comes in, as whom, and what a replica that comes back is given.

use super::*;

/// P-JOIN-1
#[test]
fn nothing_is_done_before_hello_and_who_never_says_it_goes() {
    let mut desk = Desk::new();
    desk.open(1, Role::Editor);
    for text in [
        r#"{"ping":{"sent":1}}"#,
        r#"{"edit":{"number":1,"edit":"take-lead"}}"#,
        r#"{"presence":{}}"#,
    ] {
        assert_eq!(codes(&desk.say(1, text)), ["hello-first"], "{text}");
    }
    assert_eq!(desk.authority.position().revision, Revision(0));
    desk.wait(limits::HELLO_WITHIN);
    assert_eq!(desk.closed, [(ConnectionId(1), Goodbye::NoHello)]);
}

/// P-JOIN-2, P-ID-1
#[test]
fn hello_is_answered_with_where_the_session_stands() {
    let mut desk = Desk::new();
    let said = desk.join(1, 1);
    let welcome = &said[0]["welcome"];
    assert_eq!(welcome["player"], json!(player(1)));
    assert_eq!(
        (&welcome["role"], &welcome["epoch"], &welcome["revision"]),
        (&json!("editor"), &json!(1), &json!(0))
    );
    assert_eq!(welcome["now"], json!(1_000_000_000));
    assert_eq!(welcome["players"][0]["id"], json!(player(1)));
    assert_eq!(
        welcome["document"],
        serde_json::to_value(document()).expect("encodes")
    );
}

/// P-JOIN-3
#[test]
fn a_second_hello_changes_nothing() {
    let mut desk = Desk::new();
    desk.join(1, 1);
    assert_eq!(codes(&desk.say(1, &hello(2, &json!({})))), ["hello-again"]);
    assert_eq!(desk.authority.players()[0].id, token(1).player());
}

/// P-ID-2, P-ID-4
#[test]
fn the_same_player_and_run_take_over_and_another_run_stands_beside() {
    let mut desk = Desk::new();
    desk.join(1, 1);
    desk.open(2, Role::Editor);
    desk.say(2, &hello(1, &json!({"run": 2})));
    assert!(desk.closed.is_empty());
    desk.join(3, 1);
    assert_eq!(desk.closed, [(ConnectionId(1), Goodbye::Replaced)]);
    assert_eq!(codes(&desk.heard(1)), ["replaced"]);
    assert_eq!(desk.heard(1)[0]["goodbye"].get("retry_ms"), None);
    assert_eq!(
        (desk.authority.connections(), desk.authority.players().len()),
        (2, 1)
    );
}

/// P-ID-5
#[test]
fn the_thirty_third_player_and_the_thirty_third_connection_of_one_are_told_full() {
    let mut desk = Desk::new();
    for seed in 0..32 {
        assert_eq!(kinds(&desk.join(u64::from(seed), seed)), ["welcome"]);
    }
    assert_eq!(codes(&desk.join(99, 99)), ["full"]);
    let mut desk = Desk::new();
    for run in 0..33 {
        desk.open(run, Role::Editor);
        let said = desk.say(run, &hello(1, &json!({ "run": run })));
        assert_eq!(
            kinds(&said),
            [if run < 32 { "welcome" } else { "goodbye" }],
            "run {run}"
        );
    }
}

/// P-RESUME-1, P-RESUME-3
#[test]
fn who_comes_back_is_given_what_they_missed_and_what_became_of_their_edits() {
    let mut desk = Desk::new();
    desk.join(1, 1);
    desk.join(2, 2);
    desk.edit(1, 1, swing(1));
    desk.edit(1, 2, json!({"remove-track": {"track": 99}}));
    desk.edit(1, 3, swing(3));
    desk.edit(2, 1, swing(9));
    desk.handle(Input::Closed {
        connection: ConnectionId(1),
    });
    desk.open(3, Role::Editor);
    let back = json!({"resume": {"epoch": 1, "revision": 1}, "unsettled": [2, 4]});
    let said = desk.say(3, &hello(1, &back));
    assert_eq!(kinds(&said), ["welcome", "edit", "edit"]);
    assert_eq!(said[0]["welcome"].get("document"), None);
    assert_eq!(said[0]["welcome"]["revision"], json!(1));
    assert_eq!(said[0]["welcome"]["settled"], json!([[3, 2]]));
    assert_eq!(
        (&said[1]["edit"]["revision"], &said[2]["edit"]["revision"]),
        (&json!(2), &json!(3))
    );
}

/// P-RESUME-2
#[test]
fn who_comes_from_nowhere_known_is_given_everything() {
    let mut desk = Desk::new();
    desk.join(1, 1);
    for number in 1..=600 {
        desk.now += Span::from_millis(10);
        desk.edit(1, number, swing(1));
    }
    for (place, whole) in [
        (json!({"epoch": 1, "revision": 600}), false),
        (json!({"epoch": 1, "revision": 0}), false),
        (json!({"epoch": 1, "revision": 601}), true),
        (json!({"epoch": 2, "revision": 3}), true),
        (json!({"epoch": 0, "revision": 3}), true),
    ] {
        desk.open(2, Role::Editor);
        let said = desk.say(2, &hello(2, &json!({ "resume": place })));
        assert_eq!(
            said[0]["welcome"].get("document").is_some(),
            whole,
            "{place}"
        );
        desk.handle(Input::Closed {
            connection: ConnectionId(2),
        });
    }
    for number in 601..=600 + u32::try_from(limits::TAIL).expect("small") {
        desk.now += Span::from_millis(10);
        desk.edit(1, number, swing(2));
    }
    desk.open(2, Role::Editor);
    let said = desk.say(
        2,
        &hello(2, &json!({"resume": {"epoch": 1, "revision": 599}})),
    );
    assert_eq!(kinds(&said), ["welcome"], "that far back nothing is kept");
    assert!(said[0]["welcome"].get("document").is_some());
}

/// P-SLOW-1, P-RESUME-5
#[test]
fn a_slow_reader_is_left_out_and_then_given_the_whole_and_at_last_shown_the_door() {
    let mut desk = Desk::new();
    desk.join(1, 1);
    desk.join(2, 2);
    desk.handle(Input::Lagging {
        connection: ConnectionId(2),
    });
    desk.edit(1, 1, swing(5));
    assert!(desk.heard(2).is_empty());
    desk.handle(Input::Drained {
        connection: ConnectionId(2),
    });
    assert_eq!(desk.heard(2)[0]["welcome"]["document"]["swing"], json!(5));
    assert_eq!(desk.heard(2)[0]["welcome"]["revision"], json!(1));
    desk.handle(Input::Lagging {
        connection: ConnectionId(2),
    });
    for _ in 0..5 {
        assert!(desk.closed.is_empty());
        desk.say(1, r#"{"ping":{"sent":1}}"#);
        desk.say(2, r#"{"ping":{"sent":1}}"#);
        desk.wait(Span::from_seconds(3));
    }
    assert_eq!(desk.closed, [(ConnectionId(2), Goodbye::TooSlow)]);
}

/// P-LEAVE-1, P-PRESENCE-3
#[test]
fn who_leaves_is_gone_at_once() {
    let mut desk = Desk::new();
    desk.join(1, 1);
    desk.join(2, 2);
    assert_eq!(
        desk.heard(1),
        [
            json!({"joined": desk.heard(2)[0]["welcome"]["players"].as_array().expect("players").iter()
        .find(|one| one["id"] == json!(player(2))).expect("the newcomer").clone()})
        ]
    );
    assert_eq!(codes(&desk.say(2, r#"{"leave":{}}"#)), ["left"]);
    assert_eq!(desk.heard(1), [json!({"left": {"player": player(2)}})]);
    assert_eq!(desk.closed, [(ConnectionId(2), Goodbye::Left)]);
}

/// P-LIVENESS-1
#[test]
fn silence_for_ten_seconds_ends_a_player_and_any_word_keeps_one() {
    let mut desk = Desk::new();
    desk.join(1, 1);
    desk.join(2, 2);
    desk.wait(Span::from_seconds(9));
    desk.say(2, r#"{"dance":{}}"#);
    desk.wait(Span::from_seconds(1));
    assert_eq!(desk.closed, [(ConnectionId(1), Goodbye::Silent)]);
    assert_eq!(desk.heard(2), [json!({"left": {"player": player(1)}})]);
}

/// P-LIMIT-2
#[test]
fn the_largest_session_there_can_be_fits_into_its_welcome() {
    let mut desk = Desk::over(Authority::new(Document::largest(), Rates::default()));
    let wide = "\u{10ffff}".repeat(32);
    let mut said = Vec::new();
    for seed in 0..32 {
        desk.open(u64::from(seed), Role::Editor);
        said = desk.say(
            u64::from(seed),
            &hello(
                seed,
                &json!({"profile": {"name": wide, "colour": 8, "kind": "browser"}}),
            ),
        );
    }
    let size = said[0].to_string().len();
    let unsettled = limits::OUTCOMES * "[4294967295,18446744073709551615],".len();
    assert!(
        size > 1_000_000 && size + unsettled < limits::SERVER_MESSAGE,
        "{size} bytes and {unsettled}"
    );
}
