//! The tracks' notes as MIDI for the host: each track on its channel, on its frame, and no key left
//! down. It must not know why a key goes down.

use lockstep_engine::{KeyEvent, MAX_TRACKS};
use nice_plug::midi::{Channel, Key, VoiceID};
use nice_plug::prelude::{NoteEvent, Plugin, ProcessContext};

/// What General MIDI drum a track plays, where it plays one.
pub(crate) type Drums = [Option<u8>; MAX_TRACKS];

#[derive(Debug)]
pub(super) struct Notes {
    events: Box<[KeyEvent]>,
    count: usize,
    /// What each key of a track sounds as elsewhere, where it is down.
    down: Box<[[u16; KEYS]; MAX_TRACKS]>,
    /// What is down was left so by an earlier activation, and nothing else will let it go.
    is_left_down: bool,
}

const KEYS: usize = 128;
const UP: u16 = u16::MAX;
/// As many as the engine tells of one block, in each of two parts.
const MOST: usize = 4_096;
/// General MIDI has its drums on the tenth channel.
const DRUMS: u8 = 9;

impl Default for Notes {
    fn default() -> Self {
        let nothing = KeyEvent {
            frame: 0,
            track: 0,
            key: 0,
            velocity: None,
        };
        Self {
            events: vec![nothing; MOST].into_boxed_slice(),
            count: 0,
            down: Box::new([[UP; KEYS]; MAX_TRACKS]),
            is_left_down: false,
        }
    }
}

impl Notes {
    /// For the next activation, which knows nothing of these keys.
    ///
    /// Realtime: no
    pub(super) fn left_down(self) -> Self {
        Self {
            count: 0,
            is_left_down: true,
            ..self
        }
    }

    /// Realtime: yes
    pub(super) fn begin(&mut self) {
        self.count = 0;
    }

    /// Takes what happened in a part of the block that starts at a frame.
    ///
    /// Realtime: yes
    pub(super) fn take(&mut self, events: &[KeyEvent], start: usize) {
        for event in events {
            if let Some(place) = self.events.get_mut(self.count) {
                *place = KeyEvent {
                    frame: start + event.frame,
                    ..*event
                };
                self.count += 1;
            }
        }
    }

    /// Sends what was taken, in order. Where nothing is to be sent, what is down is let go.
    ///
    /// Realtime: yes
    pub(super) fn send<P: Plugin>(
        &mut self,
        context: &mut impl ProcessContext<P>,
        is_wanted: bool,
        drums: Option<&Drums>,
    ) {
        if self.is_left_down || !is_wanted {
            self.let_all_go(context);
            self.is_left_down &= self.is_any_down();
        }
        if self.is_left_down || !is_wanted {
            self.count = 0;
            return;
        }
        let count = std::mem::take(&mut self.count);
        for place in 0..count {
            let Some(event) = self.events.get(place).copied() else {
                return;
            };
            let timing = u32::try_from(event.frame).unwrap_or(0);
            let drum = drums
                .and_then(|drums| drums.get(usize::from(event.track)))
                .copied()
                .flatten();
            match event.velocity {
                Some(velocity) => {
                    let key = drum.unwrap_or(event.key);
                    let channel = if drum.is_some() { DRUMS } else { event.track };
                    let velocity = f32::from(velocity) / 127.0;
                    let is_taken = context
                        .try_send_event(NoteEvent::NoteOn {
                            timing,
                            voice_id: VoiceID::Wildcard,
                            channel: Channel::Number(channel),
                            key: Key::Number(key),
                            velocity,
                        })
                        .is_ok();
                    if let (Some(down), true) = (self.down_at(event.track, event.key), is_taken) {
                        *down = u16::from(key) | if drum.is_some() { IS_DRUM } else { 0 };
                    }
                }
                None => self.let_go(context, timing, event.track, event.key),
            }
        }
    }

    fn let_all_go<P: Plugin>(&mut self, context: &mut impl ProcessContext<P>) {
        for track in 0..u8::try_from(MAX_TRACKS).unwrap_or(0) {
            if !self.down.get(usize::from(track)).is_some_and(is_any_down) {
                continue;
            }
            for key in 0..u8::try_from(KEYS).unwrap_or(0) {
                self.let_go(context, 0, track, key);
            }
        }
    }

    fn let_go<P: Plugin>(
        &mut self,
        context: &mut impl ProcessContext<P>,
        timing: u32,
        track: u8,
        key: u8,
    ) {
        let Some(down) = self.down_at(track, key) else {
            return;
        };
        let sounding = *down;
        if sounding == UP {
            return;
        }
        let is_drum = sounding & IS_DRUM != 0;
        let event = NoteEvent::NoteOff {
            timing,
            voice_id: VoiceID::Wildcard,
            channel: Channel::Number(if is_drum { DRUMS } else { track }),
            key: Key::Number(u8::try_from(sounding & !IS_DRUM).unwrap_or(0)),
            velocity: 0.0,
        };
        // A host with no room now is told in the next block, while the key counts as down.
        if context.try_send_event(event).is_ok() {
            *down = UP;
        }
    }

    fn is_any_down(&self) -> bool {
        self.down.iter().any(is_any_down)
    }

    fn down_at(&mut self, track: u8, key: u8) -> Option<&mut u16> {
        let keys = self.down.get_mut(usize::from(track))?;
        keys.get_mut(usize::from(key))
    }
}

fn is_any_down(keys: &[u16; KEYS]) -> bool {
    keys.iter().any(|key| *key != UP)
}

/// Marks a key that went out as a drum; MIDI keys have seven bits.
const IS_DRUM: u16 = 0x80;
