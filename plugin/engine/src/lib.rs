//! The realtime audio engine: a score and a host position go in, stereo sound comes out.
//! It knows no clock, file, socket or thread, and allocates nothing after construction.
#![forbid(unsafe_code)]

mod dsp;
mod effect;
mod engine;
mod instrument;
mod meter;
mod playhead;
mod sample;
mod score;
mod units;
mod voice;

pub use engine::Engine;
pub use meter::{Level, Meters};
pub use playhead::{HostBlock, HostLoop, Pass, Passes, Playhead};
pub use score::{MAX_STEPS, MAX_TRACKS, Onset, Score, ScoreTrack, StepLengthError};
pub use units::{Beats, SampleRate, Tempo};
pub use voice::ClickVoice;
