//! The rim shot: two short resonances and a tick.

use super::recipe::{PathRecipe, Recipe, Shape, Sweep, ToneRecipe};
use crate::instrument::Values;
use lockstep_session::document::instrument::Parameter;

pub(super) const DEFAULTS: &[(Parameter, u16)] = &[
    (Parameter::Tune, 5_000),
    (Parameter::Fine, 5_000),
    (Parameter::Glide, 0),
    (Parameter::Algorithm, 0),
    (Parameter::Decay, 4_000),
    (Parameter::Body, 5_000),
    (Parameter::Snap, 5_000),
    (Parameter::Tone, 5_500),
    (Parameter::Drive, 4_000),
    (Parameter::Brightness, 9_500),
];

/// The two characters: a high click over wood, or a lower knock on the shell.
pub(super) fn recipe(values: &Values, velocity: f32) -> Recipe {
    let knocks = values.choice(Parameter::Algorithm, 2) == 1;
    let decay = values.ratio(Parameter::Decay, 0.012, 0.25);
    let snap = values.share(Parameter::Snap) * (0.3 + 0.7 * velocity);
    let body = values.share(Parameter::Body);
    let (high, low) = if knocks {
        (1_010.0, 243.0)
    } else {
        (1_667.0, 455.0)
    };
    let mode = |gain: f32, hertz: f32, decay: f32| ToneRecipe {
        gain,
        hertz,
        hold: 0.0,
        decay,
        fast: Sweep {
            semitones: if knocks { 3.0 } else { 0.0 },
            seconds: 0.003,
        },
        slow: Sweep::NONE,
        // Struck wood does not begin at rest.
        phase: 0.1,
    };
    let tick = PathRecipe {
        gain: snap * 1.2,
        shape: Shape::Band,
        corner: values.ratio(Parameter::Tone, 1_500.0, 9_000.0),
        resonance: 0.3,
        attack: 0.0,
        hold: 0.0,
        decay: 0.007,
        follows: 0.5,
    };
    Recipe {
        tones: [
            mode(0.45 + 0.3 * (1.0 - body), high, decay),
            mode(0.2 + 0.5 * body, low, decay * 1.2),
        ],
        paths: [
            tick,
            // The wires that sound along.
            PathRecipe {
                gain: if knocks { 0.12 } else { 0.05 },
                decay: decay * 1.5,
                ..tick
            },
        ],
        hiss: 1.0,
        drive: values.share(Parameter::Drive),
        brightness: values.ratio(Parameter::Brightness, 1_000.0, 20_000.0),
        low_cut: 200.0,
        ..Recipe::NONE
    }
}
