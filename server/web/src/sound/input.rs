//! What the page hears: a microphone or a line, as it is, with the time it takes to come and go. It must
//! not know what becomes of it.

use super::device::{MUSIC, Output, named};
use super::message::object;
use super::output::Frame;
use super::{LEAD, Sound, State};
use crate::api::{field, text};
use crate::browser;
use crate::numbers::{float, whole};
use js_sys::Array;
use leptos::prelude::{GetUntracked, GetValue, window};
use leptos::web_sys::{
    AudioContext, AudioWorkletNode, MediaStream, MediaStreamAudioSourceNode,
    MediaStreamConstraints, MediaStreamTrack, MessageEvent, MessagePort,
};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// What the bindings of a track leave out.
    #[wasm_bindgen(extends = MediaStreamTrack)]
    type Settled;
    #[wasm_bindgen(method, catch, js_name = getSettings)]
    fn settings(this: &Settled) -> Result<JsValue, JsValue>;
}

/// Why nothing can be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Forbidden,
    Missing,
    Taken,
    /// The page came over plain HTTP from another machine, or the browser is too old.
    Unsupported,
    /// There is no sound on this page that it could be in time with.
    Silent,
    /// It was there, and is not any more.
    Lost,
}

/// An input that is open. Dropping it closes it.
pub(crate) struct Input {
    stream: MediaStream,
    source: MediaStreamAudioSourceNode,
    node: AudioWorkletNode,
    /// How many channels it has.
    pub(crate) sides: u8,
    /// How many seconds it says it takes.
    latency: f64,
    _permit: Permit,
    /// The browser calls these as long as they live.
    _heard: Closure<dyn FnMut(MessageEvent)>,
    _lost: Closure<dyn FnMut()>,
}

/// Systems that ask what sound is for let only those listen who say so.
struct Permit;

impl Permit {
    fn new() -> Permit {
        browser::sounds_for("play-and-record");
        Permit
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        browser::sounds_for(MUSIC);
    }
}

/// What an input has to tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum News {
    /// How loud it was since the last time, and how many frames are recorded.
    Heard(f64, f64),
    Lost,
}

impl Refusal {
    /// What to do about it.
    pub(crate) fn advice(self) -> &'static str {
        match self {
            Refusal::Forbidden => {
                "This page was not allowed to listen. Allow the microphone beside the address, then try again."
            }
            Refusal::Missing => {
                "No input was found. Connect a microphone or a line, then try again."
            }
            Refusal::Taken => "Another program holds the input. Close it there, then try again.",
            Refusal::Unsupported => {
                "Browsers let only pages that came over https, or from this machine, listen. Ask for a link that begins with https."
            }
            Refusal::Silent => {
                "The sound of this page is not on, and a recording is in time with it."
            }
            Refusal::Lost => {
                "The input was lost. What was recorded until then is kept below. Connect it again, then go on."
            }
        }
    }

    fn of(error: &JsValue) -> Refusal {
        match text(error, "name").as_deref() {
            Some("NotAllowedError" | "SecurityError") => Refusal::Forbidden,
            Some("NotReadableError" | "AbortError") => Refusal::Taken,
            _ => Refusal::Missing,
        }
    }
}

impl Input {
    /// Opens an input, or the one that the browser takes by itself, and says which there are: a line for
    /// each, an id, a tab and a name. Browsers tell the names only to those who may listen.
    async fn open(
        context: AudioContext,
        device: String,
        hear: Rc<dyn Fn(News)>,
    ) -> Result<(Input, String), Refusal> {
        let silent = |_| Refusal::Silent;
        let media = window().navigator().media_devices().ok();
        let media = media.filter(|media| !media.is_undefined());
        let media = media.ok_or(Refusal::Unsupported)?;
        let constraints = MediaStreamConstraints::new();
        constraints.set_audio(&as_it_is(&device));
        let permit = Permit::new();
        let asked = media.get_user_media_with_constraints(&constraints);
        let asked = asked.map_err(|error| Refusal::of(&error))?;
        let worklet = context.audio_worklet().map_err(silent)?;
        let added = worklet.add_module(&named("data-recorder").unwrap_or_default());
        let stream = JsFuture::from(asked).await;
        let stream = stream.map_err(|error| Refusal::of(&error))?;
        JsFuture::from(added.map_err(silent)?)
            .await
            .map_err(silent)?;
        let input = Input::within(&context, stream.unchecked_into(), permit, hear);
        let devices = media.enumerate_devices().map_err(silent)?;
        let devices = JsFuture::from(devices).await.map_err(silent)?;
        Ok((input.map_err(silent)?, lines(devices.unchecked_ref())))
    }

    fn within(
        context: &AudioContext,
        stream: MediaStream,
        permit: Permit,
        hear: Rc<dyn Fn(News)>,
    ) -> Result<Input, JsValue> {
        let track: MediaStreamTrack = stream.get_audio_tracks().get(0).unchecked_into();
        let settings = track.unchecked_ref::<Settled>().settings();
        let settings = settings.unwrap_or_default();
        let is_stereo = field(&settings, "channelCount").as_f64() == Some(2.0);
        let sides = if is_stereo { 2 } else { 1 };
        let options = object(&[
            ("channelCount", sides.into()),
            ("channelCountMode", "explicit".into()),
        ]);
        let options = options.unchecked_ref();
        let node = AudioWorkletNode::new_with_options(context, "lockstep-recorder", options)?;
        let source = context.create_media_stream_source(&stream)?;
        // It sounds nothing, but only what leads to the output is run.
        source.connect_with_audio_node(&node)?;
        node.connect_with_audio_node(&context.destination())?;
        let losing = Rc::clone(&hear);
        let lost = Closure::<dyn FnMut()>::new(move || losing(News::Lost));
        track.set_onended(Some(lost.as_ref().unchecked_ref()));
        let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let number = |name| field(&event.data(), name).as_f64();
            if let (Some(peak), Some(done)) = (number("peak"), number("done")) {
                hear(News::Heard(peak, done));
            }
        });
        node.port()?
            .set_onmessage(Some(heard.as_ref().unchecked_ref()));
        Ok(Input {
            stream,
            source,
            node,
            sides,
            latency: field(&settings, "latency").as_f64().unwrap_or(0.0),
            _permit: permit,
            _heard: heard,
            _lost: lost,
        })
    }

    /// Records so many frames from one on. The pieces go to a port.
    pub(crate) fn record(&self, sound: &MessagePort, from: f64, frames: f64) {
        let take = object(&[
            ("sound", sound.into()),
            ("sides", self.sides.into()),
            ("from", from.into()),
            ("frames", frames.into()),
        ]);
        self.tell(&object(&[("take", take)]), &Array::of1(sound));
    }

    /// Begins at another frame, as long as it has not begun.
    pub(crate) fn aim(&self, from: f64) {
        self.tell(&object(&[("aim", from.into())]), &Array::new());
    }

    pub(crate) fn end(&self) {
        self.tell(&object(&[("end", true.into())]), &Array::new());
    }

    fn tell(&self, message: &JsValue, transfer: &Array) {
        // A node that has failed hears nothing any more.
        if let Ok(port) = self.node.port() {
            let _ = port.post_message_with_transferable(message, transfer);
        }
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        for track in self.stream.get_tracks().iter() {
            let track: MediaStreamTrack = track.unchecked_into();
            track.set_onended(None);
            track.stop();
        }
        // What is not connected any more need not be.
        let _ = self.source.disconnect();
        let _ = self.node.disconnect();
    }
}

/// A device without what makes speech clear: it takes two thirds of music away.
fn as_it_is(device: &str) -> JsValue {
    let off = JsValue::FALSE;
    object(&[
        ("echoCancellation", off.clone()),
        ("noiseSuppression", off.clone()),
        ("autoGainControl", off),
        ("channelCount", object(&[("ideal", 2.into())])),
        // One that was chosen once may not be there today.
        ("deviceId", object(&[("ideal", device.into())])),
    ])
}

fn lines(devices: &Array) -> String {
    let mut lines = String::new();
    for device in devices.iter() {
        let word = |name| text(&device, name).unwrap_or_default();
        if word("kind") == "audioinput" {
            lines += &format!("{}\t{}\n", word("deviceId"), word("label"));
        }
    }
    lines
}

impl Sound {
    /// Opens an input, and says which there are.
    pub(crate) async fn open_input(
        self,
        device: String,
        hear: Rc<dyn Fn(News)>,
    ) -> Result<(Input, String), Refusal> {
        let context = self.desk(|desk| desk.device.as_ref().map(super::Device::context));
        Input::open(context.ok_or(Refusal::Silent)?, device, hear).await
    }

    pub(crate) fn is_on(&self) -> bool {
        self.state.get_untracked() == State::On
    }

    pub(crate) fn has_failed(&self) -> bool {
        matches!(self.state.get_untracked(), State::Failed(_))
    }

    /// Frames a second.
    pub(crate) fn rate(&self) -> f64 {
        let desk = self.desk.get_value();
        let desk = desk.borrow();
        desk.device.as_ref().map_or(0.0, super::Device::rate)
    }

    /// The running beat of what is told to sound so many seconds from now, if the session plays then.
    pub(crate) fn beat_in(&self, seconds: f64) -> Option<f64> {
        let desk = self.desk.get_value();
        let desk = desk.borrow();
        desk.pilot.beat_at(desk.soon(seconds)?)
    }

    /// The frame in which an input brings what is played with the notes of a running beat: they have to
    /// be heard first, and what is played then has to come in.
    pub(crate) fn played_at(&self, beat: f64, input: &Input, offset: i64) -> Option<f64> {
        let nudge = self.ears.get_untracked().nudge;
        let desk = self.desk.get_value();
        let desk = desk.borrow();
        let frame = desk.pilot.frame_of(beat, desk.soon(0.0)?)?;
        let device = desk.device.as_ref()?;
        let context = device.context();
        let output = context.unchecked_ref::<Output>();
        let told = [output.base_latency(), output.output_latency()];
        let route = Route {
            mix: desk.latency?,
            out: told.into_iter().flatten().sum(),
            in_: input.latency,
            told: nudge + offset,
        };
        Some(route.end(frame, device.rate()))
    }
}

impl super::Desk {
    fn soon(&self, seconds: f64) -> Option<Frame> {
        let device = self.device.as_ref()?;
        Some(Frame(whole(
            device.frame() + (LEAD + seconds) * device.rate(),
        )))
    }
}

/// From a note to what comes back for it.
#[derive(Clone, Copy, Debug)]
struct Route {
    /// In frames, from notes to the mix.
    mix: f64,
    /// In seconds, from the mix to the ear, and from the hand to the page.
    out: f64,
    in_: f64,
    /// In milliseconds: what speakers take beyond what they say, and what the player found out.
    told: i64,
}

impl Route {
    /// Where what is played with the notes of a frame comes in.
    fn end(&self, frame: f64, rate: f64) -> f64 {
        let seconds = self.out + self.in_ + float(self.told) / 1e3;
        (frame + self.mix + seconds * rate).round()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_played_on_a_beat_comes_in_later_by_all_that_is_on_its_way() {
        let direct = Route {
            mix: 0.0,
            out: 0.0,
            in_: 0.0,
            told: 0,
        };
        assert_eq!(direct.end(96_000.4, 48_000.0), 96_000.0);
        let usual = Route {
            mix: 240.0,
            out: 0.030,
            in_: 0.010,
            told: 0,
        };
        assert_eq!(usual.end(96_000.0, 48_000.0), 96_000.0 + 240.0 + 1_920.0);
        // Slow speakers are heard later than they say, and a hand may put right what is left.
        let slow = Route { told: 150, ..usual };
        assert_eq!(slow.end(0.0, 48_000.0) - usual.end(0.0, 48_000.0), 7_200.0);
        let early = Route { told: -5, ..usual };
        assert_eq!(early.end(0.0, 48_000.0) - usual.end(0.0, 48_000.0), -240.0);
    }
}
