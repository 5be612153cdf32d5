//! What a hand does to a dial, from the moment it presses until its last number is sent. While it
//! holds the dial, the dial shows the hand's number and not what comes back.

use super::dial::Dial;
use super::pace::Pace;
use super::{Gesture, range::Range};
use crate::browser;
use crate::dom::{set, style};
use leptos::leptos_dom::helpers::set_timeout;
use leptos::prelude::*;
use leptos::web_sys::{HtmlElement, HtmlInputElement};
use lockstep_session::units::{LocalTime, Span};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

/// Twenty edits a second are as many as anyone hears.
const REST: Duration = Duration::from_millis(50);
/// Notches of a wheel that follow each other faster than this are one gesture.
const PAUSE: Span = Span::from_millis(700);
/// A press that moves less than this is a click.
const SLACK: i32 = 3;

/// Clones are the same hand.
#[derive(Clone)]
pub(super) struct Hand {
    dial: Dial,
    place: HtmlElement,
    input: HtmlInputElement,
    state: Rc<RefCell<State>>,
}

#[derive(Default)]
struct State {
    press: Option<Press>,
    /// What the dial was dragged to.
    held: Option<i64>,
    pace: Pace,
    /// Something of this gesture has been sent.
    begun: bool,
    last_notch: Option<LocalTime>,
    /// The text was changed and not yet read.
    typing: bool,
}

#[derive(Clone, Copy)]
struct Press {
    pointer: i32,
    at: (i32, i32),
    from: i64,
    moved: bool,
}

impl Hand {
    pub(super) fn new(dial: Dial, place: HtmlElement, input: HtmlInputElement) -> Hand {
        Hand {
            dial,
            place,
            input,
            state: Rc::default(),
        }
    }

    fn range(&self) -> &Range {
        &self.dial.range
    }

    fn is_typing_place(&self) -> bool {
        document().active_element().as_ref() == Some(self.input.as_ref())
    }

    /// Shows a number, unless a hand or a keyboard is at it.
    pub(super) fn paint(&self, value: i64) {
        let (held, typing) = {
            let state = self.state.borrow();
            (state.held, state.typing)
        };
        let value = held.unwrap_or(value);
        let words = (self.range().write)(value);
        let share = format!("{}", self.range().share(value));
        style(&self.place, "--share", &share);
        set(&self.input, "aria-valuenow", &value.to_string());
        set(&self.input, "aria-valuetext", &words);
        if !typing && self.input.value() != words {
            self.input.set_value(&words);
        }
    }

    fn repaint(&self) {
        self.paint(self.dial.value.get_untracked());
    }

    fn send(&self, value: i64) {
        let begun = std::mem::replace(&mut self.state.borrow_mut().begun, true);
        let gesture = if begun {
            Gesture::GoesOn
        } else {
            Gesture::Begins
        };
        (self.dial.turn)(value, gesture);
    }

    /// A number that is a gesture of its own.
    fn put(&self, value: i64) {
        if value != self.dial.value.get_untracked() {
            self.state.borrow_mut().begun = false;
            self.send(value);
        }
        self.repaint();
    }

    fn locked(&self) -> bool {
        self.dial.locked.get_untracked()
    }

    pub(super) fn press(&self, event: &leptos::ev::PointerEvent) {
        if event.button() != 0 || self.state.borrow().typing || self.locked() {
            return;
        }
        // A pointer that has gone already cannot be held; then its release is not seen either.
        let _ = self.place.set_pointer_capture(event.pointer_id());
        let mut state = self.state.borrow_mut();
        state.press = Some(Press {
            pointer: event.pointer_id(),
            at: (event.client_x(), event.client_y()),
            from: self.dial.value.get_untracked(),
            moved: false,
        });
        state.begun = false;
    }

    pub(super) fn follow(&self, event: &leptos::ev::PointerEvent) {
        let value = {
            let mut state = self.state.borrow_mut();
            let Some(press) = state
                .press
                .as_mut()
                .filter(|press| press.pointer == event.pointer_id())
            else {
                return;
            };
            let pixels = press.at.1 - event.client_y() + event.client_x() - press.at.0;
            press.moved |= pixels.abs() > SLACK;
            if !press.moved {
                return;
            }
            let value = self
                .dial
                .range
                .dragged(press.from, i64::from(pixels), event.shift_key());
            let before = state.held.replace(value);
            if before == Some(value) {
                return;
            }
            value
        };
        self.repaint();
        let due = self.state.borrow_mut().pace.offer(value);
        if let Some(value) = due {
            self.send(value);
            self.rest();
        }
    }

    /// After a while the next number may go out.
    fn rest(&self) {
        let hand = self.clone();
        set_timeout(
            move || {
                let due = hand.state.borrow_mut().pace.rested();
                if let Some(value) = due {
                    hand.send(value);
                    hand.rest();
                }
            },
            REST,
        );
    }

    pub(super) fn release(&self) {
        let (press, due) = {
            let mut state = self.state.borrow_mut();
            (state.press.take(), state.pace.flush())
        };
        if let Some(value) = due {
            self.send(value);
        }
        self.state.borrow_mut().held = None;
        self.repaint();
        if press.is_some_and(|press| !press.moved) {
            // What cannot take the focus is not typed into.
            let _ = self.input.focus();
            self.input.select();
        }
    }

    /// A click would put the focus into the text before it is known whether it becomes a drag.
    pub(super) fn keep_focus(&self, event: &leptos::ev::MouseEvent) {
        if !self.state.borrow().typing {
            event.prevent_default();
        }
    }

    pub(super) fn reset(&self) {
        self.state.borrow_mut().typing = false;
        if !self.locked() {
            self.put(self.range().rest);
        }
        self.select();
    }

    pub(super) fn wheel(&self, event: &leptos::ev::WheelEvent) {
        if event.ctrl_key() || self.locked() {
            return;
        }
        event.prevent_default();
        let turn = if event.delta_y() == 0.0 {
            event.delta_x()
        } else {
            event.delta_y()
        };
        if turn != 0.0 {
            self.step(if turn < 0.0 { 1 } else { -1 }, event.shift_key());
        }
    }

    fn step(&self, notches: i64, fine: bool) {
        let now = browser::now();
        let before = self.state.borrow_mut().last_notch.replace(now);
        if before.is_none_or(|before| now - before > PAUSE) {
            self.state.borrow_mut().begun = false;
        }
        let size = if fine { 1 } else { self.range().notch };
        let value = self.dial.value.get_untracked();
        let stepped = self.range().within(value + notches * size);
        if stepped != value {
            self.send(stepped);
        }
        self.state.borrow_mut().typing = false;
        self.repaint();
    }

    pub(super) fn key(&self, event: &leptos::ev::KeyboardEvent) {
        let key = event.key();
        match key.as_str() {
            "ArrowUp" | "ArrowDown" | "PageUp" | "PageDown" if !self.locked() => {
                event.prevent_default();
                let notches = if key.starts_with("Page") { 10 } else { 1 };
                let up = key.ends_with("Up");
                self.read();
                self.step(if up { notches } else { -notches }, event.shift_key());
                self.select();
            }
            "Enter" => {
                self.read();
                self.select();
            }
            "Escape" if self.state.borrow().typing => {
                event.prevent_default();
                self.state.borrow_mut().typing = false;
                self.repaint();
                self.select();
            }
            _ => return,
        }
        // What a dial understands is not a shortcut of the page.
        event.stop_propagation();
    }

    fn select(&self) {
        if self.is_typing_place() {
            self.input.select();
        }
    }

    pub(super) fn typed(&self) {
        self.state.borrow_mut().typing = true;
    }

    /// Takes what was typed; what is not a number changes nothing.
    pub(super) fn read(&self) {
        if !std::mem::take(&mut self.state.borrow_mut().typing) {
            return;
        }
        match (self.range().read)(&self.input.value()) {
            Some(value) if !self.locked() => self.put(self.range().within(value)),
            _ => self.repaint(),
        }
    }
}
