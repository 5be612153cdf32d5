//! A machine that sleeps, as the processes on it see it: its monotonic clock stands still. A process that
//! takes part asks here what its clock shows, and is stopped and continued by another. It must not know
//! who takes part.

use super::{ClockId, nanos};
use std::sync::atomic::{AtomicI64, Ordering};

/// When this process began to wait for its machine to fall asleep; 0 if it does not.
static DROWSY_SINCE: AtomicI64 = AtomicI64::new(0);
/// For how many nanoseconds the machine has slept.
static SLEPT: AtomicI64 = AtomicI64::new(0);

/// Nobody who takes part goes without asking for the time so long, unless stopped.
const ASLEEP: i64 = 2_000_000_000;

/// The machine falls asleep now, once in its life: the process is about to be stopped.
pub fn begin() {
    assert_eq!(SLEPT.load(Ordering::Relaxed), 0, "it has slept");
    DROWSY_SINCE.store(nanos(ClockId::Monotonic), Ordering::Relaxed);
}

/// What the machine's monotonic clock shows, in nanoseconds.
pub fn clock() -> i64 {
    let now = nanos(ClockId::Monotonic);
    let since = DROWSY_SINCE.load(Ordering::Acquire);
    if since > 0 && now - since > ASLEEP {
        // Whoever asks at the same moment finds the same, or a few microseconds more.
        SLEPT.fetch_max(now - since, Ordering::Relaxed);
        DROWSY_SINCE.store(0, Ordering::Release);
    }
    now - SLEPT.load(Ordering::Relaxed)
}
