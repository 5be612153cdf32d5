//! What a track plays: a preset or a sample, and the parameters a player has moved.
//! The physical meaning of a parameter belongs to the engine; here it is a share of its range.

use crate::{ids::SampleId, text::Name};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{borrow::Cow, collections::BTreeMap};

crate::bounded! {
    /// A parameter's place in its range, in hundredths of a percent.
    pub struct Amount(u16) in 0..=10_000, default 5_000;
}

macro_rules! parameters {
    ($($variant:ident $name:literal,)+) => {
        /// Everything about an instrument that can be turned, and so be locked by a step.
        /// Not every instrument hears every parameter.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Parameter { $($variant,)+ }

        impl Parameter {
            pub const ALL: [Parameter; [$($name),+].len()] = [$(Parameter::$variant),+];

            pub const MACROS: [Parameter; 8] = [
                Parameter::Macro1,
                Parameter::Macro2,
                Parameter::Macro3,
                Parameter::Macro4,
                Parameter::Macro5,
                Parameter::Macro6,
                Parameter::Macro7,
                Parameter::Macro8,
            ];

            pub fn name(self) -> &'static str {
                match self { $(Parameter::$variant => $name,)+ }
            }

            pub fn from_name(name: &str) -> Option<Parameter> {
                match name { $($name => Some(Parameter::$variant),)+ _ => None }
            }
        }
    };
}

parameters! {
    Level "level",
    Pan "pan",
    Macro1 "macro1",
    Macro2 "macro2",
    Macro3 "macro3",
    Macro4 "macro4",
    Macro5 "macro5",
    Macro6 "macro6",
    Macro7 "macro7",
    Macro8 "macro8",
    Tune "tune",
    Fine "fine",
    Attack "attack",
    Hold "hold",
    Decay "decay",
    Sustain "sustain",
    Release "release",
    Cutoff "cutoff",
    Resonance "resonance",
    Drive "drive",
    FilterAttack "filter-attack",
    FilterDecay "filter-decay",
    FilterSustain "filter-sustain",
    FilterRelease "filter-release",
    FilterAmount "filter-amount",
    FirstWave "first-wave",
    SecondWave "second-wave",
    SecondTune "second-tune",
    SecondMix "second-mix",
    PulseWidth "pulse-width",
    Unison "unison",
    Detune "detune",
    Sub "sub",
    Noise "noise",
    Glide "glide",
    LfoRate "lfo-rate",
    LfoDepth "lfo-depth",
    LfoTarget "lfo-target",
    Ratio "ratio",
    Depth "depth",
    Feedback "feedback",
    Algorithm "algorithm",
    Damping "damping",
    Brightness "brightness",
    Position "position",
    Start "start",
    End "end",
    Reverse "reverse",
    Tone "tone",
    Snap "snap",
    Body "body",
    Spread "spread",
}

impl Parameter {
    /// Level and pan are the mixer's; a step may lock them, an instrument does not hold them.
    pub fn belongs_to_the_mixer(self) -> bool {
        matches!(self, Parameter::Level | Parameter::Pan)
    }
}

impl Serialize for Parameter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Parameter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        Self::from_name(&name).ok_or_else(|| D::Error::custom("no such parameter"))
    }
}

/// A preset by name, or a sample of this session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    Preset(Name),
    Sample(SampleId),
}

impl Default for Source {
    fn default() -> Self {
        Source::Preset(Name::new("click"))
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Instrument {
    pub source: Source,
    #[serde(
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "known_parameters"
    )]
    pub parameters: BTreeMap<Parameter, Amount>,
}

/// Parameters of a later version are passed over.
fn known_parameters<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<Parameter, Amount>, D::Error> {
    let named = BTreeMap::<Cow<'de, str>, Amount>::deserialize(deserializer)?;
    let known = named
        .into_iter()
        .filter_map(|(name, amount)| Some((Parameter::from_name(&name)?, amount)));
    Ok(known
        .filter(|(parameter, _)| !parameter.belongs_to_the_mixer())
        .collect())
}
