//! What a host hands its plugin besides audio, frame by frame, and all that it gets back.

use super::Sound;
use std::collections::BTreeMap;

/// Something that the host tells its plugin at one frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Touch {
    /// A parameter by its number, as automation moves it.
    Parameter {
        number: u32,
        value: f64,
    },
    Down {
        channel: u8,
        key: u8,
        velocity: f64,
    },
    Up {
        channel: u8,
        key: u8,
    },
    /// The wheel, from -1 to 1.
    Bend {
        channel: u8,
        amount: f64,
    },
    Pedal {
        channel: u8,
        is_down: bool,
    },
    /// Any other short message of MIDI 1.0.
    Midi([u8; 3]),
}

impl Touch {
    /// As three bytes of MIDI, for what has no better form.
    pub fn midi(self) -> Option<[u8; 3]> {
        match self {
            Self::Parameter { .. } => None,
            Self::Down {
                channel,
                key,
                velocity,
            } => Some([0x90 | channel, key, seven_bits(velocity)]),
            Self::Up { channel, key } => Some([0x80 | channel, key, 0]),
            Self::Bend { channel, amount } => {
                let [low, high] = fourteen_bits(amount);
                Some([0xe0 | channel, low, high])
            }
            Self::Pedal { channel, is_down } => {
                Some([0xb0 | channel, 64, if is_down { 127 } else { 0 }])
            }
            Self::Midi(bytes) => Some(bytes),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and a velocity fits"
)]
fn seven_bits(part: f64) -> u8 {
    (part.clamp(0.0, 1.0) * 127.0).round() as u8
}

/// The wheel's position, the low seven bits first.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "fourteen bits fit, and the cast saturates"
)]
fn fourteen_bits(amount: f64) -> [u8; 2] {
    let position = (8192.0 + amount.clamp(-1.0, 1.0) * 8191.0).round() as u16;
    [(position & 0x7f) as u8, (position >> 7) as u8]
}

/// A note that the plugin sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Note {
    /// Counted from the first frame of the render.
    pub frame: usize,
    pub channel: u8,
    pub key: u8,
    /// Nothing where it ends.
    pub velocity: Option<f64>,
}

/// Everything that came out of a plugin.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Performance {
    /// Of each output, the main one first.
    pub ports: Vec<Sound>,
    pub notes: Vec<Note>,
    /// Parameters that the plugin itself moved, by their numbers.
    pub changes: Vec<(u32, f64)>,
}

impl Performance {
    /// What the main output sounds.
    pub fn mix(mut self) -> Sound {
        if self.ports.is_empty() {
            return Sound::default();
        }
        self.ports.swap_remove(0)
    }

    pub fn frames(&self) -> usize {
        self.ports.first().map_or(0, Sound::frames)
    }

    /// Puts another one after it.
    pub fn append(&mut self, next: Self) {
        let before = self.frames();
        self.ports.resize_with(next.ports.len(), Sound::default);
        for (port, next) in self.ports.iter_mut().zip(next.ports) {
            port.append(next);
        }
        let later = next.notes.into_iter().map(|note| Note {
            frame: note.frame + before,
            ..note
        });
        self.notes.extend(later);
        self.changes.extend(next.changes);
    }

    /// The notes that have begun and not ended, by channel and key, with how often.
    pub fn hanging(&self) -> BTreeMap<(u8, u8), i32> {
        let mut open = BTreeMap::new();
        for note in &self.notes {
            let count = open.entry((note.channel, note.key)).or_insert(0);
            *count += if note.velocity.is_some() { 1 } else { -1 };
        }
        open.retain(|_, count| *count != 0);
        open
    }
}
