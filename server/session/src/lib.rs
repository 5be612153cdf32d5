//! The shared document of a session and everything that keeps it equal everywhere: edits,
//! authority, replica, timeline, clock, protocol and journal records. It reads no clock, opens no
//! socket, starts no thread and writes no log: time, chance and input are arguments.
#![forbid(unsafe_code)]

pub mod authority;
pub mod bounded;
pub mod chance;
pub mod clock;
pub mod document;
pub mod edit;
pub mod ids;
pub mod journal;
pub mod limits;
pub mod names;
pub mod protocol;
mod rate;
pub mod recorder;
pub mod replica;
pub mod shortcuts;
pub mod slot;
pub mod steps;
pub mod takes;
pub mod text;
mod tree;
pub mod units;
