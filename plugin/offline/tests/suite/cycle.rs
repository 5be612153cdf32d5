//! How long it takes until everything begins anew together.

use crate::session::{rhythm, session, track};
use lockstep_offline::{Cycle, common_cycle};
use lockstep_session::document::clip::{Action, AudioLoop, Bars, Clip, Content, Follow};
use lockstep_session::document::step::{self, Condition, Turn};
use lockstep_session::document::track::{StepLength, Track};
use lockstep_session::ids::SampleId;
use lockstep_session::units::{Beat, BeatSpan};
use std::sync::Arc;

fn steps(id: u32, count: usize) -> Track {
    track(id, "click", rhythm(&"x".repeat(count)))
}

/// In sixteenths.
fn cycle(tracks: impl IntoIterator<Item = Track>) -> f64 {
    let cycle = common_cycle(&session(tracks), Beat::ZERO);
    assert!(!cycle.is_cut);
    let micros = i32::try_from(cycle.span.as_micros()).expect("short");
    f64::from(micros) / 250_000.0
}

#[test]
fn five_against_seven_steps_begin_anew_after_thirty_five() {
    assert_eq!(cycle([steps(1, 5), steps(2, 7)]), 35.0);
    let mut muted = steps(2, 7);
    muted.settings.mute = true;
    assert_eq!(cycle([steps(1, 20), muted]), 20.0);
}

#[test]
fn less_than_a_bar_is_repeated_until_it_fills_one() {
    assert_eq!(cycle([steps(1, 3)]), 18.0);
    assert_eq!(cycle([steps(1, 16)]), 16.0);
    assert_eq!(cycle([]), 16.0);
}

#[test]
fn triplets_conditions_and_audio_loops_count() {
    let mut triplets = steps(1, 5);
    triplets.settings.step_length = StepLength::EighthTriplet;
    // Five thirds of a beat, and four beats.
    assert_eq!(cycle([triplets, steps(2, 16)]), 80.0);

    let mut sometimes = rhythm("x...............");
    let turn = |number| Turn::new(number);
    sometimes[0].condition = Condition::Every(step::Cycle::new(turn(2), turn(3)));
    assert_eq!(cycle([track(1, "click", sometimes)]), 48.0);

    let mut looping = steps(1, 1);
    looping.clips[0] = Some(Arc::new(Clip {
        content: Content::Loop(AudioLoop {
            sample: SampleId::of(b"rain"),
            bars: Bars::new(3),
            gain: Default::default(),
        }),
        ..Clip::pattern(Default::default())
    }));
    assert_eq!(cycle([looping, steps(2, 32)]), 96.0);
}

#[test]
fn clips_that_follow_each_other_count_until_they_come_back() {
    let mut following = steps(1, 16);
    let clip = |after| {
        Some(Arc::new(Clip {
            follow: Some(Follow {
                action: Action::Next,
                after: Bars::new(after),
            }),
            ..Clip::pattern(Default::default())
        }))
    };
    following.clips[0] = clip(2);
    following.clips[1] = clip(3);
    assert_eq!(cycle([following, steps(2, 16)]), 80.0);
}

#[test]
fn a_cycle_beyond_256_bars_is_cut_there_and_says_so() {
    let tracks = [113, 127, 128].into_iter().zip(1..);
    let tracks = tracks.map(|(count, id)| steps(id, count));
    let cycle = common_cycle(&session(tracks), Beat::ZERO);
    let span = BeatSpan::BAR.times(256);
    assert_eq!(cycle, Cycle { span, is_cut: true });
}
