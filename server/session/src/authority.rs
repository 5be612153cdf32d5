//! The server's side of a session: it orders edits, answers every one of them, and tells
//! everyone the same. A state machine; the actor around it moves text and bytes.

mod allowances;
mod arrival;
mod hearing;
mod members;
mod memory;
mod ordering;
mod outcomes;
mod restore;
mod tail;

use crate::document::Document;
use crate::edit::Edit;
use crate::ids::{ConnectionId, EditNumber, Epoch, PlayerId, Revision, Run};
use crate::journal::{Record, Snapshot};
use crate::limits::{self, Rates};
use crate::protocol::{Goodbye, Position, Rejection, Role, ServerMessage, encode};
use crate::units::{BeatSpan, ServerTime, Span};
use members::Members;
use memory::{Memory, Mind};
use std::{collections::VecDeque, sync::Arc};

pub use memory::Amnesia;
pub use restore::Restored;

/// What happens to an authority.
#[derive(Debug)]
pub enum Input<'a> {
    Opened {
        connection: ConnectionId,
        role: Role,
    },
    Text {
        connection: ConnectionId,
        text: &'a str,
    },
    /// The shell's bounded queue to this connection overflowed; until `Drained` it drops what
    /// it is given for it.
    Lagging {
        connection: ConnectionId,
    },
    /// The connection showed that it is alive, without saying anything.
    Heard {
        connection: ConnectionId,
    },
    /// Everything queued was written: the reader can be brought up to date.
    Drained {
        connection: ConnectionId,
    },
    Closed {
        connection: ConnectionId,
    },
    /// The journal is durable up to and including this revision.
    Committed {
        revision: Revision,
    },
    /// The store takes no changes, or takes them again.
    ReadOnly(bool),
    /// The deadline has come.
    Tick,
}

/// What the shell is to do, in this order.
#[derive(Clone, Debug)]
pub enum Output {
    Send {
        connection: ConnectionId,
        text: Arc<str>,
    },
    Broadcast {
        to: Arc<[ConnectionId]>,
        text: Arc<str>,
    },
    /// Append to the journal, and say `Committed` once it is durable.
    Append(Record),
    Close {
        connection: ConnectionId,
        code: Goodbye,
    },
    /// Load the session from the store and hand it to `recall`.
    Recall,
}

#[derive(Debug)]
pub struct Authority {
    memory: Memory,
    epoch: Epoch,
    /// The last revision ordered.
    revision: Revision,
    /// The last revision known to be durable.
    durable: Revision,
    unacknowledged: VecDeque<Unacknowledged>,
    members: Members,
    rates: Rates,
    read_only: bool,
    refused: u64,
    leader_absent_since: Option<ServerTime>,
    outputs: VecDeque<Output>,
}

#[derive(Debug)]
struct Unacknowledged {
    revision: Revision,
    player: PlayerId,
    run: Run,
    number: EditNumber,
}

impl Authority {
    /// A session that has never been stored.
    pub fn new(document: Document, rates: Rates) -> Self {
        Self::restored(Restored::fresh(document), Epoch(1), rates)
    }

    /// Takes up a session where its journal ends, in a new epoch.
    pub fn restored(restored: Restored, epoch: Epoch, rates: Rates) -> Self {
        let revision = restored.revision;
        let mut mind = Mind::from(restored);
        let begin = Position { epoch, revision };
        mind.epochs.push(begin);
        // The oldest epochs are forgotten; who comes from one of them is given a snapshot.
        let excess = mind.epochs.len().saturating_sub(64);
        mind.epochs.drain(..excess);
        Self {
            memory: Memory::Awake(Box::new(mind)),
            epoch,
            revision,
            durable: revision,
            unacknowledged: VecDeque::new(),
            members: Members::default(),
            rates,
            read_only: false,
            refused: 0,
            leader_absent_since: None,
            outputs: VecDeque::from([Output::Append(Record::epoch(begin))]),
        }
    }

    /// The document of a session that is not at rest.
    pub fn document(&self) -> &Arc<Document> {
        &self.memory.mind().document
    }

    pub fn position(&self) -> Position {
        Position {
            epoch: self.epoch,
            revision: self.revision,
        }
    }

    /// Edits that are ordered and not yet known to be durable.
    pub fn undurable(&self) -> usize {
        self.unacknowledged.len()
    }

    pub fn connections(&self) -> usize {
        self.members.len()
    }

    /// Edits that were refused since this authority began.
    pub fn refused(&self) -> u64 {
        self.refused
    }

    pub fn players(&self) -> Vec<crate::protocol::Player> {
        self.members.players()
    }

    /// All of a session that is not at rest.
    pub fn snapshot(&self) -> Snapshot {
        let mind = self.memory.mind();
        Snapshot {
            at: self.position(),
            document: (*mind.document).clone(),
            epochs: mind.epochs.clone(),
            outcomes: mind.outcomes.to_stored(),
        }
    }

    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    pub fn deadline(&self) -> Option<ServerTime> {
        // While nothing can be stored the lead stays where it is, and while the session is recalled
        // nothing more can be done about it.
        let may_release = !self.read_only && !self.is_recalled();
        let since = self.leader_absent_since.filter(|_| may_release);
        let leader = since.map(|since| since + limits::ABSENT_LEADER);
        self.members.deadline().into_iter().chain(leader).min()
    }

    pub fn handle(&mut self, input: Input<'_>, now: ServerTime) {
        // What was said first is answered first, so while the session is recalled everything waits.
        if self.is_recalled()
            && matches!(
                input,
                Input::Text { .. } | Input::Drained { .. } | Input::Closed { .. }
            )
        {
            return self.put_off(&input);
        }
        match input {
            Input::Opened { connection, role } => {
                self.members.open(connection, role, &self.rates, now)
            }
            Input::Text { connection, text } => self.handle_text(connection, text, now),
            Input::Lagging { connection } => {
                if let Some(member) = self.members.get_mut(connection) {
                    member.lagging_since.get_or_insert(now);
                }
                self.members.forget_audience();
            }
            Input::Heard { connection } => self.hear_of(connection, now),
            Input::Drained { .. } if self.is_resting() => self.put_off(&input),
            Input::Drained { connection } => self.bring_up_to_date(connection, now),
            Input::Closed { connection } => self.remove(connection),
            Input::Committed { revision } => self.acknowledge(revision),
            Input::ReadOnly(read_only) => {
                if std::mem::replace(&mut self.read_only, read_only) != read_only {
                    self.broadcast(&ServerMessage::Storage { read_only });
                }
            }
            Input::Tick => {}
        }
        self.keep_time(now);
    }

    /// What happens because time has passed.
    fn keep_time(&mut self, now: ServerTime) {
        for (connection, code) in self.members.overdue(now) {
            self.close(connection, code);
        }
        for (player, presence) in self.members.due_presence(now) {
            self.broadcast(&ServerMessage::Presence { player, presence });
        }
        let listeners = self.members.due_clocks(now);
        if !listeners.is_empty() {
            let text: Arc<str> = encode(&self.clock(now)).into();
            let send = |connection| Output::Send {
                connection,
                text: text.clone(),
            };
            self.outputs.extend(listeners.into_iter().map(send));
        }
        let absent = self
            .memory
            .lead()
            .filter(|&leader| !self.members.has_player(leader));
        match (absent, self.leader_absent_since) {
            (None, _) => self.leader_absent_since = None,
            (Some(_), None) => self.leader_absent_since = Some(now),
            (Some(_), Some(since)) if now - since >= limits::ABSENT_LEADER && !self.read_only => {
                if self.is_resting() {
                    return self.want_memory();
                }
                self.leader_absent_since = None;
                self.order(
                    Edit::ReleaseLead,
                    PlayerId::SERVER,
                    Run(0),
                    EditNumber(0),
                    now,
                )
                .expect("the server may always release the lead of an open session");
            }
            (Some(_), Some(_)) => {}
        }
    }

    fn clock(&self, now: ServerTime) -> ServerMessage {
        let timeline = self.memory.timeline();
        let place = timeline.position_at(now).as_micros();
        let beat = BeatSpan::BEAT.as_micros();
        ServerMessage::Clock {
            now,
            playing: timeline.playing,
            bar: place.div_euclid(BeatSpan::BAR.as_micros()),
            beat: place.div_euclid(beat).rem_euclid(4),
            sixteenth: place.div_euclid(beat / 4).rem_euclid(4),
        }
    }

    fn remove(&mut self, connection: ConnectionId) {
        if let Some(player) = self.members.remove(connection) {
            self.broadcast(&ServerMessage::Left { player });
        }
    }

    fn close(&mut self, connection: ConnectionId, code: Goodbye) {
        let (reason, retry_ms) = (code.reason().into(), code.retry_ms());
        self.send(
            connection,
            &ServerMessage::Goodbye {
                code,
                reason,
                retry_ms,
            },
        );
        self.outputs.push_back(Output::Close { connection, code });
        self.remove(connection);
    }

    /// An edit by the server itself, for somebody who asked for it in another way than by a message.
    pub fn edit(&mut self, edit: Edit, now: ServerTime) -> Result<Revision, Rejection> {
        if self.read_only {
            return Err(Rejection::ReadOnly);
        }
        self.order(edit, PlayerId::SERVER, Run(0), EditNumber(0), now)?;
        Ok(self.revision)
    }

    /// Says goodbye to everyone, for a restart or a store that failed.
    pub fn dismiss(&mut self, code: Goodbye) {
        for connection in self.members.connections() {
            self.close(connection, code);
        }
    }

    fn send(&mut self, connection: ConnectionId, message: &ServerMessage) {
        if self
            .members
            .get(connection)
            .is_some_and(|member| member.lagging_since.is_none())
        {
            self.outputs.push_back(Output::Send {
                connection,
                text: encode(message).into(),
            });
        }
    }

    fn broadcast(&mut self, message: &ServerMessage) {
        let to = self.members.audience();
        if !to.is_empty() {
            self.outputs.push_back(Output::Broadcast {
                to,
                text: encode(message).into(),
            });
        }
    }

    fn broadcast_except(&mut self, connection: ConnectionId, message: &ServerMessage) {
        let others = self
            .members
            .audience()
            .iter()
            .copied()
            .filter(|&other| other != connection)
            .collect();
        self.outputs.push_back(Output::Broadcast {
            to: others,
            text: encode(message).into(),
        });
    }
}

/// How long before a launch the slowest player must hear of it.
fn notice_for(round_trip: Span) -> Span {
    let generous =
        Span::from_micros(round_trip.as_micros().saturating_mul(2)) + Span::from_millis(50);
    generous.clamp(limits::NOTICE, limits::MOST_NOTICE)
}

#[cfg(test)]
mod tests;
