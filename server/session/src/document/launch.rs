//! Which clip plays: launches wait for their beat, follow actions go on from there.
//! What plays at a beat is computed, never counted.

mod walk;

pub use walk::{Walk, Walks};

use super::clip::Follow;
use super::{Document, track::Track};
use crate::{chance::Chance, ids::SceneIndex, units::Beat, units::BeatSpan};
use arrayvec::ArrayVec;
use serde::{Deserialize, Serialize};

/// The grid that launches wait for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quantum {
    Off,
    QuarterBar,
    HalfBar,
    #[default]
    Bar,
    TwoBars,
    FourBars,
    EightBars,
}

impl Quantum {
    pub const ALL: [Quantum; 7] = [
        Quantum::Off,
        Quantum::QuarterBar,
        Quantum::HalfBar,
        Quantum::Bar,
        Quantum::TwoBars,
        Quantum::FourBars,
        Quantum::EightBars,
    ];

    pub fn span(self) -> BeatSpan {
        match self {
            Quantum::Off => BeatSpan::ZERO,
            Quantum::QuarterBar => BeatSpan::BEAT,
            Quantum::HalfBar => BeatSpan::BEAT.times(2),
            Quantum::Bar => BeatSpan::BAR,
            Quantum::TwoBars => BeatSpan::BAR.times(2),
            Quantum::FourBars => BeatSpan::BAR.times(4),
            Quantum::EightBars => BeatSpan::BAR.times(8),
        }
    }
}

/// A clip, or silence, and the beat its first step falls on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Playing {
    pub clip: Option<SceneIndex>,
    pub since: Beat,
}

impl Default for Playing {
    /// A new track plays its first slot from the beginning.
    fn default() -> Self {
        Self {
            clip: SceneIndex::new(0),
            since: Beat::ZERO,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queued {
    pub clip: Option<SceneIndex>,
    pub at: Beat,
}

/// The moment a launch was ordered and the beat the server named for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct When {
    pub now: Beat,
    pub at: Beat,
}

/// The rows of the grid as follow actions see them: the same for every track.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    pub follows: [Option<Follow>; SceneIndex::COUNT],
    /// Rows in which some track has a clip.
    pub filled: [bool; SceneIndex::COUNT],
}

/// Everything that decides which clip of one track plays at a beat. It holds no pointers and
/// allocates nothing, so an audio thread may ask it too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Launches {
    /// The track's own dice.
    pub seed: u32,
    pub playing: Playing,
    pub queued: Option<Queued>,
    /// The slots that hold a clip, and what follows it.
    pub clips: [Option<Option<Follow>>; SceneIndex::COUNT],
    pub rows: Rows,
}

/// What plays from one beat to the next change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    pub playing: Playing,
    /// The row whose follow action is waited for, and since when.
    row: Option<(SceneIndex, Beat)>,
    hop: u32,
}

impl Turn {
    /// The beat from which on it holds.
    pub fn since(&self) -> Beat {
        self.row.map_or(self.playing.since, |(_, since)| {
            since.max(self.playing.since)
        })
    }
}

impl Launches {
    /// What plays at a beat, follow actions included.
    pub fn playing_at(&self, beat: Beat) -> Playing {
        let mut turn = self.first_turn(beat);
        while let Some(next) = self.next_turn(&turn, beat) {
            turn = next;
        }
        turn.playing
    }

    /// What was launched last at a beat, before any follow action.
    pub fn first_turn(&self, beat: Beat) -> Turn {
        let playing = match self.queued {
            Some(queued) if beat >= queued.at => Playing {
                clip: queued.clip,
                since: queued.at,
            },
            _ => self.playing,
        };
        Turn {
            playing,
            row: playing.clip.map(|row| (row, playing.since)),
            hop: 0,
        }
    }

    /// The turn after this one, if it has begun by `beat`. A clip's own follow action goes before
    /// that of its row; where the row that follows holds nothing for this track, its clip plays on.
    pub fn next_turn(&self, turn: &Turn, beat: Beat) -> Option<Turn> {
        let clip = turn.playing.clip?;
        if let Some(follow) = self.clips[clip.index()]? {
            return self.after_clip(turn, clip, follow, beat);
        }
        let (row, since) = turn.row?;
        let follow = self.rows.follows[row.index()]?;
        let next = since + follow.span();
        if next > beat {
            return None;
        }
        let filled = slots(|row| self.rows.filled[row.index()]);
        let target = follow.target(row, &filled, Chance::of(ROW_DICE, counter(next)));
        if target == Some(row) && filled.len() <= 1 {
            return self.alone(turn, clip, follow, beat);
        }
        let playing = match target {
            None => Playing {
                clip: None,
                since: next,
            },
            Some(row) if self.clips[row.index()].is_some() => Playing {
                clip: Some(row),
                since: next,
            },
            Some(_) => turn.playing,
        };
        Some(Turn {
            playing,
            row: target.map(|row| (row, next)),
            hop: turn.hop,
        })
    }

    /// When the turn ends by a follow action. What comes after it may be the same again.
    pub fn ends(&self, turn: &Turn) -> Option<Beat> {
        let clip = turn.playing.clip?;
        if let Some(follow) = self.clips[clip.index()]? {
            return Some(turn.playing.since + follow.span());
        }
        let (row, since) = turn.row?;
        Some(since + self.rows.follows[row.index()]?.span())
    }

    fn after_clip(
        &self,
        turn: &Turn,
        clip: SceneIndex,
        follow: Follow,
        beat: Beat,
    ) -> Option<Turn> {
        let next = turn.playing.since + follow.span();
        if next > beat {
            return None;
        }
        let filled = slots(|slot| self.clips[slot.index()].is_some());
        let target = follow.target(clip, &filled, Chance::of(self.seed, turn.hop));
        if target == Some(clip) && filled.len() <= 1 {
            return self.alone(turn, clip, follow, beat);
        }
        Some(Turn {
            playing: Playing {
                clip: target,
                since: next,
            },
            row: target.map(|row| (row, next)),
            hop: turn.hop + 1,
        })
    }

    /// Alone a clip only ever follows itself: goes to its last start at once.
    fn alone(&self, turn: &Turn, clip: SceneIndex, follow: Follow, beat: Beat) -> Option<Turn> {
        let into = (beat - turn.playing.since)
            .as_micros()
            .rem_euclid(follow.span().as_micros());
        let since = beat - BeatSpan::from_micros(into);
        (since > turn.playing.since).then_some(Turn {
            playing: Playing {
                clip: Some(clip),
                since,
            },
            row: Some((clip, since)),
            hop: turn.hop,
        })
    }
}

/// The dice that all tracks throw together.
const ROW_DICE: u32 = u32::MAX;

fn slots(is_filled: impl Fn(SceneIndex) -> bool) -> ArrayVec<SceneIndex, { SceneIndex::COUNT }> {
    SceneIndex::all().filter(|&slot| is_filled(slot)).collect()
}

/// A number for each beat, the same for everyone.
fn counter(beat: Beat) -> u32 {
    let beats = beat.as_micros().div_euclid(BeatSpan::BEAT.as_micros());
    u32::try_from(beats.rem_euclid(i64::from(u32::MAX))).expect("a remainder below 2^32")
}

impl Track {
    pub fn launches(&self, rows: &Rows) -> Launches {
        Launches {
            seed: self.id.0,
            playing: self.playing,
            queued: self.queued,
            clips: std::array::from_fn(|slot| self.clips[slot].as_ref().map(|clip| clip.follow)),
            rows: *rows,
        }
    }

    /// What plays at a beat, follow actions included.
    pub fn playing_at(&self, rows: &Rows, beat: Beat) -> Playing {
        self.launches(rows).playing_at(beat)
    }

    pub fn launch(&mut self, rows: &Rows, clip: Option<SceneIndex>, when: When) {
        self.playing = self.playing_at(rows, when.now);
        self.queued = Some(Queued { clip, at: when.at });
    }

    /// The transport moved: what was queued keeps its distance in time, what plays its phase.
    pub(crate) fn shift(&mut self, rows: &Rows, from: Beat, to: Beat) {
        if let Some(queued) = self.queued {
            self.playing = self.playing_at(rows, from);
            self.queued = (queued.at > from).then_some(Queued {
                at: to + (queued.at - from),
                ..queued
            });
        }
    }
}

impl Document {
    pub fn rows(&self) -> Rows {
        Rows {
            follows: std::array::from_fn(|row| self.scenes[row].follow),
            filled: std::array::from_fn(|row| {
                self.tracks.iter().any(|track| track.clips[row].is_some())
            }),
        }
    }
}

#[cfg(test)]
mod tests;
