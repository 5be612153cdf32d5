//! The row of a take: what it looks like, what is kept of it, what it is to become, and how far it is.

use super::loop_in;
use crate::api::field;
use crate::dom::{Tag, derived, style, tag, text};
use crate::measures;
use crate::seat::Seat;
use crate::takes::{Goal, Take, Way};
use crate::widget::{Dial, Range, Shape, Switch, button};
use leptos::prelude::*;
use leptos::web_sys::{HtmlAnchorElement, Url};
use lockstep_session::document::words;
use lockstep_session::units::Beat;
use std::rc::Rc;
use std::sync::Arc;
use wasm_bindgen::{JsCast, JsValue};

pub(super) fn row(seat: Seat, take: &Take) -> Tag {
    let moving = take.clone();
    let percent = derived(move || match moving.now().way {
        Way::Sending(percent) => percent,
        _ => -1,
    });
    let busy = derived(move || percent.get() >= 0);
    let held = take.clone();
    let said = derived(move || match held.now().way {
        Way::Here | Way::Told => String::new(),
        Way::Held(why) => why,
        Way::Sending(percent) => words::sending(percent),
    });
    let bar = tag("progress", "")
        .set("max", "100")
        .set("aria-label", "Sent")
        .attribute("value", derived(move || percent.get().max(0).to_string()))
        .hidden(derived(move || !busy.get()));
    let head = tag("div", "line")
        .with(text("b", "", &take.about.name))
        .with(text("span", "hint", &about(take)))
        .with(bar)
        .with(tag("span", "hint").says(said));
    let row = tag("li", "take")
        .set("aria-label", &take.about.name)
        .with(head);
    let row = match take.about.frames {
        0 => row,
        _ => row.with(outline(take)).with(cut(seat, take)),
    };
    row.with(ways(seat, take, busy))
}

/// What does not change, in words.
fn about(take: &Take) -> String {
    let about = &take.about;
    let mut words = String::new();
    if about.frames > 0 {
        words += &measures::time(about.length());
        words += if about.sides > 1 {
            " \u{b7} stereo"
        } else {
            " \u{b7} mono"
        };
    }
    if let Some(place) = about.place {
        words += &format!(" \u{b7} from {}", words::place(Beat::from_micros(place)));
    }
    if about.hole() > 0 {
        words += &format!(
            " \u{b7} the browser was too busy for {} of it",
            measures::time(about.hole())
        );
    }
    if about.is_unkept {
        words += " \u{b7} this browser has no room to keep it: send it before you close the page";
    }
    words
}

/// The outline, with what is left out of it in the shade and a line where something is struck.
fn outline(take: &Take) -> Tag {
    let take = take.clone();
    tag("div", "wave").set("aria-hidden", "true").painted(move |element| {
        let (now, about) = (take.now(), &take.about);
        let mut marks = String::new();
        for frame in &now.struck {
            marks += &format!("M{} 0v100", frame * 400 / about.frames);
        }
        let line = now.line;
        element.set_inner_html(&format!(
            "<svg viewBox=\"0 0 400 100\" preserveAspectRatio=\"none\"><path d=\"{line}\"/><path class=\"marks\" d=\"{marks}\"/></svg>"
        ));
        for (name, micros) in [("--from", now.from), ("--to", now.to)] {
            style(element, name, &format!("{}%", micros * 100 / about.length().max(1)));
        }
    })
}

/// What is kept, how loud, and into how many pieces it falls.
fn cut(seat: Seat, take: &Take) -> Tag {
    let length = take.about.length();
    let place = |rest| {
        Range::new(0, length, rest)
            .notch(10_000)
            .words(measures::time, measures::read_time)
    };
    let dials = [
        ("From", "Where what is kept begins", place(0)),
        ("To", "Where what is kept ends", place(length)),
        (
            "Sensitivity",
            "How soon something counts as struck, and begins a slice",
            measures::percent_range(50),
        ),
    ];
    let mut line = tag("div", "line");
    for (number, (name, hint, range)) in (0..).zip(dials) {
        let (shown, turned) = (take.clone(), take.clone());
        let dial = Dial {
            name: name.to_owned(),
            hint,
            range,
            value: derived(move || {
                let now = shown.now();
                [now.from, now.to, now.sensitivity][number]
            }),
            turn: Arc::new(move |value, _| {
                turned.change(&|now| match number {
                    0 => now.from = value,
                    1 => now.to = value,
                    _ => now.sensitivity = value,
                });
                seat.takes.note(seat, &turned);
            }),
            locked: Signal::stored(false),
        };
        line = line.with(dial.show(Shape::Number));
    }
    let (shown, turned) = (take.clone(), take.clone());
    let normalise = Switch {
        words: "Normalise",
        name: "Normalise".to_owned(),
        hint: "Makes what is kept as loud as it can be, a decibel below full",
        value: derived(move || shown.now().is_normalised),
        set: Arc::new(move |on| {
            turned.change(&|now| now.is_normalised = on);
            seat.takes.note(seat, &turned);
        }),
        locked: Signal::stored(false),
    };
    line.with(normalise.show("toggle"))
}

/// What it can become.
fn ways(seat: Seat, take: &Take, busy: Signal<bool>) -> Tag {
    let board = seat.board;
    let read_only = board.locked();
    let locked = derived(move || read_only.get() || busy.get());
    let wanted = take.clone();
    let want: Arc<dyn Fn(Goal) + Send + Sync> =
        Arc::new(move |goal| seat.takes.want(seat, &wanted, &goal));
    let (adding, playing, looping, slicing) = (want.clone(), want.clone(), want.clone(), want);
    let mut ways = tag("div", "line").with(button(
        "Add as sample",
        "Sends it to the server, for everyone here",
        locked,
        move || adding(Goal::Sample),
    ));
    if take.about.frames > 0 {
        let play = move || {
            if let Some(track) = untrack(|| board.track()) {
                playing(Goal::Track(track));
            }
        };
        let (counted, sliced) = (take.clone(), take.clone());
        let count = derived(move || i64::try_from(counted.now().struck.len()).unwrap_or(0));
        let none = derived(move || locked.get() || count.get() == 0);
        let hint = "A track for each slice, with a step where it was played";
        let slices = derived(move || {
            format!(
                "Kit of {}",
                measures::counted(count.get(), "slice", "slices")
            )
        });
        ways = ways
            .with(button(
                "On the track",
                "Makes the selected track play it",
                locked,
                play,
            ))
            .with(loop_in(
                seat,
                locked,
                Arc::new(move |track, scene| looping(Goal::Loop(track, scene))),
            ))
            .with(button("", hint, none, move || slicing(Goal::Kit(sliced.pieces()))).says(slices));
    }
    let (keeping, thrown) = (take.clone(), take.clone());
    ways.with(audition(seat, take))
        .with(button(
            "Download",
            "Saves it on this machine as a file",
            Signal::stored(false),
            move || download(seat, &keeping),
        ))
        .with(button(
            "Discard",
            "Throws it away for good",
            busy,
            move || {
                seat.takes.forget(&thrown);
            },
        ))
}

/// Plays what is kept, and stops. What plays it is on the page for as long as it is heard.
fn audition(seat: Seat, take: &Take) -> Tag {
    let take = take.clone();
    let is_on = RwSignal::new(false);
    let sound = tag("span", "");
    let element = sound.element();
    let stop = Rc::new(move || {
        is_on.set(false);
        if let Some(address) = element
            .first_element_child()
            .and_then(|player| player.get_attribute("src"))
        {
            // Nobody else has this address.
            let _ = Url::revoke_object_url(&address);
        }
        element.set_text_content(None);
    });
    let element = sound.element();
    let press = move || {
        if is_on.get_untracked() {
            return stop();
        }
        is_on.set(true);
        let (element, ended) = (element.clone(), Rc::clone(&stop));
        let play = move |made: &JsValue| {
            // By now it may be stopped or thrown away, or be heard by an earlier press.
            if is_on.try_get_untracked() != Some(true) || element.has_child_nodes() {
                return;
            }
            let (ended, broken) = (Rc::clone(&ended), Rc::clone(&ended));
            let player = tag("audio", "")
                .set("autoplay", "")
                // A refusal holds no file, and nothing cannot be played either.
                .set("src", &address(made).unwrap_or_default())
                .on("ended", move |_| ended())
                .on("error", move |_| {
                    broken();
                    seat.board.say("It cannot be played here".to_owned());
                });
            // A new element fits into any other.
            let _ = element.append_child(&player.element());
        };
        seat.takes.file(&take, Rc::new(play));
    };
    let hint = "Plays what is kept of it, for your ears only";
    let words = derived(move || if is_on.get() { "Stop" } else { "Audition" }.to_owned());
    tag("span", "")
        .with(button("", hint, Signal::stored(false), press).says(words))
        .with(sound)
}

/// Where the page finds a file that was made for it.
fn address(made: &JsValue) -> Option<String> {
    Url::create_object_url_with_blob(field(made, "file").unchecked_ref()).ok()
}

fn download(seat: Seat, take: &Take) {
    let about = Arc::clone(&take.about);
    let save = move |made: &JsValue| {
        let Some(address) = address(made) else {
            return seat.board.say("It cannot be made a file here".to_owned());
        };
        let link: HtmlAnchorElement = tag("a", "").element().unchecked_into();
        link.set_href(&address);
        let ending = if about.frames > 0 { ".wav" } else { "" };
        link.set_download(&format!("{}{ending}", about.name));
        link.click();
    };
    seat.takes.file(take, Rc::new(save));
}
