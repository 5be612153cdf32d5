//! Which track has which place. Tracks that move in the score take everything that sounds with them.
//! It knows nothing of what is in a place.

use crate::score::{MAX_TRACKS, ScoreTrack};

/// The tracks' own numbers. Those of tracks that are gone stay, so that they fade where they were.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Places([Option<u32>; MAX_TRACKS]);

impl Places {
    /// Brings the tracks into the order of a score, two places at a time.
    ///
    /// Realtime: yes
    pub(crate) fn follow(&mut self, tracks: &[ScoreTrack], mut swap: impl FnMut(usize, usize)) {
        for (place, track) in tracks.iter().enumerate() {
            let number = track.launches.seed();
            let Some(from) = self.find(place, number, tracks) else {
                continue;
            };
            if from != place {
                self.0.swap(place, from);
                swap(place, from);
            }
            if let Some(slot) = self.0.get_mut(place) {
                *slot = Some(number);
            }
        }
    }

    /// Where a track is, or where a new one may be: best where none has been.
    fn find(&self, from: usize, number: u32, tracks: &[ScoreTrack]) -> Option<usize> {
        let rest = || self.0.iter().enumerate().skip(from);
        let is_gone = |held: u32| tracks.iter().all(|track| track.launches.seed() != held);
        let own = rest().find(|(_, held)| **held == Some(number));
        let empty = || rest().find(|(_, held)| held.is_none());
        let gone = || rest().find(|(_, held)| held.is_none_or(is_gone));
        let found = own.or_else(empty).or_else(gone);
        found.map(|(place, _)| place)
    }
}
