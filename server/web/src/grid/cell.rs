//! One step's button: what it shows and how it is named. One effect paints all of it, because an
//! effect for each attribute would make a grid of a thousand buttons slow and large.

use crate::board::{Cell, Person, Row};
use crate::dom::{Tag, put, style, tag, text};
use leptos::prelude::*;
use leptos::web_sys::HtmlElement;
use lockstep_session::document::step::{Chance, Condition, Ratchet, Step};
use lockstep_session::text::Name;
use std::cell::RefCell;

/// What all steps are copies of, switched off: that is faster than making each.
pub(super) fn blank() -> Tag {
    let fill = tag("span", "fill");
    paint_height(&fill.element(), &Cell::default());
    tag("button", "step")
        .set("type", "button")
        .set("tabindex", "-1")
        .set("aria-disabled", "false")
        .set("aria-pressed", "false")
        .with(fill)
        .with(tag("span", "marks"))
}

/// The step of a row at a place.
pub(super) fn cell(blank: &Tag, row: &Row, place: usize) -> Tag {
    let button = blank.copy();
    let parts = button.children();
    let (head, cell) = (row.head.clone(), row.cells[place].clone());
    let painted = RefCell::new(Shown::default());
    button
        .set("data-step", &place.to_string())
        .painted(move |button| {
            let (name, past) = head.with(|head| (head.name.clone(), place >= head.length));
            let now = Shown {
                name: Some(name),
                past,
                cell: cell.get(),
            };
            let before = painted.replace(now.clone());
            let [fill, marks] = &*parts else {
                return;
            };
            button.set_class_name(&class(&now.cell, place, past));
            if let Some(name) = now.name.filter(|name| before.name.as_ref() != Some(name)) {
                put(button, "aria-label", &format!("{name}, step {}", place + 1));
            }
            if before.past != past {
                put(button, "aria-disabled", if past { "true" } else { "false" });
            }
            if before.cell.step.on != now.cell.step.on {
                let pressed = if now.cell.step.on { "true" } else { "false" };
                put(button, "aria-pressed", pressed);
            }
            if before.cell.step != now.cell.step {
                mark(marks, &now.cell.step);
            }
            if height_of(&before.cell) != height_of(&now.cell) {
                paint_height(fill, &now.cell);
            }
            if before.cell.step.nudge != now.cell.step.nudge {
                paint_nudge(fill, &now.cell);
            }
            if player(&before.cell) != player(&now.cell) {
                tag_with_player(button, &now.cell);
            }
        })
}

/// What a button shows; at first a blank one. Only what is new is painted: most changes are a colour or
/// a name for a moment.
#[derive(Clone, Default)]
struct Shown {
    name: Option<Name>,
    past: bool,
    cell: Cell,
}

/// How far a step is filled, in percent.
fn height_of(cell: &Cell) -> u32 {
    let velocity = cell.bent.unwrap_or(cell.step.velocity);
    u32::from(velocity.get()) * 100 / 127
}

fn paint_height(fill: &HtmlElement, cell: &Cell) {
    let height = height_of(cell);
    style(
        fill,
        "--fill",
        &format!("{}.{:02}", height / 100, height % 100),
    );
}

/// Moves it aside as far as the step is moved.
fn paint_nudge(fill: &HtmlElement, cell: &Cell) {
    let aside = match cell.step.nudge.get() {
        0 => String::new(),
        nudge => format!("translateX({nudge}%)"),
    };
    style(fill, "transform", &aside);
}

fn class(cell: &Cell, place: usize, past: bool) -> String {
    let mut class = String::from("step");
    let tied = cell.step.on && cell.step.tie;
    for (name, given) in [
        (" off-beat", place % 8 >= 4),
        (" past", past),
        (" tied", tied),
        (" picked", cell.picked),
        (" changed", cell.author.is_some()),
        (" pointed", cell.author.is_none() && cell.pointed.is_some()),
    ] {
        if given {
            class.push_str(name);
        }
    }
    if let Some(person) = player(cell) {
        class.push_str(&format!(" by-{}", person.colour.get()));
    }
    class
}

/// Whoever has changed this cell or points at it.
fn player(cell: &Cell) -> Option<&Person> {
    cell.author.as_ref().or(cell.pointed.as_ref())
}

fn tag_with_player(button: &HtmlElement, cell: &Cell) {
    match player(cell) {
        Some(person) => put(button, "data-player", &person.name),
        // Refused only for names that are not names.
        None => drop(button.remove_attribute("data-player")),
    }
}

/// What sets a sounding step apart: its chance, its ratchets, its locks. Most have none.
fn mark(marks: &HtmlElement, step: &Step) {
    if marks.has_child_nodes() {
        marks.set_text_content(None);
    }
    if !step.on {
        return;
    }
    let show = |mark: Tag| {
        // A new element fits into any other.
        let _ = marks.append_child(&mark.element());
    };
    if step.ratchet > Ratchet::MIN {
        show(tag("span", "mark-ratchet").with_all((0..step.ratchet.get()).map(|_| tag("i", ""))));
    }
    let chance = match step.condition {
        Condition::Always if step.chance == Chance::default() => None,
        Condition::Always => Some(step.chance.get().to_string()),
        Condition::Every(cycle) => Some(format!("{}:{}", cycle.turn().get(), cycle.of().get())),
        Condition::First => Some("1st".to_owned()),
        Condition::Fill => Some("fill".to_owned()),
    };
    if let Some(chance) = chance {
        show(text("span", "mark-chance", &chance));
    }
    if !step.locks.is_empty() {
        show(tag("span", "mark-locks"));
    }
}
