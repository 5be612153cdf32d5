//! Tests that go by the clock on the wall, on machines that others use too. It must not know any single
//! test.

mod floor;

pub(crate) use floor::Place;

use floor::Alone;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

const ATTEMPTS: u32 = 3;
/// Long enough for sound to break off if there is no processor for it.
const MOMENT: Duration = Duration::from_millis(100);

/// Runs a test of sound that is played or recorded as time goes by. Where it fails on a machine that was
/// out of processors meanwhile, that says nothing about what is tested: it is run anew, without other
/// tests beside it, and the third time counts. Where the machine had time to spare, the first does.
pub fn in_real_time(test: impl Fn()) {
    let mut alone = None;
    for _ in 1..ATTEMPTS {
        let watch = Watch::begin();
        let outcome = catch_unwind(AssertUnwindSafe(&test));
        let busy = watch.end();
        let Err(failure) = outcome else {
            return;
        };
        if busy == 0 {
            resume_unwind(failure);
        }
        // Past what the runner keeps of a test that succeeds: whoever reads the log is to know.
        let _ = writeln!(
            std::io::stderr(),
            "once more: out of processors in {busy} moments of {MOMENT:?}"
        );
        alone.get_or_insert_with(Alone::wait);
    }
    test();
}

/// Counts the moments in which there were too few processors.
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
                busy += u32::from(now.lacked_since(&before));
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
    all: u64,
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
            all: counts[..8].iter().sum(),
            idle: counts[3] + counts[4],
            stolen: counts[7],
        }
    }

    /// No processor was idle at any time, or other machines took a fifth of ours.
    fn lacked_since(&self, before: &Self) -> bool {
        let passed = self.all - before.all;
        passed > 0 && (self.idle <= before.idle || (self.stolen - before.stolen) * 5 >= passed)
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
    fn a_machine_lacks_processors_if_none_is_idle_or_many_are_taken() {
        let before = Ticks {
            all: 1_000,
            idle: 500,
            stolen: 100,
        };
        let after = |idle: u64, stolen: u64| Ticks {
            all: 1_020,
            idle: 500 + idle,
            stolen: 100 + stolen,
        };
        assert!(after(0, 0).lacked_since(&before), "none is idle");
        assert!(after(10, 4).lacked_since(&before), "a fifth is taken");
        assert!(!after(1, 0).lacked_since(&before), "one was idle");
        assert!(!after(10, 3).lacked_since(&before), "little is taken");
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
