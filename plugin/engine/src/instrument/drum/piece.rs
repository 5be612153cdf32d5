//! The pieces of a kit, by name. What each is made of is in its own file.

use super::{clap, cowbell, cymbal, hat, kick, recipe::Recipe, rim, shaker, snare, tom};
use crate::instrument::Values;
use lockstep_session::document::instrument::Parameter;

/// What a drum voice may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Kick,
    Snare,
    Clap,
    Hat,
    Tom,
    Rim,
    Cowbell,
    Cymbal,
    Shaker,
    Conga,
}

impl Piece {
    /// The parameters that the piece reads, and where they stand when nothing is said.
    ///
    /// Realtime: yes
    pub(crate) const fn defaults(self) -> &'static [(Parameter, u16)] {
        match self {
            Piece::Kick => kick::DEFAULTS,
            Piece::Snare => snare::DEFAULTS,
            Piece::Clap => clap::DEFAULTS,
            Piece::Hat => hat::DEFAULTS,
            Piece::Tom => tom::DEFAULTS,
            Piece::Rim => rim::DEFAULTS,
            Piece::Cowbell => cowbell::DEFAULTS,
            Piece::Cymbal => cymbal::DEFAULTS,
            Piece::Shaker => shaker::DEFAULTS,
            Piece::Conga => tom::CONGA_DEFAULTS,
        }
    }

    /// What it is made of at these values.
    ///
    /// Realtime: yes
    pub(super) fn recipe(self, values: &Values, velocity: f32) -> Recipe {
        match self {
            Piece::Kick => kick::recipe(values, velocity),
            Piece::Snare => snare::recipe(values, velocity),
            Piece::Clap => clap::recipe(values, velocity),
            Piece::Hat => hat::recipe(values, velocity),
            Piece::Tom => tom::recipe(values, velocity),
            Piece::Rim => rim::recipe(values, velocity),
            Piece::Cowbell => cowbell::recipe(values, velocity),
            Piece::Cymbal => cymbal::recipe(values, velocity),
            Piece::Shaker => shaker::recipe(values, velocity),
            Piece::Conga => tom::conga_recipe(values, velocity),
        }
    }
}
