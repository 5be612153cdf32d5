//! The life of a connection: coming back, giving up, noticing that nobody is there.

use super::*;

fn wait_of(replica: &Replica, now: LocalTime) -> Span {
    match replica.link() {
        Link::Waiting { retry_at } => *retry_at - now,
        other => panic!("{other:?}"),
    }
}

fn waits(seed: u32) -> Vec<Span> {
    let mut desk = Desk::new();
    desk.replica = Replica::new(identity(1), seed);
    let mut waits = Vec::new();
    desk.replica.connect(desk.now);
    for _ in 0..8 {
        desk.replica.handle(Input::Disconnected, desk.now);
        let wait = wait_of(&desk.replica, desk.now);
        waits.push(wait);
        desk.outputs();
        assert!(desk.wait(wait - Span::from_micros(1)).is_empty());
        assert_eq!(desk.wait(Span::from_micros(1)), [Output::Connect]);
    }
    waits
}

/// P-CLIENT-3
#[test]
fn it_comes_back_soon_then_less_often_and_never_at_the_same_moment_as_all_others() {
    let all: Vec<Vec<Span>> = (0..50).map(waits).collect();
    for waits in &all {
        assert!(
            (Span::from_millis(100)..=Span::from_millis(200)).contains(&waits[0]),
            "{waits:?}"
        );
        assert!(
            waits.iter().all(|wait| *wait <= Span::from_millis(1_500)),
            "{waits:?}"
        );
        assert!(waits[7] >= Span::from_millis(750), "{waits:?}");
    }
    let different: std::collections::BTreeSet<Span> = all.iter().map(|waits| waits[3]).collect();
    assert!(different.len() > 20, "{different:?}");
}

/// P-CLIENT-3, P-CLOSE-2
#[test]
fn it_waits_as_long_as_the_server_asks() {
    let mut desk = Desk::live();
    desk.hear(json!({"goodbye": {"code": "abuse", "reason": "too much", "retry_ms": 5000}}));
    desk.replica.handle(Input::Disconnected, desk.now);
    assert_eq!(wait_of(&desk.replica, desk.now), Span::from_seconds(5));
}

/// P-CLOSE-2
#[test]
fn without_a_retry_it_does_not_come_back_by_itself() {
    let mut desk = Desk::live();
    desk.hear(json!({"goodbye": {"code": "replaced", "reason": "you are elsewhere"}}));
    assert!(matches!(desk.replica.link(), Link::Refused { code, .. } if code == "replaced"));
    desk.replica.handle(Input::Disconnected, desk.now);
    assert_eq!(desk.replica.deadline(), None);
    assert!(desk.wait(Span::from_seconds(100)).is_empty());
    desk.replica.connect(desk.now);
    assert_eq!(desk.outputs(), [Output::Connect], "asked to, it does");
}

/// P-CLIENT-4
#[test]
fn a_link_on_which_nothing_is_heard_for_six_seconds_is_given_up() {
    let mut desk = Desk::live();
    for _ in 0..59 {
        assert!(
            !desk
                .wait(Span::from_millis(100))
                .contains(&Output::Disconnect)
        );
    }
    assert!(
        desk.wait(Span::from_millis(100))
            .contains(&Output::Disconnect)
    );
    assert!(matches!(desk.replica.link(), Link::Waiting { .. }));
    assert_eq!(desk.replica.players().count(), 0);
}

#[test]
fn a_socket_that_does_not_open_and_a_server_that_does_not_answer_are_given_up() {
    for connected in [false, true] {
        let mut desk = Desk::new();
        desk.replica.connect(desk.now);
        if connected {
            desk.replica.handle(Input::Connected, desk.now);
        }
        let deadline = desk.replica.deadline().expect("it does not wait for ever");
        desk.outputs();
        assert_eq!(desk.wait(deadline - desk.now), [Output::Disconnect]);
        assert!(matches!(desk.replica.link(), Link::Waiting { .. }));
    }
}

/// P-VERSION-3
#[test]
fn an_edit_or_a_document_it_cannot_read_means_it_is_too_old_and_it_stops() {
    for message in [
        json!({"edit": {"epoch": 1, "revision": 6, "by": SOMEONE, "run": 1, "number": 1, "edit": {"explode": {}}}}),
        json!({"edit": {"epoch": 1, "revision": 6, "by": SOMEONE, "run": 1, "number": 1, "edit": {"track": {"track": 7, "setting": {"wobble": 3}}}}}),
        json!({"welcome": {"document": {"tracks": "none"}}}),
    ] {
        let mut desk = Desk::live();
        let before = desk.replica.confirmed().clone();
        desk.hear(message);
        assert!(matches!(desk.replica.link(), Link::Refused { code, .. } if code == "too-old"));
        assert_eq!(*desk.replica.confirmed(), before);
        assert_eq!(desk.replica.deadline(), None);
    }
}

/// P-VERSION-1, P-VERSION-2
#[test]
fn what_is_new_and_no_edit_is_passed_over() {
    let mut desk = Desk::live();
    desk.hear(json!({"fireworks": {"colour": 3}}));
    desk.hear(json!({"left": {"player": SOMEONE, "why": "tea"}}));
    assert!(desk.replica.is_live());
}

/// P-PRESENCE-2
#[test]
fn presence_is_told_at_most_every_fifty_milliseconds() {
    let mut desk = Desk::live();
    desk.wait(Span::from_millis(60));
    let mut told = 0;
    for step in 0..100 {
        let playing = step % 2 == 0;
        desk.replica.set_presence(
            Presence {
                playing,
                ..Presence::default()
            },
            desk.now,
        );
        let outputs = desk.wait(Span::from_millis(5));
        told += outputs
            .iter()
            .filter(
                |output| matches!(output, Output::Send(text) if text.starts_with("{\"presence\"")),
            )
            .count();
        desk.hear(json!({"left": {"player": SOMEONE}}));
    }
    assert!((5..=11).contains(&told), "{told} in half a second");
}

/// P-PRESENCE-3
#[test]
fn players_come_and_go_as_the_server_says() {
    let mut desk = Desk::live();
    let bea = Player {
        id: serde_json::from_value(json!(SOMEONE)).expect("a player id"),
        profile: Profile {
            name: crate::text::Name::new("Bea"),
            ..Profile::default()
        },
        presence: Presence::default(),
    };
    desk.hear(json!({ "joined": bea }));
    desk.hear(json!({"presence": {"player": SOMEONE, "presence": {"playing": true}}}));
    assert_eq!(
        desk.replica
            .players()
            .map(|player| (player.profile.name.to_string(), player.presence.playing))
            .collect::<Vec<_>>(),
        [("Bea".to_owned(), true)]
    );
    desk.hear(json!({"left": {"player": SOMEONE}}));
    assert_eq!(desk.replica.players().count(), 0);
}
