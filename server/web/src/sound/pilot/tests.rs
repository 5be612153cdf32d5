//! The pilot on a timeline of its own: where it sends the engine, and when it corrects it.

use super::*;
use lockstep_session::document::timeline::LoopRegion;
use lockstep_session::units::Tempo;

const RATE: f64 = 48_000.0;
const SECOND: i64 = 1_000_000;

fn time(micros: i64) -> ServerTime {
    ServerTime::from_micros(micros)
}

/// A device whose frames of a second last so much longer, and that hears frame 0 at 10 seconds.
fn moment(seconds: f64, ppm: f64) -> Moment {
    let pace = 1.0 + ppm * 1e-6;
    Moment {
        frame: Frame(whole(seconds * RATE)),
        heard: time(10 * SECOND + whole(seconds * pace * 1e6)),
        pace,
    }
}

fn playing(from: i64, at: i64) -> Timeline {
    let mut timeline = Timeline::default();
    timeline.play(Beat::from_micros(from), time(at));
    timeline
}

/// How far the engine is from the timeline at a moment, in microseconds.
fn error(pilot: &Pilot, timeline: &Timeline, moment: Moment) -> f64 {
    let beat = pilot.beat_at(moment.frame).expect("it plays");
    (quarters(timeline.beat_at(moment.heard)) - beat) / 2.0 * 1e6
}

#[test]
fn a_start_to_come_falls_on_its_frame_with_its_first_beat() {
    let mut pilot = Pilot::new(RATE);
    let timeline = playing(0, 10 * SECOND + 500_000);
    let orders = pilot.steer(&timeline, moment(0.25, 0.0));
    let start = orders.last().expect("an order");
    assert_eq!(start.at, Frame(24_000));
    let line = start.line.expect("it starts");
    assert_eq!((line.beat, line.frame), (0.0, start.at));
    assert_eq!(pilot.beat_at(Frame(23_999)), None);
    assert_eq!(pilot.steer(&timeline, moment(0.3, 0.0)), []);
    // It has gone over by itself, so that nothing has to be said.
    assert_eq!(pilot.steer(&timeline, moment(0.6, 0.0)), []);
    assert_eq!(pilot.beat_at(Frame(48_000)), Some(1.0));
}

#[test]
fn the_frame_of_a_beat_is_the_one_that_plays_it_through_loops_and_slews() {
    for ppm in [0.0, 80.0, -300.0] {
        let mut pilot = Pilot::new(RATE);
        let mut timeline = playing(0, 10 * SECOND);
        timeline.region = LoopRegion::of_bars(0, 2);
        pilot.steer(&timeline, moment(0.1, ppm));
        let now = moment(1.0, ppm);
        pilot.steer(&timeline, now);
        for beat in [4.0, 8.0, 13.0] {
            let frame = pilot.frame_of(beat, now.frame).expect("it plays");
            let played = pilot.beat_at(Frame(whole(frame))).expect("it plays");
            assert!((played - beat).abs() < 1e-4, "{ppm}: {played} for {beat}");
        }
    }
    assert_eq!(
        Pilot::new(RATE).frame_of(4.0, Frame(0)),
        None,
        "nothing plays"
    );
}

#[test]
fn a_start_that_was_heard_of_too_late_is_joined_in_phase() {
    let mut pilot = Pilot::new(RATE);
    let timeline = playing(0, 9 * SECOND);
    let orders = pilot.steer(&timeline, moment(0.25, 0.0));
    assert_eq!(orders.len(), 1);
    assert_eq!(orders[0].at, Frame(12_000));
    assert_eq!(orders[0].line.expect("it plays").beat, 2.5);
}

#[test]
fn a_change_that_is_taken_back_before_its_time_never_comes() {
    let mut pilot = Pilot::new(RATE);
    let start = playing(0, 11 * SECOND);
    pilot.steer(&start, moment(0.1, 0.0));
    let mut stopped = Timeline::default();
    stopped.stop(time(10 * SECOND));
    let orders = pilot.steer(&stopped, moment(0.2, 0.0));
    assert_eq!(
        orders,
        [Order {
            at: Frame(9_600),
            line: None
        }]
    );
    assert_eq!(pilot.beat_at(Frame(96_000)), None);
}

#[test]
fn changes_in_a_row_come_one_after_the_other() {
    let mut pilot = Pilot::new(RATE);
    let start = playing(0, 11 * SECOND);
    pilot.steer(&start, moment(0.1, 0.0));
    let mut faster = start;
    faster.set_tempo(Tempo::new(24_000), time(12 * SECOND));
    let orders = pilot.steer(&faster, moment(0.2, 0.0));
    let at: Vec<i64> = orders.iter().map(|order| order.at.0).collect();
    assert_eq!(at, [9_600, 48_000, 96_000]);
    assert_eq!(pilot.beat_at(Frame(96_000)), Some(2.0));
    assert_eq!(pilot.beat_at(Frame(144_000)), Some(6.0));
}

#[test]
fn a_device_that_runs_fast_is_followed_without_a_jump() {
    let mut pilot = Pilot::new(RATE);
    let timeline = playing(0, 10 * SECOND);
    let mut said = 0;
    for tick in 1..200_u32 {
        let now = moment(f64::from(tick) * 0.25, 80.0);
        for order in pilot.steer(&timeline, now) {
            let pace = order.line.expect("it plays").pace;
            assert!(tick == 1 || (pace - 1.0).abs() < 600e-6, "{pace}");
            said += 1;
        }
        assert!(error(&pilot, &timeline, now).abs() < 25.0);
    }
    assert!(said < 5, "{said} orders for a steady device");
}

#[test]
fn a_small_error_is_slewed_away_and_a_large_one_stepped_over() {
    for (off, slews) in [(0.004, true), (0.007, false)] {
        let mut pilot = Pilot::new(RATE);
        let timeline = playing(0, 10 * SECOND);
        pilot.steer(&timeline, moment(1.0, 0.0));
        let slipped = |seconds: f64| Moment {
            heard: moment(seconds + off, 0.0).heard,
            ..moment(seconds, 0.0)
        };
        let before = pilot.beat_at(Frame(96_000)).expect("it plays");
        pilot.steer(&timeline, slipped(2.0));
        let after = pilot.beat_at(Frame(96_000)).expect("it plays");
        assert_eq!((after - before).abs() < 1e-9, slews, "{off}");
        for tick in 1..80_u32 {
            pilot.steer(&timeline, slipped(2.0 + f64::from(tick) * 0.25));
        }
        let last = slipped(22.0);
        assert!(error(&pilot, &timeline, last).abs() < 25.0, "{off}");
    }
}

#[test]
fn in_a_loop_places_are_folded_and_running_beats_are_kept() {
    let mut pilot = Pilot::new(RATE);
    let mut timeline = playing(0, 10 * SECOND);
    let region = LoopRegion::new(Beat::ZERO, Beat::from_micros(4 * SECOND));
    timeline.set_region(region, time(10 * SECOND));
    let orders = pilot.steer(&timeline, moment(4.5, 0.0));
    let line = orders[0].line.expect("it plays");
    assert_eq!((line.beat, line.turned), (1.0, 8.0));
    assert_eq!(line.looped, Some((0.0, 4.0)));
    assert_eq!(pilot.beat_at(orders[0].at), Some(9.0));
}

#[test]
fn correcting_what_plays_keeps_what_is_to_come() {
    let mut pilot = Pilot::new(RATE);
    pilot.steer(&playing(0, 10 * SECOND), moment(0.5, 0.0));
    let mut stopping = playing(0, 10 * SECOND);
    stopping.stop(time(12 * SECOND));
    pilot.steer(&stopping, moment(1.0, 0.0));
    let slipped = Moment {
        heard: moment(1.52, 0.0).heard,
        ..moment(1.5, 0.0)
    };
    let orders = pilot.steer(&stopping, slipped);
    assert_eq!(orders.len(), 2);
    assert_eq!(
        orders[1],
        Order {
            at: Frame(95_040),
            line: None
        }
    );
}
