//! The session page: the parts of the screen, all of them views of one seat.

use crate::awake;
use crate::connection::Connection;
use crate::dom::{Tag, derived, follow, tag};
use crate::front;
use crate::grid::grid;
use crate::header::header;
use crate::panel;
use crate::recent;
use crate::seat::Seat;
use crate::status::{notice, status};
use leptos::leptos_dom::helpers::set_timeout;
use leptos::prelude::*;
use std::time::Duration;

/// How long nothing is shown while the session has not come yet.
const PATIENCE: Duration = Duration::from_millis(1_000);
/// A picture of the grid is shown before more is made.
const MOMENT: Duration = Duration::from_millis(50);

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
    awake::while_it_plays(board.holds(|summary| summary.playing));
    let visited = id.to_owned();
    let joined = board.holds(|summary| matches!(summary.connection, Connection::Live(_)));
    let name = board.text(|summary| summary.name.to_string());
    follow(move || {
        if joined.get() {
            name.with(|name| recent::keep(&visited, name));
        }
    });
    // It is laid out once, with the session in it; without, where that takes its time to come.
    let (has_come, is_settled) = (RwSignal::new(false), RwSignal::new(false));
    let joining = board.holds(|summary| summary.connection == Connection::Joining);
    let show = move || {
        if !has_come.get_untracked() {
            has_come.set(true);
            set_timeout(move || is_settled.set(true), MOMENT);
        }
    };
    set_timeout(show, PATIENCE);
    follow(move || {
        if !joining.get() {
            show();
        }
    });
    let unknown = board.holds(|summary| summary.connection == Connection::Unknown);
    let known = derived(move || !unknown.get());
    let top = tag("div", "").with(header(seat, id)).with(notice(seat));
    let middle = tag("div", "middle")
        .with(grid(seat))
        .with(panel::beside(seat, is_settled));
    let page = tag("div", "session")
        .hidden(unknown)
        .with(top)
        .with(middle)
        .with(panel::below(seat))
        .with(status(seat));
    let lost = tag("div", "held").hidden(known).with(front::lost());
    tag("div", "held").filled(move || {
        if has_come.get() {
            vec![page.clone(), lost.clone()]
        } else {
            Vec::new()
        }
    })
}
