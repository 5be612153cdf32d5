//! Fuzzing of `sample`: the engine's door to the property of that name. What a decoder panics about
//! is caught and refused, so it is no finding; a property that does not hold still is.
#![no_main]

libfuzzer_sys::fuzz_target!(init: std::panic::set_hook(Box::new(|_| {})), |bytes: &[u8]| {
    lockstep_fuzz::sample(bytes);
});
