//! Filters: a state-variable filter that may be moved every frame, a one-pole, and a blocker of DC.

use super::maths::{snapped, warp};

/// The coefficients of a state-variable filter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tuning {
    k: f32,
    a1: f32,
    a2: f32,
    a3: f32,
}

/// A two-pole filter in the trapezoidal form: stable at any corner and resonance, also while they move.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct StateVariable {
    first: f32,
    second: f32,
}

/// What a state-variable filter gives for one frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bands {
    pub(crate) low: f32,
    pub(crate) high: f32,
}

impl Tuning {
    /// `corner` is a share of the sample rate, `resonance` goes from 0 (none) to 1 (nearly ringing).
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn new(corner: f32, resonance: f32) -> Self {
        let resonance = if resonance > 1.0 {
            1.0
        } else if resonance > 0.0 {
            resonance
        } else {
            0.0
        };
        Self::with_damping(corner, core::f32::consts::SQRT_2 - 1.38 * resonance)
    }

    /// `damping` is one over the filter's quality.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn with_damping(corner: f32, damping: f32) -> Self {
        let g = warp(if corner > 1e-5 { corner } else { 1e-5 });
        let a1 = 1.0 / (1.0 + g * (g + damping));
        let a2 = g * a1;
        Self {
            k: damping,
            a1,
            a2,
            a3: g * a2,
        }
    }

    /// What a step multiplies by.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn paces(&self) -> [f32; 3] {
        [2.0 * self.a1 - 1.0, 2.0 * self.a2, 2.0 * self.a3]
    }

    /// One over the filter's quality.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn damping(&self) -> f32 {
        self.k
    }
}

impl StateVariable {
    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn next(&mut self, input: f32, tuning: &Tuning) -> Bands {
        let rest = input - self.second;
        let band = tuning.a1 * self.first + tuning.a2 * rest;
        let low = self.second + tuning.a2 * self.first + tuning.a3 * rest;
        self.first = snapped(2.0 * band - self.first);
        self.second = snapped(2.0 * low - self.second);
        Bands {
            low,
            high: input - tuning.k * band - low,
        }
    }

    /// A tick of one channel or two: overwrites each input with its low end. Only the last frame is
    /// snapped, so ticks must lie alike however a note is cut.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn run<const SIDES: usize, const FRAMES: usize>(
        states: &mut [Self; 2],
        tuning: &Tuning,
        inputs: &mut [[f32; FRAMES]; SIDES],
    ) {
        let paces = tuning.paces();
        for frame in 0..FRAMES {
            for (state, input) in states.iter_mut().zip(inputs.iter_mut()) {
                let [_, low] = state.step(input[frame], paces);
                input[frame] = 0.5 * low;
            }
        }
        states.iter_mut().for_each(Self::snap);
    }

    /// Twice the band and the low end of a frame, not snapped. Every sum is arranged so that a frame
    /// waits for the one before it as shortly as can be.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn step(&mut self, input: f32, [kept, of_band, of_low]: [f32; 3]) -> [f32; 2] {
        let Self { first, second } = *self;
        self.first = kept * first + (of_band * input - of_band * second);
        self.second = (second + of_low * input) + (of_band * first - of_low * second);
        [first + self.first, second + self.second]
    }

    /// Must be called once in a few dozen steps.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn snap(&mut self) {
        self.first = snapped(self.first);
        self.second = snapped(self.second);
    }

    /// Realtime: yes
    pub(crate) fn is_silent(&self) -> bool {
        self.first == 0.0 && self.second == 0.0
    }
}

/// A filter of one pole: what is left of the input below its corner.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct OnePole {
    state: f32,
}

impl OnePole {
    /// The share for `next` of a corner given as a share of the sample rate.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn share(corner: f32) -> f32 {
        let g = warp(corner);
        g / (1.0 + g)
    }

    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn next(&mut self, input: f32, share: f32) -> f32 {
        let step = (input - self.state) * share;
        let low = self.state + step;
        self.state = snapped(low + step);
        low
    }

    /// Realtime: yes
    pub(crate) fn is_silent(&self) -> bool {
        self.state == 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How loud a tone comes out, as a factor, once the filter has settled.
    fn response(corner: f32, tone: f64, mut filter: impl FnMut(f32, f32) -> f32) -> f64 {
        let mut peak = 0.0_f64;
        for frame in 0..20_000 {
            let input = libm::sin(core::f64::consts::TAU * tone * f64::from(frame));
            let output = filter(super::super::maths::single(input), corner);
            if frame > 10_000 {
                peak = peak.max(f64::from(output.abs()));
            }
        }
        peak
    }

    #[test]
    fn a_low_pass_lets_low_tones_through_and_falls_by_twelve_decibels_an_octave() {
        let mut filter = StateVariable::default();
        let mut low = |input, corner| filter.next(input, &Tuning::new(corner, 0.0)).low;
        assert!((response(0.02, 0.001, &mut low) - 1.0).abs() < 0.01);
        let (near, far) = (
            response(0.005, 0.04, &mut low),
            response(0.005, 0.08, &mut low),
        );
        let octave = 20.0 * libm::log10(near / far);
        assert!((11.0..14.0).contains(&octave), "{octave} dB");
    }

    #[test]
    fn a_high_pass_stops_low_tones() {
        let mut filter = StateVariable::default();
        let mut high = |input, corner| filter.next(input, &Tuning::new(corner, 0.0)).high;
        assert!(response(0.1, 0.001, &mut high) < 0.001);
        assert!((response(0.01, 0.193_1, &mut high) - 1.0).abs() < 0.02);
    }

    #[test]
    fn a_one_pole_falls_by_six_decibels_an_octave() {
        let mut filter = OnePole::default();
        let mut low = |input, corner| filter.next(input, OnePole::share(corner));
        let (near, far) = (
            response(0.002, 0.02, &mut low),
            response(0.002, 0.04, &mut low),
        );
        let octave = 20.0 * libm::log10(near / far);
        assert!((5.5..6.5).contains(&octave), "{octave} dB");
    }

    #[test]
    fn a_filter_left_alone_comes_to_exact_silence() {
        let mut filter = StateVariable::default();
        let tuning = Tuning::new(0.05, 1.0);
        filter.next(1.0, &tuning);
        for _ in 0..200_000 {
            filter.next(0.0, &tuning);
        }
        assert!(filter.is_silent());
    }
}
