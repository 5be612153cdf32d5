//! Crash and ride: the hat's metal, larger, in a bright and a longer dark band.

use super::recipe::{Alloy, MetalRecipe, PathRecipe, Recipe, Shape, Sweep, ToneRecipe};
use crate::instrument::Values;
use lockstep_session::document::instrument::Parameter;

pub(super) const DEFAULTS: &[(Parameter, u16)] = &[
    (Parameter::Tune, 5_000),
    (Parameter::Fine, 5_000),
    (Parameter::Glide, 0),
    (Parameter::Algorithm, 10_000),
    (Parameter::Attack, 0),
    (Parameter::Decay, 6_000),
    (Parameter::FilterDecay, 6_000),
    (Parameter::Tone, 5_000),
    (Parameter::Resonance, 1_000),
    (Parameter::Body, 4_500),
    (Parameter::Snap, 2_000),
    (Parameter::Noise, 5_000),
    (Parameter::Spread, 4_000),
    (Parameter::Drive, 2_000),
    (Parameter::Brightness, 8_500),
];

/// The two characters: six bare waves, or a denser alloy. Snap is the stick on the bell.
pub(super) fn recipe(values: &Values, velocity: f32) -> Recipe {
    let dense = values.choice(Parameter::Algorithm, 2) == 1;
    let noise = values.share(Parameter::Noise);
    let corner = values.ratio(Parameter::Tone, 2_500.0, 11_000.0);
    let decay = values.ratio(Parameter::Decay, 0.2, 6.0);
    let attack = values.share(Parameter::Attack);
    let hertz = if dense { 331.0 } else { 205.3 };
    let snap = values.share(Parameter::Snap) * (0.3 + 0.7 * velocity);
    let bright = PathRecipe {
        gain: 1.2,
        shape: Shape::High,
        corner,
        resonance: values.share(Parameter::Resonance),
        attack: attack * attack * 0.4,
        hold: 0.008,
        decay: decay * values.linear(Parameter::FilterDecay, 0.1, 1.0),
        follows: 1.0,
    };
    let bell = |gain: f32, hertz: f32, decay: f32| ToneRecipe {
        gain,
        hertz,
        hold: 0.0,
        decay,
        fast: Sweep::NONE,
        slow: Sweep::NONE,
        phase: 0.0,
    };
    Recipe {
        tones: [
            bell(snap * 0.4, hertz * 8.17, decay * 0.3),
            bell(snap * 0.26, hertz * 11.93, decay * 0.22),
        ],
        paths: [
            bright,
            PathRecipe {
                gain: values.share(Parameter::Body) * 1.7,
                shape: Shape::Band,
                corner: corner * 0.68,
                resonance: 0.3,
                hold: 0.0,
                decay,
                ..bright
            },
        ],
        hiss: noise * 1.2,
        metal: MetalRecipe {
            gain: (1.0 - noise) * if dense { 1.5 } else { 1.8 },
            hertz,
            alloy: if dense { Alloy::Eight } else { Alloy::Six },
            ring: if dense { 0.5 } else { 0.0 },
        },
        spread: values.share(Parameter::Spread) * 0.8,
        drive: values.share(Parameter::Drive),
        brightness: values.ratio(Parameter::Brightness, 2_000.0, 20_000.0),
        low_cut: 900.0,
        level: 0.6,
        ..Recipe::NONE
    }
}
