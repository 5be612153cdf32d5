//! Everything about a track that is not its sound: name, colour, place among the others, and what is
//! for this player's ears alone.

use crate::dom::{self, Tag, tag, text};
use crate::measures::{level_range, pan_range};
use crate::panel;
use crate::seat::Seat;
use crate::widget::{Dial, Field, Gesture, Range, Shape, button};
use leptos::prelude::*;
use lockstep_session::document::Document;
use lockstep_session::document::mixer::{Colour, Level, Pan};
use lockstep_session::document::track::{Track, TrackSetting};
use lockstep_session::edit::Edit;
use lockstep_session::ids::{SceneIndex, TrackId};
use lockstep_session::text::Name;
use std::sync::Arc;

const COLOURS: [&str; 9] = [
    "Coral", "Amber", "Yellow", "Green", "Teal", "Cyan", "Blue", "Violet", "Pink",
];

pub(super) fn menu(seat: Seat, close: RwSignal<bool>) -> Tag {
    let Some(track) = untrack(|| seat.board.track()) else {
        return tag("div", "");
    };
    let locked = seat.board.locked();
    let called = move |document: &Document| {
        let track = document.track(track);
        track.map_or_else(String::new, |track| track.settings.name.to_string())
    };
    let name = Field::shared(
        seat,
        "Name",
        "What the track is called, for everyone",
        called,
        move |name| Edit::Track {
            track,
            setting: TrackSetting::Name(Name::new(name)),
        },
    );
    let place =
        move |document: &Document| document.tracks.iter().position(|other| other.id == track);
    let is_first = seat
        .board
        .condition(move |document| place(document).is_none_or(|place| place == 0));
    let is_last = seat.board.condition(move |document| {
        place(document).is_none_or(|place| place + 1 >= document.tracks.len())
    });
    let is_full = seat
        .board
        .condition(|document| document.tracks.len() >= Document::MOST_TRACKS);
    let or_locked =
        move |closed: Signal<bool>| Signal::derive(move || closed.get() || locked.get());
    let remove = move || {
        close.set(false);
        seat.edit(Edit::RemoveTrack { track });
        seat.board
            .say("The track is gone; Undo brings it back".to_owned());
    };
    let controls = tag("div", "controls")
        .with(number(
            seat,
            track,
            ("Level", "How loud the track is"),
            level_range(),
            |track| track.settings.level.get().into(),
            |value| TrackSetting::Level(Level::new(value)),
        ))
        .with(number(
            seat,
            track,
            ("Pan", "From left to right"),
            pan_range(),
            |track| track.settings.pan.get().into(),
            |value| TrackSetting::Pan(Pan::new(value)),
        ));
    let order = tag("div", "line")
        .with(button(
            "Move up",
            "Moves the track up",
            or_locked(is_first),
            move || shift(seat, track, true),
        ))
        .with(button(
            "Move down",
            "Moves the track down",
            or_locked(is_last),
            move || shift(seat, track, false),
        ))
        .with(button(
            "Duplicate",
            "Makes another track like this, with all its clips",
            or_locked(is_full),
            move || duplicate(seat, track),
        ))
        .with(button(
            "Delete",
            "Takes the track away for everyone; Undo brings it back",
            locked,
            remove,
        ));
    tag("div", "section track-menu")
        .with(name.show())
        .with(colours(seat, track))
        .with(controls)
        .with(text("h3", "", "For your ears alone"))
        .with(panel::private(seat, track))
        .with(order)
}

fn number(
    seat: Seat,
    track: TrackId,
    (name, hint): (&str, &'static str),
    range: Range,
    of: fn(&Track) -> i64,
    set: fn(i64) -> TrackSetting,
) -> Tag {
    let value = move |document: &Document| document.track(track).map_or(0, |track| of(track));
    let edit = move |value| Edit::Track {
        track,
        setting: set(value),
    };
    Dial::shared(seat, name, hint, range, value, edit).show(Shape::Knob)
}

fn colours(seat: Seat, track: TrackId) -> Tag {
    let current = seat.board.number(move |document| {
        let track = document.track(track);
        track.map_or(0, |track| track.settings.colour.get().into())
    });
    let swatch = move |(number, name): (i64, &'static str)| {
        let set = move |_| {
            let setting = TrackSetting::Colour(Colour::new(number));
            seat.edit(Edit::Track { track, setting });
        };
        dom::button(&format!("swatch hue-{number}"), "", set)
            .set("aria-label", name)
            .set("title", name)
            .state(
                "aria-pressed",
                Signal::derive(move || current.get() == number),
            )
    };
    tag("div", "swatches")
        .set("role", "group")
        .set("aria-label", "Colour")
        .with_all((0..).zip(COLOURS).map(swatch))
}

/// One place up or down.
fn shift(seat: Seat, track: TrackId, is_up: bool) {
    let order = seat.look(|document| {
        let mut order: Vec<TrackId> = document.tracks.iter().map(|track| track.id).collect();
        let from = order.iter().position(|other| *other == track)?;
        let to = if is_up {
            from.checked_sub(1)?
        } else {
            from + 1
        };
        (to < order.len()).then(|| order.swap(from, to))?;
        Some(order)
    });
    if let Some(order) = order {
        seat.edit(Edit::OrderTracks { order });
    }
}

/// The same settings and clips once more, below. Each clip is an edit of its own, since all of them
/// may be too much for one; undo takes them back together.
fn duplicate(seat: Seat, track: TrackId) {
    let made = seat.look(|document| {
        let at = document.tracks.iter().position(|other| other.id == track)?;
        let original = Arc::clone(&document.tracks[at]);
        Some((original, at + 1, document.unused_track()))
    });
    let Some((original, at, copy)) = made else {
        return;
    };
    let mut settings = original.settings.clone();
    settings.name = Name::new(&format!("{} 2", settings.name));
    let add = Edit::AddTrack {
        track: copy,
        at,
        settings: Box::new(settings),
    };
    seat.perform(add, Gesture::Begins);
    for scene in SceneIndex::all() {
        if let Some(clip) = original.clip(scene) {
            let clip = Some((**clip).clone());
            seat.perform(
                Edit::Clip {
                    track: copy,
                    scene,
                    clip,
                },
                Gesture::GoesOn,
            );
        }
    }
    seat.board
        .say(format!("{} is there twice", original.settings.name));
}
