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

    /// Takes a note that is due by a moment: the first by its frame, then by its track, then as they
    /// were decided. Moments are compared by frame, because the same moment of two tracks differs in
    /// its last bits by how the blocks are cut.
    ///
    /// Realtime: yes
    pub(crate) fn take(&mut self, by: f64, frame_of: impl Fn(f64) -> usize) -> Option<Note> {
        if self.earliest > by {
            return None;
        }
        let waiting = self.notes.get(..self.count)?.iter().enumerate();
        let mut later = f64::INFINITY;
        let mut first: Option<(usize, (usize, u8))> = None;
        for (place, note) in waiting {
            let Some(note) = note else {
                continue;
            };
            if note.at > by {
                later = later.min(note.at);
                continue;
            }
            let rank = (frame_of(note.at), note.track);
            if first.is_none_or(|(_, before)| rank < before) {
                first = Some((place, rank));
            }
        }
        let Some((place, _)) = first else {
            self.earliest = later;
            return None;
        };
        let at = f64::NEG_INFINITY;
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
