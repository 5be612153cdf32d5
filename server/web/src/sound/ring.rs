//! The way of scores to the audio thread: through memory that both sides share, because a message
//! costs the page several times as much and wakes a thread that wakes by itself. What does not go this
//! way is posted; the order stays. It must not know what the bytes say.

use crate::browser::has;
use js_sys::{Int32Array, SharedArrayBuffer, Uint8Array};
use std::cell::Cell;
use wasm_bindgen::prelude::*;

/// Room for some hundred edits, of which the audio thread takes all that are there at once.
const ROOM: u32 = 1 << 16;
/// Places of the marks.
const WRITTEN: u32 = 0;
const READ: u32 = 1;
const OBEYED: u32 = 2;
const MARKS: u32 = 3;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Atomics)]
    fn load(marks: &Int32Array, place: u32) -> i32;
    #[wasm_bindgen(js_namespace = Atomics)]
    fn store(marks: &Int32Array, place: u32, value: i32) -> i32;

    /// What the bindings would first copy.
    #[wasm_bindgen(extends = Uint8Array)]
    type Bytes;
    #[wasm_bindgen(method)]
    fn set(this: &Bytes, bytes: &[u8], at: u32);
}

/// The page's end of it.
pub(super) struct Ring {
    /// How many bytes were written and how many read, ever and without what does not fit into a number;
    /// and how many of the posted messages were obeyed.
    marks: Int32Array,
    bytes: Bytes,
    written: Cell<u32>,
    posted: Cell<u32>,
}

impl Ring {
    /// None in a browser that shares no memory, as some inside of other programs. There are some that
    /// would let this page share and have nothing to share.
    pub(super) fn new() -> Option<Ring> {
        if !has("crossOriginIsolated") || !has("SharedArrayBuffer") {
            return None;
        }
        let bytes = Uint8Array::new(&SharedArrayBuffer::new(ROOM));
        Some(Ring {
            marks: Int32Array::new(&SharedArrayBuffer::new(4 * MARKS)),
            bytes: bytes.unchecked_into(),
            written: Cell::new(0),
            posted: Cell::new(0),
        })
    }

    /// For the other end.
    pub(super) fn shared(&self) -> JsValue {
        super::object(&[
            ("marks", self.marks.clone().into()),
            ("bytes", self.bytes.clone().into()),
        ])
    }

    /// Whether they are on their way. Those that are not are to be posted.
    pub(super) fn send(&self, bytes: &[u8]) -> bool {
        let mark = |place| load(&self.marks, place).cast_unsigned();
        let written = self.written.get();
        let room = ROOM - written.wrapping_sub(mark(READ));
        let count = u32::try_from(bytes.len())
            .ok()
            .filter(|count| *count <= room);
        // What was posted before must not come after it.
        let (Some(count), true) = (count, mark(OBEYED) == self.posted.get()) else {
            self.posted.set(self.posted.get().wrapping_add(1));
            return false;
        };
        let at = written % ROOM;
        let (first, rest) = bytes.split_at(bytes.len().min((ROOM - at) as usize));
        self.bytes.set(first, at);
        self.bytes.set(rest, 0);
        self.written.set(written.wrapping_add(count));
        store(&self.marks, WRITTEN, self.written.get().cast_signed());
        true
    }
}
