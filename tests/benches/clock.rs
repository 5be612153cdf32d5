//! How far the clock is off, beside simpler estimators, on simulated networks with 50 ppm of skew.
//! `--seeds N` players join each network; the last line is JSON.

use lockstep_session::clock::{Clock, Exchange};
use lockstep_session::units::{LocalTime, ServerTime, Span};
use lockstep_tests::networks::{
    ASYMMETRIC, HOPS, JITTER, LAN20, LOOPBACK, Network, Player, UPLINK, WIFI, offset_half_way,
};
use std::collections::VecDeque;
use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};

const SEEDS: u64 = 1_000;
const SKEW_PPM: f64 = 50.0;
/// When the clock is read, in tenths of a second since joining: early, and for the figures.
const EARLY: usize = 20;
const FIRST: usize = 100;
const LAST: usize = 1_200;

fn main() {
    let seeds = seeds_from(std::env::args());
    println!("p95 of the error in ms, {seeds} players, from 10 s to 120 s after joining");
    println!(
        "{:<26}{:>8}{:>8}{:>8}{:>8}{:>8}{:>10}{:>10}{:>8}{:>8}{:>8}{:>8}{:>7}",
        "network",
        "limit",
        "ours",
        "at 2 s",
        "worst",
        "naive",
        "median 5",
        "min RTT",
        "low 10%",
        "bound",
        "honest",
        "slew",
        "steps"
    );
    let limited = [(LOOPBACK, 0.1), (LAN20, 0.4), (JITTER, 0.6), (WIFI, 0.5)];
    let [loopback, lan20, jitter, wifi] = limited.map(|(network, limit)| {
        let figures = measure(network, seeds);
        figures.print(network, &limit.to_string());
        figures
    });
    for network in [UPLINK, HOPS, ASYMMETRIC] {
        measure(network, seeds.div_ceil(5)).print(network, "-");
    }
    println!(
        "ours: what a player hears; at 2 s of those who know the time by then, the worst of them beside \
         it. naive: the last answer, half way through its round trip. median 5: of the last 5 of these. \
         min RTT: the quickest of the last 64. low 10%: a line through \
         the quickest tenth of the last 384. bound: the median error that the clock admits; honest: \
         how often the error is within it. slew: the fastest that server time runs off the local \
         clock within a second, in ppm, beside steps."
    );
    println!(
        "{{\"loopback_p95_ms\":{:.3},\"lan20_p95_ms\":{:.3},\"jitter_p95_ms\":{:.3},\
         \"wifi_p95_ms\":{:.3},\"naive_wifi_p95_ms\":{:.3}}}",
        loopback.ours, lan20.ours, jitter.ours, wifi.ours, wifi.naive
    );
}

/// Cargo adds an argument of its own, which is passed over.
fn seeds_from(arguments: impl Iterator<Item = String>) -> u64 {
    let mut arguments = arguments
        .skip_while(|argument| argument != "--seeds")
        .skip(1);
    let Some(seeds) = arguments.next() else {
        return SEEDS;
    };
    seeds
        .parse()
        .ok()
        .filter(|seeds| *seeds > 0)
        .unwrap_or_else(|| {
            eprintln!("--seeds wants a number above zero, not `{seeds}`");
            std::process::exit(2)
        })
}

/// What all players of a network measured. Errors are in milliseconds.
#[derive(Default)]
struct Readings {
    ours: Vec<f64>,
    early: Vec<f64>,
    naive: Vec<f64>,
    median: Vec<f64>,
    quickest: Vec<f64>,
    line: Vec<f64>,
    bounds: Vec<f64>,
    honest: u32,
    slew: f64,
    steps: u32,
}

struct Figures {
    ours: f64,
    early: f64,
    worst_early: f64,
    naive: f64,
    median: f64,
    quickest: f64,
    line: f64,
    bound: f64,
    honest: f64,
    slew: f64,
    steps: u32,
}

impl Figures {
    fn print(&self, network: Network, limit: &str) {
        println!(
            "{:<26}{limit:>8}{:>8.3}{:>8.3}{:>8.2}{:>8.2}{:>10.2}{:>10.3}{:>8.3}{:>8.3}{:>7.1}%{:>8.0}{:>7}",
            network.name,
            self.ours,
            self.early,
            self.worst_early,
            self.naive,
            self.median,
            self.quickest,
            self.line,
            self.bound,
            self.honest * 100.0,
            self.slew,
            self.steps
        );
    }
}

/// Shares the seeds out among all cores.
fn measure(network: Network, seeds: u64) -> Figures {
    let next = AtomicU64::new(0);
    let work = || {
        let mut readings = Readings::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds {
                return readings;
            }
            readings.join(network, seed);
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let mut all = Readings::default();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            all.append(worker.join().expect("a worker only computes"));
        }
    });
    all.figures()
}

impl Readings {
    /// One player from joining to the end.
    fn join(&mut self, network: Network, seed: u64) {
        let skew_ppm = if seed.is_multiple_of(2) {
            SKEW_PPM
        } else {
            -SKEW_PPM
        };
        let mut player =
            Player::joining(network, skew_ppm, seed.wrapping_mul(0x5851_f42d_4c95_7f2d));
        let mut clock = Clock::new();
        let mut heard = Heard::default();
        // Server time in each of the last ten tenths of a second, as long as no step was taken.
        let mut second: VecDeque<ServerTime> = VecDeque::new();
        for tenth in 1..=LAST {
            player.run(&mut clock, Span::from_millis(100), |exchange, step| {
                heard.push(exchange);
                if step.is_some() {
                    self.steps += 1;
                    second.clear();
                }
            });
            let now = player.now();
            let Some(time) = clock.server_time(now) else {
                continue;
            };
            second.push_back(time);
            if second.len() > 10 {
                let passed = second
                    .pop_front()
                    .map_or(0, |first| (time - first).as_micros());
                self.slew = self.slew.max((passed as f64 - 1e6).abs());
            }
            let truth = player.truth(now);
            let error = (time - truth).as_micros().abs() as f64 / 1_000.0;
            if tenth == EARLY {
                self.early.push(error);
            }
            if tenth < FIRST {
                continue;
            }
            self.ours.push(error);
            let offset = (truth.as_micros() - now.as_micros()) as f64;
            let error_of = |estimate: f64| (estimate - offset).abs() / 1_000.0;
            self.naive.extend(heard.last().map(error_of));
            self.median.extend(heard.median_of_five().map(error_of));
            self.quickest.extend(heard.quickest().map(error_of));
            if tenth % 10 == 0 {
                self.line
                    .extend(heard.line_through_the_quickest(now).map(error_of));
                let bound = clock
                    .quality()
                    .map_or(0.0, |quality| quality.error.as_micros() as f64);
                self.bounds.push(bound / 1_000.0);
                self.honest += u32::from(error * 1_000.0 <= bound);
            }
        }
    }

    fn append(&mut self, mut other: Readings) {
        self.ours.append(&mut other.ours);
        self.early.append(&mut other.early);
        self.naive.append(&mut other.naive);
        self.median.append(&mut other.median);
        self.quickest.append(&mut other.quickest);
        self.line.append(&mut other.line);
        self.bounds.append(&mut other.bounds);
        self.honest += other.honest;
        self.slew = self.slew.max(other.slew);
        self.steps += other.steps;
    }

    fn figures(mut self) -> Figures {
        Figures {
            ours: percentile(&mut self.ours, 95),
            early: percentile(&mut self.early, 95),
            worst_early: percentile(&mut self.early, 100),
            naive: percentile(&mut self.naive, 95),
            median: percentile(&mut self.median, 95),
            quickest: percentile(&mut self.quickest, 95),
            line: percentile(&mut self.line, 95),
            honest: f64::from(self.honest) / self.bounds.len() as f64,
            bound: percentile(&mut self.bounds, 50),
            slew: self.slew,
            steps: self.steps,
        }
    }
}

fn percentile(values: &mut [f64], percent: usize) -> f64 {
    if values.is_empty() {
        return f64::NAN;
    }
    let place = (values.len() - 1) * percent / 100;
    *values.select_nth_unstable_by(place, f64::total_cmp).1
}

/// The answers that the simpler estimators have heard. Estimates are offsets in microseconds.
#[derive(Default)]
struct Heard(VecDeque<Exchange>);

impl Heard {
    const CAPACITY: usize = 384;

    fn push(&mut self, exchange: Exchange) {
        if self.0.len() == Self::CAPACITY {
            self.0.pop_front();
        }
        self.0.push_back(exchange);
    }

    fn last(&self) -> Option<f64> {
        self.0.back().map(offset_half_way)
    }

    fn median_of_five(&self) -> Option<f64> {
        let mut offsets: Vec<f64> = self.0.iter().rev().take(5).map(offset_half_way).collect();
        offsets.sort_by(f64::total_cmp);
        offsets.get(2).copied()
    }

    fn quickest(&self) -> Option<f64> {
        self.0
            .iter()
            .rev()
            .take(64)
            .min_by_key(|exchange| round_trip(exchange))
            .map(offset_half_way)
    }

    /// By least squares.
    fn line_through_the_quickest(&self, at: LocalTime) -> Option<f64> {
        let mut quickest: Vec<&Exchange> = self.0.iter().collect();
        quickest.sort_by_key(|exchange| round_trip(exchange));
        quickest.truncate((self.0.len() / 10).max(8));
        let origin = offset_half_way(quickest.first()?);
        let points: Vec<(f64, f64)> = quickest
            .into_iter()
            .map(|exchange| {
                (
                    (exchange.sent - at).as_micros() as f64,
                    offset_half_way(exchange) - origin,
                )
            })
            .collect();
        let count = points.len() as f64;
        let middle = points.iter().map(|point| point.0).sum::<f64>() / count;
        let offset = points.iter().map(|point| point.1).sum::<f64>() / count;
        let spread: f64 = points
            .iter()
            .map(|point| (point.0 - middle) * (point.0 - middle))
            .sum();
        let slant: f64 = points
            .iter()
            .map(|point| (point.0 - middle) * (point.1 - offset))
            .sum();
        Some(origin + offset - middle * slant / spread)
    }
}

fn round_trip(exchange: &Exchange) -> Span {
    (exchange.received - exchange.sent) - (exchange.server_sent - exchange.server_received)
}
