//! A slow oscillator that moves other values. It is asked once a tick, and knows nothing of what
//! it moves.

use super::maths::{sine, turns};
use super::noise::Noise;

/// A slow oscillator that starts at zero with its note.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lfo {
    phase: u32,
    noise: Noise,
    from: f32,
    to: f32,
}

impl Lfo {
    /// `seed` is that of its random course.
    ///
    /// Realtime: yes
    pub(crate) fn new(seed: u32) -> Self {
        let mut noise = Noise::new(seed ^ 0x51f0_1f05);
        let to = noise.next();
        Self {
            phase: 0,
            noise,
            from: 0.0,
            to,
        }
    }

    /// A sine from -1 to 1, rising at first.
    ///
    /// Realtime: yes
    pub(crate) fn wave(&self) -> f32 {
        sine(turns(self.phase))
    }

    /// Goes from one random value between -1 and 1 to another in the course of each turn.
    ///
    /// Realtime: yes
    pub(crate) fn wander(&self) -> f32 {
        let way = turns(self.phase);
        // Slow at both ends, so that it has no corners.
        self.from + (self.to - self.from) * way * way * (3.0 - 2.0 * way)
    }

    /// On to the next tick, by a part of a turn made by `phase_step`.
    ///
    /// Realtime: yes
    pub(crate) fn advance(&mut self, step: u32) {
        let (phase, turned) = self.phase.overflowing_add(step);
        self.phase = phase;
        if turned {
            self.from = self.to;
            self.to = self.noise.next();
        }
    }
}

impl Default for Lfo {
    /// Realtime: yes
    fn default() -> Self {
        Self::new(0)
    }
}

#[cfg(test)]
mod tests {
    use super::Lfo;
    use crate::dsp::maths::phase_step;

    #[test]
    fn it_starts_at_zero_turns_in_its_time_and_never_jumps() {
        let step = phase_step(0.001);
        let mut lfo = Lfo::new(3);
        assert_eq!((lfo.wave(), lfo.wander()), (0.0, 0.0));
        let (mut wave, mut wander) = (0.0, 0.0);
        let (mut rises, mut lowest, mut highest) = (0, 0.0_f32, 0.0_f32);
        for _ in 0..20_000 {
            lfo.advance(step);
            if wave < 0.0 && lfo.wave() >= 0.0 {
                rises += 1;
            }
            assert!((lfo.wave() - wave).abs() < 0.007);
            assert!((lfo.wander() - wander).abs() < 0.004);
            (wave, wander) = (lfo.wave(), lfo.wander());
            (lowest, highest) = (lowest.min(wander), highest.max(wander));
        }
        assert!((19..=20).contains(&rises), "{rises}");
        assert!(lowest < -0.5 && highest > 0.5, "{lowest} to {highest}");
    }
}
