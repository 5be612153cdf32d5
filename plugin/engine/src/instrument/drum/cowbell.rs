//! The cowbell: two square waves through a band, a hard stroke and then a long ring.

use super::recipe::{Alloy, MetalRecipe, PathRecipe, Recipe, Shape};
use crate::instrument::Values;
use lockstep_session::document::instrument::Parameter;

pub(super) const DEFAULTS: &[(Parameter, u16)] = &[
    (Parameter::Tune, 5_000),
    (Parameter::Fine, 5_000),
    (Parameter::Glide, 0),
    (Parameter::Algorithm, 0),
    (Parameter::Decay, 5_000),
    (Parameter::Body, 4_000),
    (Parameter::Snap, 5_000),
    (Parameter::Tone, 4_500),
    (Parameter::Resonance, 3_000),
    (Parameter::Drive, 2_000),
    (Parameter::Brightness, 8_500),
];

/// The two characters: the plain pair, or their ringing product beside it, which is harsher.
pub(super) fn recipe(values: &Values, velocity: f32) -> Recipe {
    let harsh = values.choice(Parameter::Algorithm, 2) == 1;
    let corner = values.ratio(Parameter::Tone, 500.0, 3_500.0);
    let ring = PathRecipe {
        gain: values.linear(Parameter::Body, 0.2, 1.2),
        shape: Shape::Band,
        corner,
        resonance: values.share(Parameter::Resonance),
        attack: 0.0,
        hold: 0.0,
        decay: values.ratio(Parameter::Decay, 0.08, 2.2),
        follows: 1.0,
    };
    Recipe {
        paths: [
            PathRecipe {
                gain: values.linear(Parameter::Snap, 0.2, 1.2) * (0.5 + 0.5 * velocity),
                decay: 0.045,
                hold: 0.002,
                ..ring
            },
            ring,
        ],
        metal: MetalRecipe {
            gain: 0.7,
            hertz: if harsh { 587.0 } else { 540.0 },
            alloy: Alloy::Two,
            ring: if harsh { 0.45 } else { 0.0 },
        },
        drive: values.share(Parameter::Drive),
        brightness: values.ratio(Parameter::Brightness, 1_500.0, 20_000.0),
        low_cut: 180.0,
        ..Recipe::NONE
    }
}
