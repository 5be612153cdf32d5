//! Connections as a network treats them: parcels of one direction stay in order, and anything else
//! may happen to them. Knows no message.

use super::dice::Dice;
use lockstep_session::protocol::Goodbye;
use lockstep_session::units::{ServerTime, Span};
use std::{collections::VecDeque, sync::Arc};

#[derive(Clone, Debug)]
pub(super) enum Parcel {
    Text(Arc<str>),
    /// The sender has closed its end.
    Close,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    ToServer,
    ToClient,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Flow {
    #[default]
    Open,
    /// Parcels wait; none is lost.
    Stalled,
    /// Parcels are lost, and nobody is told.
    Vanishing,
}

/// How long a network takes, and how evenly.
#[derive(Clone, Copy, Debug)]
pub struct Delay {
    pub least: Span,
    /// The mean of what comes on top, exponentially spread.
    pub jitter: Span,
}

impl Delay {
    pub(super) fn draw(self, dice: &mut Dice) -> Span {
        // Of a geometric series: each doubling of the excess is half as likely.
        let mut excess = dice.between(0, self.jitter.as_micros());
        while dice.coin() && excess < self.jitter.as_micros() * 8 {
            excess += dice.between(0, self.jitter.as_micros());
        }
        self.least + Span::from_micros(excess)
    }
}

/// One direction of a connection.
#[derive(Debug, Default)]
pub(super) struct Lane {
    pub flow: Flow,
    latest: ServerTime,
    pub waiting: VecDeque<Parcel>,
    /// Parcels sent and not yet arrived.
    pub load: usize,
}

impl Lane {
    /// When a parcel sent now arrives: never before one that was sent earlier.
    pub(super) fn send(&mut self, now: ServerTime, delay: Span) -> ServerTime {
        self.load += 1;
        self.latest = self.latest.max(now + delay);
        self.latest
    }

    /// A parcel has come to the end of the lane: it is handed on, waits, or is lost.
    pub(super) fn arrive(&mut self, parcel: Parcel) -> Option<Parcel> {
        match self.flow {
            Flow::Open => {
                self.load -= 1;
                Some(parcel)
            }
            Flow::Stalled => {
                self.waiting.push_back(parcel);
                None
            }
            Flow::Vanishing => {
                self.load -= 1;
                None
            }
        }
    }
}

#[derive(Debug)]
pub(super) struct Connection {
    pub seat: usize,
    pub client_open: bool,
    pub server_open: bool,
    pub to_server: Lane,
    pub to_client: Lane,
    pub outbox: Outbox,
}

impl Connection {
    pub(super) fn new(seat: usize) -> Self {
        Self {
            seat,
            client_open: true,
            server_open: false,
            to_server: Lane::default(),
            to_client: Lane::default(),
            outbox: Outbox::default(),
        }
    }

    pub(super) fn lane(&mut self, direction: Direction) -> &mut Lane {
        match direction {
            Direction::ToServer => &mut self.to_server,
            Direction::ToClient => &mut self.to_client,
        }
    }
}

/// What the server holds for a reader that is slower than the session: the same rules as the real
/// one, with less room, so that it overflows often.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    messages: VecDeque<Arc<str>>,
    overflowed: bool,
    /// Whether the authority knows that this reader lags.
    pub told: bool,
    pub end: Option<Goodbye>,
    pub most_held: usize,
}

/// Messages an outbox holds.
pub(super) const OUTBOX: usize = 48;
/// Parcels the network takes before its reader has read any.
pub(super) const WINDOW: usize = 12;

#[derive(Debug)]
pub(super) enum Work {
    Write(Arc<str>),
    CaughtUp,
    Close,
    Rest,
}

impl Outbox {
    /// Whether there was room.
    pub(super) fn push(&mut self, text: Arc<str>) -> bool {
        if self.overflowed || self.messages.len() >= OUTBOX {
            self.overflowed = true;
            return false;
        }
        self.messages.push_back(text);
        self.most_held = self.most_held.max(self.messages.len());
        true
    }

    pub(super) fn work(&mut self, lane: &Lane, window: usize) -> Work {
        if lane.load >= window {
            return Work::Rest;
        }
        if let Some(text) = self.messages.pop_front() {
            return Work::Write(text);
        }
        if self.end.take().is_some() {
            return Work::Close;
        }
        if std::mem::take(&mut self.overflowed) {
            self.told = false;
            Work::CaughtUp
        } else {
            Work::Rest
        }
    }
}
