//! The session's shared effects: what every player's engine is set to.

use super::mixer::{Level, Percent};
use crate::ids::TrackId;
use serde::{Deserialize, Serialize};

crate::bounded! {
    /// Hundredths of a second until the reverb has fallen by 60 dB.
    pub struct ReverbDecay(u16) in 10..=1_000, default 180;
}
crate::bounded! {
    /// Milliseconds between the sound and its reverb.
    pub struct PreDelay(u16) in 0..=250, default 15;
}
crate::bounded! {
    /// The delay's time in twelfths of a quarter note: 3 is a sixteenth, 4 an eighth triplet.
    pub struct DelayTime(u8) in 1..=96, default 9;
}
crate::bounded! {
    /// How much of the delay comes round again, in percent; never enough to grow.
    pub struct Feedback(u8) in 0..=95, default 35;
}
crate::bounded! {
    /// Tenths of a decibel below full scale that the limiter holds.
    pub struct Ceiling(i16) in -120..=0, default -10;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Effects {
    pub reverb_decay: ReverbDecay,
    pub reverb_pre_delay: PreDelay,
    pub reverb_damping: Percent,
    pub reverb_level: Level,
    pub delay_time: DelayTime,
    pub delay_feedback: Feedback,
    pub delay_tone: Percent,
    pub delay_ping_pong: bool,
    pub delay_level: Level,
    pub chorus_rate: Percent,
    pub chorus_depth: Percent,
    pub chorus_mix: Percent,
    pub compressor: Percent,
    pub duck_by: Option<TrackId>,
    pub duck_depth: Percent,
    pub ceiling: Ceiling,
}

impl Default for Effects {
    fn default() -> Self {
        Self {
            reverb_decay: ReverbDecay::default(),
            reverb_pre_delay: PreDelay::default(),
            reverb_damping: Percent::new(50),
            reverb_level: Level::default(),
            delay_time: DelayTime::default(),
            delay_feedback: Feedback::default(),
            delay_tone: Percent::new(60),
            delay_ping_pong: true,
            delay_level: Level::default(),
            chorus_rate: Percent::new(30),
            chorus_depth: Percent::new(40),
            chorus_mix: Percent::new(0),
            compressor: Percent::new(0),
            duck_by: None,
            duck_depth: Percent::new(0),
            ceiling: Ceiling::default(),
        }
    }
}

/// One effect knob, as an edit names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EffectSetting {
    ReverbDecay(ReverbDecay),
    ReverbPreDelay(PreDelay),
    ReverbDamping(Percent),
    ReverbLevel(Level),
    DelayTime(DelayTime),
    DelayFeedback(Feedback),
    DelayTone(Percent),
    DelayPingPong(bool),
    DelayLevel(Level),
    ChorusRate(Percent),
    ChorusDepth(Percent),
    ChorusMix(Percent),
    Compressor(Percent),
    DuckBy(Option<TrackId>),
    DuckDepth(Percent),
    Ceiling(Ceiling),
}

impl Effects {
    pub fn set(&mut self, setting: EffectSetting) {
        match setting {
            EffectSetting::ReverbDecay(value) => self.reverb_decay = value,
            EffectSetting::ReverbPreDelay(value) => self.reverb_pre_delay = value,
            EffectSetting::ReverbDamping(value) => self.reverb_damping = value,
            EffectSetting::ReverbLevel(value) => self.reverb_level = value,
            EffectSetting::DelayTime(value) => self.delay_time = value,
            EffectSetting::DelayFeedback(value) => self.delay_feedback = value,
            EffectSetting::DelayTone(value) => self.delay_tone = value,
            EffectSetting::DelayPingPong(value) => self.delay_ping_pong = value,
            EffectSetting::DelayLevel(value) => self.delay_level = value,
            EffectSetting::ChorusRate(value) => self.chorus_rate = value,
            EffectSetting::ChorusDepth(value) => self.chorus_depth = value,
            EffectSetting::ChorusMix(value) => self.chorus_mix = value,
            EffectSetting::Compressor(value) => self.compressor = value,
            EffectSetting::DuckBy(value) => self.duck_by = value,
            EffectSetting::DuckDepth(value) => self.duck_depth = value,
            EffectSetting::Ceiling(value) => self.ceiling = value,
        }
    }

    /// The same knob as in `setting`, as it stands now.
    pub fn get(&self, setting: EffectSetting) -> EffectSetting {
        match setting {
            EffectSetting::ReverbDecay(_) => EffectSetting::ReverbDecay(self.reverb_decay),
            EffectSetting::ReverbPreDelay(_) => {
                EffectSetting::ReverbPreDelay(self.reverb_pre_delay)
            }
            EffectSetting::ReverbDamping(_) => EffectSetting::ReverbDamping(self.reverb_damping),
            EffectSetting::ReverbLevel(_) => EffectSetting::ReverbLevel(self.reverb_level),
            EffectSetting::DelayTime(_) => EffectSetting::DelayTime(self.delay_time),
            EffectSetting::DelayFeedback(_) => EffectSetting::DelayFeedback(self.delay_feedback),
            EffectSetting::DelayTone(_) => EffectSetting::DelayTone(self.delay_tone),
            EffectSetting::DelayPingPong(_) => EffectSetting::DelayPingPong(self.delay_ping_pong),
            EffectSetting::DelayLevel(_) => EffectSetting::DelayLevel(self.delay_level),
            EffectSetting::ChorusRate(_) => EffectSetting::ChorusRate(self.chorus_rate),
            EffectSetting::ChorusDepth(_) => EffectSetting::ChorusDepth(self.chorus_depth),
            EffectSetting::ChorusMix(_) => EffectSetting::ChorusMix(self.chorus_mix),
            EffectSetting::Compressor(_) => EffectSetting::Compressor(self.compressor),
            EffectSetting::DuckBy(_) => EffectSetting::DuckBy(self.duck_by),
            EffectSetting::DuckDepth(_) => EffectSetting::DuckDepth(self.duck_depth),
            EffectSetting::Ceiling(_) => EffectSetting::Ceiling(self.ceiling),
        }
    }
}
