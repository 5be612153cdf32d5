//! The step grid: real buttons, painted by pointer or walked by keyboard. It shows one page of
//! steps at a time and sends edits; what they mean is the session's affair.

mod actions;
mod cell;
mod end;
mod head;
mod keys;
mod lane;
mod menu;
mod pages;
mod presence;
mod stroke;

pub(crate) use keys::is_typing;

use crate::board::{Board, Head, Row};
use crate::connection::Connection;
use crate::dom::{Tag, follow, tag, text};
use crate::hands;
use crate::panel::Tab;
use crate::playhead;
use crate::seat::Seat;
use crate::widget::{Dialog, Gesture, REST};
use leptos::ev::{Event, MouseEvent, PointerEvent};
use leptos::leptos_dom::helpers::set_timeout;
use leptos::prelude::*;
use leptos::web_sys;
use lockstep_session::document::step::Step;
use lockstep_session::ids::{StepIndex, TrackId};
use lockstep_session::steps::{Cell, Cells, Changes};
use pages::Pages;
use std::cell::RefCell;
use std::rc::Rc;
use stroke::Stroke;
use wasm_bindgen::JsCast;

/// A finger that goes so far across turns the page.
const SWIPE: i32 = 48;

pub(crate) fn grid(seat: Seat) -> Tag {
    let board = seat.board;
    let pages = Pages::new(board);
    keys::listen(seat);
    hands::listen(seat);
    presence::follow(seat, pages);
    let scene = board.number(move |_| {
        let scene = board.selected.get().scene;
        scene.map_or(-1, |scene| i64::try_from(scene.index()).unwrap_or(-1))
    });
    follow(move || {
        scene.get();
        seat.refresh();
    });
    let menu = Dialog::new("Track");
    // The steps are compared, not only read: what else the pages know may change without them.
    let first = board.number(move |_| pages.packed());
    let rows = tag("div", "rows").filled(move || {
        let rows = board.rows.get();
        rows.into_iter()
            .map(|row| track(seat, &row, pages, first, menu))
            .collect()
    });
    let empty = Signal::derive(move || !is_empty(board));
    let surface = tag("section", "grid")
        .set("role", "group")
        .set("aria-label", "Steps")
        .with(actions::tools(seat))
        .with(rows)
        .with(text("p", "empty", "No tracks yet.").hidden(empty))
        .with(pages::page_buttons(pages))
        .with(lane::lane(seat, pages))
        .with(head::add(seat))
        .with(menu.show(move || menu::menu(seat, menu.open)));
    pointed(surface, seat, pages)
        .on("focusin", move |event| {
            if let Some((row, place)) = target(&event, board) {
                pages.focus_on(row.id, place);
                // Where a pointer brings the focus, it has picked what it means to.
                let is_walking =
                    step_button(&event).is_some_and(|it| it.matches(":focus-visible") == Ok(true));
                if is_walking && board.picked.with_untracked(Cells::is_empty) {
                    pick_alone(board, &row, place);
                }
            }
        })
        .on("keydown", move |event| {
            pages.walk(event.unchecked_ref(), seat)
        })
}

/// What pointers are at.
#[derive(Default)]
struct Hand {
    stroke: Option<Stroke>,
    /// How many strokes there have been.
    strokes: i32,
    /// Where a finger went down that may turn the page: a second one, or one beside the steps.
    swipe: Option<(i32, i32)>,
}

impl Hand {
    /// Whether the finger of the stroke with this number is still where it went down.
    fn rests(&self, number: i32) -> bool {
        self.strokes == number && self.stroke.as_ref().is_some_and(Stroke::is_resting)
    }
}

/// What pointers do on the grid: strokes, swipes, long rests, right clicks.
fn pointed(surface: Tag, seat: Seat, pages: Pages) -> Tag {
    let board = seat.board;
    let element = surface.element();
    let hand = Rc::new(RefCell::new(Hand::default()));
    let leave = {
        let hand = Rc::clone(&hand);
        move || {
            let stroke = hand.borrow_mut().stroke.take();
            if let Some(stroke) = stroke {
                stroke.cancel(board);
            }
        }
    };
    let (pressing, dragging, releasing, cancelling) =
        (Rc::clone(&hand), Rc::clone(&hand), Rc::clone(&hand), hand);
    let (leaving, leaving_to_open) = (leave.clone(), leave.clone());
    let press = move |event: Event| {
        let event: &PointerEvent = event.unchecked_ref();
        let is_finger = event.pointer_type() == "touch";
        if is_finger && (!event.is_primary() || target(event, board).is_none()) {
            leave();
            pressing.borrow_mut().swipe = Some((event.pointer_id(), event.client_x()));
            return;
        }
        let Some(begun) = Stroke::begin(&element, event, seat, pages) else {
            return;
        };
        let mut hand = pressing.borrow_mut();
        hand.stroke = Some(begun);
        hand.strokes += 1;
        if is_finger {
            let (number, resting) = (hand.strokes, Rc::clone(&pressing));
            let leave = leave.clone();
            let look_again = move || {
                if resting.borrow().rests(number) {
                    leave();
                    board.open(Some(Tab::Step));
                }
            };
            set_timeout(look_again, REST);
        }
    };
    let drag = move |event: Event| {
        let event: &PointerEvent = event.unchecked_ref();
        if event.buttons() == 0 {
            return presence::point(seat, pages, event);
        }
        let mut hand = dragging.borrow_mut();
        if let Some((pointer, from)) = hand.swipe {
            let across = event.client_x() - from;
            if pointer == event.pointer_id() && across.abs() > SWIPE {
                hand.swipe = None;
                pages.turn(across < 0);
            }
            return;
        }
        if let Some(stroke) = &mut hand.stroke {
            stroke.follow(event, seat);
        }
    };
    let release = move |_| {
        let stroke = {
            let mut hand = releasing.borrow_mut();
            hand.swipe = None;
            hand.stroke.take()
        };
        if let Some(stroke) = stroke {
            stroke.end(seat);
        }
    };
    surface
        .on("pointerdown", press)
        .on("pointermove", drag)
        .on("pointerleave", move |event| {
            presence::point(seat, pages, event.unchecked_ref())
        })
        .on("pointerup", release)
        .on("pointercancel", move |_| {
            cancelling.borrow_mut().swipe = None;
            leaving();
        })
        .on("contextmenu", move |event| {
            if let Some((row, place)) = target(&event, board) {
                event.prevent_default();
                leaving_to_open();
                pick_alone(board, &row, place);
                board.open(Some(Tab::Step));
            }
        })
        // A pointer has painted already; only a key or an assistive tool comes here with no clicks
        // counted.
        .on("click", move |event| {
            let clicks = event.unchecked_ref::<MouseEvent>().detail();
            if let (0, Some((row, place))) = (clicks, target(&event, board))
                && let Some(step) = StepIndex::new(place)
            {
                let cell = Cell {
                    track: row.id,
                    step,
                };
                set_step(seat, cell, !board.step(cell).on, Gesture::Begins);
            }
        })
}

/// A session without tracks, and not one that is still on its way.
fn is_empty(board: Board) -> bool {
    let is_joined = board
        .summary
        .with(|summary| summary.connection != Connection::Joining);
    is_joined && board.rows.with(Vec::is_empty)
}

fn track(seat: Seat, row: &Row, pages: Pages, first: Signal<i64>, menu: Dialog) -> Tag {
    let text = |words: fn(&Head) -> String| {
        let head = row.head.clone();
        Signal::derive(move || head.with(words))
    };
    let (board, cells) = (seat.board, row.clone());
    let steps = tag("div", "steps")
        .set("data-track", &row.id.0.to_string())
        .filled(move || {
            let (first, end) = Pages::unpacked(first.get());
            pages.mark_entrance_soon();
            let blank = cell::blank();
            let steps = (first..end).map(|place| cell::cell(&blank, &cells, place));
            let steps: Vec<Tag> = steps.collect();
            let columns = steps.iter().map(|step| vec![step.element()]).collect();
            let lamps = playhead::lamps(columns, first);
            board.playheads.show(Some(cells.id), lamps);
            steps
        });
    tag("div", "row")
        .set("role", "group")
        .attribute(
            "class",
            text(|head| format!("row hue-{}", head.colour.get())),
        )
        .attribute("aria-label", text(|head| head.name.to_string()))
        .with(head::head(seat, row, menu))
        .with(
            tag("div", "track")
                .with(steps)
                .with(end::end(seat, row, pages)),
        )
}

/// Switches a step on or off as one absolute edit; everything else about it stays. The first of a
/// gesture is heard. Gives whether there was anything to change.
fn set_step(seat: Seat, cell: Cell, on: bool, gesture: Gesture) -> bool {
    let length = seat
        .board
        .row(cell.track)
        .map_or(0, |row| row.head.with_untracked(|head| head.length));
    let before = seat.board.step(cell);
    let changes = cell.step.index() < length && before.on != on;
    if changes {
        let step = Step { on, ..before };
        if on && gesture == Gesture::Begins {
            seat.preview(cell.track, step.pitches.iter());
        }
        seat.change(&Changes::from([(cell, step)]), gesture);
    }
    changes
}

/// What is picked already stays so, if this step is among it.
fn pick_alone(board: Board, row: &Row, place: usize) {
    let Some(step) = StepIndex::new(place) else {
        return;
    };
    let cell = Cell {
        track: row.id,
        step,
    };
    let before = board.picked.get_untracked();
    let picked = if before.contains(&cell) {
        before
    } else {
        [cell].into()
    };
    board.pick(picked, Some(cell));
}

/// The step's button that an event happened in.
fn step_button(event: &Event) -> Option<web_sys::Element> {
    let pressed: web_sys::Element = event.target()?.dyn_into().ok()?;
    pressed.closest("[data-step]").ok()?
}

/// The cell that an event happened in.
fn target(event: &Event, board: Board) -> Option<(Row, usize)> {
    let button = step_button(event)?;
    let place = button.get_attribute("data-step")?.parse().ok()?;
    let track = button
        .parent_element()?
        .get_attribute("data-track")?
        .parse()
        .ok()?;
    let row = board.row(TrackId(track))?;
    (place < row.cells.len()).then_some((row, place))
}
