//! Reads a sample from any place at any speed, forwards or backwards. Positions are fixed point, so
//! that they are exact everywhere. It knows nothing of notes.

use super::{LEAD, Sample, WINDOW};
use crate::dsp::maths::turns;

/// How what lies between two frames is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolation {
    /// On the straight line between its two neighbours.
    Linear,
    /// On the smooth curve through its four neighbours.
    Hermite,
}

/// One frame of a sample, in the reader's fixed point.
pub(crate) const UNITY: i64 = 1 << 32;
/// The fastest a sample is read: seven octaves up.
pub(crate) const MOST_STRETCHED: i64 = 128 * UNITY;

/// How many frames are read at a time: their bounds are checked once.
const RUN: usize = 16;
/// How many frames are worked on at once.
const LANES: usize = 4;
/// A window's length is a power of two, so a masked place lies within it.
const MASK: usize = WINDOW - 1;

// A run at the greatest speed, and its neighbours, stay within the window.
const _: () = assert!(128 * (RUN - 1) + 4 <= WINDOW && WINDOW.is_power_of_two());

/// A place in a sample, in frames with 32 bits behind the point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reader {
    position: i64,
}

/// Where each frame of a run lies within the window, and how far behind that.
struct Places {
    index: [usize; RUN],
    rest: [f32; RUN],
}

impl Reader {
    /// Realtime: yes
    pub fn new(position: i64) -> Self {
        Self { position }
    }

    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn position(&self) -> i64 {
        self.position
    }

    /// Overwrites both channels with what comes next, a frame's way being `increment`, negative for
    /// backwards, and gives how many frames that are: fewer than asked for only where the sample
    /// ends. The rest is left as it was.
    ///
    /// Realtime: yes
    #[inline]
    pub fn render(
        &mut self,
        sample: &Sample,
        increment: i64,
        interpolation: Interpolation,
        left: &mut [f32],
        right: &mut [f32],
    ) -> usize {
        let increment = increment.clamp(-MOST_STRETCHED, MOST_STRETCHED);
        let length = left.len().min(right.len());
        let inside = self.frames_inside(sample, increment, length);
        let (left, right) = (&mut left[..inside], &mut right[..inside]);
        let whole = self.position % UNITY == 0;
        if whole && increment == UNITY {
            self.copy(sample, left, right);
        } else if whole && increment % UNITY == 0 {
            self.run::<0>(sample, increment, left, right);
        } else if interpolation == Interpolation::Linear {
            self.run::<1>(sample, increment, left, right);
        } else {
            self.run::<3>(sample, increment, left, right);
        }
        inside
    }

    /// The next frame where a sample goes round: behind its last frame comes its first. From a place
    /// within the sample to another one.
    ///
    /// Realtime: yes
    pub(crate) fn next_round(&mut self, sample: &Sample, increment: i64) -> (f32, f32) {
        let (index, rest) = place(self.position.max(0));
        let right = sample.right.as_ref().unwrap_or(&sample.left);
        let read = |channel: &[f32]| {
            let frame = |ahead: usize| {
                let index = (index + sample.frames + ahead - 1) % sample.frames;
                channel.get(index + LEAD).copied().unwrap_or(0.0)
            };
            hermite([frame(0), frame(1), frame(2), frame(3)], rest)
        };
        let heard = (read(&sample.left), read(right));
        let increment = increment.clamp(-MOST_STRETCHED, MOST_STRETCHED);
        let whole = signed(sample.frames) * UNITY;
        self.position = (self.position + increment).rem_euclid(whole);
        heard
    }

    /// How many of the next frames lie within the sample.
    #[inline]
    fn frames_inside(&self, sample: &Sample, increment: i64, length: usize) -> usize {
        let wanted = signed(length);
        let end = signed(sample.frames) * UNITY;
        if self.position < 0 || self.position >= end {
            return 0;
        }
        let last = self.position + (wanted - 1) * increment;
        if (0..end).contains(&last) {
            return length;
        }
        let whole = if increment > 0 {
            (end - 1 - self.position) / increment
        } else {
            self.position / -increment
        };
        usize::try_from(whole + 1).map_or(length, |inside| inside.min(length))
    }

    fn copy(&mut self, sample: &Sample, left: &mut [f32], right: &mut [f32]) {
        let first = place(self.position).0 + LEAD;
        let frames = first..first + left.len();
        let from = sample.left.get(frames.clone()).unwrap_or_default();
        for (output, input) in left.iter_mut().zip(from) {
            *output = *input;
        }
        let from = match &sample.right {
            Some(channel) => channel.get(frames).unwrap_or_default(),
            None => from,
        };
        for (output, input) in right.iter_mut().zip(from) {
            *output = *input;
        }
        self.position += signed(left.len()) * UNITY;
    }

    /// `DEGREE` is that of the curve between frames.
    #[inline]
    fn run<const DEGREE: u8>(
        &mut self,
        sample: &Sample,
        increment: i64,
        left: &mut [f32],
        right: &mut [f32],
    ) {
        for (left, right) in left.chunks_mut(RUN).zip(right.chunks_mut(RUN)) {
            let steps = signed(left.len());
            let last = self.position + (steps - 1) * increment;
            let base = if increment < 0 { last } else { self.position };
            // The channels begin a frame early, so the window does too.
            let first = place(base).0;
            let places = Places::new(self.position - signed(first) * UNITY, increment);
            let Some(window) = view(&sample.left, first) else {
                return;
            };
            let run = interpolated::<DEGREE>(window, &places);
            put(&run, left);
            match sample.right.as_ref().and_then(|side| view(side, first)) {
                Some(window) => {
                    let run = interpolated::<DEGREE>(window, &places);
                    put(&run, right);
                }
                None => put(&run, right),
            }
            self.position += steps * increment;
        }
    }
}

impl Places {
    #[inline(always)]
    fn new(position: i64, increment: i64) -> Self {
        let mut places = Self {
            index: [0; RUN],
            rest: [0.0; RUN],
        };
        let mut position = position;
        for (index, rest) in places.index.iter_mut().zip(&mut places.rest) {
            (*index, *rest) = place(position);
            position += increment;
        }
        places
    }
}

/// A curve through the window's frames, at each place.
#[inline(always)]
fn interpolated<const DEGREE: u8>(window: &[f32; WINDOW], places: &Places) -> [f32; RUN] {
    let mut run = [0.0; RUN];
    let (outputs, _) = run.as_chunks_mut::<LANES>();
    let (indices, _) = places.index.as_chunks::<LANES>();
    let (rests, _) = places.rest.as_chunks::<LANES>();
    for ((outputs, indices), rests) in outputs.iter_mut().zip(indices).zip(rests) {
        // Neighbours lie side by side: several frames' are fetched whole, then worked on at once.
        let near = indices.map(|index| match view_near(window, index) {
            Some(near) => *near,
            None => [0.0; 4],
        });
        for ((output, near), rest) in outputs.iter_mut().zip(near).zip(rests) {
            let [_, here, next, _] = near;
            *output = match DEGREE {
                0 => here,
                1 => here + (next - here) * rest,
                _ => hermite(near, *rest),
            };
        }
    }
    run
}

#[inline(always)]
fn view_near(window: &[f32; WINDOW], index: usize) -> Option<&[f32; 4]> {
    window.get(index & MASK..)?.first_chunk()
}

/// Between the two frames in the middle.
#[inline(always)]
fn hermite([before, near, next, after]: [f32; 4], rest: f32) -> f32 {
    let slope = 0.5 * (next - before);
    let bend = near - next;
    let curve = slope + bend;
    let twist = curve + bend + 0.5 * (after - near);
    ((twist * rest - (curve + twist)) * rest + slope) * rest + near
}

/// As much of a run as there is room for. A whole one is copied without asking how long it is.
#[inline(always)]
fn put(run: &[f32; RUN], side: &mut [f32]) {
    if let Some(whole) = side.first_chunk_mut() {
        *whole = *run;
    } else {
        for (to, from) in side.iter_mut().zip(run) {
            *to = *from;
        }
    }
}

#[inline(always)]
fn view(channel: &[f32], first: usize) -> Option<&[f32; WINDOW]> {
    channel.get(first..)?.first_chunk()
}

/// A position's whole part and the rest.
#[inline(always)]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the parts are cut out on purpose, and positions that are read are positive"
)]
fn place(position: i64) -> (usize, f32) {
    ((position >> 32) as u32 as usize, turns(position as u32))
}

#[inline(always)]
fn signed(frames: usize) -> i64 {
    i64::try_from(frames).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::SampleKey;
    use crate::units::SampleRate;

    fn sample(channels: &[&[f32]]) -> Sample {
        let rate = SampleRate::new(48_000.0).expect("a rate");
        Sample::new(SampleKey::new([0; 8]), rate, channels).expect("a sample")
    }

    /// A tone of `turns` a frame.
    fn tone(turns: f64, frames: u32) -> Vec<f32> {
        (0..frames)
            .map(|frame| wave(turns * f64::from(frame)))
            .collect()
    }

    fn wave(turns: f64) -> f32 {
        crate::dsp::maths::single(libm::sin(core::f64::consts::TAU * turns))
    }

    fn read(reader: &mut Reader, sample: &Sample, increment: i64, frames: usize) -> Vec<f32> {
        let (mut left, mut right) = (vec![9.0; frames], vec![9.0; frames]);
        let read = reader.render(
            sample,
            increment,
            Interpolation::Hermite,
            &mut left,
            &mut right,
        );
        left.truncate(read);
        left
    }

    #[test]
    fn at_its_own_speed_it_gives_the_sample_and_backwards_the_sample_reversed() {
        let frames = tone(0.013, 1_000);
        let sample = sample(&[&frames]);
        assert_eq!(read(&mut Reader::new(0), &sample, UNITY, 2_000), frames);
        let mut reversed = frames.clone();
        reversed.reverse();
        let mut reader = Reader::new(999 * UNITY);
        assert_eq!(read(&mut reader, &sample, -UNITY, 2_000), reversed);
        assert!(read(&mut reader, &sample, -UNITY, 1).is_empty());
        let seconds: Vec<f32> = frames.iter().step_by(3).copied().collect();
        assert_eq!(
            read(&mut Reader::new(0), &sample, 3 * UNITY, 2_000),
            seconds
        );
    }

    #[test]
    fn a_smooth_curve_runs_close_to_a_tone_at_any_speed() {
        let frames = tone(0.01, 20_000);
        let sample = sample(&[&frames]);
        for increment in [
            UNITY / 3,
            UNITY - 7,
            UNITY + 12_345,
            5 * UNITY / 2,
            -UNITY / 7,
        ] {
            let start = if increment < 0 { 15_000 } else { 100 };
            let mut reader = Reader::new(start * UNITY);
            let mut place = start as f64;
            for value in read(&mut reader, &sample, increment, 5_000) {
                let error = (value - wave(place * 0.01)).abs();
                assert!(error < 1e-4, "{error} at {place} by {increment}");
                place += increment as f64 / UNITY as f64;
            }
        }
    }

    #[test]
    fn it_reads_the_same_however_it_is_cut() {
        let (left, right) = (tone(0.031, 3_000), tone(0.017, 3_000));
        let sample = sample(&[&left, &right]);
        for increment in [UNITY / 5, UNITY * 7 / 4, -UNITY * 3 / 2] {
            let start = if increment < 0 { 2_999 } else { 0 };
            let whole = read(&mut Reader::new(start * UNITY), &sample, increment, 20_000);
            for size in [1, 7, 64] {
                let mut reader = Reader::new(start * UNITY);
                let mut pieces = Vec::new();
                loop {
                    let piece = read(&mut reader, &sample, increment, size);
                    if piece.is_empty() {
                        break;
                    }
                    pieces.extend(piece);
                }
                assert_eq!(pieces, whole);
            }
        }
    }

    #[test]
    fn it_stays_inside_the_sample_from_any_place_at_any_speed() {
        let frames = tone(0.3, 50);
        let sample = sample(&[&frames, &frames]);
        for position in [
            -UNITY,
            -1,
            0,
            49 * UNITY,
            50 * UNITY - 1,
            i64::MAX,
            i64::MIN,
        ] {
            for increment in [0, 1, -1, UNITY + 1, i64::MAX, i64::MIN, -UNITY / 2] {
                let read = read(&mut Reader::new(position), &sample, increment, 70);
                assert!(read.iter().all(|value| value.abs() < 1.5));
            }
        }
    }

    #[test]
    fn stereo_stays_stereo_and_mono_goes_to_both_sides() {
        let (one, other) = (tone(0.01, 200), tone(0.02, 200));
        for (channels, same) in [(vec![&one[..]], true), (vec![&one[..], &other[..]], false)] {
            let sample = sample(&channels);
            let (mut left, mut right) = ([0.0; 64], [0.0; 64]);
            let mut reader = Reader::new(UNITY / 2);
            reader.render(&sample, UNITY, Interpolation::Linear, &mut left, &mut right);
            assert_eq!(left == right, same);
            assert_eq!(left[3], 0.5 * (one[3] + one[4]));
        }
    }
}
