//! The square voice: one oscillator with its own decay and slow oscillator.
