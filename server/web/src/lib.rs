//! The browser page: what a friend sees when they open a link. Leptos on the real DOM; everything
//! shared is the session crate's, so nothing here decides what an edit means.
#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` beside whatever visibility a component has"
)]

mod board;
mod browser;
mod connection;
mod front;
mod grid;
mod header;
mod identity;
mod painting;
mod panel;
mod playhead;
mod seat;
mod selected;
mod session;
mod sound;
mod status;
mod widget;

use leptos::prelude::*;
use wasm_bindgen::prelude::*;

/// Called once by the page's own module script.
#[wasm_bindgen(start)]
pub fn start() {
    match browser::session_in_address() {
        Some(session) => mount_to_body(move || view! { <session::Session id=session.clone() /> }),
        None => mount_to_body(|| view! { <front::Front /> }),
    }
}
