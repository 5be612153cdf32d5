//! What can be done with the picked steps, by key, by button and by the system's clipboard. What it
//! means is the session's affair.

use crate::board::Board;
use crate::browser;
use crate::dom::{Tag, button, tag};
use crate::panel::Tab;
use crate::seat::Seat;
use crate::widget::Gesture;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use lockstep_session::document::step::{Step, Velocity};
use lockstep_session::ids::StepIndex;
use lockstep_session::shortcuts;
use lockstep_session::steps::{self, Cell, Cells, Changes, Copied};
use wasm_bindgen::JsCast;

/// What was copied last, also where no clipboard can be read.
const KEPT: &str = "lockstep.copied";
/// How much harder a key strikes.
const HARDER: i64 = 8;

/// An action of the list of shortcuts, and how its button reads.
const BUTTONS: [(&str, &str); 9] = [
    ("undo", "Undo"),
    ("redo", "Redo"),
    ("copy", "Copy"),
    ("cut", "Cut"),
    ("paste", "Paste"),
    ("duplicate", "Duplicate"),
    ("delete", "Clear"),
    ("left", "←"),
    ("right", "→"),
];

pub(super) fn tools(seat: Seat) -> Tag {
    let board = seat.board;
    let is_bare = Signal::derive(move || board.picked.with(Cells::is_empty));
    let nothing_done = board.holds(|summary| !summary.reach.undo);
    let nothing_undone = board.holds(|summary| !summary.reach.redo);
    let tool = move |(action, label): (&'static str, &'static str)| {
        let disabled = match action {
            "undo" => nothing_done,
            "redo" => nothing_undone,
            _ => is_bare,
        };
        let hint = shortcuts::hint(action);
        // Tab reaches the first of them, arrows the others.
        let entrance = if action == "undo" { "0" } else { "-1" };
        button("tool", label, move |_| act(seat, action))
            .set("tabindex", entrance)
            .set("title", &hint)
            .set("aria-label", spoken(action))
            .set("data-action", action)
            .state("aria-disabled", disabled)
    };
    tag("div", "tools")
        .set("role", "toolbar")
        .set("aria-label", "Selected steps")
        .on("keydown", |event| crate::panel::walk(event.unchecked_ref()))
        .with_all(BUTTONS.map(tool))
}

fn spoken(action: &'static str) -> &'static str {
    match action {
        "left" => "Move steps left",
        "right" => "Move steps right",
        "undo" => "Undo",
        "redo" => "Redo",
        "copy" => "Copy steps",
        "cut" => "Cut steps",
        "paste" => "Paste steps",
        "duplicate" => "Duplicate steps",
        _ => "Clear steps",
    }
}

/// The keys of a press, as the list writes them.
pub(super) fn keys_of(event: &KeyboardEvent) -> String {
    let mut keys = String::new();
    for (held, name) in [
        (event.ctrl_key() || event.meta_key(), "Ctrl+"),
        (event.shift_key(), "Shift+"),
        (event.alt_key(), "Alt+"),
    ] {
        if held {
            keys.push_str(name);
        }
    }
    let key = event.key();
    if key.chars().count() == 1 {
        // No shortcut has another letter than these.
        keys.push_str(&key.to_ascii_uppercase());
    } else {
        keys.push_str(&key);
    }
    keys
}

/// Does what an action of the list means.
pub(super) fn act(seat: Seat, action: &str) {
    let board = seat.board;
    let cells = board.picked.get_untracked();
    match action {
        "undo" => return seat.undo(),
        "redo" => return seat.redo(),
        "none" => return board.pick(Cells::new(), None),
        "all" => return pick_track(seat),
        _ if cells.is_empty() => return,
        "open" => return board.open(Some(Tab::Step)),
        _ => {}
    }
    let read = |cell| board.step(cell);
    let copied = || seat.look(|document| Copied::of(document, &cells, read));
    let changes = match action {
        "copy" | "cut" => {
            let text = copied().text();
            browser::keep(KEPT, &text);
            browser::copy(&text, || {});
            finish(seat, action, &cells);
            return;
        }
        "paste" => match browser::kept(KEPT).and_then(|text| Copied::parse(&text)) {
            Some(copied) => return paste(seat, &copied),
            None => return board.say("Nothing is copied yet".to_owned()),
        },
        "duplicate" => {
            seat.look(|document| Copied::of(document, &cells, read).repeated(document, &cells))
        }
        "delete" => steps::deleted(&cells),
        "left" => steps::shifted(&cells, -1, read).unwrap_or_default(),
        "right" => steps::shifted(&cells, 1, read).unwrap_or_default(),
        "louder" => struck(&cells, HARDER, board),
        "softer" => struck(&cells, -HARDER, board),
        _ => return,
    };
    if changes.is_empty() {
        return;
    }
    seat.change(&changes, Gesture::Begins);
    let picked = match action {
        "left" => steps::moved(&cells, -1),
        "right" => steps::moved(&cells, 1),
        "duplicate" => changes.cells(),
        _ => cells,
    };
    if action == "delete" {
        board.say(counted(picked.len(), "cleared"));
    }
    board.pick(picked, None);
}

/// The text of what is picked, for the system's clipboard. Cutting clears it.
pub(super) fn taken(seat: Seat, is_cut: bool) -> Option<String> {
    let board = seat.board;
    let cells = board.picked.get_untracked();
    if cells.is_empty() {
        return None;
    }
    let copied = seat.look(|document| Copied::of(document, &cells, |cell| board.step(cell)));
    let text = copied.text();
    browser::keep(KEPT, &text);
    finish(seat, if is_cut { "cut" } else { "copy" }, &cells);
    Some(text)
}

/// Puts what a text holds where the picked steps begin. Gives whether it held steps.
pub(super) fn put(seat: Seat, text: &str) -> bool {
    let copied = Copied::parse(text);
    if let Some(copied) = &copied {
        browser::keep(KEPT, text);
        paste(seat, copied);
    }
    copied.is_some()
}

fn paste(seat: Seat, copied: &Copied) {
    let cells = seat.board.picked.get_untracked();
    let changes = seat.look(|document| {
        let corner = steps::corner(document, &cells);
        corner.map_or_else(Changes::new, |at| copied.pasted(document, at))
    });
    if !changes.is_empty() {
        seat.change(&changes, Gesture::Begins);
        seat.board.say(counted(changes.len(), "pasted"));
        seat.board.pick(changes.cells(), None);
    }
}

fn finish(seat: Seat, action: &str, cells: &Cells) {
    if action == "cut" {
        seat.change(&steps::deleted(cells), Gesture::Begins);
    }
    let word = if action == "cut" { "cut" } else { "copied" };
    seat.board.say(counted(cells.len(), word));
}

fn counted(count: usize, word: &str) -> String {
    match count {
        1 => format!("1 step {word}"),
        count => format!("{count} steps {word}"),
    }
}

/// Every step that plays of the track that the keyboard is at.
fn pick_track(seat: Seat) {
    let board = seat.board;
    let row = untrack(|| board.track()).and_then(|track| board.row(track));
    let Some(row) = row else {
        return;
    };
    let length = row.head.with_untracked(|head| head.length);
    let cells = StepIndex::all().take(length).map(|step| Cell {
        track: row.id,
        step,
    });
    board.pick(cells.collect(), None);
    board.say(counted(length, "selected"));
}

fn struck(cells: &Cells, by: i64, board: Board) -> Changes {
    let steps = cells.iter().map(|cell| (*cell, board.step(*cell)));
    let sounding = steps.filter(|(_, step)| step.on);
    let struck = sounding.map(|(cell, step)| {
        let velocity = Velocity::new(i64::from(step.velocity.get()) + by);
        (cell, Step { velocity, ..step })
    });
    struck.collect()
}
