//! The knobs of everything but drums.

use super::{FINE, Knob, Meaning, Section, TUNE, Unit, hertz, knob, seconds};
use Meaning::Share;
use Section::{Filter, Loudness, Motion, Pitch, Sample, Shaping, Source};
use lockstep_session::document::instrument::Parameter;

const GLIDE: Knob = knob(
    Parameter::Glide,
    "Glide",
    Pitch,
    Meaning::Power {
        high: 2.0,
        power: 2,
        unit: Unit::Seconds,
    },
);
/// An attack of nothing to four seconds, finer where it is short.
const RISE: Meaning = Meaning::Power {
    high: 4.0,
    power: 3,
    unit: Unit::Seconds,
};
const WAVES: Meaning = Meaning::Choice(&["Saw", "Pulse", "Triangle", "Sine", "Noise"]);
/// What an operator's pitch may be, relative to the note's.
const OPERATOR: Meaning = Meaning::Choice(&[
    "\u{d7}0.25",
    "\u{d7}0.5",
    "\u{d7}1",
    "\u{d7}1.25",
    "\u{d7}1.41",
    "\u{d7}1.5",
    "\u{d7}2",
    "\u{d7}2.5",
    "\u{d7}2.76",
    "\u{d7}3",
    "\u{d7}3.5",
    "\u{d7}4",
    "\u{d7}4.5",
    "\u{d7}5",
    "\u{d7}5.4",
    "\u{d7}6",
    "\u{d7}7",
    "\u{d7}8",
    "\u{d7}9",
    "\u{d7}10",
    "\u{d7}11",
    "\u{d7}12",
    "\u{d7}13",
    "\u{d7}14",
    "\u{d7}16",
]);

pub(super) const CLICK: &[Knob] = &[TUNE, FINE];

pub(super) const SUBTRACTIVE: &[Knob] = &[
    TUNE,
    FINE,
    knob(Parameter::Glide, "Glide", Pitch, seconds(0.01, 2.0)),
    knob(Parameter::FirstWave, "First wave", Source, WAVES),
    knob(Parameter::SecondWave, "Second wave", Source, WAVES),
    knob(
        Parameter::SecondTune,
        "Second tune",
        Source,
        Meaning::Linear {
            low: -24.0,
            high: 24.0,
            unit: Unit::Semitones,
        },
    ),
    knob(Parameter::SecondMix, "Second mix", Source, Share),
    knob(Parameter::PulseWidth, "Pulse width", Source, Share),
    knob(
        Parameter::Unison,
        "Voices",
        Source,
        Meaning::Choice(&["1", "2", "3", "4", "5", "6", "7"]),
    ),
    knob(Parameter::Detune, "Detune", Source, Share),
    knob(Parameter::Spread, "Width", Source, Share),
    knob(Parameter::Sub, "Sub", Source, Share),
    knob(Parameter::Noise, "Noise", Source, Share),
    knob(
        Parameter::Algorithm,
        "Kind",
        Filter,
        Meaning::Choice(&["Low 24 dB", "Low 12 dB", "Band", "High"]),
    ),
    knob(Parameter::Cutoff, "Cutoff", Filter, hertz(20.0, 20_480.0)),
    knob(Parameter::Resonance, "Resonance", Filter, Share),
    knob(Parameter::Drive, "Drive", Filter, Share),
    knob(Parameter::Position, "Follows keys", Filter, Share),
    knob(Parameter::Attack, "Attack", Loudness, seconds(0.001, 8.0)),
    knob(
        Parameter::Hold,
        "Hold",
        Loudness,
        Meaning::Power {
            high: 2.0,
            power: 2,
            unit: Unit::Seconds,
        },
    ),
    knob(Parameter::Decay, "Decay", Loudness, seconds(0.02, 20.0)),
    knob(Parameter::Sustain, "Sustain", Loudness, Share),
    knob(Parameter::Release, "Release", Loudness, seconds(0.01, 20.0)),
    knob(
        Parameter::FilterAmount,
        "Amount",
        Shaping,
        Meaning::Linear {
            low: -8.0,
            high: 8.0,
            unit: Unit::Octaves,
        },
    ),
    knob(
        Parameter::FilterAttack,
        "Attack",
        Shaping,
        seconds(0.001, 8.0),
    ),
    knob(
        Parameter::FilterDecay,
        "Decay",
        Shaping,
        seconds(0.02, 20.0),
    ),
    knob(Parameter::FilterSustain, "Sustain", Shaping, Share),
    knob(
        Parameter::FilterRelease,
        "Release",
        Shaping,
        seconds(0.02, 20.0),
    ),
    knob(Parameter::LfoRate, "Rate", Motion, hertz(0.05, 20.0)),
    knob(Parameter::LfoDepth, "Depth", Motion, Share),
    knob(
        Parameter::LfoTarget,
        "Moves",
        Motion,
        Meaning::Choice(&[
            "Pitch",
            "Cutoff",
            "Pulse width",
            "Level",
            "Pitch at random",
            "Cutoff at random",
        ]),
    ),
];

pub(super) const FM: &[Knob] = &[
    TUNE,
    FINE,
    GLIDE,
    knob(
        Parameter::Algorithm,
        "Wiring",
        Source,
        Meaning::Choice(&[
            "Chain of four",
            "Two into a chain",
            "One and a chain",
            "Three into one",
            "Two pairs",
            "One into three",
            "A pair and two",
            "Four alone",
        ]),
    ),
    knob(Parameter::Ratio, "Pitch 2", Source, OPERATOR),
    knob(Parameter::Tone, "Pitch 3", Source, OPERATOR),
    knob(Parameter::SecondTune, "Pitch 4", Source, OPERATOR),
    knob(Parameter::Depth, "Strength 2", Source, Share),
    knob(Parameter::SecondMix, "Strength 3", Source, Share),
    knob(Parameter::Brightness, "Strength 4", Source, Share),
    knob(Parameter::Feedback, "Feedback", Source, Share),
    knob(Parameter::Detune, "Detune", Source, Share),
    knob(Parameter::Spread, "Width", Source, Share),
    knob(Parameter::Attack, "Attack", Loudness, RISE),
    knob(Parameter::Decay, "Decay", Loudness, seconds(0.03, 20.0)),
    knob(Parameter::Sustain, "Sustain", Loudness, Share),
    knob(Parameter::Release, "Release", Loudness, seconds(0.01, 10.0)),
    knob(Parameter::FilterAmount, "Amount", Shaping, Share),
    knob(Parameter::FilterAttack, "Attack", Shaping, RISE),
    knob(
        Parameter::FilterDecay,
        "Decay",
        Shaping,
        seconds(0.03, 20.0),
    ),
    knob(Parameter::FilterSustain, "Sustain", Shaping, Share),
    knob(
        Parameter::FilterRelease,
        "Release",
        Shaping,
        seconds(0.01, 10.0),
    ),
    knob(Parameter::Snap, "Snap", Shaping, Share),
    knob(Parameter::LfoRate, "Rate", Motion, hertz(0.05, 20.0)),
    knob(Parameter::LfoDepth, "Depth", Motion, Share),
    knob(
        Parameter::LfoTarget,
        "Moves",
        Motion,
        Meaning::Choice(&["Pitch", "Level", "Strengths", "Side"]),
    ),
];

pub(super) const PLUCK: &[Knob] = &[
    TUNE,
    FINE,
    GLIDE,
    knob(Parameter::Position, "Plucked at", Source, Share),
    knob(
        Parameter::Brightness,
        "Pick",
        Source,
        hertz(250.0, 16_000.0),
    ),
    knob(Parameter::Noise, "Noise", Source, Share),
    knob(Parameter::Body, "Body", Source, Share),
    knob(Parameter::Spread, "Width", Source, Share),
    knob(Parameter::Damping, "Damping", Loudness, Share),
    knob(Parameter::Decay, "Decay", Loudness, seconds(0.08, 20.0)),
    knob(Parameter::Release, "Release", Loudness, seconds(0.03, 20.0)),
];

pub(super) const SQUARE: &[Knob] = &[
    TUNE,
    FINE,
    knob(
        Parameter::Ratio,
        "Pitch",
        Pitch,
        Meaning::Ratio {
            low: 0.25,
            high: 2.0,
            unit: Unit::Times,
        },
    ),
    knob(
        Parameter::FirstWave,
        "Wave",
        Source,
        Meaning::Choice(&["Sine", "Triangle", "Saw", "Square"]),
    ),
    knob(Parameter::Body, "Loudness", Loudness, Share),
    knob(Parameter::Decay, "Decay", Loudness, seconds(0.1, 2.0)),
    knob(Parameter::LfoRate, "Rate", Motion, hertz(0.05, 3.0)),
    knob(Parameter::LfoDepth, "Depth", Motion, Share),
    knob(
        Parameter::LfoTarget,
        "Moves",
        Motion,
        Meaning::Choice(&["Pitch", "Level"]),
    ),
];

pub(super) const SAMPLER: &[Knob] = &[
    TUNE,
    FINE,
    GLIDE,
    knob(Parameter::Start, "Start", Sample, Share),
    knob(Parameter::End, "End", Sample, Share),
    knob(
        Parameter::Reverse,
        "Direction",
        Sample,
        Meaning::Choice(&["Forwards", "Backwards"]),
    ),
    knob(Parameter::Cutoff, "Cutoff", Filter, hertz(20.0, 20_000.0)),
    knob(Parameter::Resonance, "Resonance", Filter, Share),
    knob(Parameter::Attack, "Attack", Loudness, RISE),
    knob(Parameter::Decay, "Decay", Loudness, seconds(0.01, 10.0)),
    knob(Parameter::Sustain, "Sustain", Loudness, Share),
    knob(Parameter::Release, "Release", Loudness, seconds(0.005, 5.0)),
];
