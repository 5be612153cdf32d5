//! One stroke of the pointer: it decides at its first cell what to paint, and paints that alone.

use super::{Pages, set_step, target};
use crate::board::{Board, Row};
use crate::painting::{Spot, Surface};
use crate::seat::Seat;
use leptos::ev::PointerEvent;
use leptos::prelude::*;
use leptos::web_sys;

/// A finger that moves less than this is tapping.
const TAP: i32 = 8;

#[derive(Debug)]
pub(super) struct Stroke {
    surface: Surface,
    rows: Vec<Row>,
    first_step: usize,
    on: bool,
    at: Spot,
    pointer: i32,
    /// Where a finger went down that has not painted yet: it may still turn out to scroll.
    waiting: Option<(i32, i32)>,
}

impl Stroke {
    /// Measures the grid, if the pointer went down on a step.
    pub(super) fn begin(
        grid: &web_sys::HtmlElement,
        event: &PointerEvent,
        board: Board,
        pages: Pages,
    ) -> Option<Stroke> {
        if event.button() != 0 || !event.is_primary() {
            return None;
        }
        let (pressed, place) = target(event, board)?;
        let rows = board.rows.get_untracked();
        let columns = pages.columns();
        let row = rows.iter().position(|row| row.id == pressed.id)?;
        let on = !pressed.cells[place].with_untracked(|cell| cell.step.on);
        let finger = event.pointer_type() == "touch";
        // From here on the grid hears of the pointer wherever it goes. A pointer that has already
        // gone cannot be held, and then there is nothing to follow.
        let _ = grid.set_pointer_capture(event.pointer_id());
        Some(Stroke {
            surface: measure(grid, rows.len(), columns)?,
            rows,
            first_step: place - place % columns,
            on,
            at: Spot {
                row,
                column: place % columns,
            },
            pointer: event.pointer_id(),
            waiting: finger.then(|| (event.client_x(), event.client_y())),
        })
    }

    pub(super) fn follow(&mut self, event: &PointerEvent, seat: Seat) {
        if event.pointer_id() != self.pointer {
            return;
        }
        let (x, y) = (event.client_x(), event.client_y());
        if let Some((down_x, down_y)) = self.waiting {
            if (x - down_x).abs().max((y - down_y).abs()) < TAP {
                return;
            }
            self.waiting = None;
            self.paint(seat);
        }
        let end = self.surface.spot(f64::from(x), f64::from(y));
        for spot in self.at.way_to(end) {
            self.at = spot;
            self.paint(seat);
        }
    }

    /// The finger is up without having moved: that was a tap.
    pub(super) fn end(mut self, seat: Seat) {
        if self.waiting.take().is_some() {
            self.paint(seat);
        }
    }

    pub(super) fn paint(&self, seat: Seat) {
        if self.waiting.is_none()
            && let Some(row) = self.rows.get(self.at.row)
        {
            set_step(seat, row, self.first_step + self.at.column, self.on);
        }
    }
}

/// One read of the layout for a whole stroke.
fn measure(grid: &web_sys::HtmlElement, rows: usize, columns: usize) -> Option<Surface> {
    let rectangle = |selector| {
        Some(
            grid.query_selector(selector)
                .ok()??
                .get_bounding_client_rect(),
        )
    };
    let (first, last) = (rectangle(".steps")?, rectangle(".row:last-of-type .steps")?);
    Some(Surface {
        left: first.left(),
        top: first.top(),
        width: first.width(),
        height: last.bottom() - first.top(),
        rows,
        columns,
    })
}
