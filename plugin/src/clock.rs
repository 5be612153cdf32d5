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

/// Callbacks come late, and hardly ever early: of all within so many seconds the earliest counts.
const STRETCH: f64 = 0.2;
/// Over so many of these the rest averages out.
const REMEMBERED: usize = 32;
/// Callbacks this far from the line are late ones, and tell nothing; several of them for so long mean
/// that the audio stopped and went on, or runs offline.
const LOST_MICROS: f64 = 20_000.0;
const LOST: usize = 3;
const LOST_FOR: f64 = 150_000.0;
/// More frames than these at once are no burst, but a host that renders ahead or offline.
const BURST: f64 = 250_000.0;
/// A line through less than about so many seconds keeps to the nominal rate.
const SURE: f64 = 3.0;

/// Least squares over the earliest of the last callbacks: how many frames had been rendered at which
/// time. A sound card asks on time; what makes a callback late is the machine, and a mean over all would
/// be late by that.
#[derive(Clone, Debug)]
pub(crate) struct SampleClock {
    nominal_micros_per_frame: f64,
    points: [Point; REMEMBERED],
    count: usize,
    /// Where the newest is.
    newest: usize,
    frames: u64,
    /// The last callback that was no part of a burst.
    last: Option<Point>,
    /// How many in a row were far from the line, and the first of them.
    lost: usize,
    lost_since: i64,
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
            newest: 0,
            frames: 0,
            last: None,
            lost: 0,
            lost_since: 0,
        }
    }

    /// The callback for the next `frames` frames came at `now`: when its first frame belongs.
    ///
    /// Realtime: yes
    pub(crate) fn callback(&mut self, now: LocalTime, frames: usize) -> LocalTime {
        let point = Point {
            frames: self.frames,
            micros: now.as_micros(),
        };
        if !self.is_in_a_burst(point) {
            self.last = Some(point);
            self.hear(point);
        }
        let first = self.expected();
        self.frames = self
            .frames
            .saturating_add(u64::try_from(frames).unwrap_or(u64::MAX));
        LocalTime::from_micros(first)
    }

    fn hear(&mut self, point: Point) {
        let is_far =
            self.count > 0 && difference(point.micros, self.expected()).abs() > LOST_MICROS;
        if !is_far {
            self.lost = 0;
            return self.take(point);
        }
        if self.lost == 0 {
            self.lost_since = point.micros;
        }
        self.lost += 1;
        if self.lost >= LOST && difference(point.micros, self.lost_since) >= LOST_FOR {
            (self.count, self.lost) = (0, 0);
            self.take(point);
        }
    }

    fn take(&mut self, point: Point) {
        let newest = self.points[self.newest];
        let since = self.due_between(newest.frames, point.frames);
        if self.count == 0 {
            (self.count, self.newest) = (1, 0);
        } else if stretch(newest, self.nominal_micros_per_frame)
            != stretch(point, self.nominal_micros_per_frame)
        {
            self.newest = (self.newest + 1) % REMEMBERED;
            self.count = (self.count + 1).min(REMEMBERED);
        } else if difference(point.micros, newest.micros) >= since {
            return;
        }
        self.points[self.newest] = point;
    }

    /// Whether this callback came much sooner than the frames since the last one take: frameworks cut
    /// blocks up at automated parameters, hosts render several at once, and catch up when they were
    /// held up. Only the first of them tells anything about time.
    fn is_in_a_burst(&self, point: Point) -> bool {
        let Some(last) = self.last else {
            return false;
        };
        let due = self.due_between(last.frames, point.frames);
        due < BURST && difference(point.micros, last.micros) < due / 2.0
    }

    /// How many microseconds the frames from one to another last.
    fn due_between(&self, from: u64, to: u64) -> f64 {
        frames_between(from, to) * self.nominal_micros_per_frame
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
        // Real clocks differ from their nominal rate by far less than a thousandth.
        let nominal = self.nominal_micros_per_frame;
        let sure = SURE * 1e6 / nominal;
        let faster = (joint - nominal * spread) / (spread + sure * sure);
        let slope = nominal + faster.clamp(-nominal * 0.001, nominal * 0.001);
        let ahead = frames_between(base.frames, self.frames) - mean_frames;
        base.micros
            .saturating_add(rounded(mean_micros + slope * ahead))
    }
}

/// Which stretch of frames a point is of.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "no host runs for so long"
)]
fn stretch(point: Point, micros_per_frame: f64) -> u64 {
    (frames_between(0, point.frames) * micros_per_frame / (STRETCH * 1e6)) as u64
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
    fn callbacks_that_come_late_do_not_make_the_sound_late() {
        let mut clock = SampleClock::new(48_000.0);
        let mut worst = 0;
        for block in 0..1_000_i64 {
            let true_micros = 5_000_000 + block * 10_000;
            let lateness = 100 + (block * 7_919) % 3_000;
            let first = clock.callback(LocalTime::from_micros(true_micros + lateness), 480);
            if block > 100 {
                worst = worst.max((first.as_micros() - true_micros).abs());
            }
        }
        assert!(worst < 750, "{worst} us off with callbacks up to 3 ms late");
    }

    #[test]
    fn a_sound_card_with_a_speed_of_its_own_is_followed() {
        let mut clock = SampleClock::new(48_000.0);
        for block in 0..2_000_i64 {
            let true_micros = block * 10_000 + block / 2;
            let lateness = (block * 7_919) % 200;
            let first = clock.callback(LocalTime::from_micros(true_micros + lateness), 480);
            let off = first.as_micros() - true_micros;
            assert!(block < 50 || (-50..150).contains(&off), "{off} us off");
        }
    }

    #[test]
    fn a_host_that_is_held_up_and_catches_up_is_where_it_was() {
        let mut clock = SampleClock::new(48_000.0);
        for block in 0..3_000_i64 {
            let due = block * 1_000;
            // Nothing runs for 60 ms, and then everything at once.
            let came = if (1_000..1_060).contains(&block) {
                1_060_000 + (block - 1_000) * 50
            } else {
                due
            };
            let first = clock.callback(LocalTime::from_micros(came), 48);
            let off = first.as_micros() - due;
            assert!(off.abs() < 100, "{off} us off at {block}");
        }
    }

    #[test]
    fn a_pause_of_the_audio_starts_the_line_again() {
        let mut clock = SampleClock::new(48_000.0);
        for block in 0..100_i64 {
            clock.callback(LocalTime::from_micros(block * 10_000), 480);
        }
        for block in 0..15 {
            clock.callback(LocalTime::from_micros(9_000_000 + block * 10_000), 480);
        }
        let first = clock.callback(LocalTime::from_micros(9_150_000), 480);
        assert_eq!(first, LocalTime::from_micros(9_150_000));
    }

    #[test]
    fn a_host_that_rendered_seconds_at_once_finds_its_place_again() {
        let mut clock = SampleClock::new(48_000.0);
        for _ in 0..500 {
            clock.callback(LocalTime::from_micros(1_000_000), 480);
        }
        let mut off = i64::MAX;
        for block in 1..=50_i64 {
            let due = 1_000_000 + block * 10_000;
            off = clock.callback(LocalTime::from_micros(due), 480).as_micros() - due;
        }
        assert!(off.abs() < 100, "{off} us off after half a second");
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
