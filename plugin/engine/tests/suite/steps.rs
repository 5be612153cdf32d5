//! When steps sound and how hard: every field of a step that decides about that.

use crate::desk::{Desk, beats_of, clicks_at, one_track, track};
use lockstep_session::document::Document;
use lockstep_session::document::mixer::Percent;
use lockstep_session::document::step::{
    Chance, Condition, Cycle, Nudge, Ratchet, Step, Turn, Velocity,
};
use lockstep_session::document::track::{StepLength, TrackSettings};

const STEP: usize = 6_000;

/// Sixteen steps, blank but for those given.
fn steps(given: impl IntoIterator<Item = (usize, Step)>) -> Vec<Step> {
    let mut steps = vec![Step::default(); 16];
    for (place, step) in given {
        steps[place] = step;
    }
    steps
}

fn clicking(given: impl IntoIterator<Item = (usize, Step)>) -> Document {
    one_track(TrackSettings::default(), steps(given))
}

fn nudged(percent: i64) -> Step {
    Step {
        nudge: Nudge::new(percent),
        ..Step::on()
    }
}

fn swinging(session: i64, own: i64, step_length: StepLength) -> Document {
    let settings = TrackSettings {
        swing: Percent::new(own),
        step_length,
        ..TrackSettings::default()
    };
    Document {
        swing: Percent::new(session),
        ..one_track(settings, vec![Step::on(); 4])
    }
}

fn rolled(document: Document, frames: usize) -> Vec<usize> {
    let mut desk = Desk::new(document);
    desk.roll(0.0, frames, 441);
    desk.settle();
    let mut clicks = desk.clicks();
    clicks.retain(|&click| click < frames);
    clicks
}

#[test]
fn velocity_is_how_loud_a_step_is() {
    let given = [(0, 127), (1, 100), (2, 64)].map(|(place, velocity)| {
        let velocity = Velocity::new(velocity);
        (
            place,
            Step {
                velocity,
                ..Step::on()
            },
        )
    });
    let mut desk = Desk::new(clicking(given));
    desk.roll(0.0, 24_000, 512);
    let strokes = desk.strokes();
    let expected = [(0, 0.3175), (STEP, 0.25), (2 * STEP, 0.16)];
    assert_eq!(strokes.len(), 3);
    for ((frame, level), (place, loud)) in strokes.into_iter().zip(expected) {
        assert!(
            frame == place && (level - loud).abs() < 1e-4,
            "{frame} {level}"
        );
    }
}

#[test]
fn a_step_with_a_chance_sounds_about_that_often() {
    for percent in [10, 50, 90] {
        let chance = Chance::new(percent);
        let document = clicking((0..16).map(|place| {
            (
                place,
                Step {
                    chance,
                    ..Step::on()
                },
            )
        }));
        // At 32 steps a second there is no need to wait.
        let mut desk = Desk::new(document);
        for step in 0..2_000_u32 {
            desk.block(f64::from(step) * 0.25, 64, None);
            desk.stand(1_200);
        }
        let share = desk.clicks().len() as f64 / 2_000.0;
        let hoped = percent as f64 / 100.0;
        assert!((share - hoped).abs() < 0.035, "{percent}: {share}");
    }
}

#[test]
fn chance_decides_the_same_at_every_pass_of_a_beat() {
    let chance = Chance::new(50);
    let document = clicking((0..16).map(|place| {
        (
            place,
            Step {
                chance,
                ..Step::on()
            },
        )
    }));
    let bounced = rolled(document.clone(), 96_000);
    let again = rolled(document.clone(), 192_000);
    assert_eq!(again[..bounced.len()], bounced);
    let second: Vec<usize> = again[bounced.len()..]
        .iter()
        .map(|click| click - 96_000)
        .collect();
    assert_ne!(second, bounced, "another bar throws other dice");

    let mut looped = Desk::new(document.clone());
    looped.turn((0.0, 4.0), 3 * 96_000, 500);
    let thrice: Vec<usize> = (0..3)
        .flat_map(|turn| bounced.iter().map(move |click| click + turn * 96_000))
        .collect();
    assert_eq!(looped.clicks(), thrice);

    let mut scrubbed = Desk::new(document);
    scrubbed.roll(2.0, 48_000, 64);
    let rest = bounced.iter().filter(|&&click| click >= 48_000);
    assert_eq!(
        scrubbed.clicks(),
        rest.map(|click| click - 48_000).collect::<Vec<_>>()
    );
}

#[test]
fn conditions_count_the_passes_of_their_pattern() {
    let every = |turn, of| Step {
        condition: Condition::Every(Cycle::new(Turn::new(turn), Turn::new(of))),
        ..Step::on()
    };
    let first = Step {
        condition: Condition::First,
        ..Step::on()
    };
    let given = vec![every(1, 2), every(2, 2), every(3, 3), first];
    let document = one_track(TrackSettings::default(), given);
    let passes: Vec<(usize, usize)> = rolled(document, 6 * 24_000)
        .into_iter()
        .map(|click| (click / 24_000, click % 24_000 / STEP))
        .collect();
    assert_eq!(
        passes,
        [
            (0, 0),
            (0, 3),
            (1, 1),
            (2, 0),
            (2, 2),
            (3, 1),
            (4, 0),
            (5, 1),
            (5, 2)
        ]
    );
}

#[test]
fn a_fill_sounds_while_it_is_held() {
    let fill = Step {
        condition: Condition::Fill,
        ..Step::on()
    };
    let mut desk = Desk::new(one_track(TrackSettings::default(), vec![fill]));
    desk.roll(0.0, 2 * STEP, 500);
    desk.change(|document| document.fill = true);
    desk.roll(0.5, 2 * STEP, 500);
    desk.change(|document| document.fill = false);
    desk.roll(1.0, 2 * STEP, 500);
    assert_eq!(desk.clicks(), [2 * STEP, 3 * STEP]);
}

#[test]
fn ratchets_divide_their_step_evenly() {
    for count in 1..=8 {
        let ratchet = Ratchet::new(count);
        let clicks = rolled(
            clicking([(
                1,
                Step {
                    ratchet,
                    ..Step::on()
                },
            )]),
            24_000,
        );
        let each = 6_000.0 / count as f64;
        let expected: Vec<usize> = (0..count)
            .map(|stroke| STEP + (stroke as f64 * each - 0.01).ceil() as usize)
            .collect();
        assert_eq!(clicks, expected, "{count}");
    }
}

#[test]
fn nudged_steps_sound_early_and_late() {
    let document = clicking([
        (1, nudged(-50)),
        (2, nudged(10)),
        (4, nudged(50)),
        (6, nudged(-7)),
    ]);
    for size in [1, 64, 3_001, 30_000] {
        let mut desk = Desk::new(document.clone());
        desk.roll(0.0, 48_000, size);
        assert_eq!(
            desk.clicks(),
            [3_000, 12_600, 27_000, 35_580],
            "blocks of {size}"
        );
    }
}

#[test]
fn an_early_first_step_sounds_at_the_start_and_at_each_turn_of_a_loop() {
    for size in [32, 1_000, 24_000] {
        let mut desk = Desk::new(clicking([(0, nudged(-50)), (4, nudged(-50))]));
        desk.turn((0.0, 1.0), 72_000, size);
        assert_eq!(desk.clicks(), [0, 24_000, 48_000], "blocks of {size}");
    }
    let mut desk = Desk::new(clicking([(0, nudged(-50)), (4, nudged(-50))]));
    desk.roll(0.0, 48_000, 480);
    assert_eq!(desk.clicks(), [0, 21_000], "a start from nothing");
}

#[test]
fn a_late_last_step_of_a_loop_still_sounds() {
    for size in [32, 1_000, 24_000] {
        let mut desk = Desk::new(clicking([(3, nudged(50)), (1, nudged(50))]));
        desk.turn((0.0, 1.0), 72_000, size);
        let clicks = desk.clicks();
        assert_eq!(
            clicks,
            [9_000, 21_000, 33_000, 45_000, 57_000, 69_000],
            "blocks of {size}"
        );
    }
    // So late that it falls into the next turn.
    let document = Document {
        swing: Percent::new(100),
        ..clicking([(3, nudged(50))])
    };
    for size in [700, 1_000, 24_000] {
        let mut desk = Desk::new(document.clone());
        desk.turn((0.0, 1.0), 72_000, size);
        assert_eq!(desk.clicks(), [24_000, 48_000], "blocks of {size}");
    }
}

#[test]
fn swing_makes_every_second_step_late() {
    let sixteenth = StepLength::Sixteenth;
    let full = [0, 9_000, 12_000, 21_000];
    assert_eq!(rolled(swinging(100, 0, sixteenth), 24_000), full);
    assert_eq!(rolled(swinging(0, 100, sixteenth), 24_000), full);
    // 60 % and 50 % are 80 % together, of half a step.
    let blended = [0, 8_400, 12_000, 20_400];
    assert_eq!(rolled(swinging(60, 50, sixteenth), 24_000), blended);
    assert_eq!(
        rolled(swinging(100, 0, StepLength::Eighth), 24_000),
        [0, 18_000]
    );
    let triplets = [0, 4_000, 8_000, 12_000, 16_000, 20_000];
    assert_eq!(
        rolled(swinging(100, 100, StepLength::SixteenthTriplet), 24_000),
        triplets
    );
}

#[test]
fn each_step_length_has_its_own_grid() {
    for length in StepLength::ALL {
        let settings = TrackSettings {
            step_length: length,
            ..TrackSettings::default()
        };
        let clicks = rolled(one_track(settings, vec![Step::on(); 3]), 48_000);
        let count = usize::try_from(length.per_two_beats()).expect("positive");
        // Thirds of a beat are rounded to micro-beats, a fortieth of a frame.
        let expected: Vec<usize> = (0..count).map(|step| step * 48_000 / count).collect();
        assert_eq!(clicks, expected, "{length:?}");
    }
}

#[test]
fn tracks_of_other_lengths_run_against_each_other() {
    let quiet = |length: usize| {
        let mut steps = vec![Step::default(); length];
        steps[0] = Step::on();
        steps
    };
    let mut document = one_track(TrackSettings::default(), quiet(3));
    document
        .tracks
        .push(track(2, TrackSettings::default(), quiet(5)));
    let mut expected: Vec<usize> = (0..64)
        .filter(|step| step % 3 == 0 || step % 5 == 0)
        .map(|step| step * STEP)
        .collect();
    expected.dedup();
    let mut desk = Desk::new(document);
    desk.roll(0.0, 64 * STEP, 441);
    let strokes = desk.strokes().into_iter();
    assert_eq!(
        strokes.map(|(frame, _)| frame).collect::<Vec<_>>(),
        expected
    );
}

#[test]
fn loops_of_odd_length_keep_their_frames() {
    // 1.3 beats are 31,200 frames; the loop ends within its sixth step.
    let mut desk = Desk::new(clicks_at(&[0, 5]));
    desk.turn((0.0, 1.3), 3 * 31_200, 777);
    let expected: Vec<usize> = (0..3)
        .flat_map(|turn| [0, 30_000].map(|at| at + turn * 31_200))
        .collect();
    assert_eq!(desk.clicks(), expected);
}

#[test]
fn a_host_that_says_its_place_badly_is_heard_well() {
    let expected: Vec<usize> = (0..32).map(|step| step * STEP).collect();
    let document = clicks_at(&(0..16).collect::<Vec<_>>());
    // Whole ticks, jitter of a fifth of a millisecond, and every fifth block says the fourth's place.
    let ticks = |frame: usize| (beats_of(frame) * 1920.0).round() / 1920.0;
    let mut desk = Desk::new(document.clone());
    for block in 0..750 {
        desk.block(ticks(block * 256), 256, None);
    }
    assert_eq!(desk.clicks().len(), 32);
    let mut jittered = Desk::new(document);
    for block in 0..750_usize {
        let off = (block * 7 % 5) as f64 - 2.0;
        jittered.block(beats_of(block * 256) + off * beats_of(5), 256, None);
    }
    for desk in [desk, jittered] {
        let clicks = desk.clicks();
        assert_eq!(clicks.len(), 32, "{clicks:?}");
        let off = clicks
            .iter()
            .zip(&expected)
            .map(|(click, hoped)| click.abs_diff(*hoped));
        assert!(off.max().is_some_and(|most| most <= 26), "{clicks:?}");
    }
}
