//! One take: what is known of its sound, what is kept of it, and how far it is on its way.

use super::Goal;
use crate::api::{field, text};
use crate::recording::plan;
use crate::sound::object;
use js_sys::Array;
use leptos::prelude::*;
use std::ops::Range;
use std::sync::Arc;
use wasm_bindgen::{JsCast, JsValue};

/// It is not on its way.
const RESTING: i64 = -1;
/// The server has it, and the session is told.
const TOLD: i64 = 101;
/// Half an ear.
const SENSITIVITY: i64 = 50;

/// Clones are the same take.
#[derive(Clone)]
pub(crate) struct Take {
    about: Arc<About>,
    /// What is kept of it, in microseconds.
    pub(crate) from: ArcRwSignal<i64>,
    pub(crate) to: ArcRwSignal<i64>,
    pub(crate) normalised: ArcRwSignal<bool>,
    /// How soon something counts as struck, from 0 to 100.
    pub(crate) sensitivity: ArcRwSignal<i64>,
    /// The frames at which something is, a word each.
    struck: ArcRwSignal<String>,
    /// The outline, as a path of 400 by 100.
    pub(crate) line: ArcRwSignal<String>,
    /// How much of it is sent, in percent, while it is.
    done: ArcRwSignal<i64>,
    /// What holds it up.
    pub(crate) said: ArcRwSignal<String>,
    /// What it is to become, as it is written down.
    goal: ArcRwSignal<String>,
}

/// What does not change.
struct About {
    id: f64,
    session: String,
    name: String,
    /// Of files that were brought in, nothing but their bytes is known.
    rate: i64,
    sides: i64,
    frames: i64,
    /// Hundredths of a beat per minute, if it was played to one.
    tempo: i64,
    /// In microbeats.
    place: Option<i64>,
    /// Frames that the browser left out.
    missing: i64,
    is_unkept: bool,
}

impl Take {
    /// As the worker keeps it.
    pub(crate) fn of(kept: &JsValue) -> Take {
        let number = |name: &str| field(kept, name).as_f64().map(whole);
        let or_none = |name: &str| number(name).unwrap_or(0);
        let about = About {
            id: field(kept, "id").as_f64().unwrap_or(0.0),
            session: text(kept, "session").unwrap_or_default(),
            name: text(kept, "name").unwrap_or_default(),
            rate: or_none("rate"),
            sides: or_none("sides"),
            frames: or_none("frames"),
            tempo: or_none("tempo"),
            place: number("place"),
            missing: or_none("missing"),
            is_unkept: field(kept, "unkept").is_truthy(),
        };
        let length = about.micros(about.frames);
        Take {
            from: ArcRwSignal::new(or_none("from")),
            to: ArcRwSignal::new(number("to").unwrap_or(length)),
            normalised: ArcRwSignal::new(field(kept, "normalised").is_truthy()),
            sensitivity: ArcRwSignal::new(SENSITIVITY),
            struck: ArcRwSignal::default(),
            line: ArcRwSignal::default(),
            done: ArcRwSignal::new(RESTING),
            said: ArcRwSignal::default(),
            goal: ArcRwSignal::new(text(kept, "goal").unwrap_or_default()),
            about: Arc::new(about),
        }
    }

    pub(crate) fn id(&self) -> f64 {
        self.about.id
    }

    pub(crate) fn name(&self) -> &str {
        &self.about.name
    }

    /// Whether there are frames to look at, and not only a file.
    pub(crate) fn is_sound(&self) -> bool {
        self.about.frames > 0
    }

    pub(crate) fn is_stereo(&self) -> bool {
        self.about.sides > 1
    }

    /// Whether closing the page would lose it.
    pub(crate) fn is_unkept(&self) -> bool {
        self.about.is_unkept
    }

    /// In microseconds.
    pub(crate) fn length(&self) -> i64 {
        self.about.micros(self.about.frames)
    }

    /// Where in the song it was played, in microbeats.
    pub(crate) fn place(&self) -> Option<i64> {
        self.about.place
    }

    /// How long the browser left something out, in microseconds.
    pub(crate) fn hole(&self) -> i64 {
        self.about.micros(self.about.missing)
    }

    /// In percent, while it is on its way.
    pub(crate) fn percent(&self) -> Option<i64> {
        let done = self.done.get();
        (0..TOLD).contains(&done).then_some(done)
    }

    /// How many pieces it falls into.
    pub(crate) fn pieces(&self) -> i64 {
        let count = self.struck.with(|words| words.split_whitespace().count());
        i64::try_from(count).unwrap_or(0)
    }

    /// The pieces, in frames of what is kept.
    pub(crate) fn stretches(&self) -> Vec<Range<u32>> {
        let kept = self.kept();
        let struck = self.struck.get_untracked();
        let struck = struck.split(' ').filter_map(|word| word.parse::<i64>().ok());
        let place = |frame: i64| u32::try_from(frame - kept.start).ok();
        let starts: Vec<u32> = struck.filter_map(place).collect();
        let ends = starts.iter().skip(1).copied().chain(place(kept.end));
        starts.iter().zip(ends).map(|(start, end)| *start..end).collect()
    }

    /// Where the pieces begin, as shares of the take in percent.
    pub(crate) fn marks(&self) -> String {
        self.struck.with(|words| {
            let struck = words.split_whitespace().filter_map(|word| word.parse::<i64>().ok());
            let place = |frame: i64| format!("M{} 0v100", frame * 400 / self.about.frames.max(1));
            struck.map(place).collect()
        })
    }

    pub(super) fn goal(&self) -> Option<Goal> {
        Goal::read(&self.goal.get_untracked())
    }

    pub(super) fn want(&self, goal: Option<&Goal>) {
        self.goal.set(goal.map(Goal::written).unwrap_or_default());
    }

    /// Whether it may go now; then it is on its way.
    pub(super) fn begin_to_send(&self, session: &str) -> bool {
        let may_go = self.done.get_untracked() == RESTING && self.about.session == session;
        if may_go {
            self.done.set(0);
            self.said.set(String::new());
        }
        may_go
    }

    pub(super) fn is_sent(&self, percent: i64) {
        self.done.set(percent);
    }

    /// It is not on its way any more: the session is told of it, or something holds it up.
    pub(super) fn has_ended(&self, held_up: Result<(), String>) {
        self.done.set(if held_up.is_ok() { TOLD } else { RESTING });
        self.said.set(held_up.err().unwrap_or_default());
    }

    pub(super) fn is_told(&self) -> bool {
        self.done.get_untracked() == TOLD
    }

    /// What the worker has found out about its sound.
    pub(super) fn saw(&self, seen: &JsValue) {
        let struck: Array = field(seen, "onsets").unchecked_into();
        self.struck.set(String::from(struck.join(" ")));
        self.line.set(text(seen, "line").unwrap_or_default());
    }

    /// What may change, to be kept with the rest.
    pub(super) fn note(&self) -> JsValue {
        object(&[
            ("id", self.about.id.into()),
            ("goal", self.goal.get_untracked().into()),
            ("from", float(self.from.get_untracked()).into()),
            ("to", float(self.to.get_untracked()).into()),
            ("normalised", self.normalised.get_untracked().into()),
        ])
    }

    /// What the worker needs to work on its sound; so many pieces at most have room.
    pub(super) fn question(&self, most: usize) -> JsValue {
        let kept = self.kept();
        let most = i64::try_from(most).unwrap_or(0);
        let numbers = [
            ("rate", self.about.rate),
            ("sides", self.about.sides),
            ("frames", self.about.frames),
            ("from", kept.start),
            ("to", kept.end),
            ("sensitivity", self.sensitivity.get_untracked()),
            ("most", most),
        ];
        let mut fields = vec![
            ("id", self.about.id.into()),
            ("normalised", self.normalised.get_untracked().into()),
            ("module", crate::sound::named("data-decoder").unwrap_or_default().into()),
        ];
        fields.extend(numbers.map(|(name, number)| (name, float(number).into())));
        object(&fields)
    }

    /// In frames. A loop of something that was played to the session is whole bars of it.
    fn kept(&self) -> Range<i64> {
        let about = &self.about;
        let frame = |micros: i64| (micros * about.rate + 500_000) / 1_000_000;
        let from = frame(self.from.get_untracked()).clamp(0, about.frames);
        let to = frame(self.to.get_untracked()).clamp(from, about.frames);
        let is_loop = matches!(self.goal(), Some(Goal::Loop(..)));
        if !is_loop || about.tempo == 0 {
            return from..to;
        }
        let (_, bars) = plan::whole_bars(to - from, about.tempo, about.rate);
        from..to.min(from + bars)
    }
}

impl About {
    fn micros(&self, frames: i64) -> i64 {
        frames * 1_000_000 / self.rate.max(1)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "float casts saturate")]
fn whole(number: f64) -> i64 {
    number as i64
}

#[expect(clippy::cast_precision_loss, reason = "frames and microseconds of a minute")]
fn float(number: i64) -> f64 {
    number as f64
}
