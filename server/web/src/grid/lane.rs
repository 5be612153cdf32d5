//! The velocity lane: the velocities of the track at hand as bars, painted by dragging over them. It
//! says nothing to screen readers that the step's own panel does not say better.

use super::Pages;
use crate::board::Row;
use crate::element::{child, set};
use crate::painting::Surface;
use crate::seat::Seat;
use crate::widget::Gesture;
use leptos::ev::PointerEvent;
use leptos::prelude::*;
use leptos::web_sys;
use lockstep_session::document::step::{Step, Velocity};
use lockstep_session::ids::StepIndex;
use lockstep_session::steps::{Cell, Changes};

pub(super) fn lane(seat: Seat, pages: Pages) -> AnyView {
    let board = seat.board;
    let bars = NodeRef::<leptos::html::Div>::new();
    // The bars as they lay when the pointer went down.
    let held = StoredValue::new_local(None::<Surface>);
    let at_hand = move || board.track().and_then(|track| board.row(track));
    Effect::new(move |_| {
        // A track that has just come has a row a moment later.
        board.rows.track();
        if let (Some(bars), Some(row)) = (bars.get(), at_hand()) {
            lay_out(&bars, &row, pages);
        }
    });
    let bend = move |event: &PointerEvent| {
        let (Some(surface), Some(row)) = (held.get_value(), untrack(at_hand)) else {
            return;
        };
        let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
        let first = untrack(|| pages.steps().start);
        let spot = surface.spot(x, y);
        // A row of the surface is a velocity, the loudest at the top.
        let velocity = Velocity::new(127 - i64::try_from(spot.row).unwrap_or(0));
        if let Some(cell) = row.cells.get(first + spot.column)
            && cell.with_untracked(|cell| cell.step.on && cell.bent != Some(velocity))
        {
            cell.update(|cell| cell.bent = Some(velocity));
        }
    };
    let press = move |event: PointerEvent| {
        event.stop_propagation();
        let Some(bars) = bars.get_untracked().filter(|_| event.button() == 0) else {
            return;
        };
        let _ = bars.set_pointer_capture(event.pointer_id());
        let area = bars.get_bounding_client_rect();
        held.set_value(Some(Surface {
            left: area.left(),
            top: area.top(),
            width: area.width(),
            height: area.height(),
            rows: 127,
            columns: untrack(|| pages.steps().len()),
        }));
        bend(&event);
    };
    let release = move |event: PointerEvent| {
        event.stop_propagation();
        if held.try_update_value(Option::take).flatten().is_some()
            && let Some(row) = untrack(at_hand)
        {
            settle(seat, &row);
        }
    };
    let name = Signal::derive(move || {
        board.rows.track();
        at_hand().map_or_else(String::new, |row| row.head.with(|head| format!("Velocity · {}", head.name)))
    });
    let hue = Signal::derive(move || {
        board.rows.track();
        let hue = at_hand().map_or(0, |row| row.head.with(|head| head.colour.get()));
        format!("lane hue-{hue}")
    });
    view! {
        <div class=hue aria-hidden="true">
            <span>{name}</span>
            <div
                class="bars" node_ref=bars on:pointerdown=press
                on:pointermove=move |event| { event.stop_propagation(); bend(&event); }
                on:pointerup=release on:pointercancel=release
            ></div>
        </div>
    }
    .into_any()
}

/// The velocities that were painted become the steps'.
fn settle(seat: Seat, row: &Row) {
    let mut changes = Changes::new();
    for (step, cell) in StepIndex::all().zip(row.cells.iter()) {
        if let Some(velocity) = cell.with_untracked(|cell| cell.bent) {
            cell.update(|cell| cell.bent = None);
            let before = cell.with_untracked(|cell| cell.step.clone());
            changes.insert(Cell { track: row.id, step }, Step { velocity, ..before });
        }
    }
    seat.change(&changes, Gesture::Begins);
}

fn lay_out(bars: &web_sys::Element, row: &Row, pages: Pages) {
    let places = pages.steps();
    bars.set_text_content(None);
    for place in places {
        let Some(bar) = child(bars, "i", "") else {
            return;
        };
        let cell = row.cells[place].clone();
        Effect::new(move |_| {
            cell.with(|cell| {
                let velocity = cell.bent.unwrap_or(cell.step.velocity).get();
                let height = if cell.step.on { u32::from(velocity) * 100 / 127 } else { 0 };
                // A fixed, legal name and value.
                set(&bar, "style", &format!("height:{height}%"));
            });
        });
    }
}
