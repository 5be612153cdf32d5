//! A plugin host in a process of its own, for tests that need two. It must not know any test.
//! It is a machine of its own, too: what it and its plugin take for the system's clock can stand still.
#![expect(
    unsafe_code,
    reason = "it stands in for a function of the system's library"
)]

use lockstep_tests::machine::suspension;
use rustix::time::{ClockId, Timespec, clock_gettime as ask_system};

/// The standard library, and the plugin's too, read all clocks by this name.
// SAFETY: nothing else here is called so, and it does what the system's own function does.
#[unsafe(no_mangle)]
unsafe extern "C" fn clock_gettime(clock: i32, time: *mut Timespec) -> i32 {
    let Ok(clock) = ClockId::try_from(clock) else {
        return -1;
    };
    let shown = match clock {
        ClockId::Monotonic => {
            let nanos = suspension::clock();
            Timespec {
                tv_sec: nanos.div_euclid(1_000_000_000),
                tv_nsec: nanos.rem_euclid(1_000_000_000),
            }
        }
        clock => ask_system(clock),
    };
    // SAFETY: whoever asks for the time gives a place for it.
    unsafe { *time = shown };
    0
}

fn main() {
    lockstep_tests::hosts::serve();
}
