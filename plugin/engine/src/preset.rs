//! The presets: sounds with a name, made from the data in `assets/presets` when the engine is
//! built. It knows nothing of tracks.

mod general_midi;
mod search;

use crate::dsp::maths::gain_of_decibels;
use crate::instrument::{Values, click, drum, fm, pluck, sampler, square, subtractive};
use crate::mixer::pan_gains;
use crate::score::patch::{
    MACROS, MacroTarget, PIECES, ScorePiece, TARGETS, between, macro_number,
};
use crate::score::{Machine, Patch};
use bytemuck::Zeroable;
use lockstep_session::document::instrument::{Amount, Instrument, Parameter, Source};
use std::collections::BTreeMap;

/// A sound.
#[derive(Debug)]
pub struct Preset {
    /// What documents call it.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    pub category: Category,
    pub(crate) machine: Machine,
    /// Tenths of a decibel that bring it to its category's loudness.
    trim: i16,
    parameters: &'static [(Parameter, u16)],
    pub macros: &'static [Macro],
    pieces: &'static [KitPiece],
}

/// What a sound is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    Drums,
    Kits,
    Bass,
    Keys,
    Leads,
    Pads,
    Plucks,
    Mallets,
    Fx,
}

/// One knob that moves several parameters together.
#[derive(Debug)]
pub struct Macro {
    pub label: &'static str,
    /// Where it stands unless somebody moves it, in hundredths of a percent.
    pub amount: u16,
    targets: &'static [Target],
}

#[derive(Debug)]
struct Target {
    parameter: Parameter,
    from: u16,
    to: u16,
}

#[derive(Debug)]
struct KitPiece {
    note: u8,
    preset: &'static str,
    level: i16,
    /// Left (-100) to right (100).
    pan: i8,
    choke: u8,
}

/// Every preset, by category.
pub static PRESETS: &[Preset] = include!(concat!(env!("OUT_DIR"), "/presets.rs"));

/// What plays where a document names a preset that does not exist here.
const UNKNOWN: &str = "click";

impl Category {
    pub const ALL: [Category; 9] = [
        Category::Drums,
        Category::Kits,
        Category::Bass,
        Category::Keys,
        Category::Leads,
        Category::Pads,
        Category::Plucks,
        Category::Mallets,
        Category::Fx,
    ];
}

impl Preset {
    /// Realtime: no
    pub fn find(name: &str) -> Option<&'static Preset> {
        PRESETS.iter().find(|preset| preset.name == name)
    }

    /// What plays where a document names this preset: another, where there is none of this name.
    ///
    /// Realtime: no
    pub(crate) fn known(name: &str) -> &'static Preset {
        let preset = Preset::find(name).or_else(|| Preset::find(UNKNOWN));
        preset.expect("the click is one of the presets")
    }

    /// The drums of a kit: the note of each, and what plays on it.
    ///
    /// Realtime: no
    pub fn drums(&self) -> impl Iterator<Item = (u8, &'static str)> {
        self.pieces.iter().map(|piece| {
            let title = Preset::find(piece.preset).map_or(piece.preset, |preset| preset.title);
            (piece.note, title)
        })
    }

    /// Where every parameter stands, once the preset and its macros are set as `moved` says.
    fn values(&self, moved: &BTreeMap<Parameter, Amount>) -> Values {
        let mut values = Values::new(defaults(self.machine));
        for &(parameter, amount) in self.parameters {
            values.set(parameter, amount);
        }
        for (number, knob) in self.macros.iter().enumerate() {
            let parameter = Parameter::ALL[Parameter::Macro1 as usize + number];
            let amount = moved
                .get(&parameter)
                .map_or(knob.amount, |amount| amount.get());
            for target in knob.targets {
                values.set(target.parameter, between(target.from, target.to, amount));
            }
        }
        for (&parameter, amount) in moved {
            values.set(parameter, amount.get());
        }
        values
    }

    fn patch(&self, moved: &BTreeMap<Parameter, Amount>) -> Patch {
        let mut patch = Patch {
            gain: gain(self.trim),
            machine: self.machine.code(),
            values: *self.values(moved).amounts(),
            macros: [[NO_TARGET; TARGETS]; MACROS],
            ..Patch::zeroed()
        };
        for (targets, knob) in patch.macros.iter_mut().zip(self.macros) {
            for (written, target) in targets.iter_mut().zip(knob.targets) {
                *written = MacroTarget {
                    parameter: target.parameter as u16,
                    from: target.from,
                    to: target.to,
                };
            }
        }
        for (written, piece) in patch.pieces.iter_mut().zip(self.pieces) {
            if let Some(preset) = Preset::find(piece.preset) {
                *written = piece.score(preset);
            }
        }
        patch
    }
}

const NO_TARGET: MacroTarget = MacroTarget {
    parameter: u16::MAX,
    from: 0,
    to: 0,
};

impl KitPiece {
    fn score(&self, preset: &Preset) -> ScorePiece {
        let (left, right) = pan_gains(f32::from(self.pan) / 100.0);
        ScorePiece {
            gain: gain(preset.trim + self.level),
            sides: [left, right],
            machine: preset.machine.code(),
            note: self.note,
            choke: self.choke,
            padding: 0,
            values: *preset.values(&BTreeMap::new()).amounts(),
        }
    }
}

const _: () = assert!(PIECES == 16 && MACROS == 8, "as the build script checks");

/// Where a parameter of an instrument stands, whether or not somebody moved it.
///
/// Realtime: no
pub fn amount(instrument: &Instrument, parameter: Parameter) -> Amount {
    let moved = &instrument.parameters;
    let standing = |values: Values| values.amounts()[parameter as usize];
    let amount = match &instrument.source {
        Source::Preset(name) => {
            let preset = Preset::known(name);
            let knob = macro_number(parameter).and_then(|number| preset.macros.get(number));
            match (moved.get(&parameter), knob) {
                (Some(amount), _) => amount.get(),
                (None, Some(knob)) => knob.amount,
                (None, None) => standing(preset.values(moved)),
            }
        }
        Source::Sample(_) => {
            let amount = moved.get(&parameter).map(|amount| amount.get());
            amount.unwrap_or_else(|| standing(Values::new(defaults(Machine::Sampler))))
        }
    };
    Amount::new(i64::from(amount))
}

/// Where a parameter would stand if nobody had moved it, with everything else as it is.
///
/// Realtime: no
pub fn usual(instrument: &Instrument, parameter: Parameter) -> Amount {
    let mut untouched = instrument.clone();
    untouched.parameters.remove(&parameter);
    amount(&untouched, parameter)
}

/// The patch of a track's instrument.
///
/// Realtime: no
pub(crate) fn patch(instrument: &Instrument) -> Patch {
    match &instrument.source {
        Source::Preset(name) => Preset::known(name).patch(&instrument.parameters),
        Source::Sample(sample) => {
            let mut values = Values::new(defaults(Machine::Sampler));
            for (&parameter, amount) in &instrument.parameters {
                values.set(parameter, amount.get());
            }
            Patch {
                sample: crate::sample::SampleKey::of(*sample).number(),
                gain: 1.0,
                machine: Machine::Sampler.code(),
                values: *values.amounts(),
                macros: [[NO_TARGET; TARGETS]; MACROS],
                ..Patch::zeroed()
            }
        }
    }
}

pub(crate) fn defaults(machine: Machine) -> &'static [(Parameter, u16)] {
    match machine {
        Machine::Click => click::DEFAULTS,
        Machine::Drum(piece) => piece.defaults(),
        Machine::Subtractive => subtractive::DEFAULTS,
        Machine::Fm => fm::DEFAULTS,
        Machine::Pluck => pluck::DEFAULTS,
        Machine::Square => square::DEFAULTS,
        Machine::Sampler => sampler::DEFAULTS,
        Machine::Kit => &[],
    }
}

fn gain(tenths_of_decibels: i16) -> f32 {
    gain_of_decibels(f32::from(tenths_of_decibels) / 10.0)
}
