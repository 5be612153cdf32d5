//! One step's button: what it shows and how it is named. One effect paints all of it, because an
//! effect for each attribute would make a grid of a thousand buttons slow and large.

use super::Pages;
use crate::element::{child, set};
use crate::board::{Cell, Row};
use leptos::prelude::*;
use leptos::web_sys::{self, HtmlElement};
use lockstep_session::document::step::{Chance, Condition, Ratchet, Step};

/// Fills a track's row with the steps of the page on the screen. Its effects live until the next page.
pub(super) fn lay_out(steps: &web_sys::Element, row: &Row, pages: Pages) {
    // The steps are compared, not only read: what else the pages know may change without them.
    let places = Memo::new(move |_| pages.steps());
    steps.set_text_content(None);
    for place in places.get() {
        let Some(button) = child(steps, "button", "step") else {
            return;
        };
        let (Some(fill), Some(marks)) = (
            child(&button, "span", "fill"),
            child(&button, "span", "marks"),
        ) else {
            return;
        };
        set(&button, "type", "button");
        set(&button, "tabindex", "-1");
        set(&button, "data-step", &place.to_string());
        let (row, cell) = (row.clone(), row.cells[place].clone());
        Effect::new(move |_| {
            let (name, past) = row
                .head
                .with(|head| (head.name.to_string(), place >= head.length));
            set(
                &button,
                "aria-label",
                &format!("{name}, step {}", place + 1),
            );
            set(
                &button,
                "aria-disabled",
                if past { "true" } else { "false" },
            );
            cell.with(|cell| {
                button.set_class_name(&class(cell, place, past));
                set(
                    &button,
                    "aria-pressed",
                    if cell.step.on { "true" } else { "false" },
                );
                let velocity = cell.bent.unwrap_or(cell.step.velocity);
                let height = format!("{}%", u32::from(velocity.get()) * 100 / 127);
                // Both are fixed, legal names and values.
                let _ = fill.style().set_property("height", &height);
                let nudge = format!("translateX({}%)", cell.step.nudge.get());
                let _ = fill.style().set_property(
                    "transform",
                    if cell.step.nudge.get() == 0 {
                        ""
                    } else {
                        &nudge
                    },
                );
                tag(&button, cell);
                mark(&marks, &cell.step);
            });
        });
    }
    pages.mark_entrance();
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
        (" pointed", cell.pointed.is_some()),
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
fn tag(button: &HtmlElement, cell: &Cell) {
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
    if step.ratchet > Ratchet::MIN
        && let Some(ticks) = child(marks, "span", "mark-ratchet")
    {
        for _ in 0..step.ratchet.get() {
            child(&ticks, "i", "");
        }
    }
    let chance = match step.condition {
        Condition::Always if step.chance == Chance::default() => None,
        Condition::Always => Some(step.chance.get().to_string()),
        Condition::Every(cycle) => Some(format!("{}:{}", cycle.turn().get(), cycle.of().get())),
        Condition::First => Some("1st".to_owned()),
        Condition::Fill => Some("fill".to_owned()),
    };
    if let Some(chance) = chance
        && let Some(mark) = child(marks, "span", "mark-chance")
    {
        mark.set_text_content(Some(&chance));
    }
    if !step.locks.is_empty() {
        child(marks, "span", "mark-locks");
    }
}
