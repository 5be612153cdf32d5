//! Holds the mix below its ceiling, also between the samples.
