//! Turns everything down while one track sounds.
