//! The hi-hat, closed or open: how long it lasts is all the difference.

use super::recipe::{Alloy, MetalRecipe, PathRecipe, Recipe, Shape};
use crate::instrument::Values;
use lockstep_session::document::instrument::Parameter;

pub(super) const DEFAULTS: &[(Parameter, u16)] = &[
    (Parameter::Tune, 5_000),
    (Parameter::Fine, 5_000),
    (Parameter::Glide, 0),
    (Parameter::Algorithm, 0),
    (Parameter::Attack, 0),
    (Parameter::Decay, 3_000),
    (Parameter::Tone, 5_500),
    (Parameter::Resonance, 2_000),
    (Parameter::Body, 3_000),
    (Parameter::Snap, 3_500),
    (Parameter::Noise, 2_500),
    (Parameter::Spread, 0),
    (Parameter::Drive, 2_000),
    (Parameter::Brightness, 8_200),
];

/// The two characters: six bare waves, or ringing products of more of them in noise.
pub(super) fn recipe(values: &Values, velocity: f32) -> Recipe {
    let rings = values.choice(Parameter::Algorithm, 2) == 1;
    let noise = values.share(Parameter::Noise);
    let corner = values.ratio(Parameter::Tone, 3_500.0, 13_000.0);
    let decay = values.ratio(Parameter::Decay, 0.02, 2.5);
    let attack = values.share(Parameter::Attack);
    let sheen = PathRecipe {
        gain: 1.5,
        shape: Shape::High,
        corner,
        resonance: values.share(Parameter::Resonance),
        attack: attack * attack * 0.1,
        hold: 0.003,
        decay,
        follows: 1.0,
    };
    Recipe {
        paths: [
            sheen,
            // Below the sheen, the body that also falls sooner; above it, the stick.
            PathRecipe {
                gain: values.share(Parameter::Body) * 1.5
                    + values.share(Parameter::Snap) * velocity * 0.8,
                shape: Shape::Band,
                corner: corner * 0.62,
                resonance: 0.45,
                hold: 0.0,
                decay: 0.014 + decay * 0.35 * values.share(Parameter::Body),
                ..sheen
            },
        ],
        hiss: noise * 1.2,
        metal: MetalRecipe {
            gain: (1.0 - noise) * if rings { 1.8 } else { 2.0 },
            hertz: if rings { 419.0 } else { 205.3 },
            alloy: if rings { Alloy::Eight } else { Alloy::Six },
            ring: if rings { 0.65 } else { 0.0 },
        },
        spread: values.share(Parameter::Spread) * 0.8,
        drive: values.share(Parameter::Drive),
        brightness: values.ratio(Parameter::Brightness, 3_000.0, 20_000.0),
        low_cut: 1_800.0,
        level: 0.9,
        ..Recipe::NONE
    }
}
