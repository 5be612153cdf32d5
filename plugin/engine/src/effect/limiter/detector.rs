//! Finds how high a signal goes between its samples: four points a frame by a windowed sinc, and the
//! top of the parabola through the highest three. It knows no gain.

use crate::dsp::maths::single;

/// How many samples a point is computed from.
const TAPS: usize = 32;
/// How many frames after a sample came in the peak between it and the next one is known.
pub(super) const REACH: usize = TAPS / 2;
/// The sample before the points.
const MIDDLE: f64 = 15.0;
/// Where no sample is above this share of the limit, no sound goes above the limit between them.
const SAFE: f32 = 0.5;
/// The window's shape: hardly one, so that little is missed near half the rate.
const KAISER: f64 = 1.5;

#[derive(Debug)]
pub(super) struct Detector {
    /// For each of the three points between two samples, every sample's share.
    taps: [[f32; TAPS]; 3],
    sides: [[f32; 2 * TAPS]; 2],
    at: usize,
    /// For how many frames there is still a sample that is not safe.
    hot: usize,
    /// Each side's last point.
    last: [f32; 2],
}

impl Detector {
    /// Realtime: no
    pub(super) fn new() -> Self {
        let mut taps = [[0.0; TAPS]; 3];
        for (taps, shift) in taps.iter_mut().zip([0.25, 0.5, 0.75]) {
            for (tap, index) in taps.iter_mut().zip(0_u8..) {
                let distance = f64::from(index) - MIDDLE - shift;
                let share = sinc(distance) * kaiser(distance / (MIDDLE + 1.0));
                *tap = single(share);
            }
        }
        Self {
            taps,
            sides: [[0.0; 2 * TAPS]; 2],
            at: 0,
            hot: 0,
            last: [0.0; 2],
        }
    }

    /// Realtime: yes
    pub(super) fn clear(&mut self) {
        self.sides = [[0.0; 2 * TAPS]; 2];
        self.hot = 0;
        self.last = [0.0; 2];
    }

    /// How high either channel goes between the sample that came in `REACH` frames ago and the next
    /// one, or zero if it is surely below the limit.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(super) fn next(&mut self, frame: [f32; 2], limit: f32) -> f32 {
        // Each sample is kept twice, so that the newest ones always lie in a row.
        for (side, sample) in self.sides.iter_mut().zip(frame) {
            for place in [self.at, self.at + TAPS] {
                if let Some(place) = side.get_mut(place) {
                    *place = sample;
                }
            }
        }
        self.at += 1;
        if self.at == TAPS {
            self.at = 0;
        }
        let safe = limit * SAFE;
        if frame[0].abs() > safe || frame[1].abs() > safe {
            self.hot = TAPS;
        }
        if self.hot == 0 {
            return 0.0;
        }
        self.hot -= 1;
        let left = self.peak(0, limit);
        let right = self.peak(1, limit);
        if self.hot == 0 {
            self.last = [0.0; 2];
        }
        if left > right { left } else { right }
    }

    #[inline(always)]
    fn peak(&mut self, side: usize, limit: f32) -> f32 {
        let newest = self.sides[side].get(self.at..).unwrap_or(&[]);
        let Some(samples) = newest.first_chunk::<TAPS>() else {
            return 0.0;
        };
        let points = [
            self.last[side],
            samples[REACH - 1],
            product(samples, &self.taps[0]),
            product(samples, &self.taps[1]),
            product(samples, &self.taps[2]),
            samples[REACH],
        ];
        self.last[side] = points[4];
        let heights = points.map(f32::abs);
        let one = higher(heights[1], heights[2]);
        let other = higher(heights[3], heights[4]);
        let peak = higher(one, other);
        if peak < 0.8 * limit {
            return peak;
        }
        let tops = [0, 1, 2, 3].map(|at| top([points[at], points[at + 1], points[at + 2]]));
        higher(higher(tops[0], tops[1]), higher(tops[2], tops[3]))
    }
}

#[inline(always)]
fn higher(one: f32, other: f32) -> f32 {
    if one > other { one } else { other }
}

/// The sum of each sample times its share, in eight sums that can be had side by side.
#[inline(always)]
fn product(samples: &[f32; TAPS], shares: &[f32; TAPS]) -> f32 {
    let mut sums = [0.0_f32; 8];
    for (samples, shares) in samples.chunks_exact(8).zip(shares.chunks_exact(8)) {
        for lane in 0..8 {
            sums[lane] += samples[lane] * shares[lane];
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

/// How high the parabola through three points goes, if the middle one is the highest.
#[inline(always)]
fn top(three: [f32; 3]) -> f32 {
    let sign = if three[1] < 0.0 { -1.0 } else { 1.0 };
    let [before, middle, after] = three.map(|point| point * sign);
    let bend = 2.0 * middle - before - after;
    let lean = before - after;
    let over = lean * lean / (8.0 * bend);
    // Otherwise one of its neighbours is the highest.
    if lean.abs() < bend {
        middle + over
    } else {
        middle
    }
}

fn sinc(distance: f64) -> f64 {
    if distance == 0.0 {
        return 1.0;
    }
    let angle = distance * core::f64::consts::PI;
    libm::sin(angle) / angle
}

/// From one in the middle to nearly none at -1 and 1.
fn kaiser(place: f64) -> f64 {
    let inside = 1.0 - place * place;
    if inside < 0.0 {
        return 0.0;
    }
    bessel(KAISER * inside.sqrt()) / bessel(KAISER)
}

/// The modified Bessel function of order zero, by its series.
fn bessel(value: f64) -> f64 {
    let square = value * value / 4.0;
    let (mut sum, mut term) = (1.0, 1.0);
    for step in 1..40_u8 {
        term *= square / (f64::from(step) * f64::from(step));
        sum += term;
    }
    sum
}
