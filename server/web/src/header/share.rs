//! How others come in: the link to copy, its code to point a phone at, the link that only listens,
//! and copies of the session.

use crate::widget::{Dialog, button};
use crate::{api, browser};
use leptos::prelude::*;
use qrcode::{EcLevel, QrCode, types::Color};

pub(super) fn share(id: String) -> AnyView {
    let dialog = Dialog::new("Share");
    let id = StoredValue::new(id);
    view! {
        <button type="button" class="button strong share" aria-haspopup="dialog" on:click=move |_| dialog.open.set(true)>"Share"</button>
        {dialog.show(move || links(id.get_value()))}
    }
    .into_any()
}

/// What the server knows about the ways in.
#[derive(Clone, Debug, Default)]
struct Links {
    edit: String,
    listen: Option<String>,
    problem: String,
}

fn links(id: String) -> AnyView {
    let links = RwSignal::new(Links {
        edit: browser::address(),
        ..Links::default()
    });
    let asked = id.clone();
    leptos::task::spawn_local(async move {
        match api::ask("GET", &format!("/sessions/{asked}"), None).await {
            Ok(session) => links.update(|links| {
                links.edit = api::text(&session, "link").unwrap_or_else(browser::address);
                links.listen = api::text(&session, "listen_link");
            }),
            Err(problem) => links.update(|links| links.problem = problem),
        }
    });
    let listen =
        Signal::derive(move || links.with(|links| links.listen.clone().unwrap_or_default()));
    let edit = Signal::derive(move || links.with(|links| links.edit.clone()));
    let problem = Signal::derive(move || links.with(|links| links.problem.clone()));
    let code = move || code(&edit.get());
    view! {
        <div class="share-links">
            <div class="code" role="img" aria-label="The link as a code for cameras" inner_html=code></div>
            <div class="section">
                {link("Link to play together", edit, "Whoever has this link can edit.")}
                <div hidden=Signal::derive(move || listen.with(String::is_empty))>
                    {link("Link to listen", listen, "Whoever has this link hears and sees, and cannot edit.")}
                </div>
            </div>
        </div>
        <div class="line">
            {copy_of(id.clone(), "remix", "Remix", "Make a copy of your own that goes on from here", links)}
            {copy_of(id, "publish", "Publish", "Make a copy that never changes, for everyone to hear", links)}
        </div>
        <p class="problem" role="alert">{problem}</p>
    }
    .into_any()
}

fn link(title: &'static str, address: Signal<String>, hint: &'static str) -> AnyView {
    let copied = RwSignal::new(false);
    let words = Signal::derive(move || if copied.get() { "Copied" } else { "Copy" }.to_owned());
    let place = NodeRef::<leptos::html::Input>::new();
    let copy = move |_| {
        if let Some(input) = place.get_untracked() {
            input.select();
        }
        browser::copy(&address.get_untracked(), move || {
            copied.set(true);
            set_timeout(move || copied.set(false), std::time::Duration::from_secs(2));
        });
    };
    view! {
        <h3>{title}</h3>
        <div class="line link">
            <input class="text-field" readonly aria-label=title node_ref=place prop:value=address />
            <button type="button" class="button" on:click=copy>{words}</button>
        </div>
        <p class="hint">{hint}</p>
    }
    .into_any()
}

/// A button that makes another session of this one and goes there.
fn copy_of(
    id: String,
    verb: &'static str,
    words: &'static str,
    hint: &'static str,
    links: RwSignal<Links>,
) -> AnyView {
    let waiting = RwSignal::new(false);
    button(words, hint, waiting.into(), move || {
        waiting.set(true);
        let path = format!("/sessions/{id}/{verb}");
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
        assert!(drawn.starts_with("<svg viewBox=\"0 0 37 37\""), "{drawn}");
        assert!(drawn.contains("M4 4h1v1h-1z"));
    }
}
