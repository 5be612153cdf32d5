//! The top of the session page: what is playing, how fast, who is here and who leads.

mod lead;
mod share;
mod transport;

pub(crate) use transport::{key, scale};

use crate::board::Summary;
use crate::seat::Seat;
use crate::widget::Field;
use leptos::prelude::*;
use lockstep_session::edit::{Edit, SessionSetting};
use lockstep_session::text::{LongName, Name};

#[component]
pub(crate) fn Header(seat: Seat, id: String) -> impl IntoView {
    let board = seat.board;
    let players = move || {
        let player = |(name, colour): (Name, _)| player(&name, colour);
        board
            .summary
            .with(|summary| summary.players.clone())
            .into_iter()
            .map(player)
            .collect_view()
    };
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
    view! {
        <header class="bar">
            <a class="home" href="/" aria-label="Lockstep, all sessions"><Mark /></a>
            <div class="title">
                <h1>{name.show()}</h1>
                <small>{short(&id).to_owned()}</small>
            </div>
            {transport::transport(seat)}
            {lead::lead(seat)}
            <div class="space"></div>
            <span class="count">{board.text(people)}</span>
            <ul class="players" aria-label=board.text(people)>{players}</ul>
            {share::share(id)}
        </header>
    }
}

/// An id without its secret end: screens are shown to others.
fn short(id: &str) -> &str {
    match id.rsplit_once('-') {
        Some((front, secret)) if secret.len() >= 8 => front,
        _ => id,
    }
}

/// Four steps of a pattern.
#[component]
pub(crate) fn Mark() -> impl IntoView {
    view! { <div class="mark" aria-hidden="true"><i></i><i></i><i></i><i></i></div> }
}

fn player(name: &Name, colour: lockstep_session::document::mixer::Colour) -> AnyView {
    let initials: String = name
        .split(' ')
        .filter_map(|word| word.chars().next())
        .take(2)
        .collect();
    let hue = format!("hue-{}", colour.get());
    view! { <li class=hue title=name.to_string() aria-label=name.to_string()>{initials.to_uppercase()}</li> }.into_any()
}

fn people(summary: &Summary) -> String {
    match summary.players.len() {
        0 => String::new(),
        1 => "1 player".to_owned(),
        count => format!("{count} players"),
    }
}

/// Bar, beat and sixteenth, as musicians count them: from one.
fn place(summary: &Summary) -> String {
    summary.place.map_or("–".to_owned(), |sixteenths| {
        let (bar, beat, sixteenth) = (
            sixteenths.div_euclid(16),
            sixteenths.rem_euclid(16) / 4,
            sixteenths.rem_euclid(4),
        );
        format!("{}.{}.{}", bar + 1, beat + 1, sixteenth + 1)
    })
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
