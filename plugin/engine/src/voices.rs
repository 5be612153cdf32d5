//! The voices: every note that sounds, in a fixed number of places. A note that has no place takes
//! one from the note that is missed least, which fades out in a breath. It knows nothing of beats.

mod tail;
mod voice;

pub(crate) use tail::{FADE, Tails, fade_gain};
pub(crate) use voice::{Hold, Struck};

use crate::dsp::tables::Tables;
use crate::instrument::CHUNK;
use crate::players::Heard;
use crate::sample::{Bank, SampleKey};
use crate::score::{MAX_TRACKS, Score};
use core::ops::Range;
use voice::Voice;

/// Notes that sound at once.
pub const MAX_VOICES: usize = 64;
/// Notes of one track that sound at once.
const MOST_OF_A_TRACK: usize = 24;

/// The audio of every track, a few frames of it.
pub(crate) type TrackAudio = [[[f32; CHUNK]; 2]; MAX_TRACKS];

/// What all voices look at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stage<'a> {
    pub(crate) rate: f32,
    pub(crate) tables: &'a Tables,
    pub(crate) bank: &'a Bank,
    /// Every track's pitch wheel, in semitones.
    pub(crate) bends: &'a [f32; MAX_TRACKS],
}

#[derive(Debug)]
pub(crate) struct Voices {
    voices: Box<[Voice]>,
    /// How many notes have been struck, to tell old from new.
    struck: u64,
    /// The pitch that was struck last on each track, to glide from.
    last: [Option<f32>; MAX_TRACKS],
    /// How many pitches the sequence's last note on each track has.
    pitches: [u8; MAX_TRACKS],
}

impl Voices {
    /// Realtime: no
    pub(crate) fn new(rate: f32) -> Self {
        Self {
            voices: (0..MAX_VOICES).map(|_| Voice::new(rate)).collect(),
            struck: 0,
            last: [None; MAX_TRACKS],
            pitches: [0; MAX_TRACKS],
        }
    }

    /// Realtime: yes
    pub(crate) fn sounding(&self) -> usize {
        self.voices.iter().filter(|voice| !voice.is_free()).count()
    }

    /// Silence, at once.
    ///
    /// Realtime: yes
    pub(crate) fn clear(&mut self) {
        self.voices.iter_mut().for_each(Voice::free);
        self.last = [None; MAX_TRACKS];
        self.pitches = [0; MAX_TRACKS];
    }

    /// Two tracks change places.
    ///
    /// Realtime: yes
    pub(crate) fn swap(&mut self, one: usize, other: usize) {
        for voice in &mut self.voices {
            voice.swap(one, other);
        }
        if one.max(other) < MAX_TRACKS {
            self.last.swap(one, other);
            self.pitches.swap(one, other);
        }
    }

    /// A track goes on with something else: lets go of what it holds of anything before.
    ///
    /// Realtime: yes
    pub(crate) fn end_of_turn(&mut self, track: u8, next: i64) {
        for voice in &mut self.voices {
            if voice.is_held_in_sequence_on(track) && voice.turn() != next {
                voice.release();
            }
        }
    }

    /// Begins a note.
    ///
    /// Realtime: yes
    pub(crate) fn strike(&mut self, struck: &Struck<'_>, stage: &Stage<'_>, tails: &mut Tails) {
        if let Some(until) = struck.slides_until()
            && self.slide(struck, until, stage)
        {
            return;
        }
        let Some(place) = self.make_room(struck) else {
            return;
        };
        let track = usize::from(struck.track);
        let from = self.last.get(track).copied().flatten();
        if let Some(last) = self.last.get_mut(track) {
            *last = Some(struck.pitch);
        }
        self.struck += 1;
        if let Some(voice) = self.voices.get_mut(place) {
            voice.leave(stage, tails);
            voice.strike(struck, from, self.struck, stage);
        }
    }

    /// The sequence's note on a track has so many pitches from here on. Of the note before it, what
    /// has no pitch to go on to is let go.
    ///
    /// Realtime: yes
    pub(crate) fn settle(&mut self, track: u8, pitches: u8, slid: bool) {
        if slid {
            let held = self.voices.iter_mut();
            for voice in held.filter(|voice| voice.is_held_in_sequence_on(track)) {
                if voice.place() >= pitches {
                    voice.release();
                }
            }
        }
        if let Some(slot) = self.pitches.get_mut(usize::from(track)) {
            *slot = pitches;
        }
    }

    /// Moves one pitch of the track's held note to another. What was held and has rung out since is
    /// not struck again.
    fn slide(&mut self, struck: &Struck<'_>, until: f64, stage: &Stage<'_>) -> bool {
        let pitches = self.pitches.get(usize::from(struck.track));
        if pitches.is_none_or(|&pitches| struck.place >= pitches) {
            return false;
        }
        let held = self.voices.iter_mut().filter(|voice| {
            voice.is_held_in_sequence_on(struck.track) && voice.place() == struck.place
        });
        if let Some(voice) = held.max_by_key(|voice| voice.order()) {
            voice.slide(struck, until, stage);
        }
        if let Some(last) = self.last.get_mut(usize::from(struck.track)) {
            *last = Some(struck.pitch);
        }
        true
    }

    /// Cuts off what a note ends, and gives it a place: a free one, or that of a note which is let go,
    /// or the oldest. A track that has its share takes from itself.
    fn make_room(&mut self, struck: &Struck<'_>) -> Option<usize> {
        let (mut anywhere, mut among_own, mut own) = (None, None, 0);
        for (place, voice) in self.voices.iter_mut().enumerate() {
            if voice.is_cut_off_by(struck) {
                voice.fade();
            }
            let candidate = Some((voice.worth(), voice.order(), place));
            anywhere = anywhere.min(candidate).or(candidate);
            if voice.is_on(struck.track) {
                among_own = among_own.min(candidate).or(candidate);
                own += 1;
            }
        }
        let chosen = if own < MOST_OF_A_TRACK {
            anywhere
        } else {
            among_own
        };
        chosen.map(|(.., place)| place)
    }

    /// When the next note of the sequence is let go, in beats travelled.
    ///
    /// Realtime: yes
    pub(crate) fn next_release(&self) -> f64 {
        let ends = self.voices.iter().filter_map(Voice::ends);
        ends.fold(
            f64::INFINITY,
            |first, end| if end < first { end } else { first },
        )
    }

    /// Lets go of the sequence's notes that end by a moment.
    ///
    /// Realtime: yes
    pub(crate) fn release_by(&mut self, travelled: f64) {
        for voice in &mut self.voices {
            if voice.ends().is_some_and(|end| end <= travelled) {
                voice.release();
            }
        }
    }

    /// Lets go of a key.
    ///
    /// Realtime: yes
    pub(crate) fn release_key(&mut self, track: u8, key: u8, is_sustained: bool) {
        for voice in &mut self.voices {
            voice.release_key(track, key, is_sustained);
        }
    }

    /// Lets go of the keys that only the pedal held.
    ///
    /// Realtime: yes
    pub(crate) fn release_pedal(&mut self, track: u8) {
        for voice in &mut self.voices {
            voice.release_pedal(track);
        }
    }

    /// Lets go of all keys of a track.
    ///
    /// Realtime: yes
    pub(crate) fn release_keys(&mut self, track: u8) {
        for voice in &mut self.voices {
            voice.release_keys(track);
        }
    }

    /// Follows a score whose instruments are set differently.
    ///
    /// Realtime: yes
    pub(crate) fn steer(&mut self, score: &Score, stage: &Stage<'_>) {
        for voice in &mut self.voices {
            voice.steer(score, stage);
        }
    }

    /// The pitch wheel of a track moved.
    ///
    /// Realtime: yes
    pub(crate) fn bend(&mut self, track: u8, stage: &Stage<'_>) {
        for voice in self.voices.iter_mut().filter(|voice| voice.is_on(track)) {
            voice.bend(stage);
        }
    }

    /// Ends every note that plays a sample, so that it may be taken away.
    ///
    /// Realtime: yes
    pub(crate) fn let_go_of(&mut self, key: SampleKey, stage: &Stage<'_>, tails: &mut Tails) {
        for voice in &mut self.voices {
            if voice.plays(key) {
                voice.leave(stage, tails);
            }
        }
    }

    /// Adds the next frames of every note to its track.
    ///
    /// Realtime: yes
    pub(crate) fn add_to(
        &mut self,
        heard: &mut Heard<'_>,
        frames: Range<usize>,
        stage: &Stage<'_>,
    ) {
        for voice in self.voices.iter_mut().filter(|voice| !voice.is_free()) {
            if let Some([left, right]) = heard.track(voice.track(), &frames) {
                voice.add_to(left, right, stage);
            }
        }
    }
}
