//! What is for this player's ears only: tracks muted and soloed here, a metronome, and how loud this
//! page is. Nobody else hears any of it.

use crate::browser;
use lockstep_session::document::Document;
use lockstep_session::ids::TrackId;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ears {
    muted: Vec<TrackId>,
    soloed: Vec<TrackId>,
    pub(crate) metronome: bool,
    /// It clicks for a recording too.
    pub(crate) counting: bool,
    /// From 0 to 100.
    pub(crate) volume: i64,
    /// How many milliseconds this page is ahead, to make up for slow speakers.
    pub(crate) nudge: i64,
}

/// How loud the metronome clicks.
const CLICK: f32 = 0.6;
const LARGEST_NUDGE: i64 = 500;

impl Ears {
    /// As they were at the last visit; mutes and solos are for one sitting.
    pub(crate) fn here() -> Ears {
        let number = |key: &str| browser::kept(key).and_then(|kept| kept.parse().ok());
        Ears {
            muted: Vec::new(),
            soloed: Vec::new(),
            metronome: false,
            counting: false,
            volume: number("lockstep.volume").map_or(100, |volume: i64| volume.clamp(0, 100)),
            nudge: number("lockstep.nudge")
                .map_or(0, |nudge: i64| nudge.clamp(-LARGEST_NUDGE, LARGEST_NUDGE)),
        }
    }

    pub(crate) fn is_muted(&self, track: TrackId) -> bool {
        self.muted.contains(&track)
    }

    pub(crate) fn is_soloed(&self, track: TrackId) -> bool {
        self.soloed.contains(&track)
    }

    pub(crate) fn mute(&mut self, track: TrackId, is_muted: bool) {
        put(&mut self.muted, track, is_muted);
    }

    pub(crate) fn solo(&mut self, track: TrackId, is_soloed: bool) {
        put(&mut self.soloed, track, is_soloed);
    }

    pub(crate) fn set_volume(&mut self, volume: i64) {
        self.volume = volume.clamp(0, 100);
        browser::keep("lockstep.volume", &self.volume.to_string());
    }

    pub(crate) fn set_nudge(&mut self, milliseconds: i64) {
        self.nudge = milliseconds.clamp(-LARGEST_NUDGE, LARGEST_NUDGE);
        browser::keep("lockstep.nudge", &self.nudge.to_string());
    }

    /// As the engine takes it: a bit for each track that is muted and soloed, and the metronome.
    pub(super) fn for_engine(&self, document: &Document) -> (u16, u16, f32) {
        let bits = |chosen: &[TrackId]| {
            let places = document.tracks.iter().enumerate();
            places
                .filter(|(_, track)| chosen.contains(&track.id))
                .fold(0_u16, |bits, (place, _)| bits | 1 << place)
        };
        let metronome = if self.metronome || self.counting {
            CLICK
        } else {
            0.0
        };
        (bits(&self.muted), bits(&self.soloed), metronome)
    }

    /// A fader's way: what looks like half sounds like half.
    pub(super) fn gain(&self) -> f32 {
        let volume = f32::from(u8::try_from(self.volume).unwrap_or(100)) / 100.0;
        volume * volume
    }
}

fn put(list: &mut Vec<TrackId>, track: TrackId, is_in: bool) {
    list.retain(|other| *other != track);
    if is_in {
        list.push(track);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_session::document::track::{Track, TrackSettings};
    use std::sync::Arc;

    #[test]
    fn a_track_that_moves_stays_muted() {
        let track = |id: u32| Arc::new(Track::new(TrackId(id), TrackSettings::default()));
        let mut document = Document {
            tracks: vec![track(7), track(8), track(9)],
            ..Document::default()
        };
        let mut ears = Ears {
            muted: Vec::new(),
            soloed: Vec::new(),
            metronome: true,
            counting: false,
            volume: 50,
            nudge: 0,
        };
        ears.mute(TrackId(9), true);
        ears.solo(TrackId(7), true);
        assert_eq!(ears.for_engine(&document), (0b100, 0b001, CLICK));
        document.tracks.rotate_right(1);
        assert_eq!(ears.for_engine(&document), (0b001, 0b010, CLICK));
        ears.mute(TrackId(9), false);
        assert_eq!(ears.for_engine(&document).0, 0);
        assert_eq!(ears.gain(), 0.25);
    }
}
