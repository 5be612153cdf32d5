//! What waits to be written to one connection: bounded, and shared by the session that fills it
//! and the socket's task. The session writes to a plain socket by itself, which spares the task a
//! waking for every message; whatever the socket does not take at once is left to the task.

use crate::frame;
use bytes::Bytes;
use lockstep_session::protocol::Goodbye;
use std::collections::VecDeque;
use std::io::{ErrorKind, IoSlice};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::sync::Notify;

/// Frames a connection may be behind.
const MOST_FRAMES: usize = 4_096;
/// Bytes a connection may be behind. A single frame, such as a whole document, may be larger.
const MOST_BYTES: usize = 512 * 1024;
/// Frames that are handed to the system at once.
const TOGETHER: usize = 32;

#[derive(Debug, Default)]
pub(crate) struct Outbox {
    state: Mutex<State>,
    /// The socket, if its bytes need nothing done to them.
    line: OnceLock<Arc<OwnedWriteHalf>>,
    work: Notify,
    closing: Notify,
}

#[derive(Debug, Default)]
struct State {
    frames: VecDeque<Bytes>,
    /// How much of the first frame is written.
    written: usize,
    bytes: usize,
    overflowed: bool,
    /// The socket took no more; its task waits until it does.
    blocked: bool,
    broken: bool,
    end: Option<Goodbye>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Pushed {
    /// The first to wait: the outbox has to be flushed.
    First,
    Behind,
    /// No room: this frame and all until the socket has caught up are dropped.
    Overflowed,
}

/// What the socket's task has to do next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// Write what waits, as soon as the socket takes it.
    Write,
    /// Everything that waited before an overflow is written.
    CaughtUp,
    Close(Goodbye),
    /// The socket cannot be written to any more.
    Broken,
}

impl Outbox {
    /// From now on the session writes to this socket by itself.
    pub(crate) fn connect(&self, line: Arc<OwnedWriteHalf>) {
        // An outbox has one socket in its life.
        let _ = self.line.set(line);
    }

    pub(crate) fn push(&self, frame: Bytes) -> Pushed {
        let mut state = self.state();
        let is_first = state.frames.is_empty();
        if state.overflowed || (state.is_full(frame.len()) && !is_first) {
            state.overflowed = true;
            return Pushed::Overflowed;
        }
        state.push(frame);
        if is_first {
            Pushed::First
        } else {
            Pushed::Behind
        }
    }

    /// A frame that may be left out where there is no room for it, such as the answer to a ping.
    pub(crate) fn push_if_room(&self, frame: Bytes) {
        let mut state = self.state();
        if !state.overflowed && !state.is_full(frame.len()) && state.end.is_none() {
            state.push(frame);
            drop(state);
            self.flush();
        }
    }

    /// Gives the socket what waits.
    pub(crate) fn flush(&self) {
        let mut state = self.state();
        if let Some(line) = self.line.get().filter(|_| !state.blocked) {
            state.write(line);
        }
        if state.needs_task(self.line.get().is_some()) {
            self.work.notify_one();
        }
    }

    /// Lets the socket have what waits, then end.
    pub(crate) fn close(&self, goodbye: Goodbye) {
        self.state().end.get_or_insert(goodbye);
        self.flush();
        self.work.notify_one();
        self.closing.notify_one();
    }

    /// Waits until the connection is to end.
    pub(crate) async fn closing(&self) {
        self.closing.notified().await;
    }

    /// Waits for something that only the socket's task can do. A call given up halfway takes nothing.
    pub(crate) async fn work(&self) -> Work {
        loop {
            if let Some(work) = self.next() {
                return work;
            }
            self.work.notified().await;
        }
    }

    /// The socket takes bytes again.
    pub(crate) fn unblock(&self) {
        self.state().blocked = false;
        self.flush();
    }

    /// What waits, for a socket that its task writes to.
    pub(crate) fn take(&self) -> Vec<Bytes> {
        let mut state = self.state();
        state.bytes = 0;
        state.frames.drain(..).collect()
    }

    /// The last frame of all, behind what waits.
    pub(crate) fn push_last(&self, goodbye: Goodbye) {
        self.state().push(frame::close(goodbye));
        self.flush();
    }

    /// Nothing waits any more, or never will be written.
    pub(crate) fn is_done(&self) -> bool {
        let state = self.state();
        state.frames.is_empty() || state.broken
    }

    fn next(&self) -> Option<Work> {
        let mut state = self.state();
        if state.broken {
            return Some(Work::Broken);
        }
        if !state.frames.is_empty() {
            let is_ours = state.blocked || self.line.get().is_none();
            return is_ours.then_some(Work::Write);
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

impl State {
    /// A large frame in front, such as a whole document, does not count: what comes while it is on
    /// its way would otherwise be dropped, and the document be sent again and again.
    fn is_full(&self, more: usize) -> bool {
        let first = self.frames.front().map_or(0, Bytes::len);
        self.frames.len() >= MOST_FRAMES || self.bytes - first + more > MOST_BYTES
    }

    fn push(&mut self, frame: Bytes) {
        self.bytes += frame.len();
        self.frames.push_back(frame);
    }

    fn needs_task(&self, has_line: bool) -> bool {
        let waits = !self.frames.is_empty() && (self.blocked || !has_line);
        waits || self.broken || (self.frames.is_empty() && (self.overflowed || self.end.is_some()))
    }

    /// Writes until all is written or the socket takes no more.
    fn write(&mut self, line: &OwnedWriteHalf) {
        while let Some(first) = self.frames.front() {
            let taken = if self.frames.len() == 1 {
                line.try_write(&first[self.written..])
            } else {
                let mut slices = [IoSlice::new(&[]); TOGETHER];
                slices[0] = IoSlice::new(&first[self.written..]);
                for (slice, frame) in slices.iter_mut().zip(&self.frames).skip(1) {
                    *slice = IoSlice::new(frame);
                }
                let count = self.frames.len().min(TOGETHER);
                line.try_write_vectored(&slices[..count])
            };
            match taken {
                Ok(0) => return self.fail(),
                Ok(count) => self.advance(count),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.blocked = true;
                    return;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return self.fail(),
            }
        }
    }

    fn advance(&mut self, mut count: usize) {
        while let Some(first) = self.frames.front() {
            let left = first.len() - self.written;
            if count < left {
                self.written += count;
                return;
            }
            count -= left;
            self.bytes -= first.len();
            self.written = 0;
            self.frames.pop_front();
        }
    }

    fn fail(&mut self) {
        self.broken = true;
        self.frames.clear();
        self.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;
    use tokio::net::{TcpListener, TcpStream};

    /// Both ends of a connection.
    async fn wire() -> (Arc<OwnedWriteHalf>, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let far = TcpStream::connect(listener.local_addr().unwrap());
        let (near, far) = tokio::join!(listener.accept(), far);
        let (_, near) = near.unwrap().0.into_split();
        (Arc::new(near), far.unwrap())
    }

    /// The work that a socket's task does.
    async fn write_all(outbox: &Outbox, line: &OwnedWriteHalf) {
        while !outbox.is_done() {
            line.writable().await.unwrap();
            outbox.unblock();
        }
    }

    #[tokio::test]
    async fn the_session_writes_by_itself_what_the_socket_takes_and_its_task_the_rest() {
        let (near, mut far) = wire().await;
        let outbox = Outbox::default();
        outbox.connect(near.clone());
        let frames: Vec<Bytes> = (0..400_u16)
            .map(|number| Bytes::from(vec![u8::try_from(number % 251).unwrap(); 1_000]))
            .collect();
        let sent = async {
            for frame in &frames {
                assert_ne!(outbox.push(frame.clone()), Pushed::Overflowed);
                outbox.flush();
            }
            write_all(&outbox, &near).await;
        };
        let mut heard = vec![0; 400_000];
        let (_, read) = tokio::join!(sent, far.read_exact(&mut heard));
        read.unwrap();
        assert!(heard == frames.concat(), "every byte once and in its order");
    }

    #[tokio::test]
    async fn frames_that_waited_together_are_written_in_their_order() {
        let (near, mut far) = wire().await;
        near.writable().await.unwrap();
        let outbox = Outbox::default();
        outbox.connect(near.clone());
        let mut expected = Vec::new();
        for number in 0..100_u8 {
            let frame = vec![number; usize::from(number) + 1];
            expected.extend_from_slice(&frame);
            outbox.push(frame.into());
        }
        outbox.flush();
        write_all(&outbox, &near).await;
        let mut heard = vec![0; expected.len()];
        far.read_exact(&mut heard).await.unwrap();
        assert_eq!(heard, expected);
    }

    #[tokio::test]
    async fn a_reader_that_falls_behind_holds_no_more_than_its_share_and_is_told_when_it_caught_up()
    {
        let outbox = Outbox::default();
        let frame = Bytes::from(vec![b'x'; 10_000]);
        let taken = (0..1_000)
            .take_while(|_| outbox.push(frame.clone()) != Pushed::Overflowed)
            .count();
        assert_eq!(taken, MOST_BYTES / 10_000 + 1, "the first does not count");
        assert_eq!(outbox.work().await, Work::Write);
        outbox.push_if_room(frame.clone());
        assert_eq!(outbox.take().len(), taken);
        assert_eq!(
            outbox.push(frame.clone()),
            Pushed::Overflowed,
            "until it is told that it caught up"
        );
        assert_eq!(outbox.work().await, Work::CaughtUp);
        assert_eq!(outbox.push(frame), Pushed::First);
    }

    #[tokio::test]
    async fn one_frame_larger_than_the_share_passes_and_so_does_what_comes_meanwhile() {
        let outbox = Outbox::default();
        let large = Bytes::from(vec![b'x'; MOST_BYTES * 2]);
        assert_eq!(outbox.push(large.clone()), Pushed::First);
        assert_eq!(outbox.push("more".into()), Pushed::Behind);
        assert_eq!(outbox.push(large), Pushed::Overflowed, "but not another");
    }

    #[tokio::test]
    async fn a_socket_that_is_gone_is_found_out_and_nothing_is_kept_for_it() {
        let (near, far) = wire().await;
        drop(far);
        near.writable().await.unwrap();
        let outbox = Outbox::default();
        outbox.connect(near);
        while !outbox.state().broken {
            outbox.push("anybody?".into());
            outbox.flush();
            tokio::task::yield_now().await;
        }
        assert_eq!(outbox.work().await, Work::Broken);
        assert!(outbox.is_done());
    }

    #[tokio::test]
    async fn the_connection_ends_when_everything_is_written() {
        let outbox = Outbox::default();
        outbox.push("one".into());
        outbox.close(Goodbye::Restarting);
        assert_eq!(outbox.work().await, Work::Write);
        outbox.take();
        assert_eq!(outbox.work().await, Work::Close(Goodbye::Restarting));
    }
}
