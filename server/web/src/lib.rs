//! The browser page: what a friend sees when they open a link. Leptos on the real DOM; everything
//! shared is the session crate's, so nothing here decides what an edit means.

mod api;
mod awake;
mod board;
mod browser;
mod connection;
mod dom;
mod front;
mod grid;
mod hands;
mod header;
mod identity;
mod keyboards;
mod measures;
mod meter;
mod moving;
mod numbers;
mod painting;
mod panel;
mod playhead;
mod preferences;
mod recent;
mod recording;
mod seat;
mod selected;
mod session;
mod sound;
mod status;
mod takes;
mod widget;

use leptos::prelude::*;
use wasm_bindgen::prelude::*;

/// Called once by the page's own module script.
#[wasm_bindgen(start)]
pub fn start() {
    browser::watch_media("(prefers-color-scheme: light)", |_| {
        preferences::Preferences::kept().show();
    });
    // What the page follows, it follows for as long as it lives.
    mount_to_body(|| {
        let page = match browser::session_in_address() {
            Some(session) => session::session(&session),
            None => front::front(),
        };
        if let Some(body) = document().body() {
            // A new element fits into the body.
            let _ = body.append_child(&page.element());
        }
    });
    browser::serve_offline();
}
