//! A mean of a mean of gains, so that a gain that falls at once falls along a smooth curve. It adds
//! whole numbers, so nothing is left over however long it runs, and one stays exactly one.

use crate::dsp::maths::{count, single};

/// A gain of one. Gains are rounded down to whole numbers of it.
const ONE: u64 = 1 << 24;

#[derive(Debug)]
pub(super) struct Average {
    first: Sum,
    second: Sum,
    full: u64,
    scale: f64,
}

/// The sum of the newest numbers.
#[derive(Debug)]
struct Sum {
    numbers: Box<[u64]>,
    at: usize,
    sum: u64,
}

impl Sum {
    fn fill(&mut self, number: u64) {
        self.numbers.fill(number);
        self.at = 0;
        self.sum = self.numbers.iter().sum();
    }

    #[inline(always)]
    fn next(&mut self, number: u64) -> u64 {
        if let Some(oldest) = self.numbers.get_mut(self.at) {
            self.sum = self.sum + number - *oldest;
            *oldest = number;
        }
        self.at += 1;
        if self.at >= self.numbers.len() {
            self.at = 0;
        }
        self.sum
    }
}

impl Average {
    /// Over the newest `window` gains.
    ///
    /// Realtime: no
    pub(super) fn new(window: usize) -> Self {
        let first = window.max(2).div_ceil(2);
        let second = window.max(2) + 1 - first;
        let sum = |length| Sum {
            numbers: vec![0; length].into_boxed_slice(),
            at: 0,
            sum: 0,
        };
        let mut average = Self {
            first: sum(first),
            second: sum(second),
            full: 0,
            scale: 0.0,
        };
        average.clear();
        average.full = average.second.sum;
        average.scale = 1.0 / average.full as f64;
        average
    }

    /// Realtime: yes
    pub(super) fn is_one(&self) -> bool {
        self.second.sum == self.full
    }

    /// As if all gains had been one.
    ///
    /// Realtime: yes
    pub(super) fn clear(&mut self) {
        self.first.fill(ONE);
        let sum = self.first.sum;
        self.second.fill(sum);
    }

    /// Realtime: yes
    #[inline(always)]
    pub(super) fn next(&mut self, gain: f32) -> f32 {
        let whole = count(f64::from(gain) * 16_777_216.0) as u64;
        let sum = self.first.next(whole);
        let sum = self.second.next(sum);
        if sum == self.full {
            1.0
        } else {
            single(sum as f64 * self.scale)
        }
    }
}
