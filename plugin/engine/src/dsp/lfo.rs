//! A slow oscillator that moves other values.
