//! One take: what is known of its sound, what is kept of it, and how far it is on its way.

use super::Goal;
use crate::api::{field, text};
use crate::numbers::{float, whole};
use crate::recording::plan;
use crate::sound::{named, object};
use js_sys::Array;
use leptos::prelude::*;
use std::ops::Range;
use std::sync::Arc;
use wasm_bindgen::{JsCast, JsValue};

/// Clones are the same take.
#[derive(Clone)]
pub(crate) struct Take {
    pub(crate) about: Arc<About>,
    now: ArcRwSignal<Now>,
}

/// What does not change.
pub(crate) struct About {
    pub(crate) id: f64,
    session: String,
    pub(crate) name: String,
    /// Of files that were brought in, nothing but their bytes is known.
    rate: i64,
    pub(crate) sides: i64,
    pub(crate) frames: i64,
    /// Hundredths of a beat per minute, if it was played to one.
    tempo: i64,
    /// Where in the song, in microbeats.
    pub(crate) place: Option<i64>,
    /// Frames that the browser left out.
    missing: i64,
    /// Closing the page would lose it.
    pub(crate) is_unkept: bool,
}

#[derive(Clone, PartialEq)]
pub(crate) struct Now {
    /// What is kept, in microseconds.
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) is_normalised: bool,
    /// How soon something counts as struck, from 0 to 100.
    pub(crate) sensitivity: i64,
    /// The frames at which something is.
    pub(crate) struck: Vec<i64>,
    /// The outline, as a path of 400 by 100.
    pub(crate) line: String,
    pub(crate) way: Way,
    /// What it is to become, once it can.
    pub(super) goal: Option<Goal>,
}

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Here,
    /// Why it is still here.
    Held(String),
    /// So much of it is sent, in percent.
    Sending(i64),
    /// The server has it, and the session is told.
    Told,
}

impl Take {
    /// As the worker keeps it.
    pub(crate) fn of(kept: &JsValue) -> Take {
        let number = |name: &str| field(kept, name).as_f64().map(whole);
        let or_none = |name: &str| number(name).unwrap_or(0);
        let words = |name: &str| text(kept, name).unwrap_or_default();
        let about = About {
            id: field(kept, "id").as_f64().unwrap_or(0.0),
            session: words("session"),
            name: words("name"),
            rate: or_none("rate"),
            sides: or_none("sides"),
            frames: or_none("frames"),
            tempo: or_none("tempo"),
            place: number("place"),
            missing: or_none("missing"),
            is_unkept: field(kept, "unkept").is_truthy(),
        };
        let now = Now {
            from: or_none("from"),
            to: number("to").unwrap_or(about.micros(about.frames)),
            is_normalised: field(kept, "normalised").is_truthy(),
            sensitivity: 50,
            struck: Vec::new(),
            line: String::new(),
            way: Way::Here,
            goal: Goal::read(&words("goal")),
        };
        Take {
            about: Arc::new(about),
            now: ArcRwSignal::new(now),
        }
    }

    pub(crate) fn now(&self) -> Now {
        self.now.get()
    }

    // Not generic: there is one of it in the page.
    pub(crate) fn change(&self, change: &dyn Fn(&mut Now)) {
        self.now.update(change);
    }

    /// The pieces, in frames of what is kept.
    pub(crate) fn pieces(&self) -> Vec<Range<u32>> {
        let now = self.now.get_untracked();
        let kept = self.about.kept(&now);
        let mut pieces: Vec<Range<u32>> = Vec::new();
        for frame in now.struck.iter().chain([&kept.end]) {
            let Ok(frame) = u32::try_from(frame - kept.start) else {
                continue;
            };
            if let Some(last) = pieces.last_mut() {
                last.end = frame;
            }
            pieces.push(frame..frame);
        }
        pieces.pop();
        pieces
    }

    /// What it is to become, if it may go now; then it is on its way.
    pub(super) fn begin_to_send(&self, session: &str) -> Option<Goal> {
        let now = self.now.get_untracked();
        let is_resting = matches!(now.way, Way::Here | Way::Held(_));
        let goal = now
            .goal
            .filter(|_| is_resting && self.about.session == session);
        if goal.is_some() {
            self.change(&|now| now.way = Way::Sending(0));
        }
        goal
    }

    pub(super) fn is_told(&self) -> bool {
        self.now.get_untracked().way == Way::Told
    }

    /// Nothing has been found out about its sound.
    pub(super) fn is_unseen(&self) -> bool {
        self.now.get_untracked().line.is_empty()
    }

    /// What the worker has found out about its sound.
    pub(super) fn saw(&self, seen: &JsValue) {
        let Ok(struck) = field(seen, "onsets").dyn_into::<Array>() else {
            return;
        };
        let struck: Vec<i64> = struck
            .iter()
            .map(|frame| whole(frame.as_f64().unwrap_or(0.0)))
            .collect();
        let line = text(seen, "line").unwrap_or_default();
        self.change(&|now| (now.struck, now.line) = (struck.clone(), line.clone()));
    }

    /// What may change, to be kept with the rest.
    pub(super) fn note(&self) -> JsValue {
        let now = self.now.get_untracked();
        let goal = now.goal.map_or(String::new(), |goal| goal.written());
        object(&[
            ("id", self.about.id.into()),
            ("goal", goal.into()),
            ("from", float(now.from).into()),
            ("to", float(now.to).into()),
            ("normalised", now.is_normalised.into()),
        ])
    }

    /// What the worker needs to work on its sound; so many pieces at most have room.
    pub(super) fn question(&self, most: usize) -> JsValue {
        let now = self.now.get_untracked();
        let (about, kept) = (&self.about, self.about.kept(&now));
        let number = |number: i64| JsValue::from(float(number));
        object(&[
            ("id", about.id.into()),
            ("session", about.session.as_str().into()),
            ("name", about.name.as_str().into()),
            ("rate", number(about.rate)),
            ("sides", number(about.sides)),
            ("frames", number(about.frames)),
            ("from", number(kept.start)),
            ("to", number(kept.end)),
            ("normalised", now.is_normalised.into()),
            ("sensitivity", number(now.sensitivity)),
            ("most", number(i64::try_from(most).unwrap_or(0))),
            ("module", named("data-decoder").unwrap_or_default().into()),
        ])
    }
}

impl About {
    /// In microseconds.
    pub(crate) fn length(&self) -> i64 {
        self.micros(self.frames)
    }

    /// How long the browser left something out.
    pub(crate) fn hole(&self) -> i64 {
        self.micros(self.missing)
    }

    fn micros(&self, frames: i64) -> i64 {
        frames * 1_000_000 / self.rate.max(1)
    }

    /// In frames. A loop of something that was played to the session is whole bars of it.
    fn kept(&self, now: &Now) -> Range<i64> {
        let frame = |micros: i64| (micros * self.rate + 500_000) / 1_000_000;
        let from = frame(now.from).clamp(0, self.frames);
        let to = if now.to >= self.length() {
            self.frames
        } else {
            frame(now.to).clamp(from, self.frames)
        };
        if !matches!(now.goal, Some(Goal::Loop(..))) || self.tempo == 0 {
            return from..to;
        }
        let (_, bars) = plan::whole_bars(to - from, self.tempo, self.rate);
        from..to.min(from + bars)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_session::ids::{SceneIndex, TrackId};

    fn take(frames: i64, goal: Option<Goal>) -> Take {
        let about = About {
            id: 1.0,
            session: "s".to_owned(),
            name: "Take 1".to_owned(),
            rate: 48_000,
            sides: 1,
            frames,
            tempo: 12_000,
            place: None,
            missing: 0,
            is_unkept: false,
        };
        let now = Now {
            from: 0,
            to: about.length(),
            is_normalised: false,
            sensitivity: 50,
            struck: Vec::new(),
            line: String::new(),
            way: Way::Here,
            goal,
        };
        Take {
            about: Arc::new(about),
            now: ArcRwSignal::new(now),
        }
    }

    #[test]
    fn a_take_that_is_not_cut_is_kept_to_its_last_frame() {
        for frames in [96_000, 96_001, 100_003] {
            let take = take(frames, None);
            assert_eq!(take.about.kept(&take.now.get_untracked()), 0..frames);
        }
    }

    #[test]
    fn a_loop_is_whole_bars_and_a_sample_is_what_was_cut() {
        let scene = SceneIndex::FIRST;
        let looped = take(250_000, Some(Goal::Loop(TrackId(1), scene)));
        looped.change(&|now| now.from = 500_000);
        assert_eq!(
            looped.about.kept(&looped.now.get_untracked()),
            24_000..24_000 + 192_000
        );
        let sample = take(250_000, Some(Goal::Sample));
        sample.change(&|now| (now.from, now.to) = (500_000, 1_000_000));
        assert_eq!(
            sample.about.kept(&sample.now.get_untracked()),
            24_000..48_000
        );
    }

    #[test]
    fn pieces_reach_from_one_strike_to_the_next_and_the_last_to_the_end() {
        let take = take(96_000, None);
        take.change(&|now| (now.from, now.struck) = (500_000, vec![30_000, 60_000]));
        assert_eq!(take.pieces(), [6_000..36_000, 36_000..72_000]);
        take.change(&|now| now.struck.clear());
        assert!(take.pieces().is_empty());
    }

    #[test]
    fn what_is_on_its_way_does_not_set_out_again() {
        let take = take(9, Some(Goal::Sample));
        assert_eq!(take.begin_to_send("another session"), None);
        assert_eq!(take.begin_to_send("s"), Some(Goal::Sample));
        assert_eq!(take.begin_to_send("s"), None);
        take.change(&|now| now.way = Way::Held("later".to_owned()));
        assert!(take.begin_to_send("s").is_some());
    }
}
