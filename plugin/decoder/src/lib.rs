//! Audio files of strangers, as bytes, made into samples or refused. It knows no file, socket, clock
//! or thread, and whatever the bytes are, it ends soon and within bounds.
#![forbid(unsafe_code)]

mod decode;
mod format;
mod strip;

pub use decode::{Shape, Sound, decode, frames, measure};
pub use format::Format;

/// The longest sample.
pub use lockstep_session::takes::MOST_SECONDS;

/// Why bytes are no sample.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("this is no WAV, FLAC, MP3, Ogg Vorbis or AIFF file")]
    NotAudio,
    #[error("it is damaged, or encoded in a way that is not understood: {0}")]
    Unreadable(String),
    #[error("there is no sound in it")]
    Empty,
    #[error("it is longer than {MOST_SECONDS} seconds")]
    TooLong,
    #[error("it has {0} channels; a sample has one or two")]
    Channels(usize),
    #[error("it has {0} frames a second; a sample has 8,000 to 192,000")]
    Rate(u32),
}

impl Refusal {
    fn unreadable(why: impl Into<String>) -> Self {
        Self::Unreadable(why.into())
    }
}
