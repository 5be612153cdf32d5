//! Values in words, and what was typed as values: decibels, times, pitches. It must not
//! know what any of them belongs to.

use super::widgets::Range;
use lockstep_engine::{Meaning, Unit};
use lockstep_session::document::effects::DelayTime;
use lockstep_session::document::instrument::Amount;
use lockstep_session::document::mixer::{Corner, Level};
use lockstep_session::units::Tempo;

/// At this many decibels a level is silence.
const SILENCE: f64 = -60.0;

pub(super) fn decibels(value: f64) -> String {
    if value <= SILENCE {
        "silent".to_owned()
    } else {
        format!("{:.1} dB", tidy(value, 0.05))
    }
}

pub(super) fn read_decibels(text: &str) -> Option<f64> {
    let text = text.trim().to_lowercase();
    if ["sil", "off", "-inf", "-\u{221e}", "\u{2212}\u{221e}"]
        .iter()
        .any(|word| text.starts_with(word))
    {
        return Some(SILENCE);
    }
    number(&text).map(|(number, _)| number)
}

/// Of a shared level, in decibels.
pub(super) fn level_range() -> Range<'static> {
    Range::new(SILENCE, 6.0, 0.0)
        .step(0.1)
        .notch(0.5)
        .written(&decibels)
        .read(&read_decibels)
}

pub(super) fn of_level(level: Level) -> f64 {
    f64::from(level.get()) / 10.0
}

pub(super) fn to_level(decibels: f64) -> Level {
    Level::new(super::widgets::whole(decibels * 10.0))
}

pub(super) fn percent(value: f64) -> String {
    format!("{value:.0} %")
}

pub(super) fn percent_range(rest: f64) -> Range<'static> {
    Range::new(0.0, 100.0, rest).written(&percent)
}

pub(super) fn pan(value: f64) -> String {
    match value {
        value if value < -0.5 => format!("{:.0} L", -value),
        value if value > 0.5 => format!("{value:.0} R"),
        _ => "centre".to_owned(),
    }
}

/// "30 L" is left, and so is -30.
pub(super) fn read_pan(text: &str) -> Option<f64> {
    let text = text.trim().to_lowercase();
    if text.starts_with('c') || text.starts_with('m') {
        return Some(0.0);
    }
    let (number, unit) = number(&text)?;
    let is_left = unit.starts_with('l') || text.starts_with('l');
    Some(if is_left { -number.abs() } else { number })
}

pub(super) fn seconds(value: f64) -> String {
    match value {
        value if value < 0.000_05 => "0 ms".to_owned(),
        value if value < 0.009_95 => format!("{:.1} ms", value * 1_000.0),
        value if value < 0.999_5 => format!("{:.0} ms", value * 1_000.0),
        value if value < 9.995 => format!("{value:.2} s"),
        value => format!("{value:.1} s"),
    }
}

/// A number alone is seconds.
pub(super) fn read_seconds(text: &str) -> Option<f64> {
    let (number, unit) = number(text)?;
    Some(if unit.starts_with("ms") {
        number / 1_000.0
    } else {
        number
    })
}

pub(super) fn hertz(value: f64) -> String {
    match value {
        value if value < 9.995 => format!("{value:.2} Hz"),
        value if value < 999.5 => format!("{value:.0} Hz"),
        value if value < 9_995.0 => format!("{:.2} kHz", value / 1_000.0),
        value => format!("{:.1} kHz", value / 1_000.0),
    }
}

pub(super) fn read_hertz(text: &str) -> Option<f64> {
    let (number, unit) = number(text)?;
    Some(if unit.starts_with('k') {
        number * 1_000.0
    } else {
        number
    })
}

/// The frequency of a track's filter: from 20 Hz to 20 kHz, by equal ratios.
pub(super) const CORNER: Meaning = Meaning::Ratio {
    low: 20.0,
    high: 20_000.0,
    unit: Unit::Hertz,
};

pub(super) fn to_corner(amount: f64) -> Corner {
    Corner::new(super::widgets::whole(amount))
}

/// What an amount stands for on an instrument.
pub(super) fn meaning(meaning: Meaning, amount: Amount) -> String {
    if let Some(choice) = meaning.choice(amount) {
        return choice.to_owned();
    }
    let value = f64::from(meaning.value(amount));
    match meaning {
        Meaning::Share | Meaning::Choice(_) => percent(value * 100.0),
        Meaning::Linear { unit, .. }
        | Meaning::Ratio { unit, .. }
        | Meaning::Power { unit, .. } => in_unit(unit, value),
    }
}

/// The amount that stands for what was typed.
pub(super) fn read_meaning(meaning: Meaning, text: &str) -> Option<Amount> {
    let value = match meaning {
        Meaning::Choice(choices) => {
            let typed = text.trim().to_lowercase();
            let begins = |choice: &&str| choice.to_lowercase().starts_with(&typed);
            let place = choices.iter().position(begins);
            place.filter(|_| !typed.is_empty()).and_then(small)?
        }
        Meaning::Share => number(text)?.0 / 100.0,
        Meaning::Linear { unit, .. }
        | Meaning::Ratio { unit, .. }
        | Meaning::Power { unit, .. } => match unit {
            Unit::Seconds => read_seconds(text)?,
            Unit::Hertz => read_hertz(text)?,
            Unit::Semitones | Unit::Cents | Unit::Octaves | Unit::Times => number(text)?.0,
        },
    };
    #[expect(clippy::cast_possible_truncation, reason = "a knob needs no more")]
    let value = value as f32;
    Some(meaning.amount(value))
}

fn in_unit(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Seconds => seconds(value),
        Unit::Hertz => hertz(value),
        Unit::Semitones => format!("{} st", signed(value, 1)),
        Unit::Cents => format!("{} ct", signed(value, 0)),
        Unit::Octaves => format!("{} oct", signed(value, 1)),
        Unit::Times => format!("\u{d7}{value:.2}"),
    }
}

/// With its sign, and without decimals that say nothing.
fn signed(value: f64, decimals: usize) -> String {
    let value = tidy(value, 0.05);
    if decimals == 0 || (value - value.round()).abs() < 0.05 {
        return match value.round() {
            0.0 => "0".to_owned(),
            value => format!("{value:+.0}"),
        };
    }
    format!("{value:+.decimals$}")
}

/// Nothing is ever "-0".
fn tidy(value: f64, below: f64) -> f64 {
    if value.abs() < below { 0.0 } else { value }
}

/// How large a file is.
pub(super) fn bytes(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} bytes"),
        1_000..1_000_000 => format!("{} kB", count.div_ceil(1_000)),
        _ => format!("{}.{} MB", count / 1_000_000, count % 1_000_000 / 100_000),
    }
}

/// What the time lasts at a tempo, in seconds.
pub(super) fn lasts(time: DelayTime, tempo: Tempo) -> f64 {
    f64::from(time.get()) / 12.0 * 60.0 / tempo.beats_per_minute()
}

/// Minutes and seconds, such as 0:07.
pub(super) fn clock(seconds: i64) -> String {
    format!("{}:{:02}", seconds.max(0) / 60, seconds.max(0) % 60)
}

/// The number that a text begins with, after any sign or letter, and what follows it.
fn number(text: &str) -> Option<(f64, String)> {
    let text = text.trim().to_lowercase().replace(',', ".");
    let text = text.replace('\u{2212}', "-");
    let begins = |character: char| character.is_ascii_digit() || matches!(character, '-' | '.');
    let rest = &text[text.find(begins)?..];
    let ends = |(at, character): &(usize, char)| {
        !(character.is_ascii_digit() || *character == '.' || (*at == 0 && *character == '-'))
    };
    let end = rest.char_indices().find(ends);
    let (digits, unit) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
    Some((digits.parse().ok()?, unit.trim().to_owned()))
}

fn small(count: usize) -> Option<f64> {
    u32::try_from(count).ok().map(f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_engine::knobs;
    use lockstep_session::document::instrument::Source;
    use lockstep_session::text::Name;

    #[test]
    fn values_are_worded_with_their_units() {
        assert_eq!(decibels(-60.0), "silent");
        assert_eq!(decibels(-0.04), "0.0 dB");
        assert_eq!(decibels(-7.0), "-7.0 dB");
        assert_eq!(pan(-30.0), "30 L");
        assert_eq!(pan(0.0), "centre");
        assert_eq!(seconds(0.0042), "4.2 ms");
        assert_eq!(seconds(0.12), "120 ms");
        assert_eq!(seconds(1.8), "1.80 s");
        assert_eq!(hertz(440.0), "440 Hz");
        assert_eq!(hertz(4_200.0), "4.20 kHz");
        assert_eq!(clock(67), "1:07");
        assert_eq!(bytes(999), "999 bytes");
        assert_eq!(bytes(1_001), "2 kB");
        assert_eq!(bytes(12_583_000), "12.5 MB");
    }

    #[test]
    fn a_quarter_lasts_half_a_second_at_a_hundred_and_twenty() {
        let quarter = lasts(DelayTime::new(12), Tempo::new(12_000));
        assert!((quarter - 0.5).abs() < 1e-9);
    }

    #[test]
    fn what_is_typed_with_a_unit_is_read_in_it() {
        assert_eq!(read_decibels("Silent"), Some(-60.0));
        assert_eq!(read_decibels("-3,5 dB"), Some(-3.5));
        assert_eq!(read_pan("30 L"), Some(-30.0));
        assert_eq!(read_pan("-12"), Some(-12.0));
        assert_eq!(read_pan("centre"), Some(0.0));
        assert_eq!(read_seconds("120 ms"), Some(0.12));
        assert_eq!(read_seconds("1.5"), Some(1.5));
        assert_eq!(read_hertz("4.2 k"), Some(4_200.0));
        assert_eq!(read_hertz("loud"), None);
    }

    #[test]
    fn every_knob_of_every_preset_reads_back_what_it_says() {
        let bass = Source::Preset(Name::new("bass"));
        let drum = Source::Preset(Name::new("kick-909"));
        for knob in knobs(&bass).iter().chain(knobs(&drum)) {
            for amount in [0, 1_234, 5_000, 9_900, 10_000] {
                let amount = Amount::new(amount);
                let said = meaning(knob.meaning, amount);
                let read = read_meaning(knob.meaning, &said).unwrap();
                assert_eq!(meaning(knob.meaning, read), said, "{}", knob.label);
            }
        }
    }
}
