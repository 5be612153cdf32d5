//! The time that a player hears: a line over local time that is bent towards the estimate, never
//! broken but by a step. Must not know where the estimate comes from.

use crate::units::{LocalTime, ServerTime, Span};

/// The course never runs faster or slower than the local clock by more than this fraction: 500 ppm
/// less some room for rounding to microseconds.
const FASTEST: f64 = 490e-6;
/// Up to here an error is only ever slewed away.
const LEAST_STEP: Span = Span::from_millis(5);
/// A step back further than this repeats nothing that is still in anyone's ear.
const ANOTHER_TIME: Span = Span::from_seconds(10);
/// An error is slewed away over this many microseconds, or longer if the limit asks for it.
const PATIENCE: f64 = 1_000_000.0;

/// Where the course should lead: the server time at some moment, and its rate from there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Aim {
    pub(super) local: LocalTime,
    pub(super) server: ServerTime,
    pub(super) skew: f64,
    /// How far off the aim itself may be.
    pub(super) error: Span,
}

/// Three pieces of line that meet: as it ran before the last aim, correcting, and on the aim.
#[derive(Debug, Clone, Copy)]
pub(super) struct Course {
    local: LocalTime,
    server: ServerTime,
    before: f64,
    correcting: f64,
    /// How long the correction lasts, in microseconds.
    duration: f64,
    after: f64,
    /// What the correction was aimed to remove.
    error: Span,
    pending: Option<Span>,
}

impl Course {
    pub(super) fn starting_on(aim: Aim) -> Course {
        Course {
            local: aim.local,
            server: aim.server,
            before: aim.skew,
            correcting: aim.skew,
            duration: 0.0,
            after: aim.skew,
            error: Span::ZERO,
            pending: None,
        }
    }

    pub(super) fn server_time(&self, at: LocalTime) -> ServerTime {
        let passed = (at - self.local).as_micros();
        let gained = self.gain(passed as f64);
        self.server + Span::from_micros(passed.saturating_add(whole(gained)))
    }

    pub(super) fn local_time(&self, at: ServerTime) -> LocalTime {
        let passed = (at - self.server).as_micros();
        let seen = passed as f64;
        let turn = self.duration * (1.0 + self.correcting);
        let lost = if seen < 0.0 {
            seen * self.before / (1.0 + self.before)
        } else if seen < turn {
            seen * self.correcting / (1.0 + self.correcting)
        } else {
            self.duration * self.correcting + (seen - turn) * self.after / (1.0 + self.after)
        };
        self.local + Span::from_micros(passed.saturating_sub(whole(lost)))
    }

    /// What the course had to correct when it was last aimed.
    pub(super) fn error(&self) -> Span {
        self.error
    }

    pub(super) fn pending_step(&self) -> Option<Span> {
        self.pending
    }

    /// Bends the course towards the aim, or steps onto it if the error is large and the step cannot
    /// be heard twice: forward at once, back only if allowed. Returns the step it took.
    pub(super) fn aim(&mut self, aim: Aim, may_step_back: bool) -> Option<Span> {
        let error = aim.server - self.server_time(aim.local);
        let size = error.as_micros().saturating_abs();
        let is_large = size > LEAST_STEP.as_micros() && size > aim.error.as_micros();
        if is_large && (error > Span::ZERO || may_step_back || error < -ANOTHER_TIME) {
            *self = Course::starting_on(aim);
            return Some(error);
        }
        let passed = (aim.local - self.local).as_micros() as f64;
        let wanted = error.as_micros() as f64;
        let correcting = (aim.skew + wanted / PATIENCE).clamp(-FASTEST, FASTEST);
        *self = Course {
            local: aim.local,
            server: self.server_time(aim.local),
            before: self.rate(passed),
            correcting,
            duration: if wanted == 0.0 {
                0.0
            } else {
                wanted / (correcting - aim.skew)
            },
            after: aim.skew,
            error,
            pending: is_large.then_some(error),
        };
        None
    }

    /// By how much the course has gained on local time.
    fn gain(&self, passed: f64) -> f64 {
        if passed < 0.0 {
            passed * self.before
        } else if passed < self.duration {
            passed * self.correcting
        } else {
            self.duration * self.correcting + (passed - self.duration) * self.after
        }
    }

    fn rate(&self, passed: f64) -> f64 {
        if passed < 0.0 {
            self.before
        } else if passed < self.duration {
            self.correcting
        } else {
            self.after
        }
    }
}

/// The nearest whole number of microseconds.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a float beyond i64 is clamped, and NaN is 0"
)]
pub(super) fn whole(micros: f64) -> i64 {
    micros.round() as i64
}
