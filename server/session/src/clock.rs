//! A client's estimate of server time from pings. Sends nothing and reads no clock: the caller
//! sends a ping when `next_ping` says so and hands in each answer with its four times.
//!
//! TODO docs

mod course;
mod envelope;
mod window;

use crate::units::{LocalTime, ServerTime, Span};
use course::{Aim, Course};
use window::{Verdict, Window};

/// Pings sent in quick succession when a connection begins.
const BURST: u32 = 24;
const BURST_SPACING: Span = Span::from_millis(75);
const STEADY_SPACING: Span = Span::from_millis(500);
/// A longer pause than this between pings was not meant: the machine slept.
const LONGEST_PAUSE: Span = Span::from_seconds(5);
/// So many exchanges make a first estimate worth hearing...
const SETTLED: usize = 12;
/// ...or so few, if that is all that came within this time.
const SPARSE: usize = 3;
const IMPATIENCE: Span = Span::from_seconds(3);
/// No estimate is better than this: temperature bends even good crystals.
const LEAST_ERROR: Span = Span::from_micros(50);
const LARGEST_NUDGE: Span = Span::from_seconds(1);

/// One ping and its answer, in the four times of the two clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exchange {
    pub sent: LocalTime,
    pub server_received: ServerTime,
    pub server_sent: ServerTime,
    pub received: LocalTime,
}

/// How far the clock can be trusted, as of the last answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// Server time is within this of the truth in nineteen cases of twenty, as long as the ways
    /// there and back are equally long; no estimator can see more than their sum.
    pub error: Span,
    /// The median of recent round trips.
    pub round_trip: Span,
    /// How much faster than this machine's clock the server's runs, in parts per million.
    pub skew_ppm: f64,
}

#[derive(Debug, Clone)]
pub struct Clock {
    window: Window,
    course: Option<Course>,
    nudge: Span,
    last_sent: Option<LocalTime>,
    spacing: Span,
    effort: i64,
    burst_left: u32,
    first_answer: Option<LocalTime>,
    last_answer: LocalTime,
}

impl Default for Clock {
    fn default() -> Self {
        Clock::new()
    }
}

impl Clock {
    pub fn new() -> Clock {
        Clock {
            window: Window::new(),
            course: None,
            nudge: Span::ZERO,
            last_sent: None,
            spacing: BURST_SPACING,
            effort: 0,
            burst_left: BURST,
            first_answer: None,
            last_answer: LocalTime::ZERO,
        }
    }

    /// When to send the next ping; at once if that has passed.
    pub fn next_ping(&self) -> LocalTime {
        let Some(last_sent) = self.last_sent else {
            return LocalTime::ZERO;
        };
        let is_hurried = self.burst_left > 0 || self.window.is_in_doubt();
        last_sent
            + if is_hurried {
                BURST_SPACING
            } else {
                self.spacing
            }
    }

    /// Server time as this player is to hear it, nudge included; nothing until the first estimate.
    pub fn server_time(&self, at: LocalTime) -> Option<ServerTime> {
        Some(self.course.as_ref()?.server_time(at))
    }

    /// The inverse of `server_time`, to a microsecond.
    pub fn local_time(&self, at: ServerTime) -> Option<LocalTime> {
        Some(self.course.as_ref()?.local_time(at))
    }

    pub fn quality(&self) -> Option<Quality> {
        let course = self.course.as_ref()?;
        let error =
            self.aim_at(self.last_answer)?.error.as_micros() + course.error().as_micros().abs();
        Some(Quality {
            error: Span::from_micros(error),
            round_trip: self.window.round_trip()?,
            skew_ppm: self.window.skew()? * 1e6,
        })
    }

    /// A step back that waits for the transport to stop; meanwhile it is slewed away.
    pub fn pending_step(&self) -> Option<Span> {
        self.course.as_ref()?.pending_step()
    }

    pub fn handle_ping_sent(&mut self, now: LocalTime) {
        if self
            .last_sent
            .is_some_and(|last_sent| now - last_sent > LONGEST_PAUSE)
        {
            self.burst_left = BURST;
        }
        let env = |n: &str, d: i64| std::env::var(n).map_or(d, |s| s.parse().unwrap());
        if self.burst_left == 0 {
            self.effort += 1;
            let good = self
                .aim_at(now)
                .is_some_and(|aim| aim.error.as_micros() < env("GOOD", 300));
            self.spacing = if !good && self.effort < env("EFFORT", 160) {
                Span::from_millis(env("SP", 200))
            } else {
                STEADY_SPACING
            };
        }
        self.burst_left = self.burst_left.saturating_sub(1);
        self.last_sent = Some(now);
    }

    /// Learns from an answer. Returns the step that server time took, if it took one.
    pub fn handle_pong(&mut self, exchange: Exchange, now: LocalTime) -> Option<Span> {
        if exchange.received > now || self.window.take_in(exchange) != Verdict::Kept {
            return None;
        }
        self.last_answer = now;
        let first_answer = *self.first_answer.get_or_insert(now);
        let is_settled = self.window.len() >= SETTLED
            || self.window.len() >= SPARSE && now - first_answer >= IMPATIENCE;
        let aim = self.aim_at(now)?;
        match &mut self.course {
            Some(course) => course.aim(aim, false),
            None if is_settled => {
                self.course = Some(Course::starting_on(aim));
                None
            }
            None => None,
        }
    }

    /// The caller's word that a step back cannot be heard twice now.
    pub fn allow_step(&mut self, now: LocalTime) -> Option<Span> {
        self.pending_step()?;
        let aim = self.aim_at(now)?;
        self.course.as_mut()?.aim(aim, true)
    }

    /// A new connection: another burst. What was learned stays until it is contradicted.
    pub fn restart(&mut self) {
        self.burst_left = BURST;
    }

    /// How much earlier this player is to hear everything...
    pub fn set_nudge(&mut self, nudge: Span) {
        self.nudge = nudge.clamp(-LARGEST_NUDGE, LARGEST_NUDGE);
    }

    fn aim_at(&self, local: LocalTime) -> Option<Aim> {
        let (server, error) = self.window.server_time(local)?;
        Some(Aim {
            local,
            server: server + self.nudge,
            skew: self.window.skew()?,
            error: error + LEAST_ERROR,
        })
    }
}
