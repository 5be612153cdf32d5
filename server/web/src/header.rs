//! The top of the session page: what is playing, how fast, who is here and who leads.

use crate::board::Summary;
use crate::seat::Seat;
use leptos::prelude::*;
use lockstep_session::text::Name;

#[component]
pub(crate) fn Header(seat: Seat, id: String) -> impl IntoView {
    let board = seat.board;
    let copied = RwSignal::new(false);
    let players = move || {
        let player = |(name, colour): (Name, _)| player(&name, colour);
        board
            .summary
            .with(|summary| summary.players.clone())
            .into_iter()
            .map(player)
            .collect_view()
    };
    view! {
        <header class="bar">
            <Mark />
            <div class="title">
                <h1>{board.text(|summary| summary.name.to_string())}</h1>
                <small>{id}</small>
            </div>
            <button
                type="button" class="play"
                aria-label=board.text(|summary| if summary.playing { "Stop" } else { "Play" }.to_owned())
                on:click=move |_| seat.toggle_playing()
            >
                <span class=board.text(|summary| if summary.playing { "square" } else { "triangle" }.to_owned())></span>
            </button>
            <div class="field">
                <span>"Tempo"</span>
                <b class="tempo">{board.text(tempo)}</b>
            </div>
            <div class="field place">
                <span>"Bar"</span>
                <b>{board.text(place)}</b>
            </div>
            <div class="lead">{board.text(|summary| summary.lead.clone())}</div>
            <div class="space"></div>
            <span class="count">{board.text(people)}</span>
            <ul class="players" aria-label=board.text(people)>{players}</ul>
            <button type="button" class="button strong share" on:click=move |_| seat.share(copied)>
                {Signal::derive(move || if copied.get() { "Link copied" } else { "Share" }.to_owned())}
            </button>
        </header>
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

fn tempo(summary: &Summary) -> String {
    let hundredths = summary.tempo.get();
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
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
