//! Toms and congas: a skin that gives way under the stroke and comes back, and a little noise.

use super::recipe::{PathRecipe, Recipe, Shape, Sweep, ToneRecipe};
use crate::instrument::Values;
use lockstep_session::document::instrument::Parameter;

pub(super) const DEFAULTS: &[(Parameter, u16)] = &[
    (Parameter::Tune, 5_000),
    (Parameter::Fine, 5_000),
    (Parameter::Glide, 0),
    (Parameter::Algorithm, 0),
    (Parameter::Decay, 5_500),
    (Parameter::Hold, 0),
    (Parameter::Depth, 3_500),
    (Parameter::FilterDecay, 5_000),
    (Parameter::Body, 3_000),
    (Parameter::Snap, 3_000),
    (Parameter::Noise, 2_500),
    (Parameter::Tone, 4_500),
    (Parameter::Drive, 2_000),
    (Parameter::Brightness, 9_000),
];

pub(super) const CONGA_DEFAULTS: &[(Parameter, u16)] = &[
    (Parameter::Tune, 5_000),
    (Parameter::Fine, 5_000),
    (Parameter::Glide, 0),
    (Parameter::Algorithm, 0),
    (Parameter::Decay, 4_000),
    (Parameter::Hold, 0),
    (Parameter::Depth, 1_200),
    (Parameter::FilterDecay, 3_000),
    (Parameter::Body, 2_500),
    (Parameter::Snap, 4_500),
    (Parameter::Noise, 1_500),
    (Parameter::Tone, 5_500),
    (Parameter::Drive, 1_500),
    (Parameter::Brightness, 9_000),
];

/// The tom's characters: a plain sine over rumble, or a skin with an overtone that falls further.
pub(super) fn recipe(values: &Values, velocity: f32) -> Recipe {
    let full = values.choice(Parameter::Algorithm, 2) == 1;
    let overtone = if full { 1.504 } else { 1.986 };
    let reach = if full { 30.0 } else { 18.0 };
    skin(values, velocity, 110.0, overtone, reach)
}

/// The conga's characters: a plain sine, or the sharper overtone of a slap.
pub(super) fn conga_recipe(values: &Values, velocity: f32) -> Recipe {
    let slaps = values.choice(Parameter::Algorithm, 2) == 1;
    let overtone = if slaps { 2.756 } else { 1.593 };
    skin(values, velocity, 220.0, overtone, 18.0)
}

fn skin(values: &Values, velocity: f32, hertz: f32, overtone: f32, reach: f32) -> Recipe {
    let decay = values.ratio(Parameter::Decay, 0.06, 2.5);
    let bend = values.linear(Parameter::Depth, 0.0, reach) * (0.6 + 0.4 * velocity);
    let seconds = values.ratio(Parameter::FilterDecay, 0.008, 0.15);
    let snap = values.share(Parameter::Snap) * (0.2 + 0.8 * velocity);
    let noise = values.share(Parameter::Noise);
    let corner = values.ratio(Parameter::Tone, 400.0, 6_000.0);
    let fast = Sweep {
        semitones: bend * 0.6,
        seconds: seconds * 0.2,
    };
    let slow = Sweep {
        semitones: bend * 0.4,
        seconds,
    };
    Recipe {
        tones: [
            ToneRecipe {
                gain: 0.85,
                hertz,
                hold: values.linear(Parameter::Hold, 0.0, 0.2),
                decay,
                fast,
                slow,
                phase: 0.0,
            },
            ToneRecipe {
                gain: values.share(Parameter::Body) * 0.6,
                hertz: hertz * overtone,
                hold: 0.0,
                decay: decay * 0.45,
                fast,
                slow,
                phase: 0.0,
            },
        ],
        paths: [
            PathRecipe {
                gain: noise * 0.55,
                shape: Shape::Low,
                corner,
                resonance: 0.0,
                attack: 0.0,
                hold: 0.0,
                decay: decay * 0.5,
                follows: 0.5,
            },
            PathRecipe {
                gain: snap * 0.9,
                shape: Shape::Band,
                corner: corner * 1.6,
                resonance: 0.3,
                attack: 0.0,
                hold: 0.0,
                decay: 0.016,
                follows: 0.5,
            },
        ],
        hiss: 1.0,
        drive: values.share(Parameter::Drive),
        brightness: values.ratio(Parameter::Brightness, 500.0, 20_000.0),
        low_cut: 20.0,
        ..Recipe::NONE
    }
}
