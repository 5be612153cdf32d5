//! What decides which clip plays, as bytes of a score. What it means belongs to the session crate.

use bytemuck::{Pod, Zeroable};
use lockstep_session::document::clip::{Action, Bars, Follow};
use lockstep_session::document::launch::{Launches, Playing, Queued, Rows};
use lockstep_session::ids::SceneIndex;
use lockstep_session::units::Beat;

#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub(crate) struct ScoreLaunches {
    since: i64,
    queued_at: i64,
    seed: u32,
    /// A slot counted from one, or none.
    playing: u8,
    queued: u8,
    has_queued: u8,
    padding: u8,
    clips: [ScoreFollow; SceneIndex::COUNT],
    rows: [ScoreFollow; SceneIndex::COUNT],
}

/// A slot, or a row, and what follows it.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
struct ScoreFollow {
    is_filled: u8,
    /// An action counted from one, or none.
    action: u8,
    bars: u8,
    padding: u8,
}

impl ScoreFollow {
    fn new(is_filled: bool, follow: Option<Follow>) -> Self {
        let place = follow.and_then(|follow| {
            Action::ALL
                .iter()
                .position(|&action| action == follow.action)
        });
        Self {
            is_filled: u8::from(is_filled),
            action: place.map_or(0, |place| u8::try_from(place + 1).unwrap_or(0)),
            bars: follow.map_or(1, |follow| follow.after.get()),
            padding: 0,
        }
    }

    fn follow(self) -> Option<Follow> {
        let place = usize::from(self.action).checked_sub(1)?;
        Some(Follow {
            action: *Action::ALL.get(place)?,
            after: Bars::new(i64::from(self.bars)),
        })
    }
}

impl ScoreLaunches {
    /// The track's own number.
    ///
    /// Realtime: yes
    pub(crate) fn seed(&self) -> u32 {
        self.seed
    }

    /// Realtime: yes
    pub(crate) fn write(launches: &Launches) -> Self {
        let slot = |scene: Option<SceneIndex>| {
            scene.map_or(0, |scene| u8::try_from(scene.index() + 1).unwrap_or(0))
        };
        let mut clips = [ScoreFollow::new(false, None); SceneIndex::COUNT];
        for (written, clip) in clips.iter_mut().zip(launches.clips) {
            *written = ScoreFollow::new(clip.is_some(), clip.flatten());
        }
        let mut rows = [ScoreFollow::new(false, None); SceneIndex::COUNT];
        let given = launches.rows.filled.into_iter().zip(launches.rows.follows);
        for (written, (is_filled, follow)) in rows.iter_mut().zip(given) {
            *written = ScoreFollow::new(is_filled, follow);
        }
        Self {
            since: launches.playing.since.as_micros(),
            queued_at: launches.queued.map_or(0, |queued| queued.at.as_micros()),
            seed: launches.seed,
            playing: slot(launches.playing.clip),
            queued: slot(launches.queued.and_then(|queued| queued.clip)),
            has_queued: u8::from(launches.queued.is_some()),
            padding: 0,
            clips,
            rows,
        }
    }

    /// Realtime: yes
    pub(crate) fn read(&self) -> Launches {
        let slot = |counted: u8| SceneIndex::new(usize::from(counted).checked_sub(1)?);
        let mut clips = [None; SceneIndex::COUNT];
        for (clip, written) in clips.iter_mut().zip(&self.clips) {
            *clip = (written.is_filled != 0).then(|| written.follow());
        }
        let mut rows = Rows::default();
        let read = rows.filled.iter_mut().zip(&mut rows.follows);
        for ((is_filled, follow), written) in read.zip(&self.rows) {
            *is_filled = written.is_filled != 0;
            *follow = written.follow();
        }
        Launches {
            seed: self.seed,
            playing: Playing {
                clip: slot(self.playing),
                since: Beat::from_micros(self.since),
            },
            queued: (self.has_queued != 0).then(|| Queued {
                clip: slot(self.queued),
                at: Beat::from_micros(self.queued_at),
            }),
            clips,
            rows,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let follow = |action, bars| {
            Some(Follow {
                action,
                after: Bars::new(bars),
            })
        };
        let mut launches = Launches {
            seed: 99,
            playing: Playing {
                clip: SceneIndex::new(7),
                since: Beat::from_micros(-5),
            },
            queued: Some(Queued {
                clip: None,
                at: Beat::from_micros(4_000_000),
            }),
            ..Launches::default()
        };
        launches.clips[0] = Some(None);
        for (slot, action) in (1..).zip(Action::ALL) {
            launches.clips[slot] = Some(follow(action, 64));
        }
        launches.rows.filled[3] = true;
        launches.rows.follows[3] = follow(Action::Random, 3);
        assert_eq!(ScoreLaunches::write(&launches).read(), launches);
        let none = Launches::default();
        assert_eq!(ScoreLaunches::write(&none).read(), none);
    }
}
