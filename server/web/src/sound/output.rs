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
/// So few say nothing of the device's own speed, nor of their noise: it is taken for a large one.
const FEW: usize = 8;
const UNKNOWN: f64 = 5_000.0;
/// A word that is further from the line than this and `SELDOM` times the noise of the others, and
/// another one that agrees with it, mean that the sound slipped.
const SLIPPED: f64 = 2_000.0;
const SELDOM: f64 = 4.0;
/// Devices differ from their nominal speed by about so much; noise that looks like more is noise.
const DRIFT: f64 = 100e-6;

/// Whoever was kept from asking for so many milliseconds does not know what belongs to what.
const AT_ONCE: f64 = 2.0;
/// In seconds: speakers at the other end of a network come to two.
const LATEST: f64 = 3.0;

/// What a browser says of its output when it is asked. Times of the sound are in seconds, those of the
/// page in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word {
    pub(crate) asked: f64,
    /// Something of the sound, and when it is heard; not every browser says it.
    pub(crate) stamp: Option<(f64, f64)>,
    /// What is rendered next.
    pub(crate) rendered: f64,
    /// How long that is on its way, as far as the browser knows.
    pub(crate) latency: f64,
    pub(crate) answered: f64,
}

impl Word {
    /// Something of the sound, and when it is heard, if anything is yet.
    pub(crate) fn heard(&self) -> Option<(f64, f64)> {
        if self.answered - self.asked > AT_ONCE {
            return None;
        }
        let (sound, time) = self.stamp.unwrap_or((f64::NAN, f64::NAN));
        if sound <= 0.0 || time <= 0.0 {
            return None;
        }
        // How long the stamp says that sound is on its way. Firefox takes its latency off both of a
        // stamp's numbers, so that there seems to be none; WebKit under Linux adds one to the other.
        let delay = self.rendered - sound - (self.answered - time) / 1e3;
        if delay >= self.latency / 2.0 && delay <= LATEST {
            Some((sound, time))
        } else {
            Some((self.rendered - self.latency, self.answered))
        }
    }
}

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
    /// How far words are from it.
    noise: f64,
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

    /// Whether too little was said yet, or the last word contradicts those before it, so that another
    /// should be heard soon.
    pub(crate) fn is_in_doubt(&self) -> bool {
        self.doubted.is_some() || self.points.len() < FEW
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
        let line = self.line();
        let tolerance = line.map_or(0.0, |line| SLIPPED + SELDOM * line.noise);
        let is_far = line.is_some_and(|line| line.off(point).abs() > tolerance);
        match (is_far, self.doubted.take()) {
            (false, _) => {}
            (true, Some(doubted)) if self.apart(doubted, point) < tolerance => {
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

    /// By how much two words contradict each other.
    fn apart(&self, one: Point, other: Point) -> f64 {
        let due = (other.frame - one.frame) * self.nominal_micros_per_frame;
        (float(other.micros - one.micros) - due).abs()
    }

    /// Least squares, and what is known of devices: the noisier words are, the less they say of this
    /// one's own speed.
    fn line(&self) -> Option<Line> {
        let first = self.points.front()?;
        let count = f64::from(u32::try_from(self.points.len()).ok()?);
        let from_first = |point: &Point| {
            let frames = point.frame - first.frame;
            let due = frames * self.nominal_micros_per_frame;
            (frames, float(point.micros - first.micros) - due)
        };
        let sum = self.points.iter().map(from_first);
        let (frames, late) = sum.fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
        let (frames, late) = (frames / count, late / count);
        let (mut spread, mut joint, mut all) = (0.0, 0.0, 0.0);
        for point in self.points.iter().map(from_first) {
            let (frames, late) = (point.0 - frames, point.1 - late);
            spread += frames * frames;
            joint += frames * late;
            all += late * late;
        }
        let (noise, slower) = if self.points.len() < FEW {
            (UNKNOWN, 0.0)
        } else {
            let noise = (all - joint * joint / spread) / (count - 2.0);
            let usual = DRIFT * self.nominal_micros_per_frame;
            let slower = joint / (spread + noise / (usual * usual));
            (noise.max(0.0).sqrt(), slower)
        };
        let fastest = self.nominal_micros_per_frame * 1e-3;
        Some(Line {
            frame: first.frame + frames,
            micros: frames * self.nominal_micros_per_frame + late,
            base: first.micros,
            // Real clocks differ from their nominal rate by far less. A clamp between bounds that are
            // computed can panic, and its words are heavy.
            slope: self.nominal_micros_per_frame + slower.min(fastest).max(-fastest),
            noise,
        })
    }
}

impl Line {
    /// By how much a word is later than the line has it.
    fn off(&self, point: Point) -> f64 {
        let expected = self.micros + (point.frame - self.frame) * self.slope;
        float(point.micros - self.base) - expected
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

    /// Three seconds of sound were rendered, ten seconds after the page began.
    fn said(stamp: Option<(f64, f64)>, latency: f64) -> Word {
        Word {
            asked: 9_999.9,
            stamp,
            rendered: 3.0,
            latency,
            answered: 10_000.0,
        }
    }

    #[test]
    fn a_stamp_is_believed_if_sound_is_on_its_way_as_long_as_it_can_be() {
        let chromium = (2.953, 9_998.6);
        assert_eq!(said(Some(chromium), 0.036).heard(), Some(chromium));
        // That of one who is asked between blocks, and of one who does not know the latency.
        let safari = (2.995, 10_012.0);
        assert_eq!(said(Some(safari), 0.0).heard(), Some(safari));
        let loudspeaker = (2.9, 11_900.0);
        assert_eq!(said(Some(loudspeaker), 0.0).heard(), Some(loudspeaker));
    }

    #[test]
    fn where_no_stamp_can_be_believed_the_latency_says_what_is_heard() {
        let told = Some((2.96, 10_000.0));
        let firefox = (2.96, 9_960.0);
        assert_eq!(said(Some(firefox), 0.04).heard(), told);
        let webkit = (2.997, 13_033.0);
        assert_eq!(said(Some(webkit), 0.04).heard(), told);
        let from_before_a_pause = (2.9, 4_000.0);
        assert_eq!(said(Some(from_before_a_pause), 0.04).heard(), told);
        assert_eq!(said(None, 0.04).heard(), told);
    }

    #[test]
    fn nothing_is_known_before_the_first_sound_nor_by_one_who_was_held_up() {
        assert_eq!(said(Some((0.0, 0.0)), 0.04).heard(), None);
        assert_eq!(said(Some((0.0, 9_990.0)), 0.04).heard(), None);
        let late = Word {
            asked: 9_990.0,
            ..said(Some((2.953, 9_998.6)), 0.036)
        };
        assert_eq!(late.heard(), None);
    }

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
        let off = clock.heard_at(Frame(whole(frame))).expect("a line") - at;
        assert!((off.as_micros() - 40_000).abs() < 100, "{off:?}");
    }

    #[test]
    fn what_comes_with_the_noise_of_blocks_is_no_slip_and_no_other_speed() {
        let mut clock = OutputClock::new(RATE);
        let mut chance = 1_u32;
        let mut was = None;
        for word in 0..400 {
            // Firefox says which block is rendered next: up to 13 ms ago.
            chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = i64::from(chance >> 16) * 13_000 / 65_536 - 6_500;
            let (frame, at) = word_at(word);
            clock.hear(frame, at + Span::from_micros(noise));
            if word < 32 {
                continue;
            }
            assert!(!clock.is_in_doubt(), "word {word}");
            let (frame, at) = word_at(word + 1);
            let off = clock.heard_at(Frame(whole(frame))).expect("a line") - at;
            assert!(off.as_micros().abs() < 2_500, "word {word}: {off:?}");
            if let Some(was) = was.replace(off) {
                assert!((off - was).as_micros().abs() < 600, "word {word}");
            }
        }
    }

    #[test]
    fn a_browser_that_says_the_same_twice_says_it_once() {
        let mut clock = told(20);
        let (frame, at) = word_at(19);
        clock.hear(frame, at + Span::from_millis(900));
        assert!(!clock.is_in_doubt());
    }
}
