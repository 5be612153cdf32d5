//! When the window is drawn again though nothing happens. Windows and macOS keep every wait that they
//! are asked for, and Windows draws at once where another thread asks; so waits are asked for here, by
//! the window's own thread, and only where none ends soon enough already. Otherwise a picture that asks
//! for the next one would have as many successors as there ever were reasons to draw.

use super::Frame;
use egui::Context;
use lockstep_session::units::{LocalTime, Span};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// A wait without end is none.
const NEVER: i64 = i64::MAX;

#[derive(Debug)]
pub(super) struct Rest {
    /// The shortest wait that was asked for since the last picture, in microseconds.
    wanted: Arc<AtomicI64>,
    /// When the wait that was asked for last ends.
    next: Option<LocalTime>,
}

impl Default for Rest {
    fn default() -> Self {
        let wanted = Arc::new(AtomicI64::new(NEVER));
        Self { wanted, next: None }
    }
}

impl Rest {
    /// For a window that has just opened.
    pub(super) fn begin(&mut self, context: &Context, frame: &Frame) {
        *self = Self::default();
        let wanted = Arc::clone(&self.wanted);
        let waker = frame.baseview_window().waker();
        context.set_request_repaint_callback(move |request| match micros(request.delay) {
            0 => waker.request_redraw(),
            wait => {
                wanted.fetch_min(wait, Ordering::Relaxed);
            }
        });
    }

    /// Asks for the next picture, at the end of one.
    pub(super) fn keep(&mut self, frame: &Frame, now: LocalTime) {
        if let Some(wait) = self.wait(now) {
            frame.baseview_window().request_redraw_after(wait);
        }
    }

    /// How long to wait, unless it is waited already and not for longer.
    fn wait(&mut self, now: LocalTime) -> Option<Duration> {
        let wanted = self.wanted.swap(NEVER, Ordering::Relaxed);
        if wanted == NEVER {
            return None;
        }
        let wanted_at = now + Span::from_micros(wanted);
        let is_waited = self
            .next
            .is_some_and(|next| now < next && next <= wanted_at);
        if is_waited {
            return None;
        }
        self.next = Some(wanted_at);
        Some(Duration::from_micros(wanted.unsigned_abs()))
    }
}

fn micros(wait: Duration) -> i64 {
    i64::try_from(wait.as_micros()).unwrap_or(NEVER)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: i64 = 10_000_000;

    /// The waits that are asked for when there are pictures at these times, each of which wants this.
    fn waits(pictures: impl Iterator<Item = (i64, i64)>) -> Vec<(i64, i64)> {
        let mut rest = Rest::default();
        let asked = pictures.filter_map(|(at, wanted)| {
            rest.wanted.fetch_min(wanted, Ordering::Relaxed);
            let wait = rest.wait(LocalTime::from_micros(at))?;
            Some((at, micros(wait)))
        });
        asked.collect()
    }

    #[test]
    fn however_often_it_is_drawn_meanwhile_one_wait_is_enough() {
        let moves = (0..600).map(|picture| (picture * 16_000, LONG));
        let last = (LONG + 5, LONG);
        assert_eq!(waits(moves.chain([last])), [(0, LONG), last]);
    }

    #[test]
    fn a_shorter_wait_is_asked_for_at_once_and_a_longer_one_when_that_has_ended() {
        let pictures = [(0, LONG), (1_000, 33_000), (2_000, LONG), (34_000, LONG)];
        let asked = [(0, LONG), (1_000, 33_000), (34_000, LONG)];
        assert_eq!(waits(pictures.into_iter()), asked);
    }

    #[test]
    fn a_picture_that_wants_no_other_or_never_asks_for_none() {
        let never = micros(Duration::MAX);
        assert!(waits([(0, NEVER), (5, never)].into_iter()).is_empty());
    }
}
