//! What a session keeps in memory only while somebody needs it. A session at rest has its members,
//! its place in the order and its transport; everything else is in the store until it is recalled.

use super::outcomes::Outcomes;
use super::restore::Restored;
use super::tail::Tail;
use super::{Authority, Input, Output};
use crate::document::{Document, timeline::Timeline};
use crate::ids::{ConnectionId, PlayerId};
use crate::journal::Damage;
use crate::protocol::Position;
use crate::units::ServerTime;
use std::{collections::VecDeque, sync::Arc};

#[derive(Debug)]
pub(super) enum Memory {
    Awake(Box<Mind>),
    Resting(Box<Rest>),
}

/// The whole session.
#[derive(Debug)]
pub(super) struct Mind {
    pub(super) document: Arc<Document>,
    /// Where each epoch began.
    pub(super) epochs: Vec<Position>,
    pub(super) outcomes: Outcomes,
    pub(super) tail: Tail,
}

/// What goes on while the rest is in the store.
#[derive(Debug)]
pub(super) struct Rest {
    timeline: Timeline,
    lead: Option<PlayerId>,
    recalled: bool,
    /// What came since the session was recalled, in its order. A shell that recalls before it hands
    /// on anything more has one message here at most.
    waiting: VecDeque<Waiting>,
}

#[derive(Debug)]
enum Waiting {
    Text(ConnectionId, String),
    Drained(ConnectionId),
    Closed(ConnectionId),
}

/// Why a session at rest cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Amnesia {
    #[error(transparent)]
    Damaged(#[from] Damage),
    #[error("the store stands at another place than the session that wrote it")]
    Elsewhere,
}

impl Memory {
    pub(super) fn mind(&self) -> &Mind {
        match self {
            Memory::Awake(mind) => mind,
            Memory::Resting(_) => unreachable!("who needs the session recalls it first"),
        }
    }

    pub(super) fn mind_mut(&mut self) -> &mut Mind {
        match self {
            Memory::Awake(mind) => mind,
            Memory::Resting(_) => unreachable!("who needs the session recalls it first"),
        }
    }

    pub(super) fn timeline(&self) -> &Timeline {
        match self {
            Memory::Awake(mind) => &mind.document.timeline,
            Memory::Resting(rest) => &rest.timeline,
        }
    }

    pub(super) fn lead(&self) -> Option<PlayerId> {
        match self {
            Memory::Awake(mind) => mind.document.lead,
            Memory::Resting(rest) => rest.lead,
        }
    }
}

impl Authority {
    pub fn is_resting(&self) -> bool {
        matches!(self.memory, Memory::Resting(_))
    }

    /// Lets go of everything that the store has too. Only what is durable can be let go of, so a
    /// session with edits that are not yet stored stays awake.
    pub fn rest(&mut self) {
        if self.undurable() > 0 || self.durable < self.revision {
            return;
        }
        let rest = Rest {
            timeline: *self.memory.timeline(),
            lead: self.memory.lead(),
            recalled: false,
            waiting: VecDeque::new(),
        };
        self.memory = Memory::Resting(Box::new(rest));
    }

    /// Takes up what was let go of, from the store, and does what has been waiting for it.
    pub fn recall(&mut self, restored: Restored, now: ServerTime) -> Result<(), Amnesia> {
        let Memory::Resting(rest) = &mut self.memory else {
            return Ok(());
        };
        if restored.revision != self.revision {
            return Err(Amnesia::Elsewhere);
        }
        let waiting = std::mem::take(&mut rest.waiting);
        self.memory = Memory::Awake(Box::new(Mind::from(restored)));
        for input in waiting {
            match input {
                Waiting::Text(connection, text) => {
                    let text = text.as_str();
                    self.handle(Input::Text { connection, text }, now);
                }
                Waiting::Drained(connection) => self.handle(Input::Drained { connection }, now),
                Waiting::Closed(connection) => self.handle(Input::Closed { connection }, now),
            }
        }
        self.keep_time(now);
        Ok(())
    }

    /// Asks for what was let go of. Nothing to do where nothing was.
    pub(super) fn want_memory(&mut self) {
        if let Memory::Resting(rest) = &mut self.memory
            && !std::mem::replace(&mut rest.recalled, true)
        {
            self.outputs.push_back(Output::Recall);
        }
    }

    /// Keeps an input that needs the whole session until it is there.
    pub(super) fn put_off(&mut self, input: &Input<'_>) {
        self.want_memory();
        let Memory::Resting(rest) = &mut self.memory else {
            return;
        };
        rest.waiting.extend(match *input {
            Input::Text { connection, text } => Some(Waiting::Text(connection, text.to_owned())),
            Input::Drained { connection } => Some(Waiting::Drained(connection)),
            Input::Closed { connection } => Some(Waiting::Closed(connection)),
            _ => None,
        });
    }

    /// Whether the session is on its way back, so that what comes now has to wait for its turn.
    pub(super) fn is_recalled(&self) -> bool {
        matches!(&self.memory, Memory::Resting(rest) if rest.recalled)
    }
}

impl From<Restored> for Mind {
    fn from(restored: Restored) -> Self {
        Self {
            document: Arc::new(restored.document),
            epochs: restored.epochs,
            outcomes: Outcomes::from_stored(restored.outcomes),
            tail: restored.tail,
        }
    }
}
