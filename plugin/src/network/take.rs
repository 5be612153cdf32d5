//! A recording of the plugin's input, which becomes a sample. It must not know where from.

use super::Network;
use super::uploads::ReadError;
use lockstep_session::takes::next_name;
use std::io;

pub(super) struct Take {
    left: Vec<f32>,
    right: Vec<f32>,
    /// Frames a second.
    rate: u32,
    most: usize,
    has_hole: bool,
}

impl Network {
    /// Begins a recording, or ends it and adds what was recorded.
    pub(super) fn switch_take(&mut self, wanted: bool) {
        match (wanted, self.take.is_some()) {
            (true, false) => self.begin_take(),
            (false, true) => self.end_take(),
            _ => {}
        }
    }

    fn begin_take(&mut self) {
        if !self.may_edit() {
            return self.tell("This link only listens. Ask for the link that edits");
        }
        let Some(rate) = self.ends.session.rate() else {
            return self
                .tell("The workstation has not started the audio yet. Start it and try again");
        };
        // What an older recording left.
        while self.ends.captured().is_some() {}
        self.take = Some(Take::new(rate));
        self.ends.capture(true);
    }

    fn end_take(&mut self) {
        self.record_take();
        self.ends.capture(false);
        let Some(take) = self.take.take() else {
            return;
        };
        if take.left.is_empty() {
            return self.tell("Nothing came from the plugin's input. Route something to it");
        }
        if take.has_hole {
            self.tell("The machine was too busy, and the recording has a hole");
        }
        let name = next_name(self.replica.document(), |_| false);
        self.add_audio(name, move || take.wav().map_err(ReadError::Unreadable));
    }

    /// Takes what has been recorded since.
    pub(super) fn record_take(&mut self) {
        let Some(take) = &mut self.take else {
            return;
        };
        take.has_hole |= self.ends.has_hole();
        while let Some(frame) = self.ends.captured() {
            take.push(frame);
        }
        if take.is_full() {
            self.end_take();
        }
    }
}

impl Take {
    fn new(rate: u32) -> Self {
        Self {
            left: Vec::new(),
            right: Vec::new(),
            rate,
            most: lockstep_session::takes::most_frames(rate),
            has_hole: false,
        }
    }

    fn push(&mut self, [left, right]: [f32; 2]) {
        if !self.is_full() {
            self.left.push(left);
            self.right.push(right);
        }
    }

    fn is_full(&self) -> bool {
        self.left.len() >= self.most
    }

    fn wav(self) -> io::Result<Vec<u8>> {
        let take = lockstep_offline::Take::new(self.rate, vec![self.left, self.right]);
        take.wav(&take.whole()).map_err(io::Error::other)
    }
}
