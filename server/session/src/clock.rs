//! A client's estimate of server time from pings. Sends nothing and reads no clock: the caller
//! sends a ping when `next_ping` says so and hands in each answer with its four times.
//!
//! **Estimate.** All remembered exchanges together give the offset and the skew (`envelope`); the
//! lower edges of the delays there and back are found apart from each other. A line through the
//! quickest round trips, the usual way, waits for exchanges that are quick in both directions at
//! once, which are rare on a jittery route: over 120 seconds with 10 ms of exponential jitter each
//! way its error was two and a half times ours. Exchanges that contradict the rest beyond what their
//! round trip excuses are set aside; four in a row are believed, for then a clock was set anew
//! (`window`). No estimator can see a difference between the ways there and back that never
//! changes: for that, players have the nudge.
//!
//! **What players hear.** `server_time` is one unbroken line that is bent towards the estimate
//! (`course`). It never runs more than 500 ppm faster or slower than the local clock. An error of
//! more than 5 ms, and more than the estimate itself may be off, is stepped over where that cannot
//! make a beat sound twice:
//! - A step forward repeats nothing, and everyone else is already there: it is taken at once.
//! - A step back waits in `pending_step` until the caller says by `allow_step` that nothing is
//!   sounding. Meanwhile it is slewed away at the limit, 200 ms in about 400 seconds.
//! - A step back by more than ten seconds is no correction but another clock, such as that of a
//!   restarted server, and is taken at once.

mod course;
mod envelope;
mod schedule;
mod window;

#[cfg(test)]
mod tests;

use crate::units::{LocalTime, ServerTime, Span};
use course::{Aim, Course};
use schedule::{Need, Schedule};
use window::{Verdict, Window};

/// So many exchanges make a first estimate worth hearing...
const SETTLED: usize = 12;
/// ...or so few, if no more came within this time.
const SPARSE: usize = 3;
const IMPATIENCE: Span = Span::from_seconds(3);
/// One that may be further off waits that long, too: if many of the first answers were held up, the
/// next ones are better, and what is heard from the beginning need not be bent for half a minute.
const ROUGH: Span = Span::from_millis(2);
/// An estimate that may be further off than this is vague.
const VAGUE: Span = Span::from_micros(300);
/// No estimate is better than this: warmth bends even good crystals.
const LEAST_ERROR: Span = Span::from_micros(50);
const LARGEST_NUDGE: Span = Span::from_seconds(1);

/// One ping and its answer, in the times of both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exchange {
    pub sent: LocalTime,
    pub server_received: ServerTime,
    pub server_sent: ServerTime,
    pub received: LocalTime,
}

/// How far the clock can be trusted, as of the last answer that it learned from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// How far `server_time` without the nudge is likely off, at two standard deviations, if the
    /// shortest ways there and back are equally long. If they are not, half their difference comes
    /// on top, at most half the round trip.
    pub error: Span,
    /// The median of the remembered ones.
    pub round_trip: Span,
    /// How much faster the server's clock runs than the local one, in parts per million.
    pub skew_ppm: f64,
}

#[derive(Debug, Clone)]
pub struct Clock {
    schedule: Schedule,
    window: Window,
    /// Begins with the first estimate worth hearing.
    course: Option<Course>,
    nudge: Span,
    first_answer: Option<LocalTime>,
    last_answer: LocalTime,
}

impl Default for Clock {
    fn default() -> Clock {
        Clock::new()
    }
}

impl Clock {
    pub fn new() -> Clock {
        Clock {
            schedule: Schedule::new(),
            window: Window::new(),
            course: None,
            nudge: Span::ZERO,
            first_answer: None,
            last_answer: LocalTime::ZERO,
        }
    }

    /// When to send the next ping: at once if that has passed.
    pub fn next_ping(&self) -> LocalTime {
        self.schedule.next(self.need())
    }

    /// Server time as this player is to hear it, nudge included. None until the first estimate,
    /// one to three seconds after joining. Ever greater with `at`, as long as no step is taken.
    pub fn server_time(&self, at: LocalTime) -> Option<ServerTime> {
        Some(self.course.as_ref()?.server_time(at))
    }

    /// The inverse of `server_time`, to within a microsecond.
    pub fn local_time(&self, at: ServerTime) -> Option<LocalTime> {
        Some(self.course.as_ref()?.local_time(at))
    }

    pub fn quality(&self) -> Option<Quality> {
        let uncorrected = self.course.as_ref()?.error().as_micros().saturating_abs();
        Some(Quality {
            error: self.aim_at(self.last_answer)?.error + Span::from_micros(uncorrected),
            round_trip: self.window.round_trip()?,
            skew_ppm: self.window.skew()? * 1e6,
        })
    }

    /// The step back that waits until it is allowed, if any: negative.
    pub fn pending_step(&self) -> Option<Span> {
        self.course.as_ref()?.pending_step()
    }

    pub fn handle_ping_sent(&mut self, now: LocalTime) {
        let need = self.need();
        self.schedule.sent(now, need);
    }

    /// Learns from an answer. Returns the step that server time took, if it took one.
    pub fn handle_pong(&mut self, exchange: Exchange, now: LocalTime) -> Option<Span> {
        if exchange.received > now || self.window.take_in(exchange) != Verdict::Kept {
            return None;
        }
        self.last_answer = now;
        let first_answer = *self.first_answer.get_or_insert(now);
        let aim = self.aim_at(now)?;
        let is_settled = (self.window.len() >= SETTLED && aim.error <= ROUGH)
            || (self.window.len() >= SPARSE && now - first_answer >= IMPATIENCE);
        match &mut self.course {
            Some(course) => return course.aim(aim, false),
            None if is_settled => self.course = Some(Course::starting_on(aim)),
            None => {}
        }
        None
    }

    /// The caller's word that nothing is sounding now, so that a pending step may be taken. Returns
    /// the step.
    pub fn allow_step(&mut self, now: LocalTime) -> Option<Span> {
        self.pending_step()?;
        let aim = self.aim_at(now)?;
        self.course.as_mut()?.aim(aim, true)
    }

    /// A new connection: another burst. What was learned stays until answers contradict it.
    pub fn restart(&mut self) {
        self.schedule.begin_again();
    }

    /// How much further ahead this player is to be, at most a second, to make up for slow speakers
    /// or a route that is slower one way. It takes effect with the next answer, like a correction.
    pub fn set_nudge(&mut self, nudge: Span) {
        self.nudge = nudge.clamp(-LARGEST_NUDGE, LARGEST_NUDGE);
    }

    fn need(&self) -> Need {
        if self.window.is_in_doubt() {
            Need::Doubtful
        } else if self
            .aim_at(self.last_answer)
            .is_none_or(|aim| aim.error > VAGUE)
        {
            Need::Vague
        } else {
            Need::Content
        }
    }

    fn aim_at(&self, local: LocalTime) -> Option<Aim> {
        let (server, error) = self.window.server_time(local)?;
        let skew = self.window.skew()?;
        Some(Aim {
            local,
            server: server + self.nudge,
            skew,
            error: error + LEAST_ERROR,
        })
    }
}
