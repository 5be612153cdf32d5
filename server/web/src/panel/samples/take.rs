//! The row of a take: what it looks like, what is kept of it, what it is to become, and how far it is.

use super::loop_in;
use crate::dom::{Tag, derived, style, tag, text};
use crate::measures;
use crate::seat::Seat;
use crate::takes::{Goal, Take};
use crate::widget::{Dial, Range, Shape, Switch, button};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::{HtmlAnchorElement, Url};
use lockstep_session::document::words;
use lockstep_session::units::Beat;
use std::sync::Arc;
use wasm_bindgen::JsCast;

pub(super) fn row(seat: Seat, take: &Take) -> Tag {
    let moving = take.clone();
    let busy = derived(move || moving.percent().is_some());
    let (moving, held) = (take.clone(), take.said.clone());
    let said = derived(move || match moving.percent() {
        Some(percent) => words::sending(percent),
        None => held.get(),
    });
    let moving = take.clone();
    let bar = tag("progress", "")
        .set("max", "100")
        .set("aria-label", "Sent")
        .attribute("value", derived(move || moving.percent().unwrap_or(0).to_string()))
        .hidden(derived(move || !busy.get()));
    let head = tag("div", "line")
        .with(text("b", "", take.name()))
        .with(text("span", "hint", &about(take)))
        .with(bar)
        .with(tag("span", "hint").says(said));
    let row = tag("li", "take")
        .set("role", "group")
        .set("aria-label", take.name())
        .with(head);
    let row = if take.is_sound() {
        row.with(outline(take)).with(cut(seat, take))
    } else {
        row
    };
    row.with(ways(seat, take, busy))
}

/// What does not change, in words.
fn about(take: &Take) -> String {
    let mut words = Vec::new();
    if take.is_sound() {
        words.push(measures::time(take.length()));
        words.push(if take.is_stereo() { "stereo" } else { "mono" }.to_owned());
    }
    if let Some(place) = take.place() {
        words.push(format!("from {}", words::place(Beat::from_micros(place))));
    }
    if take.hole() > 0 {
        words.push(format!("the browser was too busy for {} of it", measures::time(take.hole())));
    }
    if take.is_unkept() {
        words.push(
            "this browser has no room to keep it: send or download it before you close the page"
                .to_owned(),
        );
    }
    words.join(" \u{b7} ")
}

/// The outline, with what is left out of it in the shade and a line where something is struck.
fn outline(take: &Take) -> Tag {
    let (line, marks) = (take.line.clone(), take.clone());
    let (from, to, length) = (take.from.clone(), take.to.clone(), take.length().max(1));
    let wave = tag("div", "wave").set("aria-hidden", "true").painted(move |element| {
        let line = line.get();
        let marks = marks.marks();
        element.set_inner_html(&format!(
            "<svg viewBox=\"0 0 400 100\" preserveAspectRatio=\"none\"><path d=\"{line}\"/><path class=\"marks\" d=\"{marks}\"/></svg>"
        ));
    });
    wave.painted(move |element| {
        let share = |micros: i64| format!("{}%", micros * 100 / length);
        style(element, "--from", &share(from.get()));
        style(element, "--to", &share(to.get()));
    })
}

/// What is kept, how loud, and into how many pieces it falls.
fn cut(seat: Seat, take: &Take) -> Tag {
    let changed = {
        let take = take.clone();
        move || {
            seat.takes.note(&take);
            seat.takes.look(seat, &take);
        }
    };
    let dial = |name: &str, hint, range, value: ArcRwSignal<i64>| {
        let (shown, changed) = (value.clone(), changed.clone());
        Dial {
            name: name.to_owned(),
            hint,
            range,
            value: derived(move || shown.get()),
            turn: Arc::new(move |number, _| {
                value.set(number);
                changed();
            }),
            locked: Signal::stored(false),
        }
        .show(Shape::Number)
    };
    let place = |rest| {
        Range::new(0, take.length(), rest)
            .notch(10_000)
            .words(measures::time, measures::read_time)
    };
    let (normal, set) = (take.normalised.clone(), take.normalised.clone());
    let normalise = Switch {
        words: "Normalise",
        name: "Normalise".to_owned(),
        hint: "Makes what is kept as loud as it can be, a decibel below full",
        value: derived(move || normal.get()),
        set: Arc::new({
            let changed = changed.clone();
            move |on| {
                set.set(on);
                changed();
            }
        }),
        locked: Signal::stored(false),
    };
    tag("div", "line")
        .with(dial("From", "Where what is kept begins", place(0), take.from.clone()))
        .with(dial("To", "Where what is kept ends", place(take.length()), take.to.clone()))
        .with(normalise.show("toggle"))
        .with(dial(
            "Sensitivity",
            "How soon something counts as struck, and begins a slice",
            measures::percent_range(50),
            take.sensitivity.clone(),
        ))
}

/// What it can become.
fn ways(seat: Seat, take: &Take, busy: Signal<bool>) -> Tag {
    let board = seat.board;
    let read_only = board.locked();
    let locked = derived(move || read_only.get() || busy.get());
    let want = {
        let take = take.clone();
        move |goal: Goal| seat.takes.want(seat, &take, &goal)
    };
    let with_track = |make: fn(lockstep_session::ids::TrackId) -> Goal| {
        let want = want.clone();
        move || {
            if let Some(track) = untrack(|| board.track()) {
                want(make(track));
            }
        }
    };
    let ways = tag("div", "line").with(button(
        "Add as sample",
        "Sends it to the server, for everyone here",
        locked,
        {
            let want = want.clone();
            move || want(Goal::Sample)
        },
    ));
    let ways = if take.is_sound() {
        let looping = want.clone();
        let put = move |track, scene| looping(Goal::Loop(track, scene));
        ways.with(button(
            "On the track",
            "Makes the selected track play it",
            locked,
            with_track(Goal::Track),
        ))
        .with(loop_in(seat, locked, put).show())
        .with(slice(take, locked, want))
    } else {
        ways
    };
    let (keeping, thrown) = (take.clone(), take.clone());
    ways.with(button(
        "Download",
        "Saves it on this machine as a file",
        Signal::stored(false),
        move || download(seat, &keeping),
    ))
    .with(button(
        "Discard",
        "Throws it away for good",
        busy,
        move || seat.takes.forget(&thrown),
    ))
}

fn slice(take: &Take, locked: Signal<bool>, want: impl Fn(Goal) + 'static) -> Tag {
    let (counted, sliced) = (take.clone(), take.clone());
    let none = take.clone();
    let none = derived(move || locked.get() || none.pieces() == 0);
    let hint = "A track for each slice, with a step where it was played";
    let slices = derived(move || {
        let count = measures::counted(counted.pieces(), "slice", "slices");
        format!("Kit of {count}")
    });
    button("", hint, none, move || want(Goal::Kit(sliced.stretches()))).says(slices)
}

fn download(seat: Seat, take: &Take) {
    let take = take.clone();
    spawn_local(async move {
        let file = seat.takes.file(&take).await;
        let Some(address) = file.ok().and_then(|file| Url::create_object_url_with_blob(&file).ok())
        else {
            return seat.board.say("It cannot be made a file here".to_owned());
        };
        let link: HtmlAnchorElement = tag("a", "").element().unchecked_into();
        link.set_href(&address);
        let name = take.name();
        let ending = if take.is_sound() { ".wav" } else { "" };
        link.set_download(&format!("{name}{ending}"));
        link.click();
    });
}
