//! The server's one clock: the wall clock read once, carried on by the monotonic one, so that
//! nobody who sets the computer's time can bend the session's.

use lockstep_session::units::{ServerTime, Span};
use std::time::{Duration, Instant, SystemTime};
use tokio::time::Instant as Timer;

#[derive(Clone, Copy, Debug)]
pub(crate) struct ServerClock {
    started: Instant,
    at_start: ServerTime,
}

impl ServerClock {
    pub(crate) fn start() -> Self {
        let since_epoch = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            started: Instant::now(),
            at_start: ServerTime::ZERO + span(since_epoch),
        }
    }

    pub(crate) fn now(&self) -> ServerTime {
        self.at_start + span(self.started.elapsed())
    }

    /// When a timer has to ring so that `now` is not before `time`.
    pub(crate) fn timer(&self, time: ServerTime) -> Timer {
        let since_start = (time - self.at_start).as_micros();
        let since_start = Duration::from_micros(u64::try_from(since_start).unwrap_or(0));
        Timer::from_std(
            self.started
                .checked_add(since_start)
                .unwrap_or(self.started),
        )
    }
}

pub(crate) fn span(duration: Duration) -> Span {
    Span::from_micros(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_rings_when_the_clock_shows_its_time() {
        let clock = ServerClock::start();
        let later = clock.now() + Span::from_millis(5);
        let rings = clock.timer(later).into_std();
        assert_eq!(clock.at_start + span(rings - clock.started), later);
    }

    #[test]
    fn the_past_rings_at_once() {
        let clock = ServerClock::start();
        assert!(clock.timer(ServerTime::ZERO).into_std() <= Instant::now());
    }
}
