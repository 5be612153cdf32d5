//! Four operators that modulate one another. It knows nothing of what is played on them.

mod operator;
mod plan;
mod wobble;

use super::ahead::{Ahead, Frames, PER_TICK};
use super::glide::{Glide, seconds_of_glide};
use super::{Instrument, Setting, Strike};
use crate::dsp::envelope::{Contour, Envelope};
use crate::dsp::maths::{phase_step, ratio_of_semitones, snapped};
use crate::dsp::smooth::Smooth;
use lockstep_session::document::instrument::Parameter;
use operator::{Drive, Operator};
use plan::{ALGORITHMS, Plan};
use wobble::Wobble;

/// A soft electric piano. The operators' pitches are `Ratio` for the second, `Tone` for the third
/// and `SecondTune` for the last; their strengths `Depth`, `SecondMix` and `Brightness`. The first
/// envelope is that of what is heard, the filter's that of what is not; `Snap` lets the second
/// operator fade before the others.
pub(crate) const DEFAULTS: &[(Parameter, u16)] = &[
    (Parameter::Tune, 5_000),
    (Parameter::Fine, 5_000),
    (Parameter::Algorithm, 5_600),
    (Parameter::Ratio, 9_400),
    (Parameter::Tone, 1_000),
    (Parameter::SecondTune, 1_000),
    (Parameter::Depth, 2_000),
    (Parameter::SecondMix, 7_000),
    (Parameter::Brightness, 3_000),
    (Parameter::Feedback, 0),
    (Parameter::Snap, 5_000),
    (Parameter::Detune, 1_500),
    (Parameter::Spread, 3_000),
    (Parameter::Attack, 0),
    (Parameter::Decay, 7_000),
    (Parameter::Sustain, 0),
    (Parameter::Release, 4_500),
    (Parameter::FilterAttack, 0),
    (Parameter::FilterDecay, 6_000),
    (Parameter::FilterSustain, 1_000),
    (Parameter::FilterRelease, 4_500),
    (Parameter::FilterAmount, 10_000),
    (Parameter::LfoRate, 6_500),
    (Parameter::LfoDepth, 0),
    (Parameter::LfoTarget, 0),
    (Parameter::Glide, 0),
];

/// What full velocity peaks at, about.
const LEVEL: f32 = 0.45;
/// How soon a moved parameter has arrived, in ticks.
const SOON: f32 = 10.0;
/// What the output keeps of an offset from frame to frame falls by this many hertz.
const LOWEST: f32 = 6.0;
/// An offset smaller than this is nothing.
const REST: f32 = 1e-5;
/// How many ticks the sound steps aside for while the operators are joined in another way.
const ASIDE: f32 = 0.125;

/// One note of four operators.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fm {
    ahead: Ahead,
    note: Sounding,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sounding {
    is_over: bool,
    operators: [Operator; 4],
    turns: [f32; 4],
    levels: [Smooth; 4],
    /// Where the levels go once the operators are joined as wanted.
    targets: [f32; 4],
    feedback: Smooth,
    /// How the operators are joined, how they are to be, and how much is heard while that changes.
    algorithm: usize,
    wanted: usize,
    heard: f32,
    key: f32,
    pitch: f32,
    velocity: f32,
    glide: Glide,
    first: Envelope,
    second: Envelope,
    /// How much the second envelope says, and how much faster the second operator falls.
    amount: Smooth,
    snap: Smooth,
    spread: Smooth,
    wobble: Wobble,
    /// Where the voice stands between the sides.
    sides: [f32; 2],
    block: [Blocker; 2],
    keep: f32,
}

/// Takes away what does not move.
#[derive(Clone, Copy, Debug, Default)]
struct Blocker {
    input: f32,
    output: f32,
}

impl Instrument for Fm {
    fn strike(&mut self, setting: &Setting<'_>, strike: Strike) {
        *self = Self::default();
        self.note.strike(setting, strike);
    }

    fn slide(&mut self, setting: &Setting<'_>, pitch: f32) {
        self.note.key = pitch;
        let seconds = seconds_of_glide(setting.values.share(Parameter::Glide));
        self.note.tune(setting, seconds);
        self.note.aim(setting, Smooth::aim);
    }

    fn release(&mut self) {
        self.note.first.release();
        self.note.second.release();
    }

    fn steer(&mut self, setting: &Setting<'_>) {
        self.note.tune(setting, 0.0);
        self.note.aim(setting, Smooth::aim);
    }

    fn render(&mut self, _: &Setting<'_>, left: &mut [f32], right: &mut [f32]) {
        let note = &mut self.note;
        self.ahead
            .render(left, right, |left, right| note.compute(left, right));
    }

    fn is_over(&self) -> bool {
        self.note.is_over && self.ahead.is_silent()
    }
}

impl Sounding {
    fn strike(&mut self, setting: &Setting<'_>, strike: Strike) {
        let values = setting.values;
        let fresh = Smooth::new(0.0, SOON);
        self.levels = [fresh; 4];
        self.feedback = fresh;
        self.amount = fresh;
        self.snap = fresh;
        self.spread = fresh;
        self.key = strike.pitch;
        self.velocity = strike.velocity;
        self.keep = 1.0 - core::f32::consts::TAU * LOWEST / setting.rate;
        self.tune(setting, 0.0);
        self.glide = Glide::arrived();
        let seconds = seconds_of_glide(values.share(Parameter::Glide));
        if let Some(from) = strike.from.filter(|_| seconds > 0.0) {
            self.glide.turn(strike.pitch - from, seconds, setting.rate);
        }
        self.wobble = Wobble::new(SOON);
        self.aim(setting, Smooth::jump);
        self.join();
        self.heard = 1.0;
        self.sides = [1.0; 2];
        self.first.strike();
        self.second.strike();
    }

    /// Goes to the pitch of the key, the tuning and the wheel.
    fn tune(&mut self, setting: &Setting<'_>, seconds: f32) {
        let values = setting.values;
        let tuned =
            values.linear(Parameter::Tune, -24.0, 24.0) + values.linear(Parameter::Fine, -1.0, 1.0);
        let pitch = self.key + tuned + setting.bend;
        let pitch = if pitch.is_finite() {
            pitch.clamp(-96.0, 96.0)
        } else {
            0.0
        };
        self.glide.turn(pitch - self.pitch, seconds, setting.rate);
        self.pitch = pitch;
    }

    fn aim(&mut self, setting: &Setting<'_>, go: fn(&mut Smooth, f32)) {
        let values = setting.values;
        let plan = Plan::new(setting, self.pitch, self.velocity);
        self.wanted = plan.algorithm;
        self.turns = plan.turns;
        self.targets = plan.levels;
        // A level means something else in another algorithm, so it waits for that.
        if self.wanted == self.algorithm {
            for (level, target) in self.levels.iter_mut().zip(self.targets) {
                go(level, target);
            }
        }
        go(&mut self.feedback, plan.feedback);
        go(&mut self.amount, values.share(Parameter::FilterAmount));
        go(&mut self.snap, values.share(Parameter::Snap));
        go(&mut self.spread, values.share(Parameter::Spread));
        self.wobble.aim(setting, go);
        let rate = setting.rate * PER_TICK;
        let seconds = |share: f32| 4.0 * share * share * share;
        self.first.aim(
            &Contour {
                attack: seconds(values.share(Parameter::Attack)),
                hold: 0.0,
                decay: values.ratio(Parameter::Decay, 0.03, 20.0),
                sustain: values.share(Parameter::Sustain),
                release: values.ratio(Parameter::Release, 0.01, 10.0),
            },
            rate,
        );
        self.second.aim(
            &Contour {
                attack: seconds(values.share(Parameter::FilterAttack)),
                hold: 0.0,
                decay: values.ratio(Parameter::FilterDecay, 0.03, 20.0),
                sustain: values.share(Parameter::FilterSustain),
                release: values.ratio(Parameter::FilterRelease, 0.01, 10.0),
            },
            rate,
        );
    }

    fn compute(&mut self, left: &mut Frames, right: &mut Frames) {
        left.fill(0.0);
        right.fill(0.0);
        if self.is_over {
            return;
        }
        self.step_aside();
        self.wobble.tick();
        let drives = self.drives();
        let algorithm = &ALGORITHMS[self.algorithm & 7];
        let mut outputs = [[0.0; 16]; 4];
        for index in (0..4).rev() {
            let drive = &drives[index];
            if self.operators[index].is_silent(drive) {
                self.operators[index].rest(drive);
                continue;
            }
            let mut frames = [0.0; 16];
            if index == 3 && drive.feedback > 0.0 {
                self.operators[index].run_fed_back(drive, &mut frames);
            } else {
                let mut moves = [0.0; 16];
                for (output, moves_it) in outputs.iter().zip(algorithm.moved_by[index]) {
                    if moves_it {
                        for (sum, value) in moves.iter_mut().zip(output) {
                            *sum += value;
                        }
                    }
                }
                self.operators[index].run(drive, &moves, &mut frames);
            }
            outputs[index] = frames;
        }
        self.mix(&outputs, algorithm.is_heard, left, right);
        let is_still = drives
            .iter()
            .zip(algorithm.is_heard)
            .all(|(drive, is_heard)| !is_heard || drive.level == 0.0);
        let rest = |block: &Blocker| block.output.abs() < REST;
        self.is_over = self.first.is_over() && is_still && self.block.iter().all(rest);
    }

    /// Steps aside, joins the operators as wanted, and comes back.
    fn step_aside(&mut self) {
        if self.wanted == self.algorithm {
            self.heard = (self.heard + ASIDE).min(1.0);
        } else if self.heard > 0.0 {
            self.heard = (self.heard - ASIDE).max(0.0);
        } else {
            self.join();
        }
    }

    fn join(&mut self) {
        self.algorithm = self.wanted;
        for (level, target) in self.levels.iter_mut().zip(self.targets) {
            level.jump(target);
        }
        for operator in &mut self.operators {
            operator.silence();
        }
    }

    /// What each operator does until the end of this tick.
    fn drives(&mut self) -> [Drive; 4] {
        let heard = self.first.next() * self.heard * LEVEL * loudness(self.velocity);
        let heard = heard * self.wobble.loudness();
        let envelope = self.second.next();
        let amount = self.amount.next();
        let unheard = (1.0 - amount + amount * envelope) * self.wobble.depth();
        let snap = self.snap.next();
        let square = envelope * envelope;
        let sudden = 1.0 - snap + snap * square * square;
        let mut pitch = self.wobble.semitones();
        if self.glide.is_moving() {
            pitch += self.glide.next();
        }
        let bent = if pitch == 0.0 {
            1.0
        } else {
            ratio_of_semitones(pitch)
        };
        let feedback = self.feedback.next() * unheard;
        let is_heard = ALGORITHMS[self.algorithm & 7].is_heard;
        let mut drives = [Drive::default(); 4];
        for (index, drive) in drives.iter_mut().enumerate() {
            let envelope = if is_heard[index] { heard } else { unheard };
            let sudden = if index == 1 { sudden } else { 1.0 };
            *drive = Drive {
                step: phase_step(self.turns[index] * bent),
                level: snapped(self.levels[index].next() * envelope * sudden),
                feedback: if index == 3 { feedback } else { 0.0 },
            };
        }
        drives
    }

    /// Puts what is heard between the sides: each operator at its place, as far as they are spread.
    fn mix(
        &mut self,
        outputs: &[Frames; 4],
        is_heard: [bool; 4],
        left: &mut Frames,
        right: &mut Frames,
    ) {
        let alone = is_heard.iter().filter(|heard| **heard).count() == 1;
        let spread = if alone { 0.0 } else { self.spread.next() };
        for ((output, place), is_heard) in outputs.iter().zip(PLACES).zip(is_heard) {
            if is_heard {
                let aside = place * spread;
                let (here, there) = (1.0 - aside, 1.0 + aside);
                for ((left, right), value) in left.iter_mut().zip(right.iter_mut()).zip(output) {
                    *left += here * value;
                    *right += there * value;
                }
            }
        }
        let sides = self.wobble.sides();
        let [from_left, from_right] = self.sides;
        let slope_left = (sides[0] - from_left) * PER_TICK;
        let slope_right = (sides[1] - from_right) * PER_TICK;
        self.sides = sides;
        let [mut here, mut there] = self.block;
        for (frame, (left, right)) in left.iter_mut().zip(right.iter_mut()).enumerate() {
            let at = frame as f32;
            *left = here.next(*left * (from_left + slope_left * at), self.keep);
            *right = there.next(*right * (from_right + slope_right * at), self.keep);
        }
        // Once a tick is often enough: nothing falls from there to a denormal number within one.
        here.output = snapped(here.output);
        there.output = snapped(there.output);
        self.block = [here, there];
    }
}

/// Where the operators stand, from left to right, when they are spread.
const PLACES: [f32; 4] = [-0.5, 0.3, 0.5, -0.3];

fn loudness(velocity: f32) -> f32 {
    velocity * (0.4 + 0.6 * velocity)
}

impl Blocker {
    #[inline(always)]
    fn next(&mut self, input: f32, keep: f32) -> f32 {
        self.output = input - self.input + keep * self.output;
        self.input = input;
        self.output
    }
}

#[cfg(test)]
mod tests;
