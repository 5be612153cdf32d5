//! Which clip plays: launches wait for their beat, follow actions go on from there.
//! What plays at a beat is computed, never counted.

use super::track::Track;
use crate::{chance::Chance, ids::SceneIndex, units::Beat, units::BeatSpan};
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

impl Track {
    /// What plays at a beat, follow actions included.
    pub fn playing_at(&self, beat: Beat) -> Playing {
        let start = match self.queued {
            Some(queued) if beat >= queued.at => Playing {
                clip: queued.clip,
                since: queued.at,
            },
            _ => self.playing,
        };
        self.followed(start, beat)
    }

    pub fn launch(&mut self, clip: Option<SceneIndex>, when: When) {
        self.playing = self.playing_at(when.now);
        self.queued = Some(Queued { clip, at: when.at });
    }

    /// The transport moved: what was queued keeps its distance in time, what plays its phase.
    pub(crate) fn shift(&mut self, from: Beat, to: Beat) {
        if let Some(queued) = self.queued {
            self.playing = self.playing_at(from);
            self.queued = (queued.at > from).then_some(Queued {
                at: to + (queued.at - from),
                ..queued
            });
        }
    }

    fn followed(&self, start: Playing, beat: Beat) -> Playing {
        let filled = self.filled_slots();
        let mut playing = start;
        let mut hop = 0;
        while let Some((scene, follow)) = playing
            .clip
            .and_then(|scene| Some((scene, self.clip(scene)?.follow?)))
        {
            let next = playing.since + follow.span();
            if next > beat {
                break;
            }
            let target = follow.target(scene, &filled, Chance::of(self.id.0, hop));
            if target == Some(scene) && filled.len() <= 1 {
                // Alone it only ever follows itself: go to its last start at once.
                let into = (beat - playing.since)
                    .as_micros()
                    .rem_euclid(follow.span().as_micros());
                return Playing {
                    since: beat - BeatSpan::from_micros(into),
                    ..playing
                };
            }
            playing = Playing {
                clip: target,
                since: next,
            };
            hop += 1;
        }
        playing
    }
}

#[cfg(test)]
mod tests {
    use super::super::clip::{Action, Bars, Clip, Follow};
    use super::super::pattern::Pattern;
    use super::*;
    use crate::ids::TrackId;
    use std::sync::Arc;

    fn bar(count: i64) -> Beat {
        Beat::ZERO + BeatSpan::BAR.times(count)
    }

    fn scene(index: usize) -> SceneIndex {
        SceneIndex::new(index).expect("one of eight")
    }

    fn track(follows: &[Option<Action>]) -> Track {
        let mut track = Track::new(TrackId(1), Default::default());
        for (slot, action) in track.clips.iter_mut().zip(follows) {
            let follow = action.map(|action| Follow {
                action,
                after: Bars::new(2),
            });
            *slot = Some(Arc::new(Clip {
                follow,
                ..Clip::pattern(Pattern::default())
            }));
        }
        track
    }

    fn order(track: &Track) -> Vec<Option<usize>> {
        (0..6)
            .map(|pass| track.playing_at(bar(pass * 2)).clip.map(SceneIndex::index))
            .collect()
    }

    #[test]
    fn a_queued_clip_starts_on_its_beat_and_not_before() {
        let mut track = track(&[None, None]);
        track.launch(
            Some(scene(1)),
            When {
                now: Beat::from_micros(5),
                at: bar(1),
            },
        );
        assert_eq!(
            track.playing_at(bar(1) - BeatSpan::from_micros(1)).clip,
            Some(scene(0))
        );
        assert_eq!(
            track.playing_at(bar(1)),
            Playing {
                clip: Some(scene(1)),
                since: bar(1)
            }
        );
    }

    #[test]
    fn a_second_launch_before_the_beat_replaces_the_first() {
        let mut track = track(&[None, None, None]);
        track.launch(
            Some(scene(1)),
            When {
                now: Beat::ZERO,
                at: bar(1),
            },
        );
        track.launch(
            Some(scene(2)),
            When {
                now: Beat::from_micros(9),
                at: bar(1),
            },
        );
        assert_eq!(track.playing_at(bar(1)).clip, Some(scene(2)));
        track.launch(
            None,
            When {
                now: bar(2),
                at: bar(3),
            },
        );
        assert_eq!(
            track.playing_at(bar(2)).clip,
            Some(scene(2)),
            "the earlier launch has happened"
        );
        assert_eq!(track.playing_at(bar(3)).clip, None);
    }

    #[test]
    fn follow_actions_move_among_the_filled_slots() {
        use Action::*;
        let next = Some(Next);
        assert_eq!(
            order(&track(&[next, next, next])),
            [0, 1, 2, 0, 1, 2].map(Some)
        );
        let back = Some(Previous);
        assert_eq!(
            order(&track(&[back, back, back])),
            [0, 2, 1, 0, 2, 1].map(Some)
        );
        assert_eq!(
            order(&track(&[next, Some(First), None])),
            [0, 1, 0, 1, 0, 1].map(Some)
        );
        assert_eq!(
            order(&track(&[next, Some(Stop)])),
            [Some(0), Some(1), None, None, None, None]
        );
        assert_eq!(
            order(&track(&[next, Some(Again)])),
            [0, 1, 1, 1, 1, 1].map(Some)
        );
    }

    #[test]
    fn a_random_follow_is_the_same_for_everyone_and_not_always_the_same_clip() {
        let random = Some(Action::Random);
        let track = track(&[random, random, random, random]);
        assert_eq!(order(&track), order(&track.clone()));
        let visited: std::collections::BTreeSet<_> =
            (0..40).map(|n| track.playing_at(bar(n * 2)).clip).collect();
        assert!(visited.len() >= 3, "{visited:?}");
    }

    #[test]
    fn a_clip_alone_that_plays_again_for_a_month_is_found_at_once() {
        let track = track(&[Some(Action::Again)]);
        let month = bar(9_000_000_001);
        assert_eq!(
            track.playing_at(month),
            Playing {
                clip: Some(scene(0)),
                since: bar(9_000_000_000)
            }
        );
    }

    #[test]
    fn relocating_keeps_a_queued_launch_at_its_distance() {
        let mut track = track(&[None, None]);
        track.launch(
            Some(scene(1)),
            When {
                now: bar(1),
                at: bar(2),
            },
        );
        track.shift(bar(1), bar(40));
        assert_eq!(track.playing_at(bar(40)).clip, Some(scene(0)));
        assert_eq!(track.playing_at(bar(41)).clip, Some(scene(1)));
    }
}
