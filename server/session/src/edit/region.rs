//! What an edit touches, for undo: a region can be captured as the edit that restores it.

use super::{ClipSetting, Edit, SceneSetting, SessionSetting};
use crate::document::Document;
use crate::document::clip::Content;
use crate::document::effects::EffectSetting;
use crate::document::track::TrackSetting;
use crate::ids::{SampleId, SceneIndex, StepIndex, TrackId};

/// A part of the document that undo restores, or leaves alone, as a whole.
#[derive(Clone, Debug, PartialEq)]
pub enum Region {
    Session(SessionSetting),
    Effect(EffectSetting),
    Harmony,
    Scene(SceneIndex, SceneSetting),
    Track(TrackId),
    TrackOrder,
    TrackSetting(TrackId, TrackSetting),
    Clip(TrackId, SceneIndex),
    ClipSetting(TrackId, SceneIndex, ClipSetting),
    Step(TrackId, SceneIndex, StepIndex),
    SampleName(SampleId),
}

impl Edit {
    /// The regions this edit changes. Transport, launches, leads and samples are performance or
    /// common property: they are not undone.
    pub fn regions(&self, document: &Document) -> Vec<Region> {
        match self {
            Edit::Session(setting) => vec![Region::Session(setting.clone())],
            Edit::Effect(setting) => vec![Region::Effect(*setting)],
            Edit::Harmony { .. } => vec![Region::Harmony],
            Edit::Scene { scene, setting } => vec![Region::Scene(*scene, setting.clone())],
            // A track comes and goes with what lies in its slots.
            Edit::AddTrack { track, .. } | Edit::RemoveTrack { track } => {
                let clips = SceneIndex::all().map(|scene| Region::Clip(*track, scene));
                std::iter::once(Region::Track(*track))
                    .chain(clips)
                    .collect()
            }
            Edit::OrderTracks { .. } => vec![Region::TrackOrder],
            Edit::Track { track, setting } => vec![Region::TrackSetting(*track, setting.clone())],
            Edit::Clip { track, scene, .. } => vec![Region::Clip(*track, *scene)],
            Edit::ClipSetting {
                track,
                scene,
                setting,
            } => vec![Region::ClipSetting(*track, *scene, setting.clone())],
            Edit::Step {
                track, scene, step, ..
            } => vec![Region::Step(*track, *scene, *step)],
            Edit::Steps {
                track,
                scene,
                first,
                values,
            } => {
                let touched = StepIndex::all().skip(first.index()).take(values.len());
                touched
                    .map(|step| Region::Step(*track, *scene, step))
                    .collect()
            }
            Edit::Pattern { track, scene, .. } => {
                let Some(pattern) = document.pattern(*track, *scene) else {
                    return Vec::new();
                };
                let length = ClipSetting::Length(pattern.length());
                // Doubling writes as many steps again behind the length.
                let reach = usize::from(pattern.length().get()) * 2;
                let steps = StepIndex::all()
                    .take(reach)
                    .map(|step| Region::Step(*track, *scene, step));
                steps
                    .chain([Region::ClipSetting(*track, *scene, length)])
                    .collect()
            }
            Edit::RenameSample { sample, .. } => vec![Region::SampleName(*sample)],
            Edit::Gesture(edits) => edits
                .iter()
                .flat_map(|edit| edit.regions(document))
                .collect(),
            Edit::AddSample { .. }
            | Edit::RemoveSample { .. }
            | Edit::Play { .. }
            | Edit::Stop { .. }
            | Edit::Relocate { .. }
            | Edit::Tempo { .. }
            | Edit::Loop { .. }
            | Edit::TakeLead
            | Edit::TakeFreeLead
            | Edit::ReleaseLead
            | Edit::Launch { .. }
            | Edit::LaunchScene { .. } => Vec::new(),
        }
    }
}

impl Region {
    /// The edit that brings this region back to what it is now; none where it has no place.
    pub fn capture(&self, document: &Document) -> Option<Edit> {
        Some(match self {
            Region::Session(setting) => Edit::Session(match setting {
                SessionSetting::Name(_) => SessionSetting::Name(document.name.clone()),
                SessionSetting::Swing(_) => SessionSetting::Swing(document.swing),
                SessionSetting::Master(_) => SessionSetting::Master(document.master),
                SessionSetting::Quantum(_) => SessionSetting::Quantum(document.quantum),
                SessionSetting::Fill(_) => SessionSetting::Fill(document.fill),
            }),
            Region::Effect(setting) => Edit::Effect(document.effects.get(*setting)),
            Region::Harmony => Edit::Harmony {
                harmony: document.harmony.latest(),
                when: None,
            },
            Region::Scene(scene, setting) => {
                let stored = &document.scenes[scene.index()];
                let setting = match setting {
                    SceneSetting::Name(_) => SceneSetting::Name(stored.name.clone()),
                    SceneSetting::Follow(_) => SceneSetting::Follow(stored.follow),
                };
                Edit::Scene {
                    scene: *scene,
                    setting,
                }
            }
            Region::Track(track) => match document
                .tracks
                .iter()
                .position(|candidate| candidate.id == *track)
            {
                Some(at) => {
                    let settings = Box::new(document.tracks[at].settings.clone());
                    Edit::AddTrack {
                        track: *track,
                        at,
                        settings,
                    }
                }
                None => Edit::RemoveTrack { track: *track },
            },
            Region::TrackOrder => Edit::OrderTracks {
                order: document.tracks.iter().map(|track| track.id).collect(),
            },
            Region::TrackSetting(track, setting) => Edit::Track {
                track: *track,
                setting: document.track(*track)?.settings.get(setting),
            },
            Region::Clip(track, scene) => {
                let clip = document
                    .track(*track)?
                    .clip(*scene)
                    .map(|clip| (**clip).clone());
                Edit::Clip {
                    track: *track,
                    scene: *scene,
                    clip,
                }
            }
            Region::ClipSetting(track, scene, setting) => {
                let clip = document.clip(*track, *scene)?;
                let setting = match (setting, &clip.content) {
                    (ClipSetting::Name(_), _) => ClipSetting::Name(clip.name.clone()),
                    (ClipSetting::Follow(_), _) => ClipSetting::Follow(clip.follow),
                    (ClipSetting::Length(_), Content::Pattern(pattern)) => {
                        ClipSetting::Length(pattern.length())
                    }
                    (ClipSetting::Loop(_), Content::Loop(audio)) => ClipSetting::Loop(*audio),
                    _ => return None,
                };
                Edit::ClipSetting {
                    track: *track,
                    scene: *scene,
                    setting,
                }
            }
            Region::Step(track, scene, step) => {
                let value = document.pattern(*track, *scene)?.step(*step);
                Edit::Step {
                    track: *track,
                    scene: *scene,
                    step: *step,
                    value,
                }
            }
            Region::SampleName(sample) => Edit::RenameSample {
                sample: *sample,
                name: document.samples.get(sample)?.name.clone(),
            },
        })
    }
}
