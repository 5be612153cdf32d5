//! Effects of a track, of the sends and of the mix. Each is made once for a sample rate, is moved by
//! what it is aimed at, and renders a few frames at a time. None knows the score.
//!
//! Each works in place, and rests once nothing in it sounds: a resting effect leaves silence as it
//! is and stands still until it hears something, so it may as well not be called. What it is aimed
//! at while it rests is so at once.

pub(crate) mod chorus;
pub(crate) mod compressor;
pub(crate) mod delay;
pub(crate) mod duck;
pub(crate) mod limiter;
pub(crate) mod line;
pub(crate) mod reverb;
pub(crate) mod strip;
#[cfg(test)]
mod trial;

/// Nothing that sounds is louder.
const LOUDEST: f32 = 1_000.0;

/// What circulates in a delay line and is smaller than this is nothing. It is a hundred and sixty
/// decibels below full scale, so a long tail ends within a minute rather than within many.
const FAINT: f32 = 1e-8;

/// A parameter comes two thirds of the way to where it is aimed in this many seconds.
const SMOOTHING: f32 = 0.008;

/// The sample, or silence if it is not a number or louder than anything that sounds.
///
/// Realtime: yes
#[inline(always)]
fn sane(sample: f32) -> f32 {
    if sample.abs() <= LOUDEST { sample } else { 0.0 }
}

/// The sample, or silence if it is faint.
///
/// Realtime: yes
#[inline(always)]
fn heard(sample: f32) -> f32 {
    if sample.abs() < FAINT { 0.0 } else { sample }
}

/// What a parameter is aimed at, brought between `low` and `high`; what it was aimed at before if it
/// is not a number.
///
/// Realtime: yes
#[inline(always)]
fn between(value: f32, low: f32, high: f32, before: f32) -> f32 {
    if value.is_finite() {
        value.clamp(low, high)
    } else {
        before
    }
}
