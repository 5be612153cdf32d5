//! Recorded audio as instruments play it: decoded, at its own rate, every value a sane number.
//! It knows nothing of files or hashes.

/// One sample.
#[derive(Clone, Debug)]
pub struct Sample {}
