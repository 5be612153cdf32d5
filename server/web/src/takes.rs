//! Sound that is not the session's yet: recorded, brought in as a file, or taken from a sample to be cut.
//! It is kept in this browser until the server has it and the session names it.

mod goal;
mod shelf;
mod take;

pub(crate) use goal::Goal;
pub(crate) use shelf::ports;
pub(crate) use take::{Take, Way};

use crate::api::{field, text};
use crate::browser;
use crate::connection::{Connection, Live};
use crate::dom::follow;
use crate::numbers::whole;
use crate::seat::Seat;
use crate::sound::{named, object};
use crate::widget::Gesture;
use js_sys::Array;
use leptos::leptos_dom::helpers::set_timeout;
use leptos::prelude::*;
use leptos::web_sys::{FileList, MessagePort};
use lockstep_session::document::{Channels, Document, FrameCount, SampleRate, words};
use lockstep_session::edit::Edit;
use lockstep_session::ids::SampleId;
use lockstep_session::text::LongName;
use shelf::{Shelf, Then};
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
    shelf: StoredValue<Shelf, LocalStorage>,
}

impl Takes {
    pub(crate) fn new() -> Takes {
        Takes {
            list: RwSignal::new(Vec::new()),
            shelf: StoredValue::new_local(Shelf::default()),
        }
    }

    /// Offers what earlier visits left, and sends what waits whenever the server can be reached.
    pub(crate) fn look_after(self, seat: Seat) {
        if browser::kept(KEPT).as_deref() == Some("1") {
            let found = move |found: &JsValue| {
                if let Ok(takes) = field(found, "takes").dyn_into::<Array>() {
                    for about in takes.iter() {
                        self.show(seat, &about);
                        seat.board
                            .say("Sound of yours is kept under Samples".to_owned());
                    }
                }
            };
            self.ask("list", JsValue::UNDEFINED, None, Rc::new(found));
        }
        browser::ask_before_leaving(move || {
            let takes = self.list.get_untracked();
            let stage = seat.board.summary.get_untracked().recording;
            stage.is_busy() || takes.iter().any(|take| take.about.is_unkept)
        });
        // Accepted means durable: until then a take is kept.
        let summary = seat.board.summary;
        let settled = seat.board.condition(move |_| {
            let connection = summary.get().connection;
            matches!(connection, Connection::Live(Live { waiting: 0, .. }))
        });
        follow(move || {
            if settled.get() {
                for take in self.list.get_untracked() {
                    if take.is_told() {
                        self.forget(&take);
                    } else {
                        if take.is_unseen() {
                            self.look(seat, &take);
                        }
                        self.send(seat, &take);
                    }
                }
            }
        });
    }

    pub(crate) fn is_named(self, name: &str) -> bool {
        let takes = self.list.get_untracked();
        takes.iter().any(|take| take.about.name == name)
    }

    /// Keeps what comes through a port, and shows it when it is over.
    pub(crate) fn record(self, seat: Seat, about: JsValue, port: MessagePort) {
        let over = move |about: &JsValue| {
            seat.recording.rest(seat);
            if field(about, "frames").as_f64().unwrap_or(0.0) > 0.0 {
                self.show(seat, about);
                seat.board.say("Recorded, and kept here".to_owned());
            }
        };
        let module = [("module", named("data-decoder").unwrap_or_default())];
        self.begin("record", about, Some(port), Rc::new(over), &module);
    }

    /// Nothing more comes for a recording.
    pub(crate) fn end(self, id: f64) {
        self.tell("end", object(&[("id", id.into())]));
    }

    /// Brings files in: they are kept, and sent at once.
    pub(crate) fn bring(self, seat: Seat, files: &FileList) {
        for place in 0..files.length() {
            if let Some(file) = files.get(place) {
                let about = object(&[
                    ("id", (js_sys::Date::now() + f64::from(place) / 1e3).into()),
                    ("session", seat.session().into()),
                    ("name", file.name().into()),
                    ("file", file.into()),
                    ("goal", Goal::Sample.written().into()),
                ]);
                self.begin("bring", about, None, self.shown(seat), &[]);
            }
        }
    }

    /// Takes a copy of a sample, to be cut.
    pub(crate) fn cut(self, seat: Seat, sample: SampleId) {
        let name = seat.look(|document| {
            let sample = document.samples.get(&sample);
            sample.map_or(String::new(), |sample| format!("{} cut", sample.name))
        });
        let about = object(&[
            ("id", js_sys::Date::now().into()),
            ("session", seat.session().into()),
            ("name", name.into()),
        ]);
        let address = format!("/api/v1/samples/{}", sample.hex());
        let module = named("data-decoder").unwrap_or_default();
        let beside = [("address", address), ("module", module)];
        self.begin("cut", about, None, self.shown(seat), &beside);
    }

    fn begin(
        self,
        does: &str,
        about: JsValue,
        port: Option<MessagePort>,
        then: Then,
        beside: &[(&str, String)],
    ) {
        browser::keep(KEPT, "1");
        let mut fields = vec![("about", about)];
        fields.extend(beside.iter().map(|(name, text)| (*name, text.into())));
        self.ask(does, object(&fields), port, then);
    }

    fn shown(self, seat: Seat) -> Then {
        Rc::new(move |about| match text(about, "refusal") {
            None => self.show(seat, about),
            Some(why) => seat.board.say(format!("Not done: {why}")),
        })
    }

    /// Shows a take, and sends it if that was wanted already.
    fn show(self, seat: Seat, about: &JsValue) {
        let take = Take::of(about);
        let mut takes = self.list.get_untracked();
        takes.push(take.clone());
        self.list.set(takes);
        self.look(seat, &take);
        self.send(seat, &take);
    }

    /// Looks at the sound of a take again: its outline, and where it is struck.
    fn look(self, seat: Seat, take: &Take) {
        if take.about.frames > 0 {
            let room = seat.look(|document| Document::MOST_TRACKS - document.tracks.len());
            let (question, take) = (take.question(room), take.clone());
            let seen = move |seen: &JsValue| take.saw(seen);
            self.ask("look", question, None, Rc::new(seen));
        }
    }

    /// Has the worker make the file that a take is by now.
    pub(crate) fn file(self, take: &Take, then: Rc<dyn Fn(&JsValue)>) {
        self.ask("file", take.question(0), None, then);
    }

    /// Has a take become something.
    pub(crate) fn want(self, seat: Seat, take: &Take, goal: &Goal) {
        take.change(&|now| now.goal = Some(goal.clone()));
        self.note(seat, take);
        self.send(seat, take);
    }

    /// Keeps what was changed, and shows what it makes of the take.
    pub(crate) fn note(self, seat: Seat, take: &Take) {
        self.tell("note", object(&[("about", take.note())]));
        self.look(seat, take);
    }

    /// Throws a take away, or forgets one that is the session's.
    pub(crate) fn forget(self, take: &Take) {
        let id = take.about.id;
        let mut takes = self.list.get_untracked();
        takes.retain(|other| other.about.id != id);
        browser::keep(KEPT, if takes.is_empty() { "0" } else { "1" });
        self.list.set(takes);
        self.tell("forget", object(&[("id", id.into())]));
    }

    /// Sends a take that is wanted, unless it is on its way.
    fn send(self, seat: Seat, take: &Take) {
        let Some(goal) = take.begin_to_send(&seat.session()) else {
            return;
        };
        let (question, take) = (take.question(0), take.clone());
        let answered = move |answer: &JsValue| {
            let way = match (number(answer, "percent"), added(answer)) {
                (Some(percent), _) => Way::Sending(percent),
                (_, Some((sample, edit))) => {
                    seat.perform(edit, Gesture::Begins);
                    for edit in seat.look(|document| goal.edits(document, sample)) {
                        seat.perform(edit, Gesture::GoesOn);
                    }
                    Way::Told
                }
                _ => Way::Held(match text(answer, "refusal") {
                    Some(why) => words::not_taken(&why),
                    None => words::KEPT_HERE.to_owned(),
                }),
            };
            let is_refused = text(answer, "refusal").is_some();
            take.change(&|now| {
                now.way = way.clone();
                if is_refused {
                    now.goal = None;
                }
            });
            if let Way::Held(why) = &way {
                seat.board.say(why.clone());
            }
            if is_refused {
                self.note(seat, &take);
            } else if matches!(way, Way::Held(_)) {
                let take = take.clone();
                set_timeout(move || self.send(seat, &take), AGAIN);
            }
        };
        self.ask("send", question, None, Rc::new(answered));
    }

    fn tell(self, does: &str, take: JsValue) {
        // What is not kept is said where it matters: beside the take.
        self.ask(does, take, None, Rc::new(|_| ()));
    }

    fn ask(self, does: &str, take: JsValue, port: Option<MessagePort>, then: Then) {
        self.shelf.get_value().ask(does, take, port, then);
    }
}

fn number(answer: &JsValue, key: &str) -> Option<i64> {
    field(answer, key).as_f64().map(whole)
}

/// What the server answers is what the edit says.
fn added(answer: &JsValue) -> Option<(SampleId, Edit)> {
    let sample = SampleId::parse(&text(answer, "sample")?)?;
    let edit = Edit::AddSample {
        sample,
        name: LongName::new(&text(answer, "name")?),
        frames: FrameCount::new(number(answer, "frames")?),
        rate: SampleRate::new(number(answer, "rate")?),
        channels: Channels::new(number(answer, "channels")?),
    };
    Some((sample, edit))
}
