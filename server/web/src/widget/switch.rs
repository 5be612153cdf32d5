//! Something that is on or off, and a button that does one thing.

use crate::dom::{self, Tag};
use crate::seat::Seat;
use leptos::prelude::*;
use lockstep_session::document::Document;
use lockstep_session::edit::Edit;
use std::sync::Arc;

#[derive(Clone)]
pub(crate) struct Switch {
    /// What the button says.
    pub(crate) words: &'static str,
    /// What it is called, where the words alone would not do.
    pub(crate) name: String,
    pub(crate) hint: &'static str,
    pub(crate) value: Signal<bool>,
    pub(crate) set: Arc<dyn Fn(bool) + Send + Sync>,
    pub(crate) locked: Signal<bool>,
}

impl Switch {
    pub(crate) fn shared(
        seat: Seat,
        (words, name): (&'static str, String),
        hint: &'static str,
        value: impl Fn(&Document) -> bool + Send + Sync + 'static,
        edit: impl Fn(bool) -> Edit + Send + Sync + 'static,
    ) -> Switch {
        Switch {
            words,
            name,
            hint,
            value: seat.board.condition(value),
            set: Arc::new(move |on| seat.edit(edit(on))),
            locked: seat.board.locked(),
        }
    }

    pub(crate) fn show(self, class: &'static str) -> Tag {
        let Switch {
            words,
            name,
            hint,
            value,
            set,
            locked,
        } = self;
        dom::button(class, words, move |_| set(!value.get_untracked()))
            .set("title", hint)
            .set("aria-label", &name)
            .state("aria-pressed", value)
            .disabled(locked)
    }
}

/// A button that does one thing. `locked` says that it can not do it now.
pub(crate) fn button(
    words: &str,
    hint: &str,
    locked: Signal<bool>,
    act: impl Fn() + 'static,
) -> Tag {
    made(words, hint, locked, Box::new(act))
}

// Not generic: there is one of it in the page.
fn made(words: &str, hint: &str, locked: Signal<bool>, act: Box<dyn Fn()>) -> Tag {
    dom::button("button small", words, move |_| act())
        .set("title", hint)
        .disabled(locked)
}
