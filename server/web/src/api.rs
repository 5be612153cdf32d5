//! The server's HTTP API as the page asks it: JSON in and out, problems in the server's own words.

use leptos::prelude::window;
use leptos::web_sys::{Headers, RequestInit, Response};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// What is said where the server says nothing.
const SILENT: &str = "The server did not answer. Try again in a moment.";

/// A good answer's JSON, or what went wrong in words for people.
pub(crate) async fn ask(method: &str, path: &str, body: Option<String>) -> Result<JsValue, String> {
    let options = RequestInit::new();
    options.set_method(method);
    if let Some(body) = body {
        options.set_body(&body.into());
        if let Ok(headers) = Headers::new() {
            // A legal name and value.
            let _ = headers.set("content-type", "application/json");
            options.set_headers(&headers);
        }
    }
    let (ok, answer) = fetch(path, &options).await.ok_or(SILENT)?;
    if ok {
        return Ok(answer);
    }
    let words = |key| text(&answer, key).unwrap_or_default();
    let said = format!("{} {}", words("message"), words("action"));
    Err(if said.trim().is_empty() {
        SILENT.to_owned()
    } else {
        said
    })
}

async fn fetch(path: &str, options: &RequestInit) -> Option<(bool, JsValue)> {
    let asked = window().fetch_with_str_and_init(&format!("/api/v1{path}"), options);
    let answer: Response = JsFuture::from(asked).await.ok()?.dyn_into().ok()?;
    let json = JsFuture::from(answer.json().ok()?).await.ok();
    Some((answer.ok(), json.unwrap_or(JsValue::NULL)))
}

/// A field of an answer.
pub(crate) fn field(answer: &JsValue, key: &str) -> JsValue {
    js_sys::Reflect::get(answer, &key.into()).unwrap_or(JsValue::UNDEFINED)
}

pub(crate) fn text(answer: &JsValue, key: &str) -> Option<String> {
    field(answer, key).as_string()
}

/// A session made from a template, by its id.
pub(crate) async fn new_session(template: Option<&str>) -> Result<String, String> {
    let body = template.map(|name| format!("{{\"template\":\"{name}\"}}"));
    let made = ask("POST", "/sessions", body).await?;
    text(&made, "id").ok_or_else(|| SILENT.to_owned())
}
