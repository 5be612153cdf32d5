//! The score: a picture of everything there is to play, of one fixed size and without pointers, so
//! that it travels as bytes and replacing one frees nothing where it is read. It knows nothing of
//! the shared document it was compiled from.

pub(crate) mod launches;
pub(crate) mod patch;
mod step;

pub(crate) use patch::{Machine, Patch};
pub(crate) use step::ScoreStep;
pub(crate) use step::{Condition, Locks};

use bytemuck::{Pod, Zeroable};
use launches::ScoreLaunches;
use lockstep_session::document::Document;
use lockstep_session::document::launch::Launches;
use lockstep_session::ids::{SceneIndex, StepIndex};

/// One for each MIDI channel and plugin output.
pub const MAX_TRACKS: usize = Document::MOST_TRACKS;
/// The longest pattern.
pub const MAX_STEPS: usize = StepIndex::COUNT;

/// Everything the engine plays from. All zeros is a score of silence.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub struct Score {
    /// Another number wherever a track's instrument is set differently.
    pub(crate) sounds: u64,
    pub(crate) harmony: ScoreHarmony,
    pub(crate) effects: ScoreEffects,
    /// While it is not zero, steps with the fill condition sound.
    pub(crate) fill: u32,
    pub(crate) track_count: u32,
    pub(crate) tracks: [ScoreTrack; MAX_TRACKS],
}

/// How pitches follow the harmony, now and from a beat on.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub(crate) struct ScoreHarmony {
    /// In micro-beats; where nothing is to come, beyond all beats.
    pub(crate) next_from: i64,
    pub(crate) now: Snapping,
    pub(crate) next: Snapping,
}

/// By how many semitones each pitch class moves to lie in the scale, in the chord, and where only a
/// lock on the scale moves it.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub(crate) struct Snapping {
    pub(crate) to_scale: [i8; 12],
    pub(crate) to_chord: [i8; 12],
    pub(crate) locked: [i8; 12],
}

/// The effects in physical units.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub(crate) struct ScoreEffects {
    pub(crate) master_gain: f32,
    pub(crate) reverb_seconds: f32,
    pub(crate) reverb_pre_delay: f32,
    pub(crate) reverb_damping: f32,
    pub(crate) reverb_gain: f32,
    pub(crate) delay_beats: f32,
    pub(crate) delay_feedback: f32,
    pub(crate) delay_tone: f32,
    pub(crate) delay_gain: f32,
    pub(crate) chorus_rate: f32,
    pub(crate) chorus_depth: f32,
    pub(crate) chorus_mix: f32,
    pub(crate) compressor: f32,
    pub(crate) duck_depth: f32,
    pub(crate) ceiling: f32,
    pub(crate) delay_ping_pong: u32,
    /// Which track ducks the others, by its place; none where it is past the last.
    pub(crate) duck_by: u32,
    pub(crate) padding: u32,
}

/// One track: its sound, its place in the mix, and its clips.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub(crate) struct ScoreTrack {
    pub(crate) launches: ScoreLaunches,
    pub(crate) patch: Patch,
    pub(crate) gain: f32,
    /// What the pan makes of each side.
    pub(crate) left: f32,
    pub(crate) right: f32,
    pub(crate) reverb_send: f32,
    pub(crate) delay_send: f32,
    pub(crate) filter_corner: f32,
    pub(crate) filter_resonance: f32,
    pub(crate) drive: f32,
    /// By how much of a step every second one is late, of a whole one.
    pub(crate) swing: f32,
    /// Off, low-pass, high-pass.
    pub(crate) filter_mode: u8,
    pub(crate) muted: u8,
    pub(crate) soloed: u8,
    /// Tracks of one group, other than 0, cut each other off.
    pub(crate) choke: u8,
    /// Off, scale, chord, off unless the session is locked to its scale.
    pub(crate) scale_mode: u8,
    /// A place in the list of all step lengths.
    pub(crate) step_length: u8,
    pub(crate) transpose: i8,
    /// The slots that hold an audio loop, a bit each.
    pub(crate) loops: u8,
    pub(crate) padding: u32,
    pub(crate) clips: [ScoreClip; SceneIndex::COUNT],
}

/// What a slot holds: nothing, a pattern, or an audio loop.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub(crate) struct ScoreClip {
    /// The sample of an audio loop.
    pub(crate) sample: u64,
    pub(crate) gain: f32,
    pub(crate) kind: u8,
    /// Steps of a pattern.
    pub(crate) length: u8,
    /// Bars of an audio loop.
    pub(crate) bars: u8,
    pub(crate) padding: u8,
    pub(crate) steps: [ScoreStep; MAX_STEPS],
}

/// What a clip holds, as the engine asks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Content<'a> {
    Pattern(&'a [ScoreStep]),
    Loop { sample: u64, bars: u8, gain: f32 },
}

impl ScoreClip {
    pub(crate) const PATTERN: u8 = 1;
    pub(crate) const LOOP: u8 = 2;

    /// Realtime: yes
    pub(crate) fn content(&self) -> Option<Content<'_>> {
        match self.kind {
            Self::PATTERN => {
                let length = usize::from(self.length).clamp(1, MAX_STEPS);
                Some(Content::Pattern(self.steps.get(..length)?))
            }
            Self::LOOP => Some(Content::Loop {
                sample: self.sample,
                bars: self.bars.max(1),
                gain: if self.gain.is_finite() {
                    self.gain
                } else {
                    0.0
                },
            }),
            _ => None,
        }
    }
}

impl ScoreTrack {
    /// Realtime: yes
    pub(crate) fn launches(&self) -> Launches {
        self.launches.read()
    }

    /// Realtime: yes
    pub(crate) fn content(&self, scene: SceneIndex) -> Option<Content<'_>> {
        self.clips.get(scene.index())?.content()
    }
}

impl Score {
    /// A score of silence, made where it stays: it is too large for most stacks.
    ///
    /// Realtime: no
    pub fn boxed() -> Box<Self> {
        bytemuck::zeroed_box()
    }

    /// Realtime: yes
    pub(crate) fn tracks(&self) -> &[ScoreTrack] {
        let count = usize::try_from(self.track_count).unwrap_or(0);
        self.tracks.get(..count).unwrap_or(&self.tracks)
    }

    /// As bytes, which are the same on every platform that the engine runs on.
    ///
    /// Realtime: yes
    pub fn bytes(&self) -> &[u8] {
        bytemuck::bytes_of(self)
    }

    /// The bytes to write another score's into. Bytes of anything else make strange music and no
    /// other harm.
    ///
    /// Realtime: yes
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        bytemuck::bytes_of_mut(self)
    }
}
