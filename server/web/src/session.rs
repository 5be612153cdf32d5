//! The session page: the parts of the screen, all of them views of one seat.

use crate::connection::Connection;
use crate::dom::{Tag, derived, follow, tag};
use crate::front;
use crate::grid::grid;
use crate::header::header;
use crate::panel;
use crate::recent;
use crate::seat::Seat;
use crate::status::{notice, status};
use leptos::prelude::*;

pub(crate) fn session(id: &str) -> Tag {
    let seat = Seat::take(id);
    let board = seat.board;
    follow(move || {
        let title = board
            .summary
            .with(|summary| format!("{} \u{b7} Lockstep", summary.name));
        if document().title() != title {
            document().set_title(&title);
        }
    });
    let visited = id.to_owned();
    let joined = board.holds(|summary| matches!(summary.connection, Connection::Live(_)));
    let name = board.text(|summary| summary.name.to_string());
    follow(move || {
        if joined.get() {
            name.with(|name| recent::keep(&visited, name));
        }
    });
    let unknown = board.holds(|summary| summary.connection == Connection::Unknown);
    let known = derived(move || !unknown.get());
    let top = tag("div", "").with(header(seat, id)).with(notice(seat));
    let middle = tag("div", "middle")
        .with(grid(seat))
        .with(panel::beside(seat));
    let page = tag("div", "session")
        .hidden(unknown)
        .with(top)
        .with(middle)
        .with(panel::below(seat))
        .with(status(seat));
    let lost = tag("div", "held").hidden(known).with(front::lost());
    tag("div", "held").with(page).with(lost)
}
