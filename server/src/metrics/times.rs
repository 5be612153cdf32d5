//! How long something takes, counted in classes: additions to atomics, and no lock.

use prometheus_client::encoding::{EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::{MetricType, TypedMetric};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The ends of the classes in microseconds.
const ENDS: [u32; 14] = [
    250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    2_500_000, 10_000_000,
];

#[derive(Clone, Debug, Default)]
pub(crate) struct Times {
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    /// One more than there are ends: the last takes what is longer than all of them.
    classes: [AtomicU64; ENDS.len() + 1],
    micros: AtomicU64,
}

impl Times {
    pub(crate) fn note(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let class = ENDS.partition_point(|end| u64::from(*end) < micros);
        self.counts.classes[class].fetch_add(1, Ordering::Relaxed);
        self.counts.micros.fetch_add(micros, Ordering::Relaxed);
    }
}

impl TypedMetric for Times {
    const TYPE: MetricType = MetricType::Histogram;
}

impl EncodeMetric for Times {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), std::fmt::Error> {
        let ends = ENDS.iter().map(|end| f64::from(*end) / 1e6);
        let counts = self.counts.classes.iter();
        let buckets: Vec<(f64, u64)> = ends
            .chain([f64::INFINITY])
            .zip(counts.map(|count| count.load(Ordering::Relaxed)))
            .collect();
        let count = buckets.iter().map(|(_, count)| count).sum();
        let sum = Duration::from_micros(self.counts.micros.load(Ordering::Relaxed));
        encoder.encode_histogram::<NoLabelSet>(sum.as_secs_f64(), count, &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        Self::TYPE
    }
}
