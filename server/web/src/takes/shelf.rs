//! The worker that keeps takes in this browser, works on their sound and sends them: questions and
//! answers. It must not know what a take is.

use crate::api::field;
use crate::sound::{Worker, named, object};
use leptos::web_sys::{MessageEvent, MessagePort};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::*;

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

/// What is done with an answer, and with words of progress before it.
pub(super) type Then = Rc<dyn Fn(&JsValue)>;

/// Clones are the same shelf. Its worker is made with the first question.
#[derive(Clone, Default)]
pub(super) struct Shelf(Rc<RefCell<Desk>>);

#[derive(Default)]
struct Desk {
    worker: Option<Worker>,
    last: u32,
    waiting: Vec<(u32, Then)>,
}

/// Both ends of a way between two threads.
pub(crate) fn ports() -> Option<(MessagePort, MessagePort)> {
    let channel = MessageChannel::new().ok()?;
    Some((channel.port1(), channel.port2()))
}

impl Shelf {
    /// Asks for something to be done with a take, or with a port beside it.
    pub(super) fn ask(&self, does: &str, take: JsValue, port: Option<MessagePort>, then: Then) {
        let mut desk = self.0.borrow_mut();
        if desk.worker.is_none() {
            desk.worker = self.worker();
        }
        desk.last += 1;
        let number = desk.last;
        desk.waiting.push((number, then));
        let question = object(&[
            ("number", number.into()),
            ("does", does.into()),
            ("take", take),
        ]);
        if let Some(worker) = &desk.worker {
            worker.hand_over(&question, &port.into_iter().collect());
        }
    }

    fn worker(&self) -> Option<Worker> {
        let worker = Worker::new(&named("data-takes")?).ok()?;
        let shelf = self.clone();
        let hear: Box<dyn FnMut(MessageEvent)> = Box::new(move |event| shelf.hear(&event.data()));
        // It answers for as long as the page lives.
        worker.set_onmessage(Closure::wrap(hear).into_js_value().unchecked_ref());
        Some(worker)
    }

    fn hear(&self, answer: &JsValue) {
        let number = field(answer, "number").as_f64();
        let is_over = field(answer, "percent").is_undefined();
        let then = {
            let waiting = &mut self.0.borrow_mut().waiting;
            let place = waiting
                .iter()
                .position(|(other, _)| number == Some(f64::from(*other)));
            place.map(|place| {
                if is_over {
                    waiting.swap_remove(place).1
                } else {
                    Rc::clone(&waiting[place].1)
                }
            })
        };
        if let Some(then) = then {
            then(answer);
        }
    }
}
