//! What a player can ask for. Edits are absolute, so that repeating one changes nothing, and
//! decoding one already brings every value into its range.

mod apply;
mod region;
mod resolve;

pub use apply::Conflict;
pub use region::Region;
pub use resolve::Moment;

use crate::document::clip::{AudioLoop, Clip, Follow};
use crate::document::effects::EffectSetting;
use crate::document::harmony::Harmony;
use crate::document::launch::{Quantum, When};
use crate::document::mixer::{Level, Percent};
use crate::document::pattern::{Operation, PatternLength};
use crate::document::step::Step;
use crate::document::timeline::LoopRegion;
use crate::document::track::{TrackSetting, TrackSettings};
use crate::document::{Channels, Document, FrameCount, SampleRate};
use crate::ids::{SampleId, SceneIndex, StepIndex, TrackId};
use crate::text::{LongName, Name};
use crate::units::{Beat, ServerTime, Tempo};
use serde::{Deserialize, Deserializer, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edit {
    Session(SessionSetting),
    Effect(EffectSetting),
    /// Sounds from the next bar, whose beat the server names.
    Harmony {
        harmony: Harmony,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        when: Option<When>,
    },
    Scene {
        scene: SceneIndex,
        setting: SceneSetting,
    },

    AddTrack {
        track: TrackId,
        /// Past the end means last.
        #[serde(deserialize_with = "place")]
        at: usize,
        #[serde(default)]
        settings: Box<TrackSettings>,
    },
    RemoveTrack {
        track: TrackId,
    },
    /// Tracks left out keep their order behind those named; unknown ones are passed over.
    OrderTracks {
        order: Vec<TrackId>,
    },
    Track {
        track: TrackId,
        setting: TrackSetting,
    },

    /// Fills or empties a slot.
    Clip {
        track: TrackId,
        scene: SceneIndex,
        clip: Option<Clip>,
    },
    ClipSetting {
        track: TrackId,
        scene: SceneIndex,
        setting: ClipSetting,
    },
    Step {
        track: TrackId,
        scene: SceneIndex,
        step: StepIndex,
        value: Step,
    },
    /// Consecutive steps: a paste, or what a gesture left.
    Steps {
        track: TrackId,
        scene: SceneIndex,
        first: StepIndex,
        values: Vec<Step>,
    },
    Pattern {
        track: TrackId,
        scene: SceneIndex,
        operation: Operation,
    },

    AddSample {
        sample: SampleId,
        name: LongName,
        frames: FrameCount,
        rate: SampleRate,
        channels: Channels,
    },
    RenameSample {
        sample: SampleId,
        name: LongName,
    },
    RemoveSample {
        sample: SampleId,
    },

    Play {
        from: Beat,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<ServerTime>,
    },
    Stop {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<ServerTime>,
    },
    Relocate {
        to: Beat,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<ServerTime>,
    },
    Tempo {
        tempo: Tempo,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<ServerTime>,
    },
    Loop {
        region: Option<LoopRegion>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<ServerTime>,
    },
    TakeLead,
    /// Takes the lead if nobody has it.
    TakeFreeLead,
    ReleaseLead,

    /// Starts a slot, or silence, at the next launch quantum.
    Launch {
        track: TrackId,
        clip: Option<SceneIndex>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        when: Option<When>,
    },
    /// Starts a row; without one, stops every track.
    LaunchScene {
        scene: Option<SceneIndex>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        when: Option<When>,
    },

    /// Several edits that happen together or not at all.
    Gesture(Vec<Edit>),
}

/// A place among the tracks, clamped as it is read: what a 64-bit server takes in, a 32-bit page can read.
fn place<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    let offered = crate::bounded::whole_number(deserializer)?.max(0);
    Ok(usize::try_from(offered).map_or(Document::MOST_TRACKS, |at| at.min(Document::MOST_TRACKS)))
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SessionSetting {
    Name(LongName),
    Swing(Percent),
    Master(Level),
    Quantum(Quantum),
    Fill(bool),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SceneSetting {
    Name(Name),
    Follow(Option<Follow>),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClipSetting {
    Name(Name),
    Follow(Option<Follow>),
    Length(PatternLength),
    Loop(AudioLoop),
}

impl Edit {
    /// How many edits one gesture may hold.
    pub const MOST_IN_A_GESTURE: usize = 256;

    /// Moves the session's transport, which only a leader may do while there is one.
    pub fn moves_transport(&self) -> bool {
        match self {
            Edit::Play { .. }
            | Edit::Stop { .. }
            | Edit::Relocate { .. }
            | Edit::Tempo { .. }
            | Edit::Loop { .. } => true,
            Edit::Gesture(edits) => edits.iter().any(Edit::moves_transport),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests;
