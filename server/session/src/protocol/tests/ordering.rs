//! Edits: their order, the answer to each, and what may refuse them.

use super::*;
use crate::authority::Restored;
use crate::ids::Epoch;

/// P-ORDER-1, P-ORDER-2, P-ID-3
#[test]
fn everyone_hears_the_same_edit_in_its_place_exactly_as_stored() {
    let mut desk = Desk::new();
    desk.join(1, 1);
    desk.join(2, 2);
    for (number, offered, stored) in [
        (1, json!({"session": {"swing": 400}}), swing(100)),
        (7, swing(3), swing(3)),
    ] {
        desk.edit(1, number, offered);
        let expected = json!({"edit": {"epoch": 1, "revision": desk.authority.position().revision.0, "by": player(1),
            "run": 1, "number": number, "edit": stored}});
        assert_eq!(desk.heard(1)[0], expected);
        assert_eq!(desk.heard(2), [expected]);
    }
    assert_eq!(desk.authority.position().revision, Revision(2));
}

/// P-ORDER-3, P-TRANSPORT-3
#[test]
fn what_one_player_says_is_handled_in_turn() {
    let mut desk = Desk::new();
    desk.join(1, 1);
    for number in 1..=20 {
        let said = desk.edit(1, number, swing(u8::try_from(number).expect("small")));
        assert_eq!(
            (&said[0]["edit"]["revision"], &said[0]["edit"]["number"]),
            (&json!(number), &json!(number))
        );
        assert_eq!(
            said[1],
            json!({"accepted": {"epoch": 1, "revision": number, "number": number}})
        );
    }
}

/// P-ACK-1, P-DURABLE-1
#[test]
fn an_edit_is_broadcast_at_once_and_acknowledged_only_when_it_is_stored() {
    let mut desk = Desk::new();
    desk.durable = false;
    desk.join(1, 1);
    assert_eq!(kinds(&desk.edit(1, 1, swing(1))), ["edit"]);
    assert_eq!(kinds(&desk.edit(1, 2, swing(2))), ["edit"]);
    desk.handle(Input::Committed {
        revision: Revision(1),
    });
    assert_eq!(
        desk.heard(1),
        [json!({"accepted": {"epoch": 1, "revision": 1, "number": 1}})]
    );
    let welcome = &desk.join(2, 2)[0]["welcome"];
    assert_eq!(
        (&welcome["revision"], &welcome["durable"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(
        kinds(&desk.edit(1, 2, swing(2))),
        [""; 0],
        "not stored yet, so not answered yet"
    );
    desk.handle(Input::Committed {
        revision: Revision(2),
    });
    assert_eq!(
        desk.heard(1),
        [json!({"accepted": {"epoch": 1, "revision": 2, "number": 2}})]
    );
}

/// P-ONCE-1
#[test]
fn an_edit_sent_again_is_answered_again_and_applied_once_even_after_a_crash() {
    let mut desk = Desk::new();
    let first = desk.authority.snapshot().to_bytes();
    desk.join(1, 1);
    let double = json!({"pattern": {"track": TRACK, "scene": 0, "operation": "double"}});
    desk.edit(1, 1, double.clone());
    let accepted = |epoch| json!({"accepted": {"epoch": epoch, "revision": 1, "number": 1}});
    assert_eq!(desk.edit(1, 1, double.clone()), [accepted(1)]);
    let restored = Restored::from_bytes(&first, &desk.journal).expect("its own journal");
    let mut desk = Desk::over(Authority::restored(restored, Epoch(2), Rates::default()));
    desk.join(1, 1);
    assert_eq!(desk.edit(1, 1, double), [accepted(2)]);
    assert_eq!(desk.authority.position().revision, Revision(1));
    let length = desk.authority.document().tracks[0].clips[0]
        .as_ref()
        .and_then(|clip| clip.as_pattern())
        .map(|p| p.length().get());
    assert_eq!(length, Some(32));
}

/// P-ONCE-1, P-REJECT-2
#[test]
fn a_number_that_was_refused_or_is_too_old_is_refused_before() {
    let mut desk = Desk::new();
    desk.join(1, 1);
    desk.edit(1, 1, swing(1));
    assert_eq!(
        codes(&desk.edit(1, 2, json!({"remove-track": {"track": 99}}))),
        ["no-such-track"]
    );
    assert_eq!(codes(&desk.edit(1, 2, swing(2))), ["refused-before"]);
    for number in 3..=limits::OUTCOMES + 3 {
        desk.now += Span::from_millis(10);
        desk.edit(1, u32::try_from(number).expect("small"), swing(3));
    }
    assert_eq!(codes(&desk.edit(1, 1, swing(1))), ["refused-before"]);
}

/// P-EDIT-4, P-REJECT-2, P-VERSION-2
#[test]
fn an_edit_that_cannot_be_read_is_answered_by_its_number_and_is_no_mistake() {
    let mut desk = Desk::new();
    desk.join(1, 1);
    for number in 1..=100 {
        let (edit, code) = if number % 2 == 0 {
            (json!({"explode": {}}), "unknown-edit")
        } else {
            (json!(null), "malformed")
        };
        let said = desk.edit(1, number, edit);
        assert_eq!(
            (codes(&said), &said[0]["rejected"]["number"]),
            (vec![code], &json!(number))
        );
    }
    assert!(desk.closed.is_empty());
}

/// P-LISTEN-1
#[test]
fn on_a_listening_link_every_edit_is_refused_and_the_rest_works() {
    let mut desk = Desk::new();
    desk.join(1, 1);
    desk.open(2, Role::Listener);
    let said = desk.say(
        2,
        &hello(2, &json!({"profile": {"name": "Ear", "kind": "daw"}})),
    );
    assert_eq!(said[0]["welcome"]["role"], json!("listener"));
    assert_eq!(profile(&desk.heard(1)[0]["joined"]).kind, Kind::Listener);
    assert_eq!(codes(&desk.edit(2, 1, swing(1))), ["listener"]);
    assert_eq!(kinds(&desk.say(2, r#"{"ping":{"sent":1}}"#)), ["pong"]);
    desk.edit(1, 1, swing(2));
    assert_eq!(kinds(&desk.heard(2)), ["edit"]);
}

/// P-READONLY-1
#[test]
fn a_store_that_takes_nothing_refuses_edits_and_nothing_else() {
    let mut desk = Desk::new();
    desk.join(1, 1);
    desk.handle(Input::ReadOnly(true));
    assert_eq!(desk.heard(1), [json!({"storage": {"read_only": true}})]);
    assert_eq!(codes(&desk.edit(1, 1, swing(1))), ["read-only"]);
    assert_eq!(kinds(&desk.say(1, r#"{"ping":{"sent":1}}"#)), ["pong"]);
    let welcome = desk.join(2, 2);
    assert_eq!(welcome[0]["welcome"]["read_only"], json!(true));
    desk.handle(Input::ReadOnly(false));
    assert_eq!(desk.heard(1), [json!({"storage": {"read_only": false}})]);
    // Under the number it had: that edit was never decided.
    assert_eq!(kinds(&desk.edit(1, 1, swing(1))), ["edit", "accepted"]);
}

/// P-TIME-1
#[test]
fn a_transport_edge_is_given_its_moment_and_a_far_one_the_present() {
    let mut desk = Desk::new();
    desk.join(1, 1);
    let now = desk.now.as_micros();
    for (number, at, named) in [
        (1, json!(null), now),
        (2, json!(now - 1_500_000), now - 1_500_000),
        (3, json!(5), now),
    ] {
        let said = desk.edit(1, number, json!({"play": {"from": 0, "at": at}}));
        assert_eq!(said[0]["edit"]["edit"]["play"]["at"], json!(named));
    }
}

/// P-LAUNCH-1, P-LAUNCH-2, P-HARMONY-1
#[test]
fn a_launch_is_named_a_beat_that_the_slowest_player_hears_of_in_time() {
    let mut desk = Desk::new();
    desk.join(1, 1);
    desk.join(2, 2);
    desk.edit(1, 1, json!({"play": {"from": 0}}));
    let launch = json!({"launch": {"track": TRACK, "clip": 0, "when": {"now": 9, "at": 9}}});
    let when = |said: &[Value]| said[0]["edit"]["edit"]["launch"]["when"].clone();
    // At 120 beats a minute a bar takes two seconds.
    desk.now += Span::from_millis(1_800);
    assert_eq!(
        when(&desk.edit(1, 2, launch.clone())),
        json!({"now": 3_600_000, "at": 4_000_000})
    );
    desk.say(
        2,
        r#"{"presence":{"playing":true,"quality":{"round_trip_ms":90,"clock_error_us":0}}}"#,
    );
    assert_eq!(
        when(&desk.edit(1, 3, launch.clone())),
        json!({"now": 3_600_000, "at": 8_000_000}),
        "230 ms are too few"
    );
    let harmony = desk.edit(1, 4, json!({"harmony": {"harmony": {"key": 2}}}));
    assert_eq!(
        harmony[0]["edit"]["edit"]["harmony"]["when"]["at"],
        json!(8_000_000)
    );
    desk.say(
        2,
        r#"{"presence":{"playing":true,"quality":{"round_trip_ms":60000,"clock_error_us":0}}}"#,
    );
    assert_eq!(
        when(&desk.edit(1, 5, launch.clone())),
        json!({"now": 3_600_000, "at": 8_000_000}),
        "one second at most"
    );
    desk.edit(1, 6, json!({"stop": {}}));
    assert_eq!(
        when(&desk.edit(1, 7, launch)),
        json!({"now": 3_600_000, "at": 3_600_000})
    );
}

/// P-LEAD-2, P-ID-6
#[test]
fn the_server_takes_the_lead_from_a_leader_who_stays_away() {
    let mut desk = Desk::new();
    desk.join(1, 1);
    desk.join(2, 2);
    desk.edit(1, 1, json!("take-lead"));
    desk.edit(1, 2, json!({"play": {"from": 0}}));
    assert_eq!(
        codes(&desk.edit(2, 1, json!({"stop": {}}))),
        ["led-by-someone-else"]
    );
    desk.handle(Input::Closed {
        connection: ConnectionId(1),
    });
    desk.wait(limits::ABSENT_LEADER - Span::from_micros(1));
    assert!(desk.heard(2).is_empty());
    desk.wait(Span::from_micros(1));
    let said = desk.heard(2);
    assert_eq!(
        (&said[0]["edit"]["by"], &said[0]["edit"]["edit"]),
        (&json!("0000000000000000"), &json!("release-lead"))
    );
    assert!(desk.authority.document().timeline.playing);
    assert_eq!(desk.authority.document().lead, None);
}

/// P-CONVERGE-1
#[test]
fn the_server_a_newcomer_and_a_replay_of_the_journal_hold_the_same_document() {
    let mut desk = Desk::new();
    let beginning = desk.authority.snapshot().to_bytes();
    desk.join(1, 1);
    desk.join(2, 2);
    for number in 1..=60 {
        let (first, second) = (number * 2, number * 2 + 1);
        let step = number % 16;
        let cell = json!({"track": TRACK, "scene": 0, "step": step, "value": {"on": true, "ratchet": number}});
        desk.edit(1, first, json!({ "step": cell }));
        desk.edit(
            2,
            first,
            json!({"pattern": {"track": TRACK, "scene": 0, "operation": {"rotate": number}}}),
        );
        desk.edit(
            2,
            second,
            json!({"add-track": {"track": number, "at": step}}),
        );
        desk.edit(1, second, json!({"tempo": {"tempo": 9_000 + number}}));
    }
    let newcomer = &desk.join(3, 3)[0]["welcome"]["document"];
    let newcomer: Document = serde_json::from_value(newcomer.clone()).expect("a document");
    let replayed = Restored::from_bytes(&beginning, &desk.journal).expect("its own journal");
    assert_eq!(newcomer, **desk.authority.document());
    assert_eq!(*replayed.document(), newcomer);
    assert_ne!(newcomer, document());
}
