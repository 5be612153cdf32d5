//! Synthesised drums.
