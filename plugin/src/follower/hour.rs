//! A workstation whose clock and whose sound card run apart from the server's, for an hour of virtual
//! time: pings with jitter, callbacks that come late, and what the grid makes of them.

use super::*;
use crate::clock::SampleClock;
use lockstep_session::clock::{Clock, Exchange};

const HOUR: i64 = 3_600_000_000;
const FRAMES: usize = 512;
/// By how much this machine's clock is faster than the server's, and its sound card than that.
const FAST: f64 = 50e-6;
const CARD: f64 = -30e-6;
const PER_FRAME: f64 = 1e6 / 48_000.0;

/// The same numbers every time, spread over 0 to `most`.
fn noise(number: i64, most: i64) -> i64 {
    let mixed = u64::try_from(number)
        .expect("counted from nothing")
        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    i64::try_from((mixed >> 40) % u64::try_from(most).expect("more than nothing"))
        .expect("below the most")
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "an hour in microseconds is far below 2^53"
)]
fn scaled(micros: i64, by: f64) -> i64 {
    (micros as f64 * by).round() as i64
}

/// What the server's clock truly says.
fn server(at: LocalTime) -> ServerTime {
    ServerTime::from_micros(1_763_000_000_000_000 + scaled(at.as_micros(), 1.0 / (1.0 + FAST)))
}

/// A ping of a few milliseconds each way, and the answer.
fn ping(clock: &mut Clock, number: i64, sent: LocalTime) {
    clock.handle_ping_sent(sent);
    let delay = |part: i64| Span::from_micros(3_000 + noise(number * 2 + part, 4_000));
    let arrived = sent + delay(0);
    let received = arrived + delay(1);
    let exchange = Exchange {
        sent,
        server_received: server(arrived),
        server_sent: server(arrived),
        received,
    };
    clock.handle_pong(exchange, received);
}

#[test]
fn over_an_hour_with_clocks_that_run_apart_each_block_is_on_its_beat() {
    let mut clock = Clock::new();
    let mut samples = SampleClock::new(48_000.0);
    let mut follower = Follower::default();
    let mut timeline = Timeline::default();
    timeline.play(Beat::ZERO, server(LocalTime::from_micros(10_000_000)));
    let (mut pings, mut worst, mut last) = (0, 0.0_f64, None);
    for block in 0.. {
        let frames = f64::from(u32::try_from(FRAMES).expect("few"));
        let due = scaled(block, frames * PER_FRAME / (1.0 + CARD));
        let due = LocalTime::from_micros(due);
        if due.as_micros() > HOUR {
            break;
        }
        while clock.next_ping() <= due {
            ping(&mut clock, pings, due);
            pings += 1;
        }
        let called = due + Span::from_micros(noise(block, 400));
        let heard = samples.callback(called, FRAMES);
        let guide = Guide {
            timeline,
            clock: clock.server_time(called).map(|server| (called, server)),
            ..Guide::default()
        };
        let parts = follower.advance(&guide, heard, FRAMES, rate());
        let begins = due.as_micros() > 20_000_000;
        let Some(now) = parts.first.position.filter(|_| begins) else {
            continue;
        };
        let now = now.beat.quarter_notes();
        let truth = quarter_notes(timeline.beat_at(server(due)));
        // At 120 beats a minute.
        worst = worst.max((now - truth).abs() * 500.0);
        if let Some(last) = last {
            let step: f64 = now - last;
            let whole = frames * PER_FRAME * 2e-6;
            assert!((step - whole).abs() < whole * 600e-6, "no jump: {step}");
        }
        last = Some(now);
    }
    assert!(pings > 1_000, "it asks all the time: {pings}");
    assert!(worst < 1.0, "{worst} ms from the beat");
}

fn rate() -> SampleRate {
    SampleRate::new(48_000.0).expect("a rate")
}
