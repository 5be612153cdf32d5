//! The reverb of the sends.
