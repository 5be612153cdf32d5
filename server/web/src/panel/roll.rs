//! The notes of the track at hand: two octaves of pitches against the steps on the screen, with the
//! scale and the chord of the session lit.

use crate::board::{Board, Row};
use crate::dom::{Tag, follow, set, tag, text};
use crate::painting::{Spot, Surface};
use crate::playhead;
use crate::seat::Seat;
use crate::widget::{Gesture, button};
use leptos::ev::{Event, KeyboardEvent, MouseEvent, PointerEvent};
use leptos::leptos_dom::helpers::set_timeout;
use leptos::prelude::*;
use leptos::web_sys::{self, HtmlElement};
use lockstep_session::document::harmony::{Harmony, PitchClass};
use lockstep_session::document::step::{Pitch, Pitches, Step};
use lockstep_session::ids::StepIndex;
use lockstep_session::steps::{Cell, Changes};
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;

/// Two octaves and the note above them.
const ROWS: i64 = 25;
const MOST: usize = 4;

/// What a drag over the notes does.
#[derive(Clone, Copy)]
struct Drawing {
    surface: Surface,
    at: Spot,
    on: bool,
    gesture: Gesture,
}

pub(super) fn roll(seat: Seat) -> Tag {
    let board = seat.board;
    let top = RwSignal::new(12_i64);
    let notes = tag("div", "roll");
    let place = notes.element();
    let drawing = Rc::new(std::cell::Cell::new(None::<Drawing>));
    let (pressing, following, done) = (
        Rc::clone(&drawing),
        Rc::clone(&drawing),
        Rc::clone(&drawing),
    );
    let at_hand = move || {
        board.rows.track();
        board.track().and_then(|track| board.row(track))
    };
    // What each line is called and how it is lit.
    let lines = board.words(move |document| {
        let track = board.track().and_then(|track| document.track(track));
        let transpose = track.map_or(0, |track| i64::from(track.settings.transpose.get()));
        let harmony = document.harmony.latest();
        let mut lines = String::new();
        for line in 0..ROWS {
            let note = top.get() - line + transpose;
            lines.push_str(&format!(
                "{} {}\n",
                spelled(&harmony, note),
                class(&harmony, note)
            ));
        }
        lines
    });
    let draw = move |spot: Spot, on: bool, gesture: Gesture| {
        let Some(row) = untrack(at_hand) else {
            return false;
        };
        let pitch = pitch_at(top.get_untracked(), spot.row);
        let first = board.shown.get_untracked().0;
        StepIndex::new(first + spot.column).is_some_and(|step| {
            write(
                seat,
                Cell {
                    track: row.id,
                    step,
                },
                pitch,
                on,
                gesture,
            )
        })
    };
    let sound = move |event: &Event| {
        if let (Some(line), Some(row)) = (named(event), untrack(at_hand)) {
            seat.strike(row.id, pitch_at(top.get_untracked(), line).get());
        }
    };
    let press = move |event: Event| {
        let Some(button) = pressed(&event) else {
            if is_mouse(&event) {
                sound(&event);
            }
            return;
        };
        let event: &PointerEvent = event.unchecked_ref();
        let Some(surface) =
            measure(&place, board.shown.get_untracked()).filter(|_| event.button() == 0)
        else {
            return;
        };
        // A pointer that has gone already cannot be held.
        let _ = place.set_pointer_capture(event.pointer_id());
        let at = surface.spot(f64::from(event.client_x()), f64::from(event.client_y()));
        let on = button.get_attribute("aria-pressed").as_deref() != Some("true");
        let has_changed = draw(at, on, Gesture::Begins);
        let gesture = if has_changed {
            Gesture::GoesOn
        } else {
            Gesture::Begins
        };
        pressing.set(Some(Drawing {
            surface,
            at,
            on,
            gesture,
        }));
    };
    let draw_on = move |event: Event| {
        let event: &PointerEvent = event.unchecked_ref();
        let Some(mut drawn) = following.get() else {
            return;
        };
        let end = drawn
            .surface
            .spot(f64::from(event.client_x()), f64::from(event.client_y()));
        for spot in drawn.at.way_to(end) {
            if draw(spot, drawn.on, drawn.gesture) {
                drawn.gesture = Gesture::GoesOn;
            }
        }
        drawn.at = end;
        following.set(Some(drawn));
    };
    // A finger that scrolls is taken away and does not come here.
    let release = move |event: Event| {
        done.set(None);
        if !is_mouse(&event) {
            sound(&event);
        }
    };
    // A pointer has drawn already.
    let toggle = move |event: Event| {
        let clicks = event.unchecked_ref::<MouseEvent>().detail();
        if let (0, Some(button)) = (clicks, pressed(&event)) {
            let on = button.get_attribute("aria-pressed").as_deref() != Some("true");
            if let Some(spot) = spot_of(&button) {
                draw(spot, on, Gesture::Begins);
            }
        }
    };
    let octave = move |by: i64| move || top.update(|top| *top = (*top + by).clamp(ROWS - 25, 24));
    let octaves = tag("div", "line")
        .with(button(
            "Octave up",
            "Shows higher notes",
            Signal::derive(move || top.get() == 24),
            octave(12),
        ))
        .with(button(
            "Octave down",
            "Shows lower notes",
            Signal::derive(move || top.get() == 0),
            octave(-12),
        ));
    let (here, looked) = (notes.element(), std::cell::Cell::new(None));
    let notes = notes
        .set("role", "group")
        .set("aria-label", "Notes")
        .on("pointerdown", press)
        .on("pointermove", draw_on)
        .on("pointerup", release)
        .on("pointercancel", move |_| drawing.set(None))
        .on("click", toggle)
        .on("keydown", walk)
        .filled(move || {
            let row = at_hand();
            let steps = board.shown.get();
            let track = row.as_ref().map(|row| row.id);
            if looked.replace(track) != track {
                let here = here.clone();
                set_timeout(move || look_at_notes(&here), Duration::ZERO);
            }
            row.map_or_else(Vec::new, |row| {
                lines.with(|lines| lay_out(board, &row, top.get_untracked(), steps, lines))
            })
        });
    tag("div", "section").with(octaves).with(notes)
}

/// Puts a pitch into a step or takes it out. Gives whether anything changed.
fn write(seat: Seat, cell: Cell, pitch: Pitch, on: bool, gesture: Gesture) -> bool {
    let board = seat.board;
    let length = board
        .row(cell.track)
        .map_or(0, |row| row.head.with_untracked(|head| head.length));
    let mut step = board.step(cell);
    let mut pitches: Vec<Pitch> = step.pitches.iter().filter(|_| step.on).collect();
    let has_it = pitches.contains(&pitch);
    if has_it == on || cell.step.index() >= length {
        return false;
    }
    if on && pitches.len() == MOST {
        board.say("A step holds at most four notes".to_owned());
        return false;
    }
    if on {
        pitches.push(pitch);
        if gesture == Gesture::Begins {
            seat.preview(cell.track, [pitch]);
        }
    } else {
        pitches.retain(|other| *other != pitch);
    }
    step.on = !pitches.is_empty();
    if step.on {
        step.pitches = Pitches::new(pitches);
    }
    seat.change(&Changes::from([(cell, step)]), gesture);
    true
}

fn pressed(event: &web_sys::Event) -> Option<web_sys::Element> {
    let target: web_sys::Element = event.target()?.dyn_into().ok()?;
    target.closest("[data-note]").ok()?
}

/// Of a track that has just come, what sounds is to be on the screen, or else where it would.
fn look_at_notes(roll: &web_sys::Element) {
    let found = |selector| roll.query_selector(selector).ok().flatten();
    let own_pitch = || found("[data-note='1200']");
    if let Some(note) = found("[aria-pressed=true]").or_else(own_pitch) {
        let how = web_sys::ScrollIntoViewOptions::new();
        how.set_block(web_sys::ScrollLogicalPosition::Center);
        note.scroll_into_view_with_scroll_into_view_options(&how);
    }
}

/// The line whose name is under the pointer: its first note stands beside it.
fn named(event: &web_sys::Event) -> Option<usize> {
    let name: web_sys::Element = event.target()?.dyn_into().ok()?;
    let note = name.next_element_sibling()?;
    let spot = spot_of(&note).filter(|spot| spot.column == 0)?;
    Some(spot.row)
}

fn is_mouse(event: &Event) -> bool {
    event.unchecked_ref::<PointerEvent>().pointer_type() == "mouse"
}

fn pitch_at(top: i64, line: usize) -> Pitch {
    Pitch::new(top - i64::try_from(line).unwrap_or(0))
}

fn spot_of(button: &web_sys::Element) -> Option<Spot> {
    let note: usize = button.get_attribute("data-note")?.parse().ok()?;
    Some(Spot {
        row: note / 100,
        column: note % 100,
    })
}

fn measure(place: &web_sys::Element, (first, end): (usize, usize)) -> Option<Surface> {
    let note = |note: usize| {
        let button = place
            .query_selector(&format!("[data-note='{note}']"))
            .ok()??;
        Some(button.get_bounding_client_rect())
    };
    let (rows, columns) = (usize::try_from(ROWS).ok()?, end - first);
    let (from, to) = (note(0)?, note((rows - 1) * 100 + columns - 1)?);
    Some(Surface {
        left: from.left(),
        top: from.top(),
        width: to.right() - from.left(),
        height: to.bottom() - from.top(),
        rows,
        columns,
    })
}

/// Arrow keys go from note to note.
fn walk(event: Event) {
    let Some(at) = pressed(&event).as_ref().and_then(spot_of) else {
        return;
    };
    let (row, column) = match event.unchecked_ref::<KeyboardEvent>().key().as_str() {
        "ArrowUp" => (at.row.wrapping_sub(1), at.column),
        "ArrowDown" => (at.row + 1, at.column),
        "ArrowLeft" => (at.row, at.column.wrapping_sub(1)),
        "ArrowRight" => (at.row, at.column + 1),
        _ => return,
    };
    event.prevent_default();
    let selector = format!(
        "[data-note='{}']",
        row.wrapping_mul(100).wrapping_add(column)
    );
    let roll = document().query_selector(".roll").ok().flatten();
    let Some(next) = roll.and_then(|roll| roll.query_selector(&selector).ok().flatten()) else {
        return;
    };
    for (button, index) in [(pressed(&event), "-1"), (Some(next.clone()), "0")] {
        if let Some(button) = button {
            set(&button, "tabindex", index);
        }
    }
    // It is on the screen, so it can take the focus.
    let _ = next.unchecked_into::<HtmlElement>().focus();
}

/// Builds the notes; each step then paints its own column.
fn lay_out(
    board: Board,
    row: &Row,
    top: i64,
    (first, end): (usize, usize),
    named: &str,
) -> Vec<Tag> {
    let mut columns: Vec<Vec<HtmlElement>> = vec![Vec::new(); end - first];
    let mut lines = Vec::new();
    for (line, words) in (0_i64..).zip(named.lines()) {
        let (name, class) = words.split_once(' ').unwrap_or((words, ""));
        let mut notes = tag("div", &format!("notes {class}")).with(text("span", "", name));
        for (column, buttons) in columns.iter_mut().enumerate() {
            let is_entrance = line == 0 && column == 0;
            let button = tag("button", "note")
                .set("type", "button")
                .set(
                    "data-note",
                    &(line * 100 + i64::try_from(column).unwrap_or(0)).to_string(),
                )
                .set("tabindex", if is_entrance { "0" } else { "-1" })
                .set(
                    "aria-label",
                    &format!("{name}, step {}", first + column + 1),
                );
            buttons.push(button.element());
            notes = notes.with(button);
        }
        lines.push(notes);
    }
    board
        .playheads
        .show(Some(row.id), playhead::lamps(columns.clone(), first));
    for (buttons, cell) in columns
        .into_iter()
        .zip(row.cells[first..end].iter().cloned())
    {
        follow(move || cell.with(|cell| paint(&buttons, top, &cell.step)));
    }
    lines
}

fn paint(buttons: &[HtmlElement], top: i64, step: &Step) {
    for (button, pitch) in buttons.iter().zip((0..).map(|line| top - line)) {
        let sounds = step.on
            && step
                .pitches
                .iter()
                .any(|other| i64::from(other.get()) == pitch);
        set(
            button,
            "aria-pressed",
            if sounds { "true" } else { "false" },
        );
    }
}

fn class(harmony: &Harmony, note: i64) -> &'static str {
    let note = i32::try_from(note).unwrap_or(0);
    let above_key = (note - i32::from(harmony.key.get())).rem_euclid(12);
    if harmony.chord.is_some() && harmony.chord_intervals().contains(&above_key) {
        "in-chord"
    } else if harmony.in_scale(note) {
        "in-scale"
    } else {
        ""
    }
}

/// The note as the key writes it, with its octave: the track's own pitch is in octave 3.
fn spelled(harmony: &Harmony, note: i64) -> String {
    let class = PitchClass::new(note.rem_euclid(12));
    format!("{}{}", harmony.spell(class), note.div_euclid(12) + 3)
}
