//! A text that can be edited in place: taken with Enter or on leaving, left alone with Escape.

use crate::dom::{Tag, follow, tag};
use crate::seat::Seat;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::web_sys::HtmlInputElement;
use lockstep_session::document::Document;
use lockstep_session::edit::Edit;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use wasm_bindgen::JsCast;

#[derive(Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) hint: &'static str,
    pub(crate) value: Signal<String>,
    pub(crate) set: Arc<dyn Fn(&str) + Send + Sync>,
    pub(crate) locked: Signal<bool>,
}

impl Field {
    pub(crate) fn shared(
        seat: Seat,
        name: &str,
        hint: &'static str,
        value: impl Fn(&Document) -> String + Send + Sync + 'static,
        edit: impl Fn(&str) -> Edit + Send + Sync + 'static,
    ) -> Field {
        Field {
            name: name.to_owned(),
            hint,
            value: seat.board.words(value),
            set: Arc::new(move |text| seat.edit(edit(text))),
            locked: seat.board.locked(),
        }
    }

    pub(crate) fn show(self) -> Tag {
        let place = tag("input", "text-field");
        let entry = Entry {
            input: place.element().unchecked_into(),
            value: self.value,
            set: self.set,
            shown: Rc::default(),
            typing: Rc::default(),
        };
        let (painting, typed, keyed, left) = (entry.clone(), entry.clone(), entry.clone(), entry);
        follow(move || painting.paint());
        place
            .set("type", "text")
            .set("autocomplete", "off")
            .set("spellcheck", "false")
            .set("aria-label", &self.name)
            .set("title", self.hint)
            .disabled(self.locked)
            .on("input", move |_| typed.typing.set(true))
            .on("keydown", move |event| keyed.key(event.unchecked_ref()))
            // The browser tells of no change where the text came to be what it had been.
            .on("blur", move |_| left.settle(true))
    }
}

/// The field while it is on the page.
#[derive(Clone)]
struct Entry {
    input: HtmlInputElement,
    value: Signal<String>,
    set: Arc<dyn Fn(&str) + Send + Sync>,
    /// What stands there while nobody types.
    shown: Rc<RefCell<String>>,
    /// The text was changed and not yet taken.
    typing: Rc<Cell<bool>>,
}

impl Entry {
    fn paint(&self) {
        let text = self.value.get();
        if !self.typing.get() && *self.shown.borrow() != text {
            self.show(text);
        }
    }

    fn show(&self, text: String) {
        self.input.set_value(&text);
        self.shown.replace(text);
    }

    /// Takes what was typed, or goes back to what stands there by now. What was typed and erased again
    /// is no wish for what stood there before.
    fn settle(&self, take: bool) {
        if !self.typing.replace(false) {
            return;
        }
        let text = self.input.value();
        if take && text != *self.shown.borrow() && text != self.value.get_untracked() {
            (self.set)(&text);
        }
        self.show(self.value.get_untracked());
    }

    fn key(&self, event: &KeyboardEvent) {
        match event.key().as_str() {
            "Enter" => {
                self.settle(true);
                // It has the focus, so it can lose it.
                let _ = self.input.blur();
            }
            "Escape" if self.typing.get() => {
                event.prevent_default();
                self.settle(false);
            }
            _ => {}
        }
        // What is typed is not a shortcut of the page.
        event.stop_propagation();
    }
}
