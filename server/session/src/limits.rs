//! Every limit of the protocol in one place. PROTOCOL.md lists the same numbers.

use crate::units::Span;

/// A client's message, in bytes.
pub const CLIENT_MESSAGE: usize = 64 * 1024;
/// A server's message, in bytes: a snapshot of the largest document fits.
pub const SERVER_MESSAGE: usize = 8 * 1024 * 1024;
/// Players in a session. One player may hold several connections.
pub const PLAYERS: usize = 32;
/// Connections one player may hold at once: a workstation's project may hold many instances.
pub const CONNECTIONS_PER_PLAYER: usize = 32;
/// Edits a replica has under way to the server at once.
pub const IN_FLIGHT: usize = 256;
/// Edits a replica keeps while it is offline.
pub const PENDING: usize = 4096;
/// Outcomes the server remembers for each run of a replica: at least twice what may be in flight.
pub const OUTCOMES: usize = 2 * IN_FLIGHT;
/// Runs the server remembers outcomes for.
pub const RUNS: usize = 256;
/// Undo steps a replica remembers.
pub const UNDO: usize = 256;
/// Ordered edits kept for replicas that come back.
pub const TAIL: usize = 2048;
/// Bytes of ordered edits kept for replicas that come back.
pub const TAIL_BYTES: usize = 1024 * 1024;

/// From opening a connection to saying hello.
pub const HELLO_WITHIN: Span = Span::from_seconds(10);
/// A connection that says nothing for this long is closed.
pub const SILENCE: Span = Span::from_seconds(10);
/// A connection that cannot take its messages for this long is closed.
pub const SLOWNESS: Span = Span::from_seconds(15);
/// How long an absent leader keeps the lead.
pub const ABSENT_LEADER: Span = Span::from_seconds(5);
/// Presence of one player is passed on at most this often.
pub const PRESENCE_EVERY: Span = Span::from_millis(50);
/// The period of the plain clock broadcast.
pub const CLOCK_EVERY: Span = Span::from_millis(50);
/// A launch is announced at least this long before it happens.
pub const NOTICE: Span = Span::from_millis(100);
/// And never waits longer than this for a slow player.
pub const MOST_NOTICE: Span = Span::from_seconds(1);

/// What one connection may send: a steady rate and a burst on top of it.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    pub per_second: u32,
    pub burst: u32,
}

/// One player, over all their connections, may do so many times what one connection may.
pub const CONNECTIONS_AT_FULL_RATE: u32 = 3;
/// Players whose rates are remembered: those who are here, and those who left and may be back.
pub const REMEMBERED_RATES: usize = 4 * PLAYERS;

impl Allowance {
    pub(crate) fn times(self, factor: u32) -> Allowance {
        Allowance {
            per_second: self.per_second.saturating_mul(factor),
            burst: self.burst.saturating_mul(factor),
        }
    }
}

/// The rates an authority grants each connection.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    pub edits: Allowance,
    pub presence: Allowance,
    pub pings: Allowance,
    /// Messages that make no sense.
    pub mistakes: Allowance,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            edits: Allowance {
                per_second: 200,
                burst: 600,
            },
            presence: Allowance {
                per_second: 60,
                burst: 120,
            },
            pings: Allowance {
                per_second: 25,
                burst: 100,
            },
            mistakes: Allowance {
                per_second: 2,
                burst: 20,
            },
        }
    }
}

/// A replica paces itself below the rates of an authority, so that a backlog is never refused.
pub const REPLICA_EDITS: Allowance = Allowance {
    per_second: 150,
    burst: 256,
};
