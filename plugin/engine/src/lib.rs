//! The realtime audio engine: a score and a place in it go in, sound comes out.
//! It knows no clock, file, socket or thread, and allocates nothing after construction.
#![forbid(unsafe_code)]

mod compile;
mod dsp;
mod effect;
mod engine;
mod instrument;
mod keyboard;
mod knobs;
mod listening;
mod live;
mod loops;
mod meter;
mod metronome;
mod mixer;
mod notes;
mod places;
mod players;
mod playhead;
mod preset;
mod sample;
mod score;
mod sequencer;
mod turn;
mod units;
mod voices;

pub use engine::{Chunk, Engine, Moment};
pub use keyboard::KeyEvent;
pub use knobs::{Knob, Meaning, Section, Unit, knobs};
pub use listening::Listening;
pub use live::{LiveEvent, LiveNote};
pub use meter::{Level, Meters};
pub use notes::{PlayedNote, notes};
pub use playhead::{HostBlock, HostLoop};
pub use preset::{Category, Macro, PRESETS, Preset, amount, usual};
pub use sample::{Interpolation, Reader, Sample, SampleKey};
pub use score::{MAX_STEPS, MAX_TRACKS, Score};
pub use turn::Turn;
pub use units::{Beats, SampleRate, Tempo};
pub use voices::MAX_VOICES;
