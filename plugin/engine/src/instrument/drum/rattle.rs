//! What goes into the filters of a drum: noise, whole or in grains, and metal.

use super::{metal::Metal, recipe::Recipe, swell::Gain};
use crate::dsp::{maths::count, noise::Noise};

#[derive(Clone, Copy, Debug)]
pub(super) struct Rattle {
    noise: Noise,
    hiss: Gain,
    grain: Gain,
    grains: Grains,
    metal: Metal,
    metal_hertz: f32,
    struck: Gain,
    rung: Gain,
}

/// Beads that strike a shell at random and are heard for a moment each.
#[derive(Clone, Copy, Debug, Default)]
struct Grains {
    level: f32,
    keep: f32,
    chance: u32,
}

impl Grains {
    fn new(rate: f32) -> Self {
        // About 400 beads a second, each of a millisecond and a half.
        let chance = 65_536.0 * 400.0 / rate;
        Self {
            level: 1.0,
            keep: 1.0 - 700.0 / if rate > 1_400.0 { rate } else { 1_400.0 },
            chance: u32::try_from(count(f64::from(chance))).unwrap_or(0),
        }
    }

    #[inline(always)]
    fn next(&mut self, bits: u32) -> f32 {
        self.level *= self.keep;
        if bits >> 16 < self.chance {
            self.level += (bits & 0xffff) as f32 * (1.0 / 65_536.0);
        }
        self.level
    }
}

impl Rattle {
    /// Realtime: yes
    pub(super) fn start(recipe: &Recipe, seed: u32, rate: f32, periods: f32) -> Self {
        let mut noise = Noise::new(seed);
        let [struck, rung] = recipe.metal.gains();
        Self {
            hiss: Gain::new(recipe.hiss, periods),
            grain: Gain::new(recipe.grain, periods),
            grains: Grains::new(rate),
            metal: Metal::start(recipe.metal.alloy, &mut noise),
            metal_hertz: recipe.metal.hertz,
            struck: Gain::new(struck, periods),
            rung: Gain::new(rung, periods),
            noise,
        }
    }

    /// Realtime: yes
    pub(super) fn steer(&mut self, recipe: &Recipe) {
        let [struck, rung] = recipe.metal.gains();
        self.hiss.aim(recipe.hiss);
        self.grain.aim(recipe.grain);
        self.metal_hertz = recipe.metal.hertz;
        self.struck.aim(struck);
        self.rung.aim(rung);
    }

    /// `scale` is how many turns a frame a hertz is.
    ///
    /// Realtime: yes
    pub(super) fn tune(&mut self, scale: f32) {
        self.metal.tune(self.metal_hertz * scale);
    }

    /// Must be called once every period.
    ///
    /// Realtime: yes
    pub(super) fn tick(&mut self) {
        for gain in [
            &mut self.hiss,
            &mut self.grain,
            &mut self.struck,
            &mut self.rung,
        ] {
            gain.tick();
        }
    }

    /// Realtime: yes
    pub(super) fn has_metal(&self) -> bool {
        !(self.struck.is_nothing() && self.rung.is_nothing())
    }

    /// Fills two silent buffers: what is in the middle, and what lies beside it if anybody hears
    /// that. `at` is how far into the period each frame lies.
    ///
    /// Realtime: yes
    pub(super) fn fill(
        &mut self,
        at: &[f32],
        source: &mut [f32],
        beside: &mut [f32],
        is_wide: bool,
    ) {
        if !self.hiss.is_nothing() {
            let grainy = !self.grain.is_nothing();
            for ((source, beside), at) in source.iter_mut().zip(beside.iter_mut()).zip(at) {
                let mut level = self.hiss.at(*at);
                if grainy {
                    let grains = self.grains.next(self.noise.bits());
                    level *= 1.0 + (grains * 2.0 - 1.0) * self.grain.at(*at);
                }
                *source = self.noise.next() * level;
                if is_wide {
                    *beside = self.noise.next() * level;
                }
            }
        }
        if self.has_metal() {
            let mut metal = self.metal;
            for ((source, beside), at) in source.iter_mut().zip(beside.iter_mut()).zip(at) {
                let [sum, products, difference] = metal.next();
                let struck = self.struck.at(*at);
                *source += sum * struck + products * self.rung.at(*at);
                *beside += difference * struck;
            }
            self.metal = metal;
        }
    }
}
