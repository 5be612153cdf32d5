//! The rules of PROTOCOL.md as one server keeps them, and the document's own examples.

mod conduct;
mod examples;
mod joining;
mod ordering;
mod resting;

use super::*;
use crate::authority::{Authority, Input, Output};
use crate::document::clip::Clip;
use crate::document::pattern::Pattern;
use crate::document::track::Track;
use crate::ids::ConnectionId;
use crate::limits::{self, Rates};
use crate::units::Span;
use serde_json::{Value, json};

/// An authority and what it said to whom during the last input.
struct Desk {
    authority: Authority,
    now: ServerTime,
    said: Vec<(ConnectionId, Value)>,
    closed: Vec<(ConnectionId, Goodbye)>,
    journal: Vec<u8>,
    /// Whether the store is quick: everything is durable at once.
    durable: bool,
}

const TRACK: u32 = 7;

fn document() -> Document {
    let mut track = Track::new(TrackId(TRACK), Default::default());
    track.clips[0] = Some(Arc::new(Clip::pattern(Pattern::default())));
    Document {
        tracks: vec![Arc::new(track)],
        ..Document::default()
    }
}

fn token(seed: u8) -> Token {
    Token::from_bytes([seed; 16])
}

fn player(seed: u8) -> String {
    token(seed).player().hex()
}

fn hello(seed: u8, more: &Value) -> String {
    let mut hello = json!({"token": token(seed).hex(), "run": 1});
    let fields = hello.as_object_mut().expect("an object");
    fields.extend(more.as_object().cloned().unwrap_or_default());
    json!({ "hello": hello }).to_string()
}

impl Desk {
    fn new() -> Self {
        Self::over(Authority::new(document(), Rates::default()))
    }

    fn over(authority: Authority) -> Self {
        let now = ServerTime::from_micros(1_000_000_000);
        Self {
            authority,
            now,
            said: Vec::new(),
            closed: Vec::new(),
            journal: Vec::new(),
            durable: true,
        }
    }

    fn handle(&mut self, input: Input<'_>) {
        self.said.clear();
        self.closed.clear();
        self.authority.handle(input, self.now);
        while let Some(output) = self.authority.poll_output() {
            let read = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
            match output {
                Output::Send { connection, text } => self.said.push((connection, read(&text))),
                Output::Broadcast { to, text } => {
                    self.said
                        .extend(to.iter().map(|connection| (*connection, read(&text))));
                }
                Output::Append(record) => {
                    self.journal.extend_from_slice(record.bytes());
                    if self.durable {
                        self.authority.handle(
                            Input::Committed {
                                revision: record.revision(),
                            },
                            self.now,
                        );
                    }
                }
                Output::Close { connection, code } => self.closed.push((connection, code)),
                Output::Recall => unreachable!("these sessions never rest"),
            }
        }
    }

    fn say(&mut self, connection: u64, text: &str) -> Vec<Value> {
        self.handle(Input::Text {
            connection: ConnectionId(connection),
            text,
        });
        self.heard(connection)
    }

    fn heard(&self, connection: u64) -> Vec<Value> {
        let theirs = self.said.iter().filter(|(to, _)| to.0 == connection);
        theirs.map(|(_, message)| message.clone()).collect()
    }

    fn open(&mut self, connection: u64, role: Role) {
        self.handle(Input::Opened {
            connection: ConnectionId(connection),
            role,
        });
    }

    fn join(&mut self, connection: u64, seed: u8) -> Vec<Value> {
        self.open(connection, Role::Editor);
        self.say(connection, &hello(seed, &json!({})))
    }

    fn edit(&mut self, connection: u64, number: u32, edit: Value) -> Vec<Value> {
        self.say(
            connection,
            &json!({"edit": {"number": number, "edit": edit}}).to_string(),
        )
    }

    fn wait(&mut self, span: Span) {
        self.now += span;
        self.handle(Input::Tick);
    }
}

fn swing(percent: u8) -> Value {
    json!({"session": {"swing": percent}})
}

fn codes(messages: &[Value]) -> Vec<&str> {
    messages
        .iter()
        .filter_map(|message| message.as_object()?.values().next()?.get("code")?.as_str())
        .collect()
}

fn kinds(messages: &[Value]) -> Vec<&str> {
    messages
        .iter()
        .filter_map(|message| message.as_object()?.keys().next().map(String::as_str))
        .collect()
}

/// The profile of a player as a message shows them.
fn profile(player: &Value) -> Profile {
    let player: Player = serde_json::from_value(player.clone()).expect("a player");
    player.profile
}

#[test]
fn a_link_that_wanders_a_little_looks_the_same_and_a_worse_one_does_not() {
    let quality = |trip: i64, error: i64| Quality {
        round_trip_ms: RoundTrip::new(trip),
        clock_error_us: ClockError::new(error),
    };
    assert!(quality(1, 100).is_like(quality(3, 290)));
    assert!(quality(80, 2_000).is_like(quality(95, 2_400)));
    assert!(!quality(80, 2_000).is_like(quality(120, 2_000)));
    assert!(!quality(80, 2_000).is_like(quality(80, 3_000)));
    assert!(!quality(1, 100).is_like(quality(4, 100)));
    // What was measured is never like what was not.
    assert!(!quality(0, 50).is_like(Quality::default()));
    assert!(Quality::default().is_like(Quality::default()));
}
