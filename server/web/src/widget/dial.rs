//! A number that can be typed, dragged, wheeled, stepped by the arrow keys and put back by a double
//! click: as a plain number, a knob or a fader.

use super::Turn;
use super::hand::Hand;
use super::range::Range;
use crate::dom::{Tag, follow, tag, text};
use crate::seat::Seat;
use leptos::ev::Event;
use leptos::prelude::*;
use lockstep_session::document::Document;
use lockstep_session::edit::Edit;
use wasm_bindgen::JsCast;

#[derive(Clone)]
pub(crate) struct Dial {
    pub(crate) name: String,
    pub(crate) hint: &'static str,
    pub(crate) range: Range,
    pub(crate) value: Signal<i64>,
    pub(crate) turn: Turn,
    pub(crate) locked: Signal<bool>,
}

/// How a dial looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Number,
    Knob,
    Fader,
}

impl Dial {
    /// A number of the document and the edit that changes it.
    pub(crate) fn shared(
        seat: Seat,
        name: &str,
        hint: &'static str,
        range: Range,
        value: impl Fn(&Document) -> i64 + Send + Sync + 'static,
        edit: impl Fn(i64) -> Edit + Send + Sync + 'static,
    ) -> Dial {
        Dial {
            name: name.to_owned(),
            hint,
            range,
            value: seat.board.number(value),
            turn: seat.turn(edit),
            locked: seat.board.locked(),
        }
    }

    pub(crate) fn show(self, shape: Shape) -> Tag {
        let class = match shape {
            Shape::Number => "dial",
            Shape::Knob => "dial knob",
            Shape::Fader => "dial fader",
        };
        let input = tag("input", "");
        let place = tag("div", class);
        let hand = Hand::new(
            self.clone(),
            place.element(),
            input.element().unchecked_into(),
        );
        let (value, painting) = (self.value, hand.clone());
        follow(move || painting.paint(value.get()));
        // Each kind of event and what the hand does then.
        let on = |to: Tag, name: &str, act: fn(&Hand, Event)| {
            let hand = hand.clone();
            to.on(name, move |event| act(&hand, event))
        };
        let input = input
            .set("type", "text")
            .set("role", "spinbutton")
            .set("inputmode", "decimal")
            .set("autocomplete", "off")
            .set("spellcheck", "false")
            .set("aria-label", &self.name)
            .set("aria-valuemin", &self.range.low.to_string())
            .set("aria-valuemax", &self.range.high.to_string())
            .disabled(self.locked);
        let input = on(input, "keydown", |hand, event| {
            hand.key(event.unchecked_ref())
        });
        let input = on(input, "input", |hand, _| hand.typed());
        let input = on(input, "change", |hand, _| hand.read());
        let input = on(input, "blur", |hand, _| hand.read());
        let place = place
            .set("title", self.hint)
            .with(tag("span", "ring").set("aria-hidden", "true"))
            .with(input)
            .with(text("span", "dial-name", &self.name).set("aria-hidden", "true"));
        let place = on(place, "pointerdown", |hand, event| {
            hand.press(event.unchecked_ref())
        });
        let place = on(place, "pointermove", |hand, event| {
            hand.follow(event.unchecked_ref())
        });
        let place = on(place, "pointerup", |hand, _| hand.release());
        let place = on(place, "pointercancel", |hand, _| hand.release());
        let place = on(place, "mousedown", |hand, event| {
            hand.keep_focus(event.unchecked_ref())
        });
        let place = on(place, "dblclick", |hand, _| hand.reset());
        on(place, "wheel", |hand, event| {
            hand.wheel(event.unchecked_ref())
        })
    }
}
