//! The messages of `lockstep.v1`: JSON objects with one key, the message's kind. PROTOCOL.md is
//! the specification; its rule ids are cited by the tests.

use crate::document::Document;
use crate::document::mixer::Colour;
use crate::edit::{Conflict, Edit};
use crate::ids::{
    EditNumber, Epoch, PlayerId, Revision, Run, SceneIndex, StepIndex, Token, TrackId,
};
use crate::text::Name;
use crate::tree;
use crate::units::ServerTime;
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::value::RawValue;
use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

/// The WebSocket subprotocol both ends must name.
pub const SUBPROTOCOL: &str = "lockstep.v1";

/// What a client says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientMessage<'a> {
    Hello(Box<Hello>),
    Edit {
        number: EditNumber,
        /// Decoded apart, so that an edit that makes no sense is answered by its number.
        #[serde(borrow)]
        edit: Cow<'a, RawValue>,
    },
    Presence(Presence),
    Profile(Profile),
    Ping {
        sent: i64,
    },
    /// Asks for the plain clock broadcast, or no longer.
    Clock {
        wanted: bool,
    },
    /// Asks everyone to look at the same place.
    Gather {
        view: View,
    },
    Leave {},
}

const CLIENT_KINDS: [&str; 8] = [
    "hello", "edit", "presence", "profile", "ping", "clock", "gather", "leave",
];

/// The first message on a connection.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Hello {
    pub token: Token,
    pub run: Run,
    #[serde(default)]
    pub profile: Profile,
    /// Where this replica stands, to be given what it missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<Position>,
    /// The first and last of its edits whose outcome it does not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsettled: Option<(EditNumber, EditNumber)>,
    /// Counts the hellos of a run, so that one which was long on its way cannot push out a later one.
    #[serde(default, skip_serializing_if = "crate::document::step::is_default")]
    pub attempt: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pub epoch: Epoch,
    pub revision: Revision,
}

/// How a player appears to the others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    pub name: Name,
    pub colour: Colour,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Daw,
    #[default]
    Browser,
    Listener,
    /// Lights, robots and other simple clients.
    #[serde(other)]
    Other,
}

/// What a player is doing. Never stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Presence {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view: Option<View>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub following: Option<PlayerId>,
    pub playing: bool,
    pub quality: Quality,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    pub track: TrackId,
    pub scene: SceneIndex,
    pub step: StepIndex,
}

/// The part of the session a player looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    pub track: TrackId,
    pub scene: SceneIndex,
    pub step: StepIndex,
}

/// A player's own measurement of their link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Quality {
    pub round_trip_ms: RoundTrip,
    pub clock_error_us: ClockError,
}

impl Quality {
    /// Whether nobody would be told anything by the other one: both say that the link is about as
    /// good. Measurements wander a little with each answer.
    pub fn is_like(self, other: Self) -> bool {
        const LEAST_TRIP_MS: u16 = 2;
        const LEAST_ERROR_US: u32 = 200;
        if (self == Self::default()) != (other == Self::default()) {
            return false;
        }
        let (trip, other_trip) = (self.round_trip_ms.get(), other.round_trip_ms.get());
        let (error, other_error) = (self.clock_error_us.get(), other.clock_error_us.get());
        let trips = LEAST_TRIP_MS.max(trip.max(other_trip) / 4);
        let errors = LEAST_ERROR_US.max(error.max(other_error) / 4);
        trip.abs_diff(other_trip) <= trips && error.abs_diff(other_error) <= errors
    }
}

crate::bounded! {
    /// Milliseconds there and back.
    pub struct RoundTrip(u16) in 0..=60_000, default 0;
}
crate::bounded! {
    /// Microseconds that a player's clock may be off.
    pub struct ClockError(u32) in 0..=60_000_000, default 0;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Player {
    pub id: PlayerId,
    pub profile: Profile,
    pub presence: Presence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    Editor,
    Listener,
}

/// What the server says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServerMessage {
    /// Where the session stands. Sent after hello, and again to a reader that fell behind.
    Welcome(Box<Welcome>),
    /// An edit in its place in the order, exactly as stored.
    Edit(Arc<Ordered>),
    /// The edit is durable.
    Accepted {
        epoch: Epoch,
        revision: Revision,
        number: EditNumber,
    },
    Rejected {
        number: EditNumber,
        code: Cow<'static, str>,
        reason: Cow<'static, str>,
    },
    Joined(Box<Player>),
    Left {
        player: PlayerId,
    },
    Presence {
        player: PlayerId,
        presence: Presence,
    },
    Gather {
        by: PlayerId,
        view: View,
    },
    Pong {
        sent: i64,
        received: ServerTime,
        answered: ServerTime,
    },
    Clock {
        now: ServerTime,
        playing: bool,
        bar: i64,
        beat: i64,
        sixteenth: i64,
    },
    /// Whether the server can store changes. Said when that ends, and when it is so again.
    Storage {
        read_only: bool,
    },
    /// Something the client said made no sense or came too often.
    Error {
        code: Cow<'static, str>,
        reason: Cow<'static, str>,
    },
    /// The connection ends here.
    Goodbye {
        code: Goodbye,
        reason: Cow<'static, str>,
        /// When to come back; not at all where absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_ms: Option<u32>,
    },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Welcome {
    pub player: PlayerId,
    pub role: Role,
    pub epoch: Epoch,
    /// The revision of the document below, or, without one, the one the client resumes from.
    pub revision: Revision,
    /// Everything up to this revision survives a crash.
    pub durable: Revision,
    pub now: ServerTime,
    /// Those of the client's unsettled edits that were accepted, durable or not.
    pub settled: Vec<(EditNumber, Revision)>,
    pub players: Vec<Player>,
    /// Whether the server cannot store changes at the moment.
    #[serde(default, skip_serializing_if = "crate::document::step::is_default")]
    pub read_only: bool,
    /// Absent where the missing edits follow instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Arc<Document>>,
}

/// An accepted edit: what everyone applies, in this order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ordered {
    pub epoch: Epoch,
    pub revision: Revision,
    pub by: PlayerId,
    pub run: Run,
    pub number: EditNumber,
    pub edit: Edit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Goodbye {
    /// The session has its 32 players.
    Full,
    /// Another connection of the same run took over.
    Replaced,
    /// Nothing was heard for too long.
    Silent,
    /// The reader could not keep up.
    TooSlow,
    /// Too many messages, or too many that made no sense.
    Abuse,
    TooLarge,
    /// The server restarts or makes room.
    Restarting,
    /// The journal cannot be written.
    StorageFailed,
    /// No hello came.
    NoHello,
    Left,
    #[serde(other)]
    Other,
}

impl Goodbye {
    /// The WebSocket close code.
    pub fn close_code(self) -> u16 {
        match self {
            Goodbye::Left | Goodbye::Other => 1000,
            Goodbye::Restarting => 1012,
            Goodbye::TooLarge => 1009,
            Goodbye::StorageFailed => 1011,
            Goodbye::Full => 4001,
            Goodbye::Replaced => 4002,
            Goodbye::Silent => 4003,
            Goodbye::TooSlow => 4004,
            Goodbye::Abuse => 4005,
            Goodbye::NoHello => 4006,
        }
    }

    pub fn retry_ms(self) -> Option<u32> {
        match self {
            Goodbye::Full => Some(30_000),
            Goodbye::Silent | Goodbye::TooSlow | Goodbye::Other => Some(500),
            Goodbye::Abuse | Goodbye::StorageFailed => Some(5_000),
            Goodbye::Restarting => Some(250),
            Goodbye::NoHello => Some(2_000),
            Goodbye::Replaced | Goodbye::TooLarge | Goodbye::Left => None,
        }
    }

    pub fn reason(self) -> &'static str {
        match self {
            Goodbye::Full => "the session has all the players it can hold",
            Goodbye::Replaced => "this player connected again",
            Goodbye::Silent => "nothing was heard for ten seconds",
            Goodbye::TooSlow => "the connection could not keep up",
            Goodbye::Abuse => "too many messages",
            Goodbye::TooLarge => "a message was larger than 64 KiB",
            Goodbye::Restarting => "the server is restarting",
            Goodbye::StorageFailed => "the server cannot store the session",
            Goodbye::NoHello => "no hello came",
            Goodbye::Left | Goodbye::Other => "goodbye",
        }
    }
}

/// Why an edit is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    Conflict(Conflict),
    Malformed(String),
    UnknownEdit,
    Listener,
    ReadOnly,
    RefusedBefore,
    TooLarge,
    TooManyPending,
}

impl Rejection {
    pub fn code(&self) -> Cow<'static, str> {
        match self {
            Rejection::Conflict(conflict) => name_of(conflict).into(),
            Rejection::Malformed(_) => "malformed".into(),
            Rejection::UnknownEdit => "unknown-edit".into(),
            Rejection::Listener => "listener".into(),
            Rejection::ReadOnly => "read-only".into(),
            Rejection::RefusedBefore => "refused-before".into(),
            Rejection::TooLarge => "too-large".into(),
            Rejection::TooManyPending => "too-many-pending".into(),
        }
    }

    pub fn reason(&self) -> Cow<'static, str> {
        match self {
            Rejection::Conflict(conflict) => conflict.to_string().into(),
            Rejection::Malformed(detail) => detail.clone().into(),
            Rejection::UnknownEdit => "this server does not know that edit".into(),
            Rejection::Listener => "this link only listens".into(),
            Rejection::ReadOnly => "the server cannot store changes at the moment".into(),
            Rejection::RefusedBefore => "this edit was refused before".into(),
            Rejection::TooLarge => "the edit is larger than 64 KiB".into(),
            Rejection::TooManyPending => "too many edits are waiting for the server".into(),
        }
    }
}

/// Why a message cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// JSON of a kind this version does not know.
    UnknownKind(String),
    Malformed(String),
}

impl<'a> ClientMessage<'a> {
    pub fn decode(text: &'a str) -> Result<Self, Unreadable> {
        serde_json::from_str(text)
            .map_err(|error| unreadable(single_key(text), &CLIENT_KINDS, error.to_string()))
    }
}

impl ServerMessage {
    pub fn decode(text: &str) -> Result<Self, Unreadable> {
        const KINDS: [&str; 13] = [
            "welcome", "edit", "accepted", "rejected", "joined", "left", "presence", "gather",
            "pong", "clock", "storage", "error", "goodbye",
        ];
        tree::decode(text)
            .map_err(|error| unreadable(tree::single_key(text), &KINDS, error.to_string()))
    }
}

pub(crate) fn decode_edit(raw: &RawValue) -> Result<Edit, Rejection> {
    serde_json::from_str(raw.get()).map_err(|error| {
        if error.to_string().starts_with("unknown variant")
            && single_key(raw.get()).is_none_or(|key| !is_edit_kind(&key))
        {
            return Rejection::UnknownEdit;
        }
        Rejection::Malformed(error.to_string())
    })
}

fn is_edit_kind(key: &str) -> bool {
    // A known kind with the wrong content is malformed; an unknown kind names itself in the error.
    serde_json::from_str::<Edit>(&format!("{{{key:?}:0}}"))
        .is_err_and(|error| !error.to_string().starts_with("unknown variant"))
}

fn unreadable(key: Option<String>, kinds: &[&str], error: String) -> Unreadable {
    match key {
        Some(kind) if !kinds.contains(&kind.as_str()) => {
            Unreadable::UnknownKind(kind.chars().take(40).collect())
        }
        _ => Unreadable::Malformed(error),
    }
}

fn single_key(text: &str) -> Option<String> {
    let object: BTreeMap<String, IgnoredAny> = serde_json::from_str(text).ok()?;
    let mut keys = object.into_keys();
    keys.next().filter(|_| keys.next().is_none())
}

/// The name a kind without content has on the wire.
pub(crate) fn name_of<T: Serialize>(kind: &T) -> String {
    encode(kind).trim_matches('"').to_owned()
}

/// Encodes a message. Every message type here can be written.
pub fn encode<T: Serialize>(message: &T) -> String {
    serde_json::to_string(message).expect("messages have string keys and no failing parts")
}

#[cfg(test)]
mod tests;
