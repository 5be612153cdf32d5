//! Fuzzing of `socket`: the engine's door to the property of that name.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lockstep_fuzz::server::doors().socket(bytes));
