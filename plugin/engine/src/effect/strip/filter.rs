//! The filter of a track: low-pass or high-pass, or off. It knows nothing of the drive.

use super::super::SMOOTHING;
use crate::dsp::filter::{StateVariable, Tuning};
use crate::dsp::maths::exp2;
use crate::dsp::smooth::Smooth;

/// How many octaves there are between 20 Hz and 20 kHz.
const OCTAVES: f32 = 9.965_784;
/// The most resonance: beyond it, a tone at the corner grows by more than the mix has room for.
const MOST_RESONANCE: f32 = 0.9;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FilterMode {
    Off,
    LowPass,
    HighPass,
}

#[derive(Debug)]
pub(super) struct Filter {
    rate: f32,
    octaves: Smooth,
    resonance: Smooth,
    /// How much is heard of the sound itself, of what is below the corner, and of what is above.
    dry: Smooth,
    low: Smooth,
    high: Smooth,
    tuning: Tuning,
    sides: [StateVariable; 2],
    off: bool,
}

impl Filter {
    /// Realtime: no
    pub(super) fn new(rate: f32) -> Self {
        let smooth = |value| Smooth::new(value, SMOOTHING * rate);
        Self {
            rate,
            octaves: smooth(OCTAVES),
            resonance: smooth(0.0),
            dry: smooth(1.0),
            low: smooth(0.0),
            high: smooth(0.0),
            tuning: Tuning::new(0.49, 0.0),
            sides: [StateVariable::default(); 2],
            off: true,
        }
    }

    /// Realtime: yes
    pub(super) fn is_off(&self) -> bool {
        self.off
    }

    /// Realtime: yes
    #[inline(always)]
    pub(super) fn is_silent(&self) -> bool {
        self.sides.iter().all(StateVariable::is_silent)
    }

    /// Realtime: yes
    pub(super) fn aim(&mut self, mode: FilterMode, corner: f32, resonance: f32) {
        self.octaves.aim(corner * OCTAVES);
        self.resonance.aim(resonance * MOST_RESONANCE);
        let (dry, low, high) = match mode {
            FilterMode::Off => (1.0, 0.0, 0.0),
            FilterMode::LowPass => (0.0, 1.0, 0.0),
            FilterMode::HighPass => (0.0, 0.0, 1.0),
        };
        self.dry.aim(dry);
        self.low.aim(low);
        self.high.aim(high);
        if self.off {
            // Not heard yet, so the corner need not travel.
            self.octaves.arrive();
            self.resonance.arrive();
            self.tune();
            self.off = mode == FilterMode::Off;
        }
    }

    /// Forgets all sound and is where it is aimed.
    ///
    /// Realtime: yes
    pub(super) fn rest(&mut self) {
        for smooth in [
            &mut self.octaves,
            &mut self.resonance,
            &mut self.dry,
            &mut self.low,
            &mut self.high,
        ] {
            smooth.arrive();
        }
        self.tune();
        self.sides = [StateVariable::default(); 2];
        self.off = self.dry.value() == 1.0;
    }

    /// Realtime: yes
    #[inline(always)]
    pub(super) fn next(&mut self, frame: [f32; 2]) -> [f32; 2] {
        if self.off {
            return frame;
        }
        if !(self.octaves.has_arrived() && self.resonance.has_arrived()) {
            self.octaves.next();
            self.resonance.next();
            self.tune();
        }
        let (dry, low, high) = (self.dry.next(), self.low.next(), self.high.next());
        let bands = [
            self.sides[0].next(frame[0], &self.tuning),
            self.sides[1].next(frame[1], &self.tuning),
        ];
        let [left, right] = &bands;
        let mixed = [
            dry * frame[0] + low * left.low + high * left.high,
            dry * frame[1] + low * right.low + high * right.high,
        ];
        if dry == 1.0 && low == 0.0 && high == 0.0 && self.dry.has_arrived() {
            self.sides = [StateVariable::default(); 2];
            self.off = true;
        }
        mixed
    }

    /// Whether nothing of it moves.
    ///
    /// Realtime: yes
    pub(super) fn is_steady(&self) -> bool {
        let ways = [
            &self.octaves,
            &self.resonance,
            &self.dry,
            &self.low,
            &self.high,
        ];
        self.off || self.dry.value() < 1.0 && ways.into_iter().all(Smooth::has_arrived)
    }

    /// What a step multiplies by, and how much is heard of the sound, of twice the band and of twice
    /// the low end: while it is steady.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(super) fn paces(&self) -> [[f32; 3]; 2] {
        if self.off {
            return [[0.0; 3], [1.0, 0.0, 0.0]];
        }
        let (dry, low, high) = (self.dry.value(), self.low.value(), self.high.value());
        let of_band = -0.5 * high * self.tuning.damping();
        [
            self.tuning.paces(),
            [dry + high, of_band, 0.5 * (low - high)],
        ]
    }

    /// Realtime: yes
    #[inline(always)]
    pub(super) fn sides(&mut self) -> &mut [StateVariable; 2] {
        &mut self.sides
    }

    #[inline(always)]
    fn tune(&mut self) {
        let corner = 20.0 * exp2(self.octaves.value()) / self.rate;
        self.tuning = Tuning::new(corner, self.resonance.value());
    }
}
