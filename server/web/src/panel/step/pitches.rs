//! The pitches of a step: one to four, above or below the track's own.

use super::Shown;
use crate::dom::{Tag, tag, text};
use crate::widget::{Dial, Gesture, Range, Shape, button, decimal};
use leptos::prelude::*;
use lockstep_session::document::harmony::PitchClass;
use lockstep_session::document::step::{Pitch, Pitches, Step};
use std::sync::Arc;

const MOST: i64 = 4;

pub(super) fn show(shown: Shown) -> Tag {
    let board = shown.seat.board;
    let count = board.number(move |_| {
        shown
            .first
            .with(|step| step.pitches.iter().fold(0, |count, _| count + 1))
    });
    let locked = shown.seat.board.locked();
    let set = move |change: fn(&mut Vec<Pitch>)| {
        shown.change(Gesture::Begins, |step| {
            let mut pitches: Vec<Pitch> = step.pitches.iter().collect();
            change(&mut pitches);
            preview(shown, pitches.last().copied());
            step.pitches = Pitches::new(pitches);
        });
    };
    let hear = move || {
        if let Some(track) = board.track() {
            let pitches = shown.first.with_untracked(|step| step.pitches.clone());
            for pitch in pitches.iter() {
                shown.seat.strike(track, pitch.get());
            }
        }
    };
    let is_full = Signal::derive(move || locked.get() || count.get() >= MOST);
    let is_single = Signal::derive(move || locked.get() || count.get() < 2);
    let line = tag("div", "line")
        .with(button(
            "+ Note",
            "Adds a note to the chord",
            is_full,
            move || set(add),
        ))
        .with(button(
            "− Note",
            "Takes the highest note away",
            is_single,
            move || {
                set(|pitches| pitches.truncate(pitches.len() - 1));
            },
        ))
        .with(button(
            "Hear",
            "Plays the notes once, for your ears only",
            Signal::stored(false),
            hear,
        ));
    let dials = move || (0..count.get()).map(|place| dial(shown, place)).collect();
    tag("div", "section")
        .with(text("h3", "", "Pitches"))
        .with(tag("div", "controls").filled(dials))
        .with(line)
        .with(tag("p", "hint names").says(Signal::derive(move || names(shown))))
}

fn add(pitches: &mut Vec<Pitch>) {
    let highest = pitches.last().map_or(0, |pitch| i64::from(pitch.get()));
    pitches.push(Pitch::new(if highest + 4 <= 24 {
        highest + 4
    } else {
        -24
    }));
}

fn dial(shown: Shown, number: i64) -> Tag {
    let place = usize::try_from(number).unwrap_or(0);
    let range = Range::new(-24, 24, 0);
    let pitch = move |step: &Step| step.pitches.iter().nth(place).unwrap_or_default();
    let dial = Dial {
        name: format!("Pitch {}", place + 1),
        hint: "Semitones above or below the track's own pitch",
        range: range.words(|value| format!("{value:+}"), |text| decimal(text, 0)),
        value: Signal::derive(move || shown.first.with(|step| i64::from(pitch(step).get()))),
        turn: Arc::new(move |value, gesture| {
            shown.change(gesture, |step| {
                let mut pitches: Vec<Pitch> = step.pitches.iter().collect();
                if let Some(pitch) = pitches.get_mut(place) {
                    *pitch = Pitch::new(value);
                }
                // Two that meet would become one: the hand passes over.
                if Pitches::new(pitches.iter().copied()).iter().count() == pitches.len() {
                    preview(shown, pitches.get(place).copied());
                    step.pitches = Pitches::new(pitches);
                }
            });
        }),
        locked: shown.seat.board.locked(),
    };
    dial.show(Shape::Number)
}

fn preview(shown: Shown, pitch: Option<Pitch>) {
    if let Some(track) = shown.seat.board.track() {
        shown.seat.preview(track, pitch);
    }
}

/// The notes as the session's key writes them.
fn names(shown: Shown) -> String {
    let board = shown.seat.board;
    let track = board.track();
    board.document.with(|document| {
        let harmony = document.harmony.latest();
        let track = track.and_then(|track| document.track(track));
        let transpose = track.map_or(0, |track| i64::from(track.settings.transpose.get()));
        let mut names = String::new();
        shown.first.with(|step| {
            for pitch in step.pitches.iter() {
                let class = (i64::from(pitch.get()) + transpose).rem_euclid(12);
                names.push_str(harmony.spell(PitchClass::new(class)));
                names.push(' ');
            }
        });
        names
    })
}
