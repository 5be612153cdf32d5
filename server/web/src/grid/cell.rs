//! One step's button: what it shows and how it is named. One effect paints all of it, because an
//! effect for each attribute would make a grid of a thousand buttons slow and large.

use crate::board::{Cell, Row};
use crate::dom::{Tag, set, style, tag, text};
use leptos::prelude::*;
use leptos::web_sys::HtmlElement;
use lockstep_session::document::step::{Chance, Condition, Ratchet, Step};

/// The step of a row at a place.
pub(super) fn cell(row: &Row, place: usize) -> Tag {
    let (fill, marks) = (tag("span", "fill"), tag("span", "marks"));
    let (fill_element, marks_element) = (fill.element(), marks.element());
    let (head, cell) = (row.head.clone(), row.cells[place].clone());
    tag("button", "step")
        .set("type", "button")
        .set("tabindex", "-1")
        .set("data-step", &place.to_string())
        .with(fill)
        .with(marks)
        .painted(move |button| {
            let (name, past) = head.with(|head| (head.name.to_string(), place >= head.length));
            set(button, "aria-label", &format!("{name}, step {}", place + 1));
            set(button, "aria-disabled", if past { "true" } else { "false" });
            cell.with(|cell| {
                button.set_class_name(&class(cell, place, past));
                let pressed = if cell.step.on { "true" } else { "false" };
                set(button, "aria-pressed", pressed);
                paint_fill(&fill_element, cell);
                tag_with_player(button, cell);
                mark(&marks_element, &cell.step);
            });
        })
}

/// How far a step is filled, and how far it is moved aside.
fn paint_fill(fill: &HtmlElement, cell: &Cell) {
    let velocity = cell.bent.unwrap_or(cell.step.velocity);
    let height = u32::from(velocity.get()) * 100 / 127;
    style(fill, "height", &format!("{height}%"));
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
        (" now", cell.now),
        (" picked", cell.picked),
        (" changed", cell.author.is_some()),
        (" pointed", cell.author.is_none() && cell.pointed.is_some()),
    ] {
        if given {
            class.push_str(name);
        }
    }
    if let Some(person) = cell.author.as_ref().or(cell.pointed.as_ref()) {
        class.push_str(&format!(" by-{}", person.colour.get()));
    }
    class
}

/// The name of whoever has changed this cell or points at it.
fn tag_with_player(button: &HtmlElement, cell: &Cell) {
    match cell.author.as_ref().or(cell.pointed.as_ref()) {
        Some(person) => set(button, "data-player", &person.name),
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
