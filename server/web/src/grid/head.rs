//! The head of a track: its name, everyone's mute and solo, its meter, and the way to everything else
//! about it.

use crate::board::{Board, Head, Row};
use crate::dom::{self, Tag, tag};
use crate::meter::Bar;
use crate::seat::Seat;
use crate::selected::Selected;
use crate::widget::{Dialog, Switch, button};
use leptos::ev::Event;
use leptos::prelude::*;
use lockstep_session::document::Document;
use lockstep_session::document::mixer::Colour;
use lockstep_session::document::track::{TrackSetting, TrackSettings};
use lockstep_session::edit::Edit;
use lockstep_session::ids::TrackId;
use lockstep_session::text::Name;
use std::sync::Arc;

pub(super) fn head(seat: Seat, row: &Row, menu: Dialog) -> Tag {
    let board = seat.board;
    let track = row.id;
    let of = |words: fn(&Head) -> String| {
        let head = row.head.clone();
        Signal::derive(move || head.with(words))
    };
    let name = of(|head| head.name.to_string());
    let more = move |_: Event| {
        choose(board, track);
        menu.open.set(true);
    };
    let names = tag("button", "name")
        .set("type", "button")
        .with(tag("b", "").says(name))
        .with(tag("small", "").says(of(subtitle)))
        .state(
            "aria-current",
            Signal::derive(move || board.track() == Some(track)),
        )
        .on("click", move |_| choose(board, track))
        .on("dblclick", more);
    let hint = "More of this track: name, colour, length, order, your own mute and solo";
    tag("div", "head")
        .with(names)
        .with(switch(
            seat,
            row,
            ("M", "Mute", "Mutes the track for everyone"),
            |head| head.mute,
            TrackSetting::Mute,
        ))
        .with(switch(
            seat,
            row,
            ("S", "Solo", "Solos the track for everyone"),
            |head| head.solo,
            TrackSetting::Solo,
        ))
        .with(
            dom::button("more", "⋯", more)
                .set("aria-haspopup", "dialog")
                .set("title", hint)
                .attribute(
                    "aria-label",
                    Signal::derive(move || format!("More of {}", name.get())),
                ),
        )
        .with(level(seat, track))
}

/// How loud the track is heard here.
fn level(seat: Seat, track: TrackId) -> Tag {
    let bar = Bar::new("level", 30);
    let level = bar.tag();
    let paint = move |(peak, _): (f32, f32)| bar.rise(peak);
    seat.board.meters.show(Some(track), paint);
    level
}

fn subtitle(head: &Head) -> String {
    match head.length {
        0 => "audio loop".to_owned(),
        16 => head.source.clone(),
        length => format!("{} · {length} steps", head.source),
    }
}

fn choose(board: Board, track: TrackId) {
    board.selected.set(Selected {
        track: Some(track),
        ..board.selected.get_untracked()
    });
}

fn switch(
    seat: Seat,
    row: &Row,
    (words, name, hint): (&'static str, &str, &'static str),
    of: fn(&Head) -> bool,
    setting: fn(bool) -> TrackSetting,
) -> Tag {
    let (head, track) = (row.head.clone(), row.id);
    let track_name = head.with_untracked(|head| head.name.to_string());
    let switch = Switch {
        words,
        name: format!("{name} {track_name}"),
        hint,
        value: Signal::derive(move || head.with(of)),
        set: Arc::new(move |on| {
            seat.edit(Edit::Track {
                track,
                setting: setting(on),
            })
        }),
        locked: seat.board.locked(),
    };
    switch.show(if words == "M" { "flag mute" } else { "flag" })
}

/// Below the last track.
pub(super) fn add(seat: Seat) -> Tag {
    let locked = seat.board.locked();
    let is_full = seat
        .board
        .condition(|document| document.tracks.len() >= Document::MOST_TRACKS);
    let closed = Signal::derive(move || locked.get() || is_full.get());
    let hint = "Adds a track at the end; a session has at most 16";
    tag("div", "add").with(button("+ Track", hint, closed, move || add_track(seat)))
}

fn add_track(seat: Seat) {
    let (track, at) = seat.look(|document| (document.unused_track(), document.tracks.len()));
    let number = i64::try_from(at).unwrap_or(0);
    let settings = TrackSettings {
        name: Name::new(&format!("Track {}", number + 1)),
        colour: Colour::new(number % 9),
        ..TrackSettings::default()
    };
    seat.edit(Edit::AddTrack {
        track,
        at,
        settings: Box::new(settings),
    });
    choose(seat.board, track);
}
