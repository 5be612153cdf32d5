//! What waits to be written to one connection: bounded, and shared by the session that fills it
//! and the socket that empties it. Neither ever waits for the other here.

use lockstep_session::protocol::Goodbye;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// Messages a connection may be behind.
const MOST_MESSAGES: usize = 512;
/// Bytes a connection may be behind. A single message, such as a whole document, may be larger.
const MOST_BYTES: usize = 512 * 1024;

#[derive(Debug, Default)]
pub(crate) struct Outbox {
    state: Mutex<State>,
    filled: Notify,
    closing: Notify,
}

#[derive(Debug, Default)]
struct State {
    messages: Vec<Utf8Bytes>,
    bytes: usize,
    overflowed: bool,
    end: Option<Goodbye>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Pushed {
    /// The first to wait: the socket has to be woken.
    First,
    Behind,
    /// No room: this message and all until the socket has caught up are dropped.
    Overflowed,
}

/// What the socket has to do next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Work {
    Write(Vec<Utf8Bytes>),
    /// Everything that waited before an overflow is written.
    CaughtUp,
    Close(Goodbye),
}

impl Outbox {
    pub(crate) fn push(&self, text: Utf8Bytes) -> Pushed {
        let mut state = self.state();
        let is_first = state.messages.is_empty();
        let full = state.messages.len() >= MOST_MESSAGES || state.bytes + text.len() > MOST_BYTES;
        if state.overflowed || (full && !is_first) {
            state.overflowed = true;
            return Pushed::Overflowed;
        }
        state.bytes += text.len();
        state.messages.push(text);
        if is_first {
            Pushed::First
        } else {
            Pushed::Behind
        }
    }

    pub(crate) fn wake(&self) {
        self.filled.notify_one();
    }

    /// Lets the socket write what waits, then end.
    pub(crate) fn close(&self, goodbye: Goodbye) {
        self.state().end.get_or_insert(goodbye);
        self.wake();
        self.closing.notify_one();
    }

    /// Waits until the connection is to end.
    pub(crate) async fn closing(&self) {
        self.closing.notified().await;
    }

    /// Waits for something to do. A call given up halfway takes nothing.
    pub(crate) async fn work(&self) -> Work {
        loop {
            if let Some(work) = self.next() {
                return work;
            }
            self.filled.notified().await;
        }
    }

    fn next(&self) -> Option<Work> {
        let mut state = self.state();
        if !state.messages.is_empty() {
            state.bytes = 0;
            return Some(Work::Write(std::mem::take(&mut state.messages)));
        }
        if let Some(goodbye) = state.end {
            return Some(Work::Close(goodbye));
        }
        std::mem::take(&mut state.overflowed).then_some(Work::CaughtUp)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn messages_are_written_in_order_then_the_connection_ends() {
        let outbox = Outbox::default();
        assert_eq!(outbox.push("one".into()), Pushed::First);
        assert_eq!(outbox.push("two".into()), Pushed::Behind);
        outbox.close(Goodbye::Restarting);
        assert_eq!(
            outbox.work().await,
            Work::Write(vec!["one".into(), "two".into()])
        );
        assert_eq!(outbox.work().await, Work::Close(Goodbye::Restarting));
    }

    #[tokio::test]
    async fn a_reader_that_falls_behind_holds_no_more_than_its_share_and_is_told_when_it_caught_up()
    {
        let outbox = Outbox::default();
        let text = Utf8Bytes::from("x".repeat(10_000));
        let taken = (0..1_000)
            .take_while(|_| outbox.push(text.clone()) != Pushed::Overflowed)
            .count();
        assert_eq!(taken, MOST_BYTES / 10_000);
        let Work::Write(waiting) = outbox.work().await else {
            panic!("messages wait")
        };
        assert_eq!(waiting.len(), taken);
        assert_eq!(
            outbox.push("dropped".into()),
            Pushed::Overflowed,
            "until it is told that it caught up"
        );
        assert_eq!(outbox.work().await, Work::CaughtUp);
        assert_eq!(outbox.push("new".into()), Pushed::First);
    }

    #[tokio::test]
    async fn one_message_larger_than_the_share_passes_alone() {
        let outbox = Outbox::default();
        assert_eq!(
            outbox.push("x".repeat(MOST_BYTES * 2).into()),
            Pushed::First
        );
        assert_eq!(outbox.push("more".into()), Pushed::Overflowed);
    }
}
