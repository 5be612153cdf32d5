//! A replica alone, told by hand what a server would say.

mod link;
mod rebase;
mod undo;

use super::*;
use crate::document::clip::Clip;
use crate::document::mixer::Percent;
use crate::document::pattern::Pattern;
use crate::document::track::Track;
use crate::edit::SessionSetting;
use crate::ids::{Epoch, Revision, TrackId};
use crate::protocol::Rejection;
use serde_json::{Value, json};

const SOMEONE: &str = "0909090909090909";

struct Desk {
    replica: Replica,
    now: LocalTime,
    document: Document,
}

fn document() -> Document {
    let mut track = Track::new(TrackId(7), Default::default());
    track.clips[0] = Some(Arc::new(Clip::pattern(Pattern::default())));
    Document {
        tracks: vec![Arc::new(track)],
        ..Document::default()
    }
}

fn identity(run: u32) -> Identity {
    Identity {
        token: Token::from_bytes([1; 16]),
        run: Run(run),
        profile: Profile::default(),
    }
}

fn swing(percent: i64) -> Edit {
    Edit::Session(SessionSetting::Swing(Percent::new(percent)))
}

fn edit(value: Value) -> Edit {
    serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{value}: {error}"))
}

impl Desk {
    /// A replica that has never been anywhere.
    fn new() -> Self {
        Self {
            replica: Replica::new(identity(1), 5),
            now: LocalTime::from_micros(1_000_000),
            document: document(),
        }
    }

    /// One that is in a session, at revision 5 of epoch 1.
    fn live() -> Self {
        let mut desk = Self::new();
        desk.connect();
        desk.welcome(json!({}));
        assert!(desk.replica.is_live());
        desk
    }

    /// Opens the socket and returns the hello.
    fn connect(&mut self) -> Value {
        self.replica.connect(self.now);
        self.outputs();
        self.replica.handle(Input::Connected, self.now);
        self.sent()
            .into_iter()
            .find_map(|message| message.get("hello").cloned())
            .expect("a hello")
    }

    fn welcome(&mut self, more: Value) -> Vec<Value> {
        let mut welcome = json!({"player": self.replica.player().hex(), "role": "editor", "epoch": 1, "revision": 5,
            "durable": 5, "now": 0, "settled": [], "players": [], "document": self.document});
        let fields = welcome.as_object_mut().expect("an object");
        fields.extend(more.as_object().cloned().unwrap_or_default());
        fields.retain(|_, value| !value.is_null());
        self.hear(json!({ "welcome": welcome }))
    }

    /// Tells the replica something and returns what it sends.
    fn hear(&mut self, message: Value) -> Vec<Value> {
        self.replica
            .handle(Input::Text(&message.to_string()), self.now);
        self.sent()
    }

    fn ordered(&mut self, revision: u64, by: &str, number: u32, edit: Value) -> Vec<Value> {
        self.hear(json!({"edit": {"epoch": 1, "revision": revision, "by": by, "run": 1, "number": number, "edit": edit}}))
    }

    fn own(&self) -> String {
        self.replica.player().hex()
    }

    fn make(&mut self, edit: Edit) -> EditNumber {
        self.replica.edit(edit, self.now).expect("fits")
    }

    fn outputs(&mut self) -> Vec<Output> {
        std::iter::from_fn(|| self.replica.poll_output()).collect()
    }

    /// What it sends, pings left out.
    fn sent(&mut self) -> Vec<Value> {
        let text = |output| match output {
            Output::Send(text) => serde_json::from_str::<Value>(&text).ok(),
            Output::Connect | Output::Disconnect => None,
        };
        let messages = self.outputs().into_iter().filter_map(text);
        messages
            .filter(|message| message.get("ping").is_none() && message.get("presence").is_none())
            .collect()
    }

    fn wait(&mut self, span: Span) -> Vec<Output> {
        self.now += span;
        self.replica.handle(Input::Tick, self.now);
        self.outputs()
    }

    fn shown(&self) -> u8 {
        self.replica.document().swing.get()
    }

    fn confirmed(&self) -> u8 {
        self.replica.confirmed().swing.get()
    }
}

fn numbers(messages: &[Value]) -> Vec<u64> {
    messages
        .iter()
        .filter_map(|message| message.pointer("/edit/number")?.as_u64())
        .collect()
}
