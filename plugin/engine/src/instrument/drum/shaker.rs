//! The shaker: beads thrown against a shell, as noise that swells and is grainy.

use super::recipe::{Bursts, PathRecipe, Recipe, Shape};
use crate::instrument::Values;
use lockstep_session::document::instrument::Parameter;

pub(super) const DEFAULTS: &[(Parameter, u16)] = &[
    (Parameter::Tune, 5_000),
    (Parameter::Fine, 5_000),
    (Parameter::Glide, 0),
    (Parameter::Algorithm, 0),
    (Parameter::Attack, 4_000),
    (Parameter::Hold, 4_000),
    (Parameter::Decay, 4_000),
    (Parameter::Noise, 5_000),
    (Parameter::Body, 3_500),
    (Parameter::Tone, 5_500),
    (Parameter::Resonance, 4_000),
    (Parameter::Spread, 2_500),
    (Parameter::Drive, 1_500),
    (Parameter::Brightness, 9_500),
];

/// The two characters: one stroke, or there and back. Noise is how grainy it is, hold the time
/// between there and back.
pub(super) fn recipe(values: &Values, velocity: f32) -> Recipe {
    let returns = values.choice(Parameter::Algorithm, 2) == 1;
    let corner = values.ratio(Parameter::Tone, 2_500.0, 11_000.0);
    let attack = values.share(Parameter::Attack);
    let stroke = PathRecipe {
        gain: 1.5,
        shape: Shape::Band,
        corner,
        resonance: values.share(Parameter::Resonance),
        attack: attack * attack * 0.15 + 0.001 * (1.0 - velocity),
        hold: 0.004,
        decay: values.ratio(Parameter::Decay, 0.03, 0.6),
        follows: 1.0,
    };
    Recipe {
        paths: [
            stroke,
            // The shell itself, lower and shorter.
            PathRecipe {
                gain: values.share(Parameter::Body) * 0.9,
                corner: corner * 0.45,
                decay: stroke.decay * 0.5,
                ..stroke
            },
        ],
        hiss: 1.0,
        grain: values.share(Parameter::Noise),
        bursts: Bursts {
            more: u32::from(returns),
            seconds: values.ratio(Parameter::Hold, 0.03, 0.25),
        },
        spread: values.share(Parameter::Spread),
        drive: values.share(Parameter::Drive),
        brightness: values.ratio(Parameter::Brightness, 2_000.0, 20_000.0),
        low_cut: 900.0,
        ..Recipe::NONE
    }
}
