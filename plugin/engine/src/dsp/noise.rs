//! White noise from a seed. The same seed gives the same noise, so a note sounds the same each
//! time it is passed.

/// A generator of 32 random bits at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noise(u32);

impl Noise {
    /// Realtime: yes
    pub(crate) fn new(seed: u32) -> Self {
        // Zero is the one state that the generator never leaves.
        let mixed = (seed ^ 0x9e37_79b9).wrapping_mul(0x85eb_ca6b);
        Self(if mixed == 0 { 0x6d2b_79f5 } else { mixed })
    }

    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn bits(&mut self) -> u32 {
        let mut state = self.0;
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        self.0 = state;
        state
    }

    /// From -1 up to 1, each value as likely.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn next(&mut self) -> f32 {
        (self.bits() >> 8) as f32 * (1.0 / 8_388_608.0) - 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::Noise;

    #[test]
    fn noise_is_even_and_has_no_offset() {
        for seed in [0, 1, 77, u32::MAX, 0x9e37_79b9] {
            let mut noise = Noise::new(seed);
            let values: Vec<f32> = (0..48_000).map(|_| noise.next()).collect();
            let mean = values.iter().sum::<f32>() / 48_000.0;
            let power = values.iter().map(|value| value * value).sum::<f32>() / 48_000.0;
            assert!(mean.abs() < 0.01, "seed {seed}: mean {mean}");
            assert!(
                (power - 1.0 / 3.0).abs() < 0.01,
                "seed {seed}: power {power}"
            );
        }
    }
}
