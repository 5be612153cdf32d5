//! The velocity lane: the velocities of the track at hand as bars, painted by dragging over them. It
//! says nothing to screen readers that the step's own panel does not say better.

use super::Pages;
use crate::board::Row;
use crate::dom::{Tag, style, tag};
use crate::painting::Surface;
use crate::seat::Seat;
use crate::widget::Gesture;
use leptos::ev::{Event, PointerEvent};
use leptos::prelude::*;
use lockstep_session::document::step::{Step, Velocity};
use lockstep_session::ids::StepIndex;
use lockstep_session::steps::{Cell, Changes};
use std::rc::Rc;
use wasm_bindgen::JsCast;

pub(super) fn lane(seat: Seat, pages: Pages) -> Tag {
    let board = seat.board;
    let bars = tag("div", "bars");
    let element = bars.element();
    // The bars as they lay when the pointer went down.
    let held = Rc::new(std::cell::Cell::new(None::<Surface>));
    let (holding, letting_go) = (Rc::clone(&held), Rc::clone(&held));
    let at_hand = move || board.track().and_then(|track| board.row(track));
    let bend = Rc::new(move |event: &PointerEvent| {
        let (Some(surface), Some(row)) = (held.get(), untrack(at_hand)) else {
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
    });
    let bending = Rc::clone(&bend);
    let released = Rc::new(move |event: Event| {
        event.stop_propagation();
        if letting_go.take().is_some()
            && let Some(row) = untrack(at_hand)
        {
            settle(seat, &row);
        }
    });
    let (release, cancel) = (Rc::clone(&released), released);
    let press = move |event: Event| {
        event.stop_propagation();
        let event: &PointerEvent = event.unchecked_ref();
        if event.button() != 0 {
            return;
        }
        // A pointer that has gone already cannot be held.
        let _ = element.set_pointer_capture(event.pointer_id());
        let area = element.get_bounding_client_rect();
        holding.set(Some(Surface {
            left: area.left(),
            top: area.top(),
            width: area.width(),
            height: area.height(),
            rows: 127,
            columns: untrack(|| pages.steps().len()),
        }));
        bend(event);
    };
    let name = Signal::derive(move || {
        board.rows.track();
        at_hand().map_or_else(String::new, |row| {
            row.head.with(|head| format!("Velocity · {}", head.name))
        })
    });
    let hue = Signal::derive(move || {
        board.rows.track();
        let hue = at_hand().map_or(0, |row| row.head.with(|head| head.colour.get()));
        format!("lane hue-{hue}")
    });
    let bars = bars
        .on("pointerdown", press)
        .on("pointermove", move |event| {
            event.stop_propagation();
            bending(event.unchecked_ref());
        })
        .on("pointerup", move |event| release(event))
        .on("pointercancel", move |event| cancel(event))
        .filled(move || {
            // A track that has just come has a row a moment later.
            board.rows.track();
            let row = at_hand();
            row.map_or_else(Vec::new, |row| {
                pages.steps().map(|place| bar(&row, place)).collect()
            })
        });
    tag("div", "lane")
        .set("aria-hidden", "true")
        .attribute("class", hue)
        .with(tag("span", "").says(name))
        .with(bars)
}

fn bar(row: &Row, place: usize) -> Tag {
    let cell = row.cells[place].clone();
    tag("i", "").painted(move |bar| {
        cell.with(|cell| {
            let velocity = cell.bent.unwrap_or(cell.step.velocity).get();
            let height = if cell.step.on {
                u32::from(velocity) * 100 / 127
            } else {
                0
            };
            style(bar, "height", &format!("{height}%"));
        });
    })
}

/// The velocities that were painted become the steps'.
fn settle(seat: Seat, row: &Row) {
    let mut changes = Changes::new();
    for (step, cell) in StepIndex::all().zip(row.cells.iter()) {
        if let Some(velocity) = cell.with_untracked(|cell| cell.bent) {
            cell.update(|cell| cell.bent = None);
            let before = cell.with_untracked(|cell| cell.step.clone());
            changes.insert(
                Cell {
                    track: row.id,
                    step,
                },
                Step { velocity, ..before },
            );
        }
    }
    seat.change(&changes, Gesture::Begins);
}
