//! A plucked string.
