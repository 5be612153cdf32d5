//! Wave tables, computed once when an engine is made.

/// The tables that all oscillators of an engine read.
#[derive(Debug)]
pub(crate) struct Tables {}
