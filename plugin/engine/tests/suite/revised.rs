//! A score that follows another one's document is the one that the document has.

use crate::dice::Dice;
use lockstep_engine::Score;
use lockstep_session::document::Document;
use lockstep_session::document::clip::Content;
use lockstep_session::document::step::{Step, Velocity};
use lockstep_session::ids::{SceneIndex, StepIndex};
use lockstep_session::units::Beat;
use std::sync::Arc;

/// Something about a document becomes something else.
fn change(dice: &mut Dice, document: &mut Document) {
    let place = dice.place(document.tracks.len().max(1));
    match dice.below(12) {
        0 => drop(document.tracks.drain(..document.tracks.len() / 4)),
        1 => document.tracks.reverse(),
        2 => document.swing = dice.percent(),
        3 => document.fill = !document.fill,
        4 => *document = dice.document(),
        5 if document.tracks.len() < Document::MOST_TRACKS => {
            let track = dice.track(place);
            document.tracks.push(track);
        }
        10.. => {
            for _ in 0..dice.below(4) {
                change_step(dice, document);
            }
        }
        kind => {
            let Some(track) = document.tracks.get_mut(place) else {
                return;
            };
            let track = Arc::make_mut(track);
            let slot = dice.place(SceneIndex::COUNT);
            match kind {
                6 => track.settings = dice.settings(place),
                7 => track.clips[slot] = None,
                8 => track.clips.swap(slot, 0),
                _ => track.clips[slot] = Some(Arc::new(dice.clip(place, slot))),
            }
            track.playing.since = Beat::from_micros(dice.below(9));
        }
    }
}

/// One step of a pattern becomes another, or a blank one.
fn change_step(dice: &mut Dice, document: &mut Document) {
    let (place, slot) = (dice.place(document.tracks.len().max(1)), dice.place(2));
    let (index, is_on) = (dice.place(StepIndex::COUNT), dice.below(4) > 0);
    let Some(track) = document.tracks.get_mut(place) else {
        return;
    };
    let clip = Arc::make_mut(track).clips[slot].as_mut();
    if let Some(Content::Pattern(pattern)) = clip.map(|clip| &mut Arc::make_mut(clip).content)
        && let Some(index) = StepIndex::new(index)
    {
        let step = if is_on { Step::on() } else { Step::default() };
        pattern.set_step(index, step);
    }
}

#[test]
fn a_revised_score_is_the_one_that_would_have_been_compiled() {
    let mut dice = Dice::new(4);
    let mut document = Document::default();
    let (mut score, mut heard) = (Score::compile(&document), Score::compile(&document));
    for turn in 0..400 {
        let before = document.clone();
        for _ in 0..dice.below(3) {
            change(&mut dice, &mut document);
        }
        let changed = score.revise(Some(&before), &document);
        assert!(*score == *Score::compile(&document), "turn {turn}");
        // What is told of it is enough for whoever has the one before.
        for range in changed {
            let bytes = &score.bytes()[range.clone()];
            heard.bytes_mut()[range].copy_from_slice(bytes);
        }
        assert!(*heard == *score, "turn {turn}");
    }
}

#[test]
fn one_step_changes_a_part_of_one_clip_and_an_equal_one_changes_nothing() {
    let document = Dice::new(5).document();
    let mut score = Score::compile(&document);
    let with_step = |step: &Step| {
        let mut document = document.clone();
        let clip = Arc::make_mut(&mut document.tracks[2]).clips[1].as_mut();
        let clip = Arc::make_mut(clip.expect("a clip"));
        let Content::Pattern(pattern) = &mut clip.content else {
            panic!("a pattern");
        };
        pattern.set_step(StepIndex::new(0).expect("a step"), step.clone());
        document
    };
    let step = Step {
        velocity: Velocity::new(3),
        ..Step::on()
    };
    let (once, again) = (with_step(&step), with_step(&step));
    let changed = score.revise(Some(&document), &once);
    assert_eq!(changed.len(), 1);
    assert!(changed[0].len() <= 128, "a step is small: {changed:?}");
    assert_eq!(score.revise(Some(&once), &again), []);
}
