//! Sixteen delay lines that feed each other through a matrix that keeps all energy. The lengths are
//! prime, so echoes do not fall together, and pairs of lines are turned into each other slowly, so no
//! tone stands for long. How long sound lasts is decided by each line's gain alone.

use super::super::heard;
use crate::dsp::maths::{count, phase_step, sine, single, snapped, turns};

const LINES: usize = 16;
const PAIRS: usize = LINES / 2;
/// Milliseconds.
const LENGTHS: [f64; LINES] = [
    13.1, 14.9, 16.3, 18.2, 19.7, 22.1, 24.1, 26.9, 29.3, 32.7, 35.9, 39.8, 43.1, 48.7, 53.3, 58.9,
];
/// How fast each pair turns, in turns a second.
const TURNS: [f32; PAIRS] = [0.43, -0.53, 0.61, -0.71, 0.83, -0.97, 1.07, -1.19];
/// The turning is computed once in so many frames, and is a straight line between.
const CONTROL: u32 = 16;
/// Gains arrive after so many frames.
pub(super) const STEADY: u16 = 1024;
/// Damping is told by the decay at this many hertz.
const TREBLE: f64 = 5_000.0;
/// As loud as what is sent, at a decay of two seconds.
const LEVEL: f64 = 0.65;

#[derive(Debug)]
pub(super) struct Tank {
    rate: f32,
    /// All lines, one after the other.
    samples: Box<[f32]>,
    first: [usize; LINES],
    end: [usize; LINES],
    at: [usize; LINES],
    /// What the damping of each line holds.
    states: [f32; LINES],
    gains: Moving<LINES>,
    shares: Moving<LINES>,
    level: Moving<1>,
    /// Frames until all of these have arrived.
    moving: u16,
    phases: [u32; PAIRS],
    steps: [u32; PAIRS],
    sines: Moving<PAIRS>,
    cosines: Moving<PAIRS>,
    /// Frames until the turning is computed again.
    until: u32,
}

/// Numbers that go to where they are aimed in equal steps.
#[derive(Debug)]
struct Moving<const N: usize> {
    values: [f32; N],
    steps: [f32; N],
    targets: [f32; N],
}

impl<const N: usize> Moving<N> {
    const ZERO: Self = Self {
        values: [0.0; N],
        steps: [0.0; N],
        targets: [0.0; N],
    };

    #[inline(always)]
    fn aim(&mut self, targets: [f32; N], share: f32) {
        self.targets = targets;
        let ways = targets.iter().zip(&self.values);
        for (step, (target, value)) in self.steps.iter_mut().zip(ways) {
            *step = (target - value) * share;
        }
    }

    #[inline(always)]
    fn next(&mut self) {
        for index in 0..N {
            self.values[index] += self.steps[index];
        }
    }

    #[inline(always)]
    fn arrive(&mut self) {
        self.values = self.targets;
    }
}

impl Tank {
    /// Realtime: no
    pub(super) fn new(rate: f32) -> Self {
        let mut first = [0; LINES];
        let mut end = [0; LINES];
        let mut total = 0;
        let mut shortest = 0;
        for ((first, end), length) in first.iter_mut().zip(&mut end).zip(LENGTHS) {
            // No two lines alike, also at rates so low that they would round to the same prime.
            let frames = prime(count(length * 1e-3 * f64::from(rate)).max(shortest + 1));
            shortest = frames;
            *first = total;
            total += frames;
            *end = total;
        }
        Self {
            rate,
            samples: vec![0.0; total].into_boxed_slice(),
            first,
            end,
            at: first,
            states: [0.0; LINES],
            gains: Moving::ZERO,
            shares: Moving::ZERO,
            level: Moving::ZERO,
            moving: 0,
            phases: [0; PAIRS],
            steps: TURNS.map(|turns| {
                let step = phase_step(turns.abs() * 16.0 / rate);
                if turns < 0.0 {
                    step.wrapping_neg()
                } else {
                    step
                }
            }),
            sines: Moving::ZERO,
            cosines: Moving::ZERO,
            until: 0,
        }
    }

    /// How many frames the longest line holds.
    ///
    /// Realtime: yes
    pub(super) fn longest(&self) -> usize {
        self.end[LINES - 1] - self.first[LINES - 1]
    }

    /// Realtime: yes
    pub(super) fn aim(&mut self, decay: f32, damping: f32) {
        let decay = f64::from(decay);
        let rate = f64::from(self.rate);
        let treble = decay * libm::exp2(-5.0 * f64::from(damping));
        let cosine = libm::cos(core::f64::consts::TAU * TREBLE / rate);
        let mut gains = [0.0; LINES];
        let mut shares = [0.0; LINES];
        for line in 0..LINES {
            let seconds = (self.end[line] - self.first[line]) as f64 / rate;
            gains[line] = single(libm::exp(-6.907_755 * seconds / decay));
            let extra = libm::exp(-6.907_755 * seconds * (1.0 / treble - 1.0 / decay));
            shares[line] = single(1.0 - pole(extra * extra, cosine));
        }
        let level = single(LEVEL * libm::pow(2.0 / decay, 0.25));
        let share = 1.0 / f32::from(STEADY);
        self.gains.aim(gains, share);
        self.shares.aim(shares, share);
        self.level.aim([level], share);
        self.moving = STEADY;
    }

    /// Is where it is aimed; at the beginning of its lines, which are empty, and of its turns.
    ///
    /// Realtime: yes
    pub(super) fn rest(&mut self) {
        self.gains.arrive();
        self.shares.arrive();
        self.level.arrive();
        self.moving = 0;
        self.at = self.first;
        self.states = [0.0; LINES];
        self.phases = [0; PAIRS];
        self.until = 0;
        self.sines.targets = [0.0; PAIRS];
        self.cosines.targets = [1.0; PAIRS];
    }

    /// Realtime: yes
    pub(super) fn clear(&mut self) {
        self.samples.fill(0.0);
        self.rest();
    }

    /// What is heard, and whether anything went into a line.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(super) fn next(&mut self, input: [f32; 2]) -> ([f32; 2], bool) {
        if self.until == 0 {
            self.turn();
        }
        self.until -= 1;
        self.sines.next();
        self.cosines.next();
        if self.moving > 0 {
            self.travel();
        }
        let mut lines = [0.0; LINES];
        for (line, at) in lines.iter_mut().zip(self.at) {
            *line = self.samples.get(at).copied().unwrap_or(0.0);
        }
        let damping = self.shares.values.iter().zip(&self.gains.values);
        for ((line, state), (share, gain)) in lines.iter_mut().zip(&mut self.states).zip(damping) {
            *state = snapped(*state + (*line - *state) * share);
            *line = *state * gain;
        }
        for pair in 0..PAIRS {
            let (sine, cosine) = (self.sines.values[pair], self.cosines.values[pair]);
            let (one, other) = (lines[pair], lines[pair + PAIRS]);
            lines[pair] = one * cosine - other * sine;
            lines[pair + PAIRS] = one * sine + other * cosine;
        }
        let mixed = hadamard(lines);
        let heard_now = [mixed[5] * 0.25, mixed[10] * 0.25];
        let level = self.level.values[0];
        let sent = [input[0] * level, input[1] * level];
        let mut moved = 0;
        for line in 0..LINES {
            let side = sent[line & 1];
            // Half of each side goes in upside down, so that the first echoes are not all alike.
            let side = if line & 2 == 0 { side } else { -side };
            let fed = heard(mixed[line] * 0.25 + side);
            moved |= fed.to_bits() << 1;
            let at = self.at[line];
            if let Some(place) = self.samples.get_mut(at) {
                *place = fed;
            }
            let next = at + 1;
            self.at[line] = if next == self.end[line] {
                self.first[line]
            } else {
                next
            };
        }
        (heard_now, moved != 0)
    }

    fn turn(&mut self) {
        self.until = CONTROL;
        // Exactly where the last straight line was to end, so that rounding does not add up.
        self.sines.arrive();
        self.cosines.arrive();
        for (phase, step) in self.phases.iter_mut().zip(self.steps) {
            *phase = phase.wrapping_add(step);
        }
        let angles = self.phases.map(turns);
        self.sines.aim(angles.map(sine), 1.0 / 16.0);
        self.cosines
            .aim(angles.map(|angle| sine(angle + 0.25)), 1.0 / 16.0);
    }

    fn travel(&mut self) {
        self.moving -= 1;
        self.gains.next();
        self.shares.next();
        self.level.next();
        if self.moving == 0 {
            self.gains.arrive();
            self.shares.arrive();
            self.level.arrive();
        }
    }
}

/// Every line's sum with all others, half of them turned over, in a different way for each.
#[inline(always)]
fn hadamard(lines: [f32; LINES]) -> [f32; LINES] {
    // Four by four: the rows with each other, then the columns.
    let rows = quarters(core::array::from_fn(|row| {
        core::array::from_fn(|column| lines[(row * 4 + column) & (LINES - 1)])
    }));
    let columns = quarters(core::array::from_fn(|column| {
        core::array::from_fn(|row| rows[row][column])
    }));
    core::array::from_fn(|line| columns[(line / 4) & 3][line & 3])
}

#[inline(always)]
fn quarters([a, b, c, d]: [[f32; 4]; 4]) -> [[f32; 4]; 4] {
    let sum = |one: [f32; 4], other: [f32; 4]| core::array::from_fn(|at| one[at] + other[at]);
    let difference =
        |one: [f32; 4], other: [f32; 4]| core::array::from_fn(|at| one[at] - other[at]);
    let (ac, bd): ([f32; 4], [f32; 4]) = (sum(a, c), sum(b, d));
    let (a_c, b_d): ([f32; 4], [f32; 4]) = (difference(a, c), difference(b, d));
    [
        sum(ac, bd),
        difference(ac, bd),
        sum(a_c, b_d),
        difference(a_c, b_d),
    ]
}

/// The pole of a one-pole low-pass whose squared gain is `square` at the angle of this cosine.
fn pole(square: f64, cosine: f64) -> f64 {
    let less = 1.0 - square;
    let part = 1.0 - square * cosine;
    less / (part + (part * part - less * less).sqrt())
}

/// The least prime from `from` up.
///
/// Realtime: no
pub(super) fn prime(from: usize) -> usize {
    let mut number = from.max(2);
    while (2..)
        .take_while(|factor| factor * factor <= number)
        .any(|factor| number.is_multiple_of(factor))
    {
        number += 1;
    }
    number
}
