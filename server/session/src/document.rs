//! The whole shared state of a session. It changes only through edits (see `edit`).

pub mod chord;
pub mod clip;
pub mod effects;
pub mod harmony;
pub mod instrument;
pub mod launch;
pub mod mixer;
pub mod pattern;
pub mod step;
pub mod timeline;
pub mod track;
pub mod words;

use crate::ids::{PlayerId, Revision, SampleId, SceneIndex, TrackId};
use crate::text::{LongName, Name, Text};
use crate::units::{Beat, ServerTime};
use clip::{Clip, Content, Follow};
use effects::Effects;
use harmony::HarmonyPlan;
use launch::Quantum;
use mixer::{Level, Percent};
use pattern::Pattern;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};
use timeline::Timeline;
use track::Track;

/// Cheap to clone: tracks, clips and samples are shared until they are changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Document {
    pub name: LongName,
    pub swing: Percent,
    pub master: Level,
    pub quantum: Quantum,
    /// While held, steps with the fill condition sound.
    pub fill: bool,
    pub harmony: HarmonyPlan,
    pub effects: Effects,
    pub tracks: Vec<Arc<Track>>,
    pub scenes: [Scene; SceneIndex::COUNT],
    pub samples: Arc<BTreeMap<SampleId, Sample>>,
    pub lineage: Option<Lineage>,
    pub mode: Mode,
    pub timeline: Timeline,
    pub lead: Option<PlayerId>,
}

impl Default for Document {
    fn default() -> Self {
        Self {
            name: LongName::new("Untitled"),
            swing: Percent::default(),
            master: Level::default(),
            quantum: Quantum::default(),
            fill: false,
            harmony: HarmonyPlan::default(),
            effects: Effects::default(),
            tracks: Vec::new(),
            scenes: Default::default(),
            samples: Arc::default(),
            lineage: None,
            mode: Mode::Open,
            timeline: Timeline::default(),
            lead: None,
        }
    }
}

/// A row of clips that can be launched together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scene {
    #[serde(skip_serializing_if = "step::is_default")]
    pub name: Name,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow: Option<Follow>,
}

/// Audio that every player may use. The bytes live elsewhere, under their hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    pub name: LongName,
    pub frames: FrameCount,
    pub rate: SampleRate,
    pub channels: Channels,
    pub by: PlayerId,
}

crate::bounded! {
    /// At most sixty seconds at the highest rate.
    pub struct FrameCount(u32) in 1..=11_520_000, default 1;
}
crate::bounded! {
    pub struct SampleRate(u32) in 8_000..=192_000, default 48_000;
}
crate::bounded! {
    pub struct Channels(u8) in 1..=2, default 1;
}

/// Where a remixed or published session came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lineage {
    pub session: Text<100>,
    pub name: LongName,
    pub revision: Revision,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    #[default]
    Open,
    /// Read-only for ever.
    Published,
}

impl Document {
    pub const MOST_TRACKS: usize = 16;
    pub const MOST_SAMPLES: usize = 256;

    /// Whether another one is the same but for the steps in its patterns.
    pub fn differs_only_in_steps(&self, other: &Document) -> bool {
        let Document {
            name,
            swing,
            master,
            quantum,
            fill,
            harmony,
            effects,
            tracks,
            scenes,
            samples,
            lineage,
            mode,
            timeline,
            lead,
        } = self;
        let tracks_alike = || {
            let mut pairs = tracks.iter().zip(&other.tracks);
            tracks.len() == other.tracks.len()
                && pairs
                    .all(|(one, other)| Arc::ptr_eq(one, other) || one.differs_only_in_steps(other))
        };
        (name, swing, master) == (&other.name, &other.swing, &other.master)
            && (quantum, fill, harmony) == (&other.quantum, &other.fill, &other.harmony)
            && (effects, scenes, mode) == (&other.effects, &other.scenes, &other.mode)
            && (timeline, lead, lineage) == (&other.timeline, &other.lead, &other.lineage)
            && samples == &other.samples
            && tracks_alike()
    }

    /// An id that no track has yet.
    pub fn unused_track(&self) -> TrackId {
        let taken = self.tracks.iter().map(|track| track.id.0).max();
        TrackId(taken.unwrap_or(0).wrapping_add(1))
    }

    pub fn track(&self, id: TrackId) -> Option<&Arc<Track>> {
        self.tracks.iter().find(|track| track.id == id)
    }

    pub fn clip(&self, track: TrackId, scene: SceneIndex) -> Option<&Arc<Clip>> {
        self.track(track)?.clip(scene)
    }

    pub fn pattern(&self, track: TrackId, scene: SceneIndex) -> Option<&Pattern> {
        self.clip(track, scene)?.as_pattern()
    }

    /// Where the song stands: the running beat of the timeline.
    pub fn beat_at(&self, time: ServerTime) -> Beat {
        self.timeline.beat_at(time)
    }

    /// Samples that a track or a clip plays.
    pub fn uses_sample(&self, sample: SampleId) -> bool {
        self.tracks.iter().any(|track| {
            let played = matches!(track.settings.instrument.source, instrument::Source::Sample(id) if id == sample);
            let looped = track.clips.iter().flatten();
            played || looped.into_iter().any(|clip| matches!(&clip.content, Content::Loop(audio) if audio.sample == sample))
        })
    }

    /// The document as a remix or a published copy starts from it: stopped, and led by nobody.
    pub fn copied(&self, lineage: Lineage, mode: Mode) -> Document {
        let mut copy = Document {
            lineage: Some(lineage),
            mode,
            lead: None,
            ..self.clone()
        };
        copy.rest();
        copy
    }

    /// Brings a document from outside into a legal state: what the types cannot refuse.
    pub fn admitted(mut self) -> Result<Document, IllegalDocument> {
        if self.tracks.len() > Self::MOST_TRACKS {
            return Err(IllegalDocument::TooManyTracks);
        }
        let mut ids: Vec<TrackId> = self.tracks.iter().map(|track| track.id).collect();
        ids.sort_unstable();
        if ids.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(IllegalDocument::RepeatedTrack);
        }
        if self.samples.len() > Self::MOST_SAMPLES {
            return Err(IllegalDocument::TooManySamples);
        }
        self.name = self.name.or("Untitled");
        self.lead = None;
        self.rest();
        Ok(self)
    }

    /// Stops the transport at its beginning and settles what was launched.
    fn rest(&mut self) {
        let beat = self.timeline.beat.clamped();
        for track in &mut self.tracks {
            let track = Arc::make_mut(track);
            let clip = track
                .queued
                .take()
                .map_or(track.playing.clip, |queued| queued.clip);
            track.playing = launch::Playing {
                clip,
                since: Beat::ZERO,
            };
        }
        self.harmony = HarmonyPlan {
            now: self.harmony.latest(),
            next: None,
        };
        self.fill = false;
        self.timeline = Timeline {
            playing: false,
            beat,
            time: ServerTime::ZERO,
            ..self.timeline
        };
    }

    /// The largest document that can exist, for measuring limits.
    pub fn largest() -> Document {
        use pattern::PatternLength;
        let wide = |count: usize| "\u{10ffff}".repeat(count);
        let clip = Arc::new(Clip {
            name: Name::new(&wide(32)),
            follow: Some(Follow {
                action: clip::Action::Previous,
                after: clip::Bars::MAX,
            }),
            content: Content::Pattern(Pattern::new(
                PatternLength::MAX,
                vec![step::Step::largest(); 128],
            )),
        });
        let parameters = instrument::Parameter::ALL
            .into_iter()
            .filter(|p| !p.belongs_to_the_mixer());
        let settings = track::TrackSettings {
            name: Name::new(&wide(32)),
            instrument: instrument::Instrument {
                source: instrument::Source::Sample(SampleId::from_bytes([255; 32])),
                parameters: parameters
                    .map(|parameter| (parameter, instrument::Amount::MAX))
                    .collect(),
            },
            level: Level::MIN,
            ..track::TrackSettings::default()
        };
        let samples = (0..=255).map(|n| {
            let sample = Sample {
                name: LongName::new(&wide(100)),
                frames: FrameCount::MAX,
                rate: SampleRate::MAX,
                channels: Channels::MAX,
                by: PlayerId::from_bytes([255; 8]),
            };
            (SampleId::from_bytes([n; 32]), sample)
        });
        Document {
            name: LongName::new(&wide(100)),
            tracks: (0..16)
                .map(|n| {
                    let mut track = Track::new(TrackId(u32::MAX - n), settings.clone());
                    track.clips = std::array::from_fn(|_| Some(clip.clone()));
                    Arc::new(track)
                })
                .collect(),
            scenes: std::array::from_fn(|_| Scene {
                name: Name::new(&wide(32)),
                follow: clip.follow,
            }),
            samples: Arc::new(samples.collect()),
            lineage: Some(Lineage {
                session: Text::new(&wide(100)),
                name: LongName::new(&wide(100)),
                revision: Revision(u64::MAX),
            }),
            ..Document::default()
        }
    }
}

/// Why a document from outside is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IllegalDocument {
    #[error("it has more than 16 tracks")]
    TooManyTracks,
    #[error("two of its tracks have the same id")]
    RepeatedTrack,
    #[error("it lists more than 256 samples")]
    TooManySamples,
}
