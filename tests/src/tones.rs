//! Files of sound for tests: a tone, written in every format that a sample may have. WAV, AIFF and
//! FLAC are written here; MP3 and Ogg Vorbis lie in `assets`, encoded once from the same tone.

mod aiff;
mod flac;
mod wav;

pub use aiff::aiff;
pub use flac::{Flac, flac};
pub use wav::wav;

/// A file, and what is in it.
#[derive(Clone, Copy, Debug)]
pub struct Encoded {
    pub bytes: &'static [u8],
    pub media_type: &'static str,
    pub frames: u32,
    pub rate: u32,
    pub channels: u8,
}

/// A quarter of a second of 440 Hz at 44.1 kHz, and of 440 and 880 Hz at 48 kHz.
pub const ENCODED: [Encoded; 4] = [
    Encoded {
        bytes: include_bytes!("../assets/tone.mp3"),
        media_type: "audio/mpeg",
        frames: 11_025,
        rate: 44_100,
        channels: 1,
    },
    Encoded {
        bytes: include_bytes!("../assets/stereo.mp3"),
        media_type: "audio/mpeg",
        frames: 12_000,
        rate: 48_000,
        channels: 2,
    },
    Encoded {
        bytes: include_bytes!("../assets/tone.ogg"),
        media_type: "audio/ogg",
        frames: 11_025,
        rate: 44_100,
        channels: 1,
    },
    Encoded {
        bytes: include_bytes!("../assets/stereo.ogg"),
        media_type: "audio/ogg",
        frames: 12_000,
        rate: 48_000,
        channels: 2,
    },
];

/// An MP3 file whose first frames are longer than the others, and which says nowhere how many.
pub const VARYING: &[u8] = include_bytes!("../assets/varying.mp3");
pub const FRAMES_IN_VARYING: u32 = 30;

/// What a file of ours holds.
#[derive(Clone, Copy, Debug)]
pub struct Tone {
    pub frames: u32,
    pub rate: u32,
    pub channels: u16,
    /// Makes one file differ from another.
    pub hertz: f64,
}

impl Tone {
    pub fn new(frames: u32, rate: u32, channels: u16) -> Self {
        Self {
            frames,
            rate,
            channels,
            hertz: 440.0,
        }
    }

    /// A value of a channel: the second is an octave higher than the first, and so on.
    pub fn value(&self, frame: u32, channel: u16) -> i16 {
        let turns = self.hertz * f64::from(channel + 1) * f64::from(frame) / f64::from(self.rate);
        let value = 12_000.0 * (turns * std::f64::consts::TAU).sin();
        #[expect(clippy::cast_possible_truncation, reason = "it lies within 12,000")]
        let value = value.round() as i16;
        value
    }

    /// All values, frame by frame.
    pub fn values(&self) -> impl Iterator<Item = i16> + '_ {
        (0..self.frames).flat_map(move |frame| {
            (0..self.channels).map(move |channel| self.value(frame, channel))
        })
    }
}
