//! The name of every kind of edit. A kind that the session crate adds does not compile until it is
//! named here, and then does not pass until worlds make it.

use lockstep_session::document::effects::EffectSetting;
use lockstep_session::document::pattern::Operation;
use lockstep_session::document::track::TrackSetting;
use lockstep_session::edit::{ClipSetting, Edit, SceneSetting, SessionSetting};

macro_rules! kinds {
    ($($pattern:pat => $name:literal,)+) => {
        pub const KINDS: &[&str] = &[$($name),+];

        pub fn kind(edit: &Edit) -> &'static str {
            match edit { $($pattern => $name,)+ }
        }
    };
}

kinds! {
    Edit::Session(SessionSetting::Name(_)) => "session name",
    Edit::Session(SessionSetting::Swing(_)) => "session swing",
    Edit::Session(SessionSetting::Master(_)) => "session master",
    Edit::Session(SessionSetting::Quantum(_)) => "session quantum",
    Edit::Session(SessionSetting::Fill(_)) => "session fill",
    Edit::Effect(EffectSetting::ReverbDecay(_)) => "reverb decay",
    Edit::Effect(EffectSetting::ReverbPreDelay(_)) => "reverb pre-delay",
    Edit::Effect(EffectSetting::ReverbDamping(_)) => "reverb damping",
    Edit::Effect(EffectSetting::ReverbLevel(_)) => "reverb level",
    Edit::Effect(EffectSetting::DelayTime(_)) => "delay time",
    Edit::Effect(EffectSetting::DelayFeedback(_)) => "delay feedback",
    Edit::Effect(EffectSetting::DelayTone(_)) => "delay tone",
    Edit::Effect(EffectSetting::DelayPingPong(_)) => "delay ping-pong",
    Edit::Effect(EffectSetting::DelayLevel(_)) => "delay level",
    Edit::Effect(EffectSetting::ChorusRate(_)) => "chorus rate",
    Edit::Effect(EffectSetting::ChorusDepth(_)) => "chorus depth",
    Edit::Effect(EffectSetting::ChorusMix(_)) => "chorus mix",
    Edit::Effect(EffectSetting::Compressor(_)) => "compressor",
    Edit::Effect(EffectSetting::DuckBy(_)) => "duck by",
    Edit::Effect(EffectSetting::DuckDepth(_)) => "duck depth",
    Edit::Effect(EffectSetting::Ceiling(_)) => "ceiling",
    Edit::Harmony { .. } => "harmony",
    Edit::Scene { setting: SceneSetting::Name(_), .. } => "scene name",
    Edit::Scene { setting: SceneSetting::Follow(_), .. } => "scene follow",
    Edit::AddTrack { .. } => "add track",
    Edit::RemoveTrack { .. } => "remove track",
    Edit::OrderTracks { .. } => "order tracks",
    Edit::Track { setting: TrackSetting::Name(_), .. } => "track name",
    Edit::Track { setting: TrackSetting::Colour(_), .. } => "track colour",
    Edit::Track { setting: TrackSetting::Source(_), .. } => "track source",
    Edit::Track { setting: TrackSetting::Instrument(_), .. } => "track instrument",
    Edit::Track { setting: TrackSetting::Parameter { .. }, .. } => "track parameter",
    Edit::Track { setting: TrackSetting::Level(_), .. } => "track level",
    Edit::Track { setting: TrackSetting::Pan(_), .. } => "track pan",
    Edit::Track { setting: TrackSetting::Mute(_), .. } => "track mute",
    Edit::Track { setting: TrackSetting::Solo(_), .. } => "track solo",
    Edit::Track { setting: TrackSetting::Transpose(_), .. } => "track transpose",
    Edit::Track { setting: TrackSetting::Swing(_), .. } => "track swing",
    Edit::Track { setting: TrackSetting::StepLength(_), .. } => "track step length",
    Edit::Track { setting: TrackSetting::ReverbSend(_), .. } => "track reverb send",
    Edit::Track { setting: TrackSetting::DelaySend(_), .. } => "track delay send",
    Edit::Track { setting: TrackSetting::Filter(_), .. } => "track filter",
    Edit::Track { setting: TrackSetting::Drive(_), .. } => "track drive",
    Edit::Track { setting: TrackSetting::Choke(_), .. } => "track choke",
    Edit::Track { setting: TrackSetting::ScaleMode(_), .. } => "track scale mode",
    Edit::Clip { .. } => "clip",
    Edit::ClipSetting { setting: ClipSetting::Name(_), .. } => "clip name",
    Edit::ClipSetting { setting: ClipSetting::Follow(_), .. } => "clip follow",
    Edit::ClipSetting { setting: ClipSetting::Length(_), .. } => "clip length",
    Edit::ClipSetting { setting: ClipSetting::Loop(_), .. } => "clip loop",
    Edit::Step { .. } => "step",
    Edit::Steps { .. } => "steps",
    Edit::Pattern { operation: Operation::Rotate(_), .. } => "rotate",
    Edit::Pattern { operation: Operation::Reverse, .. } => "reverse",
    Edit::Pattern { operation: Operation::Invert, .. } => "invert",
    Edit::Pattern { operation: Operation::Mirror, .. } => "mirror",
    Edit::Pattern { operation: Operation::Euclid { .. }, .. } => "euclid",
    Edit::Pattern { operation: Operation::Clear, .. } => "clear",
    Edit::Pattern { operation: Operation::Double, .. } => "double",
    Edit::Pattern { operation: Operation::Transpose(_), .. } => "transpose",
    Edit::Pattern { operation: Operation::Randomise { .. }, .. } => "randomise",
    Edit::Pattern { operation: Operation::Humanise { .. }, .. } => "humanise",
    Edit::AddSample { .. } => "add sample",
    Edit::RenameSample { .. } => "rename sample",
    Edit::RemoveSample { .. } => "remove sample",
    Edit::Play { .. } => "play",
    Edit::Stop { .. } => "stop",
    Edit::Relocate { .. } => "relocate",
    Edit::Tempo { .. } => "tempo",
    Edit::Loop { .. } => "loop",
    Edit::TakeLead => "take lead",
    Edit::TakeFreeLead => "take a free lead",
    Edit::ReleaseLead => "release lead",
    Edit::Launch { .. } => "launch",
    Edit::LaunchScene { .. } => "launch scene",
    Edit::Gesture(_) => "gesture",
}
