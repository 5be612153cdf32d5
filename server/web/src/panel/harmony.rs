//! Key, scale and chord of the session, and which of them the selected track keeps to.

use super::track::OfTrack;
use crate::dom::{self, Tag, derived, tag, text};
use crate::header::{harmony_edit, scale};
use crate::measures;
use crate::seat::Seat;
use crate::widget::Switch;
use leptos::prelude::*;
use lockstep_session::document::Document;
use lockstep_session::document::chord::{PLACES, chord, chords, key_at, spelled};
use lockstep_session::document::harmony::Harmony;
use lockstep_session::document::track::{ScaleMode, TrackSetting};
use lockstep_session::document::words;

pub(super) fn harmony(seat: Seat) -> Tag {
    let board = seat.board;
    let next = move |document: &Document| match document.harmony.next {
        Some((from, next)) if from > board.beat.get() => {
            format!("{} from {}", name_of(&next), words::place(from))
        }
        _ => String::new(),
    };
    let lock = Switch::shared(
        seat,
        ("Lock", "Lock to the scale".to_owned()),
        "Every melody is heard in this scale, whatever its notes; drums stay as they are.",
        |document| document.harmony.latest().lock,
        move |lock| harmony_edit(seat, |harmony| harmony.lock = lock),
    );
    tag("div", "harmony")
        .with(tag("div", "panel-head").with(text("h2", "", "Harmony")))
        .with(circle(seat))
        .with(tag("p", "hint coming").says(board.words(next)))
        .with(
            tag("div", "line")
                .with(scale(seat).show())
                .with(lock.show("toggle")),
        )
        .with(chord_row(seat))
        .with(follows(seat))
}

fn name_of(harmony: &Harmony) -> String {
    let key = spelled(harmony.key, harmony.scale);
    let chord = harmony.chord.map_or(String::new(), |degree| {
        format!(", chord {}", chord(harmony, degree).numeral)
    });
    format!("{key} {}{chord}", harmony.scale.name())
}

/// The circle of fifths: a click sets the key.
fn circle(seat: Seat) -> Tag {
    let board = seat.board;
    let latest = board.slice(|document| document.harmony.latest());
    let places = (0..PLACES).map(|place| {
        let key = key_at(place);
        let press = move |_| seat.edit(harmony_edit(seat, |harmony| harmony.key = key));
        let name = tag("span", "").says(derived(move || {
            latest.with(|harmony| harmony.spell(key).to_owned())
        }));
        dom::button("", "", press)
            .with(name)
            .painted(move |element| dom::style(element, "--place", &place.to_string()))
            .attribute(
                "class",
                derived(move || {
                    let belongs = latest.with(|harmony| harmony.in_scale(i32::from(key.get())));
                    if belongs { "belongs" } else { "" }.to_owned()
                }),
            )
            .attribute(
                "aria-label",
                derived(move || {
                    let scale = latest.with(|harmony| harmony.scale);
                    format!("{} {}", spelled(key, scale), scale.name())
                }),
            )
            .state(
                "aria-pressed",
                derived(move || latest.with(|harmony| harmony.key == key)),
            )
            .disabled(board.locked())
    });
    let line = |class: &str, words: fn(&Harmony) -> String| {
        tag("span", class).says(derived(move || latest.with(words)))
    };
    let middle = tag("div", "middle-of-circle")
        .with(line("circle-key", |harmony| {
            spelled(harmony.key, harmony.scale).to_owned()
        }))
        .with(line("", |harmony| harmony.scale.name().to_owned()))
        .with(line("", |harmony| match harmony.chord {
            None => "no chord".to_owned(),
            Some(degree) => {
                let chord = chord(harmony, degree);
                format!("{} \u{b7} {}", chord.numeral, chord.name)
            }
        }));
    let ring = tag("div", "ring-of-keys").with_all(places);
    tag("div", "circle")
        .set("role", "group")
        .set("aria-label", "Circle of fifths")
        .with(ring)
        .with(middle)
}

fn chord_row(seat: Seat) -> Tag {
    let board = seat.board;
    let latest = board.slice(|document| document.harmony.latest());
    tag("div", "chords")
        .set("role", "group")
        .set("aria-label", "Chord")
        .filled(move || {
            let now = latest.get();
            let none = dom::button("toggle", "none", move |_| {
                seat.edit(harmony_edit(seat, |harmony| harmony.chord = None));
            })
            .set(
                "title",
                "The whole scale, without a chord, from the next bar",
            )
            .set(
                "aria-pressed",
                if now.chord.is_none() { "true" } else { "false" },
            )
            .disabled(board.locked());
            let degrees = chords(&now).into_iter().map(|chord| {
                let is_on = now.chord == Some(chord.degree);
                // The chord that is on goes off again.
                let next = (!is_on).then_some(chord.degree);
                dom::button("toggle", &chord.numeral, move |_| {
                    seat.edit(harmony_edit(seat, |harmony| harmony.chord = next));
                })
                .set("title", &format!("Chord {}, from the next bar", chord.name))
                .set(
                    "aria-label",
                    &format!("Chord {}, {}", chord.numeral, chord.name),
                )
                .set("aria-pressed", if is_on { "true" } else { "false" })
                .disabled(board.locked())
            });
            std::iter::once(none).chain(degrees).collect()
        })
}

const MODES: [ScaleMode; 3] = [ScaleMode::Off, ScaleMode::Scale, ScaleMode::Chord];

/// What becomes of the selected track's pitches.
fn follows(seat: Seat) -> Tag {
    let board = seat.board;
    let track = Memo::new(move |_| board.track());
    tag("div", "line").filled(move || {
        let Some(track) = track.get() else {
            return Vec::new();
        };
        let of = OfTrack { seat, track };
        let name = board.words(move |document| {
            of.read(document, |settings| format!("{} plays", settings.name))
        });
        let options = measures::numbered(&MODES, |mode| {
            let words = match mode {
                ScaleMode::Off => "as written",
                ScaleMode::Scale => "to scale",
                ScaleMode::Chord => "to chord",
            };
            words.to_owned()
        });
        let choice = of.choice(
            (
                "Pitches",
                "What is written stays; only what sounds is moved",
            ),
            options,
            |settings| measures::number_of(&MODES, &settings.scale_mode),
            |number| {
                TrackSetting::ScaleMode(measures::numbered_as(&MODES, number).unwrap_or_default())
            },
        );
        vec![tag("span", "hint").says(name), choice.show()]
    })
}
