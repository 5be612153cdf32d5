//! What a take is to become in the session, once the server has it. Written down with the take, so that
//! it holds for the next visit too.

use lockstep_session::document::Document;
use lockstep_session::document::instrument::Source;
use lockstep_session::document::track::TrackSetting;
use lockstep_session::edit::Edit;
use lockstep_session::ids::{SampleId, SceneIndex, TrackId};
use lockstep_session::slot::{Slot, loop_bars};
use lockstep_session::takes::kit;
use std::ops::Range;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    Sample,
    Track(TrackId),
    Loop(TrackId, SceneIndex),
    /// A track for each of these stretches, in frames of the sample.
    Kit(Vec<Range<u32>>),
}

impl Goal {
    pub(crate) fn written(&self) -> String {
        match self {
            Goal::Sample => "sample".to_owned(),
            Goal::Track(track) => format!("track {}", track.0),
            Goal::Loop(track, scene) => format!("loop {} {}", track.0, scene.index()),
            Goal::Kit(pieces) => {
                let ends = pieces.iter().flat_map(|piece| [piece.start, piece.end]);
                ends.fold("kit".to_owned(), |text, end| format!("{text} {end}"))
            }
        }
    }

    /// Nothing is no goal; what a later version wrote is a sample at least.
    pub(crate) fn read(text: &str) -> Option<Goal> {
        let mut words = text.split(' ');
        let kind = words.next().filter(|kind| !kind.is_empty())?;
        let numbers: Vec<u32> = words.filter_map(|word| word.parse().ok()).collect();
        Some(match (kind, &numbers[..]) {
            ("track", [track]) => Goal::Track(TrackId(*track)),
            ("loop", [track, scene]) => {
                let scene = usize::try_from(*scene).ok().and_then(SceneIndex::new);
                Goal::Loop(TrackId(*track), scene?)
            }
            ("kit", ends) => {
                let pieces = ends.chunks_exact(2);
                Goal::Kit(pieces.map(|ends| ends[0]..ends[1]).collect())
            }
            _ => Goal::Sample,
        })
    }

    /// What makes a sample of the session that.
    pub(crate) fn edits(&self, document: &Document, id: SampleId) -> Vec<Edit> {
        match self {
            Goal::Sample => Vec::new(),
            Goal::Track(track) => vec![Edit::Track {
                track: *track,
                setting: TrackSetting::Source(Source::Sample(id)),
            }],
            Goal::Loop(track, scene) => {
                let (track, scene) = (*track, *scene);
                vec![Slot { track, scene }.add_loop(id, loop_bars(document, id))]
            }
            Goal::Kit(pieces) => kit(document, id, pieces),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_that_was_written_down_is_the_same_at_the_next_visit() {
        let scene = SceneIndex::new(3).expect("there are eight");
        for goal in [
            Goal::Sample,
            Goal::Track(TrackId(7)),
            Goal::Loop(TrackId(2), scene),
            Goal::Kit(vec![0..4_800, 4_800..9_000]),
        ] {
            assert_eq!(Goal::read(&goal.written()), Some(goal));
        }
        assert_eq!(Goal::read(""), None);
        assert_eq!(Goal::read("symphony 5"), Some(Goal::Sample));
        assert_eq!(Goal::read("loop 5 99"), None);
    }
}
