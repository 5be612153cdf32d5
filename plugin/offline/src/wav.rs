//! Sound as WAV. It knows nothing of sessions.

use crate::{Piece, Render};
use hound::{SampleFormat, WavSpec, WavWriter};
use std::io::{Cursor, Seek, Write};

/// How exactly each sample is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// With dither, so that what is very quiet fades into noise and not into distortion.
    Sixteen,
    TwentyFour,
    /// Numbers of 32 bits with a floating point: exactly what was rendered.
    Float,
}

/// A WAV file that grows. It is whole once it is finished.
pub struct Wav<W: Write + Seek> {
    writer: WavWriter<W>,
    depth: Depth,
    dither: Dither,
    frames_left: u32,
}

#[derive(Debug, thiserror::Error)]
pub enum WavError {
    #[error(transparent)]
    Writing(#[from] hound::Error),
    #[error("a WAV file holds at most four gigabytes; take a shorter part or a lower rate")]
    TooLong,
}

/// The bytes that a WAV file can hold, with room for its header.
const MOST_BYTES: u32 = u32::MAX - 1024;

impl<W: Write + Seek> std::fmt::Debug for Wav<W> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Wav")
            .field("depth", &self.depth)
            .finish_non_exhaustive()
    }
}

impl Depth {
    fn bits(self) -> u16 {
        match self {
            Depth::Sixteen => 16,
            Depth::TwentyFour => 24,
            Depth::Float => 32,
        }
    }

    fn format(self) -> SampleFormat {
        match self {
            Depth::Sixteen | Depth::TwentyFour => SampleFormat::Int,
            Depth::Float => SampleFormat::Float,
        }
    }
}

impl<W: Write + Seek> Wav<W> {
    /// In stereo. `rate` is in frames a second.
    pub fn new(to: W, rate: u32, depth: Depth) -> Result<Self, WavError> {
        Self::of_channels(to, rate, depth, 2)
    }

    pub(crate) fn of_channels(
        to: W,
        rate: u32,
        depth: Depth,
        channels: u16,
    ) -> Result<Self, WavError> {
        let specification = WavSpec {
            channels,
            sample_rate: rate,
            bits_per_sample: depth.bits(),
            sample_format: depth.format(),
        };
        Ok(Self {
            writer: WavWriter::new(to, specification)?,
            depth,
            dither: Dither::new(),
            frames_left: MOST_BYTES / (u32::from(channels) * u32::from(depth.bits()) / 8),
        })
    }

    pub fn write(&mut self, [left, right]: [&[f32]; 2]) -> Result<(), WavError> {
        for (&left, &right) in left.iter().zip(right) {
            self.write_frame([left, right])?;
        }
        Ok(())
    }

    /// One sample for each channel.
    pub(crate) fn write_frame(
        &mut self,
        samples: impl IntoIterator<Item = f32>,
    ) -> Result<(), WavError> {
        self.frames_left = self.frames_left.checked_sub(1).ok_or(WavError::TooLong)?;
        for sample in samples {
            self.write_sample(sample)?;
        }
        Ok(())
    }

    pub fn finish(self) -> Result<(), WavError> {
        Ok(self.writer.finalize()?)
    }

    fn write_sample(&mut self, sample: f32) -> Result<(), WavError> {
        match self.depth {
            Depth::Sixteen => {
                // Silence stays silence.
                let noise = if sample == 0.0 {
                    0.0
                } else {
                    self.dither.next()
                };
                self.writer.write_sample(whole(sample, 15, noise))?;
            }
            Depth::TwentyFour => self.writer.write_sample(whole(sample, 23, 0.0))?,
            Depth::Float => self.writer.write_sample(sample)?,
        }
        Ok(())
    }
}

/// The nearest whole number, where full scale is two to the power of `bits`.
#[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
fn whole(sample: f32, bits: i32, noise: f64) -> i32 {
    let full = f64::from(1 << bits);
    (f64::from(sample) * full + noise)
        .round()
        .clamp(-full, full - 1.0) as i32
}

/// Noise of a triangular distribution between minus one and one, the same in every file.
#[derive(Debug)]
struct Dither {
    state: u64,
}

impl Dither {
    fn new() -> Self {
        Self {
            state: 0x1505_c2b4_9d3a_e877,
        }
    }

    fn next(&mut self) -> f64 {
        self.even() - self.even()
    }

    /// From 0 to 1, by a generator of Marsaglia's.
    fn even(&mut self) -> f64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        let high = u32::try_from(self.state >> 32).unwrap_or(0);
        f64::from(high) / 4_294_967_296.0
    }
}

impl Render<'_> {
    /// The mix as the bytes of a WAV file. The rate is rounded to whole frames in its header.
    pub fn wav(&self, depth: Depth) -> Result<Vec<u8>, WavError> {
        let mut bytes = Vec::new();
        let mut wav = Wav::new(Cursor::new(&mut bytes), self.whole_rate(), depth)?;
        self.play(|piece| match piece {
            Piece::Mix(frames) => wav.write(frames),
            Piece::Track(..) | Piece::Sends(_) => Ok(()),
        })?;
        wav.finish()?;
        Ok(bytes)
    }

    /// As a WAV file's header says it.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rate is at most a million and at least a thousand"
    )]
    pub fn whole_rate(&self) -> u32 {
        self.rate.hertz().round() as u32
    }
}
