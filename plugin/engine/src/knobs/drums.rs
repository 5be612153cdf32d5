//! The knobs of the drums.

use super::{FINE, Knob, Meaning, Section, TUNE, Unit, hertz, knob, seconds};
use crate::instrument::drum::Piece;
use Meaning::Share;
use Section::{Colour, Loudness, Pitch, Shaping, Source};
use lockstep_session::document::instrument::Parameter;

const GLIDE: Knob = knob(Parameter::Glide, "Glide", Pitch, Share);
const DRIVE: Knob = knob(Parameter::Drive, "Drive", Colour, Share);
const SPREAD: Knob = knob(Parameter::Spread, "Width", Colour, Share);
const BODY: Knob = knob(Parameter::Body, "Body", Source, Share);
const SNAP: Knob = knob(Parameter::Snap, "Snap", Source, Share);
const NOISE: Knob = knob(Parameter::Noise, "Noise", Source, Share);
const RESONANCE: Knob = knob(Parameter::Resonance, "Resonance", Source, Share);

pub(super) fn of_piece(piece: Piece) -> &'static [Knob] {
    match piece {
        Piece::Kick => KICK,
        Piece::Snare => SNARE,
        Piece::Clap => CLAP,
        Piece::Hat => HAT,
        Piece::Tom => TOM,
        Piece::Rim => RIM,
        Piece::Cowbell => COWBELL,
        Piece::Cymbal => CYMBAL,
        Piece::Shaker => SHAKER,
        Piece::Conga => CONGA,
    }
}

const fn character(choices: &'static [&'static str]) -> Knob {
    knob(
        Parameter::Algorithm,
        "Character",
        Source,
        Meaning::Choice(choices),
    )
}

const fn tone(low: f32, high: f32) -> Knob {
    knob(Parameter::Tone, "Tone", Source, hertz(low, high))
}

const fn decay(low: f32, high: f32) -> Knob {
    knob(Parameter::Decay, "Decay", Loudness, seconds(low, high))
}

const fn brightness(low: f32) -> Knob {
    knob(
        Parameter::Brightness,
        "Brightness",
        Colour,
        hertz(low, 20_000.0),
    )
}

const fn attack(high: f32) -> Knob {
    let (power, unit) = (2, Unit::Seconds);
    knob(
        Parameter::Attack,
        "Attack",
        Loudness,
        Meaning::Power { high, power, unit },
    )
}

const fn hold(high: f32) -> Knob {
    let (low, unit) = (0.0, Unit::Seconds);
    knob(
        Parameter::Hold,
        "Hold",
        Loudness,
        Meaning::Linear { low, high, unit },
    )
}

const fn semitones(parameter: Parameter, label: &'static str, high: f32) -> Knob {
    let (low, unit) = (0.0, Unit::Semitones);
    knob(
        parameter,
        label,
        Shaping,
        Meaning::Linear { low, high, unit },
    )
}

const KICK: &[Knob] = &[
    TUNE,
    FINE,
    GLIDE,
    character(&["Sings", "Knocks"]),
    SNAP,
    tone(700.0, 9_000.0),
    NOISE,
    decay(0.07, 4.0),
    hold(0.25),
    semitones(Parameter::Depth, "Drop", 48.0),
    semitones(Parameter::Body, "Late drop", 14.0),
    knob(
        Parameter::FilterDecay,
        "Drops within",
        Shaping,
        seconds(0.002, 0.06),
    ),
    DRIVE,
    brightness(300.0),
];

const SNARE: &[Knob] = &[
    TUNE,
    FINE,
    GLIDE,
    character(&["Even", "Bends"]),
    BODY,
    SNAP,
    NOISE,
    tone(900.0, 7_000.0),
    RESONANCE,
    decay(0.04, 0.8),
    knob(
        Parameter::FilterDecay,
        "Rattle",
        Loudness,
        seconds(0.07, 1.5),
    ),
    knob(Parameter::Depth, "Drop", Shaping, Share),
    SPREAD,
    DRIVE,
    brightness(800.0),
];

const CLAP: &[Knob] = &[
    TUNE,
    FINE,
    GLIDE,
    character(&["Three hands", "Four and air"]),
    SNAP,
    BODY,
    tone(500.0, 2_800.0),
    RESONANCE,
    knob(
        Parameter::Hold,
        "Hands apart",
        Loudness,
        seconds(0.005, 0.022),
    ),
    decay(0.06, 1.8),
    SPREAD,
    DRIVE,
    brightness(800.0),
];

const HAT: &[Knob] = &[
    TUNE,
    FINE,
    GLIDE,
    character(&["Bare", "Rings"]),
    BODY,
    SNAP,
    NOISE,
    tone(3_500.0, 13_000.0),
    RESONANCE,
    attack(0.1),
    decay(0.02, 2.5),
    SPREAD,
    DRIVE,
    brightness(3_000.0),
];

const TOM: &[Knob] = &[
    TUNE,
    FINE,
    GLIDE,
    character(&["Plain", "Full"]),
    BODY,
    SNAP,
    NOISE,
    tone(400.0, 6_000.0),
    decay(0.06, 2.5),
    hold(0.2),
    knob(Parameter::Depth, "Drop", Shaping, Share),
    knob(
        Parameter::FilterDecay,
        "Drops within",
        Shaping,
        seconds(0.008, 0.15),
    ),
    DRIVE,
    brightness(500.0),
];

const CONGA: &[Knob] = &[
    TUNE,
    FINE,
    GLIDE,
    character(&["Plain", "Slaps"]),
    BODY,
    SNAP,
    NOISE,
    tone(400.0, 6_000.0),
    decay(0.06, 2.5),
    hold(0.2),
    semitones(Parameter::Depth, "Drop", 18.0),
    knob(
        Parameter::FilterDecay,
        "Drops within",
        Shaping,
        seconds(0.008, 0.15),
    ),
    DRIVE,
    brightness(500.0),
];

const RIM: &[Knob] = &[
    TUNE,
    FINE,
    GLIDE,
    character(&["Clicks", "Knocks"]),
    BODY,
    SNAP,
    tone(1_500.0, 9_000.0),
    decay(0.012, 0.25),
    DRIVE,
    brightness(1_000.0),
];

const COWBELL: &[Knob] = &[
    TUNE,
    FINE,
    GLIDE,
    character(&["Plain", "Harsh"]),
    BODY,
    SNAP,
    tone(500.0, 3_500.0),
    RESONANCE,
    decay(0.08, 2.2),
    DRIVE,
    brightness(1_500.0),
];

const CYMBAL: &[Knob] = &[
    TUNE,
    FINE,
    GLIDE,
    character(&["Bare", "Dense"]),
    BODY,
    SNAP,
    NOISE,
    tone(2_500.0, 11_000.0),
    RESONANCE,
    attack(0.4),
    decay(0.2, 6.0),
    knob(Parameter::FilterDecay, "Sheen", Loudness, Share),
    SPREAD,
    DRIVE,
    brightness(2_000.0),
];

const SHAKER: &[Knob] = &[
    TUNE,
    FINE,
    GLIDE,
    character(&["One stroke", "There and back"]),
    knob(Parameter::Noise, "Grain", Source, Share),
    BODY,
    tone(2_500.0, 11_000.0),
    RESONANCE,
    attack(0.15),
    knob(Parameter::Hold, "Back after", Loudness, seconds(0.03, 0.25)),
    decay(0.03, 0.6),
    SPREAD,
    DRIVE,
    brightness(2_000.0),
];
