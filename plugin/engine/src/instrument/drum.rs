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
mod piece;
mod rattle;
mod recipe;
mod rim;
mod shaker;
mod snare;
mod swell;
#[cfg(test)]
mod tests;
mod tom;
mod tone;

use super::{Instrument, Setting, Strike};
use crate::dsp::{maths::ratio_of_semitones, smooth::Smooth};
use finish::Finish;
use lockstep_session::document::instrument::Parameter;
use path::Paths;
pub(crate) use piece::Piece;
use rattle::Rattle;
use recipe::Recipe;
use swell::Gain;
use tone::Tone;

/// So many frames of a note pass between looks at what moves slowly.
const PERIOD: usize = 16;
/// How far into a period each of its frames lies.
const AT: [f32; PERIOD] = [
    1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0,
];
/// How long a turned parameter takes for two thirds of its way, in seconds.
const STEERING: f32 = 0.006;

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
    rattle: Rattle,
    spread: Gain,
    finish: Finish,
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
            rattle: Rattle::start(&recipe, 0, 48_000.0, 1.0),
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

    /// After how many periods two thirds of a slide are done.
    fn gliding(&self, setting: &Setting<'_>) -> f32 {
        let share = setting.values.share(Parameter::Glide);
        self.periods * (1.0 + 60.0 * share * share)
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
            self.rattle.tune(scale);
        }
        for (tone, rings) in self.tones.iter_mut().zip(&mut self.rings) {
            *rings = !tone.is_over();
            if *rings {
                tone.tick();
                *rings = !tone.is_silent();
            }
        }
        self.rattles = !self.paths.are_over();
        if self.rattles {
            self.paths.tick(rate, self.ratio, moved);
        }
        self.rattle.tick();
        self.spread.tick();
        self.finish.tick(rate);
        if self.fresh {
            self.fresh = false;
            self.warm();
        }
    }

    /// The metal of a machine hums behind a closed door at all times: what the filters make of its
    /// sudden beginning must not be heard.
    fn warm(&mut self) {
        if !self.rattle.has_metal() {
            return;
        }
        for _ in 0..4 {
            let mut source = [0.0_f32; PERIOD];
            let mut beside = [0.0_f32; PERIOD];
            self.rattle.fill(&AT, &mut source, &mut beside, false);
            self.paths.warm(&source, &beside);
        }
    }

    /// At most to the end of the period.
    fn sound(&mut self, left: &mut [f32], right: &mut [f32]) {
        let passed = PERIOD - self.until_look;
        let at = AT.get(passed..passed + left.len()).unwrap_or(&[]);
        let mut middle = [0.0_f32; PERIOD];
        let mut wide = [0.0_f32; PERIOD];
        let (middle, wide) = (&mut middle[..at.len()], &mut wide[..at.len()]);
        for (tone, rings) in self.tones.iter_mut().zip(self.rings) {
            if rings {
                tone.add(at, middle);
            }
        }
        let is_wide = !self.spread.is_nothing();
        if self.rattles {
            let mut source = [0.0_f32; PERIOD];
            let mut beside = [0.0_f32; PERIOD];
            let (source, beside) = (&mut source[..at.len()], &mut beside[..at.len()]);
            self.rattle.fill(at, source, beside, is_wide);
            self.paths.add(at, [source, beside], [middle, wide]);
        }
        if is_wide {
            for (wide, at) in wide.iter_mut().zip(at) {
                *wide *= self.spread.at(*at);
            }
            self.finish.apply(at, middle, wide);
            let outputs = left.iter_mut().zip(right);
            for ((left, right), (middle, wide)) in outputs.zip(middle.iter().zip(wide.iter())) {
                *left = middle + wide;
                *right = middle - wide;
            }
        } else {
            self.finish.apply_narrow(at, middle);
            for ((left, right), middle) in left.iter_mut().zip(right).zip(middle.iter()) {
                *left = *middle;
                *right = *middle;
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
        self.rattle = Rattle::start(&recipe, strike.seed, rate, periods);
        self.spread = Gain::new(recipe.spread, periods);
        self.finish = Finish::new(&recipe, velocity, rate, periods);
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
        self.rattle.steer(&recipe);
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
