//! Keys that are played, as steps: live into the pattern that plays, or one step after the other.
//! A state machine; it sends nothing itself.

use crate::document::Document;
use crate::document::clip::Clip;
use crate::document::pattern::Pattern;
use crate::document::step::{Gate, Nudge, Pitch, Pitches, Step, Velocity};
use crate::document::track::Track;
use crate::edit::Edit;
use crate::ids::{SceneIndex, StepIndex, TrackId};
use crate::units::{Beat, BeatSpan};
use serde::{Deserialize, Serialize};

/// What becomes of keys that are played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recording {
    #[default]
    Off,
    /// While the transport rolls, into the pattern that plays on the selected track.
    Live,
    /// Each stroke into the next step, whether or not anything rolls.
    Step,
}

/// How it is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    pub recording: Recording,
    /// Strokes fall on the step; otherwise they keep how early or late they were.
    pub is_quantised: bool,
    /// What is there already stays.
    pub overdubs: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            recording: Recording::Off,
            is_quantised: true,
            overdubs: true,
        }
    }
}

/// A key that was played, where it was heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// The place of the track.
    pub track: usize,
    pub key: u8,
    /// From 0 to 1; nothing when the key was let go.
    pub velocity: Option<f32>,
    /// The place in the song, while anything rolls.
    pub place: Option<Beat>,
    /// How many beats of loops had been run through.
    pub turned: BeatSpan,
}

#[derive(Debug, Default)]
pub struct Recorder {
    /// What is held down, since when, and in which step it was written.
    held: Vec<Held>,
    /// Where the next step-recorded stroke goes.
    cursor: Option<(Slot, StepIndex)>,
    /// The slot that is being recorded over, whose old steps are gone.
    cleared: Option<Slot>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Held {
    key: u8,
    slot: Slot,
    step: StepIndex,
    since: Option<Beat>,
}

/// A pattern of the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slot {
    track: TrackId,
    scene: SceneIndex,
}

const MIDDLE_C: i64 = 60;

impl Recorder {
    /// Where the next step-recorded stroke goes.
    pub fn cursor(&self) -> Option<(TrackId, SceneIndex, StepIndex)> {
        let (slot, step) = self.cursor?;
        Some((slot.track, slot.scene, step))
    }

    /// The edit that a key going down or up makes.
    pub fn hear(
        &mut self,
        played: &Stroke,
        document: &Document,
        controls: Settings,
    ) -> Option<Edit> {
        if controls.recording != Recording::Step {
            self.cursor = None;
        }
        if controls.recording == Recording::Off {
            self.held.clear();
            self.cleared = None;
            return None;
        }
        let track = document.tracks.get(played.track)?;
        match (played.velocity, controls.recording) {
            (Some(velocity), Recording::Live) => {
                self.strike(played, velocity, track, document, controls)
            }
            (Some(velocity), _) => self.step(played, velocity, track, document),
            (None, _) => self.let_go(played, track, document),
        }
    }

    /// A stroke while the transport rolls.
    fn strike(
        &mut self,
        played: &Stroke,
        velocity: f32,
        track: &Track,
        document: &Document,
        controls: Settings,
    ) -> Option<Edit> {
        let place = played.place?;
        let (scene, into) = slot_at(track, document, place, played.turned);
        let slot = Slot {
            track: track.id,
            scene,
        };
        let length = track.settings.step_length;
        let number = length.step_at(into);
        let begins = quarters(length.start_of(number));
        let span = quarters(length.start_of(number + 1)) - begins;
        // Nearer to the next step than to this one is early for that.
        let past = (quarters(into) - begins) / span;
        let (number, late) = if past >= 0.5 {
            (number + 1, past - 1.0)
        } else {
            (number, past)
        };
        let steps =
            pattern_of(track, scene).map_or(16, |pattern| i64::from(pattern.length().get()));
        let index = usize::try_from(number.rem_euclid(steps)).ok()?;
        let step = StepIndex::new(index)?;
        let nudge = if controls.is_quantised { 0.0 } else { late };
        let is_new_take = !controls.overdubs && self.cleared != Some(slot);
        if is_new_take {
            self.cleared = Some(slot);
        }
        let before = match pattern_of(track, scene) {
            Some(pattern) if !is_new_take => pattern.step(step),
            _ => Step::default(),
        };
        let value = struck(&before, played.key, velocity, whole(nudge * 100.0));
        self.hold(played.key, slot, step, Some(place));
        Some(write(track, slot, step, value, is_new_take))
    }

    /// A stroke into the next step: keys struck together make a chord.
    fn step(
        &mut self,
        played: &Stroke,
        velocity: f32,
        track: &Track,
        document: &Document,
    ) -> Option<Edit> {
        let place = played.place.unwrap_or(document.timeline.beat);
        let (scene, _) = slot_at(track, document, place, played.turned);
        let slot = Slot {
            track: track.id,
            scene,
        };
        let first = StepIndex::new(0)?;
        let at = match self.cursor {
            Some((of, step)) if of == slot => step,
            _ => first,
        };
        let before = match pattern_of(track, scene) {
            Some(pattern) if !self.held.is_empty() => pattern.step(at),
            _ => Step::default(),
        };
        self.cursor = Some((slot, at));
        self.hold(played.key, slot, at, None);
        Some(write(
            track,
            slot,
            at,
            struck(&before, played.key, velocity, 0),
            false,
        ))
    }

    /// A key came up: how long it was held, and on to the next step.
    fn let_go(&mut self, played: &Stroke, track: &Track, document: &Document) -> Option<Edit> {
        let place = self.held.iter().position(|held| held.key == played.key)?;
        let held = self.held.swap_remove(place);
        let Some(since) = held.since else {
            if let (true, Some((slot, step))) = (self.held.is_empty(), self.cursor) {
                let steps = pattern_of(track, slot.scene)
                    .map_or(16, |pattern| usize::from(pattern.length().get()));
                let next = StepIndex::new((step.index() + 1) % steps.max(1))?;
                self.cursor = Some((slot, next));
            }
            return None;
        };
        let until = played.place?;
        let track = document
            .tracks
            .iter()
            .find(|one| one.id == held.slot.track)?;
        let pattern = pattern_of(track, held.slot.scene)?;
        let step = pattern.step(held.step);
        let length = track.settings.step_length;
        let number = i64::try_from(held.step.index()).ok()?;
        let span = quarters(length.start_of(number + 1)) - quarters(length.start_of(number));
        // A loop of the host may have turned meanwhile; then it was held for long.
        let steps_held = if until >= since {
            quarters(until - since) / span
        } else {
            1.0
        };
        let mut edits = Vec::new();
        let pitches = step.pitches.clone();
        let last = i64::from(pattern.length().get()) - 1;
        let tied = whole(steps_held.floor()).clamp(0, last - number);
        let gate = Gate::new(whole((steps_held - steps_held.floor()) * 100.0).max(5));
        for further in 0..=tied {
            let index = StepIndex::new(usize::try_from(number + further).ok()?)?;
            let is_last = further == tied;
            let before = pattern.step(index);
            if further > 0 && before.on {
                // Something else begins there: it ends what was held.
                break;
            }
            let value = Step {
                on: true,
                pitches: pitches.clone(),
                velocity: step.velocity,
                tie: !is_last,
                gate: if is_last { gate } else { before.gate },
                ..if further == 0 { step.clone() } else { before }
            };
            edits.push(Edit::Step {
                track: held.slot.track,
                scene: held.slot.scene,
                step: index,
                value,
            });
        }
        Some(Edit::Gesture(edits))
    }

    fn hold(&mut self, key: u8, slot: Slot, step: StepIndex, since: Option<Beat>) {
        self.held.retain(|held| held.key != key);
        // A hand has ten fingers; whatever plays more is a machine.
        if self.held.len() < 32 {
            self.held.push(Held {
                key,
                slot,
                step,
                since,
            });
        }
    }
}

/// Which slot of a track plays at a place, and how far into its pattern that is. A track that is
/// silent is recorded into its first slot.
fn slot_at(
    track: &Track,
    document: &Document,
    place: Beat,
    turned: BeatSpan,
) -> (SceneIndex, BeatSpan) {
    let playing = track.playing_at(&document.rows(), place + turned);
    let first = SceneIndex::new(0).expect("a session has eight scenes");
    let since = document.timeline.position_of(playing.since);
    (playing.clip.unwrap_or(first), place - since)
}

fn pattern_of(track: &Track, scene: SceneIndex) -> Option<&Pattern> {
    track.clip(scene)?.as_pattern()
}

/// A step with one more key struck.
fn struck(before: &Step, key: u8, velocity: f32, nudge: i64) -> Step {
    let pitch = Pitch::new(i64::from(key) - MIDDLE_C);
    let others = before.pitches.iter().filter(|_| before.on);
    Step {
        on: true,
        velocity: Velocity::new(whole(f64::from(velocity) * 127.0)),
        pitches: Pitches::new(std::iter::once(pitch).chain(others)),
        nudge: Nudge::new(nudge),
        ..before.clone()
    }
}

fn write(track: &Track, slot: Slot, step: StepIndex, value: Step, is_new_take: bool) -> Edit {
    let edit = Edit::Step {
        track: slot.track,
        scene: slot.scene,
        step,
        value,
    };
    let fresh = match track.clip(slot.scene) {
        None => Some(Pattern::default()),
        Some(clip) => clip
            .as_pattern()
            .filter(|_| is_new_take)
            .map(|pattern| Pattern::new(pattern.length(), Vec::new())),
    };
    match fresh {
        None => edit,
        Some(pattern) => Edit::Gesture(vec![
            Edit::Clip {
                track: slot.track,
                scene: slot.scene,
                clip: Some(Clip::pattern(pattern)),
            },
            edit,
        ]),
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a session is shorter than 2^53 micro-beats"
)]
fn quarters(span: BeatSpan) -> f64 {
    span.as_micros() as f64 / 1e6
}

#[expect(clippy::cast_possible_truncation, reason = "float casts saturate")]
fn whole(number: f64) -> i64 {
    number.round() as i64
}

#[cfg(test)]
mod tests;
