//! How others come in: the link to copy, its code to point a phone at, the link that only listens,
//! and copies of the session.

use crate::dom::{Tag, button, derived, follow, tag, text};
use crate::widget::{self, Dialog};
use crate::{api, browser};
use leptos::prelude::*;
use leptos::web_sys::HtmlInputElement;
use qrcode::{EcLevel, QrCode, types::Color};
use std::time::Duration;
use wasm_bindgen::JsCast;

pub(super) fn share(id: String) -> Tag {
    let dialog = Dialog::new("Share");
    tag("div", "held")
        .with(dialog.opener("button strong share", "Share"))
        .with(dialog.show(move || links(&id)))
}

/// What the server knows about the ways in.
#[derive(Clone, Debug, Default)]
struct Links {
    edit: String,
    listen: Option<String>,
    problem: String,
}

fn links(id: &str) -> Tag {
    let links = RwSignal::new(Links {
        edit: browser::address(),
        ..Links::default()
    });
    let asked = id.to_owned();
    leptos::task::spawn_local(async move {
        match api::ask("GET", &format!("/sessions/{asked}"), None).await {
            Ok(session) => links.update(|links| {
                links.edit = api::text(&session, "link").unwrap_or_else(browser::address);
                links.listen = api::text(&session, "listen_link");
            }),
            Err(problem) => links.update(|links| links.problem = problem),
        }
    });
    let listen = derived(move || links.with(|links| links.listen.clone().unwrap_or_default()));
    let edit = derived(move || links.with(|links| links.edit.clone()));
    let problem = derived(move || links.with(|links| links.problem.clone()));
    let code = tag("div", "code")
        .set("role", "img")
        .set("aria-label", "The link as a code for cameras")
        .painted(move |element| element.set_inner_html(&edit.with(|edit| code(edit))));
    let listening = link(
        "Link to listen",
        listen,
        "Whoever has this link hears and sees, and cannot edit.",
    )
    .hidden(derived(move || listen.with(String::is_empty)));
    let together = link(
        "Link to play together",
        edit,
        "Whoever has this link can edit.",
    );
    let ways = tag("div", "section").with(together).with(listening);
    let copies = tag("div", "line")
        .with(copy_of(
            id,
            "remix",
            "Remix",
            "Make a copy of your own that goes on from here",
            links,
        ))
        .with(copy_of(
            id,
            "publish",
            "Publish",
            "Make a copy that never changes, for everyone to hear",
            links,
        ));
    tag("div", "section")
        .with(tag("div", "share-links").with(code).with(ways))
        .with(copies)
        .with(tag("p", "problem").set("role", "alert").says(problem))
}

fn link(title: &str, address: Signal<String>, hint: &str) -> Tag {
    let copied = RwSignal::new(false);
    let words = derived(move || if copied.get() { "Copied" } else { "Copy" }.to_owned());
    let field = tag("input", "text-field")
        .set("readonly", "")
        .set("aria-label", title);
    let input: HtmlInputElement = field.element().unchecked_into();
    let shown = input.clone();
    follow(move || address.with(|address| shown.set_value(address)));
    let copy = button("button", "", move |_| {
        input.select();
        browser::copy(&address.get_untracked(), move || {
            copied.set(true);
            set_timeout(move || copied.set(false), Duration::from_secs(2));
        });
    })
    .says(words);
    tag("div", "section")
        .with(text("h3", "", title))
        .with(tag("div", "line link").with(field).with(copy))
        .with(text("p", "hint", hint))
}

/// A button that makes another session of this one and goes there.
fn copy_of(
    id: &str,
    verb: &'static str,
    words: &'static str,
    hint: &'static str,
    links: RwSignal<Links>,
) -> Tag {
    let waiting = RwSignal::new(false);
    let path = format!("/sessions/{id}/{verb}");
    widget::button(words, hint, waiting.into(), move || {
        waiting.set(true);
        let path = path.clone();
        leptos::task::spawn_local(async move {
            match api::ask("POST", &path, None).await {
                Ok(made) => browser::go_to(&api::text(&made, "link").unwrap_or_default()),
                Err(problem) => links.update(|links| links.problem = problem),
            }
            waiting.set(false);
        });
    })
}

/// The text as a drawing that cameras read. Its colours are those of paper in every theme.
fn code(text: &str) -> String {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else {
        return String::new();
    };
    let width = code.width();
    let mut path = String::new();
    for (place, colour) in code.to_colors().into_iter().enumerate() {
        if colour == Color::Dark {
            path.push_str(&format!(
                "M{} {}h1v1h-1z",
                place % width + 4,
                place / width + 4
            ));
        }
    }
    let side = width + 8;
    format!(
        "<svg viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}h-{side}z\"/><path d=\"{path}\"/></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn a_link_becomes_a_drawing_with_its_quiet_margin() {
        let drawn = code("https://lockstep.example/s/fuzzy-penguin-42");
        assert!(drawn.starts_with("<svg viewBox=\"0 0 41 41\""));
        assert!(drawn.contains("M4 4h1v1h-1z"));
    }
}
