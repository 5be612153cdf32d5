//! Follow actions as time goes on. What plays at a beat is found by walking from the last launch on,
//! which late in a long night is far: whoever asks again and again goes on from the last answer.

use super::{Launches, Playing, Rows, Turn};
use crate::document::Document;
use crate::document::track::Track;
use crate::units::Beat;

/// How far somebody has walked along the turns of one track. It holds no pointers and allocates nothing,
/// so an audio thread may walk too.
#[derive(Clone, Copy, Debug, Default)]
pub struct Walk {
    launches: Launches,
    turn: Option<Turn>,
    /// The turn before that: looks ahead and looks back take turns around a change.
    before: Option<Turn>,
}

impl Walk {
    /// The turn at a beat, if it is not more than so many turns ahead of the last answer: an audio thread
    /// must not go too far at once.
    pub fn turn_at(&mut self, launches: &Launches, beat: Beat, most: usize) -> Turn {
        if self.launches != *launches {
            *self = Self {
                launches: *launches,
                ..Self::default()
            };
        }
        let first = launches.first_turn(beat);
        let begun = |turn: &Turn| turn.since() <= beat && turn.playing.since >= first.playing.since;
        let known = self.turn.filter(begun);
        if let (None, Some(before)) = (known, self.before.filter(begun)) {
            return before;
        }
        if known.is_none() {
            self.before = None;
        }
        let mut turn = known.unwrap_or(first);
        for _ in 0..most {
            let Some(next) = launches.next_turn(&turn, beat) else {
                break;
            };
            self.before = Some(turn);
            turn = next;
        }
        self.turn = Some(turn);
        turn
    }
}

/// The walks of one who looks at all tracks of a session.
#[derive(Clone, Debug, Default)]
pub struct Walks(Vec<Walk>);

impl Walks {
    /// What each track of a session plays at a beat.
    pub fn all_playing_at(&mut self, document: &Document, beat: Beat) -> Vec<Playing> {
        let (rows, tracks) = (document.rows(), document.tracks.iter());
        tracks
            .map(|track| self.playing_at(track, &rows, beat))
            .collect()
    }

    /// What one plays.
    pub fn playing_at(&mut self, track: &Track, rows: &Rows, beat: Beat) -> Playing {
        let launches = track.launches(rows);
        let place = self
            .0
            .iter()
            .position(|it| it.launches.seed == launches.seed);
        let place = place.unwrap_or_else(|| {
            // Of tracks that are gone nobody asks any more.
            if self.0.len() >= Document::MOST_TRACKS {
                self.0.clear();
            }
            self.0.push(Walk::default());
            self.0.len() - 1
        });
        self.0[place].turn_at(&launches, beat, usize::MAX).playing
    }
}
