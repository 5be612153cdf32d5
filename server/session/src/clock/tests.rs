//! The clock as a whole, against a simulated server. Delays are drawn from a seed.

use super::*;

/// A server whose clock runs apart from the local one, and the route to it.
struct World {
    clock: Clock,
    now: LocalTime,
    server: ServerTime,
    skew: f64,
    /// Gained by the skew, but less than a microsecond.
    rest: f64,
    /// The longest waiting each way, in microseconds.
    jitter: u32,
    seed: u32,
}

impl World {
    fn new(skew_ppm: f64) -> World {
        World {
            clock: Clock::new(),
            now: LocalTime::from_micros(5_000_000),
            server: ServerTime::from_micros(1_700_000_000_000_000),
            skew: skew_ppm * 1e-6,
            rest: 0.0,
            jitter: 2_000,
            seed: 1,
        }
    }

    fn joined(skew_ppm: f64) -> World {
        let mut world = World::new(skew_ppm);
        world.run(Span::from_seconds(30));
        world
    }

    fn pass(&mut self, span: Span) {
        self.now += span;
        let gained = span.as_micros() as f64 * self.skew + self.rest;
        let whole = course::whole(gained);
        self.rest = gained - whole as f64;
        self.server += span + Span::from_micros(whole);
    }

    /// Mostly short, now and then long, never more than the jitter.
    fn delay(&mut self) -> Span {
        self.seed = self
            .seed
            .wrapping_mul(1_664_525)
            .wrapping_add(1_013_904_223);
        let share = f64::from(self.seed >> 8) / f64::from(1_u32 << 24);
        Span::from_micros(5_000 + course::whole(share * share * f64::from(self.jitter)))
    }

    fn exchange(&mut self) -> Exchange {
        let sent = self.now;
        let (there, back) = (self.delay(), self.delay());
        self.pass(there);
        let server_received = self.server;
        self.pass(back);
        Exchange {
            sent,
            server_received,
            server_sent: server_received,
            received: self.now,
        }
    }

    /// Pings as the clock wishes; returns the steps that server time took.
    fn run(&mut self, span: Span) -> Vec<Span> {
        let end = self.now + span;
        let mut steps = Vec::new();
        while self.clock.next_ping() < end {
            self.pass((self.clock.next_ping() - self.now).max(Span::ZERO));
            self.clock.handle_ping_sent(self.now);
            let exchange = self.exchange();
            steps.extend(self.clock.handle_pong(exchange, self.now));
        }
        self.pass((end - self.now).max(Span::ZERO));
        steps
    }

    /// How far what the player hears is ahead of the server, in microseconds.
    fn error(&self) -> i64 {
        (self.clock.server_time(self.now).expect("joined") - self.server).as_micros()
    }

    fn assert_error_below(&self, micros: i64) {
        assert!(self.error().abs() < micros, "off by {} us", self.error());
    }
}

#[test]
fn there_is_no_server_time_before_the_first_estimate() {
    let mut world = World::new(0.0);
    assert_eq!(world.clock.server_time(world.now), None);
    assert_eq!(world.clock.quality(), None);
    world.run(Span::from_millis(200));
    assert_eq!(world.clock.server_time(world.now), None);
    world.run(Span::from_millis(1_300));
    world.assert_error_below(1_000);
}

#[test]
fn a_few_answers_are_enough_when_no_more_come() {
    let mut world = World::new(0.0);
    for _ in 0..4 {
        let exchange = world.exchange();
        world.clock.handle_pong(exchange, world.now);
        world.pass(Span::from_seconds(1));
    }
    world.assert_error_below(2_000);
}

#[test]
fn a_skew_of_50_or_200_ppm_is_tracked() {
    for skew_ppm in [-200.0, -50.0, 50.0, 200.0] {
        let mut world = World::joined(skew_ppm);
        for _ in 0..60 {
            world.run(Span::from_seconds(1));
            world.assert_error_below(300);
        }
        let found = world.clock.quality().expect("joined").skew_ppm;
        assert!(
            (found - skew_ppm).abs() < 5.0,
            "{found} instead of {skew_ppm}"
        );
    }
}

#[test]
fn a_clock_that_changes_its_rate_is_followed() {
    let mut world = World::joined(-100.0);
    world.run(Span::from_seconds(90));
    world.skew = 100e-6;
    world.run(Span::from_seconds(40));
    world.assert_error_below(500);
}

#[test]
fn server_time_never_runs_backwards_nor_more_than_500_ppm_off_the_local_clock() {
    let mut world = World::new(200.0);
    world.jitter = 40_000;
    world.run(Span::from_seconds(2));
    let mut last = world.clock.server_time(world.now).expect("joined");
    let mut at = world.now;
    for _ in 0..1_000 {
        // Right after each answer, where the course bends.
        world.run((world.clock.next_ping() - world.now).max(Span::from_millis(10)));
        let next = world.clock.server_time(world.now).expect("joined");
        let (passed, local) = ((next - last).as_micros(), (world.now - at).as_micros());
        assert!(next >= last);
        // Both readings are rounded to a microsecond.
        assert!(
            (passed - local).abs() <= local / 2_000 + 1,
            "{passed} us within {local} us"
        );
        (last, at) = (next, world.now);
    }
}

#[test]
fn a_step_back_of_200_ms_is_taken_only_when_it_is_allowed() {
    let mut world = World::joined(20.0);
    world.server += Span::from_millis(-200);
    let mut last = world.clock.server_time(world.now).expect("joined");
    for _ in 0..20 {
        assert_eq!(world.run(Span::from_millis(500)), []);
        let next = world.clock.server_time(world.now).expect("joined");
        assert!(next > last, "server time must not run backwards");
        last = next;
    }
    let pending = world
        .clock
        .pending_step()
        .expect("200 ms are more than can be slewed away");
    assert!(
        (-200_500..-190_000).contains(&pending.as_micros()),
        "{pending:?}"
    );
    assert!(world.clock.quality().expect("joined").error > Span::from_millis(190));

    world
        .clock
        .allow_step(world.now)
        .expect("a step is pending");
    world.assert_error_below(1_000);
    assert_eq!(world.clock.pending_step(), None);
    assert_eq!(world.clock.allow_step(world.now), None);
}

#[test]
fn a_step_forward_of_200_ms_is_taken_once_and_at_once() {
    let mut world = World::joined(20.0);
    world.server += Span::from_millis(200);
    let steps = world.run(Span::from_seconds(2));
    assert_eq!(steps.len(), 1, "{steps:?}");
    world.assert_error_below(1_000);
}

#[test]
fn a_small_error_is_slewed_away_without_a_step() {
    for millis in [-4, 4] {
        let mut world = World::joined(0.0);
        world.server += Span::from_millis(millis);
        assert_eq!(world.run(Span::from_seconds(4)), []);
        assert!(world.error().abs() > 1_000, "slewing takes its time");
        assert_eq!(world.run(Span::from_seconds(16)), []);
        world.assert_error_below(500);
    }
}

#[test]
fn a_laptop_that_slept_is_in_time_again_within_two_seconds() {
    // Its clock stood still while the server went on.
    let mut world = World::joined(50.0);
    world.server += Span::from_seconds(3_600);
    world.run(Span::from_seconds(2));
    world.assert_error_below(1_500);
    // Its clock went on, but nothing was sent, so that a small error of the skew grew.
    let mut world = World::joined(50.0);
    world.pass(Span::from_seconds(3_600));
    world.run(Span::from_seconds(2));
    world.clock.allow_step(world.now);
    world.assert_error_below(1_500);
}

#[test]
fn a_new_connection_to_another_clock_is_followed_and_to_the_same_one_disturbs_nothing() {
    let mut world = World::joined(50.0);
    world.clock.restart();
    assert_eq!(world.run(Span::from_seconds(2)), []);
    world.assert_error_below(300);
    world.clock.restart();
    world.server = ServerTime::from_micros(17);
    assert_eq!(world.run(Span::from_seconds(2)).len(), 1);
    world.assert_error_below(1_500);
}

#[test]
fn nonsense_changes_nothing() {
    let mut world = World::joined(50.0);
    let good = world.exchange();
    world.clock.handle_pong(good, world.now);
    let (local, server) = (world.now, world.server);
    let (least, most) = (i64::MIN, i64::MAX);
    let day = Span::from_seconds(86_400);
    let back = |span: Span| Span::ZERO - span;
    let plain = Exchange {
        sent: local,
        server_received: server,
        server_sent: server,
        received: local,
    };
    let nonsense = [
        good,
        Exchange {
            sent: local + day,
            ..plain
        },
        Exchange {
            received: local + day,
            ..plain
        },
        Exchange {
            sent: local + back(day),
            ..plain
        },
        Exchange {
            server_sent: server + back(Span::from_millis(1)),
            ..plain
        },
        Exchange {
            server_sent: server + Span::from_millis(1),
            ..plain
        },
        Exchange {
            sent: LocalTime::from_micros(least),
            ..plain
        },
        Exchange {
            sent: LocalTime::from_micros(most),
            received: LocalTime::from_micros(most),
            ..plain
        },
        Exchange {
            server_received: ServerTime::from_micros(least),
            ..plain
        },
        Exchange {
            server_sent: ServerTime::from_micros(most),
            ..plain
        },
    ];
    let before = (
        world.clock.server_time(local + day),
        world.clock.quality(),
        world.clock.next_ping(),
    );
    for exchange in nonsense {
        assert_eq!(world.clock.handle_pong(exchange, local), None);
        let after = (
            world.clock.server_time(local + day),
            world.clock.quality(),
            world.clock.next_ping(),
        );
        assert_eq!(after, before, "{exchange:?}");
    }
}

#[test]
fn single_lies_about_server_time_are_not_believed() {
    let mut world = World::joined(50.0);
    for lie in 0..100 {
        world.run(Span::from_millis(600));
        let mut exchange = world.exchange();
        let off = Span::from_millis(if lie % 2 == 0 { 300 } else { -90_000_000 });
        exchange.server_received += off;
        exchange.server_sent += off;
        assert_eq!(world.clock.handle_pong(exchange, world.now), None);
        world.assert_error_below(300);
    }
}

#[test]
fn the_order_in_which_answers_arrive_does_not_matter() {
    let mut world = World::new(50.0);
    let exchanges: Vec<Exchange> = (0..24).map(|_| world.exchange()).collect();
    let hear = |order: &[usize]| {
        let mut clock = Clock::new();
        for index in order {
            clock.handle_pong(exchanges[*index], world.now);
        }
        clock.quality()
    };
    let forward: Vec<usize> = (0..24).collect();
    let swapped: Vec<usize> = (0..24).map(|index| index ^ 1).collect();
    let (forward, swapped) = (hear(&forward), hear(&swapped));
    assert_eq!(
        forward.map(|quality| quality.round_trip),
        swapped.map(|quality| quality.round_trip)
    );
    assert!(
        (forward.expect("24 answers").skew_ppm - swapped.expect("24 answers").skew_ppm).abs() < 0.1
    );
}

#[test]
fn local_time_is_the_inverse_of_server_time() {
    let mut world = World::joined(200.0);
    for _ in 0..100 {
        world.run(Span::from_millis(777));
        for millis in [-10_000, -50, 0, 1, 400, 1_000, 86_400_000] {
            let at = world.now + Span::from_millis(millis);
            let there = world.clock.server_time(at).expect("joined");
            let back = world.clock.local_time(there).expect("joined");
            assert!(
                (back - at).as_micros().abs() <= 1,
                "{:?} after {millis} ms",
                back - at
            );
        }
    }
}

#[test]
fn a_nudge_moves_what_the_player_hears() {
    let mut world = World::joined(0.0);
    world.clock.set_nudge(Span::from_millis(3));
    assert_eq!(world.run(Span::from_seconds(15)), []);
    assert!((world.error() - 3_000).abs() < 300, "{}", world.error());
    world.clock.set_nudge(Span::from_seconds(1_000));
    assert_eq!(world.run(Span::from_seconds(1)).len(), 1);
    assert!(
        (world.error() - 1_000_000).abs() < 300,
        "at most a second: {}",
        world.error()
    );
    world.clock.set_nudge(Span::ZERO);
    assert_eq!(world.run(Span::from_seconds(1)), []);
    assert!(world.clock.allow_step(world.now).is_some());
    world.assert_error_below(300);
}
