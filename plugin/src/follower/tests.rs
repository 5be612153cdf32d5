//! The grid through callbacks that wander, stop and start.

use super::*;
use lockstep_session::document::timeline::LoopRegion;

const SECOND: i64 = 1_000_000;

fn rate() -> SampleRate {
    SampleRate::new(48_000.0).expect("a rate")
}

fn time(micros: i64) -> ServerTime {
    ServerTime::from_micros(micros)
}

fn guide(timeline: Timeline) -> Guide {
    Guide {
        timeline,
        clock: Some((LocalTime::from_micros(0), time(5 * SECOND))),
        ..Guide::default()
    }
}

/// At 120 beats a minute from its first beat on, at so many microseconds of local time.
fn playing(from: i64) -> Timeline {
    let mut timeline = Timeline::default();
    timeline.play(Beat::ZERO, time(5 * SECOND + from));
    timeline
}

fn local(micros: i64) -> LocalTime {
    LocalTime::from_micros(micros)
}

fn beat(part: Part) -> f64 {
    part.position.expect("it plays").beat.quarter_notes()
}

#[test]
fn a_start_in_the_middle_of_a_block_falls_on_its_frame() {
    let mut follower = Follower::default();
    let guide = guide(playing(5_000));
    let parts = follower.advance(&guide, local(0), 480, rate());
    assert_eq!((parts.first.frames, parts.first.position), (240, None));
    let second = parts.second.expect("it starts within");
    assert_eq!(second.frames, 240);
    assert_eq!(beat(second), 0.0);
    let next = follower.advance(&guide, local(10_000), 480, rate());
    assert!((beat(next.first) - 0.01).abs() < 1e-9);
}

#[test]
fn callbacks_that_wander_move_the_grid_by_hardly_anything() {
    let mut follower = Follower::default();
    let guide = guide(playing(0));
    let mut last = None;
    for block in 0..1_000_i64 {
        let wander = (block * 7_919) % 2_001 - 1_000;
        let parts = follower.advance(&guide, local(SECOND + block * 10_000 + wander), 480, rate());
        let now = beat(parts.first);
        if let Some(last) = last {
            let step: f64 = now - last;
            assert!((step - 0.02).abs() < 0.02 * 500e-6 + 1e-12, "{step}");
        }
        last = Some(now);
    }
    let off = last.expect("blocks") - 2.0 - 999.0 * 0.02;
    assert!(off.abs() < 0.001, "{off} beats off");
}

#[test]
fn a_constant_error_is_made_good_within_seconds() {
    let mut follower = Follower::default();
    let mut guide = guide(playing(0));
    follower.advance(&guide, local(0), 480, rate());
    // The clock turns out to be a millisecond off.
    guide.clock = Some((local(0), time(5 * SECOND + 1_000)));
    let mut off = 0.0;
    for block in 1..600_i64 {
        let parts = follower.advance(&guide, local(block * 10_000), 480, rate());
        let truth = quarter_notes(
            guide
                .timeline
                .beat_at(time(5 * SECOND + 1_000 + block * 10_000)),
        );
        off = beat(parts.first) - truth;
    }
    assert!(off.abs() < 0.000_02, "{off}");
}

#[test]
fn a_lost_clock_is_found_at_once() {
    let mut follower = Follower::default();
    let guide = guide(playing(0));
    follower.advance(&guide, local(0), 480, rate());
    let parts = follower.advance(&guide, local(2 * SECOND), 480, rate());
    assert!((beat(parts.first) - 4.0).abs() < 1e-9);
}

#[test]
fn what_is_to_come_waits_for_its_frame() {
    let mut follower = Follower::default();
    let mut timeline = playing(0);
    follower.advance(&guide(timeline), local(0), 480, rate());
    timeline.stop(time(5 * SECOND + 15_000));
    let before = follower.advance(&guide(timeline), local(10_000), 480, rate());
    assert_eq!(before.first.frames, 240);
    assert!(before.first.position.is_some());
    let second = before.second.expect("it stops within");
    assert_eq!((second.frames, second.position), (240, None));
}

#[test]
fn a_loop_folds_the_place_and_tells_how_often_it_turned() {
    let mut timeline = playing(0);
    timeline.set_region(
        LoopRegion::new(Beat::ZERO, Beat::from_micros(4 * SECOND)),
        time(5 * SECOND),
    );
    let parts = Follower::default().advance(&guide(timeline), local(3 * SECOND), 480, rate());
    let position = parts.position().expect("it plays");
    assert_eq!(position.beat.quarter_notes(), 2.0);
    assert_eq!(position.turned.map(Beats::quarter_notes), Some(4.0));
    assert!(position.looped.is_some());
}

#[test]
fn without_a_clock_nothing_plays() {
    let guide = Guide {
        clock: None,
        ..guide(playing(0))
    };
    let parts = Follower::default().advance(&guide, local(0), 480, rate());
    assert_eq!(parts, Parts::whole(480, None));
}
