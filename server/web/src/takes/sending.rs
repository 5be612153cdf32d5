//! Bytes on their way to the server: how far they are, and what the server answers.

use crate::api;
use js_sys::{JSON, Promise};
use leptos::ev::ProgressEvent;
use leptos::web_sys::{Blob, EventTarget, XmlHttpRequest};
use lockstep_session::document::{Channels, FrameCount, SampleRate};
use lockstep_session::edit::Edit;
use lockstep_session::ids::SampleId;
use lockstep_session::text::LongName;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Why it is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The server is away, full or busy: it may be well in a moment.
    Passing,
    /// In words.
    Refused(String),
}

/// Sends a file; what is there afterwards is what the edit says.
pub(super) async fn send(
    session: &str,
    name: &str,
    file: &Blob,
    done: impl Fn(i64) + 'static,
) -> Result<Edit, Failure> {
    let request = post(session, name, file, done);
    let (request, ended) = request.map_err(|_| Failure::Passing)?;
    // Whether it was sent or not, it ends.
    let _ = JsFuture::from(ended).await;
    let answer = request.response_text().ok().flatten();
    let answer = answer.and_then(|text| JSON::parse(&text).ok());
    let answer = answer.unwrap_or_default();
    match (added(&answer), request.status().unwrap_or(0)) {
        (Some(edit), _) => Ok(edit),
        (None, 0 | 408 | 429 | 500..) => Err(Failure::Passing),
        (None, _) => Err(Failure::Refused(
            api::text(&answer, "message").unwrap_or_default(),
        )),
    }
}

fn post(
    session: &str,
    name: &str,
    file: &Blob,
    done: impl Fn(i64) + 'static,
) -> Result<(XmlHttpRequest, Promise), JsValue> {
    let name = String::from(js_sys::encode_uri_component(name));
    let request = XmlHttpRequest::new()?;
    request.open(
        "POST",
        &format!("/api/v1/sessions/{session}/samples?name={name}"),
    )?;
    let sending: EventTarget = request.upload()?.into();
    let progress: Box<dyn FnMut(ProgressEvent)> = Box::new(move |event| {
        #[expect(clippy::cast_possible_truncation, reason = "percents are few")]
        let percent = (event.loaded() / event.total().max(1.0) * 100.0) as i64;
        done(percent.clamp(0, 100));
    });
    let progress = Closure::wrap(progress).into_js_value();
    sending.add_event_listener_with_callback("progress", progress.unchecked_ref())?;
    let ended = Promise::new(&mut |ended, _| request.set_onloadend(Some(&ended)));
    request.send_with_opt_blob(Some(file))?;
    Ok((request, ended))
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
