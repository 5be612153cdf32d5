//! How far a number goes, in which steps it is turned, and how it is written and read.

/// The numbers that a control can stand at.
#[derive(Clone, Copy)]
pub(in crate::editor) struct Range<'a> {
    low: f64,
    high: f64,
    /// Where a double click puts it.
    rest: f64,
    /// What values are rounded to.
    step: f64,
    /// What one notch of the wheel or one arrow key is.
    notch: f64,
    write: &'a dyn Fn(f64) -> String,
    read: &'a dyn Fn(&str) -> Option<f64>,
}

impl<'a> Range<'a> {
    /// Whole numbers, written as such.
    pub(in crate::editor) fn new(low: f64, high: f64, rest: f64) -> Self {
        Self {
            low,
            high,
            rest,
            step: 1.0,
            notch: 1.0,
            write: &|value| format!("{value:.0}"),
            read: &read_number,
        }
    }

    pub(in crate::editor) fn step(self, step: f64) -> Self {
        Self {
            step,
            notch: step,
            ..self
        }
    }

    /// Where the wheel goes faster than values are told apart.
    pub(in crate::editor) fn notch(self, notch: f64) -> Self {
        Self { notch, ..self }
    }

    /// How a value is written. What is typed is read as the first number in it.
    pub(in crate::editor) fn written(self, write: &'a dyn Fn(f64) -> String) -> Self {
        Self { write, ..self }
    }

    /// How what was typed is read, where the first number in it is not the value.
    pub(in crate::editor) fn read(self, read: &'a dyn Fn(&str) -> Option<f64>) -> Self {
        Self { read, ..self }
    }

    pub(super) fn rest(&self) -> f64 {
        self.rest
    }

    pub(super) fn step_size(&self) -> f64 {
        self.notch
    }

    pub(super) fn words(&self, value: f64) -> String {
        (self.write)(value)
    }

    /// What was typed, as the nearest value there is.
    pub(super) fn typed(&self, text: &str) -> Option<f64> {
        Some(self.nearest((self.read)(text)?))
    }

    pub(super) fn nearest(&self, value: f64) -> f64 {
        let steps = ((value - self.low) / self.step).round();
        (self.low + steps * self.step).clamp(self.low, self.high)
    }

    pub(super) fn within(&self, value: f64) -> f64 {
        value.clamp(self.low, self.high)
    }

    pub(super) fn span(&self) -> f64 {
        self.high - self.low
    }

    /// The place of a value between the ends, from 0 to 1.
    #[expect(clippy::cast_possible_truncation, reason = "a place on the screen")]
    pub(super) fn share(&self, value: f64) -> f32 {
        ((value - self.low) / self.span()).clamp(0.0, 1.0) as f32
    }

    pub(super) fn at(&self, share: f32) -> f64 {
        self.nearest(self.low + f64::from(share) * self.span())
    }
}

/// The first number of a text, whatever unit follows; a comma will do for a point.
fn read_number(text: &str) -> Option<f64> {
    let text = text.trim().replace(',', ".").replace('\u{2212}', "-");
    let begins = |character: char| character.is_ascii_digit() || matches!(character, '-' | '.');
    let start = text.find(begins)?;
    let rest = &text[start..];
    let ends = |character: char| !(character.is_ascii_digit() || matches!(character, '-' | '.'));
    let number = &rest[..rest.find(ends).unwrap_or(rest.len())];
    number.parse().ok()
}

/// The nearest whole number.
pub(in crate::editor) fn whole(value: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a float cast saturates")]
    let number = value.round() as i64;
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_read_with_or_without_its_unit() {
        let range = Range::new(-60.0, 6.0, 0.0).step(0.1);
        for (text, value) in [
            ("-7 dB", -7.0),
            (" 3,5", 3.5),
            ("+2", 2.0),
            ("99", 6.0),
            ("\u{2212}4", -4.0),
        ] {
            let typed = range.typed(text).unwrap();
            assert!((typed - value).abs() < 1e-9, "{text}: {typed}");
        }
        assert_eq!(range.typed("loud"), None);
        assert_eq!(range.typed("-"), None);
    }

    #[test]
    fn a_place_and_its_value_belong_together() {
        let range = Range::new(1.0, 127.0, 100.0);
        assert_eq!(range.at(range.share(64.0)), 64.0);
        assert_eq!(range.share(500.0), 1.0);
        assert_eq!(range.nearest(63.6), 64.0);
    }
}
