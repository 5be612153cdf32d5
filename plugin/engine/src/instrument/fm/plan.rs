//! Which operator moves which, how fast each turns and how strongly: an instrument's parameters
//! and a note's pitch, made into numbers. It knows nothing of time.

use crate::dsp::maths::ratio_of_semitones;
use crate::instrument::Setting;
use lockstep_session::document::instrument::Parameter;

/// How the operators are joined: for each, those that move it, and those that are heard. The last
/// may move itself. An operator is only moved by later ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Algorithm {
    pub(super) moved_by: [[bool; 4]; 4],
    pub(super) is_heard: [bool; 4],
}

/// What the operators do at rest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) algorithm: usize,
    /// Turns a frame.
    pub(super) turns: [f32; 4],
    /// How loud an operator that is heard is; how many turns another is moved by.
    pub(super) levels: [f32; 4],
    pub(super) feedback: f32,
}

const NO: bool = false;
const YES: bool = true;
const ALONE: [bool; 4] = [NO; 4];
const BY_SECOND: [bool; 4] = [NO, YES, NO, NO];
const BY_THIRD: [bool; 4] = [NO, NO, YES, NO];
const BY_LAST: [bool; 4] = [NO, NO, NO, YES];
const ONE: [bool; 4] = [YES, NO, NO, NO];

pub(super) const ALGORITHMS: [Algorithm; 8] = [
    // A chain of four.
    Algorithm {
        moved_by: [BY_SECOND, BY_THIRD, BY_LAST, ALONE],
        is_heard: ONE,
    },
    // Two that move one that moves the first.
    Algorithm {
        moved_by: [BY_SECOND, [NO, NO, YES, YES], ALONE, ALONE],
        is_heard: ONE,
    },
    // The first moved by the second and by a chain of two.
    Algorithm {
        moved_by: [[NO, YES, YES, NO], ALONE, BY_LAST, ALONE],
        is_heard: ONE,
    },
    // The first moved by the three others.
    Algorithm {
        moved_by: [[NO, YES, YES, YES], ALONE, ALONE, ALONE],
        is_heard: ONE,
    },
    // Two pairs.
    Algorithm {
        moved_by: [BY_SECOND, ALONE, BY_LAST, ALONE],
        is_heard: [YES, NO, YES, NO],
    },
    // Three moved by the last.
    Algorithm {
        moved_by: [BY_LAST, BY_LAST, BY_LAST, ALONE],
        is_heard: [YES, YES, YES, NO],
    },
    // A pair and two alone.
    Algorithm {
        moved_by: [ALONE, ALONE, BY_LAST, ALONE],
        is_heard: [YES, YES, YES, NO],
    },
    // Four alone.
    Algorithm {
        moved_by: [ALONE; 4],
        is_heard: [YES; 4],
    },
];

/// What an operator's pitch may be, relative to the note's. The k-th stands at 400 k + 200.
const RATIOS: [f32; 25] = [
    0.25, 0.5, 1.0, 1.25, 1.41, 1.5, 2.0, 2.5, 2.76, 3.0, 3.5, 4.0, 4.5, 5.0, 5.4, 6.0, 7.0, 8.0,
    9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 16.0,
];
/// The most turns one operator moves another by: an index of twelve.
const DEEPEST: f32 = 1.9;
/// The most turns an operator moves itself by. More is noise.
const MOST_FEEDBACK: f32 = 0.2;
/// Sidebands are kept below this share of the sample rate.
const HIGHEST: f32 = 0.46;
const MIDDLE_C: f32 = 261.625_58;

impl Plan {
    /// `pitch` in semitones above middle C, `velocity` from 0 to 1.
    ///
    /// Realtime: yes
    pub(super) fn new(setting: &Setting<'_>, pitch: f32, velocity: f32) -> Self {
        let values = setting.values;
        let chosen = values.choice(Parameter::Algorithm, 8);
        let algorithm = &ALGORITHMS[chosen & 7];
        let base = MIDDLE_C * ratio_of_semitones(pitch) / setting.rate;
        let detune = values.share(Parameter::Detune);
        let apart = base * ratio_of_semitones(0.3 * detune * detune);
        let ratio = |parameter| RATIOS[values.choice(parameter, 25).min(24)];
        let turns = [
            base,
            base * ratio(Parameter::Ratio),
            apart * ratio(Parameter::Tone),
            apart * ratio(Parameter::SecondTune),
        ];
        let shares = [
            1.0,
            values.share(Parameter::Depth),
            values.share(Parameter::SecondMix),
            values.share(Parameter::Brightness),
        ];
        // Hard notes are brighter, high ones less so, as of most things that are struck.
        let scale = (0.45 + 0.55 * velocity) * ratio_of_semitones(-0.15 * pitch.clamp(-36.0, 48.0));
        let mut levels = [0.0; 4];
        for ((level, share), is_heard) in levels.iter_mut().zip(shares).zip(algorithm.is_heard) {
            *level = if is_heard {
                share
            } else {
                DEEPEST * share * share * scale
            };
        }
        let mut plan = Self {
            algorithm: chosen,
            turns,
            levels,
            feedback: MOST_FEEDBACK * values.share(Parameter::Feedback),
        };
        plan.keep_below(HIGHEST, algorithm);
        plan.even_out(algorithm);
        plan
    }

    /// Holds back whatever would reach above `highest`, which would fold down as noise.
    fn keep_below(&mut self, highest: f32, algorithm: &Algorithm) {
        let mut tops = [0.0_f32; 4];
        for index in (0..4).rev() {
            let own = self.turns[index];
            let room = if highest > own { highest - own } else { 0.0 };
            let mut wanted = 0.0;
            for (other, moves) in algorithm.moved_by[index].iter().enumerate() {
                if *moves {
                    // An index in radians is about how many sidebands there are to each side, and
                    // one more is heard.
                    let radians = self.levels[other] * core::f32::consts::TAU;
                    wanted += tops[other] * (radians + (2.0 * radians).min(1.5));
                }
            }
            if index == 3 {
                wanted = own * 60.0 * self.feedback;
                if wanted > room {
                    self.feedback *= room / wanted;
                }
            } else if wanted > room {
                for (other, moves) in algorithm.moved_by[index].iter().enumerate() {
                    if *moves {
                        self.levels[other] *= room / wanted;
                    }
                }
            }
            tops[index] = own + wanted.min(room);
            // One that is itself too high fades out over the last bit.
            self.levels[index] *= ((highest - own) * 50.0).clamp(0.0, 1.0);
        }
    }

    /// Makes what is heard about as loud, whether it is one operator or four.
    fn even_out(&mut self, algorithm: &Algorithm) {
        let heard = |level: (&f32, bool)| if level.1 { *level.0 } else { 0.0 };
        let sum: f32 = self.levels.iter().zip(algorithm.is_heard).map(heard).sum();
        let share = 1.0 / (1.0 + 0.7 * (sum - 1.0).max(0.0));
        for (level, is_heard) in self.levels.iter_mut().zip(algorithm.is_heard) {
            if is_heard {
                *level *= share;
            }
        }
    }
}
