//! What the host's MIDI means: each channel plays the track of its number. It must not know how a
//! note sounds.

use crate::Lockstep;
use lockstep_engine::{LiveEvent, LiveNote};
use nice_plug::prelude::*;

/// The events of one block.
#[derive(Debug)]
pub(crate) struct Hands {
    notes: [LiveNote; MOST],
}

/// Far more than hands play in a block; what is beyond is left out.
const MOST: usize = 256;

impl Default for Hands {
    fn default() -> Self {
        let nothing = LiveNote {
            frame: 0,
            track: 0,
            event: LiveEvent::AllUp,
        };
        Self {
            notes: [nothing; MOST],
        }
    }
}

impl Hands {
    /// What was played in this block of so many frames, in order. What a host puts behind the last
    /// frame falls on it.
    ///
    /// Realtime: yes
    pub(crate) fn hear(
        &mut self,
        context: &mut impl ProcessContext<Lockstep>,
        frames: usize,
    ) -> &[LiveNote] {
        let last = frames.saturating_sub(1);
        let mut count = 0;
        while let Some(event) = context.next_event() {
            if let (Some(note), Some(slot)) = (live(&event), self.notes.get_mut(count)) {
                *slot = LiveNote {
                    frame: note.frame.min(last),
                    ..note
                };
                count += 1;
            }
        }
        self.notes.get(..count).unwrap_or(&[])
    }
}

/// A channel or a key that the host leaves open is the first, and middle C.
fn live(event: &NoteEvent<()>) -> Option<LiveNote> {
    let (timing, channel, event) = match *event {
        NoteEvent::NoteOn {
            timing,
            channel,
            key,
            velocity,
            ..
        } => {
            let key = key.number_or_middle_c();
            (timing, channel, LiveEvent::Down { key, velocity })
        }
        NoteEvent::NoteOff {
            timing,
            channel,
            key,
            ..
        }
        | NoteEvent::Choke {
            timing,
            channel,
            key,
            ..
        } => match key.number() {
            Some(key) => (timing, channel, LiveEvent::Up { key }),
            None => (timing, channel, LiveEvent::AllUp),
        },
        _ => return None,
    };
    Some(LiveNote {
        frame: usize::try_from(timing).ok()?,
        track: channel.number().unwrap_or(0),
        event,
    })
}
