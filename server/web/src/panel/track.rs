//! Controls of one track's settings, whichever panel they stand in.

use crate::seat::Seat;
use crate::widget::{Choice, Dial, Range, Switch};
use lockstep_session::document::Document;
use lockstep_session::document::track::{TrackSetting, TrackSettings};
use lockstep_session::edit::Edit;
use lockstep_session::ids::TrackId;

/// A track and the seat that edits it. Copies are the same.
#[derive(Clone, Copy)]
pub(crate) struct OfTrack {
    pub(crate) seat: Seat,
    pub(crate) track: TrackId,
}

impl OfTrack {
    pub(crate) fn edit(self, setting: TrackSetting) -> Edit {
        Edit::Track {
            track: self.track,
            setting,
        }
    }

    /// Something of the settings; of a track that is gone, of the usual ones.
    pub(crate) fn read<T>(self, document: &Document, of: impl FnOnce(&TrackSettings) -> T) -> T {
        match document.track(self.track) {
            Some(track) => of(&track.settings),
            None => of(&TrackSettings::default()),
        }
    }

    pub(crate) fn now<T>(self, of: impl FnOnce(&TrackSettings) -> T) -> T {
        use leptos::prelude::*;
        self.seat
            .board
            .document
            .with_untracked(|document| self.read(document, of))
    }

    pub(crate) fn dial(
        self,
        (name, hint): (&str, &'static str),
        range: Range,
        of: fn(&TrackSettings) -> i64,
        setting: fn(i64) -> TrackSetting,
    ) -> Dial {
        Dial::shared(
            self.seat,
            name,
            hint,
            range,
            move |document| self.read(document, of),
            move |value| self.edit(setting(value)),
        )
    }

    pub(crate) fn switch(
        self,
        words: (&'static str, String),
        hint: &'static str,
        of: fn(&TrackSettings) -> bool,
        setting: fn(bool) -> TrackSetting,
    ) -> Switch {
        Switch::shared(
            self.seat,
            words,
            hint,
            move |document| self.read(document, of),
            move |on| self.edit(setting(on)),
        )
    }

    pub(crate) fn choice(
        self,
        (name, hint): (&str, &'static str),
        options: Vec<(i64, String)>,
        of: fn(&TrackSettings) -> i64,
        setting: fn(i64) -> TrackSetting,
    ) -> Choice {
        Choice::shared(
            self.seat,
            name,
            hint,
            options,
            move |document| self.read(document, of),
            move |value| self.edit(setting(value)),
        )
    }
}
