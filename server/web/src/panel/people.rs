//! Everyone who is here, and looking where another looks.

use crate::dom::{Tag, tag};
use crate::seat::Seat;
use crate::widget::{Switch, button};
use leptos::prelude::*;
use lockstep_session::ids::PlayerId;
use lockstep_session::protocol::{Kind, Player};
use std::sync::Arc;

pub(super) fn people(seat: Seat) -> Tag {
    let board = seat.board;
    let alone = board.holds(|summary| summary.players.is_empty());
    // Who is here, not what they do: their lines stay as they are while they point and play.
    let here = board.words(move |_| {
        let ids = |players: &Vec<Player>| players.iter().map(|player| player.id.hex()).collect();
        let ids: Vec<String> = board.players.with(ids);
        ids.join(" ")
    });
    let hint = "Asks everyone to look at the track and the page that you see";
    let look = button("Look here", hint, alone, move || seat.gather());
    let list = tag("ul", "people").filled(move || {
        let here = here.get();
        let ids = here.split(' ').filter_map(PlayerId::parse);
        ids.map(|id| line(seat, id)).collect()
    });
    tag("div", "section")
        .with(tag("div", "line").with(look))
        .with(list)
}

fn line(seat: Seat, id: PlayerId) -> Tag {
    let board = seat.board;
    let of = move |words: fn(&Player) -> String| {
        Signal::derive(move || {
            let player =
                |players: &Vec<Player>| players.iter().find(|player| player.id == id).map(words);
            board.players.with(player).unwrap_or_default()
        })
    };
    let is_me = id == seat.me();
    let words = of(describe);
    let name = of(|player| player.profile.name.to_string()).get_untracked();
    let follow = (!is_me).then(|| {
        let switch = Switch {
            words: "Follow",
            name: format!("Follow {name}"),
            hint: "Your grid goes to the tracks and pages where they look",
            value: Signal::derive(move || board.following.get() == Some(id)),
            set: Arc::new(move |on| seat.follow(on.then_some(id))),
            locked: Signal::stored(false),
        };
        switch.show("toggle")
    });
    let you = if is_me { " (you)" } else { "" };
    let words = Signal::derive(move || format!("{}{you}", words.get()));
    tag("li", "")
        .attribute(
            "class",
            of(|player| format!("hue-{}", player.profile.colour.get())),
        )
        .with(tag("i", "dot"))
        .with(tag("span", "").says(words))
        .with_all(follow)
}

fn describe(player: &Player) -> String {
    let kind = match player.profile.kind {
        Kind::Daw => "in a workstation",
        Kind::Browser => "in a browser",
        Kind::Listener => "listening",
        Kind::Other => "another program",
    };
    let trip = match player.presence.quality.round_trip_ms.get() {
        0 => String::new(),
        trip => format!(", {trip} ms away"),
    };
    format!("{}: {kind}{trip}", player.profile.name)
}
