//! The launcher: a slot for every track and scene. A click launches, the focus or a right click opens
//! a slot without launching it, a drag copies a clip.

mod details;
mod slots;

use crate::dom::{Tag, tag, text};
use crate::measures;
use crate::seat::Seat;
use crate::widget::Choice;
use leptos::prelude::*;
use lockstep_session::document::launch::Quantum;
use lockstep_session::document::words;
use lockstep_session::edit::{Edit, SessionSetting};
use lockstep_session::ids::SceneIndex;
use lockstep_session::slot::Slot;

/// What the lines below the slots are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Chosen {
    Slot(Slot),
    Scene(SceneIndex),
}

pub(super) fn clips(seat: Seat) -> Tag {
    let chosen = RwSignal::new(None::<Chosen>);
    let has_tracks = seat.board.condition(|document| !document.tracks.is_empty());
    let head = tag("div", "panel-head")
        .with(text("h2", "", "Clips"))
        .with(quantum(seat).show());
    tag("div", "clips")
        .with(head)
        .with(text("p", "hint", "Clips appear here with the first track.").hidden(has_tracks))
        .with(slots::slots(seat, chosen))
        .with(details::details(seat, chosen))
}

/// When launches begin, for everyone.
fn quantum(seat: Seat) -> Choice {
    Choice::shared(
        seat,
        "Quantum",
        "Launched clips wait for the next multiple of this, so that everyone starts together.",
        measures::numbered(&Quantum::ALL, |quantum| words::quantum(quantum).to_owned()),
        |document| measures::number_of(&Quantum::ALL, &document.quantum),
        |number| {
            let quantum = measures::numbered_as(&Quantum::ALL, number).unwrap_or_default();
            Edit::Session(SessionSetting::Quantum(quantum))
        },
    )
}
