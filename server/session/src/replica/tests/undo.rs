//! Taking back and making again, as far as nobody else is concerned.

use super::*;
use crate::ids::{SceneIndex, StepIndex};

fn step(step: u8, velocity: u8) -> Value {
    json!({"step": {"track": 7, "scene": 0, "step": step, "value": {"on": true, "velocity": velocity}}})
}

fn velocity(desk: &Desk, step: usize) -> u8 {
    let pattern = desk
        .replica
        .document()
        .pattern(TrackId(7), SceneIndex::new(0).expect("a scene"))
        .expect("a pattern");
    pattern
        .step(StepIndex::new(step).expect("a step"))
        .velocity
        .get()
}

#[test]
fn a_gesture_of_many_edits_is_taken_back_as_one() {
    let mut desk = Desk::live();
    desk.make(edit(step(1, 50)));
    let before = desk.replica.document().clone();
    desk.make(edit(step(3, 9)));
    for value in [step(3, 10), step(4, 11), step(3, 12)] {
        let further = desk.replica.edit_further(edit(value), desk.now);
        further.expect("fits");
    }
    let after = desk.replica.document().clone();
    assert_eq!((velocity(&desk, 3), velocity(&desk, 4)), (12, 11));
    assert!(desk.replica.undo(desk.now));
    assert_eq!(desk.replica.document(), &before);
    assert!(desk.replica.redo(desk.now));
    assert_eq!(desk.replica.document(), &after);
}

/// P-UNDO-1
#[test]
fn undo_and_redo_walk_through_every_kind_of_edit() {
    let mut desk = Desk::live();
    let edits = [
        json!({"session": {"name": "Late"}}),
        json!({"effect": {"ceiling": -50}}),
        json!({"scene": {"scene": 1, "setting": {"name": "B"}}}),
        json!({"add-track": {"track": 8, "at": 0}}),
        json!({"clip": {"track": 8, "scene": 3, "clip": {"content": {"pattern": {"length": 3}}}}}),
        json!({"order-tracks": {"order": [7, 8]}}),
        json!({"track": {"track": 7, "setting": {"source": {"preset": "bass"}}}}),
        json!({"track": {"track": 7, "setting": {"parameter": {"parameter": "decay", "amount": 9}}}}),
        json!({"clip-setting": {"track": 7, "scene": 0, "setting": {"length": 7}}}),
        step(3, 9),
        json!({"steps": {"track": 7, "scene": 0, "first": 1, "values": [{"on": true}, {"on": true}]}}),
        json!({"pattern": {"track": 7, "scene": 0, "operation": {"randomise": {"seed": 3, "density": 60}}}}),
        json!({"pattern": {"track": 7, "scene": 0, "operation": "double"}}),
        json!({"gesture": [{"session": {"swing": 3}}, step(9, 9)]}),
        json!({"remove-track": {"track": 7}}),
    ];
    let mut states = vec![desk.replica.document().clone()];
    for value in edits {
        desk.make(edit(value));
        states.push(desk.replica.document().clone());
    }
    for before in states.iter().rev().skip(1) {
        assert!(desk.replica.undo(desk.now));
        assert_eq!(desk.replica.document(), before);
    }
    assert!(!desk.replica.undo(desk.now), "nothing is left to take back");
    for after in &states[1..] {
        assert!(desk.replica.redo(desk.now));
        assert_eq!(desk.replica.document(), after);
    }
    assert!(!desk.replica.redo(desk.now));
}

/// P-UNDO-1
#[test]
fn undo_leaves_alone_what_someone_else_has_changed_since() {
    let mut desk = Desk::live();
    desk.make(edit(json!({"steps": {"track": 7, "scene": 0, "first": 0, "values": [{"velocity": 1}, {"velocity": 2}]}})));
    let own = desk.own();
    desk.ordered(6, &own, 1, json!({"steps": {"track": 7, "scene": 0, "first": 0, "values": [{"velocity": 1}, {"velocity": 2}]}}));
    desk.ordered(7, SOMEONE, 1, step(1, 55));
    assert!(desk.replica.undo(desk.now));
    assert_eq!((velocity(&desk, 0), velocity(&desk, 1)), (100, 55));
    assert!(desk.replica.redo(desk.now));
    assert_eq!((velocity(&desk, 0), velocity(&desk, 1)), (1, 55));
}

/// P-UNDO-1
#[test]
fn a_track_that_someone_else_put_a_clip_on_is_not_taken_away() {
    let mut desk = Desk::live();
    desk.make(edit(json!({"add-track": {"track": 8, "at": 1}})));
    let own = desk.own();
    desk.ordered(6, &own, 1, json!({"add-track": {"track": 8, "at": 1}}));
    desk.ordered(
        7,
        SOMEONE,
        1,
        json!({"clip": {"track": 8, "scene": 3, "clip": {"content": {"pattern": {}}}}}),
    );
    assert!(!desk.replica.undo(desk.now));
    assert!(desk.replica.document().track(TrackId(8)).is_some());
}

/// P-UNDO-1
#[test]
fn a_track_that_only_stands_elsewhere_is_taken_away_all_the_same() {
    let mut desk = Desk::live();
    desk.make(edit(json!({"add-track": {"track": 8, "at": 1}})));
    let own = desk.own();
    desk.ordered(6, &own, 1, json!({"add-track": {"track": 8, "at": 1}}));
    desk.ordered(7, SOMEONE, 1, json!({"add-track": {"track": 9, "at": 0}}));
    assert!(desk.replica.undo(desk.now));
    assert!(desk.replica.document().track(TrackId(8)).is_none());
}

/// P-LIMIT-3, P-UNDO-1
#[test]
fn bringing_back_the_largest_track_takes_several_messages_that_each_fit() {
    let mut desk = Desk::new();
    desk.document = Document::largest();
    desk.connect();
    desk.welcome(json!({}));
    let before = desk.replica.document().clone();
    desk.make(Edit::RemoveTrack {
        track: before.tracks[0].id,
    });
    desk.sent();
    assert!(desk.replica.undo(desk.now));
    let messages: Vec<String> = desk
        .outputs()
        .into_iter()
        .filter_map(|output| match output {
            Output::Send(text) if text.starts_with("{\"edit\"") => Some(text),
            _ => None,
        })
        .collect();
    assert!(messages.len() > 1, "{}", messages.len());
    assert!(
        messages
            .iter()
            .all(|text| text.len() <= limits::CLIENT_MESSAGE)
    );
    assert_eq!(*desk.replica.document(), before);
}

#[test]
fn a_new_edit_forgets_what_could_have_been_made_again() {
    let mut desk = Desk::live();
    let reach = |desk: &Desk| (desk.replica.reach().undo, desk.replica.reach().redo);
    assert_eq!(reach(&desk), (false, false));
    desk.make(swing(1));
    assert_eq!(reach(&desk), (true, false));
    assert!(desk.replica.undo(desk.now));
    assert_eq!(reach(&desk), (false, true));
    desk.make(swing(2));
    assert!(!desk.replica.redo(desk.now));
    assert_eq!(reach(&desk), (true, false));
    assert_eq!(desk.shown(), 2);
}

#[test]
fn whoever_goes_on_alone_keeps_what_is_shown_and_may_take_it_back() {
    let mut desk = Desk::live();
    desk.make(Edit::TakeLead);
    let before = desk.replica.document().clone();
    desk.make(edit(step(3, 9)));
    desk.replica.leave();
    desk.replica.settle_alone();
    assert_eq!(velocity(&desk, 3), 9);
    assert_eq!(desk.replica.unsaved(), 0);
    assert_eq!(desk.replica.save().position, None);
    assert_eq!(desk.replica.document().lead, None, "nobody else is here");
    assert!(desk.replica.undo(desk.now));
    let alone = Document {
        lead: None,
        ..before
    };
    assert_eq!(desk.replica.document(), &alone);
}
