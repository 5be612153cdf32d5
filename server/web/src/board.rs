//! What the screen shows, as signals: one for each cell, so that an edit repaints one cell and
//! nothing else. Knows neither the DOM nor the network. Few types of signal, because every type
//! weighs two kilobytes in the page.

use crate::browser;
use crate::connection::{Connection, Live};
use crate::panel::Tab;
use crate::selected::Selected;
use leptos::prelude::*;
use lockstep_session::document::instrument::Source;
use lockstep_session::document::launch::Rows;
use lockstep_session::document::mixer::Colour;
use lockstep_session::document::step::Step;
use lockstep_session::document::{Document, track::Track};
use lockstep_session::ids::{SceneIndex, StepIndex, TrackId};
use lockstep_session::text::{LongName, Name};
use lockstep_session::units::{Beat, Tempo};
use std::sync::{Arc, Mutex, PoisonError};

/// The whole screen. Copies are the same board.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Board {
    pub(crate) summary: RwSignal<Summary>,
    pub(crate) rows: RwSignal<Vec<Row>>,
    /// The whole document as this player sees it. Panels follow slices of it.
    pub(crate) document: RwSignal<Arc<Document>>,
    pub(crate) selected: RwSignal<Selected>,
    /// What is heard of each track, and of the mix in the last place.
    pub(crate) levels: RwSignal<Levels>,
    /// There is room beside the grid.
    pub(crate) wide: RwSignal<bool>,
}

/// Left and right, as shares of full scale.
pub(crate) type Levels = [(f32, f32); Document::MOST_TRACKS + 1];

type Slice<T> = Box<dyn Fn(&Document) -> T + Send + Sync>;

/// Everything but the grid.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Summary {
    pub(crate) name: LongName,
    pub(crate) playing: bool,
    pub(crate) tempo: Tempo,
    /// Where the song stands, in sixteenths, while that is known.
    pub(crate) place: Option<i64>,
    /// Who leads the transport, in words.
    pub(crate) lead: String,
    pub(crate) players: Vec<(Name, Colour)>,
    pub(crate) connection: Connection,
}

/// One track. Clones are the same row.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) id: TrackId,
    pub(crate) head: ArcRwSignal<Head>,
    pub(crate) cells: Arc<[ArcRwSignal<Cell>]>,
    drawn: Arc<Mutex<Drawn>>,
}

/// What a row shows beside its steps.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Head {
    pub(crate) name: Name,
    pub(crate) source: String,
    pub(crate) colour: Colour,
    /// The slot whose steps are shown.
    pub(crate) scene: SceneIndex,
    /// How many steps play; none where the slot holds no pattern.
    pub(crate) length: usize,
}

/// What a cell shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cell {
    pub(crate) step: Step,
    /// The playhead is here.
    pub(crate) now: bool,
    /// The colour of whoever has just changed it.
    pub(crate) author: Option<Colour>,
}

/// What a row's signals were set from, to do nothing where nothing changed.
#[derive(Debug, Default)]
struct Drawn {
    track: Option<Arc<Track>>,
    lit: Option<usize>,
}

impl Board {
    pub(crate) fn new() -> Board {
        let summary = Summary {
            name: LongName::default(),
            playing: false,
            tempo: Tempo::default(),
            place: None,
            lead: String::new(),
            players: Vec::new(),
            connection: Connection::Joining,
        };
        let wide = RwSignal::new(false);
        browser::watch_media("(min-width: 1000px)", move |is_wide| wide.set(is_wide));
        Board {
            summary: RwSignal::new(summary),
            rows: RwSignal::new(Vec::new()),
            document: RwSignal::new(Arc::default()),
            selected: RwSignal::new(Selected::default()),
            levels: RwSignal::new([(0.0, 0.0); Document::MOST_TRACKS + 1]),
            wide,
        }
    }

    /// A number of the document.
    pub(crate) fn number(
        self,
        of: impl Fn(&Document) -> i64 + Send + Sync + 'static,
    ) -> Signal<i64> {
        let of: Slice<i64> = Box::new(of);
        Memo::new(move |_| self.document.with(|document| of(document))).into()
    }

    /// A text of the document.
    pub(crate) fn words(
        self,
        of: impl Fn(&Document) -> String + Send + Sync + 'static,
    ) -> Signal<String> {
        let of: Slice<String> = Box::new(of);
        Memo::new(move |_| self.document.with(|document| of(document))).into()
    }

    /// Whether something is so in the document.
    pub(crate) fn condition(
        self,
        of: impl Fn(&Document) -> bool + Send + Sync + 'static,
    ) -> Signal<bool> {
        let of: Slice<bool> = Box::new(of);
        Memo::new(move |_| self.document.with(|document| of(document))).into()
    }

    /// Nothing can be edited here, or not any more.
    pub(crate) fn locked(self) -> Signal<bool> {
        self.holds(|summary| match summary.connection {
            Connection::Live(Live { listening_only, .. }) => listening_only,
            Connection::Offline { .. } | Connection::Full | Connection::Joining => false,
            Connection::Replaced | Connection::Unknown | Connection::TooOld | Connection::Ended => {
                true
            }
        })
    }

    /// The track that the panels show: the selected one, or the first.
    pub(crate) fn track(self) -> Option<TrackId> {
        let chosen = self.selected.with(|selected| selected.track);
        self.document.with(|document| {
            let known = chosen.filter(|id| document.track(*id).is_some());
            known.or_else(|| document.tracks.first().map(|track| track.id))
        })
    }

    /// Opens a panel, or closes the one that is open.
    pub(crate) fn open(self, tab: Option<Tab>) {
        self.selected.update(|selected| selected.tab = tab);
    }

    /// A text that follows the summary.
    pub(crate) fn text(self, words: fn(&Summary) -> String) -> Signal<String> {
        Signal::derive(move || self.summary.with(words))
    }

    /// A condition that follows the summary.
    pub(crate) fn holds(self, condition: fn(&Summary) -> bool) -> Signal<bool> {
        Signal::derive(move || self.summary.with(condition))
    }

    pub(crate) fn row(&self, id: TrackId) -> Option<Row> {
        self.rows
            .with_untracked(|rows| rows.iter().find(|row| row.id == id).cloned())
    }

    /// Changes the summary, and tells its readers only if it says something new.
    pub(crate) fn summarise(&self, change: impl FnOnce(&mut Summary)) {
        let mut summary = self.summary.get_untracked();
        change(&mut summary);
        if self.summary.with_untracked(|shown| *shown != summary) {
            self.summary.set(summary);
        }
    }

    /// Brings every row to what the document says at `beat`; what says so already stays quiet.
    pub(crate) fn show(&self, document: &Document, beat: Beat) {
        self.document.set(Arc::new(document.clone()));
        let same_tracks = self.rows.with_untracked(|rows| {
            rows.iter()
                .map(|row| row.id)
                .eq(document.tracks.iter().map(|track| track.id))
        });
        if !same_tracks {
            let row = |track: &Arc<Track>| self.row(track.id).unwrap_or_else(|| Row::new(track.id));
            self.rows.set(document.tracks.iter().map(row).collect());
        }
        let clips = document.rows();
        self.rows.with_untracked(|rows| {
            for (row, track) in rows.iter().zip(&document.tracks) {
                row.show(track, &clips, beat);
            }
        });
    }

    /// Shows on a cell whose change it has just been, or no longer.
    pub(crate) fn mark(
        &self,
        track: TrackId,
        scene: SceneIndex,
        step: StepIndex,
        author: Option<Colour>,
    ) {
        let row = self
            .row(track)
            .filter(|row| row.head.with_untracked(|head| head.scene == scene));
        if let Some(row) = row {
            row.cells[step.index()].update(|cell| cell.author = author);
        }
    }

    /// Moves the playhead: to where each track stands at `beat`, or away.
    pub(crate) fn light(&self, document: &Document, beat: Option<Beat>) {
        let place = beat.map(|beat| {
            document
                .timeline
                .position_of(beat)
                .as_micros()
                .div_euclid(250_000)
        });
        if self
            .summary
            .with_untracked(|summary| summary.place != place)
        {
            self.summary.update(|summary| summary.place = place);
        }
        let clips = document.rows();
        self.rows.with_untracked(|rows| {
            for (row, track) in rows.iter().zip(&document.tracks) {
                if let Some(beat) = beat {
                    row.show(track, &clips, beat);
                }
                row.light(beat.and_then(|beat| step_at(document, track, &clips, beat)));
            }
        });
    }
}

impl Row {
    fn new(id: TrackId) -> Row {
        let scene = SceneIndex::new(0).expect("there are eight scenes");
        let head = Head {
            name: Name::default(),
            source: String::new(),
            colour: Colour::default(),
            scene,
            length: 0,
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

    fn show(&self, track: &Arc<Track>, rows: &Rows, beat: Beat) {
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        let shown_scene = self.head.with_untracked(|head| head.scene);
        let scene = track.playing_at(rows, beat).clip.unwrap_or(shown_scene);
        if scene == shown_scene
            && drawn
                .track
                .as_ref()
                .is_some_and(|drawn| Arc::ptr_eq(drawn, track))
        {
            return;
        }
        drawn.track = Some(Arc::clone(track));
        let pattern = track.clip(scene).and_then(|clip| clip.as_pattern());
        let head = Head {
            name: track.settings.name.clone(),
            source: source_name(&track.settings.instrument.source),
            colour: track.settings.colour,
            scene,
            length: pattern.map_or(0, |pattern| usize::from(pattern.length().get())),
        };
        if self.head.with_untracked(|shown| *shown != head) {
            self.head.set(head);
        }
        let blank = Step::default();
        for (cell, index) in self.cells.iter().zip(StepIndex::all()) {
            let step = pattern
                .and_then(|pattern| pattern.stored(index))
                .unwrap_or(&blank);
            if cell.with_untracked(|cell| cell.step != *step) {
                cell.update(|cell| cell.step = step.clone());
            }
        }
    }

    fn light(&self, step: Option<usize>) {
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut drawn.lit, step);
        if before == step {
            return;
        }
        for (index, lit) in [(before, false), (step, true)] {
            if let Some(cell) = index.and_then(|index| self.cells.get(index)) {
                cell.update(|cell| cell.now = lit);
            }
        }
    }
}

/// The step of its pattern that a track is on.
fn step_at(document: &Document, track: &Track, rows: &Rows, beat: Beat) -> Option<usize> {
    let playing = track.playing_at(rows, beat);
    let pattern = track.clip(playing.clip?)?.as_pattern()?;
    let into = document.timeline.into_clip(beat, playing.since);
    let step = track.settings.step_length.step_at(into);
    usize::try_from(step.rem_euclid(i64::from(pattern.length().get()))).ok()
}

fn source_name(source: &Source) -> String {
    match source {
        Source::Preset(name) => name.replace('-', " "),
        Source::Sample(_) => "sample".to_owned(),
    }
}
