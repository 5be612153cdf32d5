//! A file of this machine, heard before it is anybody's sample: in this workstation alone, beside
//! whatever plays.

use super::outputs::Outputs;
use crate::bridge::AudioEnds;
use lockstep_engine::{Interpolation, Reader, Sample, SampleRate};
use std::sync::Arc;

/// Of the file's own level: it comes on top of everything else.
const LEVEL: f32 = 0.5;
/// How long it takes to fall silent when it is ended, in frames.
const FADE: usize = 256;
/// How many frames are read at once.
const CHUNK: usize = 128;
/// One frame in the reader's fixed point.
const UNITY: f64 = 4_294_967_296.0;

#[derive(Default)]
pub(super) struct Audition {
    heard: Option<Heard>,
    /// What follows when that has fallen silent.
    next: Option<Arc<Sample>>,
}

struct Heard {
    sample: Arc<Sample>,
    reader: Reader,
    increment: i64,
    /// Frames until it is silent, once it is ended.
    fades: Option<usize>,
}

impl Audition {
    /// Hears what is wanted now, and gives back what is no longer.
    ///
    /// Realtime: yes
    pub(super) fn take(&mut self, ends: &mut AudioEnds, rate: SampleRate) {
        while let Some(wanted) = ends.audition() {
            if let Some(heard) = &mut self.heard {
                heard.fades.get_or_insert(FADE);
            }
            if let Some(before) = std::mem::replace(&mut self.next, wanted) {
                ends.retire(before);
            }
        }
        if ends.may_retire()
            && let Some(over) = self.heard.take_if(|heard| heard.is_over())
        {
            ends.retire(over.sample);
        }
        if self.heard.is_none() {
            self.heard = self.next.take().map(|sample| Heard::new(sample, rate));
        }
    }

    /// Realtime: yes
    pub(super) fn is_silent(&self) -> bool {
        self.next.is_none() && self.heard.as_ref().is_none_or(Heard::is_over)
    }

    /// Realtime: yes
    pub(super) fn end(&mut self) {
        if let Some(heard) = &mut self.heard {
            heard.fades = Some(0);
        }
    }

    /// Adds it to the mix.
    ///
    /// Realtime: yes
    pub(super) fn mix(&mut self, outputs: &mut Outputs<'_, '_, '_>) {
        let Some(heard) = &mut self.heard else {
            return;
        };
        let frames = outputs.frames();
        let mut at = 0;
        while at < frames && !heard.is_over() {
            let (mut left, mut right) = ([0.0; CHUNK], [0.0; CHUNK]);
            let count = heard.read(&mut left, &mut right, CHUNK.min(frames - at));
            outputs.add([&left[..count], &right[..count]], at);
            at += count;
        }
    }
}

impl Heard {
    fn new(sample: Arc<Sample>, rate: SampleRate) -> Self {
        let increment = sample.rate().hertz() / rate.hertz() * UNITY;
        #[expect(clippy::cast_possible_truncation, reason = "rates are sane")]
        let increment = increment.round() as i64;
        Self {
            sample,
            reader: Reader::new(0),
            increment: increment.max(1),
            fades: None,
        }
    }

    fn is_over(&self) -> bool {
        self.fades == Some(0)
    }

    /// How many frames were read: fewer than asked for only at the end.
    fn read(&mut self, left: &mut [f32], right: &mut [f32], count: usize) -> usize {
        let count = self.fades.map_or(count, |fades| count.min(fades));
        let (left, right) = (&mut left[..count], &mut right[..count]);
        let read = self.reader.render(
            &self.sample,
            self.increment,
            Interpolation::Hermite,
            left,
            right,
        );
        for (place, (left, right)) in left.iter_mut().zip(right).enumerate() {
            let level = match self.fades {
                #[expect(clippy::cast_precision_loss, reason = "a fade is short")]
                Some(fades) => LEVEL * (fades - place) as f32 / FADE as f32,
                None => LEVEL,
            };
            *left *= level;
            *right *= level;
        }
        self.fades = match self.fades {
            Some(fades) if read == count => Some(fades - count),
            None if read == count => None,
            // The file ends here.
            _ => Some(0),
        };
        read
    }
}

#[cfg(test)]
mod tests {
    use super::{FADE, Heard, LEVEL};
    use lockstep_engine::{Sample, SampleKey, SampleRate};
    use std::sync::Arc;

    fn rate(hertz: f64) -> SampleRate {
        SampleRate::new(hertz).expect("a rate")
    }

    /// A straight line from nothing upwards, at half the rate that it is heard at.
    fn heard(frames: u16) -> Heard {
        let line: Vec<f32> = (0..frames).map(|frame| f32::from(frame) / 1e4).collect();
        let sample = Sample::new(SampleKey::new([1; 8]), rate(24_000.0), &[&line]);
        Heard::new(Arc::new(sample.expect("a sample")), rate(48_000.0))
    }

    #[test]
    fn a_file_is_heard_at_its_own_speed_on_both_sides_until_it_ends() {
        let mut heard = heard(100);
        let (mut left, mut right) = ([0.0; 128], [0.0; 128]);
        assert_eq!(heard.read(&mut left, &mut right, 128), 128);
        assert_eq!(left, right);
        for (frame, sample) in (0_u16..).zip(&left).skip(2) {
            let expected = LEVEL * f32::from(frame) / 2e4;
            assert!((sample - expected).abs() < 1e-6, "frame {frame}: {sample}");
        }
        assert!(!heard.is_over());
        assert_eq!(heard.read(&mut left, &mut right, 128), 200 - 128);
        assert!(heard.is_over());
    }

    #[test]
    fn one_that_is_ended_falls_silent_without_a_click() {
        let mut heard = heard(10_000);
        let (mut left, mut right) = ([0.0; 128], [0.0; 128]);
        for _ in 0..100 {
            heard.read(&mut left, &mut right, 128);
        }
        let mut last = left[127];
        assert!(last > 0.3, "it is loud: {last}");
        heard.fades = Some(FADE);
        let mut count = 0;
        while !heard.is_over() {
            let read = heard.read(&mut left, &mut right, 128);
            for sample in &left[..read] {
                assert!((sample - last).abs() < 0.01, "from {last} to {sample}");
                last = *sample;
            }
            count += read;
        }
        assert_eq!(count, FADE);
        assert!(last < 0.01);
    }
}
