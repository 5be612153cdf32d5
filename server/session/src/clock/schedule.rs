//! When to ping. Must not know what the answers say, only how badly more of them are wanted.

use crate::units::{LocalTime, Span};

/// Pings in quick succession when a connection begins...
const BURST: u32 = 24;
const BURST_SPACING: Span = Span::from_millis(75);
/// ...then so many more, less quickly, but only as long as the estimate stays vague...
const EFFORT: u32 = 240;
const EFFORT_SPACING: Span = Span::from_millis(200);
/// ...and then two a second for ever.
const STEADY_SPACING: Span = Span::from_millis(500);
/// A longer pause was not meant: the machine slept, and begins like a new connection.
const LONGEST_PAUSE: Span = Span::from_seconds(5);

/// How badly another answer is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// The last answer contradicted all others.
    Doubtful,
    Vague,
    Content,
}

#[derive(Debug, Clone)]
pub(super) struct Schedule {
    last_sent: Option<LocalTime>,
    burst_left: u32,
    effort_left: u32,
}

impl Schedule {
    pub(super) fn new() -> Schedule {
        Schedule {
            last_sent: None,
            burst_left: BURST,
            effort_left: EFFORT,
        }
    }

    pub(super) fn next(&self, need: Need) -> LocalTime {
        let Some(last_sent) = self.last_sent else {
            return LocalTime::ZERO;
        };
        let spacing = match need {
            _ if self.burst_left > 0 => BURST_SPACING,
            Need::Doubtful => BURST_SPACING,
            Need::Vague if self.effort_left > 0 => EFFORT_SPACING,
            Need::Vague | Need::Content => STEADY_SPACING,
        };
        last_sent + spacing
    }

    pub(super) fn sent(&mut self, now: LocalTime, need: Need) {
        if self
            .last_sent
            .is_some_and(|last_sent| now - last_sent > LONGEST_PAUSE)
        {
            self.begin_again();
        }
        if self.burst_left > 0 {
            self.burst_left -= 1;
        } else if need == Need::Vague {
            self.effort_left = self.effort_left.saturating_sub(1);
        }
        self.last_sent = Some(now);
    }

    pub(super) fn begin_again(&mut self) {
        self.burst_left = BURST;
        self.effort_left = EFFORT;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many pings this schedule sends within the span, from its last one on.
    fn pings(schedule: &mut Schedule, span: Span, need: Need) -> usize {
        let end = schedule.next(need) + span;
        let mut count = 0;
        while schedule.next(need) < end {
            schedule.sent(schedule.next(need), need);
            count += 1;
        }
        count
    }

    #[test]
    fn joining_is_a_burst_and_then_two_pings_a_second() {
        let mut schedule = Schedule::new();
        assert_eq!(
            pings(&mut schedule, Span::from_millis(24 * 75), Need::Content),
            24
        );
        assert_eq!(
            pings(&mut schedule, Span::from_seconds(60), Need::Content),
            120
        );
    }

    #[test]
    fn a_vague_estimate_is_worked_on_for_less_than_a_minute() {
        let mut schedule = Schedule::new();
        pings(&mut schedule, Span::from_millis(24 * 75), Need::Vague);
        assert_eq!(
            pings(&mut schedule, Span::from_seconds(10), Need::Vague),
            50
        );
        pings(&mut schedule, Span::from_seconds(50), Need::Vague);
        assert_eq!(
            pings(&mut schedule, Span::from_seconds(10), Need::Vague),
            20
        );
    }

    #[test]
    fn a_new_connection_and_a_long_pause_begin_again() {
        let mut schedule = Schedule::new();
        pings(&mut schedule, Span::from_seconds(60), Need::Content);
        schedule.begin_again();
        assert_eq!(
            pings(&mut schedule, Span::from_millis(1_500), Need::Content),
            20
        );
        pings(&mut schedule, Span::from_seconds(60), Need::Content);
        schedule.sent(
            schedule.next(Need::Content) + Span::from_seconds(3_600),
            Need::Content,
        );
        assert_eq!(
            pings(&mut schedule, Span::from_millis(1_500), Need::Content),
            20
        );
    }

    #[test]
    fn doubt_is_settled_quickly() {
        let mut schedule = Schedule::new();
        pings(&mut schedule, Span::from_seconds(60), Need::Content);
        assert_eq!(
            pings(&mut schedule, Span::from_millis(750), Need::Doubtful),
            10
        );
    }
}
