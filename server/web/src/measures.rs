//! Numbers of the document in words, and what was typed as numbers: decibels, times, places, bars.
//! In the same words as the plugin's editor. It must not know what any of them belongs to.

use crate::widget::{Range, decimal};
use lockstep_engine::{Meaning, Unit};
use lockstep_session::document::clip::Bars;
use lockstep_session::document::instrument::Amount;
use lockstep_session::document::mixer::{Level, Pan};
use lockstep_session::document::words;
use lockstep_session::units::Tempo;

/// Tenths of a decibel.
pub(crate) fn decibels(tenths: i64) -> String {
    if tenths <= i64::from(Level::MIN.get()) {
        "silent".to_owned()
    } else {
        format!("{} dB", fixed(tenths, 1))
    }
}

fn read_decibels(text: &str) -> Option<i64> {
    let text = text.trim().to_ascii_lowercase();
    if ["sil", "off", "-inf", "-\u{221e}", "\u{2212}\u{221e}"]
        .iter()
        .any(|word| text.starts_with(word))
    {
        return Some(i64::from(Level::MIN.get()));
    }
    decimal(&text, 1)
}

/// Of a shared level, in tenths of a decibel.
pub(crate) fn level_range() -> Range {
    Range::new(i64::from(Level::MIN.get()), i64::from(Level::MAX.get()), 0)
        .notch(5)
        .words(decibels, read_decibels)
}

pub(crate) fn percent(value: i64) -> String {
    format!("{value} %")
}

pub(crate) fn percent_range(rest: i64) -> Range {
    Range::new(0, 100, rest).words(percent, |text| decimal(text, 0))
}

/// "30 L" is left, and so is -30.
pub(crate) fn pan_range() -> Range {
    let write = |value: i64| match value {
        value if value < 0 => format!("{} L", -value),
        value if value > 0 => format!("{value} R"),
        _ => "centre".to_owned(),
    };
    let read = |text: &str| {
        let text = text.trim().to_ascii_lowercase();
        if text.starts_with(['c', 'm']) {
            return Some(0);
        }
        let number = decimal(text.trim_start_matches(['l', 'r']), 0)?;
        Some(if text.contains('l') {
            -number.abs()
        } else {
            number
        })
    };
    Range::new(i64::from(Pan::MIN.get()), i64::from(Pan::MAX.get()), 0).words(write, read)
}

/// Hundredths of a beat per minute.
pub(crate) fn tempo_range() -> Range {
    let (low, high) = (i64::from(Tempo::MIN.get()), i64::from(Tempo::MAX.get()));
    Range::new(low, high, i64::from(Tempo::default().get()))
        .notch(100)
        .travel(1_120)
        .words(|value| fixed(value, 2), |text| decimal(text, 2))
}

/// Whole steps of something that is counted: "1 bar", "3 bars".
pub(crate) fn counted(count: i64, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    }
}

pub(crate) fn bars_range() -> Range {
    Range::new(i64::from(Bars::MIN.get()), i64::from(Bars::MAX.get()), 1)
        .words(words::bars, |text| decimal(text, 0))
}

/// A whole number with so many of its digits behind the point.
pub(crate) fn fixed(value: i64, decimals: u32) -> String {
    let unit = 10_i64.pow(decimals);
    let sign = if value < 0 { "-" } else { "" };
    let value = value.abs();
    let width = usize::try_from(decimals).unwrap_or(0);
    if decimals == 0 {
        return format!("{sign}{value}");
    }
    format!("{sign}{}.{:0width$}", value / unit, value % unit)
}

/// Microseconds, as precisely as they matter.
pub(crate) fn time(micros: i64) -> String {
    match micros {
        ..50 => "0 ms".to_owned(),
        50..9_950 => format!("{} ms", fixed((micros + 50) / 100, 1)),
        9_950..999_500 => format!("{} ms", (micros + 500) / 1_000),
        999_500..9_995_000 => format!("{} s", fixed((micros + 5_000) / 10_000, 2)),
        _ => format!("{} s", fixed((micros + 50_000) / 100_000, 1)),
    }
}

/// In microseconds; a number alone is seconds.
pub(crate) fn read_time(text: &str) -> Option<i64> {
    if text.to_ascii_lowercase().contains("ms") {
        decimal(text, 3)
    } else {
        decimal(text, 6)
    }
}

/// What an amount stands for on an instrument.
pub(crate) fn meaning(meaning: Meaning, amount: Amount) -> String {
    if let Some(choice) = meaning.choice(amount) {
        return choice.to_owned();
    }
    let value = meaning.value(amount);
    match meaning {
        Meaning::Share | Meaning::Choice(_) => percent(scaled(value, 100.0)),
        Meaning::Linear { unit, .. }
        | Meaning::Ratio { unit, .. }
        | Meaning::Power { unit, .. } => match unit {
            Unit::Seconds => time(scaled(value, 1e6)),
            Unit::Hertz => hertz(scaled(value, 100.0)),
            Unit::Semitones => format!("{} st", signed(scaled(value, 10.0))),
            Unit::Cents => format!("{} ct", signed(scaled(value, 1.0) * 10)),
            Unit::Octaves => format!("{} oct", signed(scaled(value, 10.0))),
            Unit::Times => format!("\u{d7}{}", fixed(scaled(value, 100.0), 2)),
        },
    }
}

/// The amount that stands for what was typed.
pub(crate) fn read_meaning(meaning: Meaning, text: &str) -> Option<i64> {
    let value = match meaning {
        Meaning::Choice(choices) => {
            let typed = text.trim().to_ascii_lowercase();
            let begins = |choice: &&str| choice.to_ascii_lowercase().starts_with(&typed);
            let place = choices.iter().position(begins);
            f32::from(u8::try_from(place.filter(|_| !typed.is_empty())?).ok()?)
        }
        Meaning::Share => single(decimal(text, 2)?) / 1e4,
        Meaning::Linear { unit, .. }
        | Meaning::Ratio { unit, .. }
        | Meaning::Power { unit, .. } => match unit {
            Unit::Seconds => single(read_time(text)?) / 1e6,
            Unit::Hertz if text.to_ascii_lowercase().contains('k') => single(decimal(text, 3)?),
            _ => single(decimal(text.trim_start_matches('\u{d7}'), 3)?) / 1e3,
        },
    };
    Some(i64::from(meaning.amount(value).get()))
}

/// Hundredths of a hertz.
fn hertz(value: i64) -> String {
    match value {
        ..1_000 => format!("{} Hz", fixed(value, 2)),
        1_000..99_950 => format!("{} Hz", (value + 50) / 100),
        99_950..999_500 => format!("{} kHz", fixed((value + 500) / 1_000, 2)),
        _ => format!("{} kHz", fixed((value + 5_000) / 10_000, 1)),
    }
}

/// Tenths with their sign, and without decimals that say nothing.
fn signed(tenths: i64) -> String {
    let sign = if tenths > 0 { "+" } else { "" };
    match tenths % 10 {
        0 => format!("{sign}{}", tenths / 10),
        _ => format!("{sign}{}", fixed(tenths, 1)),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a cast saturates, and knobs are small"
)]
fn scaled(value: f32, by: f32) -> i64 {
    (value * by).round() as i64
}

#[expect(clippy::cast_precision_loss, reason = "a knob needs no more")]
fn single(value: i64) -> f32 {
    value as f32
}

/// Options of a list, numbered as they come.
pub(crate) fn numbered<T: Copy>(all: &[T], name: impl Fn(T) -> String) -> Vec<(i64, String)> {
    (0..).zip(all.iter().map(|one| name(*one))).collect()
}

/// The number of an option in the list that `numbered` makes.
pub(crate) fn number_of<T: PartialEq>(all: &[T], one: &T) -> i64 {
    let place = all.iter().position(|other| other == one);
    place
        .and_then(|place| i64::try_from(place).ok())
        .unwrap_or(-1)
}

/// The option of a number.
pub(crate) fn numbered_as<T: Copy>(all: &[T], number: i64) -> Option<T> {
    all.get(usize::try_from(number).ok()?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_are_written() {
        for (range, values) in [
            (level_range(), [-600, -73, 60]),
            (pan_range(), [-30, 0, 100]),
            (tempo_range(), [2_000, 9_850, 12_345]),
            (percent_range(0), [0, 55, 100]),
            (bars_range(), [1, 2, 64]),
        ] {
            for value in values {
                assert_eq!((range.read)(&(range.write)(value)), Some(value));
            }
        }
    }

    #[test]
    fn what_amounts_stand_for_is_read_as_it_is_written() {
        let corner = Meaning::Ratio {
            low: 20.0,
            high: 20_000.0,
            unit: Unit::Hertz,
        };
        for (amount, words) in [(0, "20 Hz"), (5_000, "632 Hz"), (10_000, "20.0 kHz")] {
            assert_eq!(meaning(corner, Amount::new(amount)), words);
        }
        for text in ["632 Hz", "1.00 kHz", "12.5 kHz"] {
            let amount = read_meaning(corner, text).expect("a frequency");
            assert_eq!(meaning(corner, Amount::new(amount)), text);
        }
        let tune = Meaning::Linear {
            low: -24.0,
            high: 24.0,
            unit: Unit::Semitones,
        };
        assert_eq!(meaning(tune, Amount::new(5_000)), "0 st");
        assert_eq!(read_meaning(tune, "+12 st"), Some(7_500));
        let wave = Meaning::Choice(&["saw", "square"]);
        assert_eq!(
            read_meaning(wave, "squ")
                .map(Amount::new)
                .map(|at| meaning(wave, at))
                .as_deref(),
            Some("square")
        );
    }

    #[test]
    fn times_are_as_precise_as_they_matter() {
        for (micros, words) in [
            (0, "0 ms"),
            (1_200, "1.2 ms"),
            (40_000, "40 ms"),
            (1_230_000, "1.23 s"),
            (12_000_000, "12.0 s"),
        ] {
            assert_eq!(time(micros), words);
        }
        assert_eq!(read_time("375 ms"), Some(375_000));
        assert_eq!(read_time("1.5"), Some(1_500_000));
    }
}
