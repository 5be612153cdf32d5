//! The bottom line of the session page: the state of things in words. Never a light alone.

use crate::board::Summary;
use crate::connection::{Connection, Live};
use crate::dom::{Tag, derived, follow, tag, text};
use crate::seat::Seat;
use leptos::prelude::*;
use lockstep_session::document::words::Timing;
use lockstep_session::units::Span;

pub(crate) fn status(seat: Seat) -> Tag {
    let (board, sound) = (seat.board, seat.sound);
    // One place speaks for all of the page, so that what is said does not fight.
    let words = board.words(move |_| {
        board
            .summary
            .with(|summary| summary.connection.words().to_owned())
    });
    let is_first = std::cell::Cell::new(true);
    follow(move || {
        let words = words.get();
        if !is_first.replace(false) {
            board.say(words);
        }
    });
    let said = tag("span", "said")
        .set("role", "status")
        .set("aria-live", "polite")
        .says(board.said.into());
    let tone = board.text(|summary| summary.connection.tone().to_owned());
    let connection = board.text(|summary| summary.connection.words().to_owned());
    let saved = board.text(|summary| live(summary).map_or("", Live::saved).to_owned());
    let late = board.text(|summary| {
        live(summary).map_or(String::new(), |live| format!("{} ms", live.round_trip_ms))
    });
    let timing = board.text(|summary| {
        in_time(summary).map_or(String::new(), |(timing, _)| format!("{} ", timing.words()))
    });
    let error = board.text(|summary| in_time(summary).map_or(String::new(), |(_, error)| error));
    let unknown = board.holds(|summary| in_time(summary).is_none());
    tag("footer", "status")
        .with(
            tag("span", "")
                .attribute("class", tone)
                .with(tag("b", "connection").says(connection)),
        )
        .with(
            text("span", "", "Saved ")
                .hidden(board.holds(|summary| live(summary).is_none()))
                .with(tag("b", "saved").says(saved)),
        )
        .with(
            tag("span", "")
                .hidden(unknown)
                .attribute("title", board.text(keeps_time))
                .with(tag("span", "").says(timing))
                .with(tag("b", "").says(error)),
        )
        .with(tag("span", "").hidden(unknown).says(late))
        .with(tag("span", "sound").says(derived(move || sound.state.get().words().to_owned())))
        .with(said)
        .with(tag("span", "lead-words").says(board.text(|summary| summary.lead.clone())))
}

fn live(summary: &Summary) -> Option<&Live> {
    match &summary.connection {
        Connection::Live(live) => Some(live),
        _ => None,
    }
}

/// How well this page keeps time, and by how much it may be off.
fn in_time(summary: &Summary) -> Option<(Timing, String)> {
    let tenths = live(summary)?.error?;
    let timing = Timing::of(Span::from_micros(i64::from(tenths) * 100));
    Some((timing, format!("±{}.{} ms", tenths / 10, tenths % 10)))
}

/// All about it in one text, with how far the server is.
pub(crate) fn keeps_time(summary: &Summary) -> String {
    let Some(((timing, error), live)) = in_time(summary).zip(live(summary)) else {
        return String::new();
    };
    let (words, meaning) = (timing.words(), timing.meaning());
    let away = live.round_trip_ms;
    format!("{words} {error}, {away} ms from the server. {meaning}")
}

/// What is wrong and what to do about it, only while something is.
pub(crate) fn notice(seat: Seat) -> Tag {
    let (board, sound) = (seat.board, seat.sound);
    let advice = |summary: &Summary| summary.connection.advice().unwrap_or_default().to_owned();
    let unheard = move || sound.state.get().advice().unwrap_or_default().to_owned();
    tag("div", "held")
        .with(alert(board.text(advice)))
        .with(alert(derived(unheard)))
}

fn alert(words: Signal<String>) -> Tag {
    tag("p", "notice")
        .set("role", "alert")
        .hidden(derived(move || words.with(String::is_empty)))
        .says(words)
}
