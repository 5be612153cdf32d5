//! A click: a short decaying cosine that starts at its peak, so that its first frame is its onset.
//! It knows its pitch and its level, and nothing of steps or time.

use crate::units::SampleRate;
use core::f64::consts::TAU;

/// Below this a voice is silent for good: far under the smallest audible level, and far above the
/// range where floating-point numbers become denormal and slow.
const SILENCE: f32 = 1e-6;
/// How long the click takes to fall to a thousandth of its level.
const DECAY_SECONDS: f64 = 0.012;
const LOWEST_HERTZ: f64 = 660.0;

/// One track's click, retriggered by every step.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClickVoice {
    cosine: f32,
    sine: f32,
    turn_cosine: f32,
    turn_sine: f32,
}

impl ClickVoice {
    /// The click of the track at `index`: each track sounds a minor third above the one before.
    ///
    /// Realtime: yes
    pub fn new(rate: SampleRate, index: u8) -> Self {
        let hertz = LOWEST_HERTZ * libm::exp2(f64::from(index) * 0.25);
        let hertz = hertz.min(rate.hertz() * 0.4);
        let decay = libm::exp(libm::log(1e-3) / (DECAY_SECONDS * rate.hertz()));
        let angle = TAU * hertz / rate.hertz();
        #[expect(clippy::cast_possible_truncation, reason = "audio is rendered in f32")]
        let (turn_cosine, turn_sine) = (
            (decay * libm::cos(angle)) as f32,
            (decay * libm::sin(angle)) as f32,
        );
        Self {
            cosine: 0.0,
            sine: 0.0,
            turn_cosine,
            turn_sine,
        }
    }

    /// Whether it has nothing left to say.
    ///
    /// Realtime: yes
    pub fn is_silent(&self) -> bool {
        self.cosine == 0.0 && self.sine == 0.0
    }

    /// Starts the click from its peak.
    ///
    /// Realtime: yes
    pub fn strike(&mut self, level: f32) {
        self.cosine = level;
        self.sine = 0.0;
    }

    /// Realtime: yes
    pub fn silence(&mut self) {
        self.cosine = 0.0;
        self.sine = 0.0;
    }

    /// Adds the next frames to `mix`.
    ///
    /// Realtime: yes
    pub fn add_to(&mut self, mix: &mut [f32], gain: f32) {
        for frame in mix {
            if self.is_silent() {
                return;
            }
            *frame += self.cosine * gain;
            let cosine = self.cosine * self.turn_cosine - self.sine * self.turn_sine;
            self.sine = self.cosine * self.turn_sine + self.sine * self.turn_cosine;
            self.cosine = cosine;
            if self.cosine.abs() < SILENCE && self.sine.abs() < SILENCE {
                self.silence();
            }
        }
    }
}
