//! What the audio thread is told, as its processor takes it.

use super::output::Frame;
use super::pilot::Order;
use crate::numbers::float;
use js_sys::{Array, Float32Array, Object, Reflect, Uint8Array};
use lockstep_session::ids::SampleId;
use std::ops::Range;
use wasm_bindgen::JsValue;

/// One of them. What it carries is copied.
pub(super) struct Message(pub(super) JsValue);

/// Frames as they were decoded.
#[derive(Clone, Debug)]
pub(crate) struct Pcm {
    pub(crate) rate: f64,
    pub(crate) channels: Vec<Float32Array>,
}

/// What a hand does, as the engine counts it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Touch {
    /// A key and how hard, from 0 to 1.
    Down(u8, f32),
    Up(u8),
    /// The pitch wheel, in semitones.
    Bend(f32),
    Pedal(bool),
    AllUp,
}

/// Bytes of a score that are others now, each range with its place and its length.
pub(super) fn pieces(whole: &[u8], changed: &[Range<usize>]) -> Vec<u8> {
    let mut pieces = Vec::new();
    for range in changed {
        let bytes = whole.get(range.clone()).unwrap_or_default();
        for number in [range.start, bytes.len()] {
            pieces.extend(u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
        }
        pieces.extend(bytes);
    }
    pieces
}

/// These are others at once. The most frequent of all messages: one array costs the page half of what
/// objects cost that say the same.
pub(super) fn score(pieces: &[u8]) -> Message {
    Message(Uint8Array::from(pieces).into())
}

pub(super) fn order(order: &Order) -> Message {
    let transport = order.line.map_or(JsValue::NULL, |line| {
        let (start, end) = line.looped.unwrap_or_default();
        object(&[
            ("frame", frame(line.frame)),
            ("beat", line.beat.into()),
            ("tempo", line.tempo.into()),
            ("loop", Array::of2(&start.into(), &end.into()).into()),
            ("pace", line.pace.into()),
            ("turned", line.turned.into()),
        ])
    });
    plain(&[("at", frame(order.at)), ("transport", transport)])
}

pub(super) fn listen((muted, soloed, metronome): (u16, u16, f32), begins: Option<f64>) -> Message {
    let begins = begins.unwrap_or(f64::NAN);
    let said = Array::of4(
        &muted.into(),
        &soloed.into(),
        &metronome.into(),
        &begins.into(),
    );
    plain(&[("listen", said.into())])
}

/// What is heard, every so many frames.
pub(super) fn levels(pace: f64) -> Message {
    plain(&[("levels", pace.into())])
}

pub(super) fn play(track: usize, touch: Touch) -> Message {
    let (code, key, amount) = match touch {
        Touch::Down(key, velocity) => (0, key, velocity),
        Touch::Up(key) => (1, key, 0.0),
        Touch::Bend(semitones) => (2, 0, semitones),
        Touch::Pedal(is_down) => (3, 0, f32::from(u8::from(is_down))),
        Touch::AllUp => (4, 0, 0.0),
    };
    let track = u32::try_from(track).unwrap_or(u32::MAX);
    let said = Array::of4(&track.into(), &code.into(), &key.into(), &amount.into());
    plain(&[("play", said.into())])
}

/// The page keeps its own frames, for the next engine.
pub(super) fn sample(id: SampleId, pcm: &Pcm) -> Message {
    let hex = id.hex();
    let half = |start: usize| {
        let digits = hex.get(start..start + 8).unwrap_or_default();
        JsValue::from(u32::from_str_radix(digits, 16).unwrap_or_default())
    };
    let channels: Array = pcm.channels.iter().map(JsValue::from).collect();
    let sample = object(&[
        ("key", Array::of2(&half(0), &half(8)).into()),
        ("rate", pcm.rate.into()),
        ("channels", channels.into()),
    ]);
    plain(&[("sample", sample)])
}

fn plain(fields: &[(&str, JsValue)]) -> Message {
    Message(object(fields))
}

pub(crate) fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // A plain object takes any field.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object.into()
}

fn frame(Frame(frame): Frame) -> JsValue {
    float(frame).into()
}
