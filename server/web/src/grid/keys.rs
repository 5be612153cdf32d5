//! The keys that work wherever the focus is, as long as nothing is being typed, and the system's
//! clipboard.

use super::actions;
use crate::seat::Seat;
use leptos::ev::{self, KeyboardEvent};
use leptos::prelude::*;
use leptos::web_sys::{self, ClipboardEvent};
use lockstep_session::shortcuts;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// Listens for as long as the page lives.
pub(super) fn listen(seat: Seat) {
    let handle = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
        if event.default_prevented() || is_typing() {
            return;
        }
        // Those three are the clipboard's, which brings them as events of its own.
        let action = shortcuts::pressed(&actions::keys_of(&event))
            .filter(|action| !matches!(*action, "copy" | "cut" | "paste"));
        if let Some(action) = action {
            event.prevent_default();
            actions::act(seat, action);
        }
    });
    on_cleanup(move || handle.remove());
    on_clipboard("copy", move |event| {
        hand_over(&event, actions::taken(seat, false))
    });
    on_clipboard("cut", move |event| {
        hand_over(&event, actions::taken(seat, true))
    });
    on_clipboard("paste", move |event| {
        let text = event
            .clipboard_data()
            .and_then(|data| data.get_data("text/plain").ok());
        if text.is_some_and(|text| actions::put(seat, &text)) {
            event.prevent_default();
        }
    });
}

fn hand_over(event: &ClipboardEvent, text: Option<String>) {
    if let (Some(text), Some(data)) = (text, event.clipboard_data())
        && data.set_data("text/plain", &text).is_ok()
    {
        event.prevent_default();
    }
}

fn on_clipboard(name: &str, mut hear: impl FnMut(ClipboardEvent) + 'static) {
    let listener = Closure::<dyn FnMut(ClipboardEvent)>::new(move |event: ClipboardEvent| {
        if !is_typing() {
            hear(event);
        }
    });
    // The page listens for as long as it lives.
    let _ =
        document().add_event_listener_with_callback(name, listener.into_js_value().unchecked_ref());
}

/// Whether the focus is where keys make text, or words are selected to be copied.
pub(crate) fn is_typing() -> bool {
    let focused: Option<web_sys::Element> = document().active_element();
    focused.is_some_and(|focused| {
        focused
            .closest("input, textarea, select, dialog, [role=slider], [role=spinbutton]")
            .is_ok_and(|field| field.is_some())
    })
}
