//! When each frame of the sound is heard, on this machine's clock: a line through what the browser
//! says of its output every now and then. It must not know what is played.

use crate::numbers::{float, whole};
use lockstep_session::units::{LocalTime, Span};
use std::collections::VecDeque;

/// A frame of the sound, counted from the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Frame(pub(crate) i64);

/// Over so many of the browser's words their noise averages out.
const REMEMBERED: usize = 32;
/// A word this far from the line, and another one that agrees with it, mean that the sound slipped.
const SLIPPED: f64 = 2_000.0;

#[derive(Clone, Debug)]
pub(crate) struct OutputClock {
    nominal_micros_per_frame: f64,
    points: VecDeque<Point>,
    /// Far from the line, and not believed yet.
    doubted: Option<Point>,
}

#[derive(Clone, Copy, Debug)]
struct Point {
    frame: f64,
    micros: i64,
}

/// The line, through a point and with a slope.
#[derive(Clone, Copy, Debug)]
struct Line {
    frame: f64,
    micros: f64,
    /// What `micros` counts from.
    base: i64,
    slope: f64,
}

impl OutputClock {
    pub(crate) fn new(rate: f64) -> OutputClock {
        OutputClock {
            nominal_micros_per_frame: 1e6 / rate,
            points: VecDeque::new(),
            doubted: None,
        }
    }

    /// When a frame is heard.
    pub(crate) fn heard_at(&self, frame: Frame) -> Option<LocalTime> {
        let line = self.line()?;
        let micros = line.micros + (float(frame.0) - line.frame) * line.slope;
        Some(LocalTime::from_micros(line.base + whole(micros)))
    }

    /// Which frame is heard at a time.
    pub(crate) fn frame_at(&self, at: LocalTime) -> Option<Frame> {
        let line = self.line()?;
        let micros = float(at.as_micros() - line.base) - line.micros;
        Some(Frame(whole(line.frame + micros / line.slope)))
    }

    /// Whether the last word contradicts those before it, so that another should be heard soon.
    pub(crate) fn is_in_doubt(&self) -> bool {
        self.doubted.is_some()
    }

    /// The browser says that a frame, or a part of one, is heard at this time.
    pub(crate) fn hear(&mut self, frame: f64, at: LocalTime) {
        let point = Point {
            frame,
            micros: at.as_micros(),
        };
        let is_known = self.points.back().is_some_and(|last| last.frame >= frame);
        if is_known {
            return;
        }
        let is_far = self.line().is_some_and(|line| {
            let expected = line.micros + (frame - line.frame) * line.slope;
            (float(point.micros - line.base) - expected).abs() > SLIPPED
        });
        match (is_far, self.doubted.take()) {
            (false, _) => {}
            (true, Some(doubted)) if self.agree(doubted, point) => {
                self.points.clear();
                self.points.push_back(doubted);
            }
            (true, _) => {
                self.doubted = Some(point);
                return;
            }
        }
        self.points.push_back(point);
        if self.points.len() > REMEMBERED {
            self.points.pop_front();
        }
    }

    /// The sound stood still: nothing that was known of it holds any more.
    pub(crate) fn forget(&mut self) {
        self.points.clear();
        self.doubted = None;
    }

    fn agree(&self, one: Point, other: Point) -> bool {
        let due = (other.frame - one.frame) * self.nominal_micros_per_frame;
        (float(other.micros - one.micros) - due).abs() < SLIPPED
    }

    /// Least squares.
    fn line(&self) -> Option<Line> {
        let base = self.points.front()?;
        let count = f64::from(u32::try_from(self.points.len()).ok()?);
        let apart = |point: &Point| (point.frame - base.frame, float(point.micros - base.micros));
        let sum = self.points.iter().map(apart);
        let (frames, micros) =
            sum.fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
        let (mean_frame, mean_micros) = (frames / count, micros / count);
        let (mut joint, mut spread) = (0.0, 0.0);
        for (frame, micros) in self.points.iter().map(apart) {
            joint += (frame - mean_frame) * (micros - mean_micros);
            spread += (frame - mean_frame) * (frame - mean_frame);
        }
        let nominal = self.nominal_micros_per_frame;
        // Real clocks differ from their nominal rate by far less than a thousandth.
        let slope = if spread > 0.0 {
            joint / spread
        } else {
            nominal
        };
        Some(Line {
            frame: base.frame + mean_frame,
            micros: mean_micros,
            base: base.micros,
            // A clamp between bounds that are computed can panic, and its words are heavy.
            slope: slope.min(nominal * 1.001).max(nominal * 0.999),
        })
    }
}

/// How long some frames last, at their nominal rate.
pub(crate) fn span_of(frames: f64, rate: f64) -> Span {
    Span::from_micros(whole(frames / rate * 1e6))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f64 = 48_000.0;

    /// Words every quarter of a second about a device that runs 80 ppm fast, up to 15 us off.
    fn told(words: i64) -> OutputClock {
        let mut clock = OutputClock::new(RATE);
        for word in 0..words {
            let (frame, at) = word_at(word);
            clock.hear(frame, at);
        }
        clock
    }

    fn word_at(word: i64) -> (f64, LocalTime) {
        let micros = 3_000_000 + word * 250_000;
        let noise = (word * 7_919) % 31 - 15;
        let frame = float(word) * 0.25 * RATE * 1.000_08;
        (frame, LocalTime::from_micros(micros + noise))
    }

    #[test]
    fn noise_averages_out_and_the_devices_own_speed_is_found() {
        let clock = told(40);
        let later = Frame(whole(41.0 * 0.25 * RATE * 1.000_08));
        let heard = clock.heard_at(later).expect("a line");
        assert!(
            (heard.as_micros() - 3_000_000 - 41 * 250_000).abs() < 15,
            "{heard:?}"
        );
        let back = clock.frame_at(heard).expect("a line");
        assert!((back.0 - later.0).abs() <= 1);
    }

    #[test]
    fn one_wild_word_moves_nothing_and_two_that_agree_are_a_slip() {
        let mut clock = told(20);
        let (frame, at) = word_at(20);
        let before = clock.heard_at(Frame(1_000_000));
        clock.hear(frame, at + Span::from_millis(40));
        assert!(clock.is_in_doubt());
        assert_eq!(clock.heard_at(Frame(1_000_000)), before);
        let (frame, at) = word_at(21);
        clock.hear(frame, at + Span::from_millis(40));
        assert!(!clock.is_in_doubt());
        let off = clock.heard_at(Frame(whole(frame))).expect("a line") - at;
        assert!((off.as_micros() - 40_000).abs() < 100, "{off:?}");
    }

    #[test]
    fn a_browser_that_says_the_same_twice_says_it_once() {
        let mut clock = told(2);
        let (frame, at) = word_at(1);
        clock.hear(frame, at + Span::from_millis(900));
        assert!(!clock.is_in_doubt());
    }
}
