//! A text that can be edited in place: taken with Enter or on leaving, left alone with Escape.

use crate::seat::Seat;
use leptos::prelude::*;
use lockstep_session::document::Document;
use lockstep_session::edit::Edit;
use std::sync::Arc;

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

    pub(crate) fn show(self) -> AnyView {
        let Field {
            name,
            hint,
            value,
            set,
            locked,
        } = self;
        let place = NodeRef::<leptos::html::Input>::new();
        let typing = StoredValue::new(false);
        Effect::new(move |_| {
            let (Some(input), text) = (place.get(), value.get()) else {
                return;
            };
            if !typing.get_value() && input.value() != text {
                input.set_value(&text);
            }
        });
        // What was typed, or what stood there before.
        let settle = move |take: bool| {
            let (Some(input), true) = (place.get_untracked(), typing.get_value()) else {
                return;
            };
            typing.set_value(false);
            let text = input.value();
            if take && text != value.get_untracked() {
                set(&text);
            }
            input.set_value(&value.get_untracked());
        };
        let key = {
            let settle = settle.clone();
            move |event: leptos::ev::KeyboardEvent| match event.key().as_str() {
                "Enter" => {
                    settle(true);
                    if let Some(input) = place.get_untracked() {
                        // It has the focus, so it can lose it.
                        let _ = input.blur();
                    }
                }
                "Escape" if typing.get_value() => {
                    event.prevent_default();
                    settle(false);
                }
                _ => {}
            }
        };
        view! {
            <input
                type="text" class="text-field" autocomplete="off" spellcheck="false"
                aria-label=name title=hint node_ref=place disabled=locked
                on:input=move |_| typing.set_value(true) on:keydown=key on:change=move |_| settle(true)
            />
        }
        .into_any()
    }
}
