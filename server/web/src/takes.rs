//! Sound that is not the session's yet: recorded, brought in as a file, or taken from a sample to be cut.
//! It is kept in this browser until the server has it and the session names it.

mod goal;
mod sending;
mod shelf;
mod take;

pub(crate) use goal::Goal;
pub(crate) use shelf::Port;
pub(crate) use take::Take;

use crate::browser;
use crate::connection::{Connection, Live};
use crate::seat::Seat;
use crate::sound::{decode, fetch, object};
use crate::widget::Gesture;
use js_sys::Array;
use leptos::leptos_dom::helpers::set_timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::{Blob, FileList, MessagePort};
use lockstep_session::document::{Document, words};
use lockstep_session::edit::Edit;
use lockstep_session::ids::SampleId;
use sending::{Failure, send};
use shelf::{Shelf, answer};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};

/// Whether this browser keeps any: what asks for them is fetched only then.
const KEPT: &str = "lockstep.takes";
const AGAIN: Duration = Duration::from_secs(5);

/// Copies are the same takes.
#[derive(Clone, Copy)]
pub(crate) struct Takes {
    pub(crate) list: RwSignal<Vec<Take>>,
    shelf: StoredValue<Rc<RefCell<Shelf>>, LocalStorage>,
}

impl Takes {
    pub(crate) fn new() -> Takes {
        Takes {
            list: RwSignal::new(Vec::new()),
            shelf: StoredValue::new_local(Rc::default()),
        }
    }

    /// Offers what earlier visits left, and sends what waits whenever the server can be reached.
    pub(crate) fn look_after(self, seat: Seat) {
        if browser::kept(KEPT).as_deref() == Some("1") {
            spawn_local(async move {
                let found = self.ask("list", &JsValue::UNDEFINED, None).await;
                let found: Array = found.unwrap_or_default().unchecked_into();
                if found.length() > 0 && found.is_array() {
                    seat.board.say("Sound of yours is kept under Samples".to_owned());
                }
                for about in found.iter() {
                    self.show(seat, Take::of(&about));
                }
            });
        }
        browser::ask_before_leaving(move || {
            let is_unkept = |takes: &Vec<Take>| takes.iter().any(Take::is_unkept);
            untrack(|| seat.recording.is_busy()) || self.list.with_untracked(is_unkept)
        });
        // Accepted means durable: until then a take is kept.
        let summary = seat.board.summary;
        let settled = Memo::new(move |_| {
            summary.with(|summary| {
                matches!(summary.connection, Connection::Live(Live { waiting: 0, .. }))
            })
        });
        Effect::new(move |_| {
            if settled.get() {
                for take in self.list.get_untracked() {
                    if take.is_told() {
                        self.forget(&take);
                    } else {
                        self.send(seat, take);
                    }
                }
            }
        });
    }

    pub(crate) fn is_named(self, name: &str) -> bool {
        let names = |takes: &Vec<Take>| takes.iter().any(|take| take.name() == name);
        self.list.with_untracked(names)
    }

    /// Keeps what comes through a port. Gives what is known of it once it is over.
    pub(crate) async fn record(self, about: JsValue, port: &MessagePort) -> JsValue {
        browser::keep(KEPT, "1");
        let take = object(&[("about", about)]);
        let recorded = self.ask("record", &take, Some(port)).await;
        recorded.unwrap_or_default()
    }

    /// Nothing more comes for a recording.
    pub(crate) fn end(self, id: f64) {
        self.tell("end", &object(&[("id", id.into())]));
    }

    /// Brings files in: they are kept, and sent at once.
    pub(crate) fn bring(self, seat: Seat, files: &FileList) {
        for place in 0..files.length() {
            let Some(file) = files.get(place) else {
                continue;
            };
            let about = object(&[
                ("id", (js_sys::Date::now() + f64::from(place) / 1e3).into()),
                ("session", seat.session().into()),
                ("name", file.name().into()),
                ("file", file.into()),
                ("goal", Goal::Sample.written().into()),
            ]);
            self.keep(seat, "bring", object(&[("about", about)]));
        }
    }

    /// Takes a copy of a sample, to be cut.
    pub(crate) fn cut(self, seat: Seat, sample: SampleId) {
        spawn_local(async move {
            let bytes = fetch(&format!("/api/v1/samples/{}", sample.hex())).await;
            let found = match bytes {
                Some(bytes) => decode(&bytes).await,
                None => Err("it has not come to the server yet".to_owned()),
            };
            let pcm = match found {
                Ok(pcm) => pcm,
                Err(why) => return seat.board.say(format!("Not cut: {why}")),
            };
            let name = seat.look(|document| {
                let sample = document.samples.get(&sample);
                sample.map_or(String::new(), |sample| format!("{} cut", sample.name))
            });
            let frames = pcm.channels.first().map_or(0, js_sys::Float32Array::length);
            let channels: Array = pcm.channels.iter().collect();
            let about = object(&[
                ("id", js_sys::Date::now().into()),
                ("session", seat.session().into()),
                ("name", name.into()),
                ("rate", pcm.rate.into()),
                ("sides", channels.length().into()),
                ("frames", frames.into()),
            ]);
            let take = object(&[("about", about), ("channels", channels.into())]);
            self.keep(seat, "cut", take);
        });
    }

    fn keep(self, seat: Seat, does: &'static str, take: JsValue) {
        browser::keep(KEPT, "1");
        spawn_local(async move {
            match self.ask(does, &take, None).await {
                Ok(about) => self.show(seat, Take::of(&about)),
                Err(why) => seat.board.say(format!("Not kept: {why}")),
            }
        });
    }

    /// Shows a take, and sends it if that was wanted already.
    pub(crate) fn show(self, seat: Seat, take: Take) {
        self.list.update(|takes| takes.push(take.clone()));
        if take.is_sound() {
            self.look(seat, &take);
        }
        self.send(seat, take);
    }

    /// Looks at the sound of a take again: its outline, and where it is struck.
    pub(crate) fn look(self, seat: Seat, take: &Take) {
        let room = seat.look(|document| Document::MOST_TRACKS - document.tracks.len());
        let (take, question) = (take.clone(), take.question(room));
        spawn_local(async move {
            if let Ok(seen) = self.ask("look", &question, None).await {
                take.saw(&seen);
            }
        });
    }

    /// The file that a take is by now.
    pub(crate) async fn file(self, take: &Take) -> Result<Blob, String> {
        let file = self.ask("file", &take.question(0), None).await?;
        Ok(file.unchecked_into())
    }

    /// Has a take become something.
    pub(crate) fn want(self, seat: Seat, take: &Take, goal: &Goal) {
        take.want(Some(goal));
        self.note(take);
        self.send(seat, take.clone());
    }

    /// Throws a take away, or forgets one that is the session's.
    pub(crate) fn forget(self, take: &Take) {
        let id = take.id();
        self.list.update(|takes| takes.retain(|other| other.id() != id));
        if self.list.with_untracked(Vec::is_empty) {
            browser::keep(KEPT, "0");
        }
        self.tell("forget", &object(&[("id", id.into())]));
    }

    /// Sends a take that is wanted, unless it is on its way.
    fn send(self, seat: Seat, take: Take) {
        let Some(goal) = take.goal().filter(|_| take.begin_to_send(&seat.session())) else {
            return;
        };
        spawn_local(async move {
            let moving = take.clone();
            let sent = match self.file(&take).await {
                Ok(file) => {
                    let done = move |percent| moving.is_sent(percent);
                    send(&seat.session(), take.name(), &file, done).await
                }
                Err(why) => Err(Failure::Refused(why)),
            };
            match sent {
                Ok(edit) => {
                    self.become_of(seat, edit, &goal);
                    take.has_ended(Ok(()));
                }
                Err(Failure::Passing) => {
                    take.has_ended(Err(words::KEPT_HERE.to_owned()));
                    set_timeout(move || self.send(seat, take.clone()), AGAIN);
                }
                Err(Failure::Refused(why)) => {
                    take.want(None);
                    take.has_ended(Err(words::not_taken(&why)));
                    self.note(&take);
                }
            }
        });
    }

    /// Keeps what may have changed.
    pub(crate) fn note(self, take: &Take) {
        self.tell("note", &object(&[("about", take.note())]));
    }

    fn become_of(self, seat: Seat, added: Edit, goal: &Goal) {
        let Edit::AddSample { sample, .. } = added else {
            return;
        };
        seat.perform(added, Gesture::Begins);
        for edit in seat.look(|document| goal.edits(document, sample)) {
            seat.perform(edit, Gesture::GoesOn);
        }
    }

    fn tell(self, does: &'static str, take: &JsValue) {
        let asked = self.shelf.get_value().borrow_mut().ask(does, take, None);
        // What is not kept is said where it matters: beside the take.
        drop(asked);
    }

    async fn ask(
        self,
        does: &str,
        take: &JsValue,
        port: Option<&MessagePort>,
    ) -> Result<JsValue, String> {
        let asked = self.shelf.get_value().borrow_mut().ask(does, take, port);
        answer(asked).await
    }
}
