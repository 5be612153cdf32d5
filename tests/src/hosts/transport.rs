//! What a host tells its plugins about its transport, block by block.

use super::HostSetup;

/// The host's transport at the first frame of a stretch of time. It then runs by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transport {
    pub is_rolling: bool,
    pub beats_per_minute: f64,
    pub beat: f64,
    pub looped: Option<Loop>,
    /// Beats in a bar, and what part of a whole note each of them is.
    pub signature: (u16, u16),
    pub is_recording: bool,
    pub says: Says,
}

/// What a host lets its plugins know. Some leave out the tempo or the place until they have them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Says {
    pub tempo: bool,
    pub beats: bool,
    pub signature: bool,
}

impl Says {
    pub const EVERYTHING: Self = Self {
        tempo: true,
        beats: true,
        signature: true,
    };
    pub const NOTHING: Self = Self {
        tempo: false,
        beats: false,
        signature: false,
    };

    pub fn anything(self) -> bool {
        self != Self::NOTHING
    }
}

/// A region that the host repeats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loop {
    pub start: f64,
    pub end: f64,
    pub style: LoopStyle,
}

/// What a host does with the block in which its loop ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopStyle {
    /// It gives the plugin one block that runs over the end.
    Wraps,
    /// It splits the block at the end.
    Splits,
}

/// One callback: how many frames, and where the transport is at the first of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Block {
    pub frames: usize,
    pub transport: Transport,
}

impl Transport {
    pub fn rolling(beats_per_minute: f64, beat: f64) -> Self {
        Self {
            is_rolling: true,
            beats_per_minute,
            beat,
            looped: None,
            signature: (4, 4),
            is_recording: false,
            says: Says::EVERYTHING,
        }
    }

    /// The same of a host that keeps some of it to itself.
    pub fn saying(self, says: Says) -> Self {
        Self { says, ..self }
    }

    pub fn recording(self) -> Self {
        Self {
            is_recording: true,
            ..self
        }
    }

    pub fn in_bars_of(self, beats: u16, note: u16) -> Self {
        Self {
            signature: (beats, note),
            ..self
        }
    }

    /// How many quarter notes a bar has.
    pub fn bar(&self) -> f64 {
        let (beats, note) = self.signature;
        f64::from(beats) * 4.0 / f64::from(note)
    }

    pub fn stopped(beats_per_minute: f64, beat: f64) -> Self {
        Self {
            is_rolling: false,
            ..Self::rolling(beats_per_minute, beat)
        }
    }

    pub fn looping(self, start: f64, end: f64, style: LoopStyle) -> Self {
        Self {
            looped: Some(Loop { start, end, style }),
            ..self
        }
    }

    /// Where a transport is that started here `frames` frames ago.
    pub fn after(&self, frames: usize, sample_rate: f64) -> Self {
        if !self.is_rolling {
            return *self;
        }
        let mut beat = self.beat + frames_as_float(frames) / self.frames_per_beat(sample_rate);
        if let Some(Loop { start, end, .. }) = self.looped
            && self.beat < end
            && beat >= end
        {
            beat = start + (beat - end) % (end - start);
        }
        Self { beat, ..*self }
    }

    pub fn frames_per_beat(&self, sample_rate: f64) -> f64 {
        60.0 * sample_rate / self.beats_per_minute
    }

    /// The callbacks of the next `frames` frames. A host that splits blocks starts each turn of
    /// its loop on a whole frame.
    pub fn blocks(&self, setup: HostSetup, frames: usize) -> Vec<Block> {
        let mut blocks = Vec::new();
        let (mut turn, mut within, mut rendered) = (*self, 0, 0);
        while rendered < frames {
            let transport = turn.after(within, setup.sample_rate);
            let mut count = setup.block.min(frames - rendered);
            let mut ends_turn = false;
            if let Some(Loop {
                end,
                style: LoopStyle::Splits,
                ..
            }) = transport.looped
            {
                let left = (end - transport.beat) * transport.frames_per_beat(setup.sample_rate);
                let left = whole_frames(left);
                ends_turn = left > 0 && left <= count;
                count = if ends_turn { left } else { count };
            }
            blocks.push(Block {
                frames: count,
                transport,
            });
            within += count;
            rendered += count;
            if let (true, Some(looped)) = (ends_turn, transport.looped) {
                (turn, within) = (
                    Self {
                        beat: looped.start,
                        ..turn
                    },
                    0,
                );
            }
        }
        blocks
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "tests render far fewer frames than 2^53"
)]
fn frames_as_float(frames: usize) -> f64 {
    frames as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and a loop lasts far fewer frames than fit"
)]
fn whole_frames(frames: f64) -> usize {
    frames.round() as usize
}
