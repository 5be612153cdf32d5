//! A number that can be typed, dragged, wheeled, stepped by the arrow keys and put back by a double
//! click: as a plain number, a knob or a fader.

use super::Turn;
use super::hand::Hand;
use super::range::Range;
use crate::seat::Seat;
use leptos::prelude::*;
use lockstep_session::document::Document;
use lockstep_session::edit::Edit;

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

    pub(crate) fn show(self, shape: Shape) -> AnyView {
        let (name, hint) = (self.name.clone(), self.hint);
        let (low, high) = (self.range.low.to_string(), self.range.high.to_string());
        let (value, locked) = (self.value, self.locked);
        let hand = StoredValue::new_local(Hand::new(self));
        let place = NodeRef::<leptos::html::Div>::new();
        Effect::new(move |_| {
            if let Some(place) = place.get() {
                hand.with_value(|hand| hand.appear(place.into()));
            }
            let value = value.get();
            hand.with_value(|hand| hand.paint(value));
        });
        let class = match shape {
            Shape::Number => "dial",
            Shape::Knob => "dial knob",
            Shape::Fader => "dial fader",
        };
        view! {
            <div
                class=class title=hint node_ref=place
                on:pointerdown=move |event| hand.with_value(|hand| hand.press(&event))
                on:pointermove=move |event| hand.with_value(|hand| hand.follow(&event))
                on:pointerup=move |_| hand.with_value(Hand::release)
                on:pointercancel=move |_| hand.with_value(Hand::release)
                on:mousedown=move |event| hand.with_value(|hand| hand.keep_focus(&event))
                on:dblclick=move |_| hand.with_value(Hand::reset)
                on:wheel=move |event| hand.with_value(|hand| hand.wheel(&event))
            >
                <span class="ring" aria-hidden="true"></span>
                <input
                    type="text" role="spinbutton" inputmode="decimal" autocomplete="off" spellcheck="false"
                    aria-label=name.clone() aria-valuemin=low aria-valuemax=high disabled=locked
                    on:keydown=move |event| hand.with_value(|hand| hand.key(&event))
                    on:input=move |_| hand.with_value(Hand::typed)
                    on:change=move |_| hand.with_value(Hand::read)
                    on:blur=move |_| hand.with_value(Hand::read)
                />
                <span class="dial-name" aria-hidden="true">{name}</span>
            </div>
        }
        .into_any()
    }
}
