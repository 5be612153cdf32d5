//! The recorder: the button, the input and how loud it is, and how a recording begins and ends.

use crate::dom::{self, Tag, derived, set, style, tag};
use crate::recording::Stage;
use crate::seat::Seat;
use crate::widget::{Choice, Dial, Range, Shape, Switch, decimal};
use leptos::prelude::*;
use lockstep_session::document::words;
use std::sync::Arc;

const COUNT_IN: [i64; 4] = [0, 1, 2, 4];
const LENGTHS: [i64; 6] = [0, 1, 2, 4, 8, 16];
/// As far as anything that a browser does not say can be off.
const LARGEST_OFFSET: i64 = 500;

pub(super) fn record(seat: Seat) -> Tag {
    let (board, recording) = (seat.board, seat.recording);
    on_cleanup(move || recording.leave(seat));
    let locked = board.locked();
    let busy = board.holds(|summary| summary.recording.is_busy());
    let label = board.text(|summary| {
        let words = match summary.recording {
            Stage::Recording(_) => "Stop recording",
            Stage::Waiting | Stage::CountingIn(_) => "Cancel",
            _ => "Record input",
        };
        words.to_owned()
    });
    let said = board.text(|summary| summary.recording.words());
    let passed = board.text(|summary| match summary.recording {
        Stage::Recording(seconds) => {
            format!("{}:{:02} of at most 1:00", seconds / 60, seconds % 60)
        }
        _ => String::new(),
    });
    let first = tag("div", "line")
        .with(
            dom::button("button record-input", "", move |_| recording.press(seat))
                .set(
                    "title",
                    "Records the microphone or the line, from a bar of the session on",
                )
                .says(label)
                .state("data-on", busy)
                .disabled(locked),
        )
        .with(switch(
            ("Listen", "Listen to the input"),
            "Opens the input, to see how loud it is. Nobody hears it.",
            board.holds(|summary| !matches!(summary.recording, Stage::Closed | Stage::Refused(_))),
            Arc::new(move |_| recording.listen(seat)),
        ))
        .with(meter(seat))
        .with(tag("span", "stage").says(said))
        .with(tag("span", "hint").says(passed));
    let offset = Dial {
        name: "Offset".to_owned(),
        hint: "How much later takes come than the browser says. If yours sound late, more of it helps.",
        range: Range::new(-LARGEST_OFFSET, LARGEST_OFFSET, 0)
            .words(|value| format!("{value} ms"), |text| decimal(text, 0)),
        value: recording.offset.into(),
        turn: Arc::new(move |offset, _| recording.offset.set(offset)),
        locked: busy,
    };
    let count_in = (
        "Count in",
        "Counts before it records, for your ears only",
        "No bar",
    );
    let length = (
        "Length",
        "It ends by itself after so many bars",
        "Until I stop",
    );
    let second = tag("div", "line")
        .with(choice(inputs(seat, busy)))
        .with(choice(bars(count_in, &COUNT_IN, recording.count_in, busy)))
        .with(choice(bars(length, &LENGTHS, recording.length, busy)))
        .with(switch(
            ("Click", "Click while recording"),
            "The metronome goes on while it is recorded, for your ears only",
            recording.clicks.into(),
            Arc::new(move |on| recording.clicks.set(on)),
        ))
        .with(offset.show(Shape::Number));
    tag("div", "recorder")
        .set("role", "group")
        .set("aria-label", "Record")
        .with(first)
        .with(second)
}

fn choice(choice: Choice) -> Tag {
    choice.show()
}

fn switch(
    (words, name): (&'static str, &str),
    hint: &'static str,
    value: Signal<bool>,
    set: Arc<dyn Fn(bool) + Send + Sync>,
) -> Tag {
    let switch = Switch {
        words,
        name: name.to_owned(),
        hint,
        value,
        set,
        locked: Signal::stored(false),
    };
    switch.show("toggle")
}

/// A choice of so many bars, none of them in words of its own.
fn bars(
    (name, hint, none): (&str, &'static str, &str),
    counts: &[i64],
    value: RwSignal<i64>,
    locked: Signal<bool>,
) -> Choice {
    let mut options = Vec::new();
    for count in counts {
        options.push((
            *count,
            match count {
                0 => none.to_owned(),
                count => words::bars(*count),
            },
        ));
    }
    Choice {
        name: name.to_owned(),
        hint,
        options: Signal::stored(options),
        value: value.into(),
        choose: Arc::new(move |count| value.set(count)),
        locked,
    }
}

/// The inputs that the browser has named so far; they are numbered from one.
fn inputs(seat: Seat, locked: Signal<bool>) -> Choice {
    let recording = seat.recording;
    Choice {
        name: "Input".to_owned(),
        hint: "What is recorded: a microphone or a line. Their names are known once one is open.",
        options: derived(move || {
            let mut options = vec![(0, "The usual one".to_owned())];
            for (number, (_, name)) in (1..).zip(named(&recording.inputs.get())) {
                options.push((number, name.to_owned()));
            }
            options
        }),
        value: derived(move || {
            let (lines, chosen) = (recording.inputs.get(), recording.chosen.get());
            let mut numbered = (1..).zip(named(&lines));
            let found = numbered.find(|(_, (id, _))| *id == chosen);
            found.map_or(0, |(number, _)| number)
        }),
        choose: Arc::new(move |number| {
            let lines = recording.inputs.get_untracked();
            let mut numbered = (1..).zip(named(&lines));
            let found = numbered.find(|(other, _)| *other == number);
            recording.choose(seat, found.map_or("", |(_, (id, _))| id).to_owned());
        }),
        locked,
    }
}

/// The id and the name of each input.
fn named(lines: &str) -> impl Iterator<Item = (&str, &str)> {
    lines.lines().filter_map(|line| line.split_once('\t'))
}

fn meter(seat: Seat) -> Tag {
    let level = seat.recording.level;
    tag("span", "input-level")
        .set("role", "meter")
        .set("aria-label", "Input level")
        .set("aria-valuemin", "0")
        .set("aria-valuemax", "100")
        .painted(move |element| {
            let level = level.get();
            let percent = (level.min(1_000) / 10).to_string();
            style(element, "--share", &percent);
            set(element, "aria-valuenow", &percent);
            set(
                element,
                "data-full",
                if level < 1_000 { "false" } else { "true" },
            );
        })
}
