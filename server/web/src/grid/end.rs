//! The end of a pattern: a handle that is dragged, or moved by arrow keys.

use super::Pages;
use crate::board::Row;
use crate::dom::{Tag, set as set_attribute, style, tag};
use crate::seat::Seat;
use crate::widget::Gesture;
use leptos::ev::{Event, KeyboardEvent, PointerEvent};
use leptos::prelude::*;
use leptos::web_sys;
use lockstep_session::document::pattern::PatternLength;
use lockstep_session::edit::{ClipSetting, Edit};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;

/// What is dragged: the row's left edge and the width of a step.
#[derive(Clone, Copy)]
struct Drag {
    left: i32,
    width: i32,
    first: usize,
    gesture: Gesture,
}

pub(super) fn end(seat: Seat, row: &Row, pages: Pages) -> Tag {
    let drag = Rc::new(Cell::new(None::<Drag>));
    let (pressing, following, done) = (Rc::clone(&drag), Rc::clone(&drag), Rc::clone(&drag));
    let (head, track) = (row.head.clone(), row.id);
    let set = move |length: usize, gesture: Gesture| {
        let length = PatternLength::new(i64::try_from(length).unwrap_or(128));
        let scene = seat.board.scene(track);
        seat.perform(
            Edit::ClipSetting {
                track,
                scene,
                setting: ClipSetting::Length(length),
            },
            gesture,
        );
    };
    let handle = tag("span", "end");
    let element = handle.element();
    let press = move |event: Event| {
        event.stop_propagation();
        let event: &PointerEvent = event.unchecked_ref();
        // A pointer that has gone already cannot be held.
        let _ = element.set_pointer_capture(event.pointer_id());
        if let Some(steps) = element.parent_element() {
            pressing.set(begun(&steps, pages));
        }
    };
    let follow = {
        let head = head.clone();
        move |event: Event| {
            event.stop_propagation();
            let event: &PointerEvent = event.unchecked_ref();
            let Some(mut dragged) = following.get() else {
                return;
            };
            let columns =
                (event.client_x() - dragged.left + dragged.width / 2) / dragged.width.max(1);
            let length = (dragged.first + usize::try_from(columns).unwrap_or(0)).clamp(1, 128);
            if length != head.with_untracked(|head| head.length) {
                set(length, dragged.gesture);
                dragged.gesture = Gesture::GoesOn;
                following.set(Some(dragged));
            }
        }
    };
    let counted = head.clone();
    let key = move |event: Event| {
        let event: &KeyboardEvent = event.unchecked_ref();
        let length = counted.with_untracked(|head| head.length);
        let length = match event.key().as_str() {
            "ArrowRight" | "ArrowUp" => length + 1,
            "ArrowLeft" | "ArrowDown" => length - 1,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        set(length, Gesture::Begins);
    };
    handle
        .set("role", "slider")
        .set("tabindex", "-1")
        .set("aria-valuemin", "1")
        .set("aria-valuemax", "128")
        .set("title", "Drag to change how many steps play")
        .on("pointerdown", press)
        .on("pointermove", follow)
        .on("pointerup", move |_| done.set(None))
        .on("pointercancel", move |_| drag.set(None))
        .on("keydown", key)
        .painted(move |handle| {
            let (name, length) =
                head.with(|head| (format!("Length of {}", head.name), head.length));
            let steps = pages.steps();
            let is_here = length > steps.start && length <= steps.end;
            let thousandths = length.saturating_sub(steps.start) * 1_000 / steps.len().max(1);
            handle.set_hidden(!is_here);
            style(handle, "left", &format!("calc({thousandths} * .1%)"));
            set_attribute(handle, "aria-label", &name);
            set_attribute(handle, "aria-valuenow", &length.to_string());
        })
}

#[expect(clippy::cast_possible_truncation, reason = "a screen is not that wide")]
fn begun(steps: &web_sys::Element, pages: Pages) -> Option<Drag> {
    let area = steps.get_bounding_client_rect();
    let shown = untrack(|| pages.steps());
    let columns = i32::try_from(shown.len()).ok()?;
    Some(Drag {
        left: area.left() as i32,
        width: area.width() as i32 / columns.max(1),
        first: shown.start,
        gesture: Gesture::Begins,
    })
}
