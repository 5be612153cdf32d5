//! What can be done to a whole pattern, and how its track counts and pitches it.

use crate::browser;
use crate::dom::{Tag, tag, text};
use crate::measures::percent_range;
use crate::seat::Seat;
use crate::widget::{Choice, Dial, Gesture, Range, Shape, button, decimal};
use leptos::prelude::*;
use lockstep_session::document::Document;
use lockstep_session::document::mixer::{ChokeGroup, Percent, Transpose};
use lockstep_session::document::pattern::{Operation, PatternLength, Pulses, Shift};
use lockstep_session::document::step::Step;
use lockstep_session::document::track::{ScaleMode, StepLength, Track, TrackSetting};
use lockstep_session::document::words::{self, Tool};
use lockstep_session::edit::{ClipSetting, Edit};
use lockstep_session::ids::{StepIndex, TrackId};
use lockstep_session::steps::{Cell, Changes};
use std::sync::Arc;

pub(super) fn pattern(seat: Seat) -> Tag {
    let name = seat.board.words(move |document| {
        let track = track(seat, document);
        track.map_or_else(String::new, |track| {
            format!("Pattern · {}", track.settings.name)
        })
    });
    let section = |heading: Tag| tag("div", "section").with(heading);
    tag("div", "sections")
        .with(section(tag("h3", "").says(name)).with_all(shapes(seat)))
        .with(section(text("h3", "", "Rhythm")).with_all(rhythms(seat)))
        .with(section(text("h3", "", "Counting and pitch")).with_all(counting(seat)))
}

/// The track that the panels show.
fn track(seat: Seat, document: &Document) -> Option<&Arc<Track>> {
    document.track(seat.board.track()?)
}

fn at_hand(seat: Seat) -> Option<TrackId> {
    untrack(|| seat.board.track())
}

fn operate(seat: Seat, operation: Operation) {
    if let Some(track) = at_hand(seat) {
        let scene = seat.board.scene(track);
        seat.edit(Edit::Pattern {
            track,
            scene,
            operation,
        });
    }
}

fn shapes(seat: Seat) -> Vec<Tag> {
    let locked = seat.board.locked();
    let press = |tool: Tool| {
        button(tool.words, tool.hint, locked, move || {
            operate(seat, tool.operation);
        })
        .set("aria-label", tool.hint)
    };
    let line = |row: Vec<Tool>| tag("div", "line").with_all(row.into_iter().map(press));
    words::tools().map(line).into()
}

/// A number of this panel's own.
fn own(name: &str, hint: &'static str, range: Range, value: RwSignal<i64>) -> Tag {
    let dial = Dial {
        name: name.to_owned(),
        hint,
        range,
        value: value.into(),
        turn: Arc::new(move |number, _| value.set(number)),
        locked: Signal::stored(false),
    };
    dial.show(Shape::Number)
}

fn rhythms(seat: Seat) -> Vec<Tag> {
    let [pulses, rotation, every, density, amount] = [5, 0, 2, 40, 25].map(RwSignal::new);
    let locked = seat.board.locked();
    let euclid = move || {
        let pulses = Pulses::new(pulses.get_untracked());
        let rotation = Shift::new(rotation.get_untracked());
        operate(seat, Operation::Euclid { pulses, rotation });
    };
    let random = move || {
        let density = Percent::new(density.get_untracked());
        operate(
            seat,
            Operation::Randomise {
                seed: browser::random_number(),
                density,
            },
        );
    };
    let humanise = move || {
        let amount = Percent::new(amount.get_untracked());
        operate(
            seat,
            Operation::Humanise {
                seed: browser::random_number(),
                amount,
            },
        );
    };
    let line = |numbers: Vec<Tag>, name: &str, hint: &str, act: Box<dyn Fn()>| {
        let numbers = tag("div", "line").with_all(numbers);
        numbers.with(button(name, hint, locked, act))
    };
    vec![
        line(
            vec![
                own(
                    "Strokes",
                    "How many steps are struck",
                    Range::new(0, 128, 5),
                    pulses,
                ),
                own(
                    "Turned",
                    "By how many steps the rhythm is turned",
                    Range::new(-127, 127, 0),
                    rotation,
                ),
            ],
            "Euclid",
            "Spreads so many strokes as evenly as steps allow, turned by so many",
            Box::new(euclid),
        ),
        line(
            vec![own(
                "Every",
                "How far apart the steps are that are switched on",
                Range::new(1, 16, 2),
                every,
            )],
            "Fill",
            "Switches every so many steps on, and the others off",
            Box::new(move || fill(seat, every.get_untracked())),
        ),
        line(
            vec![own(
                "Density",
                "How many of the steps are struck",
                percent_range(40),
                density,
            )],
            "Random",
            "Throws the dice for every step: on or off, and how hard",
            Box::new(random),
        ),
        line(
            vec![own(
                "Amount",
                "How far from the machine",
                percent_range(25),
                amount,
            )],
            "Humanise",
            "Moves velocities and times a little, each by its own",
            Box::new(humanise),
        ),
    ]
}

/// Every so many steps sound, and no others.
fn fill(seat: Seat, every: i64) {
    let Some(row) = at_hand(seat).and_then(|track| seat.board.row(track)) else {
        return;
    };
    let length = row.head.with_untracked(|head| head.length);
    let every = usize::try_from(every).unwrap_or(1).max(1);
    let mut changes = Changes::new();
    for step in StepIndex::all().take(length) {
        let cell = Cell {
            track: row.id,
            step,
        };
        let on = step.index().is_multiple_of(every);
        changes.insert(
            cell,
            Step {
                on,
                ..seat.board.step(cell)
            },
        );
    }
    seat.change(&changes, Gesture::Begins);
}

/// A number of the track that is at hand.
fn number(
    seat: Seat,
    (name, hint): (&str, &'static str),
    range: Range,
    of: fn(&Track) -> i64,
    set: fn(i64) -> TrackSetting,
) -> Tag {
    let value = move |document: &Document| track(seat, document).map_or(0, |track| of(track));
    let edit = move |value| Edit::Track {
        track: at_hand(seat).unwrap_or(TrackId(0)),
        setting: set(value),
    };
    Dial::shared(seat, name, hint, range, value, edit).show(Shape::Number)
}

fn counting(seat: Seat) -> Vec<Tag> {
    let signed =
        Range::new(-24, 24, 0).words(|value| format!("{value:+}"), |text| decimal(text, 0));
    let group = Range::new(0, 8, 0).words(
        |value| {
            if value == 0 {
                "none".to_owned()
            } else {
                value.to_string()
            }
        },
        |text| Some(decimal(text, 0).unwrap_or(0)),
    );
    let numbers = tag("div", "line")
        .with(length(seat))
        .with(number(
            seat,
            ("Swing", "This track's own swing, on top of the session's"),
            percent_range(0),
            |track| track.settings.swing.get().into(),
            |value| TrackSetting::Swing(Percent::new(value)),
        ))
        .with(number(
            seat,
            ("Transpose", "Semitones that the whole track is moved by"),
            signed,
            |track| track.settings.transpose.get().into(),
            |value| TrackSetting::Transpose(Transpose::new(value)),
        ))
        .with(number(
            seat,
            (
                "Choke group",
                "Tracks of the same group cut each other off, as hats do",
            ),
            group,
            |track| track.settings.choke.get().into(),
            |value| TrackSetting::Choke(ChokeGroup::new(value)),
        ));
    let choices = tag("div", "line")
        .with(chosen(
            seat,
            ("Step", "How long one step of this track lasts"),
            &STEPS,
            |track| place(&StepLength::ALL, track.settings.step_length),
            |place| TrackSetting::StepLength(at(&StepLength::ALL, place)),
        ))
        .with(chosen(
            seat,
            (
                "Follows the harmony",
                "Each note goes to the nearest of the scale or of the chord; what is written stays",
            ),
            &MODES,
            |track| place(&SCALE_MODES, track.settings.scale_mode),
            |place| TrackSetting::ScaleMode(at(&SCALE_MODES, place)),
        ));
    vec![numbers, choices]
}

/// How many steps play of the pattern that is shown.
fn length(seat: Seat) -> Tag {
    let value = move |document: &Document| {
        let track = track(seat, document).map(|track| track.id);
        let pattern = track.and_then(|track| document.pattern(track, shown(seat, track)));
        pattern.map_or(16, |pattern| pattern.length().get().into())
    };
    let edit = move |value| {
        let track = at_hand(seat).unwrap_or(TrackId(0));
        Edit::ClipSetting {
            track,
            scene: seat.board.scene(track),
            setting: ClipSetting::Length(PatternLength::new(value)),
        }
    };
    let hint = "How many steps play before the pattern starts again. Shrinking loses nothing.";
    Dial::shared(seat, "Length", hint, Range::new(1, 128, 16), value, edit).show(Shape::Number)
}

/// The slot that the grid shows, and again when it shows another.
fn shown(seat: Seat, track: TrackId) -> lockstep_session::ids::SceneIndex {
    if let Some(row) = seat.board.row(track) {
        row.head.with(|_| ());
    }
    seat.board.scene(track)
}

const STEPS: [&str; 8] = [
    "1/4",
    "1/4 triplet",
    "1/8",
    "1/8 triplet",
    "1/16",
    "1/16 triplet",
    "1/32",
    "1/32 triplet",
];
const MODES: [&str; 3] = ["Off", "Scale", "Chord"];
const SCALE_MODES: [ScaleMode; 3] = [ScaleMode::Off, ScaleMode::Scale, ScaleMode::Chord];

fn place<T: PartialEq>(all: &[T], one: T) -> i64 {
    let place = all.iter().position(|other| *other == one);
    place
        .and_then(|place| i64::try_from(place).ok())
        .unwrap_or(0)
}

fn at<T: Copy + Default>(all: &[T], place: i64) -> T {
    let place = usize::try_from(place).ok();
    place
        .and_then(|place| all.get(place))
        .copied()
        .unwrap_or_default()
}

fn chosen(
    seat: Seat,
    (name, hint): (&str, &'static str),
    words: &[&str],
    of: fn(&Track) -> i64,
    set: fn(i64) -> TrackSetting,
) -> Tag {
    let options = (0..)
        .zip(words)
        .map(|(place, words)| (place, (*words).to_owned()))
        .collect();
    let value = move |document: &Document| track(seat, document).map_or(0, |track| of(track));
    let edit = move |place| Edit::Track {
        track: at_hand(seat).unwrap_or(TrackId(0)),
        setting: set(place),
    };
    Choice::shared(seat, name, hint, options, value, edit).show()
}
