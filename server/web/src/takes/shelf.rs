//! The worker that keeps takes in this browser and works on their sound: questions and answers. It must
//! not know what a take is.

use crate::api::{field, text};
use crate::sound::{Worker, named, object};
use js_sys::{Array, Function, Object, Promise};
use leptos::web_sys::{MessageEvent, MessagePort};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    type MessageChannel;
    #[wasm_bindgen(constructor, catch)]
    fn new() -> Result<MessageChannel, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn port1(this: &MessageChannel) -> MessagePort;
    #[wasm_bindgen(method, getter)]
    fn port2(this: &MessageChannel) -> MessagePort;
}

/// Made with its first question.
#[derive(Default)]
pub(super) struct Shelf(Option<Worker>);

/// Both ends of a way between two threads.
pub(crate) struct Port;

impl Port {
    pub(crate) fn pair() -> Option<(MessagePort, MessagePort)> {
        let channel = MessageChannel::new().ok()?;
        Some((channel.port1(), channel.port2()))
    }
}

impl Shelf {
    /// Asks for something to be done with a take, or with a port beside it.
    pub(super) fn ask(&mut self, does: &str, take: &JsValue, port: Option<&MessagePort>) -> Option<Promise> {
        if self.0.is_none() {
            self.0 = Worker::new(&named("data-takes")?).ok();
        }
        let (here, there) = Port::pair()?;
        let answered = Promise::new(&mut |answer: Function, _| here.set_onmessage(Some(&answer)));
        let ports: Array = std::iter::once(&there).chain(port).collect();
        let question = object(&[("does", does.into())]);
        Object::<JsValue>::assign(question.unchecked_ref(), take.unchecked_ref());
        self.0.as_ref()?.hand_over(&question, &ports);
        Some(answered)
    }
}

/// What the worker answers, or why it cannot, in words.
pub(super) async fn answer(asked: Option<Promise>) -> Result<JsValue, String> {
    let unreachable = || "this browser keeps nothing".to_owned();
    let answered = JsFuture::from(asked.ok_or_else(unreachable)?).await;
    let answered: MessageEvent = answered.map_err(|_| unreachable())?.unchecked_into();
    let data = answered.data();
    match text(&data, "refusal") {
        Some(refusal) => Err(refusal),
        None if field(&data, "refusal").is_undefined() => Ok(data),
        None => Err(unreachable()),
    }
}
