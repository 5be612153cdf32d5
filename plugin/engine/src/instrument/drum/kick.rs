//! The kick: a sine that falls fast and then slowly, a click, and the beater's noise.

use super::recipe::{PathRecipe, Recipe, Shape, Sweep, ToneRecipe};
use crate::instrument::Values;
use lockstep_session::document::instrument::Parameter;

pub(super) const DEFAULTS: &[(Parameter, u16)] = &[
    (Parameter::Tune, 5_000),
    (Parameter::Fine, 5_000),
    (Parameter::Glide, 0),
    (Parameter::Algorithm, 0),
    (Parameter::Decay, 5_000),
    (Parameter::Hold, 1_000),
    (Parameter::Depth, 5_500),
    (Parameter::FilterDecay, 4_000),
    (Parameter::Body, 3_500),
    (Parameter::Snap, 3_500),
    (Parameter::Tone, 5_000),
    (Parameter::Noise, 2_000),
    (Parameter::Drive, 2_500),
    (Parameter::Brightness, 9_000),
];

/// The two characters: one falls at once and sings, the other falls longer and knocks.
pub(super) fn recipe(values: &Values, velocity: f32) -> Recipe {
    let knocks = values.choice(Parameter::Algorithm, 2) == 1;
    let sweep = values.ratio(Parameter::FilterDecay, 0.002, 0.06);
    let depth = values.linear(Parameter::Depth, 0.0, 48.0);
    let snap = values.share(Parameter::Snap) * (0.3 + 0.7 * velocity);
    let bright = values.ratio(Parameter::Tone, 700.0, 9_000.0);
    let (hertz, stretch) = if knocks { (52.0, 1.6) } else { (49.0, 1.0) };
    Recipe {
        tones: [
            ToneRecipe {
                gain: 0.95,
                hertz,
                hold: values.linear(Parameter::Hold, 0.0, 0.25),
                decay: values.ratio(Parameter::Decay, 0.07, 4.0),
                fast: Sweep {
                    semitones: depth,
                    seconds: sweep * stretch,
                },
                slow: Sweep {
                    semitones: values.linear(Parameter::Body, 0.0, 14.0),
                    seconds: sweep * 2.0 + 0.02,
                },
                phase: 0.0,
            },
            ToneRecipe {
                gain: snap * 1.1,
                hertz: bright * 0.4,
                hold: 0.0,
                decay: if knocks { 0.022 } else { 0.012 },
                fast: Sweep {
                    semitones: 14.0,
                    seconds: 0.001,
                },
                slow: Sweep::NONE,
                phase: 0.0,
            },
        ],
        paths: [
            PathRecipe {
                gain: values.share(Parameter::Noise) * (0.3 + 0.7 * velocity) * 1.5,
                shape: Shape::Low,
                corner: bright,
                resonance: 0.3,
                attack: 0.0,
                hold: 0.0,
                decay: if knocks { 0.05 } else { 0.032 },
                follows: 0.0,
            },
            PathRecipe::NONE,
        ],
        hiss: 1.0,
        drive: values.share(Parameter::Drive),
        brightness: values.ratio(Parameter::Brightness, 300.0, 20_000.0),
        low_cut: 12.0,
        ..Recipe::NONE
    }
}
