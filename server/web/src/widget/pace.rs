//! How often a control that is being moved sends: at once, then at a bounded rate, and what it was
//! left at always. Knows neither the DOM nor what the numbers are.

/// What to do with a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pace {
    /// A number went out a moment ago.
    resting: bool,
    /// What waits for the rest to be over.
    waiting: Option<i64>,
}

impl Pace {
    /// The number, if it may go out now; then `rested` is to be called after the rest.
    pub(crate) fn offer(&mut self, value: i64) -> Option<i64> {
        if self.resting {
            self.waiting = Some(value);
            return None;
        }
        self.resting = true;
        Some(value)
    }

    /// The rest is over: what has come up meanwhile goes out, and another rest begins.
    pub(crate) fn rested(&mut self) -> Option<i64> {
        self.resting = self.waiting.is_some();
        self.waiting.take()
    }

    /// The control was let go: nothing waits any longer.
    pub(crate) fn flush(&mut self) -> Option<i64> {
        self.waiting.take()
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;

    #[test]
    fn a_fast_hand_sends_the_first_some_and_the_last() {
        let mut pace = Pace::default();
        assert_eq!(pace.offer(1), Some(1));
        assert_eq!(pace.offer(2), None);
        assert_eq!(pace.offer(3), None);
        assert_eq!(pace.rested(), Some(3), "what was passed over is not sent");
        assert_eq!(pace.offer(4), None);
        assert_eq!(pace.flush(), Some(4), "and the last is sent at once");
        assert_eq!(pace.rested(), None);
        assert_eq!(pace.offer(5), Some(5));
    }
}
