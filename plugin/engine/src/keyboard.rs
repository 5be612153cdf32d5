//! The keys that the sequence holds down, as an instrument elsewhere is to be told of them: every
//! key that goes down comes up again, whatever happens to the transport or the track. It knows no
//! MIDI.

use crate::score::MAX_TRACKS;
use crate::sequencer::{Note, note_number};

/// A key of a track went down or up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyEvent {
    /// The frame of the block.
    pub frame: usize,
    /// The track's place.
    pub track: u8,
    /// As MIDI numbers them: 60 is middle C.
    pub key: u8,
    /// From 1 to 127; nothing when it comes up.
    pub velocity: Option<u8>,
}

#[derive(Debug)]
pub(crate) struct Keyboard {
    held: Box<[Held]>,
    count: usize,
    events: Box<[KeyEvent]>,
    told: usize,
    /// The tracks that are heard, a bit each.
    heard: u16,
}

#[derive(Clone, Copy, Debug)]
struct Held {
    track: u8,
    key: u8,
    /// When it comes up, in beats travelled since the start.
    until: f64,
    turn: i64,
    /// It went down in this block, one frame before this one.
    earliest: usize,
}

/// Keys down at once. What does not fit stays up.
const MOST_HELD: usize = 256;
/// Strokes of one block, with room for a release of each and of all that were held before.
const MOST_STRUCK: usize = 512;
const MOST_EVENTS: usize = MOST_HELD + 2 * MOST_STRUCK;
/// How long a key is held into the one that it slides to, in beats, so that instruments play legato.
const LEGATO: f64 = 0.01;

impl Keyboard {
    /// Realtime: no
    pub(crate) fn new() -> Self {
        let up = Held {
            track: 0,
            key: 0,
            until: 0.0,
            turn: 0,
            earliest: 0,
        };
        let nothing = KeyEvent {
            frame: 0,
            track: 0,
            key: 0,
            velocity: None,
        };
        Self {
            held: vec![up; MOST_HELD].into_boxed_slice(),
            count: 0,
            events: vec![nothing; MOST_EVENTS].into_boxed_slice(),
            told: 0,
            heard: u16::MAX,
        }
    }

    /// What happened in this block, in order.
    ///
    /// Realtime: yes
    pub(crate) fn events(&self) -> &[KeyEvent] {
        self.events.get(..self.told).unwrap_or(&[])
    }

    /// Whether any key is down.
    ///
    /// Realtime: yes
    pub(crate) fn is_down(&self) -> bool {
        self.count > 0
    }

    /// A new block, in which only these tracks are heard.
    ///
    /// Realtime: yes
    pub(crate) fn begin(&mut self, heard: u16) {
        self.told = 0;
        self.heard = heard;
        for held in self.held.iter_mut().take(self.count) {
            held.earliest = 0;
        }
        self.lift(0, |held| {
            !is_in(heard, held.track) || held.until == f64::NEG_INFINITY
        });
    }

    /// The keys of a note go down. Those of the note that it slides from come up soon.
    ///
    /// Realtime: yes
    pub(crate) fn press(&mut self, frame: usize, note: &Note) {
        if !is_in(self.heard, note.track) {
            return;
        }
        let until = note.at + note.length;
        if note.slides {
            for held in self.held.iter_mut().take(self.count) {
                if held.track == note.track {
                    held.until = held.until.min(note.at + LEGATO);
                }
            }
        }
        for semitone in note.pitches.iter() {
            let key = note_number(semitone);
            let before = self
                .held
                .iter_mut()
                .take(self.count)
                .find(|held| held.track == note.track && held.key == key);
            if let Some(held) = before
                && (note.slides || held.earliest > frame)
            {
                (held.until, held.turn) = (until, note.turn);
                continue;
            }
            self.lift(frame, |held| held.track == note.track && held.key == key);
            let velocity = velocity(note.velocity);
            self.strike(frame, note.track, key, velocity, until, note.turn);
        }
    }

    /// Something else plays on a track from here on.
    ///
    /// Realtime: yes
    pub(crate) fn end_of_turn(&mut self, frame: usize, track: u8, turn: i64) {
        self.lift(frame, |held| held.track == track && held.turn != turn);
    }

    /// Keys whose time has come by a moment come up, before a frame.
    ///
    /// Realtime: yes
    pub(crate) fn lift_due(&mut self, by: f64, frame_of: impl Fn(f64) -> usize, before: usize) {
        let mut place = 0;
        while let Some(held) = self.held.get(place).filter(|_| place < self.count) {
            let frame = frame_of(held.until).max(held.earliest);
            if held.until <= by && frame < before {
                self.lift_at(place, frame);
            } else {
                place += 1;
            }
        }
    }

    /// Everything comes up.
    ///
    /// Realtime: yes
    pub(crate) fn lift_all(&mut self, frame: usize) {
        self.lift(frame, |_| true);
    }

    /// Everything comes up as the next block begins.
    ///
    /// Realtime: yes
    pub(crate) fn let_go(&mut self) {
        for held in self.held.iter_mut().take(self.count) {
            held.until = f64::NEG_INFINITY;
        }
    }

    /// Puts what happened in order: at one frame keys come up before others go down.
    ///
    /// Realtime: yes
    pub(crate) fn finish(&mut self) {
        let told = self.told;
        let events = self.events.get_mut(..told).unwrap_or_default();
        let rank = |event: &KeyEvent| (event.frame, event.velocity.is_some());
        for end in 1..events.len() {
            let mut place = end;
            while place > 0 && rank(&events[place]) < rank(&events[place - 1]) {
                events.swap(place, place - 1);
                place -= 1;
            }
        }
    }

    /// Two tracks change places: what one holds comes up where it went down.
    ///
    /// Realtime: yes
    pub(crate) fn swap(&mut self, one: usize, other: usize) {
        let is_moved = |track: u8| usize::from(track) == one || usize::from(track) == other;
        self.lift(0, |held| is_moved(held.track));
    }

    fn strike(&mut self, frame: usize, track: u8, key: u8, velocity: u8, until: f64, turn: i64) {
        let is_full = self.told + self.count + 2 > MOST_EVENTS;
        if let (Some(slot), false) = (self.held.get_mut(self.count), is_full) {
            *slot = Held {
                track,
                key,
                until,
                turn,
                earliest: frame + 1,
            };
            self.count += 1;
            self.tell(frame, track, key, Some(velocity));
        }
    }

    fn lift(&mut self, frame: usize, which: impl Fn(&Held) -> bool) {
        let mut place = 0;
        while let Some(held) = self.held.get(place).filter(|_| place < self.count) {
            if which(held) {
                let frame = frame.max(held.earliest);
                self.lift_at(place, frame);
            } else {
                place += 1;
            }
        }
    }

    fn lift_at(&mut self, place: usize, frame: usize) {
        let Some(held) = self.held.get(place).copied() else {
            return;
        };
        self.count -= 1;
        self.held.swap(place, self.count);
        self.tell(frame, held.track, held.key, None);
    }

    fn tell(&mut self, frame: usize, track: u8, key: u8, velocity: Option<u8>) {
        if let Some(slot) = self.events.get_mut(self.told) {
            *slot = KeyEvent {
                frame,
                track,
                key,
                velocity,
            };
            self.told += 1;
        }
    }
}

fn is_in(tracks: u16, track: u8) -> bool {
    usize::from(track) < MAX_TRACKS && tracks & 1 << track != 0
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "from 1 to 127"
)]
fn velocity(share: f32) -> u8 {
    (share * 127.0 + 0.5).clamp(1.0, 127.0) as u8
}
