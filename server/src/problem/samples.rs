//! What goes wrong with samples.

use super::Problem;
use crate::samples::{MOST_BYTES, ReceiveError, TakeError, VaultError, is_about_room};
use crate::store::StoreError;
use axum::http::StatusCode;
use lockstep_decoder::Refusal;

impl Problem {
    pub(crate) const SAMPLE_TOO_LARGE: Problem = Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too-large",
        "A sample has at most 12 MiB.",
        "Send a shorter piece, or the same as FLAC.",
    );
    pub(crate) const HASH_MISMATCH: Problem = Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "hash-mismatch",
        "The bytes that arrived are not those of the hash that was given.",
        "Send them again.",
    );
    pub(crate) const NOT_AUDIO: Problem = Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "not-audio",
        "This is no WAV, FLAC, MP3, Ogg Vorbis or AIFF file.",
        "Send it in one of these formats; its name does not matter.",
    );
    pub(crate) const NO_SAMPLE: Problem = Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "unusable-audio",
        "This cannot be a sample.",
        "Send a sound of at most 60 seconds with one or two channels.",
    );
    pub(crate) const NO_ROOM: Problem = Problem::new(
        StatusCode::INSUFFICIENT_STORAGE,
        "no-room",
        "The server has no room for this sample. Nothing of it was kept.",
        "Try again later; whoever runs the server should look at its disk.",
    );
    pub(crate) const SAMPLES_FAILED: Problem = Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "storage-failed",
        "The server cannot reach its samples at the moment.",
        "Try again in a while; whoever runs the server should look at its log.",
    );
    pub(crate) const UNKNOWN_SAMPLE: Problem = Problem::new(
        StatusCode::NOT_FOUND,
        "unknown-sample",
        "There is no sample of this hash here.",
        "Send it, if you have it.",
    );
    pub(crate) const DAMAGED_SAMPLE: Problem = Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "damaged-sample",
        "What is stored of this sample is damaged or gone.",
        "Send it again, if you have it: that mends it.",
    );
    pub(crate) const NO_SUCH_RANGE: Problem = Problem::new(
        StatusCode::RANGE_NOT_SATISFIABLE,
        "no-such-range",
        "The sample ends before the range that was asked for.",
        "The header content-range says how long it is.",
    );

    pub(crate) fn sample_too_large() -> Self {
        Self::SAMPLE_TOO_LARGE.most_bytes(MOST_BYTES)
    }
}

impl From<ReceiveError> for Problem {
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::TooLarge => Problem::sample_too_large(),
            ReceiveError::TooSlow => Problem::TOO_SLOW,
            ReceiveError::Broken => {
                Problem::MALFORMED.saying("The body ended before it was whole.")
            }
            ReceiveError::Unwritable(error) => {
                tracing::error!(%error, "a sample cannot be written");
                if is_about_room(&error) {
                    Problem::NO_ROOM
                } else {
                    Problem::SAMPLES_FAILED
                }
            }
        }
    }
}

impl From<TakeError> for Problem {
    fn from(error: TakeError) -> Self {
        match error {
            TakeError::Refused(Refusal::NotAudio) => Problem::NOT_AUDIO,
            TakeError::Refused(refusal) => {
                Problem::NO_SAMPLE.saying(format!("This cannot be a sample: {refusal}."))
            }
            TakeError::Vault(error) => error.into(),
            TakeError::Store(StoreError::Unwritable(error)) if is_about_room(error.as_ref()) => {
                VaultError::NoRoom(error.to_string()).into()
            }
            TakeError::Store(error) => error.into(),
            TakeError::Lost(error) => {
                tracing::error!(%error, "a sample that came in is lost");
                Problem::SAMPLES_FAILED
            }
            TakeError::Stopping => Problem::STOPPING,
        }
    }
}
