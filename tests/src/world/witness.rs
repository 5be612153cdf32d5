//! What an onlooker writes down who sees everything: the order of edits in every epoch, what was
//! acknowledged and refused, and every promise that was broken. Changes nothing in the world.

use super::seat::Cell;
use lockstep_session::document::Document;
use lockstep_session::edit::Edit;
use lockstep_session::ids::{EditNumber, Epoch, PlayerId, Revision, Run};
use lockstep_session::protocol::{Ordered, Position};
use lockstep_session::units::ServerTime;
use std::collections::{BTreeMap, BTreeSet};
use std::{fmt, sync::Arc};

/// A promise that a world holds its session to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Property {
    EveryoneEqual,
    AgreeAtOnce,
    AcknowledgedKept,
    AppliedOnce,
    NoFlicker,
    NothingForgotten,
    RefusedStaysRefused,
    NoGhosts,
    LaggardsAreSpared,
    JournalReplays,
    NeverStartsOver,
    DeadlinesPass,
    Settles,
    NothingForged,
    NothingPanics,
}

#[derive(Clone, Debug)]
pub struct Violation {
    pub property: Property,
    pub at: ServerTime,
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:?} broken at {} us: {}",
            self.property,
            self.at.as_micros(),
            self.what
        )
    }
}

pub type Author = (PlayerId, Run, EditNumber);

/// The order of one epoch, from the very first edit on.
#[derive(Clone, Debug)]
pub struct Line {
    pub orders: Vec<Arc<Ordered>>,
    /// The document after so many edits.
    documents: Vec<Arc<Document>>,
}

#[derive(Debug)]
pub struct Witness {
    lines: BTreeMap<Epoch, Line>,
    pub acknowledged: BTreeMap<Author, Revision>,
    pub refused: BTreeSet<Author>,
    pub violations: Vec<Violation>,
    pub now: ServerTime,
}

pub(super) fn author(ordered: &Ordered) -> Author {
    (ordered.by, ordered.run, ordered.number)
}

impl Line {
    pub fn revision(&self) -> Revision {
        Revision(u64::try_from(self.orders.len()).expect("worlds are short"))
    }

    pub fn document(&self, revision: Revision) -> Option<&Arc<Document>> {
        self.documents.get(place(revision))
    }

    pub fn place_of(&self, author: Author) -> Option<usize> {
        self.orders
            .iter()
            .position(|ordered| self::author(ordered) == author)
    }
}

fn place(revision: Revision) -> usize {
    usize::try_from(revision.0).expect("worlds are short")
}

impl Witness {
    pub(super) fn new(first: Document) -> Self {
        let line = Line {
            orders: Vec::new(),
            documents: vec![Arc::new(first)],
        };
        Self {
            lines: BTreeMap::from([(Epoch(1), line)]),
            acknowledged: BTreeMap::new(),
            refused: BTreeSet::new(),
            violations: Vec::new(),
            now: ServerTime::ZERO,
        }
    }

    /// The order as it is now.
    pub fn line(&self) -> &Line {
        self.lines
            .last_key_value()
            .expect("there is always an epoch")
            .1
    }

    pub fn document(&self, position: Position) -> Option<&Arc<Document>> {
        self.lines.get(&position.epoch)?.document(position.revision)
    }

    pub(super) fn report(&mut self, property: Property, what: impl Into<String>) {
        // One broken promise breaks others and breaks again; the first of each kind tells the story.
        if !self
            .violations
            .iter()
            .any(|known| known.property == property)
        {
            self.violations.push(Violation {
                property,
                at: self.now,
                what: what.into(),
            });
        }
    }

    pub(super) fn ordered(&mut self, ordered: Arc<Ordered>) {
        let (epoch, identity) = (ordered.epoch, author(&ordered));
        let Some(line) = self.lines.get_mut(&epoch) else {
            return self.report(
                Property::AppliedOnce,
                format!("an edit in {epoch:?}, which has not begun"),
            );
        };
        let again = ordered.by != PlayerId::SERVER && line.place_of(identity).is_some();
        let in_place = ordered.revision == line.revision().next();
        let mut document = line
            .documents
            .last()
            .expect("the first is always there")
            .clone();
        let fits = Arc::make_mut(&mut document).apply(&ordered.edit, ordered.by);
        line.orders.push(ordered.clone());
        line.documents.push(document);
        if again {
            self.report(
                Property::AppliedOnce,
                format!("{identity:?} is in the order twice: {ordered:?}"),
            );
        }
        if !in_place || fits.is_err() {
            self.report(Property::JournalReplays, format!("{fits:?}, {ordered:?}"));
        }
        if self.refused.contains(&identity) {
            self.report(
                Property::RefusedStaysRefused,
                format!("ordered after its author heard no: {ordered:?}"),
            );
        }
    }

    pub(super) fn acknowledged(&mut self, author: Author, epoch: Epoch, revision: Revision) {
        let order = self
            .lines
            .get(&epoch)
            .and_then(|line| line.orders.get(place(revision).wrapping_sub(1)));
        if order.is_none_or(|ordered| self::author(ordered) != author) {
            let what = format!(
                "{author:?} was acknowledged as {epoch:?} {revision:?}, which is {order:?}"
            );
            return self.report(Property::AcknowledgedKept, what);
        }
        self.acknowledged.insert(author, revision);
    }

    pub(super) fn refused(&mut self, author: Author) {
        self.refused.insert(author);
        if self.line().place_of(author).is_some() {
            self.report(
                Property::RefusedStaysRefused,
                format!("{author:?} is in the order and its author heard no"),
            );
        }
    }

    /// A crash: the order goes on from what the disk kept.
    pub(super) fn new_epoch(&mut self, epoch: Epoch, kept: Revision) {
        let mut line = self.line().clone();
        line.orders.truncate(place(kept));
        line.documents.truncate(place(kept) + 1);
        if let Some((author, revision)) = self
            .acknowledged
            .iter()
            .find(|(_, revision)| **revision > kept)
        {
            let what =
                format!("{author:?} was acknowledged as {revision:?}; the crash kept {kept:?}");
            self.report(Property::AcknowledgedKept, what);
        }
        self.lines.insert(epoch, line);
    }

    /// Everything acknowledged must be in the order, where it was said to be.
    pub(super) fn check_acknowledged(&mut self) {
        let lost = self.acknowledged.iter().find(|(author, revision)| {
            let order = self.line().orders.get(place(**revision).wrapping_sub(1));
            order.is_none_or(|ordered| self::author(ordered) != **author)
        });
        if let Some((author, revision)) = lost {
            let what = format!("{author:?}, acknowledged as {revision:?}, is not in the order");
            self.report(Property::AcknowledgedKept, what);
        }
    }

    /// Whether someone else's edit, ordered after this author's, accounts for a change of a cell
    /// that is seen at `position`.
    pub(super) fn accounts_for(
        &self,
        cell: Cell,
        author: Author,
        position: Option<Position>,
    ) -> bool {
        let Some(position) = position else {
            return false;
        };
        let Some(line) = self.lines.get(&position.epoch) else {
            return false;
        };
        let seen = &line.orders[..place(position.revision).min(line.orders.len())];
        let Some(own) = seen
            .iter()
            .rposition(|ordered| self::author(ordered) == author)
        else {
            return false;
        };
        let (player, run, _) = author;
        seen[own + 1..].iter().any(|ordered| {
            (ordered.by, ordered.run) != (player, run) && touches(&ordered.edit, cell)
        })
    }
}

/// Whether an edit may change what a cell holds.
pub fn touches(edit: &Edit, cell: Cell) -> bool {
    let (track, scene, step) = cell;
    match edit {
        Edit::Step {
            track: t,
            scene: s,
            step: i,
            ..
        } => (*t, *s, *i) == cell,
        Edit::Steps {
            track: t,
            scene: s,
            first,
            values,
        } => {
            let range = first.index()..first.index() + values.len();
            (*t, *s) == (track, scene) && range.contains(&step.index())
        }
        Edit::Pattern {
            track: t, scene: s, ..
        }
        | Edit::Clip {
            track: t, scene: s, ..
        } => (*t, *s) == (track, scene),
        Edit::AddTrack { track: t, .. } | Edit::RemoveTrack { track: t } => *t == track,
        Edit::Gesture(edits) => edits.iter().any(|edit| touches(edit, cell)),
        _ => false,
    }
}
