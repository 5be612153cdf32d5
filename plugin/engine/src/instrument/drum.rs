//! The drum synthesiser: two falling tones, and noise and metal through two filters, out of which
//! every piece of a kit is made. What makes a piece is in its own file; which note of a kit it is,
//! and what chokes it, is not known here.

mod clap;
mod cowbell;
mod cymbal;
mod finish;
mod hat;
mod kick;
mod metal;
mod path;
mod recipe;
mod rim;
mod shaker;
mod snare;
mod swell;
#[cfg(test)]
mod tests;
mod tom;
mod tone;

use super::{Instrument, Setting, Strike, Values};
use crate::dsp::{
    maths::{count, ratio_of_semitones},
    noise::Noise,
    smooth::Smooth,
};
use finish::Finish;
use lockstep_session::document::instrument::Parameter;
use metal::Metal;
use path::Paths;
use recipe::Recipe;
use swell::Gain;
use tone::Tone;

/// So many frames of a note pass between looks at what moves slowly.
const PERIOD: usize = 16;
/// How long a turned parameter takes for two thirds of its way, in seconds.
const STEERING: f32 = 0.006;

/// What a drum voice may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Kick,
    Snare,
    Clap,
    Hat,
    Tom,
    Rim,
    Cowbell,
    Cymbal,
    Shaker,
    Conga,
}

/// One note of any piece.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drum {
    piece: Piece,
    over: bool,
    velocity: f32,
    /// The note, in semitones, without what tunes the instrument.
    note: f32,
    pitch: Smooth,
    ratio: f32,
    /// Whether something was set that the next look must apply.
    moved: bool,
    /// Whether nothing was heard yet.
    fresh: bool,
    until_look: usize,
    periods: f32,
    tones: [Tone; 2],
    hertz: [f32; 2],
    paths: Paths,
    /// Which tones sound in this period, and whether the paths do.
    rings: [bool; 2],
    rattles: bool,
    noise: Noise,
    hiss: Gain,
    grain: Gain,
    grains: Grains,
    metal: Metal,
    metal_hertz: f32,
    struck: Gain,
    rung: Gain,
    spread: Gain,
    finish: Finish,
}

impl Piece {
    /// The parameters that the piece reads, and where they stand when nothing is said.
    ///
    /// Realtime: yes
    pub(crate) const fn defaults(self) -> &'static [(Parameter, u16)] {
        match self {
            Piece::Kick => kick::DEFAULTS,
            Piece::Snare => snare::DEFAULTS,
            Piece::Clap => clap::DEFAULTS,
            Piece::Hat => hat::DEFAULTS,
            Piece::Tom => tom::DEFAULTS,
            Piece::Rim => rim::DEFAULTS,
            Piece::Cowbell => cowbell::DEFAULTS,
            Piece::Cymbal => cymbal::DEFAULTS,
            Piece::Shaker => shaker::DEFAULTS,
            Piece::Conga => tom::CONGA_DEFAULTS,
        }
    }

    fn recipe(self, values: &Values, velocity: f32) -> Recipe {
        match self {
            Piece::Kick => kick::recipe(values, velocity),
            Piece::Snare => snare::recipe(values, velocity),
            Piece::Clap => clap::recipe(values, velocity),
            Piece::Hat => hat::recipe(values, velocity),
            Piece::Tom => tom::recipe(values, velocity),
            Piece::Rim => rim::recipe(values, velocity),
            Piece::Cowbell => cowbell::recipe(values, velocity),
            Piece::Cymbal => cymbal::recipe(values, velocity),
            Piece::Shaker => shaker::recipe(values, velocity),
            Piece::Conga => tom::conga_recipe(values, velocity),
        }
    }
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

/// Two octaves to either side, and a semitone to either side of that.
fn tuning(setting: &Setting<'_>) -> f32 {
    let bend = if setting.bend.is_finite() {
        setting.bend
    } else {
        0.0
    };
    setting.values.linear(Parameter::Tune, -24.0, 24.0)
        + setting.values.linear(Parameter::Fine, -1.0, 1.0)
        + bend.clamp(-48.0, 48.0)
}

/// A note's pitch, or middle C for what is none.
fn playable(pitch: f32) -> f32 {
    if pitch.is_finite() {
        pitch.clamp(-72.0, 72.0)
    } else {
        0.0
    }
}

impl Drum {
    /// A voice that is silent until it is struck.
    ///
    /// Realtime: yes
    pub(crate) fn new() -> Self {
        let recipe = Recipe::NONE;
        Self {
            piece: Piece::Kick,
            over: true,
            velocity: 0.0,
            note: 0.0,
            pitch: Smooth::new(0.0, 1.0),
            ratio: 1.0,
            moved: false,
            fresh: false,
            until_look: 0,
            periods: 1.0,
            tones: [Tone::default(); 2],
            hertz: [0.0; 2],
            paths: Paths::start(&recipe.paths, recipe.bursts, 48_000.0, 1.0),
            rings: [false; 2],
            rattles: false,
            noise: Noise::new(0),
            hiss: Gain::default(),
            grain: Gain::default(),
            grains: Grains::default(),
            metal: Metal::default(),
            metal_hertz: 0.0,
            struck: Gain::default(),
            rung: Gain::default(),
            spread: Gain::default(),
            finish: Finish::new(&recipe, 0.0, 48_000.0, 1.0),
        }
    }

    /// What the next strike is of.
    ///
    /// Realtime: yes
    pub(crate) fn choose(&mut self, piece: Piece) {
        self.piece = piece;
    }

    /// Applies what moves slowly. Comes once every period of the note's own time.
    fn look(&mut self, rate: f32) {
        if self.tones.iter().all(Tone::is_over) && self.paths.are_over() && self.finish.is_silent()
        {
            self.over = true;
            return;
        }
        let moved = self.moved || !self.pitch.has_arrived();
        self.moved = false;
        if moved {
            self.ratio = ratio_of_semitones(self.pitch.next());
            let scale = self.ratio / rate;
            for (tone, hertz) in self.tones.iter_mut().zip(self.hertz) {
                tone.tune(hertz * scale);
            }
            self.metal.tune(self.metal_hertz * scale);
        }
        for (tone, rings) in self.tones.iter_mut().zip(&mut self.rings) {
            *rings = !tone.is_over();
            if *rings {
                tone.tick();
            }
        }
        self.rattles = !self.paths.are_over();
        if self.rattles {
            self.paths.tick(rate, self.ratio, moved);
        }
        for gain in [
            &mut self.hiss,
            &mut self.grain,
            &mut self.struck,
            &mut self.rung,
            &mut self.spread,
        ] {
            gain.tick();
        }
        self.finish.tick(rate);
        if self.fresh {
            self.fresh = false;
            self.warm();
        }
    }

    /// The metal of a machine hums behind a closed door at all times: what the filters make of its
    /// sudden beginning must not be heard.
    fn warm(&mut self) {
        if self.struck.is_nothing() && self.rung.is_nothing() {
            return;
        }
        for _ in 0..4 {
            let mut source = [0.0_f32; PERIOD];
            let mut beside = [0.0_f32; PERIOD];
            self.rattle(&mut source, &mut beside, false);
            self.paths.warm(&source, &beside);
        }
    }

    /// At most to the end of the period.
    fn sound(&mut self, left: &mut [f32], right: &mut [f32]) {
        let length = left.len().min(PERIOD);
        let mut middle = [0.0_f32; PERIOD];
        let mut wide = [0.0_f32; PERIOD];
        let (middle, wide) = (&mut middle[..length], &mut wide[..length]);
        for (tone, rings) in self.tones.iter_mut().zip(self.rings) {
            if rings {
                tone.add(middle);
            }
        }
        let is_wide = !self.spread.is_nothing();
        if self.rattles {
            let mut source = [0.0_f32; PERIOD];
            let mut beside = [0.0_f32; PERIOD];
            let (source, beside) = (&mut source[..length], &mut beside[..length]);
            self.rattle(source, beside, is_wide);
            self.paths.add(source, beside, middle, wide);
        }
        for wide in wide.iter_mut() {
            *wide *= self.spread.next();
        }
        self.finish.apply(middle, wide, is_wide);
        let outputs = left.iter_mut().zip(right);
        for ((left, right), (middle, wide)) in outputs.zip(middle.iter().zip(wide.iter())) {
            *left = middle + wide;
            *right = middle - wide;
        }
    }

    /// Noise and metal, as they go into the filters.
    fn rattle(&mut self, source: &mut [f32], beside: &mut [f32], is_wide: bool) {
        if !self.hiss.is_nothing() {
            let grainy = !self.grain.is_nothing();
            for (source, beside) in source.iter_mut().zip(beside.iter_mut()) {
                let mut level = self.hiss.next();
                if grainy {
                    let grains = self.grains.next(self.noise.bits());
                    level *= 1.0 + (grains * 2.0 - 1.0) * self.grain.next();
                }
                *source = self.noise.next() * level;
                if is_wide {
                    *beside = self.noise.next() * level;
                }
            }
        }
        if !(self.struck.is_nothing() && self.rung.is_nothing()) {
            for (source, beside) in source.iter_mut().zip(beside.iter_mut()) {
                let [sum, products, difference] = self.metal.next();
                let struck = self.struck.next();
                *source += sum * struck + products * self.rung.next();
                *beside += difference * struck;
            }
        }
    }
}

impl Instrument for Drum {
    fn strike(&mut self, setting: &Setting<'_>, strike: Strike) {
        let rate = setting.rate;
        let velocity = if strike.velocity.is_finite() {
            strike.velocity.clamp(0.0, 1.0)
        } else {
            0.0
        };
        let recipe = self.piece.recipe(setting.values, velocity);
        let periods = STEERING * rate / PERIOD as f32;
        let mut noise = Noise::new(strike.seed);
        self.over = false;
        self.velocity = velocity;
        self.note = playable(strike.pitch);
        self.periods = periods;
        self.pitch = Smooth::new(self.note + tuning(setting), self.gliding(setting));
        if let Some(from) = strike.from
            && setting.values.share(Parameter::Glide) > 0.0
        {
            self.pitch.jump(playable(from) + tuning(setting));
            self.pitch.aim(self.note + tuning(setting));
        }
        self.moved = true;
        self.fresh = true;
        self.until_look = 0;
        self.tones = recipe.tones.map(|tone| Tone::start(&tone, rate, periods));
        self.hertz = recipe.tones.map(|tone| tone.hertz);
        self.paths = Paths::start(&recipe.paths, recipe.bursts, rate, periods);
        self.hiss = Gain::new(recipe.hiss, periods);
        self.grain = Gain::new(recipe.grain, periods);
        self.grains = Grains::new(rate);
        self.metal = Metal::start(recipe.metal.alloy, &mut noise);
        self.metal_hertz = recipe.metal.hertz;
        self.struck = Gain::new(recipe.metal.gain * (1.0 - recipe.metal.ring), periods);
        self.rung = Gain::new(recipe.metal.gain * recipe.metal.ring, periods);
        self.spread = Gain::new(recipe.spread, periods);
        self.finish = Finish::new(&recipe, velocity, rate, periods);
        self.noise = noise;
    }

    fn slide(&mut self, setting: &Setting<'_>, pitch: f32) {
        self.note = playable(pitch);
        self.pitch = Smooth::new(self.pitch.value(), self.gliding(setting));
        self.pitch.aim(self.note + tuning(setting));
    }

    fn release(&mut self) {}

    fn steer(&mut self, setting: &Setting<'_>) {
        if self.over {
            return;
        }
        let recipe = self.piece.recipe(setting.values, self.velocity);
        self.pitch.aim(self.note + tuning(setting));
        self.moved = true;
        for (tone, recipe) in self.tones.iter_mut().zip(&recipe.tones) {
            tone.steer(recipe, setting.rate);
        }
        self.hertz = recipe.tones.map(|tone| tone.hertz);
        self.paths.steer(&recipe.paths, setting.rate);
        self.hiss.aim(recipe.hiss);
        self.grain.aim(recipe.grain);
        self.metal_hertz = recipe.metal.hertz;
        self.struck
            .aim(recipe.metal.gain * (1.0 - recipe.metal.ring));
        self.rung.aim(recipe.metal.gain * recipe.metal.ring);
        self.spread.aim(recipe.spread);
        self.finish.steer(&recipe, self.velocity);
    }

    fn render(&mut self, setting: &Setting<'_>, left: &mut [f32], right: &mut [f32]) {
        let (mut left, mut right) = (left, right);
        while !left.is_empty() {
            if !self.over && self.until_look == 0 {
                self.look(setting.rate);
                self.until_look = PERIOD;
            }
            if self.over {
                left.fill(0.0);
                right.fill(0.0);
                return;
            }
            let length = self.until_look.min(left.len()).min(right.len());
            let (now, later) = left.split_at_mut(length);
            let (now_right, later_right) = right.split_at_mut(length);
            self.sound(now, now_right);
            self.until_look -= length;
            (left, right) = (later, later_right);
        }
    }

    fn is_over(&self) -> bool {
        self.over
    }
}

impl Drum {
    /// After how many periods two thirds of a slide are done.
    fn gliding(&self, setting: &Setting<'_>) -> f32 {
        let share = setting.values.share(Parameter::Glide);
        self.periods * (1.0 + 60.0 * share * share)
    }
}
