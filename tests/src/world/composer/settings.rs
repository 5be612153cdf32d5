//! Settings at random: of the session, its effects and scenes, of tracks and clips.

use super::Composer;
use lockstep_session::document::effects::{
    Ceiling, DelayTime, EffectSetting, Feedback, PreDelay, ReverbDecay,
};
use lockstep_session::document::instrument::{Amount, Instrument, Parameter, Source};
use lockstep_session::document::launch::Quantum;
use lockstep_session::document::mixer::{
    ChokeGroup, Colour, Corner, Filter, FilterKind, Pan, Transpose,
};
use lockstep_session::document::track::{ScaleMode, StepLength, TrackSetting, TrackSettings};
use lockstep_session::edit::{ClipSetting, SceneSetting, SessionSetting};

impl Composer<'_> {
    pub(super) fn session_setting(&mut self) -> SessionSetting {
        use Quantum::{Bar, EightBars, FourBars, HalfBar, Off, QuarterBar, TwoBars};
        match self.dice.below(5) {
            0 => SessionSetting::Name(self.long_name()),
            1 => SessionSetting::Swing(self.share()),
            2 => SessionSetting::Master(self.level()),
            3 => {
                let quanta = [Off, QuarterBar, HalfBar, Bar, TwoBars, FourBars, EightBars];
                SessionSetting::Quantum(self.dice.pick(&quanta).unwrap_or_default())
            }
            _ => SessionSetting::Fill(self.dice.coin()),
        }
    }

    pub(super) fn effect_setting(&mut self) -> EffectSetting {
        match self.dice.below(16) {
            0 => EffectSetting::ReverbDecay(ReverbDecay::new(self.dice.between(0, 1_200))),
            1 => EffectSetting::ReverbPreDelay(PreDelay::new(self.dice.between(0, 300))),
            2 => EffectSetting::ReverbDamping(self.share()),
            3 => EffectSetting::ReverbLevel(self.level()),
            4 => EffectSetting::DelayTime(DelayTime::new(self.dice.between(1, 96))),
            5 => EffectSetting::DelayFeedback(Feedback::new(self.dice.between(0, 95))),
            6 => EffectSetting::DelayTone(self.share()),
            7 => EffectSetting::DelayPingPong(self.dice.coin()),
            8 => EffectSetting::DelayLevel(self.level()),
            9 => EffectSetting::ChorusRate(self.share()),
            10 => EffectSetting::ChorusDepth(self.share()),
            11 => EffectSetting::ChorusMix(self.share()),
            12 => EffectSetting::Compressor(self.share()),
            13 => EffectSetting::DuckBy(Some(self.track()).filter(|_| self.dice.coin())),
            14 => EffectSetting::DuckDepth(self.share()),
            _ => EffectSetting::Ceiling(Ceiling::new(self.dice.between(-120, 0))),
        }
    }

    pub(super) fn scene_setting(&mut self) -> SceneSetting {
        if self.dice.coin() {
            SceneSetting::Name(self.name())
        } else {
            SceneSetting::Follow(self.follow())
        }
    }

    fn source(&mut self) -> Source {
        if self.dice.percent(30) {
            Source::Sample(self.sample())
        } else {
            Source::Preset(self.name())
        }
    }

    fn parameter(&mut self) -> Parameter {
        let any = self.dice.pick(&Parameter::ALL).unwrap_or(Parameter::Tune);
        if any.belongs_to_the_mixer() && self.dice.percent(80) {
            Parameter::Cutoff
        } else {
            any
        }
    }

    fn instrument(&mut self) -> Instrument {
        let count = self.dice.below(5);
        let parameters =
            (0..count).map(|_| (self.parameter(), Amount::new(self.dice.between(0, 10_000))));
        let parameters = parameters
            .filter(|(parameter, _)| !parameter.belongs_to_the_mixer())
            .collect();
        Instrument {
            source: self.source(),
            parameters,
        }
    }

    fn filter(&mut self) -> Filter {
        Filter {
            kind: self
                .dice
                .pick(&[FilterKind::Off, FilterKind::LowPass, FilterKind::HighPass])
                .unwrap_or_default(),
            corner: Corner::new(self.dice.between(0, 10_000)),
            resonance: self.share(),
        }
    }

    pub(super) fn track_settings(&mut self) -> TrackSettings {
        let mut settings = TrackSettings {
            name: self.name().or("Track"),
            ..TrackSettings::default()
        };
        for _ in 0..self.dice.below(6) {
            match self.track_setting() {
                TrackSetting::Parameter { parameter, .. } if parameter.belongs_to_the_mixer() => {}
                setting => settings.set(&setting),
            }
        }
        settings
    }

    pub(super) fn track_setting(&mut self) -> TrackSetting {
        match self.dice.below(18) {
            0 => TrackSetting::Name(self.name()),
            1 => TrackSetting::Colour(Colour::new(self.dice.between(0, 8))),
            2 => TrackSetting::Source(self.source()),
            3 => TrackSetting::Instrument(self.instrument()),
            4 => {
                let amount = Some(Amount::new(self.dice.between(0, 10_000)))
                    .filter(|_| self.dice.percent(80));
                TrackSetting::Parameter {
                    parameter: self.parameter(),
                    amount,
                }
            }
            5 => TrackSetting::Level(self.level()),
            6 => TrackSetting::Pan(Pan::new(self.dice.between(-100, 100))),
            7 => TrackSetting::Mute(self.dice.coin()),
            8 => TrackSetting::Solo(self.dice.coin()),
            9 => TrackSetting::Transpose(Transpose::new(self.dice.between(-24, 24))),
            10 => TrackSetting::Swing(self.share()),
            11 => TrackSetting::StepLength(self.dice.pick(&StepLength::ALL).unwrap_or_default()),
            12 => TrackSetting::ReverbSend(self.share()),
            13 => TrackSetting::DelaySend(self.share()),
            14 => TrackSetting::Filter(self.filter()),
            15 => TrackSetting::Drive(self.share()),
            16 => TrackSetting::Choke(ChokeGroup::new(self.dice.between(0, 8))),
            _ => {
                let modes = [ScaleMode::Off, ScaleMode::Scale, ScaleMode::Chord];
                TrackSetting::ScaleMode(self.dice.pick(&modes).unwrap_or_default())
            }
        }
    }

    pub(super) fn clip_setting(&mut self) -> ClipSetting {
        match self.dice.below(5) {
            0 => ClipSetting::Name(self.name()),
            1 => ClipSetting::Follow(self.follow()),
            2..=3 => ClipSetting::Length(self.length()),
            _ => ClipSetting::Loop(self.audio_loop()),
        }
    }
}
