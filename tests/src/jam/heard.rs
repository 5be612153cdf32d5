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
    /// When it comes in the player's own sound, in seconds.
    pub second: f64,
}

/// What somebody played.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    pub beats: Vec<Beat>,
    /// When beats come in the player's own sound that are left out because nobody knows when they
    /// were heard.
    pub unknown: Vec<f64>,
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
    pub(super) fn of(
        mut sound: Sound,
        rate: f64,
        at: impl Fn(usize) -> Option<MachineTime>,
    ) -> Self {
        // What counts is when it leaves the plugin, its latency included.
        sound.latency = 0;
        let mut heard = Self::default();
        for frame in sound.onsets() {
            let end = (frame + RISE).min(sound.frames());
            let both = sound.left[frame..end]
                .iter()
                .chain(&sound.right[frame..end]);
            let strength = both.fold(0.0_f32, |most, sample| most.max(sample.abs()));
            let second = f64::from(u32::try_from(frame).expect("a test is short")) / rate;
            match at(frame) {
                Some(at) => heard.beats.push(Beat {
                    at,
                    strength,
                    second,
                }),
                None => heard.unknown.push(second),
            }
        }
        heard
    }

    /// What was heard from one time to another.
    #[must_use]
    pub fn between(&self, from: MachineTime, to: MachineTime) -> Self {
        let is_within = |beat: &&Beat| beat.at >= from && beat.at < to;
        let beats: Vec<Beat> = self.beats.iter().filter(is_within).copied().collect();
        let ends = beats.first().zip(beats.last());
        let is_between = |second: &&f64| {
            ends.is_some_and(|(first, last)| (first.second..last.second).contains(*second))
        };
        Self {
            unknown: self.unknown.iter().filter(is_between).copied().collect(),
            beats,
        }
    }

    /// The times from each beat to the next, in milliseconds.
    pub fn gaps(&self) -> Vec<f64> {
        let pairs = self.beats.windows(2);
        pairs
            .map(|pair| pair[1].at.millis_since(pair[0].at))
            .collect()
    }

    /// The longest time between two beats of the player's own sound, in milliseconds, and after how many
    /// seconds it begins. That a machine is late with all of it is no silence.
    pub fn longest_gap(&self) -> (f64, f64) {
        let known = self.beats.iter().map(|beat| beat.second);
        let mut seconds: Vec<f64> = known.chain(self.unknown.iter().copied()).collect();
        seconds.sort_by(f64::total_cmp);
        let began = seconds.first().copied().unwrap_or_default();
        let pairs = seconds.windows(2);
        let gaps = pairs.map(|pair| ((pair[1] - pair[0]) * 1e3, pair[0] - began));
        gaps.max_by(|one, other| one.0.total_cmp(&other.0))
            .unwrap_or((f64::INFINITY, 0.0))
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
            second: seconds,
        });
        Heard {
            beats: beats.collect(),
            unknown: Vec::new(),
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

    #[test]
    fn a_beat_at_no_known_time_is_no_silence() {
        let mut sound = heard(&[(1.0, 0.9), (1.5, 0.9), (2.5, 0.9), (3.1, 0.9), (5.0, 0.9)]);
        sound.unknown = vec![0.5, 2.0];
        let until = MachineTime::from_nanos(0).after(4.0);
        let part = sound.between(MachineTime::from_nanos(0), until);
        let (gap, began) = part.longest_gap();
        assert!((gap - 600.0).abs() < 1e-6 && (began - 1.5).abs() < 1e-6);
        assert_eq!(part.unknown, [2.0]);
    }
}
