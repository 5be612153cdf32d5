//! Applying an edit: the one place where a document changes. Pure, and the same for everyone.

use super::{ClipSetting, Edit, SceneSetting, SessionSetting};
use crate::document::clip::{Clip, Content};
use crate::document::instrument::Source;
use crate::document::pattern::Pattern;
use crate::document::timeline::Timeline;
use crate::document::track::{Track, TrackSetting};
use crate::document::{Document, Mode, Sample};
use crate::ids::{PlayerId, SampleId, SceneIndex, StepIndex, TrackId};
use crate::units::ServerTime;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Why an edit does not fit the document as it stands. The document is then untouched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Conflict {
    #[error("the session is published and cannot change")]
    Published,
    #[error("there is no such track")]
    NoSuchTrack,
    #[error("there is already a track with this id")]
    TrackExists,
    #[error("a session has at most 16 tracks")]
    TooManyTracks,
    #[error("there is no clip in this slot")]
    NoSuchClip,
    #[error("this slot holds another kind of clip")]
    WrongKindOfClip,
    #[error("there is no such sample in this session")]
    NoSuchSample,
    #[error("a session has at most 256 samples")]
    TooManySamples,
    #[error("a track or a clip still plays this sample")]
    SampleInUse,
    #[error("level and pan belong to the mixer, not to the instrument")]
    MixerParameter,
    #[error("someone else leads the transport")]
    LedBySomeoneElse,
    #[error("a gesture holds at most 256 edits and no other gesture")]
    GestureTooLarge,
    #[error("that is more steps than a pattern has")]
    TooManySteps,
    #[error("the edit names no moment")]
    NoMoment,
}

impl Document {
    pub fn apply(&mut self, edit: &Edit, author: PlayerId) -> Result<(), Conflict> {
        if self.mode == Mode::Published {
            return Err(Conflict::Published);
        }
        if edit.moves_transport() && self.lead.is_some_and(|leader| leader != author) {
            return Err(Conflict::LedBySomeoneElse);
        }
        match edit {
            Edit::Session(setting) => self.set(setting),
            Edit::Effect(setting) => self.effects.set(*setting),
            Edit::Harmony { harmony, when } => {
                let when = when.ok_or(Conflict::NoMoment)?;
                self.harmony.change(*harmony, when.now, when.at);
            }
            Edit::Scene { scene, setting } => {
                let scene = &mut self.scenes[scene.index()];
                match setting {
                    SceneSetting::Name(name) => scene.name = name.clone(),
                    SceneSetting::Follow(follow) => scene.follow = *follow,
                }
            }
            Edit::AddTrack {
                track,
                at,
                settings,
            } => {
                self.admit_source(&settings.instrument.source)?;
                self.add_track(Track::new(*track, (**settings).clone()), *at)?;
            }
            Edit::RemoveTrack { track } => {
                let place = self.place_of(*track)?;
                self.tracks.remove(place);
            }
            Edit::OrderTracks { order } => {
                let place = |track: &Arc<Track>| {
                    order
                        .iter()
                        .position(|id| *id == track.id)
                        .unwrap_or(usize::MAX)
                };
                self.tracks.sort_by_key(place);
            }
            Edit::Track { track, setting } => self.set_track(*track, setting)?,
            Edit::Clip { track, scene, clip } => self.set_clip(*track, *scene, clip.as_ref())?,
            Edit::ClipSetting {
                track,
                scene,
                setting,
            } => self.set_clip_setting(*track, *scene, setting)?,
            Edit::Step {
                track,
                scene,
                step,
                value,
            } => {
                self.pattern_mut(*track, *scene)?
                    .set_step(*step, value.clone());
            }
            Edit::Steps { values, .. } if values.len() > StepIndex::COUNT => {
                return Err(Conflict::TooManySteps);
            }
            Edit::Steps {
                track,
                scene,
                first,
                values,
            } => self.pattern_mut(*track, *scene)?.paste(*first, values),
            Edit::Pattern {
                track,
                scene,
                operation,
            } => {
                let harmony = self.harmony.latest();
                self.pattern_mut(*track, *scene)?
                    .operate(*operation, &harmony);
            }
            Edit::AddSample {
                sample,
                name,
                frames,
                rate,
                channels,
            } => {
                let name = name.clone().or("Sample");
                let entry = Sample {
                    name,
                    frames: *frames,
                    rate: *rate,
                    channels: *channels,
                    by: author,
                };
                self.add_sample(*sample, entry)?;
            }
            Edit::RenameSample { sample, name } => {
                self.admit_sample(*sample)?;
                if let Some(entry) = Arc::make_mut(&mut self.samples).get_mut(sample) {
                    entry.name = name.clone().or("Sample");
                }
            }
            Edit::RemoveSample { sample } => self.remove_sample(*sample)?,
            Edit::Play { from, at } => {
                self.move_transport(*at, |timeline, at| timeline.play(from.clamped(), at))?
            }
            Edit::Stop { at } => self.move_transport(*at, Timeline::stop)?,
            Edit::Relocate { to, at } => {
                self.move_transport(*at, |timeline, at| timeline.relocate(to.clamped(), at))?;
            }
            Edit::Tempo { tempo, at } => {
                self.move_transport(*at, |timeline, at| timeline.set_tempo(*tempo, at))?
            }
            Edit::Loop { region, at } => {
                self.move_transport(*at, |timeline, at| timeline.set_region(*region, at))?
            }
            Edit::TakeLead => self.lead = Some(author),
            Edit::TakeFreeLead => self.lead = self.lead.or(Some(author)),
            Edit::ReleaseLead => {
                self.lead = self
                    .lead
                    .filter(|&leader| leader != author && author != PlayerId::SERVER);
            }
            Edit::Launch { track, clip, when } => {
                let when = when.ok_or(Conflict::NoMoment)?;
                let rows = self.rows();
                self.track_mut(*track)?.launch(&rows, *clip, when);
            }
            Edit::LaunchScene { scene, when } => {
                let when = when.ok_or(Conflict::NoMoment)?;
                let rows = self.rows();
                for track in &mut self.tracks {
                    // A row leaves alone the tracks that have nothing in it.
                    if scene.is_none_or(|scene| track.clip(scene).is_some()) {
                        Arc::make_mut(track).launch(&rows, *scene, when);
                    }
                }
            }
            Edit::Gesture(edits) => self.apply_together(edits, author)?,
        }
        Ok(())
    }

    fn set(&mut self, setting: &SessionSetting) {
        match setting {
            SessionSetting::Name(name) => self.name = name.clone().or("Untitled"),
            SessionSetting::Swing(swing) => self.swing = *swing,
            SessionSetting::Master(level) => self.master = *level,
            SessionSetting::Quantum(quantum) => self.quantum = *quantum,
            SessionSetting::Fill(held) => self.fill = *held,
        }
    }

    fn apply_together(&mut self, edits: &[Edit], author: PlayerId) -> Result<(), Conflict> {
        let nested = edits.iter().any(|edit| matches!(edit, Edit::Gesture(_)));
        if nested || edits.len() > Edit::MOST_IN_A_GESTURE {
            return Err(Conflict::GestureTooLarge);
        }
        let mut changed = self.clone();
        for edit in edits {
            changed.apply(edit, author)?;
        }
        *self = changed;
        Ok(())
    }

    fn place_of(&self, track: TrackId) -> Result<usize, Conflict> {
        self.tracks
            .iter()
            .position(|candidate| candidate.id == track)
            .ok_or(Conflict::NoSuchTrack)
    }

    fn track_mut(&mut self, track: TrackId) -> Result<&mut Track, Conflict> {
        let place = self.place_of(track)?;
        Ok(Arc::make_mut(&mut self.tracks[place]))
    }

    fn clip_mut(&mut self, track: TrackId, scene: SceneIndex) -> Result<&mut Clip, Conflict> {
        let slot = &mut self.track_mut(track)?.clips[scene.index()];
        Ok(Arc::make_mut(slot.as_mut().ok_or(Conflict::NoSuchClip)?))
    }

    fn pattern_mut(&mut self, track: TrackId, scene: SceneIndex) -> Result<&mut Pattern, Conflict> {
        match &mut self.clip_mut(track, scene)?.content {
            Content::Pattern(pattern) => Ok(pattern),
            Content::Loop(_) => Err(Conflict::WrongKindOfClip),
        }
    }

    fn add_track(&mut self, track: Track, at: usize) -> Result<(), Conflict> {
        if self.track(track.id).is_some() {
            return Err(Conflict::TrackExists);
        }
        if self.tracks.len() >= Self::MOST_TRACKS {
            return Err(Conflict::TooManyTracks);
        }
        self.tracks
            .insert(at.min(self.tracks.len()), Arc::new(track));
        Ok(())
    }

    fn set_track(&mut self, track: TrackId, setting: &TrackSetting) -> Result<(), Conflict> {
        match setting {
            TrackSetting::Source(source) => self.admit_source(source)?,
            TrackSetting::Instrument(instrument) => self.admit_source(&instrument.source)?,
            TrackSetting::Parameter { parameter, .. } if parameter.belongs_to_the_mixer() => {
                return Err(Conflict::MixerParameter);
            }
            _ => {}
        }
        self.track_mut(track)?.settings.set(setting);
        Ok(())
    }

    fn admit_source(&self, source: &Source) -> Result<(), Conflict> {
        match source {
            Source::Sample(sample) => self.admit_sample(*sample),
            Source::Preset(_) => Ok(()),
        }
    }

    fn admit_sample(&self, sample: SampleId) -> Result<(), Conflict> {
        self.samples
            .contains_key(&sample)
            .then_some(())
            .ok_or(Conflict::NoSuchSample)
    }

    fn set_clip(
        &mut self,
        track: TrackId,
        scene: SceneIndex,
        clip: Option<&Clip>,
    ) -> Result<(), Conflict> {
        if let Some(Content::Loop(audio)) = clip.map(|clip| &clip.content) {
            self.admit_sample(audio.sample)?;
        }
        self.track_mut(track)?.clips[scene.index()] = clip.cloned().map(Arc::new);
        Ok(())
    }

    fn set_clip_setting(
        &mut self,
        track: TrackId,
        scene: SceneIndex,
        setting: &ClipSetting,
    ) -> Result<(), Conflict> {
        if let ClipSetting::Loop(audio) = setting {
            self.admit_sample(audio.sample)?;
        }
        let clip = self.clip_mut(track, scene)?;
        match (setting, &mut clip.content) {
            (ClipSetting::Name(name), _) => clip.name = name.clone(),
            (ClipSetting::Follow(follow), _) => clip.follow = *follow,
            (ClipSetting::Length(length), Content::Pattern(pattern)) => pattern.set_length(*length),
            (ClipSetting::Loop(audio), Content::Loop(stored)) => *stored = *audio,
            (ClipSetting::Length(_), Content::Loop(_))
            | (ClipSetting::Loop(_), Content::Pattern(_)) => {
                return Err(Conflict::WrongKindOfClip);
            }
        }
        Ok(())
    }

    fn add_sample(&mut self, id: SampleId, sample: Sample) -> Result<(), Conflict> {
        if self.samples.len() >= Self::MOST_SAMPLES && !self.samples.contains_key(&id) {
            return Err(Conflict::TooManySamples);
        }
        Arc::make_mut(&mut self.samples).insert(id, sample);
        Ok(())
    }

    fn remove_sample(&mut self, id: SampleId) -> Result<(), Conflict> {
        self.admit_sample(id)?;
        if self.uses_sample(id) {
            return Err(Conflict::SampleInUse);
        }
        Arc::make_mut(&mut self.samples).remove(&id);
        Ok(())
    }

    fn move_transport(
        &mut self,
        at: Option<ServerTime>,
        change: impl FnOnce(&mut Timeline, ServerTime),
    ) -> Result<(), Conflict> {
        let at = at.ok_or(Conflict::NoMoment)?;
        let before = self.timeline.beat_at(at);
        change(&mut self.timeline, at);
        let after = self.timeline.beat_at(at);
        if before != after {
            self.harmony.shift(before, after);
            let rows = self.rows();
            for track in self
                .tracks
                .iter_mut()
                .filter(|track| track.queued.is_some())
            {
                Arc::make_mut(track).shift(&rows, before, after);
            }
        }
        Ok(())
    }
}
