//! Which clip plays at which beat: launches, follow actions of clips and of rows.

use super::*;
use crate::document::clip::{Action, Bars, Clip, Follow};
use crate::document::pattern::Pattern;
use crate::ids::TrackId;
use std::sync::Arc;

const NO_ROWS: Rows = Rows {
    follows: [None; SceneIndex::COUNT],
    filled: [false; SceneIndex::COUNT],
};

fn bar(count: i64) -> Beat {
    Beat::ZERO + BeatSpan::BAR.times(count)
}

fn scene(index: usize) -> SceneIndex {
    SceneIndex::new(index).expect("one of eight")
}

fn track(follows: &[Option<Action>]) -> Track {
    let mut track = Track::new(TrackId(1), Default::default());
    for (slot, action) in track.clips.iter_mut().zip(follows) {
        let follow = action.map(|action| Follow {
            action,
            after: Bars::new(2),
        });
        *slot = Some(Arc::new(Clip {
            follow,
            ..Clip::pattern(Pattern::default())
        }));
    }
    track
}

fn order(track: &Track) -> Vec<Option<usize>> {
    (0..6)
        .map(|pass| {
            track
                .playing_at(&NO_ROWS, bar(pass * 2))
                .clip
                .map(SceneIndex::index)
        })
        .collect()
}

#[test]
fn a_queued_clip_starts_on_its_beat_and_not_before() {
    let mut track = track(&[None, None]);
    track.launch(
        &NO_ROWS,
        Some(scene(1)),
        When {
            now: Beat::from_micros(5),
            at: bar(1),
        },
    );
    assert_eq!(
        track
            .playing_at(&NO_ROWS, bar(1) - BeatSpan::from_micros(1))
            .clip,
        Some(scene(0))
    );
    assert_eq!(
        track.playing_at(&NO_ROWS, bar(1)),
        Playing {
            clip: Some(scene(1)),
            since: bar(1)
        }
    );
}

#[test]
fn a_second_launch_before_the_beat_replaces_the_first() {
    let mut track = track(&[None, None, None]);
    track.launch(
        &NO_ROWS,
        Some(scene(1)),
        When {
            now: Beat::ZERO,
            at: bar(1),
        },
    );
    track.launch(
        &NO_ROWS,
        Some(scene(2)),
        When {
            now: Beat::from_micros(9),
            at: bar(1),
        },
    );
    assert_eq!(track.playing_at(&NO_ROWS, bar(1)).clip, Some(scene(2)));
    track.launch(
        &NO_ROWS,
        None,
        When {
            now: bar(2),
            at: bar(3),
        },
    );
    assert_eq!(
        track.playing_at(&NO_ROWS, bar(2)).clip,
        Some(scene(2)),
        "the earlier launch has happened"
    );
    assert_eq!(track.playing_at(&NO_ROWS, bar(3)).clip, None);
}

#[test]
fn follow_actions_move_among_the_filled_slots() {
    use Action::*;
    let next = Some(Next);
    assert_eq!(
        order(&track(&[next, next, next])),
        [0, 1, 2, 0, 1, 2].map(Some)
    );
    let back = Some(Previous);
    assert_eq!(
        order(&track(&[back, back, back])),
        [0, 2, 1, 0, 2, 1].map(Some)
    );
    assert_eq!(
        order(&track(&[next, Some(First), None])),
        [0, 1, 0, 1, 0, 1].map(Some)
    );
    assert_eq!(
        order(&track(&[next, Some(Stop)])),
        [Some(0), Some(1), None, None, None, None]
    );
    assert_eq!(
        order(&track(&[next, Some(Again)])),
        [0, 1, 1, 1, 1, 1].map(Some)
    );
}

#[test]
fn a_random_follow_is_the_same_for_everyone_and_not_always_the_same_clip() {
    let random = Some(Action::Random);
    let track = track(&[random, random, random, random]);
    assert_eq!(order(&track), order(&track.clone()));
    let visited: std::collections::BTreeSet<_> = (0..40)
        .map(|n| track.playing_at(&NO_ROWS, bar(n * 2)).clip)
        .collect();
    assert!(visited.len() >= 3, "{visited:?}");
}

#[test]
fn a_clip_alone_that_plays_again_for_a_month_is_found_at_once() {
    let track = track(&[Some(Action::Again)]);
    let month = bar(9_000_000_001);
    assert_eq!(
        track.playing_at(&NO_ROWS, month),
        Playing {
            clip: Some(scene(0)),
            since: bar(9_000_000_000)
        }
    );
}

#[test]
fn relocating_keeps_a_queued_launch_at_its_distance() {
    let mut track = track(&[None, None]);
    track.launch(
        &NO_ROWS,
        Some(scene(1)),
        When {
            now: bar(1),
            at: bar(2),
        },
    );
    track.shift(&NO_ROWS, bar(1), bar(40));
    assert_eq!(track.playing_at(&NO_ROWS, bar(40)).clip, Some(scene(0)));
    assert_eq!(track.playing_at(&NO_ROWS, bar(41)).clip, Some(scene(1)));
}

/// Two tracks, with clips in the rows given, under rows that follow each other after two bars.
fn rows(filled: &[usize], action: Action) -> Rows {
    let mut rows = Rows::default();
    for &row in filled {
        rows.filled[row] = true;
        rows.follows[row] = Some(Follow {
            action,
            after: Bars::new(2),
        });
    }
    rows
}

/// P-FOLLOW-1
#[test]
fn a_row_is_followed_by_all_its_tracks_together() {
    let rows = rows(&[0, 1], Action::Next);
    let full = track(&[None, None]);
    let playing = |track: &Track, bars| {
        track
            .playing_at(&rows, bar(bars))
            .clip
            .map(SceneIndex::index)
    };
    assert_eq!(
        [0, 2, 4, 6].map(|bars| playing(&full, bars)),
        [0, 1, 0, 1].map(Some)
    );

    let only_first = track(&[None]);
    assert_eq!(
        [0, 2, 4].map(|bars| playing(&only_first, bars)),
        [0, 0, 0].map(Some)
    );
    let again = only_first.playing_at(&rows, bar(5));
    assert_eq!(again.since, bar(4), "its clip starts again with its row");
    let held = only_first.playing_at(&rows, bar(3));
    assert_eq!(
        held.since,
        bar(0),
        "its clip plays on through a row without it"
    );
}

#[test]
fn a_clips_own_follow_action_goes_before_its_rows() {
    let rows = rows(&[0, 1], Action::Stop);
    let own = track(&[Some(Action::Next), Some(Action::Next)]);
    assert_eq!(own.playing_at(&rows, bar(2)).clip, Some(scene(1)));
    assert_eq!(track(&[None, None]).playing_at(&rows, bar(2)).clip, None);
}

#[test]
fn a_row_followed_at_random_is_the_same_row_for_every_track() {
    let rows = rows(&[0, 1, 2, 3], Action::Random);
    let (one, mut other) = (track(&[None; 4]), track(&[None; 4]));
    other.id = TrackId(77);
    for bars in 0..100 {
        assert_eq!(
            one.playing_at(&rows, bar(bars)),
            other.playing_at(&rows, bar(bars))
        );
    }
}

#[test]
fn a_walk_answers_what_a_walk_from_the_launch_does() {
    let mut track = track(&[
        Some(Action::Random),
        Some(Action::Next),
        None,
        Some(Action::Random),
    ]);
    let rows = rows(&[0, 1, 3], Action::Random);
    let mut walks = Walks::default();
    let mut asked = 0_i64;
    for number in 0..2_000_i64 {
        // Mostly ahead, now and then a little or far back, past another launch and another plan.
        asked = match number % 17 {
            3 => asked - 1_500_000,
            11 => asked / 3,
            _ => asked + 700_000,
        };
        if number == 900 {
            let now = Beat::from_micros(asked);
            let at = now + BeatSpan::BAR.times(2);
            track.launch(&rows, Some(scene(1)), When { now, at });
        }
        if number == 1_400 {
            // Another follow action makes another past.
            let follows = [Action::Next, Action::Random].map(Some);
            track.clips.clone_from(&self::track(&follows).clips);
        }
        let beat = Beat::from_micros(asked);
        let found = walks.playing_at(&track, &rows, beat);
        assert_eq!(found, track.playing_at(&rows, beat), "at {beat:?}");
    }
}

#[test]
fn a_walk_that_may_not_go_far_at_once_comes_there_in_the_end() {
    let track = track(&[
        Some(Action::Random),
        Some(Action::Random),
        Some(Action::Random),
    ]);
    let launches = track.launches(&NO_ROWS);
    let (mut walk, late) = (Walk::default(), bar(2_001));
    let ends = track.playing_at(&NO_ROWS, late);
    let found = (1..).find(|_| walk.turn_at(&launches, late, 100).playing == ends);
    assert_eq!(found, Some(10), "a thousand turns of two bars");
}
