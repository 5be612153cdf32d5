//! Frames computed sixteen at a time and handed out as they are asked for, so that a note sounds
//! the same however it is cut. It knows nothing of how they are computed.

/// How many frames are computed at once: one tick of a note.
pub(crate) const TICK: usize = 16;
/// One over that.
pub(crate) const PER_TICK: f32 = 1.0 / 16.0;

/// One channel of a tick.
pub(crate) type Frames = [f32; TICK];

/// The tick that is being handed out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ahead {
    left: Frames,
    right: Frames,
    at: usize,
}

impl Default for Ahead {
    fn default() -> Self {
        Self {
            left: [0.0; TICK],
            right: [0.0; TICK],
            at: TICK,
        }
    }
}

impl Ahead {
    /// Whether everything computed was handed out.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn is_spent(&self) -> bool {
        self.at >= TICK
    }

    /// Whether nothing that was computed is left to be heard. It follows from the note's age alone,
    /// so a note that is over leaves on the same frame however it was cut.
    ///
    /// Realtime: yes
    pub(crate) fn is_silent(&self) -> bool {
        let [left, right] = [&self.left, &self.right].map(|side| side.iter().skip(self.at));
        left.chain(right).all(|sample| *sample == 0.0)
    }

    /// Fills both channels, computing more by `next` when there is nothing left.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn render(
        &mut self,
        left: &mut [f32],
        right: &mut [f32],
        mut next: impl FnMut(&mut Frames, &mut Frames),
    ) {
        let length = left.len().min(right.len());
        let mut done = 0;
        while done < length {
            if self.is_spent() {
                // A whole tick need not be kept.
                let room = left
                    .get_mut(done..length)
                    .and_then(<[f32]>::first_chunk_mut);
                let beside = right
                    .get_mut(done..length)
                    .and_then(<[f32]>::first_chunk_mut);
                if let (Some(left), Some(right)) = (room, beside) {
                    next(left, right);
                    done += TICK;
                    continue;
                }
                next(&mut self.left, &mut self.right);
                self.at = 0;
            }
            let piece = (TICK - self.at).min(length - done);
            let (left, right) = (&mut left[done..], &mut right[done..]);
            match (left.first_chunk_mut(), right.first_chunk_mut()) {
                // Most ticks are handed out whole, and copied without asking how long they are.
                (Some(left), Some(right)) if piece == TICK => {
                    (*left, *right) = (self.left, self.right);
                }
                _ => {
                    left[..piece].copy_from_slice(&self.left[self.at..self.at + piece]);
                    right[..piece].copy_from_slice(&self.right[self.at..self.at + piece]);
                }
            }
            self.at += piece;
            done += piece;
        }
    }
}
