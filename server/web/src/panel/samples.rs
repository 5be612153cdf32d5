//! The session's samples: their names, who plays them, and how more are made: recorded, brought in as
//! files, or cut from others.

mod record;
mod take;

use crate::dom::{Tag, derived, tag, text};
use crate::measures;
use crate::seat::Seat;
use crate::widget::{Choice, Field, button};
use leptos::ev::{DragEvent, Event};
use leptos::prelude::*;
use leptos::web_sys::HtmlInputElement;
use lockstep_session::document::instrument::Source;
use lockstep_session::document::track::TrackSetting;
use lockstep_session::document::{Document, Sample};
use lockstep_session::edit::Edit;
use lockstep_session::ids::{SampleId, SceneIndex, TrackId};
use lockstep_session::slot::{Slot, loop_bars, scene_name};
use lockstep_session::text::LongName;
use std::sync::Arc;
use wasm_bindgen::JsCast;

pub(super) fn samples(seat: Seat) -> Tag {
    let board = seat.board;
    let ids = board.slice(|document| document.samples.keys().copied().collect::<Vec<_>>());
    let takes = seat.takes.list;
    let rows = tag("ul", "samples").filled(move || {
        let ids = ids.get();
        ids.into_iter().map(|sample| row(seat, sample)).collect()
    });
    let kept = tag("ul", "samples takes")
        .set("aria-label", "Not samples yet")
        .filled(move || {
            let takes = takes.get();
            takes.iter().map(|take| take::row(seat, take)).collect()
        });
    let is_empty = board.condition(|document| !document.samples.is_empty());
    let hint = "No samples yet. What is brought in here, every player has.";
    tag("div", "samples-panel")
        .with(record::record(seat))
        .with(kept)
        .with(bring(seat))
        .with(text("p", "hint", hint).hidden(is_empty))
        .with(rows)
}

/// Files are chosen or dropped here.
fn bring(seat: Seat) -> Tag {
    let locked = seat.board.locked();
    let files = tag("input", "file")
        .set("type", "file")
        .set("multiple", "")
        .set("accept", "audio/*,.wav,.aif,.aiff,.flac,.mp3,.ogg")
        .set("aria-label", "Bring in audio files")
        .disabled(locked);
    let input: HtmlInputElement = files.element().unchecked_into();
    let files = files.on("change", move |_| {
        if let Some(files) = input.files() {
            seat.takes.bring(seat, &files);
        }
        input.set_value("");
    });
    let over = |event: Event| event.prevent_default();
    tag("div", "drop")
        .with(files)
        .with(text(
            "span",
            "hint",
            "or drop them here: WAV, AIFF, FLAC, MP3 or Ogg, up to a minute",
        ))
        .on("dragover", over)
        .on("drop", move |event| {
            event.prevent_default();
            let event: &DragEvent = event.unchecked_ref();
            let files = event.data_transfer().and_then(|data| data.files());
            if let (Some(files), false) = (files, locked.get_untracked()) {
                seat.takes.bring(seat, &files);
            }
        })
}

fn row(seat: Seat, sample: SampleId) -> Tag {
    let board = seat.board;
    let name = Field::shared(
        seat,
        "Sample name",
        "The name that everyone sees",
        move |document| read(document, sample, |sample| sample.name.to_string()),
        move |name| Edit::RenameSample {
            sample,
            name: LongName::new(name),
        },
    );
    let about = board.words(move |document| read(document, sample, about));
    let users = board.words(move |document| match users(document, sample).join(", ") {
        none if none.is_empty() => none,
        names => format!("{names} still plays it"),
    });
    let locked = board.locked();
    let used = derived(move || locked.get() || users.with(|users| !users.is_empty()));
    let play = move || {
        let track = untrack(|| board.track());
        if let Some(track) = track {
            let setting = TrackSetting::Source(Source::Sample(sample));
            seat.edit(Edit::Track { track, setting });
        }
    };
    let remove = "Takes it out of the session for everyone. Undo brings it back.";
    tag("li", "line sample")
        .with(name.show())
        .with(tag("span", "hint").says(about))
        .with(button(
            "On the track",
            "Makes the selected track play this sample",
            locked,
            play,
        ))
        .with(loop_in(
            seat,
            locked,
            Arc::new(move |track, scene| {
                let bars = seat.look(|document| loop_bars(document, sample));
                seat.edit(Slot { track, scene }.add_loop(sample, bars));
            }),
        ))
        .with(button(
            "Cut",
            "Takes a copy, to trim, normalise or slice it",
            locked,
            move || seat.takes.cut(seat, sample),
        ))
        .with(button("Remove", remove, used, move || {
            seat.edit(Edit::RemoveSample { sample });
        }))
        .with(tag("span", "hint").says(users))
}

fn read(document: &Document, sample: SampleId, of: fn(&Sample) -> String) -> String {
    document.samples.get(&sample).map(of).unwrap_or_default()
}

fn about(sample: &Sample) -> String {
    let rate = i64::from(sample.rate.get());
    let time = measures::time(i64::from(sample.frames.get()) * 1_000_000 / rate);
    let sides = match sample.channels.get() {
        1 => "mono",
        _ => "stereo",
    };
    format!(
        "{time} \u{b7} {sides} \u{b7} {} kHz",
        measures::fixed(rate / 100, 1)
    )
}

/// Puts sound into a slot of the selected track as a loop.
fn loop_in(
    seat: Seat,
    locked: Signal<bool>,
    put: Arc<dyn Fn(TrackId, SceneIndex) + Send + Sync>,
) -> Tag {
    let board = seat.board;
    let choice = Choice {
        name: "Loop in".to_owned(),
        hint: "Puts it into a slot of the selected track as a loop in time with the session",
        options: Signal::stored(Vec::new()),
        value: Signal::stored(-1),
        choose: Arc::new(move |number| {
            let scene = usize::try_from(number).ok().and_then(SceneIndex::new);
            if let (Some(scene), Some(track)) = (scene, untrack(|| board.track())) {
                put(track, scene);
            }
        }),
        locked,
    };
    let choice = choice.among(seat, |document| {
        let scenes = SceneIndex::all().map(|scene| scene_name(document, scene));
        let invitation = (-1, "Loop in\u{2026}".to_owned());
        std::iter::once(invitation)
            .chain((0..).zip(scenes))
            .collect()
    });
    choice.show()
}

/// The tracks that play a sample, as an instrument or in a slot.
fn users(document: &Document, sample: SampleId) -> Vec<String> {
    use lockstep_session::document::clip::Content;
    let tracks = document.tracks.iter().filter(|track| {
        let loops =
            |content: &Content| matches!(content, Content::Loop(audio) if audio.sample == sample);
        track.settings.instrument.source == Source::Sample(sample)
            || track
                .clips
                .iter()
                .flatten()
                .any(|clip| loops(&clip.content))
    });
    tracks
        .map(|track| track.settings.name.to_string())
        .collect()
}
