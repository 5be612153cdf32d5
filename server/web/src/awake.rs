//! A phone's screen stays lit while the session plays: a dark one stops the sound, too, on some. It must
//! not know what plays.

use crate::browser;
use crate::dom::follow;
use js_sys::Promise;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// What bindings that are not settled leave out.
    type Lamp;
    #[wasm_bindgen(js_namespace = ["navigator", "wakeLock"], js_name = request, catch)]
    fn light(what: &str) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method)]
    fn release(this: &Lamp) -> Promise;
}

/// Follows for as long as the page lives. What is on a desk stays lit as its owner has set it.
pub(crate) fn while_it_plays(playing: Signal<bool>) {
    if !browser::prefers("(pointer: coarse)") {
        return;
    }
    let lamp = StoredValue::new_local(None::<Lamp>);
    let put = move |new: Option<Lamp>| {
        let before = lamp.try_update_value(|lamp| std::mem::replace(lamp, new));
        if let Some(before) = before.flatten() {
            let _ = before.release();
        }
    };
    let is_wanted = move || playing.get_untracked() && !document().hidden();
    let look = move || {
        put(None);
        if !is_wanted() {
            return;
        }
        spawn_local(async move {
            let Ok(asked) = light("screen") else {
                return;
            };
            // A phone that saves its battery says no.
            if let Ok(lit) = JsFuture::from(asked).await {
                put(Some(lit.unchecked_into()));
                if !is_wanted() {
                    put(None);
                }
            }
        });
    };
    follow(move || {
        playing.track();
        look();
    });
    // The browser puts it out when nobody sees the page.
    let seen = window_event_listener(ev::visibilitychange, move |_| look());
    on_cleanup(move || seen.remove());
}
