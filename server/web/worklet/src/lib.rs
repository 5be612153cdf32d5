//! The engine as one wasm module for the browser's audio thread. It imports nothing, and numbers and
//! places in its memory are all that passes its border.

mod exports;
mod player;
