//! One stroke of the pointer, from its press until it is let go: it paints, bends velocities or picks
//! steps. Positions come in, edits go out.

use super::{Pages, target};
use crate::board::{Board, Row};
use crate::painting::{Spot, Surface};
use crate::seat::Seat;
use crate::widget::Gesture;
use leptos::ev::PointerEvent;
use leptos::prelude::*;
use leptos::web_sys;
use lockstep_session::document::step::{Step, Velocity};
use lockstep_session::ids::StepIndex;
use lockstep_session::steps::{self, Cell, Cells, Changes};

/// The pointer has to go so far before a press becomes something else.
const SLACK: i32 = 6;
/// Velocity for ten points of the screen.
const BEND: i32 = 9;

#[derive(Debug)]
pub(super) struct Stroke {
    surface: Surface,
    rows: Vec<Row>,
    first_step: usize,
    at: Spot,
    pointer: i32,
    down: (i32, i32),
    kind: Kind,
    /// Once it has changed something, the rest is the same gesture.
    gesture: Gesture,
}

#[derive(Debug)]
enum Kind {
    /// A finger that may still turn out to scroll, to tap or to rest.
    Waiting,
    /// A mouse or a pen that has not moved yet.
    Pressed {
        was_on: bool,
    },
    /// Every cell it comes to becomes the same.
    Painting {
        on: bool,
    },
    /// The steps it began with.
    Bending {
        from: Vec<(Cell, Velocity)>,
    },
    Picking {
        from: Cell,
    },
}

impl Stroke {
    /// Measures the grid, if the pointer went down on a step.
    pub(super) fn begin(
        grid: &web_sys::HtmlElement,
        event: &PointerEvent,
        seat: Seat,
        pages: Pages,
    ) -> Option<Stroke> {
        if event.button() != 0 || !event.is_primary() {
            return None;
        }
        let board = seat.board;
        let (pressed, place) = target(event, board)?;
        let cell = Cell {
            track: pressed.id,
            step: StepIndex::new(place)?,
        };
        let (rows, columns) = (board.rows.get_untracked(), pages.columns());
        let row = rows.iter().position(|row| row.id == pressed.id)?;
        let mut picked = board.picked.get_untracked();
        if event.ctrl_key() || event.meta_key() {
            if !picked.remove(&cell) {
                picked.insert(cell);
            }
            board.pick(picked, Some(cell));
            return None;
        }
        if event.shift_key() || !picked.contains(&cell) {
            picked = Cells::from([cell]);
        }
        board.pick(picked, Some(cell));
        let was_on = board.step(cell).on;
        let kind = if event.shift_key() {
            Kind::Picking { from: cell }
        } else if event.pointer_type() == "touch" {
            Kind::Waiting
        } else {
            Kind::Pressed { was_on }
        };
        // From here on the grid hears of the pointer wherever it goes. A pointer that has already
        // gone cannot be held, and then there is nothing to follow.
        let _ = grid.set_pointer_capture(event.pointer_id());
        let mut stroke = Stroke {
            surface: measure(grid, rows.len(), columns)?,
            rows,
            first_step: place - place % columns,
            at: Spot {
                row,
                column: place % columns,
            },
            pointer: event.pointer_id(),
            down: (event.client_x(), event.client_y()),
            kind,
            gesture: Gesture::Begins,
        };
        if matches!(stroke.kind, Kind::Pressed { was_on: false }) {
            stroke.paint(seat, true);
        }
        Some(stroke)
    }

    /// Whether a finger rests where it went down.
    pub(super) fn is_resting(&self) -> bool {
        matches!(self.kind, Kind::Waiting)
    }

    pub(super) fn follow(&mut self, event: &PointerEvent, seat: Seat) {
        if event.pointer_id() != self.pointer {
            return;
        }
        let (x, y) = (event.client_x(), event.client_y());
        let (across, down) = (x - self.down.0, y - self.down.1);
        let end = self.surface.spot(f64::from(x), f64::from(y));
        if let Kind::Waiting | Kind::Pressed { .. } = self.kind {
            let Some(cell) = self.cell() else {
                return;
            };
            let was_on = match self.kind {
                Kind::Pressed { was_on } => was_on,
                _ => seat.board.step(cell).on,
            };
            let is_upright = down.abs() > SLACK && down.abs() > across.abs();
            // A finger that goes upright from a step that is off scrolls the page.
            if is_upright && (was_on || !self.is_resting()) {
                self.kind = Kind::Bending {
                    from: bendable(cell, seat.board),
                };
            } else if (self.is_resting() && across.abs() > SLACK) || end != self.at {
                self.kind = Kind::Painting { on: !was_on };
                self.paint(seat, !was_on);
            }
        }
        match &self.kind {
            Kind::Waiting | Kind::Pressed { .. } => {}
            Kind::Painting { on } => {
                let on = *on;
                for spot in self.at.way_to(end) {
                    self.at = spot;
                    self.paint(seat, on);
                }
            }
            Kind::Bending { from } => {
                for (cell, velocity) in from {
                    let bent =
                        Velocity::new(i64::from(velocity.get()) - i64::from(down * BEND / 10));
                    seat.board.touch(*cell, |cell| cell.bent = Some(bent));
                }
            }
            Kind::Picking { from } => {
                let from = *from;
                self.at = end;
                if let Some(cell) = self.cell() {
                    pick_between(seat, from, cell);
                }
            }
        }
    }

    /// The pointer is up. Where it has not moved, that was a click or a tap.
    pub(super) fn end(mut self, seat: Seat) {
        match std::mem::replace(&mut self.kind, Kind::Waiting) {
            Kind::Waiting => {
                let on = self.cell().is_some_and(|cell| !seat.board.step(cell).on);
                self.paint(seat, on);
            }
            Kind::Pressed { was_on: true } => self.paint(seat, false),
            Kind::Bending { from } => {
                let mut changes = Changes::new();
                for (cell, _) in from {
                    let mut bent = None;
                    seat.board.touch(cell, |shown| bent = shown.bent.take());
                    if let Some(velocity) = bent {
                        let step = seat.board.step(cell);
                        changes.insert(cell, Step { velocity, ..step });
                    }
                }
                seat.change(&changes, self.gesture);
            }
            Kind::Pressed { was_on: false } | Kind::Painting { .. } | Kind::Picking { .. } => {}
        }
    }

    /// The browser took the pointer away, to scroll or to zoom.
    pub(super) fn cancel(self, board: Board) {
        if let Kind::Bending { from } = self.kind {
            for (cell, _) in from {
                board.touch(cell, |cell| cell.bent = None);
            }
        }
    }

    fn cell(&self) -> Option<Cell> {
        Some(Cell {
            track: self.rows.get(self.at.row)?.id,
            step: StepIndex::new(self.first_step + self.at.column)?,
        })
    }

    fn paint(&mut self, seat: Seat, on: bool) {
        let cell = self.cell();
        if cell.is_some_and(|cell| super::set_step(seat, cell, on, self.gesture)) {
            self.gesture = Gesture::GoesOn;
        }
    }
}

/// Everything between two cells becomes what is picked.
pub(super) fn pick_between(seat: Seat, from: Cell, to: Cell) {
    let cells = seat.look(|document| steps::rectangle(document, from, to));
    seat.board.pick(cells, Some(to));
}

/// What a drag upwards from a cell strikes harder: what is picked with it, as far as it sounds.
fn bendable(pressed: Cell, board: Board) -> Vec<(Cell, Velocity)> {
    let picked = board.picked.get_untracked();
    let velocities = picked.iter().map(|cell| (*cell, board.step(*cell)));
    velocities
        .filter(|(cell, step)| step.on || *cell == pressed)
        .map(|(cell, step)| (cell, step.velocity))
        .collect()
}

/// One read of the layout for a whole stroke.
fn measure(grid: &web_sys::HtmlElement, rows: usize, columns: usize) -> Option<Surface> {
    let all = grid.query_selector_all(".steps").ok()?;
    let rectangle = |place: u32| {
        use wasm_bindgen::JsCast;
        let steps: web_sys::Element = all.item(place)?.unchecked_into();
        Some(steps.get_bounding_client_rect())
    };
    let (first, last) = (rectangle(0)?, rectangle(all.length().checked_sub(1)?)?);
    Some(Surface {
        left: first.left(),
        top: first.top(),
        width: first.width(),
        height: last.bottom() - first.top(),
        rows,
        columns,
    })
}
