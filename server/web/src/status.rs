//! The bottom line of the session page: the state of things in words. Never a light alone.

use crate::board::{Board, Summary};
use crate::connection::{Connection, Live};
use crate::sound::Sound;
use leptos::prelude::*;

#[component]
pub(crate) fn Status(board: Board, sound: Sound) -> impl IntoView {
    let tone = board.text(|summary| summary.connection.tone().to_owned());
    view! {
        <footer class="status">
            <span role="status" class=tone>
                <b class="connection">{board.text(|summary| summary.connection.words().to_owned())}</b>
            </span>
            <span hidden=board.holds(|summary| live(summary).is_none())>
                "Saved " <b class="saved">{board.text(|summary| live(summary).map_or("", Live::saved).to_owned())}</b>
            </span>
            <span hidden=board.holds(|summary| in_time(summary).is_none())>
                "In time " <b>{board.text(|summary| in_time(summary).unwrap_or_default())}</b>
            </span>
            <span hidden=board.holds(|summary| in_time(summary).is_none())>
                {board.text(|summary| live(summary).map_or(String::new(), |live| format!("{} ms", live.round_trip_ms)))}
            </span>
            <span class="sound" role="status">{move || sound.state.get().words()}</span>
            <span class="lead-words">{board.text(|summary| summary.lead.clone())}</span>
        </footer>
    }
}

fn live(summary: &Summary) -> Option<&Live> {
    match &summary.connection {
        Connection::Live(live) => Some(live),
        _ => None,
    }
}

fn in_time(summary: &Summary) -> Option<String> {
    let tenths = live(summary)?.error?;
    Some(format!("±{}.{} ms", tenths / 10, tenths % 10))
}

/// What is wrong and what to do about it, only while something is.
#[component]
pub(crate) fn Notice(board: Board, sound: Sound) -> impl IntoView {
    view! {
        <p class="notice" role="alert" hidden=board.holds(|summary| summary.connection.advice().is_none())>
            {board.text(|summary| summary.connection.advice().unwrap_or_default().to_owned())}
        </p>
        <p class="notice" role="alert" hidden=move || sound.state.get().advice().is_none()>
            {move || sound.state.get().advice().unwrap_or_default()}
        </p>
    }
}
