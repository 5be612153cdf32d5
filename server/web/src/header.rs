//! The top of the session page: what is playing, how fast, who is here and who leads.

mod help;
mod lead;
mod share;
mod transport;

pub(crate) use transport::{harmony_edit, more, scale};

use crate::board::Summary;
use crate::dom::{Tag, tag, text};
use crate::seat::Seat;
use crate::widget::Field;
use leptos::prelude::*;
use lockstep_session::document::mixer::Colour;
use lockstep_session::edit::{Edit, SessionSetting};
use lockstep_session::text::{LongName, Name};

pub(crate) fn header(seat: Seat, id: &str) -> Tag {
    let board = seat.board;
    let name = Field {
        value: board.text(|summary| summary.name.to_string()),
        ..Field::shared(
            seat,
            "Session name",
            "The session's name, for everyone. Click to change it.",
            |document| document.name.to_string(),
            |name| Edit::Session(SessionSetting::Name(LongName::new(name))),
        )
    };
    let home = tag("a", "home")
        .set("href", "/")
        .set("aria-label", "Lockstep, the front page")
        .with(mark());
    let title = tag("div", "title")
        .with(tag("h1", "").with(name.show()))
        .with(text("small", "", short(id)));
    let here = Memo::new(move |_| board.summary.with(|summary| summary.players.clone()));
    let players = tag("ul", "players")
        .attribute("aria-label", board.text(people))
        .filled(move || {
            let player = |(name, colour): &(Name, Colour)| player(name, *colour);
            here.with(|here| here.iter().map(player).collect())
        });
    tag("header", "bar")
        .with(home)
        .with(title)
        .with_all(transport::transport(seat))
        .with_all(lead::lead(seat))
        .with(tag("div", "space"))
        .with(tag("span", "count").says(board.text(people)))
        .with(players)
        .with(help::help())
        .with(share::share(id.to_owned()))
}

/// An id without its secret end: screens are shown to others.
fn short(id: &str) -> &str {
    match id.rsplit_once('-') {
        Some((front, secret)) if secret.len() >= 8 => front,
        _ => id,
    }
}

/// Four steps of a pattern.
pub(crate) fn mark() -> Tag {
    let mark = tag("div", "mark").set("aria-hidden", "true");
    mark.with_all((0..4).map(|_| tag("i", "")))
}

fn player(name: &Name, colour: Colour) -> Tag {
    let words = name.split(' ');
    let initials: String = words
        .filter_map(|word| word.chars().find(|sign| !sign.is_ascii_punctuation()))
        .take(2)
        .collect();
    // The browser has the tables of all letters already.
    let initials = String::from(js_sys::JsString::from(initials).to_upper_case());
    let hue = format!("hue-{}", colour.get());
    text("li", &hue, &initials)
        .set("title", name)
        .set("aria-label", name)
}

fn people(summary: &Summary) -> String {
    match summary.players.len() {
        0 => String::new(),
        1 => "1 player".to_owned(),
        count => format!("{count} players"),
    }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn the_secret_end_of_a_link_is_not_shown() {
        assert_eq!(
            short("fuzzy-penguin-42-abcdefghij234567"),
            "fuzzy-penguin-42"
        );
        assert_eq!(short("short"), "short");
    }
}
