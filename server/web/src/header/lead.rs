//! Who leads the session's transport, and how the lead is taken and given back.

use crate::board::Lead;
use crate::seat::Seat;
use leptos::prelude::*;
use lockstep_session::edit::Edit;

pub(super) fn lead(seat: Seat) -> AnyView {
    let board = seat.board;
    let mine = board.holds(|summary| summary.leader == Lead::Mine);
    let words = Signal::derive(move || {
        if mine.get() {
            "Release"
        } else {
            "Take the lead"
        }
        .to_owned()
    });
    let hint = Signal::derive(move || {
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
    view! {
        <div class="lead">{board.text(|summary| summary.lead.clone())}</div>
        <button type="button" class="button small take-lead" title=hint disabled=board.locked() on:click=press>{words}</button>
    }
    .into_any()
}
