//! Tests that go by the clock on the wall, on machines that others use too. It must not know any single
//! test.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

const ATTEMPTS: u32 = 3;
/// Long enough for sound to break off if there is no processor for it.
const MOMENT: Duration = Duration::from_millis(100);

/// Runs a test of sound that is played or recorded as time goes by. Where it fails on a machine that was
/// out of processors meanwhile, that says nothing about what is tested: it is run anew, and the third
/// time counts. Where the machine had time to spare, the first does.
pub fn in_real_time(test: impl Fn()) {
    for _ in 1..ATTEMPTS {
        let watch = Watch::begin();
        let Err(failure) = catch_unwind(AssertUnwindSafe(&test)) else {
            return;
        };
        let busy = watch.end();
        if busy == 0 {
            resume_unwind(failure);
        }
        println!("The machine was out of processors in {busy} moments of {MOMENT:?}: once more.");
    }
    test();
}

/// Counts the moments in which no processor was idle, or in which another machine had one of ours.
struct Watch {
    is_over: Arc<AtomicBool>,
    counting: JoinHandle<u32>,
}

impl Watch {
    fn begin() -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&is_over);
        let counting = std::thread::spawn(move || {
            let (mut busy, mut before) = (0, Ticks::now());
            while !seen.load(Ordering::Relaxed) {
                std::thread::sleep(MOMENT);
                let now = Ticks::now();
                busy += u32::from(now.idle == before.idle || now.stolen > before.stolen);
                before = now;
            }
            busy
        });
        Self { is_over, counting }
    }

    fn end(self) -> u32 {
        self.is_over.store(true, Ordering::Relaxed);
        self.counting.join().expect("counting does not fail")
    }
}

/// What the system has counted of its processors' time since it started, in hundredths of seconds.
#[derive(Clone, Copy)]
struct Ticks {
    idle: u64,
    stolen: u64,
}

impl Ticks {
    fn now() -> Self {
        let stat = std::fs::read_to_string("/proc/stat").expect("the tests run on Linux");
        let all = stat.lines().next().expect("a line for all processors");
        let counts: Vec<u64> = all
            .split_whitespace()
            .filter_map(|count| count.parse().ok())
            .collect();
        // User, nice, system, idle, waiting for disks, two kinds of interrupts, stolen.
        Self {
            idle: counts[3] + counts[4],
            stolen: counts[7],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn what_succeeds_is_run_once() {
        let runs = Cell::new(0);
        in_real_time(|| runs.set(runs.get() + 1));
        assert_eq!(runs.get(), 1);
    }

    #[test]
    fn what_fails_each_time_fails() {
        let runs = Cell::new(0);
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            in_real_time(|| {
                runs.set(runs.get() + 1);
                // Not a panic that anybody is told about.
                resume_unwind(Box::new("red"));
            });
        }));
        assert!(outcome.is_err());
        assert!((1..=ATTEMPTS).contains(&runs.get()));
    }
}
