//! One track on the screen: its head and its cells, each a signal that is told only what is new.

use leptos::prelude::*;
use lockstep_session::document::instrument::Source;
use lockstep_session::document::launch::Playing;
use lockstep_session::document::mixer::Colour;
use lockstep_session::document::pattern::{Pattern, PatternLength};
use lockstep_session::document::step::{Step, Velocity};
use lockstep_session::document::{Document, track::Track};
use lockstep_session::ids::{SceneIndex, StepIndex, TrackId};
use lockstep_session::text::Name;
use lockstep_session::units::{Beat, BeatSpan};
use std::sync::{Arc, Mutex, PoisonError};

/// One track. Clones are the same row.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) id: TrackId,
    pub(crate) head: ArcRwSignal<Head>,
    pub(crate) cells: Arc<[ArcRwSignal<Cell>]>,
    /// The track it was drawn from, to do nothing where nothing changed.
    drawn: Arc<Mutex<Option<Arc<Track>>>>,
}

/// What a row shows beside its steps.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Head {
    pub(crate) name: Name,
    pub(crate) source: String,
    pub(crate) colour: Colour,
    /// The slot whose steps are shown.
    pub(crate) scene: SceneIndex,
    /// How many steps play; none where the slot holds a loop. An empty slot gets its pattern when a
    /// step is set.
    pub(crate) length: usize,
    pub(crate) mute: bool,
    pub(crate) solo: bool,
}

/// What a cell shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cell {
    pub(crate) step: Step,
    /// Whoever has just changed it.
    pub(crate) author: Option<Person>,
    /// Whoever points at it.
    pub(crate) pointed: Option<Person>,
    pub(crate) picked: bool,
    /// How hard it would be struck if the pointer were let go now.
    pub(crate) bent: Option<Velocity>,
}

/// Another player, as far as a cell tells.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Person {
    pub(crate) name: Name,
    pub(crate) colour: Colour,
}

impl Row {
    pub(super) fn new(id: TrackId) -> Row {
        let head = Head {
            name: Name::default(),
            source: String::new(),
            colour: Colour::default(),
            scene: SceneIndex::FIRST,
            length: 0,
            mute: false,
            solo: false,
        };
        Row {
            id,
            head: ArcRwSignal::new(head),
            cells: StepIndex::all()
                .map(|_| ArcRwSignal::new(Cell::default()))
                .collect(),
            drawn: Arc::default(),
        }
    }

    pub(super) fn show(
        &self,
        track: &Arc<Track>,
        playing: Option<SceneIndex>,
        wanted: Option<SceneIndex>,
    ) {
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        let shown_scene = self.head.with_untracked(|head| head.scene);
        let scene = wanted.or(playing).unwrap_or(shown_scene);
        if scene == shown_scene
            && drawn
                .as_ref()
                .is_some_and(|drawn| Arc::ptr_eq(drawn, track))
        {
            return;
        }
        let before = drawn.replace(Arc::clone(track));
        let before = before.filter(|_| scene == shown_scene);
        let clip = track.clip(scene);
        let pattern = pattern_of(track, scene);
        let length = match clip {
            Some(_) => pattern.map_or(0, |pattern| usize::from(pattern.length().get())),
            None => usize::from(PatternLength::default().get()),
        };
        let head = Head {
            name: track.settings.name.clone(),
            source: source_name(&track.settings.instrument.source),
            colour: track.settings.colour,
            scene,
            length,
            mute: track.settings.mute,
            solo: track.settings.solo,
        };
        if self.head.with_untracked(|shown| *shown != head) {
            self.head.set(head);
        }
        let before = before.as_ref().map(|before| pattern_of(before, scene));
        let blank = Step::default();
        for (cell, index) in self.cells.iter().zip(StepIndex::all()) {
            let step = pattern.and_then(|pattern| pattern.stored(index));
            let is_shown =
                |before: Option<&Pattern>| before.and_then(|before| before.stored(index)) == step;
            if before.is_some_and(is_shown) {
                continue;
            }
            let step = step.unwrap_or(&blank);
            if cell.with_untracked(|cell| cell.step != *step) {
                cell.update(|cell| cell.step = step.clone());
            }
        }
    }
}

fn pattern_of(track: &Track, scene: SceneIndex) -> Option<&Pattern> {
    track.clip(scene)?.as_pattern()
}

/// The step that a track is on, of the clip that is shown of it, and how much is left of it.
pub(super) fn step_at(
    document: &Document,
    track: &Track,
    playing: Playing,
    beat: Beat,
    shown: SceneIndex,
) -> Option<(usize, BeatSpan)> {
    let clip = playing.clip.filter(|scene| *scene == shown)?;
    let pattern = track.clip(clip)?.as_pattern()?;
    let into = document.timeline.into_clip(beat, playing.since);
    let length = track.settings.step_length;
    let step = length.step_at(into);
    let place = step.rem_euclid(i64::from(pattern.length().get()));
    Some((
        usize::try_from(place).ok()?,
        length.start_of(step + 1) - into,
    ))
}

fn source_name(source: &Source) -> String {
    match source {
        Source::Preset(name) => name.replace('-', " "),
        Source::Sample(_) => "sample".to_owned(),
    }
}
