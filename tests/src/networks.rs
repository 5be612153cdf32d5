//! Seeded models of the networks between a player and a server, to measure clocks against. Knows
//! nothing of how a clock estimates.

use lockstep_session::clock::{Clock, Exchange};
use lockstep_session::units::{LocalTime, ServerTime, Span};
use std::collections::VecDeque;
use std::time::Duration;

/// Delays in milliseconds. Every message draws its own, but none overtakes another, as on any one
/// connection.
#[derive(Debug, Clone, Copy)]
pub struct Network {
    pub name: &'static str,
    there: Route,
    back: Route,
}

#[derive(Debug, Clone, Copy)]
struct Route {
    shortest: f64,
    /// The mean of the exponential time until a loaded machine runs whoever waits for a message.
    scheduling: f64,
    /// The mean of the exponential jitter of each hop.
    jitter: f64,
    hops: u32,
    /// How often a message is held up for 50 to 200 ms.
    spikes: f64,
}

/// One direction of a real connection, over which the machine's own scheduling comes anyway.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    route: Route,
    /// Up to so much more, evenly.
    jitter: Duration,
    /// None is as wide as can be.
    bytes_per_second: Option<u32>,
}

const STILL: Route = Route {
    shortest: 0.0,
    scheduling: 1.2,
    jitter: 0.0,
    hops: 1,
    spikes: 0.0,
};

const fn both_ways(name: &'static str, route: Route) -> Network {
    Network {
        name,
        there: route,
        back: route,
    }
}

pub const LOOPBACK: Network = both_ways(
    "loopback",
    Route {
        shortest: 0.02,
        ..STILL
    },
);
pub const LAN20: Network = both_ways(
    "20 ms each way",
    Route {
        shortest: 20.0,
        scheduling: 1.35,
        ..STILL
    },
);
pub const JITTER: Network = both_ways(
    "10 ms + exponential 10",
    Route {
        shortest: 10.0,
        jitter: 10.0,
        ..STILL
    },
);
pub const WIFI: Network = both_ways(
    "Wi-Fi spikes",
    Route {
        shortest: 3.0,
        spikes: 0.12,
        ..STILL
    },
);

/// The networks on which a clock has to keep its limits. One sample errs on them at least as much
/// as was measured on the real networks that they stand for.
pub const LIMITED: [Network; 4] = [LOOPBACK, LAN20, JITTER, WIFI];

/// No clock can do well here: nothing tells the two routes apart.
pub const ASYMMETRIC: Network = Network {
    name: "asymmetric 10 / 40",
    there: Route {
        shortest: 10.0,
        ..STILL
    },
    back: Route {
        shortest: 40.0,
        ..STILL
    },
};
/// A busy uplink: only one of the routes jitters.
pub const UPLINK: Network = Network {
    name: "jitter one way only",
    there: Route {
        shortest: 10.0,
        jitter: 10.0,
        ..STILL
    },
    back: Route {
        shortest: 10.0,
        ..STILL
    },
};
/// Hardly any message is as quick as the shortest delay.
pub const HOPS: Network = both_ways(
    "three hops of 4 ms jitter",
    Route {
        shortest: 10.0,
        jitter: 4.0,
        hops: 3,
        ..STILL
    },
);

impl Network {
    /// There and back.
    pub fn ways(self) -> [Way; 2] {
        [self.there, self.back].map(|route| Way {
            route: Route {
                scheduling: 0.0,
                ..route
            },
            jitter: Duration::ZERO,
            bytes_per_second: None,
        })
    }
}

impl Way {
    /// Each message takes `shortest`, and up to `jitter` more.
    pub fn even(shortest: Duration, jitter: Duration) -> Self {
        let route = Route {
            shortest: shortest.as_secs_f64() * 1e3,
            scheduling: 0.0,
            ..STILL
        };
        Self {
            route,
            jitter,
            bytes_per_second: None,
        }
    }

    #[must_use]
    pub fn narrow(self, bytes_per_second: u32) -> Self {
        let bytes_per_second = Some(bytes_per_second);
        Self {
            bytes_per_second,
            ..self
        }
    }

    pub fn delay(&self, chance: &mut Chance) -> Duration {
        let micros = self.route.delay(chance).as_micros();
        let jitter = self.jitter.mul_f64(chance.share());
        Duration::from_micros(u64::try_from(micros).unwrap_or(0)) + jitter
    }

    /// How long so many bytes take up the way.
    pub fn passing(&self, bytes: usize) -> Duration {
        let bytes = f64::from(u32::try_from(bytes).unwrap_or(u32::MAX));
        let seconds = |most: u32| Duration::from_secs_f64(bytes / f64::from(most));
        self.bytes_per_second.map_or(Duration::ZERO, seconds)
    }
}

impl Route {
    fn delay(&self, chance: &mut Chance) -> Span {
        let mut delay = self.shortest + chance.exponential(self.scheduling);
        for _ in 0..self.hops {
            delay += chance.exponential(self.jitter);
        }
        if chance.share() < self.spikes {
            delay += 50.0 + 150.0 * chance.share();
        }
        millis(delay)
    }
}

/// The textbook estimate from one exchange: by how many microseconds the server is ahead if the
/// answer came half way through the round trip.
pub fn offset_half_way(exchange: &Exchange) -> f64 {
    let there = exchange.server_received.as_micros() - exchange.sent.as_micros();
    let back = exchange.server_sent.as_micros() - exchange.received.as_micros();
    (there + back) as f64 / 2.0
}

/// A seeded source of chance: splitmix64.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Chance {
        Chance(seed)
    }

    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to, but not including, 1.
    pub fn share(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.share()).ln()
    }
}

/// A player whose clock runs apart from the server's and pings it over a network, in virtual time.
#[derive(Debug, Clone)]
pub struct Player {
    network: Network,
    chance: Chance,
    /// How much faster the server's clock runs, as a fraction.
    skew: f64,
    now: LocalTime,
    /// Answers on their way, in order of arrival.
    answers: VecDeque<Exchange>,
}

impl Player {
    const JOINED: LocalTime = LocalTime::from_micros(7_000_000_000);
    const SERVER_THEN: ServerTime = ServerTime::from_micros(1_763_000_000_000_000);

    pub fn joining(network: Network, skew_ppm: f64, seed: u64) -> Player {
        Player {
            network,
            chance: Chance::new(seed),
            skew: skew_ppm * 1e-6,
            now: Self::JOINED,
            answers: VecDeque::new(),
        }
    }

    pub fn now(&self) -> LocalTime {
        self.now
    }

    /// What the server's clock truly says.
    pub fn truth(&self, at: LocalTime) -> ServerTime {
        let passed = at - Self::JOINED;
        let gained = passed.as_micros() as f64 * self.skew;
        Self::SERVER_THEN + passed + Span::from_micros(nearest(gained))
    }

    /// Lets the clock ping as it wishes for this long. `answered` is told what it hears and which
    /// steps it takes.
    pub fn run(
        &mut self,
        clock: &mut Clock,
        span: Span,
        mut answered: impl FnMut(Exchange, Option<Span>),
    ) {
        let end = self.now + span;
        loop {
            let ping = clock.next_ping().max(self.now);
            if let Some(exchange) = self
                .answers
                .pop_front_if(|next| next.received <= ping.min(end))
            {
                self.now = exchange.received;
                let step = clock.handle_pong(exchange, self.now);
                answered(exchange, step);
            } else if ping <= end {
                self.now = ping;
                clock.handle_ping_sent(ping);
                let exchange = self.exchange(ping);
                self.answers.push_back(exchange);
            } else {
                self.now = end;
                return;
            }
        }
    }

    fn exchange(&mut self, sent: LocalTime) -> Exchange {
        let previous = self.answers.back().copied();
        let arrived = sent + self.network.there.delay(&mut self.chance);
        let mut server_received = self.truth(arrived);
        if let Some(previous) = previous {
            server_received = server_received.max(previous.server_sent);
        }
        let server_sent = server_received + millis(self.chance.exponential(0.05));
        // The skew within one exchange is too small to matter for when it ends.
        let departed = sent + (server_sent - self.truth(sent));
        let mut received = departed + self.network.back.delay(&mut self.chance);
        if let Some(previous) = previous {
            received = received.max(previous.received);
        }
        Exchange {
            sent,
            server_received,
            server_sent,
            received,
        }
    }
}

fn millis(millis: f64) -> Span {
    Span::from_micros(nearest(millis * 1_000.0))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "what is simulated lasts minutes"
)]
fn nearest(micros: f64) -> i64 {
    micros.round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sample_errs_at_least_as_much_as_it_was_measured_to() {
        for (network, measured) in LIMITED.into_iter().zip([1.8, 2.0, 13.9, 75.0]) {
            let mut errors = Vec::new();
            for seed in 0..50 {
                let mut player = Player::joining(network, 0.0, seed);
                let mut clock = Clock::new();
                let truth = (Player::SERVER_THEN.as_micros() - Player::JOINED.as_micros()) as f64;
                player.run(&mut clock, Span::from_seconds(120), |exchange, _| {
                    errors.push((offset_half_way(&exchange) - truth).abs() / 1_000.0);
                });
            }
            errors.sort_by(f64::total_cmp);
            let p95 = errors[errors.len() * 95 / 100];
            assert!(
                (measured * 0.97..measured * 1.15).contains(&p95),
                "{}: {p95}",
                network.name
            );
        }
    }

    #[test]
    fn a_clock_knows_how_far_off_it_may_be() {
        for network in LIMITED {
            let (mut within, mut all) = (0, 0);
            for seed in 0..20 {
                let mut player = Player::joining(network, 50.0, seed);
                let mut clock = Clock::new();
                for _ in 0..60 {
                    player.run(&mut clock, Span::from_seconds(2), |_, _| ());
                    let heard = clock
                        .server_time(player.now())
                        .expect("two seconds are enough");
                    let error = (heard - player.truth(player.now())).as_micros().abs();
                    let bound = clock
                        .quality()
                        .expect("there is server time")
                        .error
                        .as_micros();
                    within += usize::from(error <= bound);
                    all += 1;
                    assert!(bound < 20_000, "a bound must also say something: {bound}");
                }
            }
            assert!(
                within * 10 >= all * 9,
                "{}: {within} of {all}",
                network.name
            );
        }
    }

    #[test]
    fn the_first_that_a_player_hears_is_near_enough_to_be_bent_to_the_rest() {
        for network in LIMITED {
            for seed in 0..300 {
                let mut player = Player::joining(network, 50.0, seed);
                let mut clock = Clock::new();
                let heard = loop {
                    player.run(&mut clock, Span::from_millis(50), |_, _| ());
                    if let Some(heard) = clock.server_time(player.now()) {
                        break heard;
                    }
                };
                let error = (heard - player.truth(player.now())).as_micros().abs();
                assert!(error < 5_000, "{}, {seed}: {error} us", network.name);
            }
        }
    }

    #[test]
    fn messages_do_not_overtake_each_other() {
        let mut player = Player::joining(WIFI, 50.0, 3);
        let mut last: Option<Exchange> = None;
        player.run(&mut Clock::new(), Span::from_seconds(60), |next, _| {
            if let Some(last) = last {
                assert!(last.sent < next.sent && last.received <= next.received);
                assert!(last.server_sent <= next.server_received);
            }
            assert!(next.sent <= next.received && next.server_received <= next.server_sent);
            last = Some(next);
        });
        assert!(last.is_some());
    }
}
