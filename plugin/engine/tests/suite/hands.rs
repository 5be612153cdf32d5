//! What one person does: plays keys, mutes and solos, listens to a metronome, counts in.

use crate::desk::{Desk, HUM, beats, clicks_at, humming, one_track, rolling, track};
use lockstep_engine::{LiveEvent, LiveNote};
use lockstep_session::document::step::{Nudge, Step};
use lockstep_session::document::track::TrackSettings;
use std::sync::Arc;

const BEAT: usize = 24_000;

fn on(track: u8, frame: usize, event: LiveEvent) -> LiveNote {
    LiveNote {
        frame,
        track,
        event,
    }
}

fn down(frame: usize, key: u8, velocity: f32) -> LiveNote {
    on(0, frame, LiveEvent::Down { key, velocity })
}

fn up(frame: usize, key: u8) -> LiveNote {
    on(0, frame, LiveEvent::Up { key })
}

fn pedal(frame: usize, is_down: bool) -> LiveNote {
    on(0, frame, LiveEvent::Pedal { is_down })
}

fn standing(settings: TrackSettings, frames: usize, live: &[LiveNote]) -> Desk {
    let mut desk = Desk::new(one_track(settings, Vec::new()));
    desk.render(None, frames, live);
    desk.settle();
    desk
}

#[test]
fn keys_sound_on_their_frame_as_hard_as_they_are_struck() {
    let live = [down(1_000, 60, 1.0), down(5_001, 60, 0.5)];
    let desk = standing(TrackSettings::default(), 10_000, &live);
    let strokes = desk.strokes();
    assert_eq!(
        strokes.iter().map(|(frame, _)| *frame).collect::<Vec<_>>(),
        [1_000, 5_001]
    );
    assert!((strokes[0].1 - 0.3175).abs() < 1e-4 && (strokes[1].1 - 0.15875).abs() < 1e-3);
}

#[test]
fn a_key_is_held_until_it_is_let_go() {
    let desk = standing(humming(), 20_000, &[down(0, 60, 0.8), up(9_000, 60)]);
    let stretches = desk.stretches();
    assert_eq!(stretches.len(), 1);
    assert!((9_000..10_200).contains(&stretches[0].1), "{stretches:?}");
    assert!(desk.strength(1_000..8_000, HUM) > 0.15);
    assert!(desk.sharpest(10..20_000) < 0.012);
}

#[test]
fn a_pedal_holds_what_its_keys_let_go() {
    let live = [
        pedal(0, true),
        down(100, 60, 0.8),
        up(3_000, 60),
        down(4_000, 67, 0.8),
        pedal(9_000, false),
        up(14_000, 67),
    ];
    let desk = standing(humming(), 20_000, &live);
    assert!(
        desk.strength(5_000..8_500, HUM) > 0.15,
        "the pedal holds it"
    );
    assert!(desk.strength(10_500..13_500, HUM) < 0.01);
    assert!(
        desk.strength(10_500..13_500, HUM * 1.498) > 0.15,
        "its key holds it"
    );
    assert!((14_000..15_200).contains(&desk.stretches()[0].1));
}

#[test]
fn all_keys_up_lets_go_of_everything_at_once() {
    let live = [
        pedal(0, true),
        down(0, 60, 0.8),
        up(10, 60),
        down(0, 64, 0.8),
        on(0, 8_000, LiveEvent::AllUp),
    ];
    let desk = standing(humming(), 20_000, &live);
    assert!((8_000..9_200).contains(&desk.stretches()[0].1));
}

#[test]
fn the_wheel_bends_what_sounds_and_what_is_struck_after() {
    let live = [
        down(0, 60, 0.8),
        on(0, 6_000, LiveEvent::Bend { semitones: 12.0 }),
        up(12_000, 60),
        down(14_000, 60, 0.8),
        on(
            0,
            20_000,
            LiveEvent::Bend {
                semitones: f32::NAN,
            },
        ),
    ];
    let desk = standing(humming(), 26_000, &live);
    assert!(desk.strength(500..5_500, HUM) > 0.15);
    assert!(desk.strength(7_500..11_500, 2.0 * HUM) > 0.15);
    assert!(desk.strength(15_000..25_500, 2.0 * HUM) > 0.15);
    assert!(desk.sharpest(10..13_000) < 0.006);
}

#[test]
fn keys_play_while_the_sequence_does_and_outlast_its_stop() {
    let mut desk = Desk::new(clicks_at(&[0]));
    desk.change(|document| document.tracks.push(track(2, humming(), Vec::new())));
    desk.render(
        Some(rolling(0.0, None)),
        12_000,
        &[on(
            1,
            6_000,
            LiveEvent::Down {
                key: 60,
                velocity: 0.8,
            },
        )],
    );
    desk.stand(12_000);
    desk.render(None, 12_000, &[on(1, 0, LiveEvent::Up { key: 60 })]);
    assert_eq!(desk.clicks()[0], 0);
    assert!(desk.strength(7_000..11_500, HUM) > 0.15 && desk.strength(12_500..23_500, HUM) > 0.15);
    assert!(desk.left[26_000..].iter().all(|sample| *sample == 0.0));
}

#[test]
fn mutes_and_solos_are_shared_and_private() {
    let mut document = clicks_at(&[0]);
    for (id, step) in [(2, 1), (3, 2)] {
        let steps = (0..16).map(|place| Step {
            on: place == step,
            ..Step::default()
        });
        document
            .tracks
            .push(track(id, TrackSettings::default(), steps.collect()));
    }
    let heard = |muted: &[usize], soloed: &[usize], own_muted: u16, own_soloed: u16| {
        let mut document = document.clone();
        for &place in muted {
            Arc::make_mut(&mut document.tracks[place]).settings.mute = true;
        }
        for &place in soloed {
            Arc::make_mut(&mut document.tracks[place]).settings.solo = true;
        }
        let mut desk = Desk::new(document);
        desk.listening.muted = own_muted;
        desk.listening.soloed = own_soloed;
        desk.roll(0.0, BEAT, 512);
        desk.clicks()
            .into_iter()
            .map(|click| click / 6_000)
            .collect::<Vec<_>>()
    };
    assert_eq!(heard(&[], &[], 0, 0), [0, 1, 2]);
    assert_eq!(heard(&[1], &[], 0, 0), [0, 2]);
    assert_eq!(heard(&[], &[1], 0, 0), [1]);
    assert_eq!(heard(&[1], &[1, 2], 0, 0), [2]);
    assert_eq!(heard(&[], &[], 0b001, 0), [1, 2]);
    assert_eq!(heard(&[], &[], 0, 0b101), [0, 2]);
    assert_eq!(heard(&[0], &[], 0, 0b101), [2]);
}

#[test]
fn a_mute_comes_and_goes_without_a_click() {
    let hold = Step {
        tie: true,
        ..Step::on()
    };
    let mut desk = Desk::new(one_track(humming(), vec![hold; 4]));
    desk.roll(0.0, 5_000, 500);
    desk.listening.muted = 1;
    desk.roll(5_000.0 / 24_000.0, 10_000, 500);
    desk.listening.muted = 0;
    desk.roll(15_000.0 / 24_000.0, 10_000, 500);
    assert!(
        desk.left[10_000..14_000]
            .iter()
            .all(|sample| sample.abs() < 1e-3)
    );
    assert!(desk.strength(18_000..24_000, HUM) > 0.15);
    assert!(desk.sharpest(10..25_000 - 2 * desk.engine.latency()) < 0.006);
}

#[test]
fn the_metronome_clicks_on_beats_and_higher_on_bars() {
    let mut desk = Desk::new(one_track(TrackSettings::default(), Vec::new()));
    desk.listening.metronome = 1.0;
    desk.roll(2.5, 4 * BEAT, 441);
    let strokes = desk.strokes();
    let frames: Vec<usize> = strokes.iter().map(|(frame, _)| *frame).collect();
    assert_eq!(frames, [BEAT / 2, 3 * BEAT / 2, 5 * BEAT / 2, 7 * BEAT / 2]);
    let high = 1_000.0 * 1.498;
    let is_high = |frame: usize| {
        let click = frame..frame + 480;
        desk.strength(click.clone(), high) > desk.strength(click, 1_000.0)
    };
    assert!(is_high(frames[1]) && !is_high(frames[0]) && !is_high(frames[2]));
}

#[test]
fn the_metronome_clicks_once_at_each_turn_of_a_loop() {
    for size in [100, 24_000, 50_000] {
        let mut desk = Desk::new(one_track(TrackSettings::default(), Vec::new()));
        desk.listening.metronome = 0.8;
        desk.turn((0.0, 2.0), 6 * BEAT, size.min(48_000));
        let frames: Vec<usize> = desk.strokes().into_iter().map(|(frame, _)| frame).collect();
        assert_eq!(
            frames,
            (0..6).map(|beat| beat * BEAT).collect::<Vec<_>>(),
            "{size}"
        );
    }
}

#[test]
fn a_count_in_is_the_metronome_alone_and_then_everything_from_the_first_step_on() {
    for size in [64, 100, 1_001, 100_000] {
        for nudge in [-50, 0] {
            let steps = (0..16).map(|place| Step {
                on: place % 4 == 0 || place == 15,
                nudge: Nudge::new(if place == 0 { nudge } else { 0 }),
                ..Step::default()
            });
            let mut desk = Desk::new(one_track(TrackSettings::default(), steps.collect()));
            desk.listening.begins = Some(beats(0.0));
            desk.roll(-2.0, 4 * BEAT, size);
            assert_eq!(
                desk.clicks(),
                [2 * BEAT, 3 * BEAT],
                "blocks of {size}, nudge {nudge}"
            );
        }
    }
}

#[test]
fn nothing_of_a_step_just_before_the_count_ends_is_heard() {
    // A step 24 frames before the beginning.
    let steps = (0..16).map(|place| Step {
        on: place == 15,
        ..Step::default()
    });
    let mut desk = Desk::new(one_track(TrackSettings::default(), steps.collect()));
    desk.listening.begins = Some(beats(-0.249));
    desk.roll(-1.0, 2 * BEAT, 6_001);
    assert!(desk.clicks().is_empty());
}
