//! The end of a pattern: a handle that is dragged, or moved by arrow keys.

use super::Pages;
use crate::board::Row;
use crate::seat::Seat;
use crate::widget::Gesture;
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;
use leptos::web_sys;
use lockstep_session::document::pattern::PatternLength;
use lockstep_session::edit::{ClipSetting, Edit};

/// What is dragged: the row's left edge and the width of a step.
#[derive(Clone, Copy)]
struct Drag {
    left: i32,
    width: i32,
    first: usize,
    gesture: Gesture,
}

pub(super) fn end(seat: Seat, row: &Row, pages: Pages) -> AnyView {
    let place = NodeRef::<leptos::html::Span>::new();
    let drag = StoredValue::new_local(None::<Drag>);
    let (head, track) = (row.head.clone(), row.id);
    Effect::new({
        let head = head.clone();
        move |_| {
            let (Some(handle), length) = (place.get(), head.with(|head| head.length)) else {
                return;
            };
            let steps = pages.steps();
            let is_here = length > steps.start && length <= steps.end;
            let share = (length.saturating_sub(steps.start)) * 1_000 / steps.len().max(1);
            handle.set_hidden(!is_here);
            // Fixed, legal names and values.
            let _ = handle.style().set_property("left", &format!("calc({share} * .1%)"));
            let _ = handle.set_attribute("aria-valuenow", &length.to_string());
        }
    });
    let set = move |length: usize, gesture: Gesture| {
        let length = PatternLength::new(i64::try_from(length).unwrap_or(128));
        let scene = seat.board.scene(track);
        seat.perform(Edit::ClipSetting { track, scene, setting: ClipSetting::Length(length) }, gesture);
    };
    let press = move |event: PointerEvent| {
        let Some(handle) = place.get_untracked() else {
            return;
        };
        event.stop_propagation();
        let _ = handle.set_pointer_capture(event.pointer_id());
        if let Some(steps) = handle.parent_element() {
            drag.set_value(begun(&steps, pages));
        }
    };
    let follow = {
        let head = head.clone();
        move |event: PointerEvent| {
            event.stop_propagation();
            let Some(mut dragged) = drag.get_value() else {
                return;
            };
            let columns = (event.client_x() - dragged.left + dragged.width / 2) / dragged.width.max(1);
            let length = (dragged.first + usize::try_from(columns).unwrap_or(0)).clamp(1, 128);
            if length != head.with_untracked(|head| head.length) {
                set(length, dragged.gesture);
                dragged.gesture = Gesture::GoesOn;
                drag.set_value(Some(dragged));
            }
        }
    };
    let key = move |event: KeyboardEvent| {
        let length = head.with_untracked(|head| head.length);
        let length = match event.key().as_str() {
            "ArrowRight" | "ArrowUp" => length + 1,
            "ArrowLeft" | "ArrowDown" => length - 1,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        set(length, Gesture::Begins);
    };
    let name = row.head.with_untracked(|head| format!("Length of {}", head.name));
    view! {
        <span
            class="end" role="slider" tabindex="-1" aria-label=name aria-valuemin="1" aria-valuemax="128"
            title="Drag to change how many steps play" node_ref=place
            on:pointerdown=press on:pointermove=follow on:pointerup=move |_| drag.set_value(None)
            on:pointercancel=move |_| drag.set_value(None) on:keydown=key
        ></span>
    }
    .into_any()
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
