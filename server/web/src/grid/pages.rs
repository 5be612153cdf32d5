//! Which steps are on the screen, and which of them the keyboard is at.

use super::stroke::pick_between;
use super::target;
use crate::board::Board;
use crate::browser;
use crate::dom::{Tag, button, set, tag};
use crate::seat::Seat;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::web_sys;
use lockstep_session::ids::{StepIndex, TrackId};
use lockstep_session::steps::Cell;
use std::ops::Range;
use wasm_bindgen::JsCast;

#[derive(Clone, Copy, Debug)]
pub(super) struct Pages {
    view: RwSignal<View>,
    board: Board,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct View {
    columns: usize,
    page: usize,
    /// The track the keyboard is at, or the first.
    track: Option<TrackId>,
    place: usize,
    /// Where the keyboard began to pick.
    anchor: Option<Cell>,
}

impl Pages {
    pub(super) fn new(board: Board) -> Pages {
        let view = RwSignal::new(View {
            columns: 16,
            page: 0,
            track: None,
            place: 0,
            anchor: None,
        });
        browser::watch_media("(max-width: 760px)", move |narrow| {
            let before = view.get_untracked();
            let columns = if narrow { 8 } else { 16 };
            view.set(View {
                columns,
                page: before.page * before.columns / columns,
                ..before
            });
        });
        Pages { view, board }
    }

    pub(super) fn columns(&self) -> usize {
        self.view.get_untracked().columns
    }

    /// How many pages the longest pattern fills.
    fn count(&self) -> usize {
        let longest = self.board.rows.with(|rows| {
            rows.iter()
                .map(|row| row.head.with(|head| head.length))
                .max()
        });
        longest
            .unwrap_or(0)
            .div_ceil(self.view.get().columns)
            .max(1)
    }

    /// The page on the screen; when patterns shrink, the last one.
    fn shown(&self) -> usize {
        self.view.get().page.min(self.count() - 1)
    }

    pub(super) fn steps(&self) -> Range<usize> {
        self.steps_of(self.shown())
    }

    /// The steps on the screen in one number, which is compared before anything is built.
    pub(super) fn packed(&self) -> i64 {
        let steps = self.steps();
        i64::try_from(steps.start * 256 + steps.end).unwrap_or(0)
    }

    pub(super) fn unpacked(packed: i64) -> (usize, usize) {
        let packed = usize::try_from(packed).unwrap_or(0);
        (packed / 256, packed % 256)
    }

    fn steps_of(&self, page: usize) -> Range<usize> {
        let columns = self.view.get().columns;
        page * columns..((page + 1) * columns).min(StepIndex::COUNT)
    }

    /// The same once what is being built is on the page.
    pub(super) fn mark_entrance_soon(self) {
        request_animation_frame(move || self.mark_entrance());
    }

    /// Lets Tab reach one cell of the grid: the last one the keyboard was at, or the first.
    pub(super) fn mark_entrance(&self) {
        let (view, steps) = untrack(|| (self.view.get(), self.steps()));
        let row = self.board.rows.with_untracked(|rows| {
            let known = view.track.filter(|id| rows.iter().any(|row| row.id == *id));
            known.or_else(|| rows.first().map(|row| row.id))
        });
        let place = if steps.contains(&view.place) {
            view.place
        } else {
            steps.start
        };
        if let Ok(Some(before)) = document().query_selector("[data-step][tabindex='0']") {
            set(&before, "tabindex", "-1");
        }
        if let Some(entrance) = row.and_then(|row| step_at(row, place)) {
            set(&entrance, "tabindex", "0");
        }
    }

    pub(super) fn focus_on(&self, track: TrackId, place: usize) {
        let mut view = self.view.get_untracked();
        if (view.track, view.place) != (Some(track), place) {
            (view.track, view.place) = (Some(track), place);
            if self.board.picked.with_untracked(|picked| picked.len() <= 1) {
                view.anchor = StepIndex::new(place).map(|step| Cell { track, step });
            }
            self.view.set(view);
            self.mark_entrance();
        }
    }

    fn go(&self, page: usize) {
        self.view.set(View {
            page,
            ..self.view.get_untracked()
        });
    }

    /// Shows the page that a step is on.
    pub(super) fn show(&self, step: StepIndex) {
        let columns = self.columns();
        self.go(step.index() / columns);
    }

    /// Shows the next page, or the one before.
    pub(super) fn turn(&self, is_forward: bool) {
        let (shown, count) = untrack(|| (self.shown(), self.count()));
        let page = if is_forward {
            (shown + 1).min(count - 1)
        } else {
            shown.saturating_sub(1)
        };
        self.go(page);
    }

    /// Moves the keyboard's place by an arrow, Home, End or a page key, and picks it; with Shift,
    /// everything from where the keyboard was before.
    pub(super) fn walk(&self, event: &KeyboardEvent, seat: Seat) {
        let board = seat.board;
        let Some((row, place)) = target(event, board) else {
            return;
        };
        if event.alt_key() || event.ctrl_key() || event.meta_key() {
            return;
        }
        let ids: Vec<TrackId> = board
            .rows
            .with_untracked(|rows| rows.iter().map(|row| row.id).collect());
        let Some(row) = ids.iter().position(|id| *id == row.id) else {
            return;
        };
        let columns = self.columns();
        let last = untrack(|| self.count()) * columns - 1;
        let (row, place) = match event.key().as_str() {
            "ArrowLeft" => (row, place.saturating_sub(1)),
            "ArrowRight" => (row, (place + 1).min(last)),
            "ArrowUp" => (row.saturating_sub(1), place),
            "ArrowDown" => ((row + 1).min(ids.len() - 1), place),
            "Home" => (row, place - place % columns),
            "End" => (row, place - place % columns + columns - 1),
            "PageUp" => (row, place.checked_sub(columns).unwrap_or(place)),
            "PageDown" => (
                row,
                if place + columns <= last {
                    place + columns
                } else {
                    place
                },
            ),
            _ => return,
        };
        let track = ids[row];
        event.prevent_default();
        let mut view = View {
            page: place / columns,
            track: Some(track),
            place,
            ..self.view.get_untracked()
        };
        if let Some(step) = StepIndex::new(place) {
            let to = Cell { track, step };
            let from = view.anchor.filter(|_| event.shift_key()).unwrap_or(to);
            view.anchor = Some(from);
            pick_between(seat, from, to);
        }
        self.view.set(view);
        // A new page is on the screen by the next frame.
        request_animation_frame(move || {
            if let Some(button) = step_at(track, place) {
                // What cannot take the focus has left the page in the meantime.
                let _ = button.unchecked_into::<web_sys::HtmlElement>().focus();
            }
        });
    }
}

fn step_at(track: TrackId, place: usize) -> Option<web_sys::Element> {
    document()
        .query_selector(&format!("[data-track='{}'] [data-step='{place}']", track.0))
        .ok()?
}

pub(super) fn page_buttons(pages: Pages) -> Tag {
    let turner = move |page: usize| {
        let steps = pages.steps_of(page);
        let label = format!("{}–{}", steps.start + 1, steps.end);
        let current = Signal::derive(move || pages.shown() == page);
        button("", &label, move |_| pages.go(page))
            .set(
                "aria-label",
                &format!("Steps {} to {}", steps.start + 1, steps.end),
            )
            .state("aria-current", current)
    };
    let board = pages.board;
    // Other columns make other buttons.
    let count = board.number(move |_| {
        i64::try_from(pages.count() * 256 + pages.view.get().columns).unwrap_or(0)
    });
    tag("nav", "pages")
        .set("aria-label", "Pages of steps")
        .hidden(Signal::derive(move || Pages::unpacked(count.get()).0 == 1))
        .filled(move || (0..Pages::unpacked(count.get()).0).map(turner).collect())
}
