//! Clips and rows: what plays from which beat on, and that changes fall on their frame.

use crate::desk::{Desk, beats_of, humming, one_track, playing, rolling, track, turned};
use lockstep_session::document::Document;
use lockstep_session::document::clip::{Action, Bars, Clip, Follow};
use lockstep_session::document::launch::{Playing, Queued};
use lockstep_session::document::pattern::{Pattern, PatternLength};
use lockstep_session::document::step::{Condition, Nudge, Step, Velocity};
use lockstep_session::document::track::{Track, TrackSettings};
use lockstep_session::ids::SceneIndex;
use lockstep_session::units::Beat;
use std::sync::Arc;

const BEAT: usize = 24_000;

/// A clip of one bar that sounds on one beat of it, as loud as its number.
fn clip(number: usize, beat: usize) -> Clip {
    let mut steps = vec![Step::default(); 16];
    steps[beat * 4] = Step {
        velocity: Velocity::new(60 + 20 * i64::try_from(number).expect("small")),
        ..Step::on()
    };
    Clip::pattern(Pattern::new(PatternLength::new(16), steps))
}

fn change(document: &mut Document, place: usize, change: impl FnOnce(&mut Track)) {
    change(Arc::make_mut(&mut document.tracks[place]));
}

/// Three clips that sound on the first, second and third beat of a bar.
fn three_clips() -> Document {
    let mut document = one_track(TrackSettings::default(), Vec::new());
    change(&mut document, 0, |track| {
        for number in 0..3 {
            track.clips[number] = Some(Arc::new(clip(number, number)));
        }
    });
    document
}

fn following(action: Action, bars: i64) -> Document {
    let mut document = three_clips();
    change(&mut document, 0, |track| {
        for slot in track.clips.iter_mut().flatten() {
            Arc::make_mut(slot).follow = Some(Follow {
                action,
                after: Bars::new(bars),
            });
        }
    });
    document
}

fn queue(document: &mut Document, clip: Option<usize>, beats: f64) {
    change(document, 0, |track| {
        track.queued = Some(Queued {
            clip: clip.and_then(SceneIndex::new),
            at: Beat::from_micros((beats * 1e6).round() as i64),
        });
    });
}

/// The clip that every click is of, by how loud it is, and its beat.
fn played(desk: &Desk) -> Vec<(usize, usize)> {
    let strokes = desk.strokes().into_iter();
    strokes
        .map(|(frame, level)| {
            let velocity = level / 0.3175 * 127.0;
            (((velocity - 60.0) / 20.0).round() as usize, frame)
        })
        .collect()
}

fn beats(played: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    assert!(
        played.iter().all(|(_, frame)| frame % BEAT == 0),
        "{played:?}"
    );
    played
        .into_iter()
        .map(|(clip, frame)| (clip, frame / BEAT))
        .collect()
}

#[test]
fn a_clip_that_is_launched_begins_with_its_first_step_on_its_beat() {
    for size in [64, 1_000, 200_000] {
        let mut document = three_clips();
        // In the middle of the first bar.
        queue(&mut document, Some(1), 2.5);
        let mut desk = Desk::new(document);
        desk.roll(0.0, 8 * BEAT, size);
        let expected = [(0, 0), (1, 7 * BEAT / 2), (1, 15 * BEAT / 2)];
        assert_eq!(played(&desk), expected, "blocks of {size}");
    }
}

#[test]
fn a_stopped_track_is_silent_from_its_beat_on() {
    let mut document = three_clips();
    queue(&mut document, None, 4.0);
    let mut desk = Desk::new(document);
    desk.roll(0.0, 12 * BEAT, 4_096);
    assert_eq!(beats(played(&desk)), [(0, 0)]);
}

#[test]
fn the_same_clip_launched_again_starts_from_its_beginning() {
    let mut document = three_clips();
    queue(&mut document, Some(0), 3.0);
    let mut desk = Desk::new(document);
    desk.roll(0.0, 8 * BEAT, 512);
    assert_eq!(beats(played(&desk)), [(0, 0), (0, 3), (0, 7)]);
}

#[test]
fn a_launch_counts_the_first_pass_anew() {
    let mut document = one_track(TrackSettings::default(), Vec::new());
    let first = Step {
        condition: Condition::First,
        ..Step::on()
    };
    change(&mut document, 0, |track| {
        let pattern = Pattern::new(PatternLength::new(4), vec![first]);
        track.clips[0] = Some(Arc::new(Clip::pattern(pattern)));
    });
    queue(&mut document, Some(0), 2.0);
    let mut desk = Desk::new(document);
    desk.roll(0.0, 6 * BEAT, 512);
    assert_eq!(desk.clicks(), [0, 2 * BEAT]);
}

#[test]
fn clips_follow_each_other_on_their_beats() {
    for (action, expected) in [
        (
            Action::Next,
            vec![(0, 0), (1, 5), (2, 10), (0, 12), (1, 17)],
        ),
        (
            Action::Previous,
            vec![(0, 0), (2, 6), (1, 9), (0, 12), (2, 18)],
        ),
        (
            Action::First,
            vec![(0, 0), (0, 4), (0, 8), (0, 12), (0, 16)],
        ),
        (Action::Stop, vec![(0, 0)]),
    ] {
        for size in [100, 7_777] {
            let mut desk = Desk::new(following(action, 1));
            desk.roll(0.0, 20 * BEAT, size);
            assert_eq!(
                beats(played(&desk)),
                expected,
                "{action:?}, blocks of {size}"
            );
        }
    }
    // A change in the middle of a pattern's pass.
    let mut desk = Desk::new(following(Action::Next, 2));
    desk.roll(0.0, 20 * BEAT, 1_024);
    assert_eq!(
        beats(played(&desk)),
        [(0, 0), (0, 4), (1, 9), (1, 13), (2, 18)]
    );
}

#[test]
fn what_follows_at_random_is_the_same_wherever_one_starts() {
    let mut whole = Desk::new(following(Action::Random, 1));
    whole.roll(0.0, 64 * BEAT, 8_192);
    let whole = beats(played(&whole));
    assert!((0..3).all(|clip| whole.iter().any(|(played, _)| *played == clip)));
    let mut late = Desk::new(following(Action::Random, 1));
    late.roll(40.0, 24 * BEAT, 1_000);
    let late: Vec<_> = beats(played(&late))
        .into_iter()
        .map(|(clip, beat)| (clip, beat + 40))
        .collect();
    let rest: Vec<_> = whole.into_iter().filter(|(_, beat)| *beat >= 40).collect();
    assert_eq!(late, rest);
}

#[test]
fn follow_actions_hold_an_hour_into_a_session() {
    // Bar 1,803 is clip 0 again.
    let mut desk = Desk::new(following(Action::Next, 1));
    desk.roll(7_212.0, 9 * BEAT, 333);
    assert_eq!(beats(played(&desk)), [(0, 0), (1, 5)]);
}

#[test]
fn a_row_is_followed_by_the_next_on_every_track() {
    let mut document = three_clips();
    let mut other = track(2, playing("click"), Vec::new());
    // Only rows 0 and 1: in row 2 it goes on with what it has.
    Arc::make_mut(&mut other).clips[0] = Some(Arc::new(clip(0, 3)));
    Arc::make_mut(&mut other).clips[1] = Some(Arc::new(clip(3, 3)));
    document.tracks.push(other);
    for scene in &mut document.scenes[..3] {
        scene.follow = Some(Follow {
            action: Action::Next,
            after: Bars::new(1),
        });
    }
    let mut desk = Desk::new(document);
    desk.roll(0.0, 16 * BEAT, 2_000);
    assert_eq!(
        beats(played(&desk)),
        [
            (0, 0),
            (0, 3),
            (1, 5),
            (3, 7),
            (2, 10),
            (3, 11),
            (0, 12),
            (0, 15)
        ]
    );
}

#[test]
fn running_beats_launch_within_a_sessions_loop() {
    // A loop of two bars; running beats 8 to 16 are its second pass.
    let looped = Some((0.0, 8.0));
    for size in [480, 1_000, 6_400] {
        let mut document = three_clips();
        queue(&mut document, Some(1), 10.0);
        let mut desk = Desk::new(document);
        let mut done = 0;
        while done < 24 * BEAT {
            let turns = (done / (8 * BEAT)) as f64 * 8.0;
            let beat = beats_of(done % (8 * BEAT));
            desk.render(
                Some(turned(beat, looped, turns)),
                size.min(24 * BEAT - done),
                &[],
            );
            done += size;
        }
        // Its first step falls on beat 10, and so on beat 2 of each pass; it sounds a beat after.
        assert_eq!(
            beats(played(&desk)),
            [(0, 0), (0, 4), (0, 8), (1, 11), (1, 15), (1, 19), (1, 23)],
            "blocks of {size}"
        );
    }
}

#[test]
fn running_beats_that_are_no_binary_numbers_neither_lose_nor_double_a_step() {
    // Loops of 1.3 beats, and a launch where a pass begins.
    let looped = Some((0.0, 1.3));
    let length = 31_200;
    let mut document = one_track(TrackSettings::default(), vec![Step::on(); 16]);
    change(&mut document, 0, |track| {
        track.clips[1] = Some(Arc::new(clip(0, 0)))
    });
    for pass in 1..12_usize {
        let mut document = document.clone();
        let at = 13 * i64::try_from(pass).expect("small") * 100_000;
        change(&mut document, 0, |track| {
            track.queued = Some(Queued {
                clip: SceneIndex::new(1),
                at: Beat::from_micros(at),
            });
        });
        let mut desk = Desk::new(document);
        let mut done = 0;
        while done < (pass + 1) * length {
            let turns = (done / length) as f64 * 1.3;
            desk.render(
                Some(turned(beats_of(done % length), looped, turns)),
                600,
                &[],
            );
            done += 600;
        }
        let strokes = desk.strokes();
        assert_eq!(
            strokes.len(),
            pass * 6 + 1,
            "launched after {pass} passes: {strokes:?}"
        );
        assert_eq!(strokes.last().map(|(frame, _)| *frame), Some(pass * length));
    }
}

#[test]
fn an_early_first_step_of_a_launch_is_not_lost() {
    let mut document = three_clips();
    let early = Step {
        nudge: Nudge::new(-50),
        ..Step::on()
    };
    change(&mut document, 0, |track| {
        let pattern = Pattern::new(PatternLength::new(16), vec![early]);
        track.clips[1] = Some(Arc::new(Clip::pattern(pattern)));
    });
    queue(&mut document, Some(1), 4.0);
    let mut desk = Desk::new(document);
    desk.roll(0.0, 6 * BEAT, 480);
    let frames: Vec<usize> = desk.strokes().into_iter().map(|(frame, _)| frame).collect();
    assert_eq!(frames, [0, 4 * BEAT - 3_000]);
}

#[test]
fn a_long_tie_ends_where_its_clip_does() {
    let tie = Step {
        tie: true,
        ..Step::on()
    };
    let mut document = one_track(humming(), vec![tie.clone(), tie.clone(), tie.clone(), tie]);
    let mut desk = Desk::new(document.clone());
    desk.render(Some(rolling(0.0, None)), 2 * BEAT, &[]);
    // It is stopped while the note that knows nothing of it sounds.
    queue(&mut document, None, 3.0);
    desk.change(|changed| *changed = document);
    desk.roll(2.0, 4 * BEAT, 500);
    desk.settle();
    let (_, end) = *desk.stretches().last().expect("it sounds");
    assert!((3 * BEAT..3 * BEAT + 1_200).contains(&end), "{end}");
}

#[test]
fn a_track_begins_where_it_was_launched_before_the_start() {
    let mut document = three_clips();
    change(&mut document, 0, |track| {
        track.playing = Playing {
            clip: SceneIndex::new(2),
            since: Beat::from_micros(-3_000_000),
        };
    });
    let mut desk = Desk::new(document);
    desk.roll(0.0, 8 * BEAT, 512);
    assert_eq!(beats(played(&desk)), [(2, 3), (2, 7)]);
}
