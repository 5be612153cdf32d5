//! What of a file is sound. Names, pictures, cue sheets, and lengths that a header claims are left
//! behind before anything else looks at the bytes, so that nothing has to understand them.

pub(crate) mod chunks;
pub(crate) mod flac;
pub(crate) mod mp3;
pub(crate) mod ogg;
pub(crate) mod vorbis;

use crate::{Format, Refusal};
use std::borrow::Cow;

pub(crate) fn sound(format: Format, bytes: &[u8]) -> Result<Cow<'_, [u8]>, Refusal> {
    let bytes = mp3::behind_tags(bytes);
    match format {
        Format::Wav => chunks::wav(bytes).map(Cow::Owned),
        Format::Aiff => chunks::aiff(bytes).map(Cow::Owned),
        Format::Flac => flac::frames(bytes).map(Cow::Owned),
        Format::Mp3 => Ok(Cow::Borrowed(mp3::before_tags(bytes))),
        Format::OggVorbis => ogg::one_stream(bytes).map(Cow::Borrowed),
    }
}
