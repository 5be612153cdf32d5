//! The few things of the browser that the page asks for: time, chance, storage, address.

use crate::numbers::whole;
use leptos::prelude::window;
use leptos::web_sys;
use lockstep_session::units::LocalTime;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// Microseconds since the page began, on a clock that never goes back.
pub(crate) fn now() -> LocalTime {
    local_time(milliseconds())
}

#[wasm_bindgen]
extern "C" {
    /// The same as the browser says it.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    pub(crate) fn milliseconds() -> f64;
}

pub(crate) fn local_time(milliseconds: f64) -> LocalTime {
    LocalTime::from_micros(whole(milliseconds * 1_000.0))
}

/// Bytes that nobody can guess.
pub(crate) fn random<const COUNT: usize>() -> [u8; COUNT] {
    let mut bytes = [0; COUNT];
    let crypto = window()
        .crypto()
        .expect("every browser that runs wasm has crypto");
    crypto
        .get_random_values_with_u8_array(&mut bytes)
        .expect("fewer than 65,536 bytes");
    bytes
}

pub(crate) fn random_number() -> u32 {
    u32::from_le_bytes(random())
}

/// Whether the browser knows of something by this name, and does not say no to it.
pub(crate) fn has(name: &str) -> bool {
    js_sys::Reflect::get(&window(), &name.into()).is_ok_and(|found| found.is_truthy())
}

/// Tells the system what this page's sound is for, where it asks: an iPhone whose ringer is off keeps
/// pages silent that play no music for all that it knows.
pub(crate) fn sounds_for(purpose: &str) {
    let session = js_sys::Reflect::get(&window().navigator(), &"audioSession".into());
    if let Ok(session) = session
        && session.is_object()
    {
        // A purpose that is not known there leaves things as they are.
        let _ = js_sys::Reflect::set(&session, &"type".into(), &purpose.into());
    }
}

/// Whether the browser takes something that was done here for a gesture. Some do not tell.
pub(crate) fn was_touched() -> bool {
    let touched = ["userActivation", "hasBeenActive"]
        .iter()
        .try_fold(window().navigator().into(), |of: JsValue, name| {
            js_sys::Reflect::get(&of, &(*name).into())
        });
    touched.is_ok_and(|touched| touched.is_truthy())
}

/// What an earlier visit kept, unless storage is forbidden here.
pub(crate) fn kept(key: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(key).ok()?
}

/// Keeps a value for the next visit. Where storage is forbidden or full, it lasts as long as the page.
pub(crate) fn keep(key: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(key, value);
    }
}

/// The id after `/s/`, or after `/l/` or `/p/` of a link that only listens, if the address has one.
pub(crate) fn session_in_address() -> Option<String> {
    let path = window().location().pathname().ok()?;
    let id = path
        .strip_prefix("/s/")
        .or_else(|| path.strip_prefix("/l/"))
        .or_else(|| path.strip_prefix("/p/"))?
        .trim_end_matches('/');
    (!id.is_empty()).then(|| id.to_owned())
}

pub(crate) fn go_to(address: &str) {
    // A browser that refuses to leave the page leaves it as it is.
    let _ = window().location().assign(address);
}

/// Whether a media query holds now.
pub(crate) fn prefers(query: &str) -> bool {
    let list = window().match_media(query).ok().flatten();
    list.is_some_and(|list| list.matches())
}

/// The words for a mouse, or those for a finger where that is what points.
pub(crate) fn by_finger<'a>(mouse: &'a str, finger: &'a str) -> &'a str {
    if prefers("(pointer: coarse)") {
        finger
    } else {
        mouse
    }
}

/// Whether a media query holds, now and at each change.
pub(crate) fn watch_media(query: &str, mut changed: impl FnMut(bool) + 'static) {
    let Ok(Some(list)) = window().match_media(query) else {
        return;
    };
    changed(list.matches());
    let watched = list.clone();
    let listener = Closure::<dyn FnMut()>::new(move || changed(watched.matches()));
    // The page watches for as long as it lives.
    let _ =
        list.add_event_listener_with_callback("change", listener.into_js_value().unchecked_ref());
}

/// The whole address of this page.
pub(crate) fn address() -> String {
    window().location().href().unwrap_or_default()
}

/// Puts a text on the clipboard, and tells when it is there. Without a clipboard nothing happens:
/// the text is selected and can be copied by hand.
pub(crate) fn copy(text: &str, done: impl FnOnce() + 'static) {
    let navigator = window().navigator();
    // Pages that were not fetched securely have no clipboard.
    let has_clipboard = js_sys::Reflect::get(&navigator, &"clipboard".into())
        .is_ok_and(|clipboard| !clipboard.is_undefined());
    if !has_clipboard {
        return;
    }
    let copying = navigator.clipboard().write_text(text);
    leptos::task::spawn_local(async move {
        if JsFuture::from(copying).await.is_ok() {
            done();
        }
    });
}

/// Lets the page be there without a network, where browsers can do that.
pub(crate) fn serve_offline() {
    let navigator = window().navigator();
    // Pages that were not fetched securely have none.
    let has_workers = js_sys::Reflect::get(&navigator, &"serviceWorker".into())
        .is_ok_and(|workers| !workers.is_undefined());
    if has_workers {
        let registered = navigator.service_worker().register("/sw.js");
        leptos::task::spawn_local(async move {
            // Without it the page needs its server, as it does anyway to play with others.
            let _ = JsFuture::from(registered).await;
        });
    }
}

/// Asks whoever closes the page first, for as long as that would lose something.
pub(crate) fn ask_before_leaving(would_lose: impl Fn() -> bool + 'static) {
    let asked: Box<dyn FnMut(web_sys::Event)> = Box::new(move |event| {
        if would_lose() {
            event.prevent_default();
        }
    });
    let asked = wasm_bindgen::closure::Closure::wrap(asked).into_js_value();
    window().set_onbeforeunload(Some(asked.unchecked_ref()));
}

/// Whether the server says that there is no such session.
pub(crate) async fn is_missing(session: &str) -> bool {
    let answer = fetch(
        &format!("/api/v1/sessions/{session}"),
        &web_sys::RequestInit::new(),
    )
    .await;
    answer.is_some_and(|answer| answer.status() == 404)
}

async fn fetch(address: &str, options: &web_sys::RequestInit) -> Option<web_sys::Response> {
    let answer = JsFuture::from(window().fetch_with_str_and_init(address, options))
        .await
        .ok()?;
    answer.dyn_into().ok()
}
