//! The playhead: turns what a host says about its position into stretches of beats to play.
//! Hosts round, repeat and jump; a step must still begin exactly once each time it is passed.

use crate::units::{Beats, SampleRate, Tempo};

/// What the host says about the first frame of a rolling block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HostBlock {
    pub beat: Beats,
    pub tempo: Tempo,
    pub looped: Option<HostLoop>,
}

/// The host's active loop region.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HostLoop {
    start: Beats,
    end: Beats,
}

/// A stretch of beats within a block, without a jump inside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pass {
    after: Beats,
    until: Beats,
    origin: Beats,
    origin_frame: f64,
    beats_per_frame: f64,
    frames: usize,
}

/// The passes of one block: one, and another for each time the host's loop wraps in it.
#[derive(Clone, Copy, Debug)]
pub struct Passes {
    passes: [Option<Pass>; MAX_PASSES],
    count: usize,
}

/// Follows the host from block to block.
#[derive(Clone, Copy, Debug, Default)]
pub struct Playhead {
    motion: Motion,
}

#[derive(Clone, Copy, Debug, Default)]
enum Motion {
    #[default]
    Still,
    Rolling {
        /// Where the next block should begin.
        next: f64,
        /// Steps up to here have begun.
        begun: f64,
        /// What the host said last, when that was its first rolling block.
        first: Option<f64>,
    },
}

/// A loop that wraps more often than this within one block is shorter than any step.
const MAX_PASSES: usize = 32;
/// Some hosts report positions in whole ticks of this many to the beat.
const TICKS_PER_BEAT: f64 = 1920.0;
const TICK: f64 = 1.0 / TICKS_PER_BEAT;
/// Computed positions this near to a tick, in ticks, count as on it.
const TICK_NOISE: f64 = 1e-6;
/// A smaller difference from where the host should be is rounding or a tempo ramp, not a jump.
const SEAM: f64 = 1.0 / 32.0;
/// A step begins on the first frame at or after its time. In frames, how much earlier than its
/// time a frame may be and still count as at it: above all rounding noise, and too little to hear.
const EARLY: f64 = 0.01;
/// Hosts put starts, jumps and loop bounds on whole frames, up to half a frame off the beat.
/// In frames, how far past a step a start may be and still play it.
const LENIENT: f64 = 0.75;

impl HostLoop {
    /// A region that ends before it starts is none.
    ///
    /// Realtime: yes
    pub fn new(start: Beats, end: Beats) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// Whether a block that begins at `beat` can run into the end of the loop.
    fn holds(self, beat: f64, beats_per_frame: f64) -> bool {
        let margin = LENIENT * beats_per_frame;
        let (start, end) = (self.start.quarter_notes(), self.end.quarter_notes());
        end - start > 2.0 * beats_per_frame && beat > start - margin && beat < end - margin
    }
}

impl Pass {
    /// Steps at this beat belong to the pass before.
    ///
    /// Realtime: yes
    pub fn after(&self) -> Beats {
        self.after
    }

    /// Steps at this beat are the last to belong to this pass.
    ///
    /// Realtime: yes
    pub fn until(&self) -> Beats {
        self.until
    }

    /// The first frame of the block at or after `beat`.
    ///
    /// Realtime: yes
    pub fn frame_at(&self, beat: Beats) -> usize {
        let beats = beat.quarter_notes() - self.origin.quarter_notes();
        let frame = libm::ceil(beats / self.beats_per_frame + self.origin_frame - EARLY);
        if frame <= 0.0 {
            return 0;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "positive and whole, and the cast saturates"
        )]
        let frame = frame as usize;
        frame.min(self.frames.saturating_sub(1))
    }
}

impl Passes {
    const NONE: Self = Self {
        passes: [None; MAX_PASSES],
        count: 0,
    };

    /// In the order they are played.
    ///
    /// Realtime: yes
    pub fn iter(&self) -> impl Iterator<Item = Pass> {
        self.passes.iter().flatten().copied()
    }

    fn push(&mut self, pass: Pass) {
        if let Some(slot) = self.passes.get_mut(self.count) {
            *slot = Some(pass);
            self.count += 1;
        }
    }
}

impl Playhead {
    /// The host stands still: the next rolling block is a new start.
    ///
    /// Realtime: yes
    pub fn stop(&mut self) {
        self.motion = Motion::Still;
    }

    /// The host rolls through the next `frames` frames: what of the score they pass.
    ///
    /// Realtime: yes
    pub fn advance(&mut self, block: HostBlock, frames: usize, rate: SampleRate) -> Passes {
        let mut passes = Passes::NONE;
        let Ok(frame_count) = u32::try_from(frames) else {
            return passes;
        };
        if frames == 0 {
            return passes;
        }
        let beats_per_frame = block.tempo.beats_per_frame(rate);
        let (beat, begun) = self.locate(block.beat.quarter_notes(), beats_per_frame);
        let first = matches!(self.motion, Motion::Still).then(|| block.beat.quarter_notes());
        let block_end = f64::from(frame_count);
        let last_frame = block_end - 1.0 + EARLY;
        let margin = LENIENT * beats_per_frame;

        let (mut origin, mut origin_frame, mut after) = (beat, 0.0, begun);
        let looped = block
            .looped
            .filter(|looped| looped.holds(beat, beats_per_frame));
        loop {
            let last = origin + (last_frame - origin_frame) * beats_per_frame;
            let wrap = looped.and_then(|looped| {
                let (start, end) = (looped.start.quarter_notes(), looped.end.quarter_notes());
                let frame = origin_frame + (end - origin) / beats_per_frame;
                (frame < block_end - EARLY).then_some((start, end, frame))
            });
            let until = wrap.map_or(last, |(_, end, _)| last.min(end - margin));
            passes.push(Pass {
                after: Beats::raw(after),
                until: Beats::raw(until),
                origin: Beats::raw(origin),
                origin_frame,
                beats_per_frame,
                frames,
            });
            let Some((start, _, frame)) = wrap else {
                let next = origin + (block_end - origin_frame) * beats_per_frame;
                self.motion = Motion::Rolling {
                    next,
                    begun: after.max(until),
                    first,
                };
                return passes;
            };
            (origin, origin_frame, after) = (start, frame, start - margin);
        }
    }

    /// Where the block really begins, given that the host says `beat`, and up to where steps have
    /// begun already.
    fn locate(&self, beat: f64, beats_per_frame: f64) -> (f64, f64) {
        let anew = (beat, beat - LENIENT * beats_per_frame);
        let Motion::Rolling { next, begun, first } = self.motion else {
            return anew;
        };
        let ahead = beat - next;
        if first == Some(beat) && ahead.abs() > TICK {
            // The second rolling block at the place of the first: the host was not under way yet.
            return (beat, begun);
        }
        if ahead.abs() > SEAM {
            return anew;
        }
        let ticks = beat * TICKS_PER_BEAT;
        if (ticks - libm::round(ticks)).abs() < TICK_NOISE {
            // A rounded position is worth less than our own count of frames, but bounds it.
            (next.clamp(beat - TICK, beat + TICK), begun)
        } else {
            (beat, begun)
        }
    }
}
