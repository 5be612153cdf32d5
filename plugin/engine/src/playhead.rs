//! The playhead: turns what a host says about its position into stretches of beats to play.
//! Hosts round, repeat and jump; a step must still begin exactly once each time it is passed.

use crate::dsp::maths::count;
use crate::units::{Beats, SampleRate, Tempo};
use core::ops::Range;

/// What a host, or a session's timeline, says about the first frame of a rolling block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HostBlock {
    /// The place in the song.
    pub beat: Beats,
    pub tempo: Tempo,
    pub looped: Option<HostLoop>,
    /// How many beats of loops have been run through before, where beats run on through loops:
    /// launches wait for running beats. A host whose place is all there is says nothing.
    pub turned: Option<Beats>,
}

/// The host's active loop region.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HostLoop {
    start: Beats,
    end: Beats,
}

/// A stretch of beats within a block, without a jump inside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pass {
    after: f64,
    until: f64,
    /// Steps at or after this beat lie past the end of the loop.
    bound: f64,
    entry: Entry,
    turned: Option<f64>,
    looped: Option<HostLoop>,
    origin: f64,
    origin_frame: f64,
    /// Beats travelled since the start, at the origin: they run on through loops.
    travelled: f64,
    beats_per_frame: f64,
    first_frame: usize,
    end_frame: usize,
}

/// How a pass begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// Where the pass before it ended.
    Onward,
    /// At the start of a loop, from its end.
    Wrap,
    /// Somewhere else than expected, or for the first time.
    Jump,
}

/// A stretch of a pass: what begins in it is decided together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Window {
    /// What lies at this beat belongs to the window before.
    pub(crate) after: f64,
    /// What lies at this beat is the last to belong to this window.
    pub(crate) until: f64,
    /// Steps at or after this beat are never reached.
    pub(crate) bound: f64,
    pub(crate) entry: Entry,
    /// How much further than their place beats have run.
    pub(crate) turned: Option<f64>,
    pub(crate) looped: Option<(f64, f64)>,
    /// Beats travelled since the start, less the place in the song.
    pub(crate) drift: f64,
}

/// The passes of one block: one, and another for each time the host's loop wraps in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passes {
    passes: [Option<Pass>; MAX_PASSES],
    count: usize,
}

/// Follows the host from block to block.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Playhead {
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
        /// Beats travelled since the start.
        travelled: f64,
        /// What the host said last, when that was its first rolling block.
        first: Option<f64>,
        /// How the next block begins, if it goes on from here: a pass that had no frame of the block
        /// before begins in it.
        entry: Entry,
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
/// It is no round number, for times are: none lies so close to it that noise could decide.
const EARLY: f64 = 0.010_137_3;
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

    /// Realtime: yes
    pub fn start(self) -> Beats {
        self.start
    }

    /// Realtime: yes
    pub fn end(self) -> Beats {
        self.end
    }

    /// Whether a block that begins at `beat` can run into the end of the loop.
    fn holds(self, beat: f64, beats_per_frame: f64) -> bool {
        let margin = LENIENT * beats_per_frame;
        let (start, end) = (self.start.quarter_notes(), self.end.quarter_notes());
        end - start > 2.0 * beats_per_frame && beat > start - margin && beat < end - margin
    }

    /// Whether it turns between two blocks: one ended at its end, the next begins at its start.
    fn turns(self, next: f64, beat: f64, beats_per_frame: f64) -> bool {
        let margin = (LENIENT * beats_per_frame).max(TICK);
        let (start, end) = (self.start.quarter_notes(), self.end.quarter_notes());
        let is_longer = end - start > 2.0 * margin;
        is_longer && (next - end).abs() < margin && (beat - start).abs() < margin
    }
}

impl Pass {
    /// The frames of the block that belong to it.
    ///
    /// Realtime: yes
    pub(crate) fn frames(&self) -> Range<usize> {
        self.first_frame..self.end_frame
    }

    /// Realtime: yes
    pub(crate) fn entry(&self) -> Entry {
        self.entry
    }

    /// Realtime: yes
    pub(crate) fn beats_per_frame(&self) -> f64 {
        self.beats_per_frame
    }

    /// How many beats before its time a frame may be and still count as at it.
    ///
    /// Realtime: yes
    pub(crate) fn early(&self) -> f64 {
        EARLY * self.beats_per_frame
    }

    /// The place in the song at a frame of the block.
    ///
    /// Realtime: yes
    pub(crate) fn beat_at(&self, frame: usize) -> f64 {
        self.origin + (number(frame) - self.origin_frame) * self.beats_per_frame
    }

    /// The part of the pass that these frames play.
    ///
    /// Realtime: yes
    pub(crate) fn window(&self, frames: &Range<usize>) -> Window {
        let begun = |frame| self.beat_at(frame) - (1.0 - EARLY) * self.beats_per_frame;
        let is_first = frames.start == self.first_frame;
        Window {
            after: if is_first {
                self.after
            } else {
                self.after.max(begun(frames.start))
            },
            until: if frames.end == self.end_frame {
                self.until
            } else {
                self.until.min(begun(frames.end))
            },
            bound: self.bound,
            entry: if is_first { self.entry } else { Entry::Onward },
            turned: self.turned,
            looped: self
                .looped
                .map(|looped| (looped.start.quarter_notes(), looped.end.quarter_notes())),
            drift: self.travelled - self.origin,
        }
    }

    /// The part of the pass that these frames play where nothing is played before a place, if any.
    /// What is early for that place sounds on it.
    ///
    /// Realtime: yes
    pub(crate) fn window_from(&self, begins: f64, frames: &Range<usize>) -> Option<Window> {
        let window = self.window(frames);
        if window.until < begins || window.after >= begins {
            return (window.after >= begins).then_some(window);
        }
        Some(Window {
            after: window.after.max(begins - LENIENT * self.beats_per_frame),
            entry: match window.entry {
                Entry::Onward => Entry::Wrap,
                entry => entry,
            },
            ..window
        })
    }

    /// Where these frames end at the latest, so that a place in the song is the first of others.
    ///
    /// Realtime: yes
    pub(crate) fn cut_at(&self, place: f64, frames: &Range<usize>) -> usize {
        let frame = self.frame_after(place + self.travelled - self.origin);
        if frame > frames.start {
            frame.min(frames.end)
        } else {
            frames.end
        }
    }

    /// The first of these frames at or after the moment at which so many beats have been travelled.
    ///
    /// Realtime: yes
    pub(crate) fn frame_of(&self, travelled: f64, frames: &Range<usize>) -> usize {
        self.frame_after(travelled)
            .clamp(frames.start, frames.end.saturating_sub(1).max(frames.start))
    }

    /// The first frame at or after the moment at which so many beats have been travelled, in this
    /// block or beyond it.
    ///
    /// Realtime: yes
    pub(crate) fn frame_after(&self, travelled: f64) -> usize {
        let beats = travelled - self.travelled;
        count(libm::ceil(
            beats / self.beats_per_frame + self.origin_frame - EARLY,
        ))
    }

    /// How many beats have been travelled when the last of these frames begins.
    ///
    /// Realtime: yes
    pub(crate) fn travelled_by(&self, frames: &Range<usize>) -> f64 {
        let beat = self.beat_at(frames.end) - (1.0 - EARLY) * self.beats_per_frame;
        self.travelled + beat - self.origin
    }
}

/// Frames as a number to compute with.
fn number(frames: usize) -> f64 {
    u32::try_from(frames).map_or(f64::from(u32::MAX), f64::from)
}

impl Passes {
    const NONE: Self = Self {
        passes: [None; MAX_PASSES],
        count: 0,
    };

    /// In the order they are played.
    ///
    /// Realtime: yes
    pub(crate) fn iter(&self) -> impl Iterator<Item = Pass> {
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
    pub(crate) fn stop(&mut self) {
        self.motion = Motion::Still;
    }

    /// The host rolls through the next `frames` frames: what of the score they pass.
    ///
    /// Realtime: yes
    pub(crate) fn advance(&mut self, block: HostBlock, frames: usize, rate: SampleRate) -> Passes {
        let mut passes = Passes::NONE;
        let Ok(frame_count) = u32::try_from(frames) else {
            return passes;
        };
        if frames == 0 {
            return passes;
        }
        let beats_per_frame = block.tempo.beats_per_frame(rate);
        let place = self.locate(&block, beats_per_frame);
        let beat = place.beat;
        let first = matches!(self.motion, Motion::Still).then(|| block.beat.quarter_notes());
        let block_end = f64::from(frame_count);
        let last_frame = block_end - 1.0 + EARLY;
        let margin = LENIENT * beats_per_frame;

        let (mut origin, mut origin_frame, mut after) = (beat, 0.0, place.begun);
        let (mut travelled, mut entry) = (place.travelled, place.entry);
        let mut turned = block.turned.map(Beats::quarter_notes);
        let mut first_frame = 0;
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
            let end_frame = wrap.map_or(frames, |(_, _, frame)| {
                count(libm::ceil(frame - EARLY)).clamp(first_frame, frames)
            });
            passes.push(Pass {
                after,
                until,
                bound: looped.map_or(f64::INFINITY, |looped| looped.end.quarter_notes() - margin),
                entry,
                turned,
                looped: block.looped,
                origin,
                origin_frame,
                travelled,
                beats_per_frame,
                first_frame,
                end_frame,
            });
            let Some((start, end, frame)) = wrap else {
                let beats = (block_end - origin_frame) * beats_per_frame;
                self.motion = Motion::Rolling {
                    next: origin + beats,
                    begun: after.max(until),
                    travelled: travelled + beats,
                    first,
                    entry: if first_frame < frames {
                        Entry::Onward
                    } else {
                        entry
                    },
                };
                return passes;
            };
            travelled += (frame - origin_frame) * beats_per_frame;
            turned = turned.map(|turned| turned + (end - start));
            entry = Entry::Wrap;
            first_frame = end_frame;
            (origin, origin_frame, after) = (start, frame, start - margin);
        }
    }

    /// Where the block really begins, given what the host says.
    fn locate(&self, block: &HostBlock, beats_per_frame: f64) -> Place {
        let beat = block.beat.quarter_notes();
        let anew = Place {
            beat,
            begun: beat - LENIENT * beats_per_frame,
            travelled: 0.0,
            entry: Entry::Jump,
        };
        let Motion::Rolling {
            next,
            begun,
            travelled,
            first,
            entry,
        } = self.motion
        else {
            return anew;
        };
        let onward = |beat| Place {
            beat,
            begun,
            travelled,
            entry,
        };
        let ahead = beat - next;
        if block
            .looped
            .is_some_and(|looped| looped.turns(next, beat, beats_per_frame))
        {
            return Place {
                entry: Entry::Wrap,
                travelled,
                ..anew
            };
        }
        if first == Some(beat) && ahead.abs() > TICK {
            // The second rolling block at the place of the first: the host was not under way yet.
            return onward(beat);
        }
        if ahead.abs() > SEAM {
            return anew;
        }
        let ticks = beat * TICKS_PER_BEAT;
        if (ticks - libm::round(ticks)).abs() < TICK_NOISE {
            // A rounded position is worth less than our own count of frames, but bounds it.
            onward(next.clamp(beat - TICK, beat + TICK))
        } else {
            onward(beat)
        }
    }
}

/// Where a block begins.
struct Place {
    beat: f64,
    /// Steps up to here have begun.
    begun: f64,
    travelled: f64,
    entry: Entry,
}
