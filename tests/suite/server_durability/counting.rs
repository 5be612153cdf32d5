//! Edits that count: a document tells how many of a player's it holds, and whether one was applied twice.

use lockstep_session::document::Document;
use lockstep_session::document::pattern::{Operation, Pattern, PatternLength, Shift};
use lockstep_session::document::step::Step;
use lockstep_session::document::track::TrackSetting;
use lockstep_session::document::{clip::Clip, instrument::Source};
use lockstep_session::edit::Edit;
use lockstep_session::ids::{SceneIndex, StepIndex, TrackId};
use lockstep_session::text::Name;

/// The pattern in which a player counts: one step moves right by one with each edit.
pub(super) const PLACES: usize = 127;

fn slot() -> SceneIndex {
    SceneIndex::new(5).expect("there are eight scenes")
}

pub(super) fn track_of(player: u8) -> TrackId {
    TrackId(u32::from(player) + 1)
}

pub(super) fn begin_counting(player: u8) -> Edit {
    let length = PatternLength::new(i64::try_from(PLACES).expect("small"));
    let clip = Clip::pattern(Pattern::new(length, vec![Step::on()]));
    Edit::Clip {
        track: track_of(player),
        scene: slot(),
        clip: Some(clip),
    }
}

/// Says how many edits this player has made, and moves their step: doing it twice would show.
pub(super) fn count(player: u8, number: usize) -> Edit {
    Edit::Gesture(count_in_two(player, number))
}

pub(super) fn count_in_two(player: u8, number: usize) -> Vec<Edit> {
    let (track, scene) = (track_of(player), slot());
    let name = Source::Preset(Name::new(&number.to_string()));
    vec![
        Edit::Track {
            track,
            setting: TrackSetting::Source(name),
        },
        Edit::Pattern {
            track,
            scene,
            operation: Operation::Rotate(Shift::new(1)),
        },
    ]
}

/// How many edits of a player a document holds, by what they said and by where their step is.
pub(super) fn counted(document: &Document, player: u8) -> (usize, usize) {
    let track = document
        .track(track_of(player))
        .expect("a track of the template");
    let said = match &track.settings.instrument.source {
        Source::Preset(name) => name.parse().unwrap_or(0),
        Source::Sample(_) => 0,
    };
    let pattern = document
        .pattern(track_of(player), slot())
        .expect("the counter");
    let place = StepIndex::all()
        .position(|step| pattern.step(step).on)
        .expect("one step is on");
    (said, place)
}
