//! The page's sound.

mod output;
mod pilot;
