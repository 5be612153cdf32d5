//! The stereo delay of the sends.
