//! A track: its sound, its place in the mix, its eight slots and which of them plays.

use super::clip::Clip;
use super::instrument::{Amount, Instrument, Parameter, Source};
use super::launch::{Playing, Queued};
use super::mixer::{ChokeGroup, Colour, Filter, Level, Pan, Percent, Transpose};
use crate::{ids::SceneIndex, ids::TrackId, text::Name, units::BeatSpan};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Track {
    pub id: TrackId,
    #[serde(default)]
    pub settings: TrackSettings,
    #[serde(default)]
    pub clips: [Option<Arc<Clip>>; SceneIndex::COUNT],
    #[serde(default)]
    pub playing: Playing,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queued: Option<Queued>,
}

impl Track {
    /// Whether another one is the same but for the steps in its patterns.
    pub fn differs_only_in_steps(&self, other: &Track) -> bool {
        let Track {
            id,
            settings,
            clips,
            playing,
            queued,
        } = self;
        let is_alike = |one: &Option<Arc<Clip>>, other: &Option<Arc<Clip>>| match (one, other) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other) || one.differs_only_in_steps(other),
            (None, None) => true,
            _ => false,
        };
        (id, settings) == (&other.id, &other.settings)
            && (playing, queued) == (&other.playing, &other.queued)
            && clips
                .iter()
                .zip(&other.clips)
                .all(|(one, other)| is_alike(one, other))
    }

    pub fn new(id: TrackId, settings: TrackSettings) -> Self {
        Self {
            id,
            settings,
            clips: Default::default(),
            playing: Playing::default(),
            queued: None,
        }
    }

    pub fn clip(&self, scene: SceneIndex) -> Option<&Arc<Clip>> {
        self.clips[scene.index()].as_ref()
    }

    pub fn filled_slots(&self) -> Vec<SceneIndex> {
        SceneIndex::all()
            .filter(|scene| self.clip(*scene).is_some())
            .collect()
    }
}

/// Everything about a track but its clips.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrackSettings {
    pub name: Name,
    pub colour: Colour,
    pub instrument: Instrument,
    pub level: Level,
    pub pan: Pan,
    pub mute: bool,
    pub solo: bool,
    pub transpose: Transpose,
    pub swing: Percent,
    pub step_length: StepLength,
    pub reverb_send: Percent,
    pub delay_send: Percent,
    pub filter: Filter,
    pub drive: Percent,
    pub choke: ChokeGroup,
    pub scale_mode: ScaleMode,
}

impl Default for TrackSettings {
    fn default() -> Self {
        Self {
            name: Name::new("Track"),
            colour: Colour::default(),
            instrument: Instrument::default(),
            level: Level::default(),
            pan: Pan::default(),
            mute: false,
            solo: false,
            transpose: Transpose::default(),
            swing: Percent::default(),
            step_length: StepLength::default(),
            reverb_send: Percent::default(),
            delay_send: Percent::default(),
            filter: Filter::default(),
            drive: Percent::default(),
            choke: ChokeGroup::default(),
            scale_mode: ScaleMode::default(),
        }
    }
}

/// How long one step lasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepLength {
    Quarter,
    QuarterTriplet,
    Eighth,
    EighthTriplet,
    #[default]
    Sixteenth,
    SixteenthTriplet,
    ThirtySecond,
    ThirtySecondTriplet,
}

impl StepLength {
    pub const ALL: [StepLength; 8] = [
        StepLength::Quarter,
        StepLength::QuarterTriplet,
        StepLength::Eighth,
        StepLength::EighthTriplet,
        StepLength::Sixteenth,
        StepLength::SixteenthTriplet,
        StepLength::ThirtySecond,
        StepLength::ThirtySecondTriplet,
    ];

    /// Steps in two quarter notes, which is a whole number for every length.
    pub fn per_two_beats(self) -> i64 {
        match self {
            StepLength::Quarter => 2,
            StepLength::QuarterTriplet => 3,
            StepLength::Eighth => 4,
            StepLength::EighthTriplet => 6,
            StepLength::Sixteenth => 8,
            StepLength::SixteenthTriplet => 12,
            StepLength::ThirtySecond => 16,
            StepLength::ThirtySecondTriplet => 24,
        }
    }

    /// Where a step begins, counted from the pattern's start. Exact for triplets: thirds are
    /// rounded once for each step and never add up.
    pub fn start_of(self, step: i64) -> BeatSpan {
        let micros = i128::from(step) * i128::from(BeatSpan::BEAT.as_micros()) * 2;
        let start = (micros + i128::from(self.per_two_beats()) / 2)
            .div_euclid(i128::from(self.per_two_beats()));
        BeatSpan::from_micros(i64::try_from(start).unwrap_or(i64::MAX))
    }

    /// The step that sounds at a place, counted from the pattern's start.
    pub fn step_at(self, place: BeatSpan) -> i64 {
        let steps = i128::from(place.as_micros()) * i128::from(self.per_two_beats());
        let step = steps.div_euclid(i128::from(BeatSpan::BEAT.as_micros()) * 2);
        let step = i64::try_from(step).unwrap_or(i64::MAX);
        // A third was rounded: the boundary decides.
        if self.start_of(step + 1) <= place {
            step + 1
        } else {
            step
        }
    }
}

/// What becomes of pitches that the session's harmony does not hold; stored pitches never change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScaleMode {
    #[default]
    Off,
    Scale,
    Chord,
}

/// One setting of a track, as an edit names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrackSetting {
    Name(Name),
    Colour(Colour),
    /// A new source starts from its own parameters.
    Source(Source),
    /// The whole instrument at once, as undo and presets restore it.
    Instrument(Instrument),
    /// `None` returns the parameter to what the source says.
    Parameter {
        parameter: Parameter,
        amount: Option<Amount>,
    },
    Level(Level),
    Pan(Pan),
    Mute(bool),
    Solo(bool),
    Transpose(Transpose),
    Swing(Percent),
    StepLength(StepLength),
    ReverbSend(Percent),
    DelaySend(Percent),
    Filter(Filter),
    Drive(Percent),
    Choke(ChokeGroup),
    ScaleMode(ScaleMode),
}

impl TrackSettings {
    pub fn set(&mut self, setting: &TrackSetting) {
        match setting {
            TrackSetting::Name(name) => self.name = name.clone().or("Track"),
            TrackSetting::Colour(colour) => self.colour = *colour,
            TrackSetting::Source(source) => {
                self.instrument = Instrument {
                    source: source.clone(),
                    ..Instrument::default()
                };
            }
            TrackSetting::Instrument(instrument) => self.instrument = instrument.clone(),
            TrackSetting::Parameter {
                parameter,
                amount: Some(amount),
            } => {
                self.instrument.parameters.insert(*parameter, *amount);
            }
            TrackSetting::Parameter {
                parameter,
                amount: None,
            } => {
                self.instrument.parameters.remove(parameter);
            }
            TrackSetting::Level(level) => self.level = *level,
            TrackSetting::Pan(pan) => self.pan = *pan,
            TrackSetting::Mute(mute) => self.mute = *mute,
            TrackSetting::Solo(solo) => self.solo = *solo,
            TrackSetting::Transpose(transpose) => self.transpose = *transpose,
            TrackSetting::Swing(swing) => self.swing = *swing,
            TrackSetting::StepLength(step_length) => self.step_length = *step_length,
            TrackSetting::ReverbSend(send) => self.reverb_send = *send,
            TrackSetting::DelaySend(send) => self.delay_send = *send,
            TrackSetting::Filter(filter) => self.filter = *filter,
            TrackSetting::Drive(drive) => self.drive = *drive,
            TrackSetting::Choke(choke) => self.choke = *choke,
            TrackSetting::ScaleMode(mode) => self.scale_mode = *mode,
        }
    }

    /// The setting that would restore what `setting` changes, as it stands now.
    pub fn get(&self, setting: &TrackSetting) -> TrackSetting {
        match setting {
            TrackSetting::Name(_) => TrackSetting::Name(self.name.clone()),
            TrackSetting::Colour(_) => TrackSetting::Colour(self.colour),
            TrackSetting::Source(_) | TrackSetting::Instrument(_) => {
                TrackSetting::Instrument(self.instrument.clone())
            }
            TrackSetting::Parameter { parameter, .. } => TrackSetting::Parameter {
                parameter: *parameter,
                amount: self.instrument.parameters.get(parameter).copied(),
            },
            TrackSetting::Level(_) => TrackSetting::Level(self.level),
            TrackSetting::Pan(_) => TrackSetting::Pan(self.pan),
            TrackSetting::Mute(_) => TrackSetting::Mute(self.mute),
            TrackSetting::Solo(_) => TrackSetting::Solo(self.solo),
            TrackSetting::Transpose(_) => TrackSetting::Transpose(self.transpose),
            TrackSetting::Swing(_) => TrackSetting::Swing(self.swing),
            TrackSetting::StepLength(_) => TrackSetting::StepLength(self.step_length),
            TrackSetting::ReverbSend(_) => TrackSetting::ReverbSend(self.reverb_send),
            TrackSetting::DelaySend(_) => TrackSetting::DelaySend(self.delay_send),
            TrackSetting::Filter(_) => TrackSetting::Filter(self.filter),
            TrackSetting::Drive(_) => TrackSetting::Drive(self.drive),
            TrackSetting::Choke(_) => TrackSetting::Choke(self.choke),
            TrackSetting::ScaleMode(_) => TrackSetting::ScaleMode(self.scale_mode),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_of_triplets_ends_exactly_on_the_bar() {
        for (length, steps) in [
            (StepLength::Quarter, 4),
            (StepLength::QuarterTriplet, 6),
            (StepLength::Eighth, 8),
            (StepLength::EighthTriplet, 12),
            (StepLength::Sixteenth, 16),
            (StepLength::SixteenthTriplet, 24),
            (StepLength::ThirtySecond, 32),
            (StepLength::ThirtySecondTriplet, 48),
        ] {
            assert_eq!(length.start_of(steps), BeatSpan::BAR, "{length:?}");
        }
    }

    #[test]
    fn the_step_at_a_steps_start_is_that_step() {
        for length in StepLength::ALL {
            for step in [-5, -1, 0, 1, 2, 7, 1_000_003] {
                assert_eq!(length.step_at(length.start_of(step)), step, "{length:?}");
                assert_eq!(
                    length.step_at(length.start_of(step + 1) - BeatSpan::from_micros(1)),
                    step,
                    "{length:?}"
                );
            }
        }
    }
}
