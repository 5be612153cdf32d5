//! What the sequence tells instruments elsewhere: which keys go down and come up, and when.

use crate::desk::{Desk, beats_of, one_track, rolling, track};
use lockstep_engine::KeyEvent;
use lockstep_session::document::step::{Gate, Pitch, Pitches, Step, Velocity};
use lockstep_session::document::track::TrackSettings;
use std::collections::BTreeMap;
use std::sync::Arc;

fn pitched(semitones: &[i64]) -> Step {
    let pitches = semitones.iter().map(|&semitone| Pitch::new(semitone));
    Step {
        pitches: Pitches::new(pitches),
        ..Step::on()
    }
}

/// Frame, key and velocity of what happened, in order.
fn told(desk: &Desk) -> Vec<(usize, u8, Option<u8>)> {
    let told = desk.keys.iter();
    told.map(|event| (event.frame, event.key, event.velocity))
        .collect()
}

/// Every key that went down came up later, and none went down twice.
fn assert_balanced(keys: &[KeyEvent]) {
    let mut down = BTreeMap::new();
    for event in keys {
        let place = (event.track, event.key);
        match event.velocity {
            Some(_) => {
                let before = down.insert(place, event.frame);
                assert_eq!(before, None, "{event:?} went down twice");
            }
            None => {
                let since = down.remove(&place).expect("what comes up was down");
                assert!(since < event.frame, "{event:?} was down for no time");
            }
        }
    }
    assert!(down.is_empty(), "stuck: {down:?}");
}

#[test]
fn a_step_presses_its_keys_on_its_frame_and_lets_go_after_its_gate() {
    let half = Step {
        gate: Gate::new(50),
        velocity: Velocity::new(100),
        ..pitched(&[0, 7])
    };
    let mut desk = Desk::new(one_track(
        TrackSettings::default(),
        vec![Step::default(), half],
    ));
    desk.roll(0.0, 12_000, 500);
    assert_eq!(
        told(&desk),
        [
            (6_000, 60, Some(100)),
            (6_000, 67, Some(100)),
            (9_000, 60, None),
            (9_000, 67, None),
        ]
    );
}

#[test]
fn the_same_keys_move_on_the_same_frames_at_any_block_size() {
    let steps = vec![
        pitched(&[0, 4, 7]),
        Step {
            ratchet: lockstep_session::document::step::Ratchet::new(3),
            ..pitched(&[3])
        },
        pitched(&[0, 4, 7]),
    ];
    let told_in = |size| {
        let mut desk = Desk::new(one_track(TrackSettings::default(), steps.clone()));
        desk.roll(0.0, 100_000, size);
        desk.stand(100);
        told(&desk)
    };
    let expected = told_in(64);
    assert!(expected.len() > 40);
    for size in [1, 17, 512, 8_192] {
        assert_eq!(told_in(size), expected, "blocks of {size}");
    }
}

#[test]
fn a_key_struck_again_while_it_is_down_comes_up_first() {
    let long = Step {
        gate: Gate::new(100),
        ..pitched(&[0])
    };
    let late = Step {
        nudge: lockstep_session::document::step::Nudge::new(-20),
        ..long.clone()
    };
    let mut desk = Desk::new(one_track(TrackSettings::default(), vec![long, late]));
    desk.roll(0.0, 11_000, 512);
    let expected = [
        (0, 60, true),
        (4_800, 60, false),
        (4_800, 60, true),
        (10_800, 60, false),
    ];
    let found: Vec<_> = told(&desk)
        .iter()
        .map(|(frame, key, velocity)| (*frame, *key, velocity.is_some()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_tie_to_another_pitch_overlaps_and_one_to_the_same_goes_on() {
    let tied = |semitone| Step {
        tie: true,
        ..pitched(&[semitone])
    };
    let steps = vec![tied(0), tied(0), pitched(&[5])];
    let mut desk = Desk::new(one_track(TrackSettings::default(), steps));
    desk.roll(0.0, 17_900, 512);
    assert_balanced(&desk.keys);
    let keys: Vec<_> = told(&desk)
        .iter()
        .map(|(frame, key, velocity)| (*frame, *key, velocity.is_some()))
        .collect();
    assert_eq!(keys[0], (0, 60, true));
    assert_eq!(keys[1], (12_000, 65, true));
    assert_eq!(
        keys[2],
        (12_240, 60, false),
        "a hundredth of a beat into the next"
    );
}

#[test]
fn nothing_stays_down_after_a_stop_a_jump_a_mute_or_a_track_that_goes() {
    let long = Step {
        gate: Gate::new(100),
        tie: true,
        ..pitched(&[0, 12])
    };
    let quarter = TrackSettings {
        step_length: lockstep_session::document::track::StepLength::Quarter,
        ..TrackSettings::default()
    };
    let mut document = one_track(quarter.clone(), vec![long.clone(); 16]);
    document.tracks.push(track(2, quarter, vec![long; 16]));
    for case in [
        "stop",
        "jump",
        "mute",
        "private mute",
        "remove",
        "reset",
        "swap",
    ] {
        let mut desk = Desk::new(document.clone());
        desk.roll(0.0, 12_345, 512);
        let down = desk.keys.len();
        assert_eq!(down, 4, "both tracks hold two keys");
        match case {
            "jump" => desk.block(32.25, 512, None),
            "mute" => desk.change(|document| {
                for track in &mut document.tracks {
                    Arc::make_mut(track).settings.mute = true;
                }
            }),
            "private mute" => desk.listening.muted = 0b11,
            "remove" => desk.change(|document| document.tracks.clear()),
            "reset" => desk.engine.reset(),
            "swap" => desk.change(|document| document.tracks.reverse()),
            _ => {}
        }
        let rolls_on = matches!(case, "mute" | "private mute" | "remove" | "swap");
        if rolls_on {
            desk.block(beats_of(12_345), 1, None);
            let lifted = desk.keys.iter().skip(down).take(4);
            assert!(
                lifted.clone().count() == 4
                    && lifted
                        .clone()
                        .all(|event| event.velocity.is_none() && event.frame == 12_345),
                "{case}: {:?}",
                &desk.keys[down..]
            );
        }
        desk.render(None, 64, &[]);
        desk.stand(64);
        assert_balanced(&desk.keys);
    }
}

#[test]
fn more_keys_than_fit_leave_none_stuck() {
    let dense = Step {
        ratchet: lockstep_session::document::step::Ratchet::new(8),
        ..pitched(&[0, 3, 7, 10])
    };
    let fast = TrackSettings {
        step_length: lockstep_session::document::track::StepLength::ThirtySecond,
        ..TrackSettings::default()
    };
    let mut document = one_track(fast.clone(), vec![dense.clone(); 16]);
    for id in 2..=16 {
        document
            .tracks
            .push(track(id, fast.clone(), vec![dense.clone(); 16]));
    }
    let mut desk = Desk::new(document);
    desk.render(Some(rolling(0.0, None)), 60_000, &[]);
    desk.render(Some(rolling(beats_of(60_000), None)), 60_000, &[]);
    desk.stand(64);
    desk.stand(64);
    assert!(desk.keys.len() > 1_000);
    assert_balanced(&desk.keys);
}
