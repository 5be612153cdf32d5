//! What the host's MIDI means, and the editor's taps: which track is played, and how. It must not
//! know how a note sounds.

use super::NOTHING;
use crate::controls::ControlSettings;
use lockstep_engine::{LiveEvent, LiveNote, MAX_TRACKS};
use nice_plug::prelude::{NoteEvent, Plugin, ProcessContext};

/// The events of one block, in order.
#[derive(Debug)]
pub(super) struct Hands {
    notes: [LiveNote; MOST],
    /// How many of them the host played; taps of the editor come behind.
    played: usize,
    count: usize,
    /// The same from the first frame of a part of the block on.
    part: [LiveNote; MOST],
    /// Keys that are down, a bit each, with the track that each of them plays: the track may be
    /// another by the time they are let go.
    down: [[u8; KEYS]; CHANNELS],
}

/// Far more than hands play in a block; what is beyond is left out.
const MOST: usize = 256;
const CHANNELS: usize = 16;
const KEYS: usize = 128;
const NO_TRACK: u8 = u8::MAX;
/// A wheel at its end, in semitones.
const BEND: f32 = 2.0;
const SUSTAIN: u8 = 64;
const ALL_SOUND_OFF: u8 = 120;
const ALL_NOTES_OFF: u8 = 123;

impl Default for Hands {
    fn default() -> Self {
        Self {
            notes: [NOTHING; MOST],
            played: 0,
            count: 0,
            part: [NOTHING; MOST],
            down: [[NO_TRACK; KEYS]; CHANNELS],
        }
    }
}

impl Hands {
    /// Takes what was played in this block of so many frames. What a host puts behind the last
    /// frame falls on it.
    ///
    /// Realtime: yes
    pub(super) fn hear<P: Plugin>(
        &mut self,
        context: &mut impl ProcessContext<P>,
        frames: usize,
        controls: ControlSettings,
    ) {
        let last = frames.saturating_sub(1);
        self.count = 0;
        while let Some(event) = context.next_event() {
            let timing = usize::try_from(event.timing()).unwrap_or(0).min(last);
            self.hear_event(&event, timing, controls);
        }
        self.played = self.count;
    }

    /// Something tapped in the editor, at the start of the block.
    ///
    /// Realtime: yes
    pub(super) fn tap(&mut self, note: LiveNote) {
        if let (Some(place), true) = (self.notes.get_mut(self.count), self.count < MOST) {
            *place = note;
            self.count += 1;
        }
    }

    /// Everything of the block.
    ///
    /// Realtime: yes
    pub(super) fn notes(&self) -> &[LiveNote] {
        self.notes.get(..self.count).unwrap_or(&[])
    }

    /// What was played on keys.
    ///
    /// Realtime: yes
    pub(super) fn played(&self) -> &[LiveNote] {
        self.notes.get(..self.played).unwrap_or(&[])
    }

    /// What falls into some frames of the block, counted from the first of them.
    ///
    /// Realtime: yes
    pub(super) fn within(&mut self, start: usize, frames: usize) -> &[LiveNote] {
        let mut count = 0;
        for note in self.notes.get(..self.count).unwrap_or(&[]) {
            if !(start..start + frames).contains(&note.frame) {
                continue;
            }
            if let Some(place) = self.part.get_mut(count) {
                *place = LiveNote {
                    frame: note.frame - start,
                    ..*note
                };
                count += 1;
            }
        }
        let part = self.part.get_mut(..count).unwrap_or_default();
        // Taps come behind what was played, and the engine takes them in order.
        for end in 1..part.len() {
            let mut place = end;
            while place > 0 && part[place].frame < part[place - 1].frame {
                part.swap(place, place - 1);
                place -= 1;
            }
        }
        part
    }

    fn hear_event<S>(&mut self, event: &NoteEvent<S>, frame: usize, controls: ControlSettings) {
        match *event {
            NoteEvent::NoteOn {
                channel,
                key,
                velocity,
                ..
            } => {
                let channel = channel.number().unwrap_or(0);
                let key = key.number_or_middle_c();
                let track = track_of(channel, controls);
                if let Some(down) = self.down_on(channel, key) {
                    *down = track;
                }
                self.add(frame, track, LiveEvent::Down { key, velocity });
            }
            NoteEvent::NoteOff { channel, key, .. } | NoteEvent::Choke { channel, key, .. } => {
                let channel = channel.number().unwrap_or(0);
                match key.number() {
                    Some(key) => self.let_go(frame, channel, key, controls),
                    None => self.let_all_go(frame, channel),
                }
            }
            NoteEvent::MidiPitchBend { channel, value, .. } => {
                let semitones = (value - 0.5) * 2.0 * BEND;
                let track = track_of(channel, controls);
                self.add(frame, track, LiveEvent::Bend { semitones });
            }
            NoteEvent::MidiCC {
                channel, cc, value, ..
            } => match cc {
                SUSTAIN => {
                    let is_down = value >= 0.5;
                    self.add(
                        frame,
                        track_of(channel, controls),
                        LiveEvent::Pedal { is_down },
                    );
                }
                ALL_SOUND_OFF | ALL_NOTES_OFF => self.let_all_go(frame, channel),
                _ => {}
            },
            _ => {}
        }
    }

    fn let_go(&mut self, frame: usize, channel: u8, key: u8, controls: ControlSettings) {
        let played = self
            .down_on(channel, key)
            .map(|down| std::mem::replace(down, NO_TRACK))
            .filter(|&track| track != NO_TRACK);
        let track = played.unwrap_or_else(|| track_of(channel, controls));
        self.add(frame, track, LiveEvent::Up { key });
    }

    fn let_all_go(&mut self, frame: usize, channel: u8) {
        let mut tracks = 0_u16;
        if let Some(down) = self.down.get_mut(usize::from(channel)) {
            for track in down {
                let track = std::mem::replace(track, NO_TRACK);
                tracks |= 1_u16.checked_shl(u32::from(track)).unwrap_or(0);
            }
        }
        for track in (0..16).filter(|track| tracks & 1 << track != 0) {
            self.add(frame, track, LiveEvent::AllUp);
        }
    }

    fn down_on(&mut self, channel: u8, key: u8) -> Option<&mut u8> {
        let channel = self.down.get_mut(usize::from(channel))?;
        channel.get_mut(usize::from(key))
    }

    fn add(&mut self, frame: usize, track: u8, event: LiveEvent) {
        if let Some(place) = self.notes.get_mut(self.count) {
            *place = LiveNote {
                frame,
                track,
                event,
            };
            self.count += 1;
        }
    }
}

fn track_of(channel: u8, controls: ControlSettings) -> u8 {
    let track = if controls.by_channel {
        channel
    } else {
        controls.selected
    };
    track.min(u8::try_from(MAX_TRACKS - 1).unwrap_or(0))
}
