//! Audio loops: samples stretched over whole bars by playing them faster or slower. Where a loop
//! stands follows from the beat, so it is right after any start, jump or change of tempo.

use crate::dsp::smooth::Smooth;
use crate::instrument::CHUNK;
use crate::players::Heard;
use crate::playhead::Pass;
use crate::sample::{Bank, Interpolation, Reader, Sample, SampleKey, UNITY};
use crate::score::{MAX_TRACKS, Score};
use crate::sequencer::{LoopPlace, Sequencer};
use crate::voices::{FADE, Tails, fade_gain};
use core::ops::Range;

#[derive(Debug)]
pub(crate) struct Loops {
    rate: f32,
    tracks: [Option<Playing>; MAX_TRACKS],
}

#[derive(Clone, Copy, Debug)]
struct Playing {
    place: usize,
    key: SampleKey,
    reader: Reader,
    increment: i64,
    gain: Smooth,
    /// Frames of its fade-in that are done.
    risen: usize,
}

/// A loop further than this from where it belongs, in seconds, goes there by a crossfade.
const ASTRAY: f64 = 0.005;
/// As far past a change of clips a frame may look for what plays there, in beats.
const NEAR: f64 = 1e-9;
const SMOOTHING: f32 = 0.01;

impl Loops {
    /// Realtime: yes
    pub(crate) fn new(rate: f32) -> Self {
        Self {
            rate,
            tracks: [None; MAX_TRACKS],
        }
    }

    /// Realtime: yes
    pub(crate) fn clear(&mut self) {
        self.tracks = [None; MAX_TRACKS];
    }

    /// Realtime: yes
    pub(crate) fn is_silent(&self) -> bool {
        self.tracks.iter().all(Option::is_none)
    }

    /// Two tracks change places.
    ///
    /// Realtime: yes
    pub(crate) fn swap(&mut self, one: usize, other: usize) {
        if one.max(other) < self.tracks.len() {
            self.tracks.swap(one, other);
        }
    }

    /// Lets every loop fade out.
    ///
    /// Realtime: yes
    pub(crate) fn stop(&mut self, bank: &Bank, tails: &mut Tails) {
        for (track, slot) in self.tracks.iter_mut().enumerate() {
            if let Some(playing) = slot.take() {
                playing.leave(track, bank, tails);
            }
        }
    }

    /// Lets the loops of a sample fade out.
    ///
    /// Realtime: yes
    pub(crate) fn let_go_of(&mut self, key: SampleKey, bank: &Bank, tails: &mut Tails) {
        for (track, slot) in self.tracks.iter_mut().enumerate() {
            if let Some(playing) = slot.take_if(|playing| playing.key == key) {
                playing.leave(track, bank, tails);
            }
        }
    }

    /// Where a chunk ends at the latest, so that loops change on their frame.
    ///
    /// Realtime: yes
    pub(crate) fn cut(
        &self,
        score: &Score,
        pass: &Pass,
        frames: Range<usize>,
        sequencer: &mut Sequencer,
    ) -> usize {
        let window = pass.window(&frames);
        let at = place_of(pass, &frames);
        let mut end = frames.end;
        for (track, plays) in score.tracks().iter().enumerate() {
            if plays.loops != 0 {
                let change = sequencer.end_of_turn(track, plays, at, &window);
                let frame = change.map(|change| pass.frame_after(change + window.drift));
                if let Some(frame) = frame.filter(|&frame| frame > frames.start && frame < end) {
                    end = frame;
                }
            }
        }
        end
    }

    /// Starts, moves and stops loops as the score has them at the first of these frames.
    ///
    /// Realtime: yes
    pub(crate) fn follow(
        &mut self,
        score: &Score,
        sequencer: &mut Sequencer,
        pass: &Pass,
        frames: &Range<usize>,
        bank: &Bank,
        tails: &mut Tails,
    ) {
        let window = pass.window(frames);
        let at = place_of(pass, frames);
        for (track, slot) in self.tracks.iter_mut().enumerate() {
            let plays = score.tracks().get(track).filter(|plays| plays.loops != 0);
            let place = plays.and_then(|plays| sequencer.audio_loop(track, plays, at, &window));
            let found = place.and_then(|place| {
                let (index, key) = bank.find(SampleKey::from_number(place.sample))?;
                Some((place, index, key, bank.get(index, key)?))
            });
            let Some((place, index, key, sample)) = found else {
                if let Some(playing) = slot.take() {
                    playing.leave(track, bank, tails);
                }
                continue;
            };
            let target = Target::new(&place, sample, pass);
            match slot {
                Some(playing) if playing.key == key && playing.is_near(&target, sample) => {
                    playing.increment = target.increment;
                    playing.gain.aim(place.gain);
                }
                _ => {
                    if let Some(playing) = slot.take() {
                        playing.leave(track, bank, tails);
                    }
                    *slot = Some(Playing {
                        place: index,
                        key,
                        reader: Reader::new(target.position),
                        increment: target.increment,
                        gain: Smooth::new(place.gain, SMOOTHING * self.rate),
                        // From its own beginning it starts as it was recorded.
                        risen: if target.position < 2 * UNITY { FADE } else { 0 },
                    });
                }
            }
        }
    }

    /// Adds the next frames of every loop to its track.
    ///
    /// Realtime: yes
    pub(crate) fn add_to(&mut self, heard: &mut Heard<'_>, frames: &Range<usize>, bank: &Bank) {
        for (track, slot) in self.tracks.iter_mut().enumerate() {
            let Some(playing) = slot else {
                continue;
            };
            let (mut left, mut right) = ([0.0; CHUNK], [0.0; CHUNK]);
            let count = frames.len().min(CHUNK);
            playing.render(bank, &mut left, &mut right, count);
            if let Some([to_left, to_right]) = heard.track(track, frames) {
                for (mixed, sample) in to_left.iter_mut().zip(&left) {
                    *mixed += sample;
                }
                for (mixed, sample) in to_right.iter_mut().zip(&right) {
                    *mixed += sample;
                }
            }
        }
    }
}

/// Where a loop should be in its sample, and how fast.
struct Target {
    position: i64,
    increment: i64,
}

impl Target {
    fn new(place: &LoopPlace, sample: &Sample, pass: &Pass) -> Self {
        let frames = length(sample);
        let a_beat = frames / place.span;
        Self {
            position: fixed((place.into - pass.early() - NEAR).max(0.0) * a_beat),
            increment: fixed(a_beat * pass.beats_per_frame()),
        }
    }
}

impl Playing {
    fn is_near(&self, target: &Target, sample: &Sample) -> bool {
        let astray = fixed(ASTRAY * sample.rate().hertz());
        let whole = fixed(length(sample));
        let apart = (target.position - self.reader.position()).rem_euclid(whole.max(1));
        apart < astray || whole - apart < astray
    }

    fn render(
        &mut self,
        bank: &Bank,
        left: &mut [f32; CHUNK],
        right: &mut [f32; CHUNK],
        count: usize,
    ) {
        let Some(sample) = bank.get(self.place, self.key) else {
            return;
        };
        // Around the seam, where the curve between frames takes in both ends.
        let seam = fixed(length(sample)) - 2 * UNITY;
        let mut done = 0;
        while done < count {
            let (Some(left), Some(right)) = (left.get_mut(done..count), right.get_mut(done..count))
            else {
                break;
            };
            let position = self.reader.position();
            if position < UNITY || position >= seam {
                let (next_left, next_right) = self.reader.next_round(sample, self.increment);
                for (left, right) in left.iter_mut().zip(right).take(1) {
                    (*left, *right) = (next_left, next_right);
                }
                done += 1;
            } else {
                let frames = (seam - 1 - position) / self.increment.max(1) + 1;
                let frames = usize::try_from(frames).unwrap_or(CHUNK).min(left.len());
                let (left, right) = (&mut left[..frames], &mut right[..frames]);
                let (speed, curve) = (self.increment, Interpolation::Hermite);
                done += self.reader.render(sample, speed, curve, left, right).max(1);
                // What jumped over the seam goes round, too.
                let whole = fixed(length(sample)).max(1);
                self.reader = Reader::new(self.reader.position().rem_euclid(whole));
            }
        }
        for (left, right) in left.iter_mut().zip(right).take(count) {
            let gain = self.gain.next();
            let rise = if self.risen < FADE {
                1.0 - fade_gain(self.risen)
            } else {
                1.0
            };
            self.risen = (self.risen + 1).min(FADE);
            *left *= gain * rise;
            *right *= gain * rise;
        }
    }

    /// Fades out, in the tails.
    fn leave(mut self, track: usize, bank: &Bank, tails: &mut Tails) {
        let mut done = 0;
        while done < FADE {
            let (mut left, mut right) = ([0.0; CHUNK], [0.0; CHUNK]);
            self.render(bank, &mut left, &mut right, CHUNK);
            tails.give(track, done, &left, &right);
            done += CHUNK;
        }
    }
}

/// Where the first of these frames is, and a little further: frames are not quite on their beats.
fn place_of(pass: &Pass, frames: &Range<usize>) -> f64 {
    pass.beat_at(frames.start) + pass.early() + NEAR
}

fn length(sample: &Sample) -> f64 {
    u32::try_from(sample.frames()).map_or(f64::from(u32::MAX), f64::from)
}

/// Frames of a sample in the reader's fixed point.
#[expect(
    clippy::cast_possible_truncation,
    reason = "whole, and the cast saturates"
)]
fn fixed(frames: f64) -> i64 {
    libm::round(frames * 4_294_967_296.0) as i64
}
