//! What is played by hand: keys, pitch wheel and pedal of each track.

use crate::score::MAX_TRACKS;

/// Something that a player's hand did within a block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveNote {
    /// The frame of the block it falls on.
    pub frame: usize,
    pub track: u8,
    pub event: LiveEvent,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LiveEvent {
    /// A key went down: a MIDI note, and how hard, from 0 to 1.
    Down { key: u8, velocity: f32 },
    /// A key went up.
    Up { key: u8 },
    /// The pitch wheel stands at so many semitones.
    Bend { semitones: f32 },
    /// The sustain pedal went down or up.
    Pedal { is_down: bool },
    /// Every key is let go.
    AllUp,
}

/// Where each track's wheel and pedal stand.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Keys {
    pub(crate) bends: [f32; MAX_TRACKS],
    pedals: u16,
    struck: u32,
}

/// The furthest a pitch wheel reaches.
const FURTHEST_BEND: f32 = 48.0;

impl Keys {
    /// Realtime: yes
    pub(crate) fn bend(&mut self, track: u8, semitones: f32) {
        let bend = self.bends.get_mut(usize::from(track));
        if let Some(bend) = bend.filter(|_| semitones.is_finite()) {
            *bend = semitones.clamp(-FURTHEST_BEND, FURTHEST_BEND);
        }
    }

    /// Realtime: yes
    pub(crate) fn set_pedal(&mut self, track: u8, is_down: bool) {
        let bit = 1_u16.checked_shl(u32::from(track)).unwrap_or(0);
        if is_down {
            self.pedals |= bit;
        } else {
            self.pedals &= !bit;
        }
    }

    /// Realtime: yes
    pub(crate) fn is_sustained(&self, track: u8) -> bool {
        let bit = 1_u16.checked_shl(u32::from(track)).unwrap_or(0);
        self.pedals & bit != 0
    }

    /// Two tracks change places.
    ///
    /// Realtime: yes
    pub(crate) fn swap(&mut self, one: usize, other: usize) {
        if one.max(other) < MAX_TRACKS {
            self.bends.swap(one, other);
            let differ = (self.pedals >> one ^ self.pedals >> other) & 1;
            self.pedals ^= differ << one | differ << other;
        }
    }

    /// A number for the next stroke, so that no two sound quite alike.
    ///
    /// Realtime: yes
    pub(crate) fn next_seed(&mut self) -> u32 {
        self.struck = self.struck.wrapping_add(1);
        self.struck.wrapping_mul(0x9e37_79b9)
    }
}
