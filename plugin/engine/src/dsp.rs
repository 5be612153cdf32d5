//! What instruments and effects are made of. Everything here computes the same bits on every
//! platform: only basic arithmetic per frame, and libm where something is prepared.

pub(crate) mod envelope;
pub(crate) mod filter;
pub(crate) mod lfo;
pub(crate) mod maths;
pub(crate) mod noise;
pub(crate) mod oscillator;
pub(crate) mod quad;
pub(crate) mod smooth;
pub(crate) mod tables;
