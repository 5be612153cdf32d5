//! The snare: two modes of the shell, the wires' noise, and a crack.

use super::recipe::{PathRecipe, Recipe, Shape, Sweep, ToneRecipe};
use crate::instrument::Values;
use lockstep_session::document::instrument::Parameter;

pub(super) const DEFAULTS: &[(Parameter, u16)] = &[
    (Parameter::Tune, 5_000),
    (Parameter::Fine, 5_000),
    (Parameter::Glide, 0),
    (Parameter::Algorithm, 10_000),
    (Parameter::Decay, 4_000),
    (Parameter::FilterDecay, 5_000),
    (Parameter::Body, 5_500),
    (Parameter::Noise, 5_500),
    (Parameter::Tone, 5_000),
    (Parameter::Resonance, 1_000),
    (Parameter::Snap, 5_000),
    (Parameter::Depth, 4_000),
    (Parameter::Spread, 0),
    (Parameter::Drive, 2_500),
    (Parameter::Brightness, 9_500),
];

/// The two characters: modes an octave apart under hiss, or closer together and bent by the stroke.
pub(super) fn recipe(values: &Values, velocity: f32) -> Recipe {
    let bends = values.choice(Parameter::Algorithm, 2) == 1;
    let body = values.share(Parameter::Body);
    let noise = values.share(Parameter::Noise);
    let snap = values.share(Parameter::Snap) * (0.25 + 0.75 * velocity);
    let decay = values.ratio(Parameter::Decay, 0.04, 0.8);
    let corner = values.ratio(Parameter::Tone, 900.0, 7_000.0);
    let (low, high, depth) = if bends {
        (184.0, 331.0, 12.0)
    } else {
        (176.0, 343.0, 4.0)
    };
    let fast = Sweep {
        semitones: values.linear(Parameter::Depth, 0.0, depth * 2.0),
        seconds: 0.009,
    };
    let mode = |gain: f32, hertz: f32, decay: f32| ToneRecipe {
        gain,
        hertz,
        hold: 0.004,
        decay,
        fast,
        slow: Sweep::NONE,
        phase: 0.0,
    };
    Recipe {
        tones: [
            mode(body * 0.68, low, decay),
            mode(body * 0.4, high, decay * 0.65),
        ],
        paths: [
            PathRecipe {
                gain: noise * 1.7,
                shape: if bends { Shape::Band } else { Shape::High },
                corner,
                resonance: values.share(Parameter::Resonance),
                attack: 0.0,
                hold: 0.005,
                decay: values.ratio(Parameter::FilterDecay, 0.07, 1.5),
                follows: 0.3,
            },
            PathRecipe {
                gain: snap * 1.8,
                shape: Shape::High,
                corner: 3_200.0,
                resonance: 0.1,
                attack: 0.0,
                hold: 0.0,
                decay: 0.018,
                follows: 0.3,
            },
        ],
        hiss: 1.0,
        spread: values.share(Parameter::Spread) * 0.6,
        drive: values.share(Parameter::Drive),
        brightness: values.ratio(Parameter::Brightness, 800.0, 20_000.0),
        low_cut: 60.0,
        ..Recipe::NONE
    }
}
