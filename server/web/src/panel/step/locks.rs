//! Parameters that take another value for one step only.

use super::Shown;
use crate::dom::{Tag, tag, text};
use crate::widget::{Choice, Dial, Gesture, Range, Shape, button, decimal};
use leptos::prelude::*;
use lockstep_session::document::instrument::{Amount, Parameter};
use lockstep_session::document::step::Locks;
use std::sync::Arc;

pub(super) fn show(shown: Shown) -> Tag {
    let board = shown.seat.board;
    let locks = board.number(move |_| shown.first.with(|step| bits(&step.locks)));
    let list = move || {
        let locks = locks.get();
        let locked = (0..Parameter::ALL.len()).filter(|place| locks & 1 << place != 0);
        locked
            .map(|place| lock(shown, Parameter::ALL[place]))
            .collect()
    };
    let options = move || {
        let locks = locks.get();
        let free = (0..Parameter::ALL.len()).filter(|place| locks & 1 << place == 0);
        let mut options = vec![(-1, "Add a lock".to_owned())];
        if locks.count_ones() < u32::try_from(Locks::MOST).unwrap_or(0) {
            for place in free {
                options.push((
                    i64::try_from(place).unwrap_or(-1),
                    title(Parameter::ALL[place]),
                ));
            }
        }
        options
    };
    let choice = Choice {
        name: "Add a lock".to_owned(),
        hint: "Gives a parameter of the instrument, or level or pan, its own value in this step",
        options: Signal::derive(options),
        value: Signal::stored(-1),
        choose: Arc::new(move |place| {
            let parameter = usize::try_from(place)
                .ok()
                .and_then(|place| Parameter::ALL.get(place));
            if let Some(parameter) = parameter {
                shown.change(Gesture::Begins, |step| {
                    step.locks.set(*parameter, Amount::default())
                });
            }
        }),
        locked: shown.seat.board.locked(),
    };
    tag("div", "section")
        .with(text("h3", "", "Locked for this step"))
        .with(tag("div", "controls").filled(list))
        .with(choice.show())
}

/// Which parameters are locked, a bit for each.
fn bits(locks: &Locks) -> i64 {
    let places =
        (0..Parameter::ALL.len()).filter(|place| locks.get(Parameter::ALL[*place]).is_some());
    places.fold(0, |bits, place| bits | 1 << place)
}

fn lock(shown: Shown, parameter: Parameter) -> Tag {
    let range = Range::new(0, 10_000, 5_000).notch(100);
    let dial = Dial {
        name: title(parameter),
        hint: "The value that it has in this step alone",
        range: range.words(
            |value| format!("{}.{:02} %", value / 100, value % 100),
            |text| decimal(text, 2),
        ),
        value: Signal::derive(move || {
            let amount = shown.first.with(|step| step.locks.get(parameter));
            amount.map_or(0, |amount| amount.get().into())
        }),
        turn: Arc::new(move |value, gesture| {
            shown.change(gesture, |step| {
                step.locks.set(parameter, Amount::new(value))
            });
        }),
        locked: shown.seat.board.locked(),
    };
    let name = format!("Unlock {}", title(parameter));
    let clear = move || shown.change(Gesture::Begins, |step| step.locks.clear(parameter));
    let hint = "The step follows the instrument again";
    let clear = button("×", hint, shown.seat.board.locked(), clear).set("aria-label", &name);
    tag("div", "lock").with(dial.show(Shape::Knob)).with(clear)
}

/// "filter-attack" reads "Filter attack".
fn title(parameter: Parameter) -> String {
    let mut words = parameter.name().replace('-', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}
