//! The network thread: a thin shell that moves text between the replica and its socket, host
//! edges into edits, and what changed to the editor, the audio thread and the saved state.

mod address;
mod audition;
mod browsing;
mod commands;
mod conductor;
mod connector;
mod export;
mod flashes;
mod following;
mod http;
mod jobs;
mod leading;
mod membership;
mod samples;
mod showing;
mod socket;
mod take;
#[cfg(test)]
mod tests;
mod trouble;
mod uploads;

pub(crate) use address::{Address, ServerAddress};
pub(crate) use commands::{Beginning, Command, Export, ExportKind};
pub(crate) use conductor::session_beat;

use crate::bridge::NetworkEnds;
use crate::clock::LocalClock;
use crate::controls::Recording;
use crate::house::{Heard, Instance, Seat};
use crate::macros::MacroTargets;
use crate::params::LockstepParams;
use crate::state::{Generation, SavedState};
use crate::view::ExportView;
use audition::Audition;
use browsing::Browsing;
use commands::{Creation, CreationNumber};
use connector::Connector;
use flashes::Flashes;
use http::Http;
use jobs::{Jobs, Outcome};
use leading::Leading;
use lockstep_session::edit::Edit;
use lockstep_session::ids::{Run, Token};
use lockstep_session::recorder::Recorder;
use lockstep_session::replica::{Change, Event, Identity, Input, Replica};
use lockstep_session::units::{LocalTime, Span};
use samples::Samples;
use showing::{Notice, Standing};
use socket::{Socket, SocketEvent};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use take::Take;
use tokio::task::JoinHandle as JoinTask;
use trouble::Trouble;
use uploads::Uploads;

/// While live, how often the host's edges are looked for. The audio thread cannot wake anyone.
const HOST_EVERY: Span = Span::from_millis(5);
/// The same while the host stands still: its start is told with its own time, so that a little later
/// is as good.
const RESTING_HOST_EVERY: Span = Span::from_millis(20);
/// How often something that goes on by itself is shown anew.
const SHOWN_EVERY: Span = Span::from_millis(100);
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
    spawn_with(ends, clock, params, Connector::default())
}

fn spawn_with(
    ends: NetworkEnds,
    clock: LocalClock,
    params: Arc<LockstepParams>,
    connector: Connector,
) -> std::io::Result<JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    std::thread::Builder::new()
        .name("lockstep-network".to_owned())
        .spawn(move || {
            let network = Network::new(ends, clock, params, connector);
            let (house, instance) = (network.ends.house.clone(), network.instance);
            runtime.block_on(network.run());
            runtime.shutdown_timeout(ENDS_WITHIN);
            house.host().leave(instance);
        })
}

struct Network {
    ends: NetworkEnds,
    clock: LocalClock,
    params: Arc<LockstepParams>,
    instance: Instance,
    heard: Heard,
    generation: Generation,
    token: Token,
    /// Whether the token is the project's own, and not this machine's.
    has_own_token: bool,
    replica: Replica,
    address: Option<Address>,
    /// Our place in the session, among the instances of this process.
    seat: Option<Seat>,
    connector: Connector,
    socket: Option<Socket>,
    /// A connection that is still saying goodbye.
    leaving: Option<JoinTask<()>>,
    /// Why the last connection ended, or did not open.
    trouble: Option<Trouble>,
    http: Http,
    jobs: Jobs,
    /// A session that is being made for us.
    creating: Option<Creation>,
    creations: CreationNumber,
    /// How much later than the workstation says its sound comes out, in microseconds.
    output_offset: i64,
    leading: Leading,
    recorder: Recorder,
    /// Whether the host's transport rolls, or the session's does here.
    is_rolling: bool,
    notice: Option<Notice>,
    macros: MacroTargets,
    samples: Samples,
    uploads: Uploads,
    take: Option<Take>,
    browsing: Browsing,
    audition: Audition,
    export: Option<ExportView>,
    flashes: Flashes,
    gathered: Option<(
        lockstep_session::ids::PlayerId,
        lockstep_session::protocol::View,
    )>,
    changed: bool,
    /// How the session stood when that was last looked at.
    standing: Standing,
}

/// What ends a wait.
enum Happening {
    Socket(SocketEvent),
    Job(Outcome),
}

impl Network {
    fn new(
        ends: NetworkEnds,
        clock: LocalClock,
        params: Arc<LockstepParams>,
        connector: Connector,
    ) -> Self {
        let (generation, state) = ends.session.current();
        let instance = ends.house.enter(&ends.wake);
        let record = ends.house.record();
        let token = record.token;
        let heard = ends.house.heard();
        let mut network = Self {
            clock,
            params,
            instance,
            heard,
            generation,
            token,
            has_own_token: false,
            replica: Replica::new(identity(token, record.profile(token)), random()),
            address: None,
            seat: None,
            http: Http::new(connector.clone()),
            connector,
            socket: None,
            leaving: None,
            trouble: None,
            jobs: Jobs::default(),
            creating: None,
            creations: CreationNumber::default(),
            output_offset: i64::from(record.output_offset_ms) * 1_000,
            leading: Leading::default(),
            recorder: Recorder::default(),
            is_rolling: false,
            notice: None,
            macros: MacroTargets::default(),
            samples: Samples::default(),
            uploads: Uploads::default(),
            take: None,
            browsing: Browsing::default(),
            audition: Audition::default(),
            export: None,
            flashes: Flashes::default(),
            gathered: None,
            changed: true,
            standing: Standing::default(),
            ends,
        };
        network.take_up(state);
        network
    }

    async fn run(mut self) {
        while !self.ends.is_closing() {
            self.turn();
            let wait = self.wait();
            let notified = self.ends.wake.notified();
            let happening = tokio::select! {
                () = notified => None,
                () = tokio::time::sleep(wait) => None,
                event = next(&mut self.socket) => Some(Happening::Socket(event)),
                outcome = self.jobs.next() => Some(Happening::Job(outcome)),
            };
            match happening {
                Some(Happening::Socket(event)) => self.hear(event),
                Some(Happening::Job(outcome)) => self.finish(outcome),
                None => {}
            }
        }
        self.jobs.cancel();
        self.replica.leave();
        self.send();
        if let Some(leaving) = self.leaving.take() {
            // The others should see us go; a server that does not answer sees it soon enough.
            let _it_was_heard = tokio::time::timeout(FAREWELL_WITHIN, leaving).await;
        }
    }

    /// Everything that can be done now.
    fn turn(&mut self) {
        if let Some((generation, state)) = self.ends.session.restored_since(self.generation) {
            self.generation = generation;
            self.take_up(state);
        }
        self.listen_to_house();
        while let Ok(command) = self.ends.commands.try_recv() {
            self.obey(command);
        }
        self.record_take();
        self.follow();
        self.replica.handle(Input::Tick, self.clock.now());
        self.send();
        self.notice_events();
        self.look_after_samples();
        self.look_after_uploads();
        self.ends.free_retired();
        self.changed |= self.has_aged() | self.stands_differently();
        if std::mem::take(&mut self.changed) {
            self.publish();
        }
    }

    /// What came of something that took a while.
    fn finish(&mut self, outcome: Outcome) {
        self.changed = true;
        match outcome {
            Outcome::Created(number, created) => self.join_created(number, created),
            Outcome::Sample(id, found) => self.sample_came(id, found),
            Outcome::Read(number, read) => self.file_was_read(number, read),
            Outcome::Sent(number, sent) => self.sample_was_sent(number, sent),
            Outcome::Seen(number, seen) => self.folder_was_seen(number, seen),
            Outcome::Opened(number, file, opened) => self.file_was_opened(number, file, opened),
            Outcome::Exported(view) => self.export = Some(view),
            Outcome::Nothing => {}
        }
    }

    fn notice_events(&mut self) {
        while let Some(event) = self.replica.poll_event() {
            self.changed = true;
            match event {
                Event::Refused { reason, .. } | Event::Trouble { reason, .. } => {
                    self.tell(&reason);
                }
                Event::Link if self.replica.is_live() => self.came_in(),
                Event::Document(Change::Edit { by, edit }) => {
                    let now = self.clock.now();
                    self.flashes.see(&self.replica, by, &edit, now);
                }
                Event::Gather { by, view } => self.gathered = Some((by, view)),
                Event::Link => self.leading.disconnected(),
                Event::Document(Change::Whole) | Event::Players => {}
            }
        }
    }

    fn edit(&mut self, edit: Edit, now: LocalTime) {
        if let Err(rejection) = self.replica.edit(edit, now) {
            self.tell(&rejection.reason());
        }
        self.changed = true;
    }

    fn publish(&mut self) {
        let record = self.ends.house.record();
        let mut state = SavedState::of(self.replica.save());
        state.link = self.address.as_ref().map(Address::page);
        state.token = Some(self.token);
        state.machine = (!self.has_own_token).then_some(record.machine);
        state.macros = self.macros;
        state.unsent = self.uploads.unsent().clone();
        self.ends
            .session
            .replace(self.generation, state, self.replica.document());
        let view = self.view(&record);
        self.ends.show(view);
    }

    fn wait(&self) -> Duration {
        let now = self.clock.now();
        let every = if self.is_rolling || self.take.is_some() {
            HOST_EVERY
        } else {
            RESTING_HOST_EVERY
        };
        let is_recording = self.params.controls.settings().recording != Recording::Off;
        let looks = self.replica.is_live() || self.take.is_some() || is_recording;
        let times = [
            self.replica.deadline(),
            looks.then(|| now + every),
            self.next_show(now),
            self.samples.deadline(),
            self.uploads
                .deadline()
                .filter(|_| self.replica.is_live() && self.may_edit()),
        ];
        let next = times.into_iter().flatten().min();
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

fn identity(token: Token, profile: lockstep_session::protocol::Profile) -> Identity {
    Identity {
        token,
        run: Run(random()),
        profile,
    }
}

fn random() -> u32 {
    getrandom::u32().expect("every system we run on has randomness")
}
