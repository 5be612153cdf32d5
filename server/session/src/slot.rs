//! What a slot of the launcher is, and what is asked for when it is touched. Pure values; nothing
//! here is painted.

use crate::document::Document;
use crate::document::clip::{AudioLoop, Bars, Clip, Content};
use crate::document::launch::Playing;
use crate::document::mixer::Level;
use crate::document::pattern::Pattern;
use crate::document::track::Track;
use crate::edit::Edit;
use crate::ids::{SampleId, SceneIndex, TrackId};
use crate::units::Beat;

/// One slot of one track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    pub track: TrackId,
    pub scene: SceneIndex,
}

/// What a slot does by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Resting,
    Playing,
    /// Starts at that beat.
    Queued(Beat),
    /// Plays, and something else takes over at that beat.
    Ending(Beat),
}

/// What a track does as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    pub playing: Option<SceneIndex>,
    /// What was launched and waits for its beat.
    pub queued: Option<(Option<SceneIndex>, Beat)>,
}

impl Turn {
    pub fn of(track: &Track, playing: Playing, beat: Beat) -> Self {
        let queued = track.queued.filter(|queued| queued.at > beat);
        Self {
            playing: playing.clip,
            queued: queued.map(|queued| (queued.clip, queued.at)),
        }
    }

    pub fn state(&self, scene: SceneIndex) -> State {
        match self.queued {
            Some((clip, at)) if clip == Some(scene) => State::Queued(at),
            Some((_, at)) if self.playing == Some(scene) => State::Ending(at),
            _ if self.playing == Some(scene) => State::Playing,
            _ => State::Resting,
        }
    }

    /// Whether stopping it would change anything.
    pub fn can_stop(&self) -> bool {
        match self.queued {
            Some((clip, _)) => clip.is_some(),
            None => self.playing.is_some(),
        }
    }
}

impl Slot {
    pub fn launch(self) -> Edit {
        Edit::Launch {
            track: self.track,
            clip: Some(self.scene),
            when: None,
        }
    }

    /// An empty pattern, to be filled in the grid.
    pub fn add_pattern(self) -> Edit {
        self.fill(Some(Clip::pattern(Pattern::default())))
    }

    pub fn add_loop(self, sample: SampleId, bars: Bars) -> Edit {
        let content = Content::Loop(AudioLoop {
            sample,
            bars,
            gain: Level::default(),
        });
        self.fill(Some(Clip {
            content,
            ..Clip::pattern(Pattern::default())
        }))
    }

    pub fn remove(self) -> Edit {
        self.fill(None)
    }

    /// The same clip as in another slot.
    pub fn copy_of(self, clip: &Clip) -> Edit {
        self.fill(Some(clip.clone()))
    }

    fn fill(self, clip: Option<Clip>) -> Edit {
        Edit::Clip {
            track: self.track,
            scene: self.scene,
            clip,
        }
    }
}

pub fn stop(track: TrackId) -> Edit {
    Edit::Launch {
        track,
        clip: None,
        when: None,
    }
}

/// The slot of the track that is free and nearest after a scene, or else before it.
pub fn free_slot(track: &Track, after: SceneIndex) -> Option<SceneIndex> {
    let free = |scene: &SceneIndex| track.clip(*scene).is_none();
    let later = SceneIndex::all().filter(|scene| *scene > after).find(free);
    later.or_else(|| SceneIndex::all().find(free))
}

/// Every clip of a row beside another row, in place of what lies there.
pub fn copy_row(document: &Document, from: SceneIndex, to: SceneIndex) -> Vec<Edit> {
    let tracks = document.tracks.iter();
    let edits = tracks.filter_map(|track| {
        let clip = track.clip(from);
        let slot = Slot {
            track: track.id,
            scene: to,
        };
        match (clip, track.clip(to)) {
            (None, None) => None,
            (clip, _) => Some(slot.fill(clip.map(|clip| Clip::clone(clip)))),
        }
    });
    edits.collect()
}

/// The whole bars that a sample is nearest to at the session's tempo.
pub fn loop_bars(document: &Document, sample: SampleId) -> Bars {
    let Some(sample) = document.samples.get(&sample) else {
        return Bars::default();
    };
    // A bar lasts 24,000 / hundredths seconds.
    let played = i64::from(sample.frames.get()) * i64::from(document.timeline.tempo.get());
    let bar = i64::from(sample.rate.get()) * 24_000;
    Bars::new((played + bar / 2) / bar)
}

/// A row as it is called: its name, or its number.
pub fn scene_name(document: &Document, scene: SceneIndex) -> String {
    match document.scenes[scene.index()].name.as_str() {
        "" => format!("Scene {}", scene.index() + 1),
        name => name.to_owned(),
    }
}

/// A clip as it is called: its name, or the letter of its row.
pub fn clip_name(clip: &Clip, scene: SceneIndex) -> String {
    match clip.name.as_str() {
        "" => letter(scene).to_owned(),
        name => name.to_owned(),
    }
}

fn letter(scene: SceneIndex) -> &'static str {
    ["A", "B", "C", "D", "E", "F", "G", "H"][scene.index()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::launch::{Rows, When};
    use crate::document::track::TrackSettings;
    use std::sync::Arc;

    fn scene(index: usize) -> SceneIndex {
        SceneIndex::new(index).unwrap()
    }

    fn track() -> Track {
        let mut track = Track::new(TrackId(3), TrackSettings::default());
        track.clips[0] = Some(Arc::new(Clip::pattern(Pattern::default())));
        track.clips[1] = track.clips[0].clone();
        track
    }

    fn beat(bars: i64) -> Beat {
        Beat::from_micros(bars * 4_000_000)
    }

    fn turn_of(track: &Track, beat: Beat) -> Turn {
        Turn::of(track, track.playing_at(&Rows::default(), beat), beat)
    }

    #[test]
    fn a_launched_clip_is_queued_until_its_beat_and_the_playing_one_ends_there() {
        let mut track = track();
        let when = When {
            now: beat(0),
            at: beat(2),
        };
        track.launch(&Rows::default(), Some(scene(1)), when);
        let turn = turn_of(&track, beat(1));
        assert_eq!(turn.state(scene(1)), State::Queued(beat(2)));
        assert_eq!(turn.state(scene(0)), State::Ending(beat(2)));
        assert_eq!(turn.state(scene(2)), State::Resting);
        let turn = turn_of(&track, beat(2));
        assert_eq!(turn.state(scene(1)), State::Playing);
        assert_eq!(turn.state(scene(0)), State::Resting);
    }

    #[test]
    fn a_track_that_is_about_to_stop_need_not_be_stopped_again() {
        let mut track = track();
        assert!(turn_of(&track, beat(0)).can_stop());
        let when = When {
            now: beat(0),
            at: beat(1),
        };
        track.launch(&Rows::default(), None, when);
        assert!(!turn_of(&track, beat(0)).can_stop());
        assert!(!turn_of(&track, beat(1)).can_stop());
    }

    #[test]
    fn a_copy_goes_to_the_next_free_slot_and_round_to_the_first() {
        let mut track = track();
        assert_eq!(free_slot(&track, scene(0)), Some(scene(2)));
        assert_eq!(free_slot(&track, scene(3)), Some(scene(4)));
        track.clips[0] = None;
        assert_eq!(free_slot(&track, scene(7)), Some(scene(0)));
        track.clips = std::array::from_fn(|_| track.clips[1].clone());
        assert_eq!(free_slot(&track, scene(7)), None);
    }

    #[test]
    fn a_row_is_copied_with_its_gaps() {
        let mut document = Document::default();
        let mut second = Track::new(TrackId(4), TrackSettings::default());
        second.clips[5] = track().clips[0].clone();
        document.tracks = vec![Arc::new(track()), Arc::new(second)];
        let edits = copy_row(&document, scene(0), scene(5));
        assert!(matches!(
            &edits[..],
            [
                Edit::Clip {
                    track: TrackId(3),
                    clip: Some(_),
                    ..
                },
                Edit::Clip {
                    track: TrackId(4),
                    clip: None,
                    ..
                },
            ]
        ));
    }
}
