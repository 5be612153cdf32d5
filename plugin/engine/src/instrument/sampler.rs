//! Plays a sample at any pitch.
