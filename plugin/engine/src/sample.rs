//! Recorded audio as instruments play it: decoded, at its own rate, every value a sane number.
//! It knows nothing of files or of how a hash is made.

mod bank;
mod reader;

pub(crate) use bank::Bank;
pub use reader::{Interpolation, Reader};
pub(crate) use reader::{MOST_STRETCHED, UNITY};

use crate::units::SampleRate;
use lockstep_session::ids::SampleId;

/// Tells samples apart by the first bytes of their content's hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SampleKey(u64);

impl SampleKey {
    /// Realtime: yes
    pub const fn new(first_bytes: [u8; 8]) -> Self {
        Self(u64::from_be_bytes(first_bytes))
    }

    /// Of a sample as the session names it.
    ///
    /// Realtime: yes
    pub fn of(id: SampleId) -> Self {
        let mut first = [0; 8];
        for (byte, of_id) in first.iter_mut().zip(id.bytes()) {
            *byte = of_id;
        }
        Self::new(first)
    }

    /// Realtime: yes
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// Realtime: yes
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// One sample, mono or stereo. Nothing in it changes once it is made, so it may be shared.
#[derive(Clone, Debug)]
pub struct Sample {
    key: SampleKey,
    rate: SampleRate,
    frames: usize,
    /// Each channel with silent frames around it, so that a reader never looks past an edge.
    left: Box<[f32]>,
    right: Option<Box<[f32]>>,
}

/// Silent frames before the first.
const LEAD: usize = 1;
/// How many frames a reader takes into view at once, and so how many silent ones follow the last.
const WINDOW: usize = 2048;
/// Louder than this is nonsense.
const LOUDEST: f32 = 4.0;
/// About an hour at the highest rates: far beyond this a position would not fit.
const LONGEST: usize = 1 << 29;

impl Sample {
    /// A sample of one channel or two. Channels of different length, none, more, or ones that are
    /// empty or endless are refused; values that are no sane numbers are made so.
    ///
    /// Realtime: no
    pub fn new(key: SampleKey, rate: SampleRate, channels: &[&[f32]]) -> Option<Self> {
        let (left, right) = match channels {
            [mono] => (*mono, None),
            [left, right] if left.len() == right.len() => (*left, Some(*right)),
            _ => return None,
        };
        let frames = left.len();
        (1..LONGEST).contains(&frames).then(|| Self {
            key,
            rate,
            frames,
            left: guarded(left),
            right: right.map(guarded),
        })
    }

    /// Realtime: yes
    pub const fn key(&self) -> SampleKey {
        self.key
    }

    /// Realtime: yes
    pub const fn rate(&self) -> SampleRate {
        self.rate
    }

    /// Realtime: yes
    pub const fn frames(&self) -> usize {
        self.frames
    }

    /// Realtime: yes
    pub const fn is_stereo(&self) -> bool {
        self.right.is_some()
    }

    /// The highest absolute value of each of so many equal stretches, for the eye.
    ///
    /// Realtime: no
    pub fn outline(&self, stretches: usize) -> Vec<f32> {
        let channels = [Some(&self.left), self.right.as_ref()];
        let peak = |from: usize, to: usize| {
            let frames = channels.iter().flatten();
            let frames = frames.flat_map(|channel| &channel[LEAD + from..LEAD + to]);
            frames.fold(0.0_f32, |peak, frame| peak.max(frame.abs()))
        };
        let edge = |stretch: usize| stretch * self.frames / stretches.max(1);
        let stretches = 0..stretches;
        stretches
            .map(|stretch| peak(edge(stretch), edge(stretch + 1).max(edge(stretch) + 1)))
            .collect()
    }

    /// What its channels take up in memory.
    ///
    /// Realtime: yes
    pub fn bytes(&self) -> usize {
        let channels = if self.is_stereo() { 2 } else { 1 };
        self.left.len() * size_of::<f32>() * channels
    }
}

fn guarded(channel: &[f32]) -> Box<[f32]> {
    let mut frames = vec![0.0; LEAD + channel.len() + WINDOW];
    for (frame, value) in frames[LEAD..].iter_mut().zip(channel) {
        *frame = sane(*value);
    }
    frames.into_boxed_slice()
}

fn sane(value: f32) -> f32 {
    if !value.is_finite() || value.abs() < crate::dsp::maths::TINY {
        0.0
    } else {
        value.clamp(-LOUDEST, LOUDEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate() -> SampleRate {
        SampleRate::new(48_000.0).expect("a rate")
    }

    #[test]
    fn only_one_or_two_equally_long_channels_make_a_sample() {
        let key = SampleKey::new([1; 8]);
        let new = |channels: &[&[f32]]| Sample::new(key, rate(), channels);
        assert!(new(&[]).is_none() && new(&[&[]]).is_none());
        assert!(new(&[&[0.0], &[0.0, 0.0]]).is_none());
        assert!(new(&[&[0.0], &[0.0], &[0.0]]).is_none());
        let stereo = new(&[&[0.0, 1.0], &[0.5, 0.5]]).expect("a sample");
        assert!(stereo.is_stereo() && stereo.frames() == 2 && stereo.key() == key);
        assert!(!new(&[&[0.0, 1.0]]).expect("a sample").is_stereo());
    }

    #[test]
    fn what_is_no_sane_number_is_made_one() {
        let wild = [f32::NAN, f32::INFINITY, -9.0, 1e-30, 0.5];
        assert_eq!(wild.map(sane), [0.0, 0.0, -4.0, 0.0, 0.5]);
    }

    #[test]
    fn an_outline_shows_the_loudest_of_each_stretch_and_of_both_channels() {
        let (left, right) = ([0.1, -0.5, 0.0, 0.2], [0.0, 0.1, -0.9, 0.0]);
        let sample = Sample::new(SampleKey::new([1; 8]), rate(), &[&left, &right]);
        let sample = sample.expect("a sample");
        assert_eq!(sample.outline(2), [0.5, 0.9]);
        // More stretches than frames show some frames twice.
        assert_eq!(sample.outline(8).len(), 8);
        assert_eq!(sample.outline(8)[7], 0.2);
    }
}
