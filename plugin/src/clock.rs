//! This machine's monotonic clock, and where on it a frame of audio falls.
//! It must not know what the times are used for.

use lockstep_session::units::LocalTime;
use std::time::Instant;

/// One origin shared by all threads of an instance.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LocalClock {
    origin: Instant,
}

impl LocalClock {
    pub(crate) fn new() -> Self {
        Self {
            origin: Instant::now(),
        }
    }

    /// Reads the clock without entering the kernel on the systems we build for.
    ///
    /// Realtime: yes
    pub(crate) fn now(&self) -> LocalTime {
        LocalTime::from_micros(i64::try_from(self.origin.elapsed().as_micros()).unwrap_or(i64::MAX))
    }
}

/// Callbacks come early and late; over this many of them the lateness averages out.
const REMEMBERED: usize = 64;
/// Callbacks this far from the line are late ones, and tell nothing; several of them mean that the
/// audio stopped and went on, or runs offline.
const LOST_MICROS: f64 = 20_000.0;
const LOST: usize = 3;

/// Least squares over the last callbacks: how many frames had been rendered at which time.
#[derive(Clone, Debug)]
pub(crate) struct SampleClock {
    nominal_micros_per_frame: f64,
    points: [Point; REMEMBERED],
    count: usize,
    next: usize,
    frames: u64,
    /// How many callbacks in a row were far from the line.
    lost: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Point {
    frames: u64,
    micros: i64,
}

impl SampleClock {
    pub(crate) fn new(sample_rate: f64) -> Self {
        Self {
            nominal_micros_per_frame: 1e6 / sample_rate,
            points: [Point::default(); REMEMBERED],
            count: 0,
            next: 0,
            frames: 0,
            lost: 0,
        }
    }

    /// The callback for the next `frames` frames came at `now`: when its first frame belongs.
    ///
    /// Realtime: yes
    pub(crate) fn callback(&mut self, now: LocalTime, frames: usize) -> LocalTime {
        let micros = now.as_micros();
        let is_far = self.count > 0 && difference(micros, self.expected()).abs() > LOST_MICROS;
        self.lost = if is_far { self.lost + 1 } else { 0 };
        if self.lost >= LOST {
            (self.count, self.next, self.lost) = (0, 0, 0);
        }
        if self.lost == 0 && !self.is_in_a_burst(micros) {
            self.points[self.next] = Point {
                frames: self.frames,
                micros,
            };
            self.next = (self.next + 1) % REMEMBERED;
            self.count = (self.count + 1).min(REMEMBERED);
        }
        let first = self.expected();
        self.frames = self
            .frames
            .saturating_add(u64::try_from(frames).unwrap_or(u64::MAX));
        LocalTime::from_micros(first)
    }

    /// Whether this callback came much sooner than the frames since the last one take: frameworks cut
    /// blocks up at automated parameters, and hosts render several at once. Only the first of them
    /// tells anything about time.
    fn is_in_a_burst(&self, micros: i64) -> bool {
        let last = (self.next + REMEMBERED - 1) % REMEMBERED;
        let Some(last) = self.points[..self.count].get(last) else {
            return false;
        };
        let due = frames_between(last.frames, self.frames) * self.nominal_micros_per_frame;
        difference(micros, last.micros) < due / 2.0
    }

    /// When the next frame belongs, going by the callbacks so far.
    fn expected(&self) -> i64 {
        let points = &self.points[..self.count];
        let Some(base) = points.first().copied() else {
            return 0;
        };
        let count = as_float(self.count);
        let mut sums = Sums::default();
        for point in points {
            sums.add(
                frames_between(base.frames, point.frames),
                difference(point.micros, base.micros),
            );
        }
        let (mean_frames, mean_micros) = (sums.frames / count, sums.micros / count);
        let spread = sums.frames_squared - count * mean_frames * mean_frames;
        let joint = sums.product - count * mean_frames * mean_micros;
        let measured = if spread > 0.0 {
            joint / spread
        } else {
            self.nominal_micros_per_frame
        };
        // Real clocks differ from their nominal rate by far less than a thousandth.
        let nominal = self.nominal_micros_per_frame;
        let slope = measured.clamp(nominal * 0.999, nominal * 1.001);
        let ahead = frames_between(base.frames, self.frames) - mean_frames;
        base.micros
            .saturating_add(rounded(mean_micros + slope * ahead))
    }
}

#[derive(Default)]
struct Sums {
    frames: f64,
    micros: f64,
    frames_squared: f64,
    product: f64,
}

impl Sums {
    fn add(&mut self, frames: f64, micros: f64) {
        self.frames += frames;
        self.micros += micros;
        self.frames_squared += frames * frames;
        self.product += frames * micros;
    }
}

fn frames_between(from: u64, to: u64) -> f64 {
    let ahead = i64::try_from(to).unwrap_or(i64::MAX);
    difference(ahead, i64::try_from(from).unwrap_or(i64::MAX))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "differences within one run stay far below 2^53"
)]
fn difference(left: i64, right: i64) -> f64 {
    left.saturating_sub(right) as f64
}

#[expect(
    clippy::cast_precision_loss,
    reason = "at most the number of remembered callbacks"
)]
fn as_float(count: usize) -> f64 {
    count as f64
}

#[expect(clippy::cast_possible_truncation, reason = "float casts saturate")]
fn rounded(micros: f64) -> i64 {
    micros.round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_callbacks_average_out() {
        let mut clock = SampleClock::new(48_000.0);
        let mut worst = 0;
        for block in 0..1_000_i64 {
            let true_micros = 5_000_000 + block * 10_000;
            let lateness = (block * 7_919) % 3_000;
            let first = clock.callback(LocalTime::from_micros(true_micros + lateness), 480);
            if block > 100 {
                worst = worst.max((first.as_micros() - true_micros - 1_500).abs());
            }
        }
        assert!(worst < 500, "{worst} us off with callbacks up to 3 ms late");
    }

    #[test]
    fn a_pause_of_the_audio_starts_the_line_again() {
        let mut clock = SampleClock::new(48_000.0);
        for block in 0..100_i64 {
            clock.callback(LocalTime::from_micros(block * 10_000), 480);
        }
        for block in 0..2 {
            clock.callback(LocalTime::from_micros(9_000_000 + block * 10_000), 480);
        }
        let first = clock.callback(LocalTime::from_micros(9_020_000), 480);
        assert_eq!(first, LocalTime::from_micros(9_020_000));
    }

    #[test]
    fn blocks_that_are_cut_up_or_come_in_bursts_tell_the_same_time() {
        let mut clock = SampleClock::new(48_000.0);
        let mut worst = 0;
        for block in 0..400_i64 {
            let micros = block * 20_000;
            let parts = [100, 300, 560];
            let mut done = 0;
            for (place, frames) in (0..).zip(parts) {
                let first = clock.callback(LocalTime::from_micros(micros + place * 40), frames);
                let due = micros + done * 1_000 / 48;
                done += i64::try_from(frames).expect("few");
                if block > 10 {
                    worst = worst.max((first.as_micros() - due).abs());
                }
            }
        }
        assert!(worst < 50, "{worst} us off");
    }

    #[test]
    fn one_callback_that_is_very_late_moves_nothing() {
        let mut clock = SampleClock::new(48_000.0);
        for block in 0..100_i64 {
            clock.callback(LocalTime::from_micros(block * 10_000), 480);
        }
        let late = clock.callback(LocalTime::from_micros(1_000_000 + 60_000), 480);
        assert!((late.as_micros() - 1_000_000).abs() < 100, "{late:?}");
    }
}
