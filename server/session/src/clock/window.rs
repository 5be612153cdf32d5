//! The bounded memory of recent exchanges, and the doubt cast on those that contradict it. Must
//! not know how its estimate becomes the time that a player hears.

use super::Exchange;
use super::course::whole;
use super::envelope::{Estimate, Prior};
use crate::units::{LocalTime, ServerTime, Span};

/// How many exchanges are remembered: about two minutes at the steady rate.
const CAPACITY: usize = 384;
/// Fewer exchanges than this cast no doubt on another.
const GROUNDED: usize = 8;
/// So many contradictions in a row are believed: one of the clocks was set anew.
const WITNESSES: usize = 4;
/// A contradiction up to this many microseconds is left to the estimate.
const TOLERANCE: f64 = 1_000.0;
/// Halving leaves at least this many exchanges.
const KERNEL: usize = 8;
/// How many times closer than is usual the lines may come before samples do not count as straight,
/// and the least scatter, in microseconds, by which that is judged.
const STRAIGHT: f64 = 8.0;
const LEAST_SCATTER: f64 = 200.0;
/// Times beyond this many microseconds (71 years) are nonsense; sums of two are exact as f64.
const LATEST: i64 = 1 << 51;
/// A slower round trip, in microseconds, is not worth keeping.
const SLOWEST: i64 = 10_000_000;
/// The skew of two unknown machines, as a fraction, and of two known ones set anew.
const UNKNOWN_SKEW: f64 = 100e-6;
const KNOWN_SKEW: f64 = 10e-6;

/// One exchange relative to the window's origin, in microseconds. The delays contain the offset
/// between the clocks, one with each sign.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    sent: LocalTime,
    /// Half way between sending and receiving.
    pub(super) at: f64,
    pub(super) there: f64,
    pub(super) back: f64,
}

impl Sample {
    fn offset(&self) -> f64 {
        (self.there - self.back) / 2.0
    }

    fn round_trip(&self) -> f64 {
        self.there + self.back
    }
}

/// What became of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nonsense, or told before.
    Ignored,
    /// It contradicts the rest; more of its kind will be believed.
    Doubted,
    Kept,
}

#[derive(Debug, Clone)]
pub(super) struct Window {
    origin: Option<Origin>,
    /// In order of time.
    samples: Vec<Sample>,
    doubted: Vec<Sample>,
    prior: Prior,
    estimate: Option<Estimate>,
}

/// What samples are relative to, so that their figures stay small.
#[derive(Debug, Clone, Copy)]
struct Origin {
    local: LocalTime,
    /// By how much the server seemed ahead, in microseconds.
    offset: i64,
}

impl Window {
    pub(super) fn new() -> Window {
        Window {
            origin: None,
            samples: Vec::new(),
            doubted: Vec::new(),
            prior: Prior {
                skew: 0.0,
                deviation: UNKNOWN_SKEW,
            },
            estimate: None,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.samples.len()
    }

    pub(super) fn is_in_doubt(&self) -> bool {
        !self.doubted.is_empty()
    }

    /// The skew as a fraction.
    pub(super) fn skew(&self) -> Option<f64> {
        self.estimate.as_ref().map(|estimate| estimate.skew)
    }

    pub(super) fn take_in(&mut self, exchange: Exchange) -> Verdict {
        let Some(sample) = self.sample(exchange) else {
            return Verdict::Ignored;
        };
        if self
            .samples
            .iter()
            .chain(&self.doubted)
            .any(|known| known.sent == sample.sent)
        {
            return Verdict::Ignored;
        }
        let Some(error) = self.contradiction(&sample) else {
            self.doubted.clear();
            self.keep(sample);
            return Verdict::Kept;
        };
        let agrees = |other: &Sample| {
            self.contradiction(other)
                .is_some_and(|other| (other > 0.0) == (error > 0.0))
        };
        if !self.doubted.last().is_some_and(agrees) {
            self.doubted.clear();
        }
        self.doubted.push(sample);
        if self.doubted.len() < WITNESSES {
            return Verdict::Doubted;
        }
        self.begin_anew();
        Verdict::Kept
    }

    fn keep(&mut self, sample: Sample) {
        if self.samples.len() == CAPACITY {
            self.samples.remove(0);
        }
        let place = self.samples.partition_point(|other| other.at <= sample.at);
        self.samples.insert(place, sample);
        self.estimate_anew();
    }

    /// Server time at a local time, and twice its standard deviation.
    pub(super) fn server_time(&self, local: LocalTime) -> Option<(ServerTime, Span)> {
        let (origin, estimate) = (self.origin?, self.estimate?);
        let at = (local - origin.local).as_micros() as f64;
        let offset = origin.offset.saturating_add(whole(estimate.offset_at(at)));
        let server = ServerTime::from_micros(local.as_micros().saturating_add(offset));
        Some((server, Span::from_micros(whole(estimate.error_at(at)))))
    }

    /// The median.
    pub(super) fn round_trip(&self) -> Option<Span> {
        (!self.samples.is_empty()).then(|| Span::from_micros(whole(self.median_round_trip())))
    }

    fn median_round_trip(&self) -> f64 {
        let mut round_trips: Vec<f64> = self.samples.iter().map(Sample::round_trip).collect();
        let half = round_trips.len() / 2;
        *round_trips.select_nth_unstable_by(half, f64::total_cmp).1
    }

    fn sample(&mut self, exchange: Exchange) -> Option<Sample> {
        let sent = sane(exchange.sent.as_micros())?;
        let received = sane(exchange.received.as_micros())?;
        let server_received = sane(exchange.server_received.as_micros())?;
        let server_sent = sane(exchange.server_sent.as_micros())?;
        let held = server_sent - server_received;
        let round_trip = received - sent - held;
        if received < sent || held < 0 || !(0..=SLOWEST).contains(&round_trip) {
            return None;
        }
        let origin = *self.origin.get_or_insert(Origin {
            local: exchange.sent,
            offset: server_received - sent,
        });
        let since_origin = (exchange.sent - origin.local) + (exchange.received - origin.local);
        Some(Sample {
            sent: exchange.sent,
            at: since_origin.as_micros() as f64 / 2.0,
            there: (server_received - sent - origin.offset) as f64,
            back: (received - server_sent + origin.offset) as f64,
        })
    }

    /// By how much a sample lies beyond all that its own round trip and the doubt of the estimate
    /// can excuse; positive if the server seems ahead.
    fn contradiction(&self, sample: &Sample) -> Option<f64> {
        let estimate = self
            .estimate
            .as_ref()
            .filter(|_| self.samples.len() >= GROUNDED)?;
        let error = sample.offset() - estimate.offset_at(sample.at);
        let excused = (sample.round_trip() - estimate.round_trip).max(0.0) / 2.0
            + 2.0 * estimate.error_at(sample.at)
            + TOLERANCE;
        (error.abs() > excused).then_some(error)
    }

    /// Forgets all but the doubted samples, which have been proved right, and the skew: crystals
    /// do not change when a clock is set.
    fn begin_anew(&mut self) {
        if let Some(estimate) = &self.estimate {
            self.prior = Prior {
                skew: estimate.skew,
                deviation: KNOWN_SKEW,
            };
        }
        self.samples.clear();
        self.samples.append(&mut self.doubted);
        self.samples
            .sort_by(|first, second| first.at.total_cmp(&second.at));
        self.estimate_anew();
    }

    /// Estimates; if the samples do not lie along one line, as when a clock changed its rate,
    /// forgets the older half and estimates again.
    fn estimate_anew(&mut self) {
        loop {
            let estimate = Estimate::of(
                &self.samples,
                self.prior,
                self.skew().unwrap_or(self.prior.skew),
            );
            self.estimate = Some(estimate);
            if self.samples.len() < 2 * KERNEL || self.is_straight(&estimate) {
                return;
            }
            self.prior = Prior {
                skew: 0.0,
                deviation: UNKNOWN_SKEW,
            };
            self.samples.drain(..self.samples.len() / 2);
        }
    }

    /// Lines under samples that do not lie along one line are much closer to each other than any
    /// round trip is short; and round trips are blind to what the clocks do.
    fn is_straight(&self, estimate: &Estimate) -> bool {
        let shortest = self
            .samples
            .iter()
            .map(Sample::round_trip)
            .fold(f64::INFINITY, f64::min);
        let scatter = (self.median_round_trip() - shortest).max(LEAST_SCATTER);
        let expected = scatter / (self.samples.len() as f64).sqrt();
        shortest - estimate.round_trip < STRAIGHT * expected
    }
}

fn sane(micros: i64) -> Option<i64> {
    (-LATEST..=LATEST).contains(&micros).then_some(micros)
}
