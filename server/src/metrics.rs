//! What the server counts, for whoever runs it. Counting costs an atomic addition, and no label
//! ever holds a name that a player chose or a link.

mod times;

use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::info::Info;
use prometheus_client::metrics::{counter::Counter, family::Family, gauge::Gauge};
use prometheus_client::registry::Registry;
use std::fmt::Error;
use times::Times;

/// Clone what a task needs: each part is a handle to the same number.
#[derive(Debug)]
pub(crate) struct Metrics {
    pub(crate) connections: Gauge,
    pub(crate) requests: Family<RequestLabels, Counter>,
    pub(crate) limits: Family<LimitLabels, Counter>,
    pub(crate) sessions: SessionMetrics,
    pub(crate) sessions_stored: Gauge,
    pub(crate) uploads: Counter,
    pub(crate) upload_bytes: Counter,
    pub(crate) store: StoreMetrics,
    registry: Registry,
}

/// What sessions and their sockets count.
#[derive(Clone, Debug, Default)]
pub(crate) struct SessionMetrics {
    pub(crate) awake: Gauge,
    pub(crate) players: Gauge,
    /// Sessions whose changes cannot be stored at the moment.
    pub(crate) read_only: Gauge,
    pub(crate) edits_ordered: Counter,
    pub(crate) edits_refused: Counter,
    /// From the receipt of an edit to its acknowledgement.
    pub(crate) acknowledged: Times,
    pub(crate) readers_resynced: Counter,
    pub(crate) readers_dropped: Counter,
    pub(crate) bytes_received: Counter,
    pub(crate) bytes_sent: Counter,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct StoreMetrics {
    pub(crate) commits: Times,
    pub(crate) jobs: Counter,
    pub(crate) bytes: Counter,
    pub(crate) failures: Counter,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct RequestLabels {
    /// The route's pattern, never the path itself.
    pub(crate) route: String,
    pub(crate) status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct LimitLabels {
    pub(crate) limit: &'static str,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            connections: Gauge::default(),
            requests: Family::default(),
            limits: Family::default(),
            sessions: SessionMetrics::default(),
            sessions_stored: Gauge::default(),
            uploads: Counter::default(),
            upload_bytes: Counter::default(),
            store: StoreMetrics::default(),
            registry: Registry::with_prefix("lockstep"),
        };
        metrics.register();
        metrics
    }
}

impl Metrics {
    fn register(&mut self) {
        let to = &mut self.registry;
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        to.register("build", "Which program this is", build);
        to.register("connections", "Open connections", self.connections.clone());
        to.register("http_requests", "Answers", self.requests.clone());
        to.register("limits_hit", "Refusals by limit", self.limits.clone());
        let stored = self.sessions_stored.clone();
        to.register("sessions_stored", "Sessions that are kept", stored);
        to.register("uploads", "Samples taken in", self.uploads.clone());
        let bytes = self.upload_bytes.clone();
        to.register("upload_bytes", "Bytes of samples taken in", bytes);
        self.sessions.register(to);
        self.store.register(to);
    }

    pub(crate) fn limit_hit(&self, limit: &'static str) {
        self.limits.get_or_create(&LimitLabels { limit }).inc();
    }

    /// Everything, as Prometheus reads it.
    pub(crate) fn text(&self) -> Result<String, Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

impl SessionMetrics {
    fn register(&self, to: &mut Registry) {
        to.register("sessions_awake", "Sessions in memory", self.awake.clone());
        to.register(
            "sessions_read_only",
            "Sessions whose changes cannot be stored at the moment",
            self.read_only.clone(),
        );
        to.register(
            "players",
            "Connections of players in sessions",
            self.players.clone(),
        );
        let ordered = self.edits_ordered.clone();
        to.register("edits_ordered", "Edits that were accepted", ordered);
        let refused = self.edits_refused.clone();
        to.register("edits_refused", "Edits that were rejected", refused);
        to.register(
            "acknowledgement_seconds",
            "From the receipt of an edit until it is durable and acknowledged",
            self.acknowledged.clone(),
        );
        let resynced = self.readers_resynced.clone();
        to.register("readers_resynced", "Slow readers sent a snapshot", resynced);
        let dropped = self.readers_dropped.clone();
        to.register("readers_dropped", "Slow readers sent away", dropped);
        let received = self.bytes_received.clone();
        to.register("bytes_received", "Bytes of messages received", received);
        let sent = self.bytes_sent.clone();
        to.register("bytes_sent", "Bytes of messages sent", sent);
    }
}

impl StoreMetrics {
    fn register(&self, to: &mut Registry) {
        to.register(
            "store_commit_seconds",
            "How long the store takes to make a group of changes durable",
            self.commits.clone(),
        );
        let jobs = self.jobs.clone();
        to.register("store_jobs", "Changes the store was asked for", jobs);
        let bytes = self.bytes.clone();
        to.register("store_bytes", "Bytes the store was given to keep", bytes);
        let failures = self.failures.clone();
        to.register("store_failures", "Commits that the disk failed", failures);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn what_was_counted_is_told_as_prometheus_reads_it() {
        let metrics = Metrics::default();
        metrics.sessions.players.inc();
        metrics.limit_hit("create");
        for millis in [1, 3, 3_000_000] {
            metrics
                .sessions
                .acknowledged
                .note(Duration::from_millis(millis));
        }
        let text = metrics.text().unwrap();
        for line in [
            "lockstep_build_info{version=\"0.1.0\"} 1",
            "lockstep_players 1",
            "lockstep_limits_hit_total{limit=\"create\"} 1",
            "lockstep_acknowledgement_seconds_bucket{le=\"0.001\"} 1",
            "lockstep_acknowledgement_seconds_bucket{le=\"0.005\"} 2",
            "lockstep_acknowledgement_seconds_bucket{le=\"+Inf\"} 3",
            "lockstep_acknowledgement_seconds_count 3",
            "lockstep_acknowledgement_seconds_sum 3000.004",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }
}
