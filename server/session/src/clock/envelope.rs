//! The estimate of offset and skew: two parallel lines just under the shortest delays there and
//! back. A pure function of its samples; must not know of pings or of what a player hears.
//!
//! A delay is the shortest possible one plus waiting, never less, so the truth lies at the lower
//! edges of the two clouds of delays, and half way between the edges lies the offset. Each line is
//! pulled up by every sample alike, as exponential waiting has it, and held down only by the few
//! that come close to it: the logarithm of the likelihood of a sample `r` above its line is
//! `ln(r / (r + edge)) - r / waiting`. It is concave, so Newton's method finds its summit. A spike
//! counts no more than any other sample, and the directions may wait differently.

use super::window::Sample;

/// No two clocks in working order drift apart faster than this fraction.
const STEEPEST: f64 = 400e-6;
/// The waiting is on average at least this long, in microseconds.
const LEAST_WAITING: f64 = 20.0;
/// How far above its line a sample holds the line down, as a share of the waiting.
const EDGE: f64 = 0.08;
/// How often the waiting is judged anew by the lines that followed from it.
const ROUNDS: usize = 2;
const NEWTON_STEPS: usize = 30;
/// A step that promises to raise the logarithm of the likelihood by less than this is the last.
const CONVERGED: f64 = 1e-2;
/// A step goes at most this share of the way to the nearest sample.
const CAUTION: f64 = 0.9;

/// What is known of the skew before any sample is seen: its mean and deviation, as fractions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Prior {
    pub(super) skew: f64,
    pub(super) deviation: f64,
}

/// Server time less local time, as a line over local time. Times are in microseconds relative to
/// the origin of the samples.
#[derive(Debug, Clone, Copy)]
pub(super) struct Estimate {
    middle: f64,
    offset: f64,
    /// A fraction.
    pub(super) skew: f64,
    /// The shortest possible round trip.
    pub(super) round_trip: f64,
    offset_variance: f64,
    skew_variance: f64,
    covariance: f64,
    /// Deviations count by its square.
    roundness: f64,
}

impl Estimate {
    /// `samples` must not be empty. The search begins at the guessed skew.
    pub(super) fn of(samples: &[Sample], prior: Prior, guess: f64) -> Estimate {
        let middle = samples.iter().map(|sample| sample.at).sum::<f64>() / samples.len() as f64;
        let points: Vec<Point> = samples
            .iter()
            .map(|sample| Point {
                at: sample.at - middle,
                there: sample.there,
                back: sample.back,
            })
            .collect();
        let mut lines = Lines::under(&points, guess);
        let mut slope = Slope::default();
        let mut roundness = 1.0;
        for _ in 0..ROUNDS {
            let waiting = Waiting::above(&lines, &points);
            roundness = waiting.roundness;
            for _ in 0..NEWTON_STEPS {
                slope = Slope::at(&lines, &points, &waiting, prior);
                let step = slope.to_summit();
                let share = lines.room_for(&step, &points);
                lines.there += share * step.there;
                lines.back += share * step.back;
                lines.skew += share * step.skew;
                if share >= 1.0 && slope.promise(&step) < CONVERGED {
                    break;
                }
            }
        }
        let skew_variance = 1.0 / slope.skew_curvature_alone();
        let lever =
            (slope.back_skew / slope.back_back - slope.there_skew / slope.there_there) / 2.0;
        Estimate {
            middle,
            offset: (lines.there - lines.back) / 2.0,
            skew: lines.skew.clamp(-STEEPEST, STEEPEST),
            round_trip: lines.there + lines.back,
            offset_variance: (1.0 / slope.there_there + 1.0 / slope.back_back) / 4.0
                + lever * lever * skew_variance,
            skew_variance,
            covariance: lever * skew_variance,
            roundness,
        }
    }

    pub(super) fn offset_at(&self, at: f64) -> f64 {
        self.offset + self.skew * (at - self.middle)
    }

    /// Twice the standard deviation of the offset.
    pub(super) fn error_at(&self, at: f64) -> f64 {
        let away = at - self.middle;
        let variance =
            self.offset_variance + away * (2.0 * self.covariance + away * self.skew_variance);
        2.0 * self.roundness * self.roundness * variance.max(0.0).sqrt()
    }
}

/// A sample whose time counts from the middle of all.
struct Point {
    at: f64,
    there: f64,
    back: f64,
}

/// The delays that the lines have in the middle, and the slope that they share, one rising and one
/// falling. A difference of lines is their step.
#[derive(Default)]
struct Lines {
    there: f64,
    back: f64,
    skew: f64,
}

impl Lines {
    /// As close under the points as is likely at this skew.
    fn under(points: &[Point], skew: f64) -> Lines {
        let lowest =
            |above: &dyn Fn(&Point) -> f64| points.iter().map(above).fold(f64::INFINITY, f64::min);
        let touching = Lines {
            there: lowest(&|point| point.there - skew * point.at),
            back: lowest(&|point| point.back + skew * point.at),
            skew,
        };
        let waiting = Waiting::above(&touching, points);
        let count = points.len() as f64;
        Lines {
            there: touching.there - waiting.there / count,
            back: touching.back - waiting.back / count,
            skew,
        }
    }

    fn above_there(&self, point: &Point) -> f64 {
        point.there - self.skew * point.at - self.there
    }

    fn above_back(&self, point: &Point) -> f64 {
        point.back + self.skew * point.at - self.back
    }

    /// The share of a step that keeps the lines under all points.
    fn room_for(&self, step: &Lines, points: &[Point]) -> f64 {
        let mut share: f64 = 1.0;
        for point in points {
            let (rise_there, rise_back) = (
                step.there + step.skew * point.at,
                step.back - step.skew * point.at,
            );
            if rise_there > 0.0 {
                share = share.min(CAUTION * self.above_there(point) / rise_there);
            }
            if rise_back > 0.0 {
                share = share.min(CAUTION * self.above_back(point) / rise_back);
            }
        }
        share
    }
}

/// The mean of what delays have above the shortest.
struct Waiting {
    there: f64,
    back: f64,
    /// How much rarer delays close to the shortest are than in an exponential distribution, at
    /// least 1: the lower edges are rounder, and all estimates less sure, than the slope tells.
    roundness: f64,
}

impl Waiting {
    fn above(lines: &Lines, points: &[Point]) -> Waiting {
        let there = Quantiles::of(points.iter().map(|point| lines.above_there(point)));
        let back = Quantiles::of(points.iter().map(|point| lines.above_back(point)));
        Waiting {
            there: there.mean(),
            back: back.mean(),
            roundness: ((there.quartile + back.quartile) / (there.median + back.median)).max(1.0),
        }
    }
}

/// What mean an exponential distribution would have with the same lower quartile, and with the
/// same median.
struct Quantiles {
    quartile: f64,
    median: f64,
}

impl Quantiles {
    /// Where an exponential distribution of mean 1 has its lower quartile.
    const QUARTILE: f64 = 0.287_682;
    const MEDIAN: f64 = std::f64::consts::LN_2;

    fn of(delays: impl Iterator<Item = f64>) -> Quantiles {
        let mut delays: Vec<f64> = delays.collect();
        let (half, quarter) = (delays.len() / 2, delays.len() / 4);
        let median = *delays.select_nth_unstable_by(half, f64::total_cmp).1;
        let quartile = *delays[..=half]
            .select_nth_unstable_by(quarter, f64::total_cmp)
            .1;
        Quantiles {
            quartile: (quartile / Self::QUARTILE).max(LEAST_WAITING),
            median: (median / Self::MEDIAN).max(LEAST_WAITING),
        }
    }

    /// The lesser, so that neither spikes nor round edges stretch it.
    fn mean(&self) -> f64 {
        self.quartile.min(self.median)
    }
}

/// The gradient of the likelihood's logarithm over there, back and skew, and its curvature, which
/// is negated and has no term that joins there and back.
#[derive(Default)]
struct Slope {
    there: f64,
    back: f64,
    skew: f64,
    there_there: f64,
    back_back: f64,
    skew_skew: f64,
    there_skew: f64,
    back_skew: f64,
}

impl Slope {
    fn at(lines: &Lines, points: &[Point], waiting: &Waiting, prior: Prior) -> Slope {
        let confidence = 1.0 / (prior.deviation * prior.deviation);
        let mut slope = Slope {
            skew: (prior.skew - lines.skew) * confidence,
            skew_skew: confidence,
            ..Slope::default()
        };
        for point in points {
            let (push, stiffness) = hold(lines.above_there(point), waiting.there);
            slope.there += 1.0 / waiting.there - push;
            slope.skew += point.at * (1.0 / waiting.there - push);
            slope.there_there += stiffness;
            slope.there_skew += stiffness * point.at;
            slope.skew_skew += stiffness * point.at * point.at;
            let (push, stiffness) = hold(lines.above_back(point), waiting.back);
            slope.back += 1.0 / waiting.back - push;
            slope.skew -= point.at * (1.0 / waiting.back - push);
            slope.back_back += stiffness;
            slope.back_skew -= stiffness * point.at;
            slope.skew_skew += stiffness * point.at * point.at;
        }
        slope
    }

    /// How much of the curvature along the skew is left when both lines are free to follow.
    fn skew_curvature_alone(&self) -> f64 {
        self.skew_skew
            - self.there_skew * self.there_skew / self.there_there
            - self.back_skew * self.back_skew / self.back_back
    }

    /// Newton's step.
    fn to_summit(&self) -> Lines {
        let skew = (self.skew
            - self.there_skew * self.there / self.there_there
            - self.back_skew * self.back / self.back_back)
            / self.skew_curvature_alone();
        Lines {
            there: (self.there - self.there_skew * skew) / self.there_there,
            back: (self.back - self.back_skew * skew) / self.back_back,
            skew,
        }
    }

    /// Twice what a step will gain, if the slope bends evenly.
    fn promise(&self, step: &Lines) -> f64 {
        self.there * step.there + self.back * step.back + self.skew * step.skew
    }
}

/// How a sample this far above its line holds it down, and how that stiffens as the line rises.
fn hold(above: f64, waiting: f64) -> (f64, f64) {
    let beyond = above + EDGE * waiting;
    let both = 1.0 / (above * beyond);
    let (near, far) = (beyond * both, above * both);
    (near - far, near * near - far * far)
}
