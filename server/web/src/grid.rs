//! The step grid: real buttons, painted by pointer or walked by keyboard. It shows one page of
//! steps at a time and sends edits; what they mean is the session's affair.

mod cell;
mod pages;
mod stroke;

use crate::board::{Board, Row};
use crate::connection::Connection;
use crate::seat::Seat;
use leptos::ev::{Event, FocusEvent, MouseEvent, PointerEvent};
use leptos::prelude::*;
use leptos::web_sys;
use lockstep_session::document::step::Step;
use lockstep_session::edit::Edit;
use lockstep_session::ids::{StepIndex, TrackId};
use pages::{PageButtons, Pages};
use stroke::Stroke;
use wasm_bindgen::JsCast;

#[component]
pub(crate) fn Grid(seat: Seat) -> impl IntoView {
    let board = seat.board;
    let pages = Pages::new(board);
    let surface = NodeRef::<leptos::html::Section>::new();
    let stroke = StoredValue::new_local(None::<Stroke>);

    let press = move |event: PointerEvent| {
        if let Some(begun) = surface
            .get_untracked()
            .and_then(|grid| Stroke::begin(&grid, &event, board, pages))
        {
            begun.paint(seat);
            stroke.set_value(Some(begun));
        }
    };
    let drag = move |event: PointerEvent| {
        stroke.update_value(|stroke| {
            if let Some(stroke) = stroke {
                stroke.follow(&event, seat);
            }
        });
    };
    let release = move |_: PointerEvent| {
        stroke.update_value(|stroke| {
            if let Some(stroke) = stroke.take() {
                stroke.end(seat);
            }
        });
    };
    // A pointer has painted already; only a key or an assistive tool comes here with no clicks counted.
    let toggle = move |event: MouseEvent| {
        if let (0, Some((row, place))) = (event.detail(), target(&event, board)) {
            let on = row.cells[place].with_untracked(|cell| cell.step.on);
            set_step(seat, &row, place, !on);
        }
    };
    let arrive = move |event: FocusEvent| {
        if let Some((row, place)) = target(&event, board) {
            pages.focus_on(row.id, place);
        }
    };

    view! {
        <section
            class="grid" role="group" aria-label="Steps" node_ref=surface
            on:pointerdown=press on:pointermove=drag on:pointerup=release
            on:pointercancel=move |_| stroke.set_value(None)
            on:click=toggle on:focusin=arrive
            on:keydown=move |event| pages.walk(&event, board)
        >
            {move || board.rows.get().into_iter().map(|row| track_row(row, pages)).collect_view()}
            <p class="empty" hidden=Signal::derive(move || !is_empty(board))>"No tracks yet."</p>
            <PageButtons pages />
        </section>
    }
}

/// A session without tracks, and not one that is still on its way.
fn is_empty(board: Board) -> bool {
    let is_joined = board
        .summary
        .with(|summary| summary.connection != Connection::Joining);
    is_joined && board.rows.with(Vec::is_empty)
}

fn track_row(row: Row, pages: Pages) -> AnyView {
    let head = row.head.clone();
    let text = move |words: fn(&crate::board::Head) -> String| {
        let head = head.clone();
        Signal::derive(move || head.with(words))
    };
    let steps = NodeRef::<leptos::html::Div>::new();
    Effect::new({
        let row = row.clone();
        move |_| {
            if let Some(steps) = steps.get() {
                cell::lay_out(&steps, &row, pages);
            }
        }
    });
    view! {
        <div class=text(|head| format!("row hue-{}", head.colour.get())) role="group" aria-label=text(|head| head.name.to_string())>
            <div class="head"><div>
                <b>{text(|head| head.name.to_string())}</b>
                <small>{text(|head| head.source.clone())}</small>
            </div></div>
            <div class="steps" data-track=row.id.0.to_string() node_ref=steps></div>
        </div>
    }
    .into_any()
}

/// Switches a step on or off as one absolute edit; everything else about it stays.
fn set_step(seat: Seat, row: &Row, place: usize, on: bool) {
    let (scene, length) = row.head.with_untracked(|head| (head.scene, head.length));
    let (Some(step), true) = (StepIndex::new(place), place < length) else {
        return;
    };
    let before = row.cells[place].with_untracked(|cell| cell.step.clone());
    if before.on != on {
        seat.edit(Edit::Step {
            track: row.id,
            scene,
            step,
            value: Step { on, ..before },
        });
    }
}

/// The cell that an event happened in.
fn target(event: &Event, board: Board) -> Option<(Row, usize)> {
    let pressed: web_sys::Element = event.target()?.unchecked_into();
    let button = pressed.closest("[data-step]").ok()??;
    let place = button.get_attribute("data-step")?.parse().ok()?;
    let track = button
        .parent_element()?
        .get_attribute("data-track")?
        .parse()
        .ok()?;
    let row = board.row(TrackId(track))?;
    (place < row.cells.len()).then_some((row, place))
}
