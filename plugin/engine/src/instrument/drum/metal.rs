//! A handful of square waves in no simple ratio: what cymbals and cowbells of drum machines are
//! filtered out of. It knows no filter and no envelope.

use super::recipe::Alloy;
use crate::dsp::{maths::phase_step, noise::Noise};

const WAVES: usize = 8;

/// The waves, side by side so that a processor may do several at once.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Metal {
    phases: [u32; WAVES],
    steps: [u32; WAVES],
    /// How steep an edge is: it takes one frame to either side.
    edges: [f32; WAVES],
    /// The share of each wave in the sum.
    sums: [f32; WAVES],
    ratios: [f32; WAVES],
}

impl Alloy {
    fn ratios(self) -> ([f32; WAVES], [f32; WAVES]) {
        match self {
            Alloy::Six => (
                [1.0, 1.482_7, 1.800_3, 2.546, 2.630_3, 3.896_7, 1.0, 1.0],
                [0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.0, 0.0],
            ),
            Alloy::Eight => (
                [
                    1.0, 1.341_1, 1.567_9, 1.713_3, 2.097_7, 2.443_1, 2.915, 3.479,
                ],
                [0.25; WAVES],
            ),
            Alloy::Two => (
                [1.0, 1.481_5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
                [0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            ),
        }
    }
}

impl Metal {
    /// Each note begins elsewhere in the waves, as in machines whose oscillators never stop.
    ///
    /// Realtime: yes
    pub(super) fn start(alloy: Alloy, noise: &mut Noise) -> Self {
        let (ratios, sums) = alloy.ratios();
        let mut metal = Self {
            ratios,
            sums,
            ..Self::default()
        };
        for phase in &mut metal.phases {
            *phase = noise.bits();
        }
        metal
    }

    /// `turns` is how far the lowest wave goes in a frame.
    ///
    /// Realtime: yes
    pub(super) fn tune(&mut self, turns: f32) {
        let settings = self.steps.iter_mut().zip(&mut self.edges);
        for ((step, edge), ratio) in settings.zip(&self.ratios) {
            // Above a quarter of the sample rate there is no room for both edges.
            let turns = (turns * ratio).clamp(1e-6, 0.24);
            *step = phase_step(turns);
            *edge = 0.5 / turns;
        }
    }

    /// The sum of the waves, the products of pairs of them, and the difference of every other wave,
    /// for what is not in the middle.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(super) fn next(&mut self) -> [f32; 3] {
        let mut waves = [0.0_f32; WAVES];
        let settings = self.steps.iter().zip(&self.edges);
        let phases = self.phases.iter_mut().zip(settings);
        for (wave, (phase, (step, edge))) in waves.iter_mut().zip(phases) {
            *phase = phase.wrapping_add(*step);
            let place = phase.cast_signed() as f32 * (1.0 / 2_147_483_648.0);
            // The edges lie at the middle and at both ends. Around them a parabola takes the place
            // of the jump, so that little is left of what would fold back from above.
            let near = (0.5 - (place.abs() - 0.5).abs()) * edge;
            let near = if near < 1.0 { near } else { 1.0 };
            let size = near * (2.0 - near);
            *wave = if place < 0.0 { -size } else { size };
        }
        let sums = &self.sums;
        let even =
            waves[0] * sums[0] + waves[2] * sums[2] + waves[4] * sums[4] + waves[6] * sums[6];
        let odd = waves[1] * sums[1] + waves[3] * sums[3] + waves[5] * sums[5] + waves[7] * sums[7];
        let products = waves[0] * waves[5] + waves[1] * waves[3] + waves[2] * waves[4];
        [even + odd, products * 0.4, even - odd]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How strong one tone is in a signal, as an amplitude.
    fn strength(signal: &[f32], turns: f64) -> f64 {
        let (mut real, mut imaginary) = (0.0, 0.0);
        let length = f64::from(u32::try_from(signal.len()).expect("short"));
        for (index, value) in (0_u32..).zip(signal) {
            let place = f64::from(index) / length;
            let window = 1.0 - libm::cos(core::f64::consts::TAU * place);
            let angle = core::f64::consts::TAU * turns * f64::from(index);
            real += f64::from(*value) * window * libm::cos(angle);
            imaginary += f64::from(*value) * window * libm::sin(angle);
        }
        2.0 * libm::sqrt(real * real + imaginary * imaginary) / length
    }

    #[test]
    fn a_wave_is_a_square_and_folds_little_back() {
        let mut noise = Noise::new(1);
        let mut metal = Metal::start(Alloy::Two, &mut noise);
        // Only the first wave, at 811 Hz of 48 kHz.
        metal.sums = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        let turns = 811.0 / 48_000.0;
        metal.tune(turns);
        let signal: Vec<f32> = (0..16_384).map(|_| metal.next()[0]).collect();
        let turns = f64::from(turns);
        let first = strength(&signal, turns);
        assert!(
            (first - 4.0 / core::f64::consts::PI).abs() < 0.01,
            "{first}"
        );
        assert!((strength(&signal, turns * 3.0) / first - 1.0 / 3.0).abs() < 0.01);
        for harmonic in [49.0, 51.0, 53.0] {
            let folded = strength(&signal, 1.0 - turns * harmonic);
            assert!(folded / first < 0.001, "harmonic {harmonic}: {folded}");
        }
    }
}
