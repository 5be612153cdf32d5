//! The network thread: a thin shell that moves text between the replica and its socket, host
//! edges into edits, and what changed to the editor, the audio thread and the saved state.

mod address;
mod conductor;
mod leading;
mod recorder;
mod socket;

pub(crate) use address::Address;
pub(crate) use conductor::session_beat;

use crate::bridge::NetworkEnds;
use crate::clock::LocalClock;
use crate::guide::{Guide, Whom};
use crate::macros::{MacroTarget, MacroTargets};
use crate::params::LockstepParams;
use crate::state::{Generation, SavedState};
use crate::view::{Follows, View};
use leading::Leading;
use lockstep_session::document::mixer::Colour;
use lockstep_session::edit::Edit;
use lockstep_session::ids::{Run, Token};
use lockstep_session::names;
use lockstep_session::protocol::{self, Kind, Presence, Profile};
use lockstep_session::replica::{Event, Identity, Input, Output, Replica, Saved};
use lockstep_session::units::{LocalTime, Span};
use recorder::Recorder;
use socket::{Socket, SocketEvent};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::task::JoinHandle as JoinTask;

/// What the editor asks for.
#[derive(Clone, Debug)]
pub(crate) enum Command {
    /// Makes a session on the server of the settings and joins it: of a template, or with what is
    /// here now.
    NewSession(Beginning),
    /// A link or a code, as it was pasted.
    Join(String),
    Leave,
    Edit(Edit),
    Undo,
    Redo,
    Presence(Presence),
    /// Asks everyone to look at the same place.
    Gather(protocol::View),
    Profile(Profile),
    /// Where new sessions are made.
    ServerAddress(String),
    OutputOffset(i16),
    /// Runs the session server inside this process, or ends it.
    StartServer,
    StopServer,
    ForgetRecent(String),
    Macro(usize, Option<MacroTarget>),
    /// Makes an audio file a sample of the session.
    AddSample(PathBuf),
    /// Begins and ends a recording of the plugin's input, which becomes a sample.
    RecordInput(bool),
    Export(Export),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Beginning {
    Template(String),
    Here,
}

/// A file or a folder made of the session, from its first beat on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Export {
    pub(crate) kind: ExportKind,
    pub(crate) bars: u16,
    /// A folder.
    pub(crate) into: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExportKind {
    Midi,
    Mix,
    Stems,
    Document,
}

/// While live, how often the host's edges are looked for. The audio thread cannot wake anyone.
const HOST_EVERY: Span = Span::from_millis(5);
/// Offline edits without any session are folded into the document once there are this many.
const FOLD_AT: usize = 256;
/// How long a name look-up under way may keep a closing project waiting.
const ENDS_WITHIN: Duration = Duration::from_secs(1);
const FAREWELL_WITHIN: Duration = Duration::from_millis(200);

/// Runs until the plugin closes it.
pub(crate) fn spawn(
    ends: NetworkEnds,
    clock: LocalClock,
    params: Arc<LockstepParams>,
) -> std::io::Result<JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    std::thread::Builder::new()
        .name("lockstep-network".to_owned())
        .spawn(move || {
            runtime.block_on(Network::new(ends, clock, params).run());
            runtime.shutdown_timeout(ENDS_WITHIN);
        })
}

struct Network {
    ends: NetworkEnds,
    clock: LocalClock,
    params: Arc<LockstepParams>,
    generation: Generation,
    token: Token,
    replica: Replica,
    address: Option<Address>,
    socket: Option<Socket>,
    /// A connection that is still saying goodbye.
    leaving: Option<JoinTask<()>>,
    leading: Leading,
    recorder: Recorder,
    notice: Option<String>,
    macros: MacroTargets,
    changed: bool,
}

impl Network {
    fn new(ends: NetworkEnds, clock: LocalClock, params: Arc<LockstepParams>) -> Self {
        let (generation, state) = ends.session.current();
        let token = state.token.unwrap_or_else(fresh_token);
        let mut network = Self {
            ends,
            clock,
            params,
            generation,
            token,
            replica: Replica::new(identity(token), random()),
            address: None,
            socket: None,
            leaving: None,
            leading: Leading::default(),
            recorder: Recorder::default(),
            notice: None,
            macros: MacroTargets::default(),
            changed: true,
        };
        network.take_up(state);
        network
    }

    async fn run(mut self) {
        while !self.ends.is_closing() {
            self.turn();
            let wait = self.wait();
            let notified = self.ends.wake.notified();
            let event = tokio::select! {
                () = notified => None,
                () = tokio::time::sleep(wait) => None,
                event = next(&mut self.socket) => Some(event),
            };
            if let Some(event) = event {
                self.hear(event);
            }
        }
        self.replica.leave();
        self.send();
        if let Some(leaving) = self.leaving.take() {
            // The others should see us go; a server that does not answer sees it soon enough.
            let _it_was_heard = tokio::time::timeout(FAREWELL_WITHIN, leaving).await;
        }
    }

    /// Everything that can be done now.
    fn turn(&mut self) {
        let (generation, state) = self.ends.session.current();
        if generation != self.generation {
            self.generation = generation;
            self.take_up(state);
        }
        while let Ok(command) = self.ends.commands.try_recv() {
            self.obey(command);
        }
        self.follow_host();
        self.replica.handle(Input::Tick, self.clock.now());
        self.send();
        self.notice_events();
        if std::mem::take(&mut self.changed) {
            self.publish();
        }
    }

    /// Continues from what a project holds.
    fn take_up(&mut self, state: SavedState) {
        self.token = state.token.unwrap_or(self.token);
        self.macros = state.macros;
        self.replica.leave();
        self.send();
        self.replica = Replica::restored(identity(self.token), random(), state.saved());
        self.address = state.link.and_then(|link| Address::parse(&link).ok());
        if self.address.is_some() {
            self.connect();
        }
        self.changed = true;
    }

    fn connect(&mut self) {
        self.leading.disconnected();
        self.replica.connect(self.clock.now());
        self.changed = true;
    }

    fn obey(&mut self, command: Command) {
        let now = self.clock.now();
        self.notice = None;
        self.changed = true;
        match command {
            Command::Join(pasted) => match Address::parse(&pasted) {
                Ok(address) => {
                    self.replica.leave();
                    self.send();
                    self.replica = Replica::new(identity(self.token), random());
                    self.address = Some(address);
                    self.connect();
                }
                Err(error) => self.notice = Some(error.to_string()),
            },
            Command::Leave => {
                self.replica.leave();
                self.send();
                self.address = None;
                self.fold();
            }
            Command::Edit(edit) => {
                if let Err(rejection) = self.replica.edit(edit, now) {
                    self.notice = Some(rejection.reason().into_owned());
                }
                if self.address.is_none() && self.replica.unsaved() > FOLD_AT {
                    self.fold();
                }
            }
            Command::Undo => {
                self.replica.undo(now);
            }
            Command::Redo => {
                self.replica.redo(now);
            }
            Command::Presence(presence) => self.replica.set_presence(presence, now),
            Command::Gather(view) => self.replica.gather(view),
            Command::Macro(number, target) => {
                if let Some(place) = self.macros.get_mut(number) {
                    *place = target;
                }
            }
            other => self.notice = Some(format!("{other:?} is not there yet")),
        }
    }

    /// Without a session nobody orders our edits: what is shown becomes what is.
    fn fold(&mut self) {
        let document = self.replica.document().clone();
        let saved = Saved {
            document,
            position: None,
            pending: Vec::new(),
        };
        self.replica = Replica::restored(identity(self.token), random(), saved);
    }

    fn hear(&mut self, event: SocketEvent) {
        let now = self.clock.now();
        match event {
            SocketEvent::Open => self.replica.handle(Input::Connected, now),
            SocketEvent::Text(text) => self.replica.handle(Input::Text(&text), now),
            SocketEvent::Closed => {
                self.socket = None;
                self.replica.handle(Input::Disconnected, now);
            }
        }
    }

    fn send(&mut self) {
        while let Some(output) = self.replica.poll_output() {
            match output {
                Output::Connect => {
                    self.socket = self.address.as_ref().map(|at| Socket::open(at.socket()));
                }
                Output::Send(text) => {
                    let taken = self.socket.as_ref().is_some_and(|socket| socket.send(text));
                    if !taken && self.socket.take().is_some() {
                        self.replica.handle(Input::Disconnected, self.clock.now());
                    }
                }
                Output::Disconnect => self.leaving = self.socket.take().map(Socket::finish),
            }
        }
    }

    fn notice_events(&mut self) {
        while let Some(event) = self.replica.poll_event() {
            self.changed = true;
            match event {
                Event::Refused { reason, .. } | Event::Trouble { reason, .. } => {
                    self.notice = Some(reason.into_owned());
                }
                Event::Document(_) | Event::Players | Event::Link | Event::Gather { .. } => {}
            }
        }
    }

    /// Makes the session follow the host, or the grid the session.
    fn follow_host(&mut self) {
        let now = self.clock.now();
        let edges: Vec<_> = std::iter::from_fn(|| self.ends.edge()).collect();
        let host = self.ends.position();
        if !self.replica.is_live() {
            self.leading.disconnected();
        }
        let mode = self.params.sync.value();
        let before = self.leading.follows();
        let edits = self
            .leading
            .turn(&self.replica, host, &edges, mode, true, now);
        for edit in edits {
            self.edit(edit, now);
        }
        self.changed |= self.leading.follows() != before;
        let is_playing = match self.leading.follows() {
            Whom::Host => host.rolling,
            Whom::Session => self.replica.timeline(now).playing,
        };
        if self.replica.is_live() && self.replica.presence().playing != is_playing {
            let presence = Presence {
                playing: is_playing,
                ..self.replica.presence().clone()
            };
            self.replica.set_presence(presence, now);
        }
        self.ends.guide(Guide {
            follows: self.leading.follows(),
            leads: self.replica.document().lead == Some(self.replica.player()),
            timeline: self.replica.timeline(now),
            clock: self.replica.server_time(now).map(|server| (now, server)),
            output_offset: 0,
        });
        self.record(now);
    }

    fn record(&mut self, now: LocalTime) {
        let controls = self.params.controls.settings();
        while let Some(played) = self.ends.played() {
            let document = self.replica.document();
            if let Some(edit) = self.recorder.hear(&played, document, controls) {
                self.edit(edit, now);
            }
        }
    }

    fn edit(&mut self, edit: Edit, now: LocalTime) {
        if let Err(rejection) = self.replica.edit(edit, now) {
            self.notice = Some(rejection.reason().into_owned());
        }
        self.changed = true;
    }

    fn publish(&mut self) {
        let link = self.address.as_ref().map(Address::page);
        let state = SavedState::new(link, self.token, self.replica.save(), self.macros);
        self.ends
            .session
            .replace(self.generation, state, self.replica.document());
        let mut view = View::of(&self.replica, self.address.as_ref(), self.notice.as_deref());
        view.macros = self.macros;
        view.follows = match self.leading.follows() {
            Whom::Host => Follows::Host,
            Whom::Session => Follows::Session,
        };
        self.ends.show(view);
    }

    fn wait(&self) -> Duration {
        let now = self.clock.now();
        let host = self.replica.is_live().then(|| now + HOST_EVERY);
        let next = [self.replica.deadline(), host].into_iter().flatten().min();
        // Without a session there is nothing to wait for but the editor and the host's project.
        let wait = next.map_or(Span::from_seconds(60), |at| at - now);
        Duration::from_micros(u64::try_from(wait.as_micros()).unwrap_or(0))
    }
}

/// Never comes while there is no socket.
async fn next(socket: &mut Option<Socket>) -> SocketEvent {
    match socket {
        Some(socket) => socket.next().await,
        None => std::future::pending().await,
    }
}

fn identity(token: Token) -> Identity {
    let player = token.player();
    let dice = player
        .hex()
        .bytes()
        .fold(0, |sum, digit| sum + i64::from(digit));
    let colour = Colour::new(dice % 9);
    let profile = Profile {
        name: names::for_player(player),
        colour,
        kind: Kind::Daw,
    };
    Identity {
        token,
        run: Run(random()),
        profile,
    }
}

fn fresh_token() -> Token {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("every system we run on has randomness");
    Token::from_bytes(bytes)
}

fn random() -> u32 {
    getrandom::u32().expect("every system we run on has randomness")
}
