//! Which seeds are lived through, once for all tests, on as many threads as there are cores.

use lockstep_session::units::ServerTime;
use lockstep_tests::world::chaos::{self, Life};
use lockstep_tests::world::{Property, Violation};
use std::panic::catch_unwind;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

pub(super) const OPERATIONS: usize = 200;
const SEEDS: u64 = 500;

/// Seeds that once failed are never forgotten.
const FORMERLY_FAILING: &str = include_str!("../seeds.txt");

fn seeds() -> Vec<u64> {
    let wanted = std::env::var("LOCKSTEP_SEEDS")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(SEEDS);
    let former = FORMERLY_FAILING
        .lines()
        .filter_map(|line| line.split_whitespace().next()?.parse().ok());
    former.chain(1..=wanted).collect()
}

fn live(seed: u64) -> Life {
    catch_unwind(|| chaos::live(seed, OPERATIONS, |_| (), false)).unwrap_or_else(|panic| {
        let what = panic.downcast_ref::<String>().cloned();
        let what = what
            .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .unwrap_or_default();
        let violation = Violation {
            property: Property::NothingPanics,
            at: ServerTime::ZERO,
            what,
        };
        Life {
            violations: vec![violation],
            ..Life::default()
        }
    })
}

/// Every seed with what came of it.
pub(super) fn lives() -> &'static [(u64, Life)] {
    static LIVES: OnceLock<Vec<(u64, Life)>> = OnceLock::new();
    LIVES.get_or_init(|| {
        let seeds = seeds();
        let next = AtomicUsize::new(0);
        let work = || {
            let mut lived = Vec::new();
            while let Some(&seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed)) {
                lived.push((seed, live(seed)));
            }
            lived
        };
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            workers
                .into_iter()
                .flat_map(|worker| worker.join().expect("panics are caught"))
                .collect()
        })
    })
}
