//! A recording on its way to be a sample: what it looks like, where it is cut, and its bytes as a file.
//! It must not know where the sound came from.

mod onsets;

use crate::{Depth, Wav, WavError};
use lockstep_session::takes::{HEADER, MOST_BYTES};
use std::io::Cursor;
use std::ops::Range;

pub use onsets::MOST_SLICES;

/// What the peak becomes when it is normalised: a decibel below full scale.
const NORMAL: f32 = 0.891_25;
/// Quieter than this is silence, and not made louder.
const SILENCE: f32 = 1e-4;
/// A cut comes and goes within so many parts of a second, so that it does not click.
const FADES_IN_A_SECOND: u32 = 1_000;

#[derive(Clone, Debug, PartialEq)]
pub struct Take {
    /// One or two, equally long.
    channels: Vec<Vec<f32>>,
    /// Frames a second.
    rate: u32,
}

/// What is kept of a take, in frames, and whether it is made as loud as it can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    pub kept: Range<usize>,
    pub is_normalised: bool,
}

impl Take {
    /// Channels beyond the second are left out, and what one has more than another.
    pub fn new(rate: u32, mut channels: Vec<Vec<f32>>) -> Take {
        channels.truncate(2);
        let frames = channels.iter().map(Vec::len).min().unwrap_or(0);
        for channel in &mut channels {
            channel.truncate(frames);
        }
        Take { channels, rate }
    }

    pub fn frames(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }

    /// All of it, as it is.
    pub fn whole(&self) -> Cut {
        Cut {
            kept: 0..self.frames(),
            is_normalised: false,
        }
    }

    /// The highest value of each of so many stretches.
    pub fn outline(&self, columns: usize) -> Vec<f32> {
        let frames = self.frames();
        let columns = columns.max(1);
        let stretch = |column: usize| {
            let from = column * frames / columns;
            from..((column + 1) * frames / columns).max(from + 1)
        };
        (0..columns)
            .map(|column| self.peak(&stretch(column)))
            .collect()
    }

    /// Where something is struck within a stretch, the earliest first: as many of the loudest as wanted.
    /// `sensitivity` goes from 0, only what is much louder than what rings, to 100.
    pub fn onsets(&self, within: &Range<usize>, sensitivity: u8, most: usize) -> Vec<usize> {
        let within = self.bounded(within);
        let mixed: Vec<f32> = within
            .clone()
            .map(|frame| {
                let sides = self.channels.iter().map(|channel| channel[frame].abs());
                sides.fold(0.0, f32::max)
            })
            .collect();
        let found = onsets::find(&mixed, self.rate, sensitivity, most);
        found
            .into_iter()
            .map(|onset| within.start + onset)
            .collect()
    }

    /// The bytes of a WAV file: in 24 bits if that fits into a sample.
    pub fn wav(&self, cut: &Cut) -> Result<Vec<u8>, WavError> {
        let kept = self.bounded(&cut.kept);
        let channels = u16::try_from(self.channels.len().max(1)).unwrap_or(1);
        let frame = usize::from(channels) * 3;
        let depth = if kept.len() * frame < MOST_BYTES - HEADER {
            Depth::TwentyFour
        } else {
            Depth::Sixteen
        };
        let peak = self.peak(&kept);
        let gain = if cut.is_normalised && peak > SILENCE {
            NORMAL / peak
        } else {
            1.0
        };
        let mut bytes = Vec::new();
        let mut wav = Wav::of_channels(Cursor::new(&mut bytes), self.rate, depth, channels)?;
        for place in kept.clone() {
            let gain = gain * self.fade(&kept, place);
            wav.write_frame(self.channels.iter().map(|channel| channel[place] * gain))?;
        }
        wav.finish()?;
        Ok(bytes)
    }

    /// Where a take is cut it fades; where it begins and ends by itself it is left as it is.
    fn fade(&self, kept: &Range<usize>, place: usize) -> f32 {
        let length = usize::try_from(self.rate / FADES_IN_A_SECOND)
            .unwrap_or(0)
            .max(1);
        let mut share = 1.0_f32;
        for (is_cut, away) in [
            (kept.start > 0, place - kept.start),
            (kept.end < self.frames(), kept.end - 1 - place),
        ] {
            if is_cut && away < length {
                share = share.min(single(away) / single(length));
            }
        }
        share
    }

    fn peak(&self, within: &Range<usize>) -> f32 {
        let within = self.bounded(within);
        let samples = self
            .channels
            .iter()
            .flat_map(|channel| &channel[within.clone()]);
        samples.fold(0.0, |peak, sample| peak.max(sample.abs()))
    }

    fn bounded(&self, range: &Range<usize>) -> Range<usize> {
        let end = range.end.min(self.frames());
        range.start.min(end)..end
    }
}

#[expect(clippy::cast_precision_loss, reason = "a fade is short")]
fn single(number: usize) -> f32 {
    number as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_session::takes::most_frames;

    fn read(bytes: &[u8]) -> (hound::WavSpec, Vec<f32>) {
        let mut reader = hound::WavReader::new(bytes).expect("a WAV file");
        let specification = reader.spec();
        let full = f32::from(u16::try_from(1_u32 << (specification.bits_per_sample - 9)).unwrap());
        let samples = reader.samples::<i32>();
        let samples = samples.map(|sample| sample.unwrap() as f32 / (full * 256.0));
        (specification, samples.collect())
    }

    #[test]
    fn the_longest_take_still_is_a_sample() {
        for rate in [8_000, 44_100, 48_000, 96_000, 192_000] {
            let most = most_frames(rate);
            let take = Take::new(rate, vec![vec![0.25; most], vec![-0.25; most]]);
            let bytes = take.wav(&take.whole()).unwrap();
            assert!(bytes.len() <= MOST_BYTES, "{rate}: {}", bytes.len());
            let frames = hound::WavReader::new(&bytes[..]).unwrap().duration();
            assert_eq!(usize::try_from(frames).unwrap(), most);
        }
    }

    #[test]
    fn a_take_that_is_left_alone_is_written_as_it_was_recorded() {
        let sound: Vec<f32> = (0..480)
            .map(|frame| (frame as f32 / 30.0).sin() * 0.5)
            .collect();
        let take = Take::new(48_000, vec![sound.clone()]);
        let (specification, written) = read(&take.wav(&take.whole()).unwrap());
        assert_eq!(
            (specification.channels, specification.bits_per_sample),
            (1, 24)
        );
        assert_eq!(written.len(), sound.len());
        let far = written
            .iter()
            .zip(&sound)
            .map(|(one, other)| (one - other).abs());
        assert!(far.fold(0.0, f32::max) < 1e-6);
    }

    #[test]
    fn what_is_cut_is_exactly_that_long_and_fades_only_where_it_was_cut() {
        let take = Take::new(48_000, vec![vec![0.5; 4_800]; 2]);
        let cut = |kept: Range<usize>| {
            let (_, written) = read(
                &take
                    .wav(&Cut {
                        kept,
                        is_normalised: false,
                    })
                    .unwrap(),
            );
            written
        };
        let middle = cut(1_000..2_000);
        assert_eq!(middle.len(), 2 * 1_000);
        assert_eq!((middle[0], middle[1_999]), (0.0, 0.0));
        assert!((middle[1_000] - 0.5).abs() < 1e-6);
        let start = cut(0..2_000);
        assert!((start[0] - 0.5).abs() < 1e-6, "it begins as it was played");
        assert_eq!(
            cut(4_000..9_000).len(),
            2 * 800,
            "what is not there is not kept"
        );
    }

    #[test]
    fn normalising_brings_the_peak_of_what_is_kept_to_a_decibel_below_full_scale() {
        let mut sound = vec![0.1_f32; 1_000];
        sound[10] = 0.9;
        sound[600] = -0.2;
        let take = Take::new(48_000, vec![sound]);
        let peak = |kept: Range<usize>, is_normalised| {
            let bytes = take.wav(&Cut {
                kept,
                is_normalised,
            });
            let (_, written) = read(&bytes.unwrap());
            written
                .into_iter()
                .fold(0.0_f32, |peak, sample| peak.max(sample.abs()))
        };
        assert!((peak(200..1_000, false) - 0.2).abs() < 1e-5);
        assert!((peak(200..1_000, true) - NORMAL).abs() < 1e-4);
        assert!((peak(0..1_000, true) - NORMAL).abs() < 1e-4);
        let silent = Take::new(48_000, vec![vec![1e-6; 100]]);
        let cut = Cut {
            is_normalised: true,
            ..silent.whole()
        };
        let (_, written) = read(&silent.wav(&cut).unwrap());
        assert!(
            written.iter().all(|sample| sample.abs() < 1e-5),
            "silence stays silent"
        );
    }

    #[test]
    fn an_outline_shows_where_it_is_loud() {
        let mut sound = vec![0.0_f32; 1_000];
        sound[505] = -0.75;
        let take = Take::new(48_000, vec![sound]);
        let outline = take.outline(10);
        assert_eq!(outline[5], 0.75);
        assert_eq!(outline.iter().filter(|peak| **peak > 0.0).count(), 1);
        assert_eq!(Take::new(48_000, vec![Vec::new()]).outline(4), [0.0; 4]);
    }

    #[test]
    fn onsets_are_counted_from_the_takes_own_start() {
        let mut sound = vec![0.0_f32; 48_000];
        for at in [4_000, 20_000, 40_000] {
            sound[at..at + 400].fill(0.5);
        }
        let take = Take::new(48_000, vec![sound]);
        assert_eq!(take.onsets(&(0..48_000), 50, 16), [4_000, 20_000, 40_000]);
        assert_eq!(take.onsets(&(10_000..30_000), 50, 16), [20_000]);
    }
}
