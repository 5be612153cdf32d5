//! The playhead: from one step to the next while the session plays, from the timeline and the shared
//! clock. It keeps no time of its own, so it cannot drift.

use crate::dom;
use crate::seat::Seat;
use leptos::leptos_dom::helpers::set_timeout;
use leptos::prelude::*;
use leptos::web_sys::HtmlElement;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

/// Where nothing is known yet, it is asked again.
const SOON: Duration = Duration::from_millis(20);

/// Follows the session for as long as the page lives.
pub(crate) fn follow(seat: Seat) {
    let playing = seat.board.holds(|summary| summary.playing);
    let is_on = Rc::new(Cell::new(false));
    dom::follow(move || {
        if playing.get() && !is_on.replace(true) {
            go_on(seat, playing, Rc::clone(&is_on));
        }
    });
}

fn go_on(seat: Seat, playing: Signal<bool>, is_on: Rc<Cell<bool>>) {
    let wait = seat.light();
    // What was played is heard a little longer.
    is_on.set(wait.is_some() || playing.get_untracked());
    if is_on.get() {
        let again = move || go_on(seat, playing, is_on);
        set_timeout(again, wait.unwrap_or(SOON));
    }
}

/// Lights the column of elements that stands for a step, and no other. `first` is the step of the first.
pub(crate) fn lamps(columns: Vec<Vec<HtmlElement>>, first: usize) -> impl Fn(Option<usize>) {
    let lit = Cell::new(None);
    move |step: Option<usize>| {
        let column = step.and_then(|step| step.checked_sub(first));
        let before = lit.replace(column);
        if before == column {
            return;
        }
        for (column, is_lit) in [(before, false), (column, true)] {
            for element in column.and_then(|at| columns.get(at)).into_iter().flatten() {
                dom::toggle(element, "data-now", is_lit);
            }
        }
    }
}
