//! Two oscillators, a filter, two envelopes and a slow oscillator.
