//! A recording of the plugin's input, which becomes a sample. It must not know where from.

use super::Network;
use super::http::MOST_SAMPLE_BYTES;
use super::uploads::ReadError;
use lockstep_offline::{Depth, Wav};
use lockstep_session::document::Document;
use lockstep_session::text::LongName;
use std::io::{self, Cursor};

/// A recording ends by itself once a sample of 16 bits can hold no more.
const MOST_FRAMES: usize = (MOST_SAMPLE_BYTES - 1024) / 4;
const MOST_SECONDS: f64 = 60.0;

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
        let name = next_name(self.replica.document());
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
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a minute of frames is a small positive number"
        )]
        let longest = (f64::from(rate) * MOST_SECONDS) as usize;
        Self {
            left: Vec::new(),
            right: Vec::new(),
            rate,
            most: longest.min(MOST_FRAMES),
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

    /// In 24 bits if that fits into a sample.
    fn wav(self) -> io::Result<Vec<u8>> {
        let depth = if self.left.len() * 6 < MOST_SAMPLE_BYTES - 1024 {
            Depth::TwentyFour
        } else {
            Depth::Sixteen
        };
        let mut bytes = Vec::new();
        let mut wav =
            Wav::new(Cursor::new(&mut bytes), self.rate, depth).map_err(io::Error::other)?;
        wav.write([&self.left, &self.right])
            .map_err(io::Error::other)?;
        wav.finish().map_err(io::Error::other)?;
        Ok(bytes)
    }
}

/// "Take 3" after two others.
fn next_name(document: &Document) -> LongName {
    let is_free = |name: &LongName| {
        let mut samples = document.samples.values();
        !samples.any(|sample| sample.name == *name)
    };
    let mut names = (1..=Document::MOST_SAMPLES + 1).map(|n| LongName::new(&format!("Take {n}")));
    names.find(is_free).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_decoder::measure;

    #[test]
    fn the_longest_take_still_is_a_sample() {
        for rate in [8_000, 44_100, 48_000, 96_000, 192_000] {
            let mut take = Take::new(rate);
            while !take.is_full() {
                take.push([0.25, -0.25]);
            }
            take.push([1.0, 1.0]);
            let frames = take.left.len();
            let bytes = take.wav().unwrap();
            assert!(bytes.len() <= MOST_SAMPLE_BYTES, "{rate}: {}", bytes.len());
            let shape = measure(&bytes).unwrap();
            assert_eq!(usize::try_from(shape.frames.get()).unwrap(), frames);
            assert_eq!(shape.rate.get(), rate);
        }
    }
}
