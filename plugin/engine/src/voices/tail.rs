//! What is left of notes that lost their place: a few frames that fade out.

use crate::players::Heard;
use crate::score::MAX_TRACKS;
use core::ops::Range;

/// How long a fade lasts. A power of two.
pub(crate) const FADE: usize = 128;

#[derive(Debug)]
pub(crate) struct Tails {
    tracks: Box<[Tail]>,
}

#[derive(Clone, Debug)]
struct Tail {
    left: [f32; FADE],
    right: [f32; FADE],
    at: usize,
    /// Frames until nothing is left.
    rest: usize,
}

impl Tails {
    /// Realtime: no
    pub(crate) fn new() -> Self {
        let tail = Tail {
            left: [0.0; FADE],
            right: [0.0; FADE],
            at: 0,
            rest: 0,
        };
        Self {
            tracks: vec![tail; MAX_TRACKS].into_boxed_slice(),
        }
    }

    /// Realtime: yes
    pub(crate) fn clear(&mut self) {
        for tail in &mut self.tracks {
            tail.left.fill(0.0);
            tail.right.fill(0.0);
            tail.rest = 0;
        }
    }

    /// Realtime: yes
    pub(crate) fn is_silent(&self) -> bool {
        self.tracks.iter().all(|tail| tail.rest == 0)
    }

    /// Two tracks change places.
    ///
    /// Realtime: yes
    pub(crate) fn swap(&mut self, one: usize, other: usize) {
        if one.max(other) < self.tracks.len() {
            self.tracks.swap(one, other);
        }
    }

    /// Takes the next frames of a note that leaves; `done` of the fade have been given already.
    ///
    /// Realtime: yes
    pub(crate) fn give(&mut self, track: usize, done: usize, left: &[f32], right: &[f32]) {
        let Some(tail) = self.tracks.get_mut(track) else {
            return;
        };
        tail.rest = FADE;
        for (index, (left, right)) in (done..FADE).zip(left.iter().zip(right)) {
            let gain = fade_gain(index);
            let place = (tail.at + index) & (FADE - 1);
            if let (Some(to_left), Some(to_right)) =
                (tail.left.get_mut(place), tail.right.get_mut(place))
            {
                *to_left += left * gain;
                *to_right += right * gain;
            }
        }
    }

    /// Adds the next frames of every track's tail.
    ///
    /// Realtime: yes
    pub(crate) fn add_to(&mut self, heard: &mut Heard<'_>, frames: &Range<usize>) {
        for (track, tail) in self.tracks.iter_mut().enumerate() {
            if tail.rest > 0
                && let Some([left, right]) = heard.track(track, frames)
            {
                tail.add_to(left, right);
            }
        }
    }
}

impl Tail {
    fn add_to(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (left, right) in left.iter_mut().zip(right).take(self.rest) {
            let place = self.at & (FADE - 1);
            if let (Some(from_left), Some(from_right)) =
                (self.left.get_mut(place), self.right.get_mut(place))
            {
                *left += core::mem::take(from_left);
                *right += core::mem::take(from_right);
            }
            self.at = (self.at + 1) & (FADE - 1);
            self.rest -= 1;
        }
    }
}

/// How much is left of a note so many frames into its fade.
pub(crate) fn fade_gain(frame: usize) -> f32 {
    let rest = u16::try_from(FADE - 1 - frame.min(FADE - 1)).unwrap_or(0);
    f32::from(rest) * (1.0 / FADE as f32)
}
