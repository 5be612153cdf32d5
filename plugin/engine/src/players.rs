//! Everything that makes the sound of the tracks: voices, audio loops and hands on keys, and what
//! they play on. It knows what falls due in a few frames, and nothing of the mix.

use crate::dsp::maths::gain_of_decibels;
use crate::dsp::tables::Tables;
use crate::keyboard::{KeyEvent, Keyboard};
use crate::live::{Keys, LiveEvent, LiveNote};
use crate::loops::Loops;
use crate::mixer::pan_gains;
use crate::playhead::Pass;
use crate::sample::{Bank, Sample, SampleKey};
use crate::score::{Locks, MAX_TRACKS, Score, ScoreTrack};
use crate::sequencer::{Agenda, Note, Sequencer};
use crate::voices::{Hold, Stage, Struck, Tails, TrackAudio, Voices};
use core::ops::Range;
use lockstep_session::document::instrument::Parameter;
use std::sync::Arc;

#[derive(Debug)]
pub(crate) struct Players {
    rate: f32,
    tables: Tables,
    bank: Bank,
    voices: Voices,
    tails: Tails,
    loops: Loops,
    keys: Keys,
    keyboard: Keyboard,
    /// How many times something was struck.
    strokes: u64,
}

/// Where the sound goes: into the tracks' audio, and which of them have any.
#[derive(Debug)]
pub(crate) struct Heard<'a> {
    pub(crate) audio: &'a mut TrackAudio,
    pub(crate) sounding: &'a mut [bool; MAX_TRACKS],
}

impl Heard<'_> {
    /// Frames of a track to add sound to.
    ///
    /// Realtime: yes
    pub(crate) fn track(&mut self, track: usize, frames: &Range<usize>) -> Option<[&mut [f32]; 2]> {
        let [left, right] = self.audio.get_mut(track)?;
        *self.sounding.get_mut(track)? = true;
        Some([
            left.get_mut(frames.clone())?,
            right.get_mut(frames.clone())?,
        ])
    }
}

/// The note that a key's stroke means on a track: middle C is pitch 0.
const MIDDLE: i16 = 60;

impl Players {
    /// Realtime: no
    pub(crate) fn new(rate: f32) -> Self {
        Self {
            rate,
            tables: Tables::new(),
            bank: Bank::new(),
            voices: Voices::new(rate),
            tails: Tails::new(),
            loops: Loops::new(rate),
            keys: Keys::default(),
            keyboard: Keyboard::new(),
            strokes: 0,
        }
    }

    /// Realtime: yes
    pub(crate) fn sounding(&self) -> usize {
        self.voices.sounding()
    }

    /// Realtime: yes
    pub(crate) fn is_silent(&self) -> bool {
        self.voices.sounding() == 0 && self.tails.is_silent() && self.loops.is_silent()
    }

    /// Realtime: yes
    pub(crate) fn stage(&self) -> Stage<'_> {
        stage(self.rate, &self.tables, &self.bank, &self.keys)
    }

    /// Forgets all sound, but not the samples.
    ///
    /// Realtime: yes
    pub(crate) fn clear(&mut self) {
        self.voices.clear();
        self.tails.clear();
        self.loops.clear();
        self.keys = Keys::default();
        self.keyboard.let_go();
    }

    /// Two tracks change places.
    ///
    /// Realtime: yes
    pub(crate) fn swap(&mut self, one: usize, other: usize) {
        self.voices.swap(one, other);
        self.tails.swap(one, other);
        self.loops.swap(one, other);
        self.keys.swap(one, other);
        self.keyboard.swap(one, other);
    }

    /// Keeps a sample, or gives it back where there is no place.
    ///
    /// Realtime: yes
    pub(crate) fn keep_sample(&mut self, sample: Arc<Sample>) -> Option<Arc<Sample>> {
        self.bank.keep(sample)
    }

    /// Takes a sample away; notes that play it fade out.
    ///
    /// Realtime: yes
    pub(crate) fn take_sample(&mut self, key: SampleKey) -> Option<Arc<Sample>> {
        let stage = stage(self.rate, &self.tables, &self.bank, &self.keys);
        self.voices.let_go_of(key, &stage, &mut self.tails);
        self.loops.let_go_of(key, &self.bank, &mut self.tails);
        self.bank.take(key)
    }

    /// The keys that the sequence pressed and let go in this block, in order.
    ///
    /// Realtime: yes
    pub(crate) fn key_events(&self) -> &[KeyEvent] {
        self.keyboard.events()
    }

    /// Realtime: yes
    pub(crate) fn holds_keys(&self) -> bool {
        self.keyboard.is_down()
    }

    /// A new block, in which these tracks are heard, a bit each.
    ///
    /// Realtime: yes
    pub(crate) fn begin_block(&mut self, heard: u16) {
        self.keyboard.begin(heard);
    }

    /// Realtime: yes
    pub(crate) fn end_block(&mut self) {
        self.keyboard.finish();
    }

    /// Lets go of everything that the sequence holds, at a frame.
    ///
    /// Realtime: yes
    pub(crate) fn stop_sequence(&mut self, frame: usize) {
        self.keyboard.lift_all(frame);
        self.voices.release_by(f64::INFINITY);
        self.loops.stop(&self.bank, &mut self.tails);
    }

    /// Follows a score whose instruments are set differently.
    ///
    /// Realtime: yes
    pub(crate) fn steer(&mut self, score: &Score) {
        let stage = stage(self.rate, &self.tables, &self.bank, &self.keys);
        self.voices.steer(score, &stage);
    }

    /// Where a chunk ends at the latest, so that audio loops change on their frame.
    ///
    /// Realtime: yes
    pub(crate) fn cut(
        &self,
        score: &Score,
        pass: &Pass,
        frames: Range<usize>,
        sequencer: &mut Sequencer,
    ) -> usize {
        self.loops.cut(score, pass, frames, sequencer)
    }

    /// Starts, moves and stops audio loops as the score has them at the first of these frames.
    ///
    /// Realtime: yes
    pub(crate) fn follow_loops(
        &mut self,
        score: &Score,
        sequencer: &mut Sequencer,
        pass: &Pass,
        frames: &Range<usize>,
    ) {
        let (bank, tails) = (&self.bank, &mut self.tails);
        self.loops
            .follow(score, sequencer, pass, frames, bank, tails);
    }

    /// Renders these frames of every track: what sounds, what is let go, what begins.
    ///
    /// Realtime: yes
    pub(crate) fn play(
        &mut self,
        score: &Score,
        live: &[LiveNote],
        pass: Option<&Pass>,
        frames: &Range<usize>,
        agenda: &mut Agenda,
        mut heard: Heard<'_>,
    ) {
        let by = pass.map_or(f64::NEG_INFINITY, |pass| pass.travelled_by(frames));
        let frame_of =
            |travelled| pass.map_or(frames.start, |pass| pass.frame_of(travelled, frames));
        let mut live = live
            .iter()
            .filter(|live| frames.contains(&live.frame))
            .peekable();
        let mut note = agenda.take(by, frame_of);
        let mut at = frames.start;
        loop {
            let release = self.voices.next_release();
            let release_frame = if release <= by {
                frame_of(release)
            } else {
                usize::MAX
            };
            let live_frame = live.peek().map_or(usize::MAX, |live| live.frame);
            let note_frame = note.map_or(usize::MAX, |note| frame_of(note.at));
            let next = release_frame.min(live_frame).min(note_frame);
            if next == usize::MAX {
                break;
            }
            // Rounding may put one a frame before another that is done.
            let next = next.max(at);
            self.sound(at..next, frames.start, &mut heard);
            at = next;
            if release_frame <= at {
                self.voices.release_by(release);
            } else if live_frame <= at {
                if let Some(live) = live.next() {
                    self.touch(score, live);
                }
            } else if let Some(due) = note.take() {
                self.begin(score, &due, at);
                note = agenda.take(by, frame_of);
            }
        }
        self.sound(at..frames.end, frames.start, &mut heard);
        self.keyboard.lift_due(by, frame_of, frames.end);
    }

    fn sound(&mut self, frames: Range<usize>, start: usize, heard: &mut Heard<'_>) {
        if frames.is_empty() {
            return;
        }
        let range = frames.start - start..frames.end - start;
        let stage = stage(self.rate, &self.tables, &self.bank, &self.keys);
        self.voices.add_to(heard, range.clone(), &stage);
        self.tails.add_to(heard, &range);
        self.loops.add_to(heard, &range, &self.bank);
    }

    fn begin(&mut self, score: &Score, note: &Note, frame: usize) {
        let Some(plays) = score.tracks().get(usize::from(note.track)) else {
            return;
        };
        if note.pitches.is_empty() {
            self.voices.end_of_turn(note.track, note.turn);
            self.keyboard.end_of_turn(frame, note.track, note.turn);
            return;
        }
        self.keyboard.press(frame, note);
        let gains = locked_gains(plays, &note.locks);
        self.strokes += 1;
        let stroke = self.strokes;
        let mut pitches = 0;
        for (place, semitone) in (0_u8..).zip(note.pitches.iter()) {
            self.strike(&Struck {
                track: note.track,
                plays,
                pitch: f32::from(semitone),
                semitone,
                velocity: note.velocity,
                seed: note
                    .seed
                    .wrapping_add(u32::from(place).wrapping_mul(0x85eb_ca6b)),
                locks: note.locks,
                gains,
                hold: Hold::Until(note.at + note.length),
                slides: note.slides,
                place,
                stroke,
                turn: note.turn,
            });
            pitches = place + 1;
        }
        self.voices.settle(note.track, pitches, note.slides);
    }

    fn touch(&mut self, score: &Score, live: &LiveNote) {
        let track = live.track;
        match live.event {
            LiveEvent::Down { key, velocity } => {
                let Some(plays) = score.tracks().get(usize::from(track)) else {
                    return;
                };
                let velocity = if velocity > 0.0 {
                    velocity.min(1.0)
                } else {
                    1.0 / 127.0
                };
                let semitone = i8::try_from(i16::from(key.min(127)) - MIDDLE).unwrap_or(0);
                let seed = self.keys.next_seed();
                self.strokes += 1;
                let stroke = self.strokes;
                self.strike(&Struck {
                    track,
                    plays,
                    pitch: f32::from(semitone),
                    semitone,
                    velocity,
                    seed,
                    locks: Locks::NONE,
                    gains: [1.0; 2],
                    hold: Hold::Key(key),
                    slides: false,
                    place: 0,
                    stroke,
                    turn: 0,
                });
            }
            LiveEvent::Up { key } => {
                let is_sustained = self.keys.is_sustained(track);
                self.voices.release_key(track, key, is_sustained);
            }
            LiveEvent::Bend { semitones } => {
                self.keys.bend(track, semitones);
                let stage = stage(self.rate, &self.tables, &self.bank, &self.keys);
                self.voices.bend(track, &stage);
            }
            LiveEvent::Pedal { is_down } => {
                self.keys.set_pedal(track, is_down);
                if !is_down {
                    self.voices.release_pedal(track);
                }
            }
            LiveEvent::AllUp => {
                self.keys.set_pedal(track, false);
                self.voices.release_keys(track);
            }
        }
    }

    fn strike(&mut self, struck: &Struck<'_>) {
        let stage = stage(self.rate, &self.tables, &self.bank, &self.keys);
        self.voices.strike(struck, &stage, &mut self.tails);
    }
}

fn stage<'a>(rate: f32, tables: &'a Tables, bank: &'a Bank, keys: &'a Keys) -> Stage<'a> {
    Stage {
        rate,
        tables,
        bank,
        bends: &keys.bends,
    }
}

/// What a step that locks its level and pan adds to its track's: left and right.
fn locked_gains(plays: &ScoreTrack, locks: &Locks) -> [f32; 2] {
    let gain = match locks.get(Parameter::Level) {
        Some(_) if plays.gain <= 0.0 => 0.0,
        Some(0) => 0.0,
        // A level goes from -60 to 6 dB. What the fader takes away is given back.
        Some(amount) => {
            let level = gain_of_decibels(f32::from(amount) * 0.0066 - 60.0);
            (level / plays.gain).min(MOST_GAIN)
        }
        None => 1.0,
    };
    let (left, right) = match locks.get(Parameter::Pan) {
        Some(amount) => {
            let (left, right) = pan_gains(f32::from(amount) / 5_000.0 - 1.0);
            (
                (left / plays.left.max(0.01)).min(MOST_GAIN),
                (right / plays.right.max(0.01)).min(MOST_GAIN),
            )
        }
        None => (1.0, 1.0),
    };
    [gain * left, gain * right]
}

/// A lock makes a note at most this much louder than its fader would.
const MOST_GAIN: f32 = 16.0;
