//! A player's own edits between being made and being stored.

use super::*;

/// P-CLIENT-1
#[test]
fn an_own_edit_shows_at_once_stays_on_top_and_never_flickers() {
    let mut desk = Desk::live();
    desk.make(swing(40));
    assert_eq!(numbers(&desk.sent()), [1]);
    assert_eq!((desk.shown(), desk.confirmed()), (40, 0));
    desk.ordered(6, SOMEONE, 1, json!({"session": {"swing": 9}}));
    assert_eq!(
        (desk.shown(), desk.confirmed()),
        (40, 9),
        "ours comes later in the order"
    );
    let own = desk.own();
    desk.ordered(7, &own, 1, json!({"session": {"swing": 40}}));
    assert_eq!(
        (desk.shown(), desk.confirmed(), desk.replica.unsaved()),
        (40, 40, 1)
    );
    desk.hear(json!({"accepted": {"epoch": 1, "revision": 7, "number": 1}}));
    assert_eq!((desk.shown(), desk.replica.unsaved()), (40, 0));
}

/// P-CLIENT-1
#[test]
fn an_edit_that_is_refused_is_taken_away_again_and_the_player_is_told() {
    let mut desk = Desk::live();
    desk.make(swing(40));
    desk.make(Edit::Session(SessionSetting::Fill(true)));
    while desk.replica.poll_event().is_some() {}
    desk.hear(json!({"rejected": {"number": 1, "code": "published", "reason": "it is published"}}));
    assert_eq!(
        (
            desk.shown(),
            desk.replica.document().fill,
            desk.replica.unsaved()
        ),
        (0, true, 1)
    );
    let told = std::iter::from_fn(|| desk.replica.poll_event());
    assert!(told.into_iter().any(|event| matches!(event, Event::Refused { number: EditNumber(1), code, .. } if code == "published")));
    assert!(
        !desk.replica.undo(desk.now) || desk.shown() == 0,
        "there is nothing of it to take back"
    );
}

/// P-READONLY-1
#[test]
fn what_is_done_while_the_server_cannot_store_it_stays_here_and_goes_out_when_it_can() {
    let mut desk = Desk::live();
    desk.make(swing(40));
    desk.sent();
    desk.hear(json!({"rejected": {"number": 1, "code": "read-only", "reason": "no room"}}));
    desk.hear(json!({"storage": {"read_only": true}}));
    assert!(desk.replica.is_read_only());
    desk.make(swing(50));
    assert_eq!((desk.shown(), desk.replica.unsaved()), (50, 2));
    assert_eq!(numbers(&desk.sent()), [] as [u64; 0], "kept meanwhile");
    let sent = desk.hear(json!({"storage": {"read_only": false}}));
    assert_eq!(
        numbers(&sent),
        [1, 2],
        "in their order, under their numbers"
    );
    assert!(!desk.replica.is_read_only());
}

/// P-ID-4
#[test]
fn every_hello_of_a_run_counts_up() {
    let mut desk = Desk::live();
    desk.replica.handle(Input::Disconnected, desk.now);
    assert_eq!(desk.connect()["attempt"], json!(2));
}

#[test]
fn an_edit_whose_refusal_was_lost_does_not_cover_a_later_one() {
    let mut desk = Desk::live();
    let own = desk.own();
    desk.make(swing(1));
    desk.make(swing(2));
    desk.ordered(6, &own, 2, json!({"session": {"swing": 2}}));
    assert_eq!(desk.shown(), 2);
    desk.make(swing(3));
    desk.make(swing(4));
    desk.welcome(json!({"revision": 7, "settled": [[4, 7]], "document": {"swing": 4}}));
    assert_eq!(desk.shown(), 4);
    let events = std::iter::from_fn(|| desk.replica.poll_event());
    let refused = events.filter_map(|event| match event {
        Event::Refused { number, .. } => Some(number.0),
        _ => None,
    });
    assert_eq!(refused.collect::<Vec<_>>(), [1, 3]);
}

/// P-CLIENT-1, P-RESUME-4
#[test]
fn edits_made_offline_go_out_in_their_order_after_the_welcome() {
    let mut desk = Desk::new();
    desk.make(swing(1));
    desk.make(swing(2));
    let hello = desk.connect();
    assert_eq!(
        (hello.get("resume"), &hello["unsettled"]),
        (None, &json!([1, 2]))
    );
    assert_eq!(numbers(&desk.welcome(json!({}))), [1, 2]);
    assert_eq!(desk.shown(), 2);
}

/// P-RESUME-1, P-RESUME-4
#[test]
fn what_was_missed_is_taken_in_even_from_the_epoch_before() {
    let mut desk = Desk::live();
    desk.make(swing(40));
    desk.replica.handle(Input::Disconnected, desk.now);
    let hello = desk.connect();
    assert_eq!(hello["resume"], json!({"epoch": 1, "revision": 5}));
    assert_eq!(hello["unsettled"], json!([1, 1]));
    assert_eq!(
        numbers(&desk.welcome(json!({"epoch": 2, "document": null}))),
        [1]
    );
    desk.ordered(6, SOMEONE, 1, json!({"session": {"swing": 9}}));
    assert!(
        desk.replica.is_live(),
        "an older epoch behind the welcome is no reason to start over"
    );
    assert_eq!((desk.shown(), desk.confirmed()), (40, 9));
    assert_eq!(
        desk.replica.position(),
        Some(Position {
            epoch: Epoch(2),
            revision: Revision(6)
        })
    );
}

/// P-RESUME-2, P-RESUME-3
#[test]
fn an_edit_that_a_crash_took_is_sent_again_and_one_that_was_settled_is_not() {
    let mut desk = Desk::live();
    let own = desk.own();
    for number in 1..=3 {
        desk.make(swing(i64::from(number)));
        desk.ordered(
            u64::from(number) + 5,
            &own,
            number,
            json!({"session": {"swing": number}}),
        );
    }
    desk.sent();
    assert_eq!(
        (desk.replica.unsaved(), desk.confirmed()),
        (3, 3),
        "ordered, and not yet stored"
    );
    desk.replica.handle(Input::Disconnected, desk.now);
    assert_eq!(desk.connect()["unsettled"], json!([1, 3]));
    let sent = desk.welcome(json!({"epoch": 2, "revision": 6, "durable": 6, "settled": [[1, 6]]}));
    assert_eq!(numbers(&sent), [2, 3]);
    assert_eq!(
        (desk.shown(), desk.confirmed(), desk.replica.unsaved()),
        (3, 0, 2)
    );
}

/// P-RESUME-5, P-SLOW-1
#[test]
fn a_welcome_in_the_middle_replaces_the_document_under_what_is_pending() {
    let mut desk = Desk::live();
    desk.make(swing(40));
    desk.sent();
    desk.document.fill = true;
    desk.document.swing = Percent::new(77);
    let sent = desk.welcome(json!({"revision": 90, "durable": 90}));
    assert_eq!(
        numbers(&sent),
        [1],
        "it may have been dropped, and is safe to say again"
    );
    assert_eq!(
        (desk.shown(), desk.confirmed(), desk.replica.document().fill),
        (40, 77, true)
    );
    desk.ordered(91, SOMEONE, 1, json!({"session": {"fill": false}}));
    assert!(!desk.replica.document().fill);
}

/// P-ORDER-4
#[test]
fn a_gap_in_the_order_means_to_start_over_and_a_repeat_means_nothing() {
    let mut desk = Desk::live();
    desk.ordered(6, SOMEONE, 1, json!({"session": {"swing": 9}}));
    desk.ordered(6, SOMEONE, 1, json!({"session": {"swing": 9}}));
    desk.ordered(5, SOMEONE, 1, json!({"session": {"swing": 1}}));
    assert_eq!((desk.shown(), desk.replica.is_live()), (9, true));
    desk.ordered(8, SOMEONE, 2, json!({"session": {"swing": 3}}));
    assert!(!desk.replica.is_live());
    assert_eq!(desk.connect().get("resume"), None);
    let mut desk = Desk::live();
    desk.ordered(6, SOMEONE, 1, json!({"remove-track": {"track": 99}}));
    assert!(
        !desk.replica.is_live(),
        "an edit that does not apply is a disagreement too"
    );
    assert_eq!(desk.connect().get("resume"), None);
}

/// P-GRACE-1
#[test]
fn for_a_second_after_ones_own_transport_action_the_network_does_not_override_it() {
    let mut desk = Desk::live();
    desk.make(Edit::Play {
        from: crate::units::Beat::ZERO,
        at: None,
    });
    assert!(desk.replica.timeline(desk.now).playing);
    let own = desk.own();
    desk.ordered(6, &own, 1, json!({"play": {"from": 0, "at": 1}}));
    desk.ordered(7, SOMEONE, 1, json!({"stop": {"at": 2}}));
    assert!(!desk.replica.document().timeline.playing);
    assert!(
        desk.replica
            .timeline(desk.now + Span::from_micros(999_999))
            .playing
    );
    assert!(
        !desk
            .replica
            .timeline(desk.now + Span::from_seconds(1))
            .playing
    );
}

/// P-GRACE-1
#[test]
fn a_transport_action_that_is_refused_ends_its_grace_at_once() {
    let mut desk = Desk::live();
    desk.make(Edit::Play {
        from: crate::units::Beat::ZERO,
        at: None,
    });
    desk.hear(json!({"rejected": {"number": 1, "code": "led-by-someone-else", "reason": "led"}}));
    assert!(!desk.replica.timeline(desk.now).playing);
}

/// P-CLIENT-2, P-LIMIT-4
#[test]
fn a_backlog_goes_out_below_the_rates_and_with_few_under_way() {
    let mut desk = Desk::new();
    for step in 0..1_000 {
        desk.make(swing(step % 100));
    }
    desk.connect();
    let burst = numbers(&desk.welcome(json!({})));
    assert_eq!(burst.len(), limits::IN_FLIGHT);
    let own = desk.own();
    let mut sent = burst.len();
    for number in 1..=1_000_u32 {
        let swing = (number - 1) % 100;
        sent += numbers(&desk.ordered(
            u64::from(number) + 5,
            &own,
            number,
            json!({"session": {"swing": swing}}),
        ))
        .len();
        sent += numbers(
            &desk.hear(json!({"accepted": {"epoch": 1, "revision": number + 5, "number": number}})),
        )
        .len();
        desk.now += Span::from_millis(5);
        let allowed = limits::IN_FLIGHT + usize::try_from(number).expect("small") * 150 / 200 + 1;
        assert!(sent <= allowed, "{sent} sent after {number} steps of 5 ms");
        if usize::try_from(number).expect("small") == sent {
            desk.now += Span::from_millis(5);
            desk.replica.handle(Input::Tick, desk.now);
            sent += numbers(&desk.sent()).len();
        }
        if sent >= 900 {
            return;
        }
    }
    panic!("the backlog never went out: {sent}");
}

/// P-REJECT-3
#[test]
fn what_cannot_be_sent_is_refused_at_home() {
    let mut desk = Desk::new();
    let step = crate::document::step::Step::largest();
    let steps =
        edit(json!({"steps": {"track": 7, "scene": 0, "first": 0, "values": vec![step; 128]}}));
    let gesture = Edit::Gesture(vec![steps.clone(), steps]);
    desk.replica.handle(Input::Tick, desk.now);
    assert_eq!(
        desk.replica.edit(gesture, desk.now),
        Err(Rejection::TooLarge)
    );
    for step in 0..limits::PENDING {
        desk.make(swing(i64::try_from(step % 100).expect("small")));
    }
    assert_eq!(
        desk.replica.edit(swing(1), desk.now),
        Err(Rejection::TooManyPending)
    );
}

/// P-LISTEN-1
#[test]
fn a_listener_makes_no_edits() {
    let mut desk = Desk::new();
    desk.connect();
    desk.welcome(json!({"role": "listener"}));
    assert_eq!(
        desk.replica.edit(swing(1), desk.now),
        Err(Rejection::Listener)
    );
    assert_eq!(desk.shown(), 0);
}

#[test]
fn a_saved_replica_comes_back_with_what_was_pending_under_a_new_run() {
    let mut desk = Desk::live();
    let own = desk.own();
    desk.make(swing(1));
    desk.ordered(6, &own, 1, json!({"session": {"swing": 1}}));
    desk.make(Edit::Session(SessionSetting::Fill(true)));
    let saved = desk.replica.save();
    let stored = serde_json::to_string(&saved).expect("encodes");
    let saved: Saved = serde_json::from_str(&stored).expect("decodes");
    let mut desk = Desk {
        replica: Replica::restored(identity(2), 5, saved),
        ..desk
    };
    assert_eq!((desk.shown(), desk.replica.document().fill), (1, true));
    let hello = desk.connect();
    assert_eq!(
        (
            &hello["run"],
            &hello["resume"]["revision"],
            &hello["unsettled"]
        ),
        (&json!(2), &json!(6), &json!([1, 1]))
    );
    assert_eq!(
        numbers(&desk.welcome(json!({"revision": 6, "document": null}))),
        [1]
    );
}
