//! Playing the selected track by hand: the computer's keys as a piano's. Only this player hears it.

use crate::grid::is_typing;
use crate::seat::Seat;
use leptos::ev::{self, KeyboardEvent};
use leptos::prelude::*;
use lockstep_session::ids::TrackId;
use std::cell::RefCell;
use std::rc::Rc;

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
}
