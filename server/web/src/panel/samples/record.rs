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
    let recording = seat.recording;
    let stage = recording.stage;
    let locked = seat.board.locked();
    let label = derived(move || {
        let words = match stage.get() {
            Stage::Recording(_) => "Stop recording",
            Stage::Waiting | Stage::CountingIn(_) => "Do not record",
            _ => "Record input",
        };
        words.to_owned()
    });
    let button = dom::button("button record-input", "", move |_| recording.press(seat))
        .set("title", "Records the microphone or the line, from a bar of the session on")
        .says(label)
        .state("data-on", derived(move || recording.is_busy()))
        .disabled(derived(move || locked.get() || stage.get() == Stage::Opening));
    let listens = Switch {
        words: "Listen",
        name: "Listen to the input".to_owned(),
        hint: "Opens the input, to see how loud it is. Nobody hears it.",
        value: derived(move || !matches!(stage.get(), Stage::Closed | Stage::Refused(_))),
        set: Arc::new(move |_| recording.listen(seat)),
        locked: derived(move || recording.is_busy()),
    };
    let said = derived(move || match stage.get() {
        Stage::Opening => "Asking for the input".to_owned(),
        Stage::Refused(refusal) => refusal.advice().to_owned(),
        Stage::Waiting => "Waiting for the session to play".to_owned(),
        Stage::CountingIn(bar) => format!("Counting in: it begins at bar {bar}"),
        Stage::Recording(_) => "Recording".to_owned(),
        Stage::Closed | Stage::Open => String::new(),
    });
    let passed = derived(move || match stage.get() {
        Stage::Recording(seconds) => {
            format!("{}:{:02} of at most 1:00", seconds / 60, seconds % 60)
        }
        _ => String::new(),
    });
    let first = tag("div", "line")
        .with(button)
        .with(listens.show("toggle"))
        .with(meter(seat))
        .with(tag("span", "").set("role", "status").says(said))
        .with(tag("span", "hint").says(passed));
    let clicks = Switch {
        words: "Click",
        name: "Click while recording".to_owned(),
        hint: "The metronome goes on while it is recorded, for your ears only",
        value: derived(move || recording.clicks.get()),
        set: Arc::new(move |on| recording.clicks.set(on)),
        locked: Signal::stored(false),
    };
    let offset = Dial {
        name: "Offset".to_owned(),
        hint: "How much later takes come than the browser says. If yours sound late, more of it helps.",
        range: Range::new(-LARGEST_OFFSET, LARGEST_OFFSET, 0)
            .words(|value| format!("{value} ms"), |text| decimal(text, 0)),
        value: derived(move || recording.offset.get()),
        turn: Arc::new(move |offset, _| recording.offset.set(offset)),
        locked: Signal::stored(false),
    };
    let second = tag("div", "line")
        .with(inputs(seat).show())
        .with(
            bars(
                ("Count in", "Counts before it records, for your ears only"),
                (&COUNT_IN, "No bar"),
                recording.count_in,
            )
            .show(),
        )
        .with(
            bars(
                ("Length", "It ends by itself after so many bars"),
                (&LENGTHS, "Until I stop"),
                recording.length,
            )
            .show(),
        )
        .with(clicks.show("toggle"))
        .with(offset.show(Shape::Number));
    tag("div", "recorder")
        .set("role", "group")
        .set("aria-label", "Record")
        .with(first)
        .with(second)
}

/// A choice of so many bars, none of them in words of its own.
fn bars(
    (name, hint): (&str, &'static str),
    (counts, none): (&[i64], &str),
    value: RwSignal<i64>,
) -> Choice {
    let option = |count: &i64| match count {
        0 => (0, none.to_owned()),
        count => (*count, words::bars(*count)),
    };
    Choice {
        name: name.to_owned(),
        hint,
        options: Signal::stored(counts.iter().map(option).collect()),
        value: value.into(),
        choose: Arc::new(move |count| value.set(count)),
        locked: Signal::stored(false),
    }
}

/// The inputs that the browser has named so far.
fn inputs(seat: Seat) -> Choice {
    let recording = seat.recording;
    let device = move |number: i64| {
        let place = usize::try_from(number - 1).ok();
        recording.inputs.with(|lines| {
            let line = lines.lines().nth(place?)?;
            Some(line.split_once('\t')?.0.to_owned())
        })
    };
    Choice {
        name: "Input".to_owned(),
        hint: "What is recorded: a microphone or a line. Their names are known once one is open.",
        options: derived(move || {
            recording.inputs.with(|lines| {
                let named = lines.lines().map(|line| line.split_once('\t').map_or("", |it| it.1));
                let named = std::iter::once("The usual one").chain(named);
                (0..).zip(named.map(str::to_owned)).collect()
            })
        }),
        value: derived(move || {
            let chosen = recording.chosen.get();
            let mut numbers = (1..).map_while(|number| Some((number, device(number)?)));
            numbers.find(|(_, id)| *id == chosen).map_or(0, |(number, _)| number)
        }),
        choose: Arc::new(move |number| {
            let id = untrack(|| device(number)).unwrap_or_default();
            recording.choose(seat, &id);
        }),
        locked: derived(move || recording.is_busy()),
    }
}

fn meter(seat: Seat) -> Tag {
    let level = seat.recording.level;
    tag("span", "input-level")
        .set("role", "meter")
        .set("aria-label", "Input level")
        .set("aria-valuemin", "0")
        .set("aria-valuemax", "100")
        .painted(move |element| {
            let percent = level.get().min(1_000) / 10;
            style(element, "--share", &percent.to_string());
            set(element, "aria-valuenow", &percent.to_string());
            set(element, "data-full", if level.get() >= 1_000 { "true" } else { "false" });
        })
}
