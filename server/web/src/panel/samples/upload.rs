//! A file on its way to the server: how far it is, and what holds it up. Once the server has it, the
//! session is told by an edit.

use crate::api;
use crate::dom::{Tag, derived, tag, text};
use crate::seat::Seat;
use leptos::ev::ProgressEvent;
use leptos::prelude::*;
use leptos::web_sys::{EventTarget, File, FileList, XmlHttpRequest};
use lockstep_session::document::{Channels, FrameCount, SampleRate};
use lockstep_session::edit::Edit;
use lockstep_session::ids::SampleId;
use lockstep_session::text::LongName;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

/// Copies are the same upload.
#[derive(Clone)]
pub(super) struct Upload {
    name: String,
    /// In percent.
    done: ArcRwSignal<i64>,
    /// Why it was not taken.
    refused: ArcRwSignal<String>,
}

impl Upload {
    pub(super) fn line(&self) -> Tag {
        let (done, refused) = (self.done.clone(), self.refused.clone());
        let words = derived(move || {
            let refused = refused.get();
            if refused.is_empty() {
                format!("Sending, {} %", done.get())
            } else {
                format!("Not taken: {refused}")
            }
        });
        let done = self.done.clone();
        let bar = tag("progress", "")
            .set("max", "100")
            .attribute("value", derived(move || done.get().to_string()));
        tag("li", "line")
            .with(text("b", "", &self.name))
            .with(bar)
            .with(tag("span", "hint").says(words))
    }
}

pub(super) fn send_all(seat: Seat, uploads: RwSignal<Vec<Upload>>, files: &FileList) {
    for place in 0..files.length() {
        if let Some(file) = files.get(place) {
            send(seat, uploads, &file);
        }
    }
}

fn send(seat: Seat, uploads: RwSignal<Vec<Upload>>, file: &File) {
    let upload = Upload {
        name: file.name(),
        done: ArcRwSignal::new(0),
        refused: ArcRwSignal::default(),
    };
    uploads.update(|uploads| uploads.push(upload.clone()));
    if begin(seat, uploads, file, &upload).is_err() {
        upload.refused.set("the browser cannot send it".to_owned());
    }
}

fn begin(
    seat: Seat,
    uploads: RwSignal<Vec<Upload>>,
    file: &File,
    upload: &Upload,
) -> Result<(), JsValue> {
    let name = String::from(js_sys::encode_uri_component(&upload.name));
    let path = format!("/api/v1/sessions/{}/samples?name={name}", seat.session());
    let request = XmlHttpRequest::new()?;
    request.open("POST", &path)?;
    let done = upload.done.clone();
    let sending: EventTarget = request.upload()?.into();
    on(&sending, "progress", move |event| {
        let event: ProgressEvent = event.unchecked_into();
        #[expect(clippy::cast_possible_truncation, reason = "percents are few")]
        let percent = (event.loaded() / event.total().max(1.0) * 100.0) as i64;
        done.set(percent.clamp(0, 100));
    })?;
    let (ended, sent) = (upload.clone(), request.clone());
    on(&request, "loadend", move |_| {
        let answer = sent.response_text().ok().flatten();
        let answer = answer.and_then(|text| js_sys::JSON::parse(&text).ok());
        match answer.as_ref().and_then(added) {
            Some(edit) => {
                seat.edit(edit);
                uploads.update(|uploads| uploads.retain(|other| other.done != ended.done));
            }
            None => ended.refused.set(why(answer.as_ref())),
        }
    })?;
    request.send_with_opt_blob(Some(file))
}

fn on(
    target: &EventTarget,
    name: &str,
    hear: impl FnMut(JsValue) + 'static,
) -> Result<(), JsValue> {
    let hear: Box<dyn FnMut(JsValue)> = Box::new(hear);
    let listener = Closure::wrap(hear).into_js_value();
    target.add_event_listener_with_callback(name, listener.unchecked_ref())
}

/// What the server answers is what the edit says.
fn added(answer: &JsValue) -> Option<Edit> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast saturates, and ranges clamp"
    )]
    let number = |key| api::field(answer, key).as_f64().map(|number| number as i64);
    Some(Edit::AddSample {
        sample: SampleId::parse(&api::text(answer, "sample")?)?,
        name: LongName::new(&api::text(answer, "name")?),
        frames: FrameCount::new(number("frames")?),
        rate: SampleRate::new(number("rate")?),
        channels: Channels::new(number("channels")?),
    })
}

fn why(answer: Option<&JsValue>) -> String {
    let said = answer.and_then(|answer| api::text(answer, "message"));
    said.unwrap_or_else(|| "the server did not answer. Try again in a moment".to_owned())
}
