//! The numbers a mixer is made of, shared by tracks, clips and effects.

use serde::{Deserialize, Serialize};

crate::bounded! {
    /// Tenths of a decibel; the lowest value is silence.
    pub struct Level(i16) in -600..=60, default 0;
}
crate::bounded! {
    /// Left (-100) to right (100).
    pub struct Pan(i8) in -100..=100, default 0;
}
crate::bounded! {
    pub struct Percent(u8) in 0..=100, default 0;
}
crate::bounded! {
    /// Semitones a whole track is moved by.
    pub struct Transpose(i8) in -24..=24, default 0;
}
crate::bounded! {
    /// Tracks with the same group, other than none (0), cut each other off.
    pub struct ChokeGroup(u8) in 0..=8, default 0;
}
crate::bounded! {
    /// A place in the shared palette of track and player colours.
    pub struct Colour(u8) in 0..=8, default 0;
}
crate::bounded! {
    /// A filter corner as a share of the audible range, in hundredths of a percent.
    pub struct Corner(u16) in 0..=10_000, default 10_000;
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FilterKind {
    #[default]
    Off,
    LowPass,
    HighPass,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    pub kind: FilterKind,
    pub corner: Corner,
    pub resonance: Percent,
}
