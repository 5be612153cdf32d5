//! Which step of a track sounds at a place in the song. It follows what the engine plays; it must not
//! know how the place came about.

use crate::view::Follows;
use lockstep_session::document::Document;
use lockstep_session::document::launch::Playing;
use lockstep_session::document::track::Track;
use lockstep_session::ids::{SceneIndex, StepIndex};
use lockstep_session::units::{Beat, BeatSpan};

/// Where the grid stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    /// The place in the song.
    place: Beat,
    /// Whether launches lie on beats that run on through the session's loop.
    folds: bool,
}

/// What a track plays at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sounding {
    pub(super) scene: SceneIndex,
    /// How far the clip has come since it began.
    pub(super) into: BeatSpan,
}

impl Head {
    pub(super) fn new(place: Beat, follows: Follows) -> Self {
        Self {
            place,
            folds: follows == Follows::Session,
        }
    }

    /// The clip that sounds where this plays, and how far it has come.
    pub(super) fn sounding(&self, document: &Document, playing: Playing) -> Option<Sounding> {
        let Playing { clip, since } = playing;
        let began = if self.folds {
            document.timeline.position_of(since)
        } else {
            since
        };
        Some(Sounding {
            scene: clip?,
            into: self.place - began,
        })
    }
}

impl Sounding {
    /// The step that sounds, in a pattern of the track.
    pub(super) fn step(&self, track: &Track) -> Option<StepIndex> {
        let pattern = track.clip(self.scene)?.as_pattern()?;
        let length = i64::from(pattern.length().get());
        let step = track.settings.step_length.step_at(self.into);
        StepIndex::new(usize::try_from(step.rem_euclid(length)).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_session::document::clip::Clip;
    use lockstep_session::document::launch::Queued;
    use lockstep_session::document::pattern::{Pattern, PatternLength};
    use lockstep_session::document::timeline::LoopRegion;
    use lockstep_session::document::track::{StepLength, TrackSettings};
    use lockstep_session::ids::TrackId;
    use std::sync::Arc;

    const BEAT: i64 = 1_000_000;

    fn track(length: i64, step_length: StepLength) -> Track {
        let settings = TrackSettings {
            step_length,
            ..TrackSettings::default()
        };
        let mut track = Track::new(TrackId(1), settings);
        let pattern = Pattern::new(PatternLength::new(length), Vec::new());
        track.clips[0] = Some(Arc::new(Clip::pattern(pattern)));
        track
    }

    fn step(document: &Document, track: &Track, place: i64, follows: Follows) -> Option<usize> {
        let place = Beat::from_micros(place);
        let playing = track.playing_at(&document.rows(), place);
        let sounding = Head::new(place, follows).sounding(document, playing)?;
        Some(sounding.step(track)?.index())
    }

    #[test]
    fn each_track_counts_its_own_steps_round_its_own_length() {
        let document = Document::default();
        let twelve = track(12, StepLength::Sixteenth);
        let at = |place| step(&document, &twelve, place, Follows::Host);
        assert_eq!(at(0), Some(0));
        assert_eq!(at(3 * BEAT - 1), Some(11));
        assert_eq!(at(3 * BEAT), Some(0));
        assert_eq!(at(-1), Some(11), "a pre-roll counts back");
        let triplets = track(16, StepLength::EighthTriplet);
        assert_eq!(step(&document, &triplets, BEAT, Follows::Host), Some(3));
    }

    #[test]
    fn a_launched_clip_counts_from_its_launch() {
        let document = Document::default();
        let mut launched = track(16, StepLength::Sixteenth);
        launched.playing.clip = None;
        launched.queued = Some(Queued {
            clip: Some(SceneIndex::FIRST),
            at: Beat::from_micros(5 * BEAT),
        });
        let at = |place| step(&document, &launched, place, Follows::Host);
        assert_eq!(at(5 * BEAT - 1), None, "it waits for its beat");
        assert_eq!(at(5 * BEAT), Some(0));
        assert_eq!(at(6 * BEAT), Some(4));
    }

    #[test]
    fn a_launch_in_a_later_turn_of_the_sessions_loop_counts_from_its_place_in_it() {
        let mut document = Document::default();
        document.timeline.region =
            LoopRegion::new(Beat::from_micros(0), Beat::from_micros(4 * BEAT));
        let mut launched = track(16, StepLength::Sixteenth);
        launched.playing.since = Beat::from_micros(9 * BEAT);
        let session = step(&document, &launched, 2 * BEAT, Follows::Session);
        assert_eq!(session, Some(4), "it began on beat one of the loop");
    }
}
