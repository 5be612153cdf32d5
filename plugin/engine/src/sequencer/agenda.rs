//! Notes that are decided and wait for their moment, a fixed number of them.

use super::Note;

#[derive(Clone, Debug)]
pub(crate) struct Agenda {
    notes: Box<[Option<Note>]>,
    count: usize,
    /// Nothing is due before this.
    earliest: f64,
}

/// Sixteen tracks of eight strokes, with one step still to come while the next is decided.
const MOST: usize = 512;

impl Agenda {
    /// Realtime: no
    pub(crate) fn new() -> Self {
        Self {
            notes: vec![None; MOST].into_boxed_slice(),
            count: 0,
            earliest: f64::INFINITY,
        }
    }

    /// A note beyond the most is left out.
    ///
    /// Realtime: yes
    pub(crate) fn add(&mut self, note: Note) {
        if let Some(slot) = self.notes.get_mut(self.count) {
            *slot = Some(note);
            self.count += 1;
            if note.at < self.earliest {
                self.earliest = note.at;
            }
        }
    }

    /// Two tracks change places.
    ///
    /// Realtime: yes
    pub(crate) fn swap(&mut self, one: usize, other: usize) {
        for note in self.notes.iter_mut().take(self.count).flatten() {
            note.track = swapped(note.track, one, other);
        }
    }

    /// Realtime: yes
    pub(crate) fn clear(&mut self) {
        self.count = 0;
        self.earliest = f64::INFINITY;
    }

    /// Takes the earliest note that is due by a moment; of several, the one decided first.
    ///
    /// Realtime: yes
    pub(crate) fn take(&mut self, by: f64) -> Option<Note> {
        if self.earliest > by {
            return None;
        }
        let waiting = self.notes.get(..self.count)?;
        let notes = waiting.iter().enumerate();
        let first = notes
            .filter_map(|(place, note)| Some((place, note.as_ref()?.at)))
            .reduce(|first, next| if next.1 < first.1 { next } else { first });
        let Some((place, at)) = first.filter(|(_, at)| *at <= by) else {
            self.earliest = first.map_or(f64::INFINITY, |(_, at)| at);
            return None;
        };
        self.earliest = at;
        let taken = self.notes.get_mut(place..self.count).and_then(|rest| {
            // What was decided earlier stays in front.
            rest.rotate_left(1);
            rest.last_mut()?.take()
        });
        self.count -= 1;
        taken
    }
}

/// A track's place after two have changed theirs.
///
/// Realtime: yes
pub(crate) fn swapped(track: u8, one: usize, other: usize) -> u8 {
    let moved = match usize::from(track) {
        track if track == one => other,
        track if track == other => one,
        track => track,
    };
    u8::try_from(moved).unwrap_or(track)
}
