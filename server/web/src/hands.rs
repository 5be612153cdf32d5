//! Playing the selected track by hand: the computer's keys as a piano's, and MIDI keyboards. Only
//! this player hears it.

use crate::grid::is_typing;
use crate::seat::Seat;
use crate::sound::Touch;
use js_sys::Uint8Array;
use leptos::ev::{self, KeyboardEvent};
use leptos::prelude::*;
use leptos::web_sys::{MidiAccess, MidiInput, MidiMessageEvent};
use lockstep_session::ids::TrackId;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Where keys are on a keyboard, whatever is printed on them, from C upwards.
const PIANO: [&str; 18] = [
    "KeyA",
    "KeyW",
    "KeyS",
    "KeyE",
    "KeyD",
    "KeyF",
    "KeyT",
    "KeyG",
    "KeyY",
    "KeyH",
    "KeyU",
    "KeyJ",
    "KeyK",
    "KeyO",
    "KeyL",
    "KeyP",
    "Semicolon",
    "Quote",
];
const DOWN: &str = "KeyZ";
const UP: &str = "KeyX";
const MIDDLE_C: u8 = 60;
const OCTAVES: std::ops::RangeInclusive<i8> = -4..=3;
/// A key of a computer does not say how hard it was struck.
const VELOCITY: f32 = 0.8;
/// A wheel at its end, in semitones.
const BEND: f32 = 2.0;

#[derive(Clone, Debug, Default)]
struct Hands {
    octave: i8,
    /// What is down, and what it plays: track and octave may be others by the time it is let go.
    down: Vec<(String, TrackId, u8)>,
}

impl Hands {
    fn press(&mut self, code: &str, track: TrackId) -> Option<u8> {
        match code {
            DOWN | UP => {
                let octave = self.octave + if code == UP { 1 } else { -1 };
                self.octave = octave.clamp(*OCTAVES.start(), *OCTAVES.end());
                return None;
            }
            _ => {}
        }
        let place = PIANO.iter().position(|key| *key == code)?;
        let place = i16::try_from(place).ok()?;
        let key = i16::from(MIDDLE_C) + 12 * i16::from(self.octave) + place;
        let key = u8::try_from(key).ok().filter(|key| *key < 128)?;
        if self.down.iter().any(|(down, ..)| down == code) {
            return None;
        }
        self.down.push((code.to_owned(), track, key));
        Some(key)
    }

    fn let_go(&mut self, code: &str) -> Option<(TrackId, u8)> {
        let place = self.down.iter().position(|(down, ..)| down == code)?;
        let (_, track, key) = self.down.swap_remove(place);
        Some((track, key))
    }
}

/// Listens for as long as the page lives.
pub(crate) fn listen(seat: Seat) {
    let hands = Rc::new(RefCell::new(Hands::default()));
    let pressing = StoredValue::new_local(Rc::clone(&hands));
    let pressed = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
        let is_command = event.ctrl_key() || event.meta_key() || event.alt_key();
        if is_command || event.repeat() || event.default_prevented() || is_typing() {
            return;
        }
        let track = untrack(move || seat.board.track());
        let key = track.and_then(|track| {
            let key = pressing
                .get_value()
                .borrow_mut()
                .press(&event.code(), track)?;
            Some((track, key))
        });
        if let Some((track, key)) = key {
            seat.touch_key(track, key, Some(VELOCITY));
        }
    });
    let letting = StoredValue::new_local(Rc::clone(&hands));
    let let_go = window_event_listener(ev::keyup, move |event: KeyboardEvent| {
        let key = letting.get_value().borrow_mut().let_go(&event.code());
        if let Some((track, key)) = key {
            seat.touch_key(track, key, None);
        }
    });
    let leaving = StoredValue::new_local(hands);
    // Whoever goes to another window lets go of keys unseen.
    let left = window_event_listener(ev::blur, move |_| {
        for (_, track, key) in leaving.get_value().borrow_mut().down.drain(..) {
            seat.touch_key(track, key, None);
        }
    });
    on_cleanup(move || {
        pressed.remove();
        let_go.remove();
        left.remove();
    });
}

/// Asks the browser for MIDI keyboards, and plays the selected track with all that there are. Says
/// how many, or why none.
pub(crate) async fn listen_to_midi(seat: Seat) -> Result<usize, &'static str> {
    const REFUSED: &str = "The browser lets no MIDI keyboard in. Allow it in the page's settings.";
    let asked = window().navigator().request_midi_access();
    let asked = asked.map_err(|_| "This browser knows no MIDI keyboards. Chrome and Edge do.")?;
    let access = JsFuture::from(asked).await.map_err(|_| REFUSED)?;
    let access: MidiAccess = access.unchecked_into();
    let hear = Closure::<dyn FnMut(MidiMessageEvent)>::new(move |event: MidiMessageEvent| {
        let bytes = event
            .data()
            .ok()
            .map(|bytes| Uint8Array::from(&*bytes).to_vec());
        let touch = bytes.as_deref().and_then(midi);
        if let Some((track, touch)) = untrack(move || seat.board.track()).zip(touch) {
            match touch {
                Touch::Down(key, velocity) => seat.touch_key(track, key, Some(velocity)),
                Touch::Up(key) => seat.touch_key(track, key, None),
                Touch::Bend(_) | Touch::Pedal(_) | Touch::AllUp => seat.sound.play(track, touch),
            }
        }
    });
    let hear = hear.into_js_value();
    let inputs = js_sys::Array::from(&access.inputs());
    for input in inputs.iter() {
        // A map's entries are pairs of a name and what it names.
        let input: MidiInput = js_sys::Array::from(&input).get(1).unchecked_into();
        input.set_onmidimessage(Some(hear.unchecked_ref()));
    }
    // It is forgotten with the page; until then its keyboards are held.
    let kept: JsValue = access.into();
    std::mem::forget(kept);
    usize::try_from(inputs.length()).map_err(|_| REFUSED)
}

/// What a MIDI message means, on any channel.
fn midi(bytes: &[u8]) -> Option<Touch> {
    let (status, first) = (*bytes.first()?, *bytes.get(1)?);
    let second = bytes.get(2).copied().unwrap_or(0);
    if first > 127 || second > 127 {
        return None;
    }
    match (status & 0xf0, first) {
        (0x90, key) if second > 0 => Some(Touch::Down(key, f32::from(second) / 127.0)),
        (0x80 | 0x90, key) => Some(Touch::Up(key)),
        (0xe0, fine) => {
            let wheel = f32::from(u16::from(second) << 7 | u16::from(fine));
            Some(Touch::Bend((wheel - 8192.0) / 8192.0 * BEND))
        }
        (0xb0, 64) => Some(Touch::Pedal(second >= 64)),
        (0xb0, 120 | 123) => Some(Touch::AllUp),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_let_go_on_the_track_and_in_the_octave_it_was_struck() {
        let (kick, bass) = (TrackId(1), TrackId(2));
        let mut hands = Hands::default();
        assert_eq!(hands.press("KeyA", kick), Some(60));
        assert_eq!(hands.press("KeyA", kick), None, "it is down already");
        assert_eq!(hands.press(UP, kick), None);
        assert_eq!(hands.press("KeyW", bass), Some(73));
        assert_eq!(hands.let_go("KeyA"), Some((kick, 60)));
        assert_eq!(hands.let_go("KeyA"), None);
        assert_eq!(hands.let_go("KeyW"), Some((bass, 73)));
        for _ in 0..20 {
            hands.press(DOWN, kick);
        }
        assert_eq!(hands.press("Quote", kick), Some(60 - 48 + 17));
    }

    #[test]
    fn midi_is_keys_wheel_and_pedal_and_nonsense_is_nothing() {
        assert_eq!(midi(&[0x93, 60, 127]), Some(Touch::Down(60, 1.0)));
        assert_eq!(midi(&[0x90, 60, 0]), Some(Touch::Up(60)));
        assert_eq!(midi(&[0x8f, 61, 64]), Some(Touch::Up(61)));
        assert_eq!(midi(&[0xe0, 0, 64]), Some(Touch::Bend(0.0)));
        assert_eq!(midi(&[0xe0, 0, 0]), Some(Touch::Bend(-2.0)));
        assert_eq!(midi(&[0xb0, 64, 127]), Some(Touch::Pedal(true)));
        assert_eq!(midi(&[0xb0, 123, 0]), Some(Touch::AllUp));
        for nonsense in [
            &[][..],
            &[0x90],
            &[0xf8, 0, 0],
            &[0x90, 200, 3],
            &[0xb0, 1, 1],
        ] {
            assert_eq!(midi(nonsense), None);
        }
    }
}
