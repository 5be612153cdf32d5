//! Audio files made into frames by the plugin's own decoder, in a worker of its own for each: what
//! browsers decode themselves differs from one to the next, and from the plugin.

use super::device::named;
use super::message::{Pcm, object};
use js_sys::{Array, Float32Array, Promise, Reflect, Uint8Array, WebAssembly};
use leptos::prelude::window;
use leptos::web_sys::Response;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    pub(crate) type Worker;
    #[wasm_bindgen(constructor, catch)]
    pub(crate) fn new(address: &str) -> Result<Worker, JsValue>;
    #[wasm_bindgen(method, js_name = postMessage)]
    fn post_message(this: &Worker, message: &JsValue);
    #[wasm_bindgen(method, js_name = postMessage)]
    pub(crate) fn hand_over(this: &Worker, message: &JsValue, transfer: &Array);
    #[wasm_bindgen(method, setter, js_name = onmessage)]
    pub(crate) fn set_onmessage(this: &Worker, hear: &js_sys::Function);
    #[wasm_bindgen(method, setter, js_name = onerror)]
    fn set_onerror(this: &Worker, hear: &js_sys::Function);
    #[wasm_bindgen(method)]
    fn terminate(this: &Worker);
}

/// What cannot be decoded, in words.
const DAMAGED: &str = "it is damaged";
const UNREACHABLE: &str = "the decoder could not be fetched";

/// Decodes the bytes of a file.
pub(crate) async fn decode(bytes: &Uint8Array) -> Result<Pcm, String> {
    let unreachable = |_| UNREACHABLE.to_owned();
    let response = window().fetch_with_str(&named("data-decoder").unwrap_or_default());
    let module: Promise = WebAssembly::compile_streaming(response.unchecked_ref()).unchecked_into();
    let module = JsFuture::from(module).await.map_err(unreachable)?;
    let worker = Worker::new(&named("data-decoding").unwrap_or_default()).map_err(unreachable)?;
    let answered = Promise::new(&mut |answer, fail| {
        worker.set_onmessage(&answer);
        worker.set_onerror(&fail);
    });
    worker.post_message(&object(&[("module", module), ("bytes", bytes.into())]));
    let answer = JsFuture::from(answered).await;
    worker.terminate();
    let answer = answer.map_err(|_| DAMAGED.to_owned())?;
    let told = Reflect::get(&answer, &"data".into()).unwrap_or_default();
    let field = |name: &str| Reflect::get(&told, &name.into()).unwrap_or_default();
    let Some(rate) = field("rate").as_f64() else {
        return Err(field("refusal")
            .as_string()
            .unwrap_or_else(|| DAMAGED.to_owned()));
    };
    let channels: Array = field("channels").unchecked_into();
    Ok(Pcm {
        rate,
        channels: channels
            .iter()
            .map(JsCast::unchecked_into::<Float32Array>)
            .collect(),
    })
}

/// The bytes that the server keeps under a name, or nothing for now.
pub(super) async fn fetch(path: &str) -> Option<Uint8Array> {
    let answer = JsFuture::from(window().fetch_with_str(path)).await.ok()?;
    let answer: Response = answer.dyn_into().ok()?;
    let bytes = answer.ok().then(|| answer.array_buffer().ok())??;
    Some(Uint8Array::new(&JsFuture::from(bytes).await.ok()?))
}
