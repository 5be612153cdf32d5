//! Who leads the session's transport, and how the lead is taken and given back.

use crate::board::Lead;
use crate::dom::{Tag, button, derived, tag};
use crate::seat::Seat;
use leptos::prelude::*;
use lockstep_session::edit::Edit;

pub(super) fn lead(seat: Seat) -> [Tag; 2] {
    let board = seat.board;
    let mine = board.holds(|summary| summary.leader == Lead::Mine);
    let words = derived(move || {
        if mine.get() {
            "Release"
        } else {
            "Take the lead"
        }
        .to_owned()
    });
    let hint = derived(move || {
        if mine.get() {
            "Lets go of the lead, so that anyone may play, stop and set the tempo"
        } else {
            "The others then follow your transport. Everyone sees it, and anyone can take it back."
        }
        .to_owned()
    });
    let press = move |_| {
        seat.edit(if mine.get_untracked() {
            Edit::ReleaseLead
        } else {
            Edit::TakeLead
        });
    };
    let press = button("button small take-lead", "", press)
        .says(words)
        .attribute("title", hint)
        .disabled(board.locked());
    [
        tag("div", "lead").says(board.text(|summary| summary.lead.clone())),
        press,
    ]
}
