//! A player's side of a session: applies their edits at once, keeps them until the server has
//! stored them, and rebases them on what the server orders. A state machine; the plugin's
//! network thread, the browser page and the simulated world around it move text.

mod editing;
mod hearing;
mod history;
mod link;
mod pending;

use crate::clock::Clock;
use crate::document::timeline::Timeline;
use crate::document::{Document, Mode};
use crate::edit::Edit;
use crate::ids::{EditNumber, PlayerId, Run, Token};
use crate::limits;
use crate::protocol::{
    ClientMessage, Hello, Kind, Player, Position, Presence, Profile, Role, View, encode,
};
use crate::units::{LocalTime, ServerTime, Span};
use history::History;
pub use history::Reach;
use pending::Queue;
use serde::{Deserialize, Serialize};
use std::{
    borrow::Cow,
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

pub use link::Link;
use link::Reconnect;

/// Who joins. The token stays the same for a player, the run is drawn anew for every replica.
#[derive(Clone, Debug)]
pub struct Identity {
    pub token: Token,
    pub run: Run,
    pub profile: Profile,
}

#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// The socket asked for is open.
    Connected,
    Text(&'a str),
    /// The socket could not be opened, or is closed.
    Disconnected,
    /// The deadline has come.
    Tick,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Open a socket; say `Connected` or `Disconnected`.
    Connect,
    Send(String),
    /// Close the socket; nothing need be said.
    Disconnect,
}

/// What a view may want to redraw.
#[derive(Clone, Debug)]
pub enum Event {
    Document(Change),
    Players,
    Link,
    /// One of this player's edits was not taken; the document is without it.
    Refused {
        number: EditNumber,
        code: Cow<'static, str>,
        reason: Cow<'static, str>,
    },
    /// Someone asks everyone to look here.
    Gather {
        by: PlayerId,
        view: View,
    },
    /// The server took offence at something this replica said.
    Trouble {
        code: Cow<'static, str>,
        reason: Cow<'static, str>,
    },
}

#[derive(Clone, Debug)]
pub enum Change {
    Whole,
    Edit { by: PlayerId, edit: Arc<Edit> },
}

/// What a project keeps of a replica, to play and to rejoin later.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    pub document: Document,
    pub position: Option<Position>,
    pub pending: Vec<Edit>,
}

/// Deliberate bugs, to prove that the simulated world would notice them.
#[cfg(feature = "faults")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    #[default]
    None,
    /// Forgets to lay pending edits over what the server ordered.
    DropRebase,
    /// Applies the server's echo of its own edit a second time.
    ApplyEchoTwice,
}

#[derive(Debug)]
pub struct Replica {
    identity: Identity,
    player: PlayerId,
    role: Option<Role>,
    /// The server cannot store changes; edits wait until it can.
    read_only: bool,
    link: Link,
    reconnect: Reconnect,
    /// What the server has ordered.
    confirmed: Document,
    /// That, with this player's pending edits on top.
    shown: Document,
    position: Option<Position>,
    queue: Queue,
    history: History,
    clock: Clock,
    players: BTreeMap<PlayerId, Player>,
    presence: Presence,
    presence_told: Option<LocalTime>,
    presence_changed: bool,
    /// How many hellos this run has said.
    attempts: u32,
    heard: LocalTime,
    grace: Option<Grace>,
    outputs: VecDeque<Output>,
    events: VecDeque<Event>,
    #[cfg(feature = "faults")]
    fault: Fault,
}

/// After a transport action of this player's own the network does not override it for a second.
#[derive(Clone, Copy, Debug)]
struct Grace {
    until: LocalTime,
    timeline: Timeline,
}

const GRACE: Span = Span::from_seconds(1);
/// Pings are answered every second or so: this long without a word, and the link is dead.
const SILENCE: Span = Span::from_seconds(6);
const QUALITY_EVERY: Span = Span::from_seconds(2);

impl Replica {
    /// `seed` spreads reconnects, so that many replicas do not come back at once.
    pub fn new(identity: Identity, seed: u32) -> Self {
        Self {
            player: identity.token.player(),
            identity,
            role: None,
            read_only: false,
            link: Link::Off,
            reconnect: Reconnect::new(seed),
            confirmed: Document::default(),
            shown: Document::default(),
            position: None,
            queue: Queue::default(),
            history: History::default(),
            clock: Clock::new(),
            players: BTreeMap::new(),
            presence: Presence::default(),
            presence_told: None,
            presence_changed: false,
            attempts: 0,
            heard: LocalTime::ZERO,
            grace: None,
            outputs: VecDeque::new(),
            events: VecDeque::new(),
            #[cfg(feature = "faults")]
            fault: Fault::None,
        }
    }

    /// Takes up what a project kept. The edits that were pending then are this run's first.
    pub fn restored(identity: Identity, seed: u32, saved: Saved) -> Self {
        let mut replica = Self::new(identity, seed);
        replica.confirmed = saved.document;
        replica.position = saved.position;
        for edit in saved.pending {
            replica.queue.push(edit);
        }
        replica.rebase();
        replica
    }

    /// Ends what there was of a session: nobody orders this player's edits any more, so what is shown
    /// becomes what is, open and led by nobody. What they did before can still be undone.
    pub fn settle_alone(&mut self) {
        self.queue.clear();
        self.shown.lead = None;
        self.shown.mode = Mode::Open;
        self.confirmed = self.shown.clone();
        self.position = None;
        self.role = None;
        self.read_only = false;
        self.grace = None;
        self.events.push_back(Event::Document(Change::Whole));
    }

    pub fn save(&self) -> Saved {
        let pending = self
            .queue
            .unordered()
            .map(|pending| (*pending.edit).clone())
            .collect();
        Saved {
            document: self.confirmed.clone(),
            position: self.position,
            pending,
        }
    }

    /// What this player sees and hears: the server's order with their own pending edits on top.
    pub fn document(&self) -> &Document {
        &self.shown
    }

    /// What the server has ordered, without pending edits.
    pub fn confirmed(&self) -> &Document {
        &self.confirmed
    }

    pub fn position(&self) -> Option<Position> {
        self.position
    }

    pub fn player(&self) -> PlayerId {
        self.player
    }

    pub fn role(&self) -> Option<Role> {
        self.role
    }

    pub fn link(&self) -> &Link {
        &self.link
    }

    /// Whether the server has said that it cannot store changes at the moment. What this player
    /// does meanwhile is kept here, and sent when it can.
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    pub fn is_live(&self) -> bool {
        matches!(self.link, Link::Live { .. })
    }

    pub fn players(&self) -> impl Iterator<Item = &Player> {
        self.players.values()
    }

    pub fn presence(&self) -> &Presence {
        &self.presence
    }

    /// Edits that the server has not yet said are stored.
    pub fn unsaved(&self) -> usize {
        self.queue.len()
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The shared clock; before the first pings are answered there is none.
    pub fn server_time(&self, now: LocalTime) -> Option<ServerTime> {
        self.clock.server_time(now)
    }

    /// The transport as this player is to follow it.
    pub fn timeline(&self, now: LocalTime) -> Timeline {
        self.grace
            .filter(|grace| now < grace.until)
            .map_or(self.shown.timeline, |grace| grace.timeline)
    }

    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    pub fn deadline(&self) -> Option<LocalTime> {
        match self.link {
            Link::Off | Link::Refused { .. } => None,
            Link::Waiting { retry_at } => Some(retry_at),
            Link::Opening { since } | Link::Joining { since } => Some(since + link::PATIENCE),
            Link::Live { .. } => {
                let presence = self.presence_changed.then(|| self.presence_due());
                let times = [
                    Some(self.heard + SILENCE),
                    Some(self.clock.next_ping()),
                    self.queue.deadline().filter(|_| !self.read_only),
                    presence,
                ];
                times.into_iter().flatten().min()
            }
        }
    }

    /// Joins, or joins again after a refusal.
    pub fn connect(&mut self, now: LocalTime) {
        if matches!(
            self.link,
            Link::Off | Link::Refused { .. } | Link::Waiting { .. }
        ) {
            self.outputs.push_back(Output::Connect);
            self.set_link(Link::Opening { since: now });
        }
    }

    pub fn leave(&mut self) {
        if self.is_live() {
            self.say(&ClientMessage::Leave {});
        }
        if !matches!(self.link, Link::Off) {
            self.outputs.push_back(Output::Disconnect);
            self.set_link(Link::Off);
        }
        self.players.clear();
        self.events.push_back(Event::Players);
    }

    pub fn profile(&self) -> &Profile {
        &self.identity.profile
    }

    pub fn set_profile(&mut self, profile: Profile) {
        if self.is_live() {
            self.say(&ClientMessage::Profile(profile.clone()));
        }
        self.identity.profile = profile;
    }

    pub fn set_presence(&mut self, presence: Presence, now: LocalTime) {
        let presence = Presence {
            quality: self.presence.quality,
            ..presence
        };
        self.presence_changed |= presence != self.presence;
        self.presence = presence;
        self.tell_presence(now);
    }

    pub fn gather(&mut self, view: View) {
        if self.is_live() {
            self.say(&ClientMessage::Gather { view });
        }
    }

    pub fn handle(&mut self, input: Input<'_>, now: LocalTime) {
        match input {
            Input::Connected => self.say_hello(now),
            Input::Text(text) => self.handle_text(text, now),
            Input::Disconnected => self.lost(now),
            Input::Tick => {}
        }
        self.keep_time(now);
    }

    fn keep_time(&mut self, now: LocalTime) {
        match self.link {
            Link::Waiting { retry_at } if retry_at <= now => self.connect(now),
            Link::Opening { since } | Link::Joining { since } if now - since >= link::PATIENCE => {
                self.drop_link(now)
            }
            Link::Live { .. } if now - self.heard >= SILENCE => self.drop_link(now),
            Link::Live { .. } => {
                if self.clock.next_ping() <= now {
                    self.clock.handle_ping_sent(now);
                    self.say(&ClientMessage::Ping {
                        sent: now.as_micros(),
                    });
                }
                self.tell_presence(now);
                self.send_pending(now);
            }
            _ => {}
        }
    }

    fn say_hello(&mut self, now: LocalTime) {
        if !matches!(self.link, Link::Opening { .. }) {
            return;
        }
        self.attempts += 1;
        let hello = Hello {
            token: self.identity.token,
            run: self.identity.run,
            profile: self.identity.profile.clone(),
            resume: self.position,
            unsettled: self.queue.range(),
            attempt: self.attempts,
        };
        self.say(&ClientMessage::Hello(Box::new(hello)));
        self.heard = now;
        self.set_link(Link::Joining { since: now });
    }

    fn lost(&mut self, now: LocalTime) {
        let was_connected = matches!(
            self.link,
            Link::Opening { .. } | Link::Joining { .. } | Link::Live { .. }
        );
        if was_connected {
            self.players.clear();
            self.events.push_back(Event::Players);
            let next = self.reconnect.after_loss(&self.link, now);
            self.set_link(next);
        }
    }

    fn drop_link(&mut self, now: LocalTime) {
        self.outputs.push_back(Output::Disconnect);
        self.lost(now);
    }

    fn presence_due(&self) -> LocalTime {
        self.presence_told
            .map_or(LocalTime::ZERO, |told| told + limits::PRESENCE_EVERY)
    }

    fn tell_presence(&mut self, now: LocalTime) {
        if self.is_live() && self.presence_changed && self.presence_due() <= now {
            self.presence_changed = false;
            self.presence_told = Some(now);
            self.say(&ClientMessage::Presence(self.presence.clone()));
        }
    }

    fn say(&mut self, message: &ClientMessage<'_>) {
        self.outputs.push_back(Output::Send(encode(message)));
    }

    fn set_link(&mut self, link: Link) {
        self.link = link;
        self.events.push_back(Event::Link);
    }

    #[cfg(feature = "faults")]
    pub fn set_fault(&mut self, fault: Fault) {
        self.fault = fault;
    }

    /// Whether this replica runs inside a workstation.
    pub fn is_daw(&self) -> bool {
        self.identity.profile.kind == Kind::Daw
    }
}

#[cfg(test)]
mod tests;
