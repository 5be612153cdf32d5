//! Finds how high a signal goes between its samples: four points a frame by a windowed sinc, and the
//! top of the parabola through the highest three. It knows no gain.

use crate::dsp::maths::single;

/// How many samples a point is computed from.
const TAPS: usize = 32;
/// How many frames after a sample came in the peak between it and the next one is known.
pub(super) const REACH: usize = TAPS / 2;
/// The sample before the points.
const MIDDLE: f64 = 15.0;
/// The window's shape: hardly one, so that little is missed near half the rate.
const KAISER: f64 = 1.5;

#[derive(Debug)]
pub(super) struct Detector {
    /// For each sample, its share in the four points.
    taps: [[f32; 4]; TAPS],
    /// If no sample is above this share of the ceiling, no point can be above the ceiling.
    safe: f32,
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
        let mut taps = [[0.0; 4]; TAPS];
        let mut most = 0.0;
        for point in 0..4_u8 {
            let mut sum = 0.0;
            let shift = f64::from(point) / 4.0;
            for (tap, index) in taps.iter_mut().zip(0_u8..) {
                let distance = f64::from(index) - MIDDLE - shift;
                let share = sinc(distance) * kaiser(distance / (MIDDLE + 1.0));
                tap[usize::from(point)] = single(share);
                sum += share.abs();
            }
            most = if sum > most { sum } else { most };
        }
        Self {
            taps,
            // The parabola's top is at most an eighth of a point above.
            safe: single(0.88 / most),
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
        let safe = limit * self.safe;
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
        let Some(samples) = self.sides[side].get(self.at..self.at + TAPS) else {
            return 0.0;
        };
        let mut even = [0.0_f32; 4];
        let mut odd = [0.0_f32; 4];
        for (samples, taps) in samples.chunks_exact(2).zip(self.taps.chunks_exact(2)) {
            for point in 0..4 {
                even[point] += samples[0] * taps[0][point];
                odd[point] += samples[1] * taps[1][point];
            }
        }
        let points = [
            self.last[side],
            even[0] + odd[0],
            even[1] + odd[1],
            even[2] + odd[2],
            even[3] + odd[3],
            samples.get(REACH).copied().unwrap_or(0.0),
        ];
        self.last[side] = points[4];
        let mut peak = points[5].abs();
        for point in &points[1..5] {
            if point.abs() > peak {
                peak = point.abs();
            }
        }
        if peak > 0.8 * limit {
            for three in points.windows(3) {
                let top = top(three[0], three[1], three[2]);
                if top > peak {
                    peak = top;
                }
            }
        }
        peak
    }
}

/// How high the parabola through three points goes, if the middle one is the highest.
#[inline(always)]
fn top(before: f32, middle: f32, after: f32) -> f32 {
    let sign = if middle < 0.0 { -1.0 } else { 1.0 };
    let (before, middle, after) = (before * sign, middle * sign, after * sign);
    let bend = 2.0 * middle - before - after;
    if before > middle || after > middle || bend <= 0.0 {
        return middle;
    }
    let lean = before - after;
    middle + lean * lean / (8.0 * bend)
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
