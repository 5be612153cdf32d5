//! Driving a world: time goes on, players act, and everyone hears what is due.

use super::seat::Cell;
use super::witness::{Property, touches};
use super::{Happening, Parcel, World};
use lockstep_session::authority;
use lockstep_session::document::step::Step;
use lockstep_session::edit::Edit;
use lockstep_session::ids::{EditNumber, StepIndex, TrackId};
use lockstep_session::protocol::{ServerMessage, Welcome};
use lockstep_session::replica::{Change, Event, Input, Link, Output, Replica};
use lockstep_session::units::{LocalTime, ServerTime, Span};
use std::sync::Arc;

/// Longer than any backoff, silence or patience, several times over.
const SETTLES_WITHIN: Span = Span::from_seconds(90);

impl World {
    pub fn advance(&mut self, time: Span) {
        let until = self.now + time;
        while let Some(at) = self.next_at().filter(|at| *at <= until) {
            self.step(at);
        }
        self.now = until;
    }

    /// Lets the world run until something is so. Whether it ever is.
    pub fn run_until(&mut self, condition: impl Fn(&World) -> bool) -> bool {
        let deadline = self.now + SETTLES_WITHIN;
        while !condition(self) {
            match self.next_at().filter(|at| *at <= deadline) {
                Some(at) => self.step(at),
                None => return false,
            }
        }
        true
    }

    fn next_at(&self) -> Option<ServerTime> {
        let authority = self
            .server
            .authority
            .as_ref()
            .and_then(authority::Authority::deadline);
        let seats = self.seats.iter().filter_map(|seat| seat.deadline());
        seats.chain(authority).chain(self.agenda.next_at()).min()
    }

    fn step(&mut self, at: ServerTime) {
        if !self.violations().is_empty() {
            self.trace.end();
        }
        self.now = self.now.max(at);
        self.witness.now = self.now;
        if let Some(happening) = self.agenda.take_due(self.now) {
            return self.happen(happening);
        }
        let authority = self
            .server
            .authority
            .as_ref()
            .and_then(authority::Authority::deadline);
        if authority.is_some_and(|deadline| deadline <= self.now) {
            return self.server_hears(authority::Input::Tick);
        }
        for seat in 0..self.seats.len() {
            if self.seats[seat]
                .deadline()
                .is_some_and(|deadline| deadline <= self.now)
            {
                self.player_hears(seat, Input::Tick);
                if self.seats[seat]
                    .deadline()
                    .is_some_and(|deadline| deadline <= self.now)
                {
                    self.stuck(&format!("the replica of {}", self.seats[seat].name));
                }
            }
        }
    }

    /// Someone's deadline is still due after it was served: time would stand still.
    pub(super) fn stuck(&mut self, whose: &str) {
        self.witness.report(
            Property::DeadlinesPass,
            format!("the deadline of {whose} stays due"),
        );
        self.now += Span::from_millis(1);
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Opened(connection) => self.opened(connection),
            Happening::Connected(seat, connection) => self.connected(seat, connection),
            Happening::Failed(seat, connection) => self.failed(seat, connection),
            Happening::Arrives(connection, direction, parcel) => {
                self.arrives(connection, direction, parcel)
            }
            Happening::ClientHears(connection) => self.client_hears(connection),
            Happening::ServerHears(connection) => self.server_loses(connection),
            Happening::Released(connection, direction) => self.released(connection, direction),
            Happening::Synced { life } if life == self.server.life => self.synced(),
            Happening::SnapshotCut { life } if life == self.server.life => self.cut_journal(),
            Happening::Synced { .. } | Happening::SnapshotCut { .. } => {}
            Happening::Restart => self.restart(),
        }
    }

    /// Lets the world run until everyone who means to be in the session is in it, has nothing
    /// unsaved, and has heard of everything.
    pub fn settle(&mut self) {
        self.heal();
        self.read_only(false);
        let deadline = self.now + SETTLES_WITHIN;
        loop {
            self.advance(Span::from_millis(250));
            if self.is_settled() {
                // Presence and the like are on their way yet.
                self.advance(Span::from_seconds(3));
                if self.is_settled() {
                    return;
                }
            }
            if self.now >= deadline {
                let unsettled = self
                    .seats
                    .iter()
                    .filter(|seat| seat.joined && !seat.is_settled());
                let unsettled: Vec<String> = unsettled
                    .map(|seat| {
                        format!(
                            "{}: {:?}, {} unsaved",
                            seat.name,
                            seat.replica.link(),
                            seat.replica.unsaved()
                        )
                    })
                    .collect();
                let what = format!(
                    "after {} s: {}",
                    SETTLES_WITHIN.as_micros() / 1_000_000,
                    unsettled.join("; ")
                );
                return self.witness.report(Property::Settles, what);
            }
        }
    }

    fn is_settled(&self) -> bool {
        let Some(authority) = &self.server.authority else {
            return false;
        };
        let position = Some(authority.position());
        let mut joined = self.seats.iter().filter(|seat| seat.joined);
        let everyone = joined.all(|seat| {
            let flows = seat
                .connection
                .is_some_and(|connection| self.flows(connection));
            flows && seat.is_settled() && seat.replica.position() == position
        });
        authority.undurable() == 0 && everyone
    }

    pub fn local_now(&self, seat: usize) -> LocalTime {
        self.seats[seat].clock.local(self.now)
    }

    pub fn replica(&self, seat: usize) -> &Replica {
        &self.seats[seat].replica
    }

    pub fn join(&mut self, seat: usize) {
        self.seats[seat].joined = true;
        self.act(seat, |replica, now| replica.connect(now));
    }

    pub fn leave(&mut self, seat: usize) {
        self.seats[seat].joined = false;
        self.act(seat, |replica, _| replica.leave());
    }

    /// A player makes an edit. Whether it was taken in at their own end is told back.
    pub fn edit(&mut self, seat: usize, edit: Edit) -> bool {
        self.act(seat, |replica, now| replica.edit(edit, now).is_ok())
    }

    /// Switches a step on, as a click on the grid of the first scene does.
    pub fn click(&mut self, seat: usize, track: TrackId, step: usize) -> bool {
        self.set(
            seat,
            (
                track,
                super::scene(0),
                StepIndex::new(step).expect("one of 128"),
            ),
            Step::on(),
        )
    }

    pub fn set(&mut self, seat: usize, cell: Cell, value: Step) -> bool {
        let (track, scene, step) = cell;
        self.edit(
            seat,
            Edit::Step {
                track,
                scene,
                step,
                value,
            },
        )
    }

    pub fn undo(&mut self, seat: usize) -> bool {
        self.act(seat, |replica, now| replica.undo(now))
    }

    pub fn redo(&mut self, seat: usize) -> bool {
        self.act(seat, |replica, now| replica.redo(now))
    }

    /// A player does something at their own machine.
    pub fn act<T>(&mut self, seat: usize, action: impl FnOnce(&mut Replica, LocalTime) -> T) -> T {
        let now = self.local_now(seat);
        let done = action(&mut self.seats[seat].replica, now);
        self.hear_events(seat, true);
        self.check_held(seat);
        self.do_outputs(seat);
        done
    }

    pub(super) fn player_hears(&mut self, seat: usize, input: Input<'_>) {
        let now = self.local_now(seat);
        let before = self.seats[seat].replica.position();
        self.seats[seat].replica.handle(input, now);
        self.hear_events(seat, false);
        let position = self.seats[seat].replica.position();
        if position != before {
            self.check_confirmed(seat);
            if before.is_some() && position.is_none() {
                let name = self.seats[seat].name.clone();
                self.witness.report(
                    Property::NeverStartsOver,
                    format!("{name} lost its place, {before:?}"),
                );
            }
        }
        self.check_held(seat);
        self.do_outputs(seat);
    }

    pub(super) fn player_hears_text(&mut self, seat: usize, text: &Arc<str>) {
        if !is_small_talk(text) {
            self.trace.note(self.now, || {
                format!("{} hears {text}", self.seats[seat].name)
            });
        }
        if ["{\"accepted\"", "{\"welcome\""]
            .iter()
            .any(|kind| text.starts_with(kind))
        {
            self.note_acknowledged(seat, text);
        }
        self.player_hears(seat, Input::Text(text));
    }

    fn note_acknowledged(&mut self, seat: usize, text: &str) {
        let (player, run) = (self.seats[seat].replica.player(), self.seats[seat].run);
        let identity = |number: EditNumber| (player, run, number);
        match ServerMessage::decode(text) {
            Ok(ServerMessage::Accepted {
                epoch,
                revision,
                number,
            }) => {
                self.witness.acknowledged(identity(number), epoch, revision);
            }
            Ok(ServerMessage::Welcome(welcome)) => {
                self.note_welcome(seat, &welcome);
                let durable = welcome
                    .settled
                    .iter()
                    .filter(|(_, revision)| *revision <= welcome.durable);
                let stored: Vec<_> = durable
                    .map(|(number, revision)| (identity(*number), *revision))
                    .collect();
                for (author, revision) in stored {
                    self.witness.acknowledged(author, welcome.epoch, revision);
                }
            }
            other => self.witness.report(
                Property::JournalReplays,
                format!("an answer nobody can read: {other:?}"),
            ),
        }
    }

    fn note_welcome(&mut self, seat: usize, welcome: &Welcome) {
        let replica = &self.seats[seat].replica;
        let Some(position) = replica.position() else {
            return;
        };
        self.troubles
            .insert(match (&welcome.document, position.epoch == welcome.epoch) {
                (Some(_), _) if replica.is_live() => "a slow reader was given the whole again",
                (Some(_), true) => "a snapshot in the same epoch",
                (Some(_), false) => "a snapshot after a crash",
                (None, true) => "missing edits in the same epoch",
                (None, false) if welcome.revision < self.witness.line().revision() => {
                    "missing edits after a crash"
                }
                (None, false) => "nothing missed in a crash",
            });
    }

    fn hear_events(&mut self, seat: usize, own_action: bool) {
        while let Some(event) = self.seats[seat].replica.poll_event() {
            let player = &mut self.seats[seat];
            match event {
                Event::Document(Change::Edit { edit, .. }) if own_action => {
                    player.made += 1;
                    let number = EditNumber(player.made);
                    self.trace.note(self.now, || {
                        format!("{} makes {number:?}: {edit:?}", player.name)
                    });
                    player.held.retain(|cell, _| !touches(&edit, *cell));
                    match &*edit {
                        Edit::Step {
                            track,
                            scene,
                            step,
                            value,
                        } => {
                            player
                                .held
                                .insert((*track, *scene, *step), (number, value.clone()));
                        }
                        Edit::Steps {
                            track,
                            scene,
                            first,
                            values,
                        } => {
                            let steps = StepIndex::all().skip(first.index()).zip(values);
                            let held = steps.map(|(step, value)| {
                                ((*track, *scene, step), (number, value.clone()))
                            });
                            player.held.extend(held);
                        }
                        _ => {}
                    }
                }
                Event::Refused {
                    number,
                    code,
                    reason,
                } => {
                    self.trace.note(self.now, || {
                        format!("{} is refused {number:?}: {code}, {reason}", player.name)
                    });
                    player.held.retain(|_, (by, _)| *by != number);
                    let author = (player.replica.player(), player.run, number);
                    self.witness.refused(author);
                }
                Event::Link => {
                    let (name, link) = (&player.name, player.replica.link());
                    self.trace.note(self.now, || format!("{name}: {link:?}"));
                    if matches!(link, Link::Refused { .. }) && player.joined {
                        let what = format!("{name} was sent away: {link:?}");
                        self.witness.report(Property::Settles, what);
                    }
                }
                Event::Trouble { code, reason } => {
                    let what = format!("{} gave offence: {code}, {reason}", player.name);
                    self.witness.report(Property::Settles, what);
                }
                Event::Document(_) | Event::Players | Event::Gather { .. } => {}
            }
        }
    }

    fn do_outputs(&mut self, seat: usize) {
        while let Some(output) = self.seats[seat].replica.poll_output() {
            match output {
                Output::Connect => self.open_connection(seat),
                Output::Send(text) => {
                    if let Some(connection) = self.seats[seat].connection {
                        self.send(
                            connection,
                            super::Direction::ToServer,
                            Parcel::Text(text.into()),
                        );
                    }
                }
                Output::Disconnect => self.close_by_client(seat),
            }
        }
    }
}

/// What would drown everything else in a trace.
pub(super) fn is_small_talk(text: &str) -> bool {
    ["{\"ping\"", "{\"pong\"", "{\"presence\""]
        .iter()
        .any(|kind| text.starts_with(kind))
}
