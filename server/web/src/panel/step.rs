//! Everything about the picked steps. Each change is made to all of them, as one gesture; it must not
//! know how steps were picked.

mod locks;
mod pitches;

use crate::browser::by_finger;
use crate::dom::{Tag, tag, text};
use crate::measures::percent;
use crate::seat::Seat;
use crate::widget::{Choice, Dial, Gesture, Range, Shape, Switch, button, decimal};
use leptos::prelude::*;
use lockstep_session::document::step::{
    Chance, Condition, Cycle, Gate, Nudge, Ratchet, Step, Turn, Velocity,
};
use lockstep_session::steps::{self, Cell, Changes};
use std::sync::Arc;

const EMPTY: &str = "Click a step to see everything about it here. Shift-drag selects several, \
                     right-click opens one.";
const EMPTY_BY_FINGER: &str =
    "Tap a step to see everything about it here. A finger that rests on one opens it.";

/// The picked steps; the first of them that sounds stands for all.
#[derive(Clone, Copy)]
struct Shown {
    seat: Seat,
    first: Signal<Step>,
}

impl Shown {
    fn new(seat: Seat) -> Shown {
        let board = seat.board;
        // The cells tell what is shown.
        let first = board.slice(move |_| {
            board.changes.track();
            let steps = board
                .picked
                .with(|picked| cells(seat, picked.iter().copied()));
            let mut sounding = steps.iter().filter(|(_, step)| step.on);
            let first = sounding.next().or(steps.first());
            first.map_or_else(Step::default, |(_, step)| step.clone())
        });
        Shown { seat, first }
    }

    fn number(self, of: fn(&Step) -> i64) -> Signal<i64> {
        Signal::derive(move || self.first.with(of))
    }

    fn condition(self, of: fn(&Step) -> bool) -> Signal<bool> {
        Signal::derive(move || self.first.with(of))
    }

    /// What becomes of the first step becomes of all of them, in what is changed.
    fn change(self, gesture: Gesture, change: impl FnOnce(&mut Step)) {
        let before = self.first.get_untracked();
        let mut after = before.clone();
        change(&mut after);
        let picked = self.seat.board.picked.get_untracked();
        let mut changes = Changes::new();
        for (cell, step) in cells(self.seat, picked.iter().copied()) {
            changes.insert(cell, steps::carried(&before, &after, &step));
        }
        self.seat.change(&changes, gesture);
    }

    fn dial(
        self,
        (name, hint): (&str, &'static str),
        range: Range,
        of: fn(&Step) -> i64,
        set: fn(&mut Step, i64),
    ) -> Tag {
        let dial = Dial {
            name: name.to_owned(),
            hint,
            range,
            value: self.number(of),
            turn: Arc::new(move |value, gesture| self.change(gesture, |step| set(step, value))),
            locked: self.seat.board.locked(),
        };
        dial.show(Shape::Knob)
    }

    fn switch(
        self,
        (words, hint): (&'static str, &'static str),
        of: fn(&Step) -> bool,
        set: fn(&mut Step, bool),
    ) -> Tag {
        let switch = Switch {
            words,
            name: words.to_owned(),
            hint,
            value: self.condition(of),
            set: Arc::new(move |on| self.change(Gesture::Begins, |step| set(step, on))),
            locked: self.seat.board.locked(),
        };
        switch.show("toggle")
    }
}

fn cells(seat: Seat, picked: impl Iterator<Item = Cell>) -> Vec<(Cell, Step)> {
    picked.map(|cell| (cell, seat.board.step(cell))).collect()
}

pub(super) fn step(seat: Seat) -> Tag {
    let board = seat.board;
    let is_empty = board.condition(move |_| board.picked.with(steps::Cells::is_empty));
    tag("div", "step-panel").filled(move || {
        vec![if is_empty.get() {
            text("p", "hint", by_finger(EMPTY, EMPTY_BY_FINGER))
        } else {
            fields(Shown::new(seat))
        }]
    })
}

fn fields(shown: Shown) -> Tag {
    let seat = shown.seat;
    let title = Signal::derive(move || title(seat));
    let plain = move || {
        shown.change(Gesture::Begins, |step| {
            *step = Step {
                on: step.on,
                ..Step::default()
            };
        });
    };
    let on = shown.switch(
        (
            "On",
            "Whether the step sounds. Off, it keeps everything else.",
        ),
        |step| step.on,
        |step, on| step.on = on,
    );
    let tie = shown.switch(
        (
            "Tie",
            "Holds the note into the next step, which slides on without being struck again",
        ),
        |step| step.tie,
        |step, tie| step.tie = tie,
    );
    let hint = "Makes it a plain step again, on or off as it is";
    let reset = button("Reset", hint, seat.board.locked(), plain);
    let first = tag("div", "section")
        .with(tag("h3", "step-title").says(title))
        .with(tag("div", "line").with(on).with(tie).with(reset))
        .with(condition(shown));
    let second = tag("div", "section")
        .with(text("h3", "", "How it sounds"))
        .with(tag("div", "controls").with_all(dials(shown)));
    tag("div", "sections")
        .with(first)
        .with(second)
        .with(pitches::show(shown))
        .with(locks::show(shown))
}

fn title(seat: Seat) -> String {
    seat.board.picked.with(|picked| {
        let mut picked = picked.iter();
        match (picked.next(), picked.len()) {
            (Some(cell), 0) => {
                let name = seat
                    .board
                    .row(cell.track)
                    .map(|row| row.head.with(|head| head.name.clone()));
                format!(
                    "Step {} · {}",
                    cell.step.index() + 1,
                    name.unwrap_or_default()
                )
            }
            (_, more) => format!("{} steps", more + 1),
        }
    })
}

fn share(low: i64, rest: i64) -> Range {
    Range::new(low, 100, rest).words(percent, |text| decimal(text, 0))
}

fn dials(shown: Shown) -> Vec<Tag> {
    let read = |text: &str| decimal(text, 0);
    let signed = Range::new(-50, 50, 0).words(|value| format!("{value:+} %"), read);
    let times = Range::new(1, 8, 1).words(|value| format!("{value} ×"), read);
    vec![
        shown.dial(
            (
                "Velocity",
                "How hard it is struck. In the grid: drag a step up or down.",
            ),
            Range::new(1, 127, 100),
            |step| step.velocity.get().into(),
            |step, value| step.velocity = Velocity::new(value),
        ),
        shown.dial(
            (
                "Chance",
                "How often it sounds. Everyone hears the same throw of the dice.",
            ),
            share(1, 100),
            |step| step.chance.get().into(),
            |step, value| step.chance = Chance::new(value),
        ),
        shown.dial(
            ("Ratchet", "How many times it sounds within its own length"),
            times,
            |step| step.ratchet.get().into(),
            |step, value| step.ratchet = Ratchet::new(value),
        ),
        shown.dial(
            (
                "Nudge",
                "How early or late it comes, as a share of its length",
            ),
            signed,
            |step| step.nudge.get().into(),
            |step, value| step.nudge = Nudge::new(value),
        ),
        shown.dial(
            ("Gate", "How much of its length it is held"),
            share(5, 80),
            |step| step.gate.get().into(),
            |step, value| step.gate = Gate::new(value),
        ),
    ]
}

const FIRST: i64 = 1;
const FILL: i64 = 2;

/// Always, first, fill, and pass A of every B as B * 10 + A.
fn condition(shown: Shown) -> Tag {
    let mut options = vec![
        (0, "Always".to_owned()),
        (FIRST, "First pass".to_owned()),
        (FILL, "While Fill is held".to_owned()),
    ];
    for of in 2..=8 {
        for turn in 1..=of {
            options.push((of * 10 + turn, format!("Pass {turn} of {of}")));
        }
    }
    let value = |step: &Step| match step.condition {
        Condition::Always => 0,
        Condition::First => FIRST,
        Condition::Fill => FILL,
        Condition::Every(cycle) => i64::from(cycle.of().get()) * 10 + i64::from(cycle.turn().get()),
    };
    let choice = Choice {
        name: "Condition".to_owned(),
        hint: "In which passes of the pattern the step sounds",
        options: Signal::stored(options),
        value: shown.number(value),
        choose: Arc::new(move |value| {
            let condition = match value {
                0 => Condition::Always,
                FIRST => Condition::First,
                FILL => Condition::Fill,
                cycle => Condition::Every(Cycle::new(Turn::new(cycle % 10), Turn::new(cycle / 10))),
            };
            shown.change(Gesture::Begins, |step| step.condition = condition);
        }),
        locked: shown.seat.board.locked(),
    };
    choice.show()
}
