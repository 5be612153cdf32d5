//! The life of a replica's connection, and when to try again.

use crate::chance::Chance;
use crate::units::{LocalTime, Span};
use std::borrow::Cow;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// Not joined, by choice.
    Off,
    Waiting {
        retry_at: LocalTime,
    },
    Opening {
        since: LocalTime,
    },
    Joining {
        since: LocalTime,
    },
    Live {
        since: LocalTime,
    },
    /// The server said not to come back, and why.
    Refused {
        code: Cow<'static, str>,
        reason: Cow<'static, str>,
    },
}

/// How long a socket may take to open, and the server to answer.
pub(super) const PATIENCE: Span = Span::from_seconds(8);
const FIRST: i64 = 200;
const LONGEST: i64 = 1_500;
/// A link that lived this long was a good one.
const GOOD: Span = Span::from_seconds(5);

#[derive(Debug)]
pub(super) struct Reconnect {
    seed: u32,
    attempts: u32,
    not_before: Option<LocalTime>,
}

impl Reconnect {
    pub(super) fn new(seed: u32) -> Self {
        Self {
            seed,
            attempts: 0,
            not_before: None,
        }
    }

    pub(super) fn not_before(&mut self, at: LocalTime) {
        self.not_before = Some(at);
    }

    /// Ever longer, and never at the same moment as everyone else.
    pub(super) fn after_loss(&mut self, lost: &Link, now: LocalTime) -> Link {
        if matches!(lost, Link::Live { since } if now - *since >= GOOD) {
            self.attempts = 0;
        }
        let doubled = FIRST << self.attempts.min(8);
        let spread = i64::from(Chance::of(self.seed, self.attempts).percent(0));
        let wait = Span::from_millis(doubled.min(LONGEST) * (50 + spread / 2) / 100);
        self.attempts += 1;
        let retry_at = self
            .not_before
            .take()
            .unwrap_or(LocalTime::ZERO)
            .max(now + wait);
        Link::Waiting { retry_at }
    }
}
