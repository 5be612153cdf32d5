//! The numbers a control can stand at, and their words. Knows no control.

use std::sync::Arc;

/// A number in words.
type Write = Arc<dyn Fn(i64) -> String + Send + Sync>;
/// What words say, if it is a number.
type Read = Arc<dyn Fn(&str) -> Option<i64> + Send + Sync>;

/// Whole numbers from `low` to `high`.
#[derive(Clone)]
pub(crate) struct Range {
    pub(crate) low: i64,
    pub(crate) high: i64,
    /// Where a double click puts it.
    pub(crate) rest: i64,
    /// What one notch of the wheel or one arrow key adds.
    pub(crate) notch: i64,
    /// How many pixels of a drag lead from one end to the other.
    pub(crate) travel: i64,
    pub(crate) write: Write,
    pub(crate) read: Read,
}

impl Range {
    pub(crate) fn new(low: i64, high: i64, rest: i64) -> Range {
        Range {
            low,
            high,
            rest,
            notch: 1,
            travel: 200,
            write: Arc::new(|value| value.to_string()),
            read: Arc::new(|text| decimal(text, 0)),
        }
    }

    pub(crate) fn notch(self, notch: i64) -> Range {
        Range { notch, ..self }
    }

    pub(crate) fn travel(self, travel: i64) -> Range {
        Range { travel, ..self }
    }

    pub(crate) fn words(
        self,
        write: impl Fn(i64) -> String + Send + Sync + 'static,
        read: impl Fn(&str) -> Option<i64> + Send + Sync + 'static,
    ) -> Range {
        Range {
            write: Arc::new(write),
            read: Arc::new(read),
            ..self
        }
    }

    pub(crate) fn within(&self, value: i64) -> i64 {
        value.clamp(self.low, self.high)
    }

    /// How far up its range a value is, in thousandths.
    pub(crate) fn share(&self, value: i64) -> i64 {
        (self.within(value) - self.low) * 1_000 / (self.high - self.low).max(1)
    }

    /// Where a drag of so many pixels leads.
    pub(crate) fn dragged(&self, from: i64, pixels: i64, fine: bool) -> i64 {
        let span = self.high - self.low;
        if fine {
            return self.within(from + pixels * span / (self.travel * 10));
        }
        // In whole notches, so that a drag rests on round numbers.
        let notch = if span / self.notch > self.travel {
            1
        } else {
            self.notch
        };
        self.within(from + pixels * span / self.travel / notch * notch)
    }
}

/// The number that a text begins with, in units of its last decimal: "-7.25 dB" is -73 with one.
pub(crate) fn decimal(text: &str, decimals: u32) -> Option<i64> {
    let text = text
        .trim()
        .replace(['\u{2212}', '\u{2013}'], "-")
        .replace(',', ".");
    let (negative, text) = match text.strip_prefix('-') {
        Some(text) => (true, text),
        None => (false, text.strip_prefix('+').unwrap_or(&text)),
    };
    let end = text
        .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .unwrap_or(text.len());
    let (whole, fraction) = text[..end].split_once('.').unwrap_or((&text[..end], ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut number: i64 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    let mut digits = fraction.chars().filter_map(|digit| digit.to_digit(10));
    for _ in 0..decimals {
        number = number
            .checked_mul(10)?
            .checked_add(i64::from(digits.next().unwrap_or(0)))?;
    }
    if digits.next().is_some_and(|next| next >= 5) {
        number += 1;
    }
    Some(if negative { -number } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_number_is_read_with_its_unit_and_rounded() {
        for (text, decimals, number) in [
            ("124", 2, Some(12_400)),
            (" 98.5 BPM", 2, Some(9_850)),
            ("-7.25 dB", 1, Some(-73)),
            ("\u{2212}3", 1, Some(-30)),
            (",5", 1, Some(5)),
            ("+2", 0, Some(2)),
            ("loud", 1, None),
            ("99999999999999999999", 0, None),
            ("", 0, None),
        ] {
            assert_eq!(decimal(text, decimals), number, "{text}");
        }
    }

    #[test]
    fn a_drag_stays_in_range_and_rests_on_notches() {
        let tempo = Range::new(2_000, 30_000, 12_000).notch(100).travel(1_120);
        assert_eq!(tempo.dragged(12_000, 8, false), 12_200);
        assert_eq!(tempo.dragged(12_000, -100_000, false), 2_000);
        assert_eq!(tempo.dragged(12_000, 1, true), 12_002);
        assert_eq!(tempo.share(2_000), 0);
        assert_eq!(tempo.share(30_000), 1_000);
    }
}
