//! A token bucket in virtual time.

use crate::limits::Allowance;
use crate::units::Span;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    allowance: Allowance,
    /// Tokens in millionths, so that a microsecond adds a whole number of them.
    level: i64,
}

const TOKEN: i64 = 1_000_000;

impl Bucket {
    pub(crate) fn full(allowance: Allowance) -> Self {
        Self {
            allowance,
            level: i64::from(allowance.burst) * TOKEN,
        }
    }

    /// Lets time pass. Time that runs backwards adds nothing.
    pub(crate) fn refill(&mut self, passed: Span) {
        let added = passed
            .as_micros()
            .max(0)
            .saturating_mul(i64::from(self.allowance.per_second));
        self.level = self
            .level
            .saturating_add(added)
            .min(i64::from(self.allowance.burst) * TOKEN);
    }

    pub(crate) fn take(&mut self) -> bool {
        let enough = self.level >= TOKEN;
        if enough {
            self.level -= TOKEN;
        }
        enough
    }

    pub(crate) fn is_full(&self) -> bool {
        self.level >= i64::from(self.allowance.burst) * TOKEN
    }

    /// How long until a token is there.
    pub(crate) fn wait(&self) -> Span {
        let missing = (TOKEN - self.level).max(0);
        let rate = i64::from(self.allowance.per_second.max(1));
        Span::from_micros(missing / rate + i64::from(missing % rate != 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_granted_then_only_the_steady_rate() {
        let mut bucket = Bucket::full(Allowance {
            per_second: 10,
            burst: 3,
        });
        assert_eq!((0..5).filter(|_| bucket.take()).count(), 3);
        assert_eq!(bucket.wait(), Span::from_millis(100));
        bucket.refill(bucket.wait());
        assert!(bucket.take());
        assert!(!bucket.take());
        bucket.refill(Span::from_seconds(1_000_000_000_000));
        assert_eq!(
            (0..5).filter(|_| bucket.take()).count(),
            3,
            "a long wait grants one burst"
        );
        bucket.refill(Span::from_seconds(-5));
        assert!(!bucket.take());
    }
}
