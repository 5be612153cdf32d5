//! What a subtractive note's parameters mean: their physical values, and how they move. It knows
//! no frames and no rates but the one it is given.

use super::super::{Setting, Values};
use crate::dsp::envelope::Contour;
use libm::{log2f, roundf, sqrtf};
use lockstep_session::document::instrument::Parameter;

pub(crate) const DEFAULTS: &[(Parameter, u16)] = &[
    (Parameter::Tune, 5_000),
    (Parameter::Fine, 5_000),
    (Parameter::Attack, 500),
    (Parameter::Hold, 0),
    (Parameter::Decay, 4_500),
    (Parameter::Sustain, 8_000),
    (Parameter::Release, 3_500),
    (Parameter::Cutoff, 8_000),
    (Parameter::Resonance, 500),
    (Parameter::Drive, 0),
    (Parameter::Algorithm, 0),
    (Parameter::Position, 3_000),
    (Parameter::FilterAttack, 0),
    (Parameter::FilterDecay, 4_500),
    (Parameter::FilterSustain, 3_000),
    (Parameter::FilterRelease, 4_000),
    (Parameter::FilterAmount, 5_000),
    (Parameter::FirstWave, 0),
    (Parameter::SecondWave, 0),
    (Parameter::SecondTune, 5_000),
    (Parameter::SecondMix, 0),
    (Parameter::PulseWidth, 5_000),
    (Parameter::Unison, 0),
    (Parameter::Detune, 3_000),
    (Parameter::Spread, 5_000),
    (Parameter::Sub, 0),
    (Parameter::Noise, 0),
    (Parameter::Glide, 0),
    (Parameter::LfoRate, 5_000),
    (Parameter::LfoDepth, 0),
    (Parameter::LfoTarget, 0),
];

/// The most oscillators that play one wave of a note.
pub(super) const UNISON: usize = 7;
/// Saw, pulse, triangle, sine, noise.
pub(super) const WAVES: usize = 5;
/// How loud the waves are beside each other.
const LOUDNESS: [f32; WAVES] = [0.8, 0.62, 1.0, 1.0, 0.7];
/// Pitch, cutoff, pulse width and level by a wave, then pitch and cutoff by chance.
pub(super) const TARGETS: usize = 6;
/// Low-pass with 24 dB an octave, low-pass with 12, band-pass, high-pass.
pub(super) const MODES: usize = 4;

/// All that moves smoothly when a parameter is turned.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Knobs {
    /// Semitones, the pitch wheel among them.
    pub(super) tune: f32,
    /// Semitones from the first wave to the second.
    pub(super) interval: f32,
    /// Octaves above 1 Hz.
    pub(super) cutoff: f32,
    pub(super) resonance: f32,
    pub(super) drive: f32,
    /// Octaves from the filter's envelope.
    pub(super) amount: f32,
    /// How far the cutoff follows the pitch.
    pub(super) tracking: f32,
    pub(super) width: f32,
    pub(super) sub: f32,
    pub(super) noise: f32,
    pub(super) waves: [[f32; WAVES]; 2],
    pub(super) modes: [f32; MODES],
    pub(super) targets: [f32; TARGETS],
    /// Semitones by which each of the unison is off.
    pub(super) places: [f32; UNISON],
    pub(super) left: [f32; UNISON],
    pub(super) right: [f32; UNISON],
}

/// A patch: the knobs, and what is only looked at when something begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patch {
    pub(super) knobs: Knobs,
    pub(super) amplitude: Contour,
    pub(super) filter: Contour,
    /// Seconds that a glide takes.
    pub(super) glide: f32,
    /// Turns a second of the slow oscillator.
    pub(super) wobble: f32,
}

impl Knobs {
    /// Goes a share of the way to where the knobs should stand.
    ///
    /// Realtime: yes
    pub(super) fn approach(&mut self, goal: &Self, share: f32) {
        let single = [
            (&mut self.tune, goal.tune),
            (&mut self.interval, goal.interval),
            (&mut self.cutoff, goal.cutoff),
            (&mut self.resonance, goal.resonance),
            (&mut self.drive, goal.drive),
            (&mut self.amount, goal.amount),
            (&mut self.tracking, goal.tracking),
            (&mut self.width, goal.width),
            (&mut self.sub, goal.sub),
            (&mut self.noise, goal.noise),
        ];
        for (value, goal) in single {
            *value += (goal - *value) * share;
        }
        for (values, goals) in self.waves.iter_mut().zip(&goal.waves) {
            approach(values, goals, share);
        }
        approach(&mut self.modes, &goal.modes, share);
        approach(&mut self.targets, &goal.targets, share);
        approach(&mut self.places, &goal.places, share);
        approach(&mut self.left, &goal.left, share);
        approach(&mut self.right, &goal.right, share);
    }
}

impl Patch {
    /// Realtime: yes
    pub(super) fn new(setting: &Setting<'_>) -> Self {
        let values = setting.values;
        let glide = values.share(Parameter::Glide);
        Self {
            knobs: knobs(values, setting.bend),
            amplitude: Contour {
                attack: values.ratio(Parameter::Attack, 0.001, 8.0),
                hold: square(values.share(Parameter::Hold)) * 2.0,
                decay: values.ratio(Parameter::Decay, 0.02, 20.0),
                sustain: square(values.share(Parameter::Sustain)),
                release: values.ratio(Parameter::Release, 0.01, 20.0),
            },
            filter: Contour {
                attack: values.ratio(Parameter::FilterAttack, 0.001, 8.0),
                hold: 0.0,
                decay: values.ratio(Parameter::FilterDecay, 0.02, 20.0),
                sustain: values.share(Parameter::FilterSustain),
                release: values.ratio(Parameter::FilterRelease, 0.02, 20.0),
            },
            glide: if glide > 0.0 {
                values.ratio(Parameter::Glide, 0.01, 2.0)
            } else {
                0.0
            },
            wobble: values.ratio(Parameter::LfoRate, 0.05, 20.0),
        }
    }
}

fn knobs(values: &Values, bend: f32) -> Knobs {
    let bend = if bend.abs() <= 48.0 { bend } else { 0.0 };
    let whole = |parameter| roundf(values.linear(parameter, -24.0, 24.0));
    let detune = square(values.share(Parameter::Detune)) * 0.6;
    let mix = values.share(Parameter::SecondMix);
    let mut knobs = Knobs {
        tune: whole(Parameter::Tune) + values.linear(Parameter::Fine, -1.0, 1.0) + bend,
        interval: whole(Parameter::SecondTune) + detune * 0.5,
        cutoff: log2f(20.0) + 10.0 * values.share(Parameter::Cutoff),
        resonance: values.share(Parameter::Resonance),
        drive: square(values.share(Parameter::Drive)) * 5.0,
        amount: values.linear(Parameter::FilterAmount, -8.0, 8.0),
        tracking: values.share(Parameter::Position),
        width: values.linear(Parameter::PulseWidth, 0.05, 0.95),
        sub: values.share(Parameter::Sub),
        ..Knobs::default()
    };
    let waves = [
        (Parameter::FirstWave, sqrtf(1.0 - mix)),
        (Parameter::SecondWave, sqrtf(mix)),
    ];
    for (gains, (parameter, gain)) in knobs.waves.iter_mut().zip(waves) {
        let choice = values.choice(parameter, 5);
        for (index, (wave, loudness)) in gains.iter_mut().zip(LOUDNESS).enumerate() {
            *wave = if index == choice {
                gain * loudness
            } else {
                0.0
            };
        }
    }
    let noise = knobs.waves.map(|gains| gains[WAVES - 1]);
    knobs.noise = square(values.share(Parameter::Noise)) + noise[0] + noise[1];
    choose(
        &mut knobs.modes,
        values.choice(Parameter::Algorithm, 4),
        1.0,
    );
    let depth = values.share(Parameter::LfoDepth);
    let target = values.choice(Parameter::LfoTarget, 6);
    // A pitch is moved by an octave at most, a cutoff by four, a width or a level all the way.
    let reach = match target {
        0 | 4 => 12.0 * square(depth) * depth,
        1 | 5 => 4.0 * depth,
        2 => 0.45 * depth,
        _ => depth,
    };
    choose(&mut knobs.targets, target, reach);
    let count = values.choice(Parameter::Unison, 7) + 1;
    let spread = values.share(Parameter::Spread);
    let gain = 1.0 / sqrtf(count as f32);
    for index in 0..count.min(UNISON) {
        let place = if count > 1 {
            2.0 * index as f32 / (count - 1) as f32 - 1.0
        } else {
            0.0
        };
        // Neighbours in pitch stand on opposite sides.
        let side = if index % 2 == 0 { place } else { -place } * spread;
        knobs.places[index] = place * detune;
        knobs.left[index] = gain * sqrtf(1.0 - side);
        knobs.right[index] = gain * sqrtf(1.0 + side);
    }
    knobs
}

fn approach<const N: usize>(values: &mut [f32; N], goals: &[f32; N], share: f32) {
    for (value, goal) in values.iter_mut().zip(goals) {
        *value += (goal - *value) * share;
    }
}

fn choose(values: &mut [f32], choice: usize, to: f32) {
    if let Some(value) = values.get_mut(choice) {
        *value = to;
    }
}

fn square(value: f32) -> f32 {
    value * value
}
