//! The authority alone, one rule at a time; worlds of many are in the tests package.

use super::*;
use crate::document::clip::Clip;
use crate::document::pattern::Pattern;
use crate::document::step::Step;
use crate::document::track::Track;
use crate::ids::{SceneIndex, StepIndex, Token, TrackId};
use crate::protocol::Profile;
use crate::protocol::{ClientMessage, Hello};

const TRACK: TrackId = TrackId(7);

struct Desk {
    authority: Authority,
    now: ServerTime,
    outputs: Vec<Output>,
}

fn document() -> Document {
    let mut track = Track::new(TRACK, Default::default());
    track.clips[0] = Some(Arc::new(Clip::pattern(Pattern::default())));
    Document {
        tracks: vec![Arc::new(track)],
        ..Document::default()
    }
}

fn token(seed: u8) -> Token {
    Token::from_bytes([seed; 16])
}

impl Desk {
    fn new() -> Self {
        let authority = Authority::new(document(), Rates::default());
        Self {
            authority,
            now: ServerTime::from_micros(1_000_000),
            outputs: Vec::new(),
        }
    }

    fn handle(&mut self, input: Input<'_>) {
        self.authority.handle(input, self.now);
        self.outputs.clear();
        self.outputs
            .extend(std::iter::from_fn(|| self.authority.poll_output()));
    }

    fn say(&mut self, connection: u64, text: &str) {
        self.handle(Input::Text {
            connection: ConnectionId(connection),
            text,
        });
    }

    fn join(&mut self, connection: u64, seed: u8, role: Role) {
        self.handle(Input::Opened {
            connection: ConnectionId(connection),
            role,
        });
        let hello = Hello {
            token: token(seed),
            run: Run(1),
            profile: Profile::default(),
            resume: None,
            unsettled: None,
            attempt: 0,
        };
        self.say(connection, &encode(&ClientMessage::Hello(Box::new(hello))));
    }

    /// Anna's only run says hello for the so-manieth time.
    fn join_at_attempt(&mut self, connection: u64, attempt: u32) {
        self.handle(Input::Opened {
            connection: ConnectionId(connection),
            role: Role::Editor,
        });
        let (token, run) = (token(1).hex(), 1);
        let hello =
            format!("{{\"hello\":{{\"token\":\"{token}\",\"run\":{run},\"attempt\":{attempt}}}}}");
        self.say(connection, &hello);
    }

    fn set_step(&mut self, connection: u64, number: u32) {
        let (scene, step) = (
            SceneIndex::new(0).expect("a scene"),
            StepIndex::new(3).expect("a step"),
        );
        let edit = encode(&Edit::Step {
            track: TRACK,
            scene,
            step,
            value: Step::on(),
        });
        self.say(
            connection,
            &format!("{{\"edit\":{{\"number\":{number},\"edit\":{edit}}}}}"),
        );
    }

    fn heard(&self, connection: u64) -> Vec<String> {
        let to_them = |output: &Output| match output {
            Output::Send {
                connection: to,
                text,
            } if to.0 == connection => Some(text.to_string()),
            Output::Broadcast { to, text } if to.contains(&ConnectionId(connection)) => {
                Some(text.to_string())
            }
            _ => None,
        };
        self.outputs.iter().filter_map(to_them).collect()
    }

    fn closed(&self) -> Vec<Goodbye> {
        let code = |output: &Output| match output {
            Output::Close { code, .. } => Some(*code),
            _ => None,
        };
        self.outputs.iter().filter_map(code).collect()
    }
}

#[test]
fn an_edit_is_broadcast_at_once_and_acknowledged_when_durable() {
    let mut desk = Desk::new();
    desk.join(1, 1, Role::Editor);
    desk.join(2, 2, Role::Editor);
    desk.set_step(1, 1);
    assert!(
        desk.heard(2)[0].starts_with("{\"edit\":{\"epoch\":1,\"revision\":1,"),
        "{:?}",
        desk.heard(2)
    );
    assert_eq!(
        desk.heard(1).len(),
        1,
        "the author hears the same broadcast and no acknowledgement yet"
    );
    desk.handle(Input::Committed {
        revision: Revision(1),
    });
    assert_eq!(
        desk.heard(1),
        ["{\"accepted\":{\"epoch\":1,\"revision\":1,\"number\":1}}"]
    );
    assert!(desk.heard(2).is_empty());
}

#[test]
fn an_edit_said_twice_is_answered_twice_and_applied_once() {
    let mut desk = Desk::new();
    desk.join(1, 1, Role::Editor);
    desk.set_step(1, 1);
    desk.handle(Input::Committed {
        revision: Revision(1),
    });
    desk.set_step(1, 1);
    assert_eq!(
        desk.heard(1),
        ["{\"accepted\":{\"epoch\":1,\"revision\":1,\"number\":1}}"]
    );
    assert_eq!(desk.authority.position().revision, Revision(1));
}

#[test]
fn every_edit_that_makes_no_sense_is_answered_by_its_number() {
    let mut desk = Desk::new();
    desk.join(1, 1, Role::Editor);
    for (edit, code) in [
        ("{\"remove-track\":{\"track\":99}}", "no-such-track"),
        (
            "{\"step\":{\"track\":7,\"scene\":8,\"step\":0,\"value\":{}}}",
            "malformed",
        ),
        (
            "{\"step\":{\"track\":7,\"scene\":1,\"step\":0,\"value\":{}}}",
            "no-such-clip",
        ),
        ("{\"explode\":{}}", "unknown-edit"),
        (
            "{\"track\":{\"track\":7,\"setting\":{\"wobble\":1}}}",
            "malformed",
        ),
        ("null", "malformed"),
    ] {
        desk.say(1, &format!("{{\"edit\":{{\"number\":5,\"edit\":{edit}}}}}"));
        assert!(
            desk.heard(1)[0].contains(&format!("\"code\":\"{code}\"")),
            "{edit}: {:?}",
            desk.heard(1)
        );
    }
    assert_eq!(desk.authority.position().revision, Revision(0));
}

#[test]
fn a_listener_hears_everything_and_changes_nothing() {
    let mut desk = Desk::new();
    desk.join(1, 1, Role::Editor);
    desk.join(2, 2, Role::Listener);
    desk.set_step(2, 1);
    assert!(desk.heard(2)[0].contains("\"code\":\"listener\""));
    desk.set_step(1, 1);
    assert_eq!(desk.heard(2).len(), 1);
}

#[test]
fn nobody_can_be_another_player_without_their_token() {
    let mut desk = Desk::new();
    desk.join(1, 1, Role::Editor);
    desk.join(2, 2, Role::Editor);
    assert!(desk.closed().is_empty());
    desk.join(3, 1, Role::Editor);
    assert_eq!(
        desk.closed(),
        [Goodbye::Replaced],
        "the same token and run take over their own connection"
    );
    assert_eq!(desk.authority.players().len(), 2);
}

#[test]
fn a_full_session_says_so_and_lets_its_players_come_back() {
    let mut desk = Desk::new();
    for player in 0..32 {
        desk.join(u64::from(player), player, Role::Editor);
    }
    desk.join(99, 99, Role::Editor);
    assert_eq!(desk.closed(), [Goodbye::Full]);
    desk.join(100, 5, Role::Editor);
    assert_eq!(desk.closed(), [Goodbye::Replaced]);
    assert_eq!(desk.authority.players().len(), 32);
}

#[test]
fn silence_ends_a_connection_and_its_player() {
    let mut desk = Desk::new();
    desk.join(1, 1, Role::Editor);
    desk.join(2, 2, Role::Editor);
    desk.now += Span::from_seconds(7);
    desk.say(2, "{\"ping\":{\"sent\":1}}");
    desk.now += Span::from_seconds(3);
    desk.handle(Input::Tick);
    assert_eq!(desk.closed(), [Goodbye::Silent]);
    assert!(desk.heard(2)[0].starts_with("{\"left\""));
}

#[test]
fn an_absent_leader_loses_the_lead_after_a_while_and_the_music_goes_on() {
    let mut desk = Desk::new();
    desk.join(1, 1, Role::Editor);
    desk.join(2, 2, Role::Editor);
    desk.say(1, "{\"edit\":{\"number\":1,\"edit\":\"take-lead\"}}");
    desk.say(
        1,
        "{\"edit\":{\"number\":2,\"edit\":{\"play\":{\"from\":0}}}}",
    );
    desk.say(2, "{\"edit\":{\"number\":1,\"edit\":{\"stop\":{}}}}");
    assert!(desk.heard(2)[0].contains("led-by-someone-else"));
    desk.handle(Input::Closed {
        connection: ConnectionId(1),
    });
    desk.now += limits::ABSENT_LEADER;
    desk.handle(Input::Tick);
    assert_eq!(desk.authority.document().lead, None);
    assert!(desk.authority.document().timeline.playing);
}

#[test]
fn while_nothing_can_be_stored_an_absent_leader_does_not_keep_the_authority_awake() {
    let mut desk = Desk::new();
    desk.join(1, 1, Role::Editor);
    desk.say(1, "{\"edit\":{\"number\":1,\"edit\":\"take-lead\"}}");
    desk.handle(Input::Closed {
        connection: ConnectionId(1),
    });
    desk.handle(Input::ReadOnly(true));
    desk.now += limits::ABSENT_LEADER;
    desk.handle(Input::Tick);
    assert_eq!(desk.authority.deadline(), None);
    desk.handle(Input::ReadOnly(false));
    assert_eq!(desk.authority.document().lead, None);
}

/// P-ID-4
#[test]
fn a_hello_that_was_long_on_its_way_does_not_push_out_a_later_one() {
    let mut desk = Desk::new();
    desk.join_at_attempt(1, 2);
    desk.join_at_attempt(2, 1);
    assert_eq!(desk.closed(), [Goodbye::Replaced]);
    assert!(desk.heard(1).is_empty(), "{:?}", desk.heard(1));
    desk.join_at_attempt(3, 3);
    assert_eq!(desk.closed(), [Goodbye::Replaced]);
    assert!(desk.heard(1)[0].starts_with("{\"goodbye\""));
}

#[test]
fn a_reader_that_fell_behind_is_given_the_whole_again_when_it_has_caught_up() {
    let mut desk = Desk::new();
    desk.join(1, 1, Role::Editor);
    desk.join(2, 2, Role::Editor);
    desk.handle(Input::Lagging {
        connection: ConnectionId(2),
    });
    desk.set_step(1, 1);
    assert!(desk.heard(2).is_empty());
    desk.handle(Input::Drained {
        connection: ConnectionId(2),
    });
    assert!(desk.heard(2)[0].starts_with("{\"welcome\""));
    desk.handle(Input::Lagging {
        connection: ConnectionId(2),
    });
    for _ in 0..5 {
        desk.now += Span::from_seconds(3);
        desk.say(1, "{\"ping\":{\"sent\":1}}");
        desk.say(2, "{\"ping\":{\"sent\":1}}");
    }
    assert!(
        !desk
            .authority
            .players()
            .iter()
            .any(|player| player.id == token(2).player()),
        "too slow for too long"
    );
}

#[test]
fn a_flood_of_nonsense_costs_its_sender_only() {
    let mut desk = Desk::new();
    desk.join(1, 1, Role::Editor);
    desk.join(2, 2, Role::Editor);
    let mut closed = Vec::new();
    for _ in 0..50 {
        desk.say(1, "{\"ping\":{\"sent\":1e999}}");
        closed.extend(desk.closed());
    }
    assert_eq!(closed, [Goodbye::Abuse]);
    desk.set_step(2, 1);
    assert_eq!(desk.authority.position().revision, Revision(1));
}

#[test]
fn the_plain_clock_tells_bar_beat_and_sixteenth() {
    let mut desk = Desk::new();
    desk.join(1, 1, Role::Editor);
    desk.say(
        1,
        "{\"edit\":{\"number\":1,\"edit\":{\"play\":{\"from\":0}}}}",
    );
    desk.now += Span::from_millis(2_000 + 500 + 125);
    desk.say(1, "{\"clock\":{\"wanted\":true}}");
    assert!(
        desk.heard(1)[0].ends_with("\"playing\":true,\"bar\":1,\"beat\":1,\"sixteenth\":1}}"),
        "{:?}",
        desk.heard(1)
    );
    assert_eq!(
        desk.authority.deadline(),
        Some(desk.now + limits::CLOCK_EVERY)
    );
}
