//! MIDI keyboards: all that are plugged in play the selected track, now and later, once the browser has
//! let them in. Only this player hears it.

mod down;

use crate::browser;
use crate::dom::derived;
use crate::seat::Seat;
use crate::sound::{Touch, object};
use down::Down;
use js_sys::{Array, Promise, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::{Event, MidiAccess, MidiInput, MidiMessageEvent};
use lockstep_session::ids::TrackId;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// Where it is kept that they were let in before.
const KEPT: &str = "lockstep.midi";

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["navigator", "permissions"], js_name = query, catch)]
    fn permission(asked: &JsValue) -> Result<Promise, JsValue>;
}

/// Copies are the same keyboards.
#[derive(Clone, Copy)]
pub(crate) struct Keyboards {
    state: RwSignal<State>,
    inner: StoredValue<Rc<RefCell<Inner>>, LocalStorage>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Unasked,
    Unknown,
    Refused,
    /// The browser may, and the machine cannot.
    Unreachable,
    /// So many are plugged in.
    In(usize),
}

#[derive(Default)]
struct Inner {
    /// What the browser gave, and the one who hears all of them.
    access: Option<(MidiAccess, JsValue)>,
    /// Those that are plugged in, by the names that the browser gives them.
    plugged: Vec<(String, Down)>,
}

impl Keyboards {
    pub(crate) fn new() -> Keyboards {
        Keyboards {
            state: RwSignal::new(State::Unasked),
            inner: StoredValue::new_local(Rc::default()),
        }
    }

    /// How it is with them, in words. Nothing before they were asked for.
    pub(crate) fn words(self) -> Signal<String> {
        let words = move || match self.state.get() {
            State::Unasked => "",
            State::Unknown => "This browser knows no MIDI keyboards. Chrome and Edge do.",
            State::Refused => {
                "The browser lets no MIDI keyboard in. Allow it in the page's settings."
            }
            State::Unreachable => "The browser does not reach this machine's MIDI.",
            State::In(0) => "No MIDI keyboard is connected. One that you plug in now will play.",
            State::In(1) => "The MIDI keyboard plays the selected track.",
            State::In(_) => "The MIDI keyboards play the selected track.",
        };
        derived(move || words().to_owned())
    }

    /// Lets them in again that were let in at an earlier visit, if the browser asks nobody for it.
    pub(crate) fn come_back(self, seat: Seat) {
        if browser::kept(KEPT).is_none() {
            return;
        }
        spawn_local(async move {
            let asked = object(&[("name", "midi".into())]);
            let Ok(answer) = permission(&asked) else {
                return;
            };
            let status = JsFuture::from(answer).await.unwrap_or_default();
            let state = Reflect::get(&status, &"state".into());
            if state.is_ok_and(|state| state == "granted") {
                self.let_in(seat).await;
            }
        });
    }

    /// Asks the browser for them, unless they are in.
    pub(crate) async fn let_in(self, seat: Seat) {
        let inner = self.inner.get_value();
        if inner.borrow().access.is_some() {
            return;
        }
        let Ok(asked) = window().navigator().request_midi_access() else {
            return self.state.set(State::Unknown);
        };
        let access = match JsFuture::from(asked).await {
            Ok(access) => access,
            Err(error) => {
                let name = Reflect::get(&error, &"name".into());
                let unreachable = name.is_ok_and(|name| name == "InvalidStateError");
                return self.state.set(if unreachable {
                    State::Unreachable
                } else {
                    State::Refused
                });
            }
        };
        // Whoever was quicker than the browser asked twice.
        if inner.borrow().access.is_some() {
            return;
        }
        let access: MidiAccess = access.unchecked_into();
        let hear = Closure::<dyn FnMut(MidiMessageEvent)>::new(move |event: MidiMessageEvent| {
            self.hear(seat, &event);
        });
        let plugged = Closure::<dyn FnMut(Event)>::new(move |_| self.count(seat));
        access.set_onstatechange(Some(plugged.into_js_value().unchecked_ref()));
        inner.borrow_mut().access = Some((access, hear.into_js_value()));
        browser::keep(KEPT, "in");
        self.count(seat);
    }

    /// Hears all that are plugged in by now, and lets go of what was down on those that are not.
    fn count(self, seat: Seat) {
        let inner = self.inner.get_value();
        let mut inner = inner.borrow_mut();
        let Inner {
            access: Some((access, hear)),
            plugged,
        } = &mut *inner
        else {
            return;
        };
        let mut gone = std::mem::take(plugged);
        for entry in Array::from(&access.inputs()).iter() {
            // A map's entries are pairs of a name and what it names.
            let input: MidiInput = Array::from(&entry).get(1).unchecked_into();
            input.set_onmidimessage(Some(hear.unchecked_ref()));
            let name = input.id();
            let before = gone.iter().position(|(known, _)| *known == name);
            let down = before.map(|before| gone.swap_remove(before).1);
            plugged.push((name, down.unwrap_or_default()));
        }
        self.state.set(State::In(plugged.len()));
        drop(inner);
        for (_, mut down) in gone {
            play(seat, down.all_up());
        }
    }

    fn hear(self, seat: Seat, event: &MidiMessageEvent) {
        let (Ok(bytes), Some(keyboard)) = (event.data(), event.target()) else {
            return;
        };
        let name = keyboard.unchecked_into::<MidiInput>().id();
        let selected = untrack(move || seat.board.track());
        let inner = self.inner.get_value();
        let mut inner = inner.borrow_mut();
        let down = inner.plugged.iter_mut().find(|(known, _)| *known == name);
        let touches = down.map(|(_, down)| down.hear(&bytes, selected));
        drop(inner);
        play(seat, touches.unwrap_or_default());
    }
}

fn play(seat: Seat, touches: Vec<(TrackId, Touch)>) {
    for (track, touch) in touches {
        match touch {
            Touch::Down(key, velocity) => seat.touch_key(track, key, Some(velocity)),
            Touch::Up(key) => seat.touch_key(track, key, None),
            Touch::Bend(_) | Touch::Pedal(_) | Touch::AllUp => seat.sound.play(track, touch),
        }
    }
}
