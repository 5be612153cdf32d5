//! Effects of a track, of the sends and of the mix. Each is made once for a sample rate, is moved by
//! what it is aimed at, and renders a few frames at a time. None knows the score.

pub(crate) mod chorus;
pub(crate) mod compressor;
pub(crate) mod delay;
pub(crate) mod duck;
pub(crate) mod limiter;
pub(crate) mod reverb;
pub(crate) mod strip;
