//! The clap: a few short bursts of noise, as of hands that are not quite together, and the room.

use super::recipe::{Bursts, PathRecipe, Recipe, Shape};
use crate::instrument::Values;
use lockstep_session::document::instrument::Parameter;

pub(super) const DEFAULTS: &[(Parameter, u16)] = &[
    (Parameter::Tune, 5_000),
    (Parameter::Fine, 5_000),
    (Parameter::Glide, 0),
    (Parameter::Algorithm, 0),
    (Parameter::Decay, 5_000),
    (Parameter::Hold, 5_000),
    (Parameter::Body, 4_500),
    (Parameter::Snap, 6_500),
    (Parameter::Tone, 4_500),
    (Parameter::Resonance, 5_000),
    (Parameter::Spread, 2_500),
    (Parameter::Drive, 2_500),
    (Parameter::Brightness, 9_500),
];

/// The two characters: three hands in one band, or four with more air above.
pub(super) fn recipe(values: &Values, velocity: f32) -> Recipe {
    let airy = values.choice(Parameter::Algorithm, 2) == 1;
    let corner = values.ratio(Parameter::Tone, 500.0, 2_800.0);
    let spacing = values.ratio(Parameter::Hold, 0.005, 0.022);
    let resonance = values.share(Parameter::Resonance);
    let band = PathRecipe {
        gain: values.linear(Parameter::Snap, 0.35, 1.5) * (0.6 + 0.4 * velocity),
        shape: Shape::Band,
        corner,
        resonance,
        attack: 0.0,
        hold: 0.001,
        decay: spacing * 1.9,
        follows: 1.0,
    };
    Recipe {
        paths: [
            band,
            PathRecipe {
                gain: values.share(Parameter::Body) * 1.4,
                corner: if airy { corner * 1.7 } else { corner * 1.1 },
                resonance: if airy { resonance * 0.3 } else { resonance },
                hold: spacing * 2.0,
                decay: values.ratio(Parameter::Decay, 0.06, 1.8),
                ..band
            },
        ],
        hiss: 1.0,
        bursts: Bursts {
            more: if airy { 3 } else { 2 },
            seconds: spacing,
        },
        spread: values.share(Parameter::Spread),
        drive: values.share(Parameter::Drive),
        brightness: values.ratio(Parameter::Brightness, 800.0, 20_000.0),
        low_cut: 250.0,
        ..Recipe::NONE
    }
}
