//! A click: a short decaying cosine that starts at its peak, so that its first frame is its onset.
//! It knows nothing of steps or time.

use super::{Instrument, Setting, Strike};
use core::f64::consts::TAU;
use lockstep_session::document::instrument::Parameter;

pub(crate) const DEFAULTS: &[(Parameter, u16)] =
    &[(Parameter::Tune, 5_000), (Parameter::Fine, 5_000)];

/// Below this a click is silent for good: far under the smallest audible level, and far above the
/// range where floating-point numbers become denormal and slow.
const SILENCE: f32 = 1e-6;
/// How long it takes to fall to a thousandth of its level.
const DECAY_SECONDS: f64 = 0.012;
/// What middle C clicks at.
const MIDDLE_HERTZ: f64 = 1_000.0;
/// What full velocity clicks at: a quarter at a velocity of 100 of 127.
const LEVEL: f32 = 0.25 * 1.27;

/// One click: a pointer that turns and shrinks.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Click {
    pitch: f32,
    cosine: f32,
    sine: f32,
    turn_cosine: f32,
    turn_sine: f32,
}

impl Instrument for Click {
    fn strike(&mut self, setting: &Setting<'_>, strike: Strike) {
        self.cosine = LEVEL * strike.velocity;
        self.sine = 0.0;
        self.slide(setting, strike.pitch);
    }

    fn slide(&mut self, setting: &Setting<'_>, pitch: f32) {
        self.pitch = pitch;
        self.steer(setting);
    }

    /// A click is over before a key is let go.
    fn release(&mut self) {}

    /// The pointer goes on from where it is, only faster or slower, so nothing jumps.
    fn steer(&mut self, setting: &Setting<'_>) {
        let values = setting.values;
        let tuned =
            values.linear(Parameter::Tune, -24.0, 24.0) + values.linear(Parameter::Fine, -1.0, 1.0);
        let pitch = self.pitch + tuned + setting.bend;
        let pitch = if pitch.is_finite() { pitch } else { 0.0 };
        let rate = f64::from(setting.rate);
        let hertz = MIDDLE_HERTZ * libm::exp2(f64::from(pitch) / 12.0);
        let angle = TAU * hertz.min(rate * 0.4) / rate;
        let decay = libm::exp(libm::log(1e-3) / (DECAY_SECONDS * rate));
        self.turn_cosine = crate::dsp::maths::single(decay * libm::cos(angle));
        self.turn_sine = crate::dsp::maths::single(decay * libm::sin(angle));
    }

    fn render(&mut self, _: &Setting<'_>, left: &mut [f32], right: &mut [f32]) {
        for (left, right) in left.iter_mut().zip(right) {
            *left = self.cosine;
            *right = self.cosine;
            let cosine = self.cosine * self.turn_cosine - self.sine * self.turn_sine;
            self.sine = self.cosine * self.turn_sine + self.sine * self.turn_cosine;
            self.cosine = cosine;
            if self.cosine.abs() < SILENCE && self.sine.abs() < SILENCE {
                self.cosine = 0.0;
                self.sine = 0.0;
            }
        }
    }

    fn is_over(&self) -> bool {
        self.cosine == 0.0 && self.sine == 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instrument::testing::{self, Bench};

    fn bench() -> Bench {
        Bench::new(48_000.0, DEFAULTS, &[])
    }

    #[test]
    fn its_first_frame_is_its_peak_and_it_is_gone_within_moments() {
        let sound = bench().note(Click::default(), 0.0, 100.0 / 127.0, 4_800);
        assert!((sound.left[0] - 0.25).abs() < 1e-6);
        assert!(sound.left[1..].iter().all(|value| value.abs() < 0.249));
        assert!(testing::peak(&sound.left[580..]) < 1e-3 * 0.26);
        assert!(sound.is_over && sound.length() < 1_200);
        assert_eq!(sound.left, sound.right);
    }

    #[test]
    fn middle_c_clicks_at_a_thousand_hertz_and_an_octave_doubles_it() {
        for (pitch, hertz) in [(0.0, 1_000.0), (12.0, 2_000.0)] {
            let sound = bench().note(Click::default(), pitch, 1.0, 480);
            let at = |hertz| testing::strength(&sound.left, 48_000.0, hertz);
            assert!(at(hertz) > 2.0 * at(hertz * 1.5) && at(hertz) > 2.0 * at(hertz * 0.5));
        }
    }

    #[test]
    fn it_sounds_the_same_however_it_is_cut_and_stays_sane_at_any_setting() {
        bench().assert_same_however_cut(Click::default);
        bench().assert_sane_at_any_setting(Click::default);
    }
}
