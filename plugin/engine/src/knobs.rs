//! What the parameters of an instrument mean to those who turn them: which there are, what they are
//! called, and which physical value an amount stands for. It must not know how any of them sounds.

mod drums;
mod synths;
#[cfg(test)]
mod tests;

use crate::preset::Preset;
use crate::score::Machine;
use lockstep_session::document::instrument::{Amount, Parameter, Source};

/// A parameter that an instrument hears.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Knob {
    pub parameter: Parameter,
    /// What people call it on this instrument.
    pub label: &'static str,
    pub section: Section,
    pub meaning: Meaning,
}

/// What belongs together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    Pitch,
    Sample,
    Source,
    Filter,
    Loudness,
    /// The envelope that moves the filter, or the pitch of a drum, or how operators move each other.
    Shaping,
    Motion,
    Colour,
}

/// Which value an amount stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Meaning {
    /// Nothing but a share of its range.
    Share,
    /// By equal differences.
    Linear { low: f32, high: f32, unit: Unit },
    /// By equal ratios.
    Ratio { low: f32, high: f32, unit: Unit },
    /// From nothing, as a power of the share.
    Power { high: f32, power: i32, unit: Unit },
    /// One of several, each as wide as the others.
    Choice(&'static [&'static str]),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Seconds,
    Hertz,
    Semitones,
    Cents,
    Octaves,
    /// Of a pitch, to the note's.
    Times,
}

impl Section {
    pub const ALL: [Section; 8] = [
        Section::Pitch,
        Section::Sample,
        Section::Source,
        Section::Filter,
        Section::Loudness,
        Section::Shaping,
        Section::Motion,
        Section::Colour,
    ];

    /// What people call it.
    ///
    /// Realtime: yes
    pub fn title(self) -> &'static str {
        match self {
            Section::Pitch => "Pitch",
            Section::Sample => "Sample",
            Section::Source => "Sound",
            Section::Filter => "Filter",
            Section::Loudness => "Loudness",
            Section::Shaping => "Shaping envelope",
            Section::Motion => "Motion",
            Section::Colour => "Colour",
        }
    }
}

impl Meaning {
    /// How far one notch of a wheel moves: a hundredth of the range, or a semitone.
    ///
    /// Realtime: yes
    pub fn notch(self) -> f32 {
        match self {
            Meaning::Linear {
                low,
                high,
                unit: Unit::Semitones,
            } => 10_000.0 / (high - low),
            _ => 100.0,
        }
    }

    /// The value of an amount; a choice's is its number, a share's lies between 0 and 1.
    ///
    /// Realtime: yes
    pub fn value(self, amount: Amount) -> f32 {
        let share = f32::from(amount.get()) * 1e-4;
        match self {
            Meaning::Share => share,
            Meaning::Linear { low, high, .. } => low + (high - low) * share,
            Meaning::Ratio { low, high, .. } => low * libm::powf(high / low, share),
            Meaning::Power { high, power, .. } => high * whole_power(share, power),
            Meaning::Choice(choices) => {
                let last = choices.len().saturating_sub(1);
                let choice = usize::from(amount.get()) * choices.len() / 10_001;
                small(choice.min(last))
            }
        }
    }

    /// The amount whose value is nearest. Values out of range are brought into it.
    ///
    /// Realtime: yes
    pub fn amount(self, value: f32) -> Amount {
        let share = match self {
            Meaning::Share => value,
            Meaning::Linear { low, high, .. } => (value - low) / (high - low),
            Meaning::Ratio { low, high, .. } => {
                libm::logf(value.max(low) / low) / libm::logf(high / low)
            }
            Meaning::Power { high, power, .. } => {
                libm::powf((value / high).max(0.0), 1.0 / small_power(power))
            }
            // The middle of the choice's stretch.
            Meaning::Choice(choices) => (value.max(0.0) + 0.5) / small(choices.len().max(1)),
        };
        amount_of(share)
    }

    /// The name of the choice that an amount makes.
    ///
    /// Realtime: yes
    pub fn choice(self, amount: Amount) -> Option<&'static str> {
        let Meaning::Choice(choices) = self else {
            return None;
        };
        choices
            .get(usize::from(amount.get()) * choices.len() / 10_001)
            .copied()
    }
}

/// The knobs of what an instrument plays, by section; a kit has none.
///
/// Realtime: no
pub fn knobs(source: &Source) -> &'static [Knob] {
    let machine = match source {
        Source::Preset(name) => Preset::known(name).machine,
        Source::Sample(_) => Machine::Sampler,
    };
    of_machine(machine)
}

fn of_machine(machine: Machine) -> &'static [Knob] {
    match machine {
        Machine::Click => synths::CLICK,
        Machine::Drum(piece) => drums::of_piece(piece),
        Machine::Subtractive => synths::SUBTRACTIVE,
        Machine::Fm => synths::FM,
        Machine::Pluck => synths::PLUCK,
        Machine::Square => synths::SQUARE,
        Machine::Sampler => synths::SAMPLER,
        Machine::Kit => &[],
    }
}

/// The two that nearly every instrument begins with.
const TUNE: Knob = Knob {
    parameter: Parameter::Tune,
    label: "Tune",
    section: Section::Pitch,
    meaning: Meaning::Linear {
        low: -24.0,
        high: 24.0,
        unit: Unit::Semitones,
    },
};
const FINE: Knob = Knob {
    parameter: Parameter::Fine,
    label: "Fine",
    section: Section::Pitch,
    meaning: Meaning::Linear {
        low: -100.0,
        high: 100.0,
        unit: Unit::Cents,
    },
};

const fn knob(
    parameter: Parameter,
    label: &'static str,
    section: Section,
    meaning: Meaning,
) -> Knob {
    Knob {
        parameter,
        label,
        section,
        meaning,
    }
}

const fn seconds(low: f32, high: f32) -> Meaning {
    let unit = Unit::Seconds;
    Meaning::Ratio { low, high, unit }
}

const fn hertz(low: f32, high: f32) -> Meaning {
    let unit = Unit::Hertz;
    Meaning::Ratio { low, high, unit }
}

fn whole_power(share: f32, power: i32) -> f32 {
    (0..power).fold(1.0, |product, _| product * share)
}

#[expect(clippy::cast_precision_loss, reason = "a power is 2 or 3")]
fn small_power(power: i32) -> f32 {
    power as f32
}

#[expect(clippy::cast_precision_loss, reason = "choices are few")]
fn small(count: usize) -> f32 {
    count as f32
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a share from 0 to 1, in ten thousandths"
)]
fn amount_of(share: f32) -> Amount {
    let share = if share.is_finite() {
        share.clamp(0.0, 1.0)
    } else {
        0.0
    };
    Amount::new(libm::roundf(share * 10_000.0) as i64)
}
