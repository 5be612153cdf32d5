//! What the others are told of this player's screen, and where they call it to.

use super::{Pages, target};
use crate::board::Board;
use crate::seat::Seat;
use crate::selected::Selected;
use leptos::ev::PointerEvent;
use leptos::prelude::*;
use lockstep_session::ids::StepIndex;
use lockstep_session::protocol::{Cursor, View};
use lockstep_session::steps::Cell;

/// Goes where this player is called, and tells the others what is on the screen and picked.
pub(super) fn follow(seat: Seat, pages: Pages) {
    let board = seat.board;
    Effect::new(move |_| {
        let steps = pages.steps();
        board.shown.set((steps.start, steps.end));
    });
    Effect::new(move |_| {
        if let Some(view) = board.called.get() {
            board.selected.set(Selected {
                track: Some(view.track),
                scene: Some(view.scene),
                ..board.selected.get_untracked()
            });
            pages.show(view.step);
        }
    });
    Effect::new(move |_| {
        board.picked.track();
        let view = view(board, pages);
        let selected = board.selected.get();
        let picked = selected
            .track
            .zip(selected.step)
            .map(|(track, step)| Cell { track, step });
        seat.tell(picked.and_then(|cell| cursor(board, cell)), view);
    });
}

/// The mouse is over a step, or over none.
pub(super) fn point(seat: Seat, pages: Pages, event: &PointerEvent) {
    let board = seat.board;
    let over = (event.type_() != "pointerleave")
        .then(|| target(event, board))
        .flatten();
    let cell = over.and_then(|(row, place)| {
        let step = StepIndex::new(place)?;
        cursor(
            board,
            Cell {
                track: row.id,
                step,
            },
        )
    });
    seat.tell(cell, untrack(|| view(board, pages)));
}

fn cursor(board: Board, cell: Cell) -> Option<Cursor> {
    Some(Cursor {
        track: cell.track,
        scene: board.scene(cell.track),
        step: cell.step,
    })
}

fn view(board: Board, pages: Pages) -> Option<View> {
    let track = board.track()?;
    Some(View {
        track,
        scene: board.scene(track),
        step: StepIndex::new(pages.steps().start)?,
    })
}
