//! One of several, as the browser's own list: every keyboard, phone and screen reader knows it.

use crate::dom::{Tag, follow, tag, text};
use crate::seat::Seat;
use leptos::prelude::*;
use leptos::web_sys::HtmlSelectElement;
use lockstep_session::document::Document;
use lockstep_session::edit::Edit;
use std::sync::Arc;
use wasm_bindgen::JsCast;

/// Options have numbers of their own; what they stand for is the panel's affair.
#[derive(Clone)]
pub(crate) struct Choice {
    pub(crate) name: String,
    pub(crate) hint: &'static str,
    pub(crate) options: Signal<Vec<(i64, String)>>,
    pub(crate) value: Signal<i64>,
    pub(crate) choose: Arc<dyn Fn(i64) + Send + Sync>,
    pub(crate) locked: Signal<bool>,
}

impl Choice {
    /// A choice of the document between options that never change.
    pub(crate) fn shared(
        seat: Seat,
        name: &str,
        hint: &'static str,
        options: Vec<(i64, String)>,
        value: impl Fn(&Document) -> i64 + Send + Sync + 'static,
        edit: impl Fn(i64) -> Edit + Send + Sync + 'static,
    ) -> Choice {
        Choice {
            name: name.to_owned(),
            hint,
            options: Signal::stored(options),
            value: seat.board.number(value),
            choose: Arc::new(move |value| seat.edit(edit(value))),
            locked: seat.board.locked(),
        }
    }

    /// The same with options that come from the document too.
    pub(crate) fn among(
        self,
        seat: Seat,
        options: impl Fn(&Document) -> Vec<(i64, String)> + Send + Sync + 'static,
    ) -> Choice {
        Choice {
            options: seat.board.slice(options),
            ..self
        }
    }

    pub(crate) fn show(self) -> Tag {
        let Choice {
            name,
            hint,
            options,
            value,
            choose,
            locked,
        } = self;
        let list = tag("select", "");
        let select: HtmlSelectElement = list.element().unchecked_into();
        let chosen = {
            let select = select.clone();
            move |_| {
                if let Ok(chosen) = select.value().parse() {
                    choose(chosen);
                }
                // What was refused is not shown as chosen.
                select.set_value(&value.get_untracked().to_string());
            }
        };
        follow(move || {
            options.with(|options| fill(&select, options));
            select.set_value(&value.get().to_string());
        });
        let list = list
            .set("aria-label", &name)
            .disabled(locked)
            .on("change", chosen);
        tag("label", "choice")
            .set("title", hint)
            .with(list)
            .with(text("span", "dial-name", &name).set("aria-hidden", "true"))
    }
}

/// Puts the options into the list, unless it has them.
fn fill(select: &HtmlSelectElement, options: &[(i64, String)]) {
    let html: String = options
        .iter()
        .map(|(value, words)| {
            let words = words.replace('&', "&amp;").replace('<', "&lt;");
            format!("<option value=\"{value}\">{words}</option>")
        })
        .collect();
    if select.inner_html() != html {
        select.set_inner_html(&html);
    }
}
