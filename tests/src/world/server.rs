//! The server's shell in a world: it moves text and bytes for an authority that may die at any
//! moment, and begins anew from what its disk kept.

use super::dice::Dice;
use super::disk::Disk;
use super::witness::Property;
use super::{Direction, Happening, Parcel, World};
use lockstep_session::authority::{Authority, Input, Output};
use lockstep_session::document::Document;
use lockstep_session::ids::{ConnectionId, Epoch, Revision};
use lockstep_session::limits::Rates;
use lockstep_session::protocol::ServerMessage;
use lockstep_session::units::Span;
use std::sync::Arc;

#[derive(Debug)]
pub(super) struct Server {
    /// Nothing while it is down.
    pub authority: Option<Authority>,
    pub disk: Disk,
    pub dice: Dice,
    /// Counted on the disk whenever a life begins, so that no two lives share an epoch.
    pub life: u32,
    /// A deliberate bug: says that an edit is durable as soon as it is written.
    pub boasts: bool,
    pub slow_disk: bool,
}

impl Server {
    pub(super) fn new(document: Document, dice: Dice) -> Self {
        let authority = Authority::new(document, Rates::default());
        let disk = Disk::new(&authority.snapshot());
        Self {
            authority: Some(authority),
            disk,
            dice,
            life: 1,
            boasts: false,
            slow_disk: false,
        }
    }
}

impl World {
    pub(super) fn server_hears(&mut self, input: Input<'_>) {
        let now = self.now;
        let Some(authority) = &mut self.server.authority else {
            return;
        };
        let is_tick = matches!(input, Input::Tick);
        authority.handle(input, now);
        if is_tick && authority.deadline().is_some_and(|deadline| deadline <= now) {
            self.stuck("the authority");
        }
        self.run_server();
    }

    /// Does what the authority says until it says no more.
    pub(super) fn run_server(&mut self) {
        let mut committed = None;
        loop {
            let mut lagging = Vec::new();
            while let Some(output) = self
                .server
                .authority
                .as_mut()
                .and_then(Authority::poll_output)
            {
                match output {
                    Output::Send { connection, text } => {
                        if !self.post(connection, text) {
                            lagging.push(connection);
                        }
                    }
                    Output::Broadcast { to, text } => {
                        self.note_order(&text);
                        for &connection in to.iter() {
                            if !self.post(connection, text.clone()) {
                                lagging.push(connection);
                            }
                        }
                    }
                    Output::Append(record) => {
                        self.server.disk.append(&record);
                        committed = Some(record.revision());
                    }
                    Output::Recall => self.recall(),
                    Output::Close { connection, code } => {
                        self.trace.note(self.now, || {
                            format!("server closes {connection:?}: {code:?}")
                        });
                        if let Some(open) = self.connections.get_mut(&connection) {
                            open.server_open = false;
                            open.outbox.end = Some(code);
                        }
                        self.pump(connection);
                    }
                }
            }
            let now = self.now;
            let Some(authority) = &mut self.server.authority else {
                return;
            };
            if lagging.is_empty() {
                break;
            }
            for connection in lagging {
                authority.handle(Input::Lagging { connection }, now);
                if let Some(open) = self.connections.get_mut(&connection) {
                    open.outbox.told = true;
                }
            }
        }
        if let Some(revision) = committed.filter(|_| self.server.boasts) {
            self.server_hears(Input::Committed { revision });
        }
        self.begin_sync();
    }

    fn begin_sync(&mut self) {
        if self.server.disk.begin_sync() {
            let longest = if self.server.slow_disk {
                400_000
            } else {
                12_000
            };
            let takes = Span::from_micros(self.server.dice.between(500, longest));
            self.agenda.write(
                self.now + takes,
                Happening::Synced {
                    life: self.server.life,
                },
            );
        }
    }

    pub(super) fn synced(&mut self) {
        if let Some(revision) = self.server.disk.finish_sync() {
            self.trace
                .note(self.now, || format!("disk synced up to {revision:?}"));
            self.server_hears(Input::Committed { revision });
        }
        self.begin_sync();
    }

    fn note_order(&mut self, text: &str) {
        if text.starts_with("{\"edit\":") {
            let Ok(ServerMessage::Edit(ordered)) = ServerMessage::decode(text) else {
                return self.witness.report(
                    Property::JournalReplays,
                    format!("a broadcast nobody can read: {text}"),
                );
            };
            self.trace.note(self.now, || format!("ordered {text}"));
            self.witness.ordered(ordered);
        }
    }

    /// Whether there was room in the connection's outbox.
    fn post(&mut self, connection: ConnectionId, text: Arc<str>) -> bool {
        let Some(open) = self.connections.get_mut(&connection) else {
            return true;
        };
        if open.outbox.told {
            let what = format!("{connection:?} lags, and is told {text}");
            self.witness.report(Property::LaggardsAreSpared, what);
        }
        let taken = open.outbox.push(text);
        if !taken {
            self.troubles.insert("an outbox overflowed");
            self.trace
                .note(self.now, || format!("no room for {connection:?}"));
        }
        self.pump(connection);
        taken
    }

    /// Gives the network what it takes.
    pub(super) fn pump(&mut self, connection: ConnectionId) {
        use super::link::Work;
        loop {
            let Some(open) = self.connections.get_mut(&connection) else {
                return;
            };
            match open.outbox.work(&open.to_client, self.window) {
                Work::Write(text) => self.send(connection, Direction::ToClient, Parcel::Text(text)),
                Work::Close => self.send(connection, Direction::ToClient, Parcel::Close),
                Work::CaughtUp => return self.server_hears(Input::Drained { connection }),
                Work::Rest => return,
            }
        }
    }

    /// Stores a snapshot; the journal is cut at once, or after a while in which a crash may come.
    pub fn snapshot(&mut self, cut_after: Span) {
        let awake = self.server.authority.as_ref();
        let Some(authority) = awake.filter(|authority| !authority.is_resting()) else {
            return;
        };
        let snapshot = authority.snapshot();
        self.trace
            .note(self.now, || format!("snapshot at {:?}", snapshot.at));
        self.server.disk.write_snapshot(&snapshot);
        if cut_after == Span::ZERO {
            self.cut_journal();
        } else {
            self.agenda.write(
                self.now + cut_after,
                Happening::SnapshotCut {
                    life: self.server.life,
                },
            );
        }
    }

    pub(super) fn cut_journal(&mut self) {
        self.trace
            .note(self.now, || "journal cut behind the snapshot".to_owned());
        self.server.disk.cut_obsolete();
    }

    /// The server dies here and now, and comes back after a while.
    pub fn crash(&mut self, back_after: Span) {
        if self.server.authority.take().is_none() {
            return;
        }
        self.trace
            .note(self.now, || "the server crashes".to_owned());
        self.server.disk.crash(&mut self.server.dice);
        self.server.life += 1;
        let hear: Vec<ConnectionId> = self.connections.keys().copied().collect();
        for connection in hear {
            let silent = self.server.dice.percent(20);
            let Some(open) = self.connections.get_mut(&connection) else {
                continue;
            };
            open.server_open = false;
            open.outbox = Default::default();
            if !silent {
                self.send(connection, Direction::ToClient, Parcel::Close);
            }
        }
        self.agenda.write(self.now + back_after, Happening::Restart);
    }

    pub(super) fn restart(&mut self) {
        if self.server.authority.is_some() {
            return;
        }
        let restored = match self.server.disk.recover() {
            Ok(restored) => restored,
            Err(damage) => {
                return self
                    .witness
                    .report(Property::JournalReplays, format!("after a crash: {damage}"));
            }
        };
        let (epoch, kept): (Epoch, Revision) = (Epoch(self.server.life), restored.revision());
        self.trace.note(self.now, || {
            format!("the server is back in {epoch:?} at {kept:?}")
        });
        if kept < self.witness.line().revision() {
            self.troubles.insert("edits lost in a crash");
        }
        self.witness.new_epoch(epoch, kept);
        let stands_as_ordered = self
            .witness
            .line()
            .document(kept)
            .is_some_and(|document| **document == *restored.document());
        if !stands_as_ordered {
            self.witness.report(
                Property::JournalReplays,
                format!("the journal replays to another document at {kept:?}"),
            );
        }
        self.server.authority = Some(Authority::restored(restored, epoch, Rates::default()));
        self.run_server();
    }

    pub fn read_only(&mut self, read_only: bool) {
        self.trace
            .note(self.now, || format!("read-only: {read_only}"));
        self.server_hears(Input::ReadOnly(read_only));
    }

    /// The session lets go of what the disk holds, as it does when nobody has edited for a while.
    pub fn rest(&mut self) {
        self.trace.note(self.now, || "the session rests".to_owned());
        if let Some(authority) = &mut self.server.authority {
            authority.rest();
        }
    }

    /// The session comes back from the disk, if it rests.
    pub(super) fn recall(&mut self) {
        let Some(authority) = &mut self.server.authority else {
            return;
        };
        if !authority.is_resting() {
            return;
        }
        let recalled = self
            .server
            .disk
            .restored()
            .map_err(|damage| damage.to_string())
            .and_then(|restored| {
                let recalled = authority.recall(restored, self.now);
                recalled.map_err(|amnesia| amnesia.to_string())
            });
        self.trace
            .note(self.now, || "the session is recalled".to_owned());
        if let Err(reason) = recalled {
            self.witness.report(
                Property::JournalReplays,
                format!("a session at rest could not be recalled: {reason}"),
            );
        }
    }

    pub fn slow_disk(&mut self, slow: bool) {
        self.server.slow_disk = slow;
    }

    /// Plants a bug in the server's shell: edits count as durable as soon as they are written.
    pub fn acknowledge_before_commit(&mut self) {
        self.server.boasts = true;
    }

    pub fn authority(&self) -> Option<&Authority> {
        self.server.authority.as_ref()
    }
}
