//! Who leads and who follows, turn by turn.

use super::*;
use lockstep_engine::Beats;
use lockstep_session::ids::Token;
use lockstep_session::units::Beat;

const NOW: LocalTime = LocalTime::from_micros(60_000_000);

fn player(number: u8) -> PlayerId {
    Token::from_bytes([number; 16]).player()
}

fn session() -> SessionState {
    SessionState {
        lead: None,
        me: player(1),
        is_live: true,
        now: Some(ServerTime::from_micros(1_000_000_000)),
        was_joined: true,
        timeline: Timeline::default(),
    }
}

fn that_plays() -> SessionState {
    let mut session = session();
    session
        .timeline
        .play(Beat::ZERO, ServerTime::from_micros(900_000_000));
    session
}

fn position(rolling: bool) -> HostPosition {
    HostPosition {
        rolling,
        beat: Beats::new(8.0).expect("a place"),
        at: NOW,
        ..HostPosition::default()
    }
}

fn host(rolling: bool, edges: &[HostEdge], mode: SyncMode) -> HostState<'_> {
    HostState {
        position: position(rolling),
        edges,
        mode,
        conducts: true,
    }
}

fn takes(edits: &[Edit]) -> bool {
    edits.contains(&Edit::TakeFreeLead)
}

#[test]
fn joining_a_session_that_stands_leads_it_if_nobody_does() {
    let standing = host(false, &[], SyncMode::Automatic);
    assert!(takes(&Leading::default().turn(&session(), &standing, NOW)));
    let led = SessionState {
        lead: Some(player(2)),
        ..session()
    };
    let mut leading = Leading::default();
    assert!(leading.turn(&led, &standing, NOW).is_empty());
    assert_eq!(leading.follows(), Whom::Session);
}

#[test]
fn joining_a_session_that_plays_disturbs_nobody_whatever_the_host_does() {
    let started = [HostEdge::Started(position(true))];
    for (rolling, edges) in [(false, &[][..]), (true, &[]), (true, &started)] {
        let mut leading = Leading::default();
        for _ in 0..3 {
            let host = host(rolling, edges, SyncMode::Automatic);
            assert!(leading.turn(&that_plays(), &host, NOW).is_empty());
        }
        let later = NOW + Span::from_seconds(3);
        let host = host(rolling, &[], SyncMode::Automatic);
        leading.turn(&that_plays(), &host, later);
        assert_eq!(leading.follows(), Whom::Session);
    }
}

#[test]
fn taking_the_lead_by_choice_stops_nobody_before_the_transport_is_touched() {
    let mut leading = Leading::default();
    leading.turn(&that_plays(), &host(false, &[], SyncMode::Automatic), NOW);
    let chosen = host(false, &[], SyncMode::HostLeads);
    let edits = leading.turn(&that_plays(), &chosen, NOW);
    assert_eq!(edits, [Edit::TakeLead]);
    assert_eq!(leading.follows(), Whom::Session, "it is still heard here");
    let mine = SessionState {
        lead: Some(player(1)),
        ..that_plays()
    };
    assert!(leading.turn(&mine, &chosen, NOW).is_empty());
    let stopped = [HostEdge::Stopped(position(false))];
    let edits = leading.turn(&mine, &host(false, &stopped, SyncMode::HostLeads), NOW);
    assert!(!edits.is_empty(), "now the host's transport is everyone's");
    assert_eq!(leading.follows(), Whom::Host);
}

#[test]
fn starting_the_host_takes_a_lead_that_is_free() {
    let mut leading = Leading::default();
    let led = SessionState {
        lead: Some(player(2)),
        ..session()
    };
    leading.turn(&led, &host(false, &[], SyncMode::Automatic), NOW);
    let started = [HostEdge::Started(position(true))];
    let edits = leading.turn(&session(), &host(true, &started, SyncMode::Automatic), NOW);
    assert!(takes(&edits) && edits.len() == 2, "{edits:?}");
    assert_eq!(leading.follows(), Whom::Host);
}

#[test]
fn a_lead_that_is_taken_away_leaves_the_grid_for_a_second_after_a_touch() {
    let mine = SessionState {
        lead: Some(player(1)),
        ..session()
    };
    let mut leading = Leading::default();
    let started = [HostEdge::Started(position(true))];
    leading.turn(&mine, &host(true, &started, SyncMode::Automatic), NOW);
    let taken = SessionState {
        lead: Some(player(2)),
        ..that_plays()
    };
    let rolling = host(true, &[], SyncMode::Automatic);
    leading.turn(&taken, &rolling, NOW + Span::from_millis(900));
    assert_eq!(leading.follows(), Whom::Host);
    leading.turn(&taken, &rolling, NOW + Span::from_millis(1_100));
    assert_eq!(leading.follows(), Whom::Session);
}

#[test]
fn who_led_and_was_away_takes_up_a_lead_that_nobody_has_meanwhile() {
    let mine = SessionState {
        lead: Some(player(1)),
        ..that_plays()
    };
    let theirs = SessionState {
        lead: Some(player(2)),
        ..that_plays()
    };
    let rolling = host(true, &[], SyncMode::Automatic);
    let after_a_lead = |away: fn(&mut Leading), found: &SessionState| {
        let mut leading = Leading::default();
        leading.turn(&mine, &rolling, NOW);
        away(&mut leading);
        leading.turn(found, &rolling, NOW + Span::from_seconds(30))
    };
    assert!(takes(&after_a_lead(Leading::disconnected, &that_plays())));
    assert!(after_a_lead(Leading::disconnected, &theirs).is_empty());
    assert!(after_a_lead(Leading::entered, &that_plays()).is_empty());
}

#[test]
fn session_leads_and_align_let_go_of_the_lead() {
    let mine = SessionState {
        lead: Some(player(1)),
        ..session()
    };
    for (mode, follows) in [
        (SyncMode::SessionLeads, Whom::Session),
        (SyncMode::Align, Whom::Host),
    ] {
        let mut leading = Leading::default();
        let edits = leading.turn(&mine, &host(true, &[], mode), NOW);
        assert_eq!(edits, [Edit::ReleaseLead]);
        assert_eq!(leading.follows(), follows);
    }
}

#[test]
fn an_instance_that_does_not_conduct_says_nothing() {
    let beside = HostState {
        conducts: false,
        ..host(true, &[], SyncMode::Automatic)
    };
    let mine = SessionState {
        lead: Some(player(1)),
        ..session()
    };
    let mut leading = Leading::default();
    assert!(leading.turn(&mine, &beside, NOW).is_empty());
    assert_eq!(leading.follows(), Whom::Host);
}

#[test]
fn alone_the_grid_follows_the_host_in_every_mode() {
    let alone = SessionState {
        is_live: false,
        now: None,
        was_joined: false,
        ..session()
    };
    for mode in [SyncMode::Automatic, SyncMode::SessionLeads, SyncMode::Align] {
        let mut leading = Leading::default();
        leading.turn(&alone, &host(true, &[], mode), NOW);
        assert_eq!(leading.follows(), Whom::Host);
    }
}
