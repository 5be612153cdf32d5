//! Oscillators without audible aliasing.
