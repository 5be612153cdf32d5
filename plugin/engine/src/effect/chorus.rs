//! A chorus on the mix.
