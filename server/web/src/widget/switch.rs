//! Something that is on or off, and a button that does one thing.

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

    pub(crate) fn show(self, class: &'static str) -> AnyView {
        let Switch {
            words,
            name,
            hint,
            value,
            set,
            locked,
        } = self;
        let pressed = Signal::derive(move || value.get().to_string());
        view! {
            <button
                type="button" class=class title=hint aria-label=name aria-pressed=pressed disabled=locked
                on:click=move |_| set(!value.get_untracked())
            >{words}</button>
        }
        .into_any()
    }
}

/// A button that does one thing. `locked` says that it can not do it now.
pub(crate) fn button(
    words: &str,
    name: &str,
    locked: Signal<bool>,
    act: impl Fn() + 'static,
) -> AnyView {
    let act: Box<dyn Fn()> = Box::new(act);
    let (words, name) = (words.to_owned(), name.to_owned());
    view! {
        <button type="button" class="button" title=name.clone() aria-label=name disabled=locked on:click=move |_| act()>
            {words}
        </button>
    }
    .into_any()
}
