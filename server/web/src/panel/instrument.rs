//! What the selected track plays: a preset or a sample, its macros and everything that can be turned.

mod browser;
mod turning;

use super::track::OfTrack;
use crate::dom::{Tag, derived, tag, text};
use crate::seat::Seat;
use crate::widget::button;
use leptos::prelude::*;
use lockstep_engine::Preset;
use lockstep_session::document::Document;
use lockstep_session::document::instrument::Source;
use lockstep_session::document::track::TrackSetting;

pub(super) fn instrument(seat: Seat) -> Tag {
    let board = seat.board;
    let track = Memo::new(move |_| board.track());
    tag("div", "instrument").filled(move || match track.get() {
        None => vec![text(
            "p",
            "hint",
            "An instrument belongs to a track: add one first.",
        )],
        Some(track) => {
            let of = OfTrack { seat, track };
            vec![browser::browser(of), sound(of)]
        }
    })
}

fn sound(of: OfTrack) -> Tag {
    let board = of.seat.board;
    let title = board.words(move |document| {
        of.read(document, |settings| {
            let source = source_title(document, &settings.instrument.source);
            format!("{} plays {source}", settings.name)
        })
    });
    let moved = move |document: &Document| {
        of.read(document, |settings| settings.instrument.parameters.len())
    };
    let state = board.words(move |document| match moved(document) {
        0 => "as it was made".to_owned(),
        1 => "one setting moved".to_owned(),
        moved => format!("{moved} settings moved"),
    });
    let untouched = board.condition(move |document| moved(document) == 0);
    let locked = board.locked();
    let reset = move || {
        let source = of.now(|settings| settings.instrument.source.clone());
        of.seat.edit(of.edit(TrackSetting::Source(source)));
    };
    let hint = "Everything goes back to where the preset has it. Undo brings your settings back.";
    let reset = button(
        "Reset",
        hint,
        derived(move || untouched.get() || locked.get()),
        reset,
    );
    let hear = button(
        "Hear it",
        "Plays a note of it, for your ears only",
        Signal::stored(false),
        move || {
            audition(of);
        },
    );
    let head = tag("div", "line")
        .with(tag("b", "").says(title))
        .with(hear)
        .with(reset)
        .with(tag("span", "hint").says(state));
    tag("div", "sound").with(head).with(turning::turning(of))
}

/// What people call a source.
fn source_title(document: &Document, source: &Source) -> String {
    match source {
        Source::Preset(name) => Preset::find(name).map_or_else(
            || format!("\u{201c}{name}\u{201d}, which is not known here"),
            |preset| preset.title.to_owned(),
        ),
        Source::Sample(sample) => document.samples.get(sample).map_or_else(
            || "a sample that is gone".to_owned(),
            |sample| sample.name.to_string(),
        ),
    }
}

/// Strikes the track where it sounds: a kit on its first drum, all else on middle C.
fn audition(of: OfTrack) {
    let source = of.now(|settings| settings.instrument.source.clone());
    let preset = match &source {
        Source::Preset(name) => Preset::find(name),
        Source::Sample(_) => None,
    };
    let drum = preset.and_then(|preset| preset.drums().next());
    of.seat
        .strike(of.track, drum.map_or(0, |(note, _)| pitch_of(note)));
}

/// Notes are written from middle C on.
fn pitch_of(note: u8) -> i8 {
    i8::try_from(i16::from(note) - 60).unwrap_or(0)
}
