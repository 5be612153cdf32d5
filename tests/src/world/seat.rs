//! A player at their own machine: a replica, a clock of its own, and a way to the server.

use super::link::Delay;
use lockstep_session::document::step::Step;
use lockstep_session::ids::{ConnectionId, EditNumber, Run, SceneIndex, StepIndex, Token, TrackId};
use lockstep_session::protocol::{Kind, Profile, Role};
use lockstep_session::replica::{Identity, Replica};
use lockstep_session::text::Name;
use lockstep_session::units::{LocalTime, ServerTime, Span};
use std::collections::BTreeMap;

/// A machine's clock against the server's.
#[derive(Clone, Copy, Debug)]
pub struct MachineClock {
    pub offset: Span,
    /// Parts per million that it runs fast.
    pub skew: i64,
}

const MILLION: i128 = 1_000_000;

impl MachineClock {
    pub fn local(&self, time: ServerTime) -> LocalTime {
        let true_time = i128::from(time.as_micros());
        let passed = true_time * (MILLION + i128::from(self.skew)) / MILLION;
        LocalTime::from_micros(i64::try_from(passed).expect("a world is short")) + self.offset
    }

    /// The first moment at which this clock shows `local` or later.
    pub fn time(&self, local: LocalTime) -> ServerTime {
        let shown = i128::from(local.as_micros()) - i128::from(self.offset.as_micros());
        let guess = shown * MILLION / (MILLION + i128::from(self.skew));
        let mut time = ServerTime::from_micros(i64::try_from(guess).expect("a world is short"))
            - Span::from_micros(2);
        while self.local(time) < local {
            time += Span::from_micros(1);
        }
        time
    }
}

/// One cell of the grid.
pub type Cell = (TrackId, SceneIndex, StepIndex);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    Online,
    /// Connecting fails.
    Offline,
    /// Connecting neither works nor fails.
    Silent,
}

#[derive(Debug)]
pub(super) struct Seat {
    pub name: String,
    pub replica: Replica,
    pub run: Run,
    pub role: Role,
    pub clock: MachineClock,
    pub up: Delay,
    pub down: Delay,
    pub reach: Reach,
    pub connection: Option<ConnectionId>,
    /// The last edit number given out.
    pub made: u32,
    /// Cells this player set, by which edit and to what, until something else may change them.
    pub held: BTreeMap<Cell, (EditNumber, Step)>,
    /// Whether this player means to be in the session.
    pub joined: bool,
}

impl Seat {
    pub(super) fn new(number: u8, token: Token, run: Run, role: Role) -> Self {
        let name = ["Anna", "Ben", "Cleo", "Dan", "Eve", "Finn"]
            .get(usize::from(number))
            .map_or("Guest", |name| name);
        let kind = if number == 0 {
            Kind::Daw
        } else {
            Kind::Browser
        };
        let profile = Profile {
            name: Name::new(name),
            kind,
            ..Profile::default()
        };
        let delay = Delay {
            least: Span::from_millis(10),
            jitter: Span::from_millis(2),
        };
        Self {
            name: name.to_owned(),
            replica: Replica::new(
                Identity {
                    token,
                    run,
                    profile,
                },
                u32::from(number) + 1,
            ),
            run,
            role,
            clock: MachineClock {
                offset: Span::ZERO,
                skew: 0,
            },
            up: delay,
            down: delay,
            reach: Reach::Online,
            connection: None,
            made: 0,
            held: BTreeMap::new(),
            joined: false,
        }
    }

    pub(super) fn deadline(&self) -> Option<ServerTime> {
        Some(self.clock.time(self.replica.deadline()?))
    }

    pub(super) fn is_settled(&self) -> bool {
        self.replica.is_live() && self.replica.unsaved() == 0
    }
}
