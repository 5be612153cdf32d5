//! The last things that happened in a world, for people. Costs nothing unless it is kept.

use lockstep_session::units::ServerTime;
use std::{collections::VecDeque, fmt};

#[derive(Debug, Default)]
pub(super) struct Trace {
    kept: bool,
    lines: VecDeque<String>,
}

const LINES: usize = 60;
const WIDTH: usize = 230;

impl Trace {
    pub(super) fn keep(&mut self) {
        self.kept = true;
    }

    /// What led to the end stays readable.
    pub(super) fn end(&mut self) {
        self.kept = false;
    }

    pub(super) fn note(&mut self, now: ServerTime, what: impl FnOnce() -> String) {
        if !self.kept {
            return;
        }
        if self.lines.len() == LINES {
            self.lines.pop_front();
        }
        let line: String = what().chars().take(WIDTH).collect();
        self.lines.push_back(format!(
            "{:>10.3} ms  {line}",
            now.as_micros() as f64 / 1_000.0
        ));
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines
            .iter()
            .try_for_each(|line| writeln!(formatter, "{line}"))
    }
}
