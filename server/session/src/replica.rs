//! A player's side of a session: applies their edits at once, keeps them until the server has
//! stored them, and rebases them on what the server orders. A state machine; the plugin's
//! network thread, the browser page and the simulated world around it move text.

mod history;
mod link;
mod pending;

use crate::clock::{Clock, Exchange};
use crate::document::Document;
use crate::document::timeline::Timeline;
use crate::edit::{Edit, Moment};
use crate::ids::{EditNumber, PlayerId, Revision, Run, Token};
use crate::limits;
use crate::protocol::{
    ClientMessage, Hello, Kind, Ordered, Player, Position, Presence, Profile, Quality, Rejection, Role, RoundTrip,
    ServerMessage, Unreadable, View, Welcome, encode,
};
use crate::units::{LocalTime, ServerTime, Span};
use history::History;
use pending::{Pending, Queue};
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

    pub fn save(&self) -> Saved {
        let pending = self.queue.unordered().map(|pending| (*pending.edit).clone()).collect();
        Saved { document: self.confirmed.clone(), position: self.position, pending }
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

    pub fn clock_mut(&mut self) -> &mut Clock {
        &mut self.clock
    }

    /// The shared clock; before the first pings are answered there is none.
    pub fn server_time(&self, now: LocalTime) -> Option<ServerTime> {
        self.clock.server_time(now)
    }

    /// The transport as this player is to follow it.
    pub fn timeline(&self, now: LocalTime) -> Timeline {
        self.grace.filter(|grace| now < grace.until).map_or(self.shown.timeline, |grace| grace.timeline)
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
                let times = [Some(self.heard + SILENCE), Some(self.clock.next_ping()), self.queue.deadline(), presence];
                times.into_iter().flatten().min()
            }
        }
    }

    /// Joins, or joins again after a refusal.
    pub fn connect(&mut self, now: LocalTime) {
        if matches!(self.link, Link::Off | Link::Refused { .. } | Link::Waiting { .. }) {
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

    pub fn set_profile(&mut self, profile: Profile) {
        if self.is_live() {
            self.say(&ClientMessage::Profile(profile.clone()));
        }
        self.identity.profile = profile;
    }

    pub fn set_presence(&mut self, presence: Presence, now: LocalTime) {
        let presence = Presence { quality: self.presence.quality, ..presence };
        self.presence_changed |= presence != self.presence;
        self.presence = presence;
        self.tell_presence(now);
    }

    pub fn gather(&mut self, view: View) {
        if self.is_live() {
            self.say(&ClientMessage::Gather { view });
        }
    }

    /// Makes an edit: it shows at once, and goes to the server when it can.
    pub fn edit(&mut self, edit: Edit, now: LocalTime) -> Result<EditNumber, Rejection> {
        let regions = edit.regions(&self.shown);
        let before: Vec<_> = regions.iter().map(|region| region.capture(&self.shown)).collect();
        let number = self.admit(edit, now)?;
        let after: Vec<_> = regions.iter().map(|region| region.capture(&self.shown)).collect();
        self.history.record(number, regions, before, after);
        Ok(number)
    }

    /// Takes back this player's last edit, but for what someone else has changed since.
    pub fn undo(&mut self, now: LocalTime) -> bool {
        self.travel(History::take_undo, History::put_redo, now)
    }

    pub fn redo(&mut self, now: LocalTime) -> bool {
        self.travel(History::take_redo, History::put_undo, now)
    }

    fn travel(
        &mut self,
        take: fn(&mut History) -> Option<history::Step>,
        put: fn(&mut History, history::Step),
        now: LocalTime,
    ) -> bool {
        while let Some(step) = take(&mut self.history) {
            let edits = step.restoring(&self.shown);
            let reverse = step.reversed();
            let mut taken = Vec::new();
            for edit in edits {
                taken.extend(self.admit(edit, now).ok());
            }
            if let Some(&last) = taken.last() {
                put(&mut self.history, reverse.numbered(last));
                return true;
            }
        }
        false
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
            Link::Opening { since } | Link::Joining { since } if now - since >= link::PATIENCE => self.drop_link(now),
            Link::Live { .. } if now - self.heard >= SILENCE => self.drop_link(now),
            Link::Live { .. } => {
                if self.clock.next_ping() <= now {
                    self.clock.handle_ping_sent(now);
                    self.say(&ClientMessage::Ping { sent: now.as_micros() });
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
        let hello = Hello {
            token: self.identity.token,
            run: self.identity.run,
            profile: self.identity.profile.clone(),
            resume: self.position,
            unsettled: self.queue.range(),
        };
        self.say(&ClientMessage::Hello(Box::new(hello)));
        self.heard = now;
        self.set_link(Link::Joining { since: now });
    }

    fn lost(&mut self, now: LocalTime) {
        let was_connected = matches!(self.link, Link::Opening { .. } | Link::Joining { .. } | Link::Live { .. });
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

    fn handle_text(&mut self, text: &str, now: LocalTime) {
        if !matches!(self.link, Link::Joining { .. } | Link::Live { .. }) {
            return;
        }
        self.heard = now;
        let message = match ServerMessage::decode(text) {
            Ok(message) => message,
            Err(Unreadable::UnknownKind(_)) => return,
            // An edit or a document this version cannot read: going on would mean to diverge.
            Err(Unreadable::Malformed(detail)) => return self.refuse_link("too-old".into(), detail.into()),
        };
        match message {
            ServerMessage::Welcome(welcome) => self.welcome(*welcome, now),
            ServerMessage::Edit(ordered) => self.follow(&ordered, now),
            ServerMessage::Accepted { epoch, revision, number } => {
                if self.position.is_some_and(|position| position.epoch == epoch) {
                    self.stored(number, revision);
                }
            }
            ServerMessage::Rejected { number, code, reason } => {
                if self.queue.remove(number) {
                    self.history.forget(number);
                    self.grace = None;
                    self.rebase();
                    self.events.push_back(Event::Refused { number, code, reason });
                    self.events.push_back(Event::Document(Change::Whole));
                }
            }
            ServerMessage::Joined(player) => {
                self.players.insert(player.id, *player);
                self.events.push_back(Event::Players);
            }
            ServerMessage::Left { player } => {
                self.players.remove(&player);
                self.events.push_back(Event::Players);
            }
            ServerMessage::Presence { player, presence } => {
                if let Some(player) = self.players.get_mut(&player) {
                    player.presence = presence;
                    self.events.push_back(Event::Players);
                }
            }
            ServerMessage::Gather { by, view } => self.events.push_back(Event::Gather { by, view }),
            ServerMessage::Pong { sent, received, answered } => self.measure(sent, received, answered, now),
            ServerMessage::Clock { .. } => {}
            ServerMessage::Error { code, reason } => self.events.push_back(Event::Trouble { code, reason }),
            ServerMessage::Goodbye { code, reason, retry_ms } => match retry_ms {
                Some(retry_ms) => self.reconnect.not_before(now + Span::from_millis(i64::from(retry_ms))),
                None => {
                    let code = serde_json::to_value(code).ok().and_then(|code| code.as_str().map(str::to_owned));
                    self.refuse_link(code.unwrap_or_default().into(), reason);
                }
            },
        }
    }

    fn refuse_link(&mut self, code: Cow<'static, str>, reason: Cow<'static, str>) {
        self.outputs.push_back(Output::Disconnect);
        self.players.clear();
        self.events.push_back(Event::Players);
        self.set_link(Link::Refused { code, reason });
    }

    /// Where the session stands: after joining, and again after this reader fell behind.
    fn welcome(&mut self, welcome: Welcome, now: LocalTime) {
        let joined = matches!(self.link, Link::Joining { .. });
        let came_back = self.position.is_some_and(|position| position.epoch != welcome.epoch);
        match welcome.document {
            Some(document) => self.confirmed = Arc::unwrap_or_clone(document),
            None if self.position.is_none_or(|position| position.revision != welcome.revision) => {
                return self.start_over(now);
            }
            None => {}
        }
        self.position = Some(Position { epoch: welcome.epoch, revision: welcome.revision });
        self.role = Some(welcome.role);
        self.queue.settle(&welcome.settled, welcome.revision, welcome.durable, came_back);
        self.players = welcome.players.into_iter().map(|player| (player.id, player)).collect();
        self.rebase();
        if joined {
            self.clock.restart();
            self.presence_changed = true;
            self.set_link(Link::Live { since: now });
        }
        self.queue.resend();
        self.events.extend([Event::Players, Event::Document(Change::Whole)]);
        self.send_pending(now);
    }

    /// Takes an ordered edit in its place.
    fn follow(&mut self, ordered: &Ordered, now: LocalTime) {
        let Some(position) = self.position else { return };
        if ordered.epoch == position.epoch && ordered.revision <= position.revision {
            return;
        }
        let fits = ordered.epoch == position.epoch && ordered.revision == position.revision.next();
        if !fits || self.confirmed.apply(&ordered.edit, ordered.by).is_err() {
            return self.start_over(now);
        }
        #[cfg(feature = "faults")]
        if self.fault == Fault::ApplyEchoTwice && ordered.by == self.player {
            let _ = self.confirmed.apply(&ordered.edit, ordered.by);
        }
        self.position = Some(Position { revision: ordered.revision, ..position });
        if ordered.by == self.player && ordered.run == self.identity.run {
            self.queue.ordered(ordered.number);
        }
        self.rebase();
        let edit = Arc::new(ordered.edit.clone());
        self.events.push_back(Event::Document(Change::Edit { by: ordered.by, edit }));
    }

    /// This replica and the server disagree: ask for everything.
    fn start_over(&mut self, now: LocalTime) {
        self.position = None;
        self.queue.unorder();
        self.drop_link(now);
    }

    fn stored(&mut self, number: EditNumber, revision: Revision) {
        let applied = self.position.is_some_and(|position| revision <= position.revision);
        if self.queue.stored(number, applied) {
            self.rebase();
        }
    }

    fn rebase(&mut self) {
        #[cfg(feature = "faults")]
        if self.fault == Fault::DropRebase {
            self.shown = self.confirmed.clone();
            return;
        }
        self.shown = self.confirmed.clone();
        for pending in self.queue.unordered() {
            // One that no longer fits, since its track is gone, shows nothing; the server says why.
            let _ = self.shown.apply(&pending.edit, self.player);
        }
    }

    fn admit(&mut self, edit: Edit, now: LocalTime) -> Result<EditNumber, Rejection> {
        if self.role == Some(Role::Listener) {
            return Err(Rejection::Listener);
        }
        if self.queue.len() >= limits::PENDING {
            return Err(Rejection::TooManyPending);
        }
        // Without the shared clock the server names the moment; until then this machine's will do.
        let present = self.server_time(now).unwrap_or(ServerTime::from_micros(now.as_micros()));
        let edit = edit.resolved(&self.shown, Moment { now: present, notice: limits::NOTICE });
        if encode(&edit).len() > limits::CLIENT_MESSAGE - 256 {
            return Err(Rejection::TooLarge);
        }
        self.shown.apply(&edit, self.player).map_err(Rejection::Conflict)?;
        if edit.moves_transport() {
            self.grace = Some(Grace { until: now + GRACE, timeline: self.shown.timeline });
        }
        let change = Change::Edit { by: self.player, edit: Arc::new(edit.clone()) };
        let number = self.queue.push(edit);
        self.events.push_back(Event::Document(change));
        self.send_pending(now);
        Ok(number)
    }

    fn send_pending(&mut self, now: LocalTime) {
        if !self.is_live() {
            return;
        }
        while let Some(Pending { number, edit, .. }) = self.queue.next_to_send(now) {
            let raw = serde_json::value::to_raw_value(&**edit).expect("an edit can be written");
            let text = encode(&ClientMessage::Edit { number: *number, edit: Cow::Owned(raw) });
            self.outputs.push_back(Output::Send(text));
        }
    }

    fn measure(&mut self, sent: i64, received: ServerTime, answered: ServerTime, now: LocalTime) {
        let sent = LocalTime::from_micros(sent);
        let exchange = Exchange { sent, server_received: received, server_sent: answered, received: now };
        self.clock.handle_pong(exchange, now);
        if !self.shown.timeline.playing {
            // Nothing sounds, so nothing can sound twice.
            self.clock.allow_step(now);
        }
        let Some(quality) = self.clock.quality() else { return };
        let measured = Quality {
            round_trip_ms: RoundTrip::new(quality.round_trip.as_micros() / 1_000),
            clock_error_us: crate::protocol::ClockError::new(quality.error.as_micros()),
        };
        let rested = self.presence_told.is_none_or(|told| now - told >= QUALITY_EVERY);
        if rested && measured != self.presence.quality {
            self.presence.quality = measured;
            self.presence_changed = true;
        }
    }

    fn presence_due(&self) -> LocalTime {
        self.presence_told.map_or(LocalTime::ZERO, |told| told + limits::PRESENCE_EVERY)
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
