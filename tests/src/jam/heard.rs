//! Beats found in a sound, with their times on the machine's clock, and how far those of one player are
//! from those of another. It must not know who played.

use crate::hosts::Sound;
use crate::machine::MachineTime;

/// A click.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beat {
    pub at: MachineTime,
    /// How loud it is: which beat of the bar.
    pub strength: f32,
}

/// What somebody played.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    pub beats: Vec<Beat>,
    /// Beats left out because nobody knows when they were heard.
    pub unknown: usize,
}

/// A click is as loud as it gets within so many frames.
const RISE: usize = 64;
/// Two clicks are of the same strength within this part of it.
const ALIKE: f32 = 0.02;
/// A step of one player is looked for within so many milliseconds of the other's.
const NEAR: f64 = 450.0;
/// Steps nearer than this are together in a test, if there are so many.
const TOGETHER: f64 = 15.0;
const ENOUGH: usize = 3;

impl Heard {
    /// The beats of a sound whose frames are heard when `at` says.
    pub(super) fn of(mut sound: Sound, at: impl Fn(usize) -> Option<MachineTime>) -> Self {
        // What counts is when it leaves the plugin, its latency included.
        sound.latency = 0;
        let mut heard = Self::default();
        for frame in sound.onsets() {
            let end = (frame + RISE).min(sound.frames());
            let both = sound.left[frame..end]
                .iter()
                .chain(&sound.right[frame..end]);
            let strength = both.fold(0.0_f32, |most, sample| most.max(sample.abs()));
            match at(frame) {
                Some(at) => heard.beats.push(Beat { at, strength }),
                None => heard.unknown += 1,
            }
        }
        heard
    }

    /// What was heard from one time to another.
    #[must_use]
    pub fn between(&self, from: MachineTime, to: MachineTime) -> Self {
        let is_within = |beat: &&Beat| beat.at >= from && beat.at < to;
        Self {
            beats: self.beats.iter().filter(is_within).copied().collect(),
            unknown: self.unknown,
        }
    }

    /// The longest time between two beats, in milliseconds.
    pub fn longest_gap(&self) -> f64 {
        let gaps = self.beats.windows(2);
        let gaps = gaps.map(|pair| pair[1].at.millis_since(pair[0].at));
        gaps.fold(0.0, f64::max)
    }
}

/// Each step that both have played, with by how many milliseconds the second was later.
pub fn same_steps(one: &Heard, other: &Heard) -> Vec<(Beat, f64)> {
    let is_same = |one: &Beat, other: &Beat| {
        (one.strength - other.strength).abs() <= ALIKE * one.strength.max(other.strength)
    };
    let near = |beat: &Beat| {
        let same = other.beats.iter().filter(|found| is_same(beat, found));
        let later = same.map(|found| found.at.millis_since(beat.at));
        let nearest = later.min_by(|one, other| one.abs().total_cmp(&other.abs()))?;
        (nearest.abs() < NEAR).then_some((*beat, nearest))
    };
    one.beats.iter().filter_map(near).collect()
}

/// By how many milliseconds the same steps of two players are apart, whoever is later.
pub fn apart(one: &Heard, other: &Heard) -> Vec<f64> {
    let steps = same_steps(one, other).into_iter();
    steps.map(|(_, later)| later.abs()).collect()
}

/// Whether two play the same steps at the same time: so many in a row, one of which may be off on a busy
/// machine.
pub(super) fn are_together(one: &Heard, other: &Heard) -> bool {
    let apart = apart(one, other);
    let near = apart.iter().filter(|apart| **apart < TOGETHER).count();
    near >= ENOUGH && near + 1 >= one.beats.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(beats: &[(f64, f32)]) -> Heard {
        let start = MachineTime::from_nanos(0);
        let beats = beats.iter().map(|&(seconds, strength)| Beat {
            at: start.after(seconds),
            strength,
        });
        Heard {
            beats: beats.collect(),
            unknown: 0,
        }
    }

    #[test]
    fn a_step_is_compared_with_the_same_step_and_with_no_other() {
        let one = heard(&[(1.0, 0.9), (1.5, 0.5), (2.0, 0.9)]);
        let other = heard(&[(1.0, 0.5), (1.502, 0.5), (2.4, 0.9), (3.0, 0.5)]);
        let found: Vec<f64> = same_steps(&one, &other).iter().map(|step| step.1).collect();
        assert_eq!(found.len(), 2, "{found:?}");
        assert!((found[0] - 2.0).abs() < 1e-6 && (found[1] - 400.0).abs() < 1e-6);
    }
}
