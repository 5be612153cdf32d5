//! The browser's audio: one context, the engine's node in it, and a fader behind that. Dropping it
//! closes the context. It must not know what is played.

use super::message::{self, Message, object};
use super::output::Word;
use super::ring::Ring;
use super::state::Failure;
use crate::browser::{self, has};
use js_sys::{Array, Float32Array, Promise, WebAssembly};
use leptos::prelude::window;
use leptos::web_sys::{
    AudioContext, AudioContextOptions, AudioContextState, AudioWorkletNode,
    AudioWorkletNodeOptions, GainNode, MessageEvent,
};
use lockstep_session::document::Document;
use lockstep_session::units::LocalTime;
use std::cell::Cell;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// What the bindings of the context leave out.
    #[wasm_bindgen(extends = AudioContext)]
    pub(super) type Output;
    #[wasm_bindgen(method, catch, js_name = getOutputTimestamp)]
    fn output_timestamp(this: &Output) -> Result<Timestamp, JsValue>;
    #[wasm_bindgen(method, getter, js_name = outputLatency)]
    pub(super) fn output_latency(this: &Output) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = baseLatency)]
    pub(super) fn base_latency(this: &Output) -> Option<f64>;

    type Timestamp;
    #[wasm_bindgen(method, getter, js_name = contextTime)]
    fn context_time(this: &Timestamp) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = performanceTime)]
    fn performance_time(this: &Timestamp) -> Option<f64>;
}

/// A context that may not sound yet.
pub(super) struct Device {
    context: AudioContext,
    _changed: Closure<dyn FnMut()>,
}

/// The engine on the audio thread.
pub(super) struct Node {
    node: AudioWorkletNode,
    ring: Option<Ring>,
    fader: GainNode,
    /// Where the fader is, once it was told.
    gain: Cell<Option<f32>>,
    /// The browser calls these as long as they live.
    _heard: Closure<dyn FnMut(MessageEvent)>,
    _failed: Closure<dyn FnMut()>,
}

/// Peak and RMS of each track and then of the mix, and the frames that the mix is late.
pub(super) type Levels = [f32; LEVELS];

/// What systems that ask call playing.
pub(super) const MUSIC: &str = "playback";

/// As the processor counts them.
const LEVELS: usize = 2 * (Document::MOST_TRACKS + 1) + 1;

/// What the node has to tell.
pub(super) enum News {
    Levels(Levels),
    Failed,
}

/// The engine, compiled: it is fetched long before anybody may hear it.
pub(super) fn fetch_engine() -> Promise {
    let address = named("data-engine").unwrap_or_default();
    let response = window().fetch_with_str(&address);
    WebAssembly::compile_streaming(response.unchecked_ref()).unchecked_into()
}

impl Device {
    /// To be called within a gesture, or it stays silent until one.
    pub(super) fn open(changed: impl FnMut() + 'static) -> Result<Device, Failure> {
        if !has("AudioContext") || !has("WebAssembly") {
            return Err(Failure::Unsupported);
        }
        if !has("AudioWorkletNode") {
            return Err(if has("isSecureContext") {
                Failure::Unsupported
            } else {
                Failure::Insecure
            });
        }
        let options = AudioContextOptions::new();
        let hint = browser::kept("lockstep.latency").unwrap_or_else(|| "interactive".to_owned());
        options.set_latency_hint(&hint.into());
        let context = AudioContext::new_with_context_options(&options);
        let context = context.map_err(|_| Failure::NoDevice)?;
        browser::sounds_for(MUSIC);
        let changed = Closure::new(changed);
        context.set_onstatechange(Some(changed.as_ref().unchecked_ref()));
        Ok(Device {
            context,
            _changed: changed,
        })
    }

    pub(super) fn rate(&self) -> f64 {
        f64::from(self.context.sample_rate())
    }

    pub(super) fn is_running(&self) -> bool {
        self.context.state() == AudioContextState::Running
    }

    /// How many frames have been rendered, about: the audio thread is ahead of this.
    pub(super) fn frame(&self) -> f64 {
        self.context.current_time() * self.rate()
    }

    /// Which frame is heard, and when: with all latencies behind the engine.
    pub(super) fn output(&self) -> Option<(f64, LocalTime)> {
        let output = self.context.unchecked_ref::<Output>();
        let asked = browser::milliseconds();
        let stamp = output.output_timestamp().ok();
        let word = Word {
            asked,
            stamp: stamp.and_then(|stamp| stamp.context_time().zip(stamp.performance_time())),
            rendered: self.context.current_time(),
            latency: output.output_latency().unwrap_or(0.0),
            answered: browser::milliseconds(),
        };
        let (context, milliseconds) = word.heard()?;
        Some((context * self.rate(), browser::local_time(milliseconds)))
    }

    /// Asks for sound: a browser that wants a gesture first says no by never answering.
    pub(super) fn resume(&self) {
        let _ = self.context.resume();
    }

    /// Puts the engine into the context.
    pub(super) async fn start(
        context: &AudioContext,
        module: JsValue,
        hear: impl Fn(News) + Clone + 'static,
    ) -> Result<Node, Failure> {
        let address = named("href").ok_or(Failure::NotLoaded)?;
        let worklet = context.audio_worklet().map_err(|_| Failure::Unsupported)?;
        let added = worklet
            .add_module(&address)
            .map_err(|_| Failure::NotLoaded)?;
        JsFuture::from(added)
            .await
            .map_err(|_| Failure::NotLoaded)?;
        let options = AudioWorkletNodeOptions::new();
        options.set_number_of_inputs(0);
        options.set_output_channel_count(&Array::of1(&2.into()).into());
        let ring = Ring::new();
        let given = object(&[
            ("module", module),
            ("ring", ring.as_ref().map_or(JsValue::NULL, Ring::shared)),
            ("messages", Array::new().into()),
        ]);
        options.set_processor_options(Some(given.unchecked_ref()));
        let node = AudioWorkletNode::new_with_options(context, "lockstep", &options);
        let node = node.map_err(|_| Failure::Broken)?;
        let fader = context.create_gain().map_err(|_| Failure::NoDevice)?;
        let is_connected = node
            .connect_with_audio_node(&fader)
            .and_then(|_| fader.connect_with_audio_node(&context.destination()));
        is_connected.map_err(|_| Failure::NoDevice)?;
        let failing = hear.clone();
        let failed = Closure::<dyn FnMut()>::new(move || failing(News::Failed));
        node.set_onprocessorerror(Some(failed.as_ref().unchecked_ref()));
        let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let told = event.data().dyn_into::<Float32Array>();
            let told = told
                .ok()
                .filter(|told| usize::try_from(told.length()) == Ok(LEVELS));
            if let Some(told) = told {
                let mut levels = [0.0; LEVELS];
                told.copy_to(&mut levels);
                hear(News::Levels(levels));
            }
        });
        let port = node.port().map_err(|_| Failure::Broken)?;
        port.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        Ok(Node {
            node,
            ring,
            fader,
            gain: Cell::default(),
            _heard: heard,
            _failed: failed,
        })
    }

    pub(super) fn context(&self) -> AudioContext {
        self.context.clone()
    }
}

impl Node {
    /// A node that has failed hears nothing any more.
    pub(super) fn tell(&self, message: &Message) {
        if let Ok(port) = self.node.port() {
            let _ = port.post_message(&message.0);
        }
    }

    /// Bytes of the score are others now.
    pub(super) fn tell_score(&self, pieces: &[u8]) {
        if !self.ring.as_ref().is_some_and(|ring| ring.send(pieces)) {
            self.tell(&message::score(pieces));
        }
    }

    /// Turns the fader, quickly but not audibly.
    pub(super) fn set_gain(&self, gain: f32) {
        if self.gain.replace(Some(gain)) != Some(gain) {
            let now = self.fader.context().current_time();
            let _ = self.fader.gain().set_target_at_time(gain, now, 0.01);
        }
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        self.context.set_onstatechange(None);
        // One that is closed already is no error worth a word.
        let _ = self.context.close();
    }
}

/// What the page's first file says of the sound.
pub(crate) fn named(attribute: &str) -> Option<String> {
    let link = leptos::prelude::document().query_selector("link[rel=sound]");
    link.ok()??.get_attribute(attribute)
}
