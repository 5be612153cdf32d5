//! What the screen shows, as signals: one for each cell, so that an edit repaints one cell and
//! nothing else. Knows neither the DOM nor the network. Few types of signal, because every type
//! weighs two kilobytes in the page.

mod row;

pub(crate) use row::{Cell, Head, Person, Row};

use crate::browser;
use crate::connection::{Connection, Live};
use crate::moving::Moving;
use crate::panel::Tab;
use crate::preferences::Preferences;
use crate::recording::Stage;
use crate::selected::Selected;
use leptos::prelude::*;
use lockstep_session::document::launch::{Playing, Rows, Walks};
use lockstep_session::document::mixer::Colour;
use lockstep_session::document::step::Step;
use lockstep_session::document::{Document, track::Track};
use lockstep_session::ids::{PlayerId, SceneIndex, TrackId};
use lockstep_session::protocol::{Cursor, Player, View};
use lockstep_session::replica::Reach;
use lockstep_session::steps;
use lockstep_session::text::{LongName, Name};
use lockstep_session::units::{Beat, BeatSpan, Tempo};
use row::step_at;
use std::sync::Arc;

/// The whole screen. Copies are the same board.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Board {
    pub(crate) summary: RwSignal<Summary>,
    pub(crate) rows: RwSignal<Vec<Row>>,
    /// The steps that this player has picked.
    pub(crate) picked: RwSignal<steps::Cells>,
    /// The first step on the screen and the one behind the last.
    pub(crate) shown: RwSignal<(usize, usize)>,
    /// Everyone who is here, with what they do.
    pub(crate) players: RwSignal<Vec<Player>>,
    /// Whose view this one goes along with.
    pub(crate) following: RwSignal<Option<PlayerId>>,
    /// Where this player has been called to look.
    pub(crate) called: RwSignal<Option<View>>,
    /// What has just happened, in one sentence, for eyes and for screen readers.
    pub(crate) said: RwSignal<String>,
    /// The whole document as this player sees it. Panels follow slices of it. Its followers are not told
    /// where only steps are others, which happens often: they have `changes`.
    pub(crate) document: RwSignal<Arc<Document>>,
    /// The one that its followers were told of.
    shown_document: StoredValue<Arc<Document>>,
    /// How often the document has changed, its steps included.
    pub(crate) changes: RwSignal<i64>,
    pub(crate) selected: RwSignal<Selected>,
    /// What is heard of tracks and of the mix: peak and RMS, as shares of full scale.
    pub(crate) meters: Moving<(f32, f32)>,
    /// The steps that tracks are on.
    pub(crate) playheads: Moving<Option<usize>>,
    walks: StoredValue<Walks>,
    /// Where the session is, rounded down to a sixteenth.
    pub(crate) beat: RwSignal<Beat>,
    /// Where the song stands: bar, beat and sixteenth, as musicians count them.
    pub(crate) place: RwSignal<String>,
    pub(crate) preferences: RwSignal<Preferences>,
    /// There is room beside the grid.
    pub(crate) wide: RwSignal<bool>,
}

type Slice<T> = Box<dyn Fn(&Document) -> T + Send + Sync>;

/// Not generic in what it reads: there is one of it for each type in the page.
fn slice<T: PartialEq + Send + Sync + 'static>(
    document: RwSignal<Arc<Document>>,
    of: Slice<T>,
) -> Signal<T> {
    Memo::new(move |_| document.with(|document| of(document))).into()
}

/// Counted from one.
fn place_of(position: Option<Beat>) -> String {
    position.map_or("–".to_owned(), |position| {
        let sixteenths = position.as_micros().div_euclid(250_000);
        let (bar, beat, sixteenth) = (
            sixteenths.div_euclid(16),
            sixteenths.rem_euclid(16) / 4,
            sixteenths.rem_euclid(4),
        );
        format!("{}.{}.{}", bar + 1, beat + 1, sixteenth + 1)
    })
}

/// Everything but the grid.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Summary {
    pub(crate) name: LongName,
    pub(crate) playing: bool,
    pub(crate) tempo: Tempo,
    /// Who leads the transport, in words.
    pub(crate) lead: String,
    pub(crate) leader: Lead,
    pub(crate) players: Vec<(Name, Colour)>,
    pub(crate) connection: Connection,
    /// What this player could take back or make again.
    pub(crate) reach: Reach,
    /// How far the recorder is.
    pub(crate) recording: Stage,
}

/// Who moves the session's transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lead {
    Nobody,
    Mine,
    Others,
}

impl Board {
    pub(crate) fn new() -> Board {
        let summary = Summary {
            name: LongName::default(),
            playing: false,
            tempo: Tempo::default(),
            lead: String::new(),
            leader: Lead::Nobody,
            players: Vec::new(),
            connection: Connection::Joining,
            reach: Reach::default(),
            recording: Stage::Closed,
        };
        let wide = RwSignal::new(false);
        browser::watch_media("(min-width: 1000px)", move |is_wide| wide.set(is_wide));
        Board {
            summary: RwSignal::new(summary),
            rows: RwSignal::new(Vec::new()),
            picked: RwSignal::new(steps::Cells::new()),
            shown: RwSignal::new((0, 16)),
            players: RwSignal::new(Vec::new()),
            following: RwSignal::new(None),
            called: RwSignal::new(None),
            said: RwSignal::new(String::new()),
            document: RwSignal::new(Arc::default()),
            shown_document: StoredValue::new(Arc::default()),
            changes: RwSignal::new(0),
            selected: RwSignal::new(Selected::default()),
            meters: Moving::new(),
            playheads: Moving::new(),
            walks: StoredValue::new(Walks::default()),
            beat: RwSignal::new(Beat::ZERO),
            place: RwSignal::new(place_of(None)),
            preferences: RwSignal::new(Preferences::kept()),
            wide,
        }
    }

    pub(crate) fn say(&self, sentence: String) {
        self.said.set(sentence);
    }

    /// Picks these steps and no others. The panels show the track and the step of the one at hand.
    pub(crate) fn pick(&self, cells: steps::Cells, at_hand: Option<steps::Cell>) {
        let before = self.picked.get_untracked();
        for (one, other, is_picked) in [(&before, &cells, false), (&cells, &before, true)] {
            for cell in one.iter().filter(|cell| !other.contains(cell)) {
                self.touch(*cell, |cell| cell.picked = is_picked);
            }
        }
        if before != cells {
            self.picked.set(cells);
        }
        let is_known = |cell: &steps::Cell| {
            let selected = self.selected.get_untracked();
            (selected.track, selected.step) == (Some(cell.track), Some(cell.step))
        };
        if let Some(cell) = at_hand.filter(|cell| !is_known(cell)) {
            self.selected.set(Selected {
                track: Some(cell.track),
                step: Some(cell.step),
                ..self.selected.get_untracked()
            });
        }
    }

    /// Changes what a cell shows.
    pub(crate) fn touch(&self, at: steps::Cell, change: impl FnOnce(&mut Cell)) {
        if let Some(row) = self.row(at.track) {
            row.cells[at.step.index()].update(change);
        }
    }

    /// The step that a cell shows.
    pub(crate) fn step(&self, at: steps::Cell) -> Step {
        let row = self.row(at.track);
        row.map_or_else(Step::default, |row| {
            row.cells[at.step.index()].with_untracked(|cell| cell.step.clone())
        })
    }

    /// The slot whose steps are shown of a track.
    pub(crate) fn scene(&self, track: TrackId) -> SceneIndex {
        let row = self.row(track);
        row.map_or(SceneIndex::FIRST, |row| {
            row.head.with_untracked(|head| head.scene)
        })
    }

    fn advance(&self, beat: Beat) {
        let into = beat.as_micros().rem_euclid(250_000);
        let beat = beat - BeatSpan::from_micros(into);
        if self.beat.with_untracked(|shown| *shown != beat) {
            self.beat.set(beat);
        }
    }

    /// A number of the document.
    pub(crate) fn number(
        self,
        of: impl Fn(&Document) -> i64 + Send + Sync + 'static,
    ) -> Signal<i64> {
        slice(self.document, Box::new(of))
    }

    /// A text of the document.
    pub(crate) fn words(
        self,
        of: impl Fn(&Document) -> String + Send + Sync + 'static,
    ) -> Signal<String> {
        slice(self.document, Box::new(of))
    }

    /// Whether something is so in the document.
    pub(crate) fn condition(
        self,
        of: impl Fn(&Document) -> bool + Send + Sync + 'static,
    ) -> Signal<bool> {
        slice(self.document, Box::new(of))
    }

    /// Anything else of the document. Each type of slice weighs two kilobytes in the page.
    pub(crate) fn slice<T: PartialEq + Send + Sync + 'static>(
        self,
        of: impl Fn(&Document) -> T + Send + Sync + 'static,
    ) -> Signal<T> {
        slice(self.document, Box::new(of))
    }

    /// Nothing can be edited here, or not any more.
    pub(crate) fn locked(self) -> Signal<bool> {
        self.holds(|summary| match summary.connection {
            Connection::Live(Live {
                listening_only,
                published,
                ..
            }) => listening_only || published,
            Connection::Offline { .. } | Connection::Full | Connection::Joining => false,
            Connection::Replaced | Connection::Unknown | Connection::TooOld | Connection::Ended => {
                true
            }
        })
    }

    /// The transport cannot be moved from here.
    pub(crate) fn led_by_other(self) -> Signal<bool> {
        let locked = self.locked();
        let led = self.holds(|summary| summary.leader == Lead::Others);
        Signal::derive(move || led.get() || locked.get())
    }

    /// The track that the panels show: the selected one, or the first.
    pub(crate) fn track(self) -> Option<TrackId> {
        let chosen = self.selected.get().track;
        self.document.with(|document| {
            let known = chosen.filter(|id| document.track(*id).is_some());
            known.or_else(|| document.tracks.first().map(|track| track.id))
        })
    }

    /// Opens a panel, or closes the one that is open.
    pub(crate) fn open(self, tab: Option<Tab>) {
        self.selected.update(|selected| selected.tab = tab);
    }

    /// A text that follows the summary. Its readers hear only of another one.
    pub(crate) fn text(self, words: fn(&Summary) -> String) -> Signal<String> {
        Memo::new(move |_| self.summary.with(words)).into()
    }

    /// A condition that follows the summary.
    pub(crate) fn holds(self, condition: fn(&Summary) -> bool) -> Signal<bool> {
        Memo::new(move |_| self.summary.with(condition)).into()
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

    /// What a track plays at a beat, which is asked many times a second.
    pub(crate) fn playing(&self, track: &Track, clips: &Rows, beat: Beat) -> Playing {
        let walks = self.walks;
        let playing = walks.try_update_value(|walks| walks.playing_at(track, clips, beat));
        playing.unwrap_or_else(|| track.playing_at(clips, beat))
    }

    /// The document is another one, which is heard at once and shown with the next picture.
    pub(crate) fn keep(&self, document: &Document) {
        *self.document.write_untracked() = Arc::new(document.clone());
    }

    /// Brings every row to what the document says at `beat`; what says so already stays quiet.
    pub(crate) fn show(&self, beat: Beat) {
        let document = self.document.get_untracked();
        let shown = self.shown_document.get_value();
        self.shown_document.set_value(Arc::clone(&document));
        if !shown.differs_only_in_steps(&document) {
            self.document.set(Arc::clone(&document));
        }
        self.advance(beat);
        let same_tracks = self.rows.with_untracked(|rows| {
            rows.iter()
                .map(|row| row.id)
                .eq(document.tracks.iter().map(|track| track.id))
        });
        if !same_tracks {
            let row = |track: &Arc<Track>| self.row(track.id).unwrap_or_else(|| Row::new(track.id));
            self.rows.set(document.tracks.iter().map(row).collect());
            let picked = self.picked.get_untracked();
            let left = picked
                .iter()
                .filter(|cell| document.track(cell.track).is_some());
            self.pick(left.copied().collect(), None);
        }
        let clips = document.rows();
        let scene = self.selected.get_untracked().scene;
        self.rows.with_untracked(|rows| {
            for (row, track) in rows.iter().zip(&document.tracks) {
                let playing = self.playing(track, &clips, beat);
                row.show(track, playing.clip, scene);
            }
        });
        self.changes.update(|count| *count += 1);
    }

    /// Shows on a cell whose change it has just been, or no longer.
    pub(crate) fn mark(&self, at: steps::Cell, scene: SceneIndex, author: Option<Person>) {
        // A track may play another scene by the time that it ends.
        if author.is_none() || self.scene(at.track) == scene {
            self.touch(at, |cell| cell.author = author);
        }
    }

    /// Moves the cursors of the others: each is where its player points, if that is on the screen.
    pub(crate) fn point(&self, before: &[(Cursor, Person)], after: &[(Cursor, Person)]) {
        let place = |cursor: &Cursor| {
            let is_shown = self.scene(cursor.track) == cursor.scene;
            is_shown.then_some(steps::Cell {
                track: cursor.track,
                step: cursor.step,
            })
        };
        for (cursor, _) in before {
            if let Some(cell) = place(cursor) {
                self.touch(cell, |cell| cell.pointed = None);
            }
        }
        for (cursor, person) in after {
            if let Some(cell) = place(cursor) {
                self.touch(cell, |cell| cell.pointed = Some(person.clone()));
            }
        }
    }

    /// Moves the playheads: to where each track stands at `beat`, or away. Gives how far it is to where
    /// one of them moves on.
    pub(crate) fn light(&self, document: &Document, beat: Option<Beat>) -> Option<BeatSpan> {
        let place = place_of(beat.map(|beat| document.timeline.position_of(beat)));
        if self.place.with_untracked(|shown| *shown != place) {
            self.place.set(place);
        }
        if let Some(beat) = beat {
            self.advance(beat);
        }
        let clips = document.rows();
        let scene = self.selected.get_untracked().scene;
        let mut steps = Vec::new();
        self.rows.with_untracked(|rows| {
            for (row, track) in rows.iter().zip(&document.tracks) {
                let step = beat.and_then(|beat| {
                    let playing = self.playing(track, &clips, beat);
                    row.show(track, playing.clip, scene);
                    let shown = row.head.with_untracked(|head| head.scene);
                    step_at(document, track, playing, beat, shown)
                });
                steps.push((row.id, step));
            }
        });
        self.playheads.paint(|track| {
            let (_, step) = steps.iter().find(|(id, _)| Some(*id) == track)?;
            Some(step.map(|(step, _)| step))
        });
        let sixteenth = beat?.as_micros().rem_euclid(250_000);
        let left = steps.iter().filter_map(|(_, step)| Some(step.as_ref()?.1));
        left.chain([BeatSpan::from_micros(250_000 - sixteenth)])
            .min()
    }
}
