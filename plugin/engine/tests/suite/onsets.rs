//! Where steps begin, whatever the host says. The engine is rendered block by block, as hosts do.

use crate::desk::{Desk, beats, beats_of, clicks_at};
use lockstep_engine::{Beats, HostLoop, Tempo};

#[test]
fn a_step_begins_once_at_any_block_size() {
    for size in [1, 7, 64, 480, 5_999, 6_000, 6_001, 48_000] {
        let mut desk = Desk::new(clicks_at(&[0, 1, 5]));
        desk.roll(0.0, 48_000, size);
        assert_eq!(desk.clicks(), [0, 6_000, 30_000], "blocks of {size}");
    }
}

#[test]
fn a_step_between_two_frames_begins_on_the_later_one() {
    let mut desk = Desk::new(clicks_at(&[1]));
    // The step lies 1,000.4 frames behind the start.
    desk.roll(0.25 - 1_000.4 / 24_000.0, 4_000, 100);
    assert_eq!(desk.clicks(), [1_001]);
}

#[test]
fn the_position_of_a_start_plays_its_step_and_what_lies_before_it_does_not() {
    let mut desk = Desk::new(clicks_at(&[0, 4, 8]));
    desk.block(1.0, 1_000, None);
    desk.block(1.0 + beats_of(1_000), 24_000, None);
    assert_eq!(desk.clicks(), [0, 24_000]);
}

#[test]
fn a_pre_roll_counts_backwards_through_the_pattern() {
    let mut desk = Desk::new(clicks_at(&[15]));
    desk.block(-0.5, 12_000, None);
    assert_eq!(desk.clicks(), [6_000]);
}

#[test]
fn a_loop_within_one_block_plays_each_turn() {
    let mut desk = Desk::new(clicks_at(&[0, 2]));
    desk.block(0.0, 40_000, Some((0.0, 0.75)));
    assert_eq!(desk.clicks(), [0, 12_000, 18_000, 30_000, 36_000]);
}

#[test]
fn the_step_at_the_end_of_a_loop_is_left_to_its_start() {
    let mut desk = Desk::new(clicks_at(&[0, 4]));
    // The host's loop ends a third of a frame late, as loops in whole frames do.
    desk.block(0.0, 30_000, Some((0.0, 1.0 + beats_of(1) / 3.0)));
    assert_eq!(desk.clicks(), [0, 24_001]);
}

#[test]
fn a_first_block_said_twice_sounds_once() {
    for size in [64, 512, 1_024, 4_096] {
        let mut desk = Desk::new(clicks_at(&[0, 1]));
        desk.block(0.0, size, None);
        for block in 0..200 {
            desk.block(beats_of(block * size), size, None);
        }
        assert_eq!(desk.clicks()[..2], [0, size + 6_000], "blocks of {size}");
    }
}

#[test]
fn a_jump_backwards_while_rolling_plays_what_is_passed_again() {
    let mut desk = Desk::new(clicks_at(&[0]));
    desk.block(0.0, 12_000, None);
    desk.block(0.0, 12_000, None);
    desk.block(0.5, 12_000, None);
    desk.block(0.0, 12_000, None);
    assert_eq!(
        desk.clicks(),
        [0, 36_000],
        "the first repetition is a host not under way yet"
    );
}

#[test]
fn standing_still_rings_out_to_exact_silence() {
    let mut desk = Desk::new(clicks_at(&[0]));
    desk.block(0.0, 100, None);
    desk.stand(48_000);
    assert!(desk.left[47_000..].iter().all(|sample| *sample == 0.0));
    assert!(
        desk.left[100..200].iter().any(|sample| *sample != 0.0),
        "it is not cut off"
    );
}

#[test]
fn nonsense_from_a_host_makes_no_sound_and_no_panic() {
    assert_eq!(Beats::new(f64::NAN), None);
    assert_eq!(Tempo::new(f64::INFINITY), None);
    assert_eq!(Tempo::new(0.0), None);
    assert_eq!(HostLoop::new(beats(4.0), beats(4.0)), None);
    let mut desk = Desk::new(clicks_at(&[0]));
    desk.block(0.0, 0, None);
    desk.block(2e7, 512, Some((2e7, 2e7 + 1e-9)));
    desk.block(-2e7, 512, Some((0.0, 1e-300)));
    assert!(desk.left.iter().all(|sample| sample.is_finite()));
}
