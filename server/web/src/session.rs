//! The session page: the parts of the screen, all of them views of one seat.

use crate::connection::Connection;
use crate::front::Lost;
use crate::grid::Grid;
use crate::header::Header;
use crate::panel;
use crate::seat::Seat;
use crate::status::{Notice, Status};
use leptos::prelude::*;

#[component]
pub(crate) fn Session(id: String) -> impl IntoView {
    let seat = Seat::take(&id);
    let board = seat.board;
    Effect::new(move |_| {
        let title = board
            .summary
            .with(|summary| format!("{} · Lockstep", summary.name));
        if document().title() != title {
            document().set_title(&title);
        }
    });
    view! {
        <div class="session" hidden=board.holds(|summary| summary.connection == Connection::Unknown)>
            <div>
                <Header seat id />
                <Notice board sound=seat.sound />
            </div>
            <div class="middle">
                <Grid seat />
                {panel::beside(seat)}
            </div>
            {panel::below(seat)}
            <Status board sound=seat.sound />
        </div>
        <div hidden=board.holds(|summary| summary.connection != Connection::Unknown)>
            <Lost />
        </div>
    }
}
