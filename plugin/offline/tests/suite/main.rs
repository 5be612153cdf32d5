//! What the offline crate writes, read back: sound by its samples, MIDI by another's parser.

mod audio;
mod cycle;
mod midi;
mod notation;
mod session;
