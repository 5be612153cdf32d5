//! What the system says of a process: time on its processors, by thread, and memory.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

/// Processor time of every thread of a process, by the thread's name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Time(BTreeMap<String, u64>);

impl Time {
    pub(crate) fn of(process: u32) -> Self {
        let mut time = Self::default();
        let tasks = fs::read_dir(format!("/proc/{process}/task")).expect("the process runs");
        for task in tasks {
            let folder = task.expect("a thread").path();
            // A thread may end while it is looked at.
            let (Ok(name), Ok(spent)) = (
                fs::read_to_string(folder.join("comm")),
                fs::read_to_string(folder.join("schedstat")),
            ) else {
                continue;
            };
            let nanos: u64 = spent
                .split(' ')
                .next()
                .and_then(|nanos| nanos.parse().ok())
                .expect("nanoseconds");
            *time.0.entry(name.trim().to_owned()).or_default() += nanos;
        }
        time
    }

    /// What was spent since an earlier look, in all and by the thread that writes to the store.
    pub(crate) fn since(&self, earlier: &Time) -> (Duration, Duration) {
        let spent = |name: &String, nanos: &u64| {
            nanos.saturating_sub(earlier.0.get(name).copied().unwrap_or(0))
        };
        let all = self.0.iter().map(|(name, nanos)| spent(name, nanos)).sum();
        let store = self.0.get_key_value("store");
        let store = store.map_or(0, |(name, nanos)| spent(name, nanos));
        (Duration::from_nanos(all), Duration::from_nanos(store))
    }
}

/// Where some bytes begin in others.
pub(crate) fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}
