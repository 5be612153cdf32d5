//! The one clock of the machine that all processes share: what hosts, browser and server are measured
//! on. It must not know what anybody takes the time for.

pub mod suspension;

use rustix::time::{ClockId, clock_gettime};
use std::time::Instant;

/// What the system's monotonic clock does while the machine sleeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SleepingClock {
    /// As on Windows.
    GoesOn,
    /// As on Linux and macOS.
    StandsStill,
}

/// Nanoseconds of the system's monotonic clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MachineTime(i64);

impl MachineTime {
    pub fn now() -> Self {
        Self(nanos(ClockId::Monotonic))
    }

    pub fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    pub fn as_nanos(self) -> i64 {
        self.0
    }

    /// A time of the clock on the wall, in milliseconds since 1970. Both clocks run at one pace, and are
    /// compared anew each time.
    pub fn of_wall(millis: f64) -> Self {
        let apart = (0..5).map(|_| {
            let before = nanos(ClockId::Monotonic);
            let wall = nanos(ClockId::Realtime);
            let after = nanos(ClockId::Monotonic);
            (after - before, wall - i64::midpoint(before, after))
        });
        let (_, apart) = apart.min().expect("five are compared");
        Self(rounded(millis * 1e6) - apart)
    }

    /// What this clock shows at a moment of the same clock as the standard library keeps it.
    pub fn of(at: Instant) -> Self {
        let apart = (0..5).map(|_| {
            let before = nanos(ClockId::Monotonic);
            let (now, after) = (Instant::now(), nanos(ClockId::Monotonic));
            (after - before, i64::midpoint(before, after), now)
        });
        let (_, nanos, now) = apart.min().expect("five are compared");
        let seconds = at.saturating_duration_since(now).as_secs_f64()
            - now.saturating_duration_since(at).as_secs_f64();
        Self(nanos).after(seconds)
    }

    /// So many seconds later.
    #[must_use]
    pub fn after(self, seconds: f64) -> Self {
        Self(self.0 + rounded(seconds * 1e9))
    }

    /// How many milliseconds after another time.
    #[expect(clippy::cast_precision_loss, reason = "a test is shorter than a month")]
    pub fn millis_since(self, other: Self) -> f64 {
        (self.0 - other.0) as f64 / 1e6
    }
}

fn nanos(clock: ClockId) -> i64 {
    let time = clock_gettime(clock);
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "times are far below 2^63 nanoseconds"
)]
fn rounded(nanos: f64) -> i64 {
    nanos.round() as i64
}
