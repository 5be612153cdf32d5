//! Which kind of file bytes are, by what they say and by nothing else.

use crate::strip::{mp3, vorbis};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    Wav,
    Flac,
    Mp3,
    OggVorbis,
    Aiff,
}

impl Format {
    pub const ALL: [Format; 5] = [
        Format::Wav,
        Format::Flac,
        Format::Mp3,
        Format::OggVorbis,
        Format::Aiff,
    ];

    /// None for everything that is not known for certain.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let bytes = mp3::behind_tags(bytes);
        let form = bytes.get(8..12).unwrap_or_default();
        match bytes.get(..4)? {
            b"RIFF" if form == b"WAVE" => Some(Self::Wav),
            b"FORM" if form == b"AIFF" || form == b"AIFC" => Some(Self::Aiff),
            b"fLaC" => Some(Self::Flac),
            b"OggS" => vorbis::begins(bytes).then_some(Self::OggVorbis),
            _ => mp3::begins(bytes).then_some(Self::Mp3),
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Wav => "audio/wav",
            Self::Flac => "audio/flac",
            Self::Mp3 => "audio/mpeg",
            Self::OggVorbis => "audio/ogg",
            Self::Aiff => "audio/aiff",
        }
    }

    /// The ending of such a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Flac => "flac",
            Self::Mp3 => "mp3",
            Self::OggVorbis => "ogg",
            Self::Aiff => "aiff",
        }
    }
}
