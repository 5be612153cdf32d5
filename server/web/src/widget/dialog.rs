//! A window over the page. The browser's own: it keeps the focus inside and closes with Escape.

use crate::dom::{Tag, button, tag, text};
use leptos::prelude::*;
use leptos::web_sys::HtmlDialogElement;
use wasm_bindgen::JsCast;

#[derive(Clone, Copy)]
pub(crate) struct Dialog {
    pub(crate) title: &'static str,
    pub(crate) open: RwSignal<bool>,
}

impl Dialog {
    pub(crate) fn new(title: &'static str) -> Dialog {
        Dialog {
            title,
            open: RwSignal::new(false),
        }
    }

    /// A button that opens it.
    pub(crate) fn opener(self, class: &str, words: &str) -> Tag {
        button(class, words, move |_| self.open.set(true)).set("aria-haspopup", "dialog")
    }

    /// What it holds is made only while it is open.
    pub(crate) fn show(self, content: impl Fn() -> Tag + 'static) -> Tag {
        tag("div", "held").filled(move || {
            if self.open.get() {
                vec![self.window(content())]
            } else {
                Vec::new()
            }
        })
    }

    fn window(self, content: Tag) -> Tag {
        let window = tag("dialog", "window");
        let dialog: HtmlDialogElement = window.element().unchecked_into();
        let opened = dialog.clone();
        // It was just made, so it is not open yet; it has to be on the page first.
        request_animation_frame(move || drop(opened.show_modal()));
        let head = tag("div", "window-head")
            .with(text("h2", "", self.title))
            .with(
                button("close", "\u{d7}", move |_| self.open.set(false)).set("aria-label", "Close"),
            );
        window
            .set("aria-label", self.title)
            .with(tag("div", "window-body").with(head).with(content))
            .on("close", move |_| self.open.set(false))
            .on("pointerdown", move |event| {
                // Beside the window: its backdrop counts as the dialog itself.
                if event.target().as_ref() == Some(dialog.as_ref()) {
                    self.open.set(false);
                }
            })
            // What is pressed in a window is not a shortcut of the page.
            .on("keydown", |event| event.stop_propagation())
    }
}
