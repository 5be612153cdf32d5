//! Edits of every kind there is, at random: what players of a world do. Knows the document it
//! writes for, and nothing of who hears about it.

mod settings;

use super::Dice;
use lockstep_session::document::clip::{Action, AudioLoop, Bars, Clip, Content, Follow};
use lockstep_session::document::harmony::{Degree, Harmony, PitchClass, Scale};
use lockstep_session::document::instrument::{Amount, Parameter};
use lockstep_session::document::mixer::{Level, Percent};
use lockstep_session::document::pattern::{
    Degrees, Operation, Pattern, PatternLength, Pulses, Shift,
};
use lockstep_session::document::step::{
    Chance, Condition, Cycle, Gate, Locks, Nudge, Pitch, Pitches, Ratchet, Step, Turn, Velocity,
};
use lockstep_session::document::timeline::LoopRegion;
use lockstep_session::document::{Channels, Document, FrameCount, SampleRate};
use lockstep_session::edit::Edit;
use lockstep_session::ids::{SampleId, SceneIndex, StepIndex, TrackId};
use lockstep_session::text::{LongName, Name};
use lockstep_session::units::{Beat, BeatSpan, ServerTime, Span, Tempo};

/// Writes edits for one player: tracks it adds get ids that nobody else gives.
#[derive(Debug)]
pub struct Composer<'a> {
    pub dice: &'a mut Dice,
    pub document: &'a Document,
}

/// So many kinds `Composer::edit` chooses among.
const CHOICES: usize = 100;

impl Composer<'_> {
    /// Any edit at all; a few of them do not fit the document.
    pub fn edit(&mut self) -> Edit {
        let (track, scene) = (self.track(), self.scene());
        match self.dice.below(CHOICES) {
            0..=4 => Edit::Session(self.session_setting()),
            5..=12 => Edit::Effect(self.effect_setting()),
            13..=14 => Edit::Harmony {
                harmony: self.harmony(),
                when: None,
            },
            15..=16 => Edit::Scene {
                scene,
                setting: self.scene_setting(),
            },
            17..=19 => {
                let (at, settings) = (self.dice.below(8), Box::new(self.track_settings()));
                Edit::AddTrack {
                    track: TrackId(self.dice.word() | 1 << 16),
                    at,
                    settings,
                }
            }
            20 => Edit::RemoveTrack { track },
            21..=22 => Edit::OrderTracks {
                order: self.some_order(),
            },
            23..=34 => Edit::Track {
                track,
                setting: self.track_setting(),
            },
            35..=38 => Edit::Clip {
                track,
                scene,
                clip: self.clip(),
            },
            39..=41 => {
                let (track, scene) = self.filled_slot();
                Edit::ClipSetting {
                    track,
                    scene,
                    setting: self.clip_setting(),
                }
            }
            42..=57 => self.set_step(),
            58..=61 => {
                let (track, scene) = self.filled_slot();
                let count = self.dice.below(20);
                Edit::Steps {
                    track,
                    scene,
                    first: self.step_index(),
                    values: self.steps(count),
                }
            }
            62..=69 => {
                let (track, scene) = self.filled_slot();
                Edit::Pattern {
                    track,
                    scene,
                    operation: self.operation(),
                }
            }
            70..=74 => self.sample_edit(),
            75..=85 => self.transport(),
            86 => Edit::TakeLead,
            87 => Edit::TakeFreeLead,
            88 => Edit::ReleaseLead,
            89..=92 => {
                let clip = Some(self.scene()).filter(|_| self.dice.percent(80));
                Edit::Launch {
                    track,
                    clip,
                    when: None,
                }
            }
            93..=94 => Edit::LaunchScene {
                scene: Some(scene).filter(|_| self.dice.percent(80)),
                when: None,
            },
            _ => self.gesture(),
        }
    }

    /// A step like no other, set anywhere in a pattern that is there.
    pub fn set_step(&mut self) -> Edit {
        let (track, scene) = self.filled_slot();
        Edit::Step {
            track,
            scene,
            step: self.step_index(),
            value: self.step(),
        }
    }

    pub fn step(&mut self) -> Step {
        let dice = &mut *self.dice;
        if dice.percent(15) {
            return Step::default();
        }
        let mut step = Step {
            on: dice.percent(90),
            velocity: Velocity::new(dice.between(1, 127)),
            nudge: Nudge::new(dice.between(-50, 50)),
            gate: Gate::new(dice.between(5, 100)),
            chance: Chance::new(dice.between(1, 100)),
            ..Step::default()
        };
        if dice.percent(20) {
            let turns = (Turn::new(dice.between(1, 8)), Turn::new(dice.between(1, 8)));
            let every = Condition::Every(Cycle::new(turns.0, turns.1));
            step.condition = dice
                .pick(&[every, Condition::First, Condition::Fill])
                .unwrap_or_default();
            step.pitches =
                Pitches::new((0..dice.below(5)).map(|_| Pitch::new(dice.between(-24, 24))));
            step.ratchet = Ratchet::new(dice.between(1, 8));
            step.tie = dice.coin();
            let mut locks = Locks::default();
            for _ in 0..dice.below(4) {
                if let Some(parameter) = dice.pick(&Parameter::ALL) {
                    locks.set(parameter, Amount::new(dice.between(0, 10_000)));
                }
            }
            step.locks = locks;
        }
        step
    }

    fn steps(&mut self, count: usize) -> Vec<Step> {
        (0..count).map(|_| self.step()).collect()
    }

    fn track(&mut self) -> TrackId {
        let ids: Vec<TrackId> = self.document.tracks.iter().map(|track| track.id).collect();
        match self.dice.pick(&ids) {
            Some(id) if self.dice.percent(95) => id,
            _ => TrackId(self.dice.word() % 5),
        }
    }

    fn scene(&mut self) -> SceneIndex {
        SceneIndex::new(self.dice.below(3)).expect("one of eight")
    }

    fn filled_slot(&mut self) -> (TrackId, SceneIndex) {
        let tracks = self.document.tracks.iter();
        let slots: Vec<_> = tracks
            .flat_map(|track| {
                track
                    .filled_slots()
                    .into_iter()
                    .map(|scene| (track.id, scene))
            })
            .collect();
        match self.dice.pick(&slots) {
            Some(slot) if self.dice.percent(95) => slot,
            _ => (self.track(), self.scene()),
        }
    }

    fn step_index(&mut self) -> StepIndex {
        let reach = if self.dice.percent(80) { 16 } else { 128 };
        StepIndex::new(self.dice.below(reach)).expect("one of 128")
    }

    fn sample(&mut self) -> SampleId {
        let known: Vec<SampleId> = self.document.samples.keys().copied().collect();
        match self.dice.pick(&known) {
            Some(sample) if self.dice.percent(90) => sample,
            _ => SampleId::of(&[self.dice.byte() % 16]),
        }
    }

    fn word(&mut self) -> String {
        let words = [
            "Break",
            "Ébène",
            "  wide \u{202e}",
            "Nacht\u{7}",
            "",
            "🎛 Rig",
            "x",
            "Long and longer than any name",
        ];
        format!(
            "{}{}",
            self.dice.pick(&words).unwrap_or_default(),
            self.dice.below(50)
        )
    }

    fn name(&mut self) -> Name {
        Name::new(&self.word())
    }

    fn long_name(&mut self) -> LongName {
        LongName::new(&self.word().repeat(4))
    }

    fn share(&mut self) -> Percent {
        Percent::new(self.dice.between(0, 100))
    }

    fn level(&mut self) -> Level {
        Level::new(self.dice.between(-600, 60))
    }

    fn harmony(&mut self) -> Harmony {
        Harmony {
            key: PitchClass::new(self.dice.between(0, 11)),
            scale: self.dice.pick(&Scale::ALL).unwrap_or_default(),
            chord: Some(Degree::new(self.dice.between(1, 7))).filter(|_| self.dice.coin()),
            lock: self.dice.coin(),
        }
    }

    fn follow(&mut self) -> Option<Follow> {
        use Action::{Again, First, Next, Previous, Random, Stop};
        let action = self
            .dice
            .pick(&[Stop, Again, Next, Previous, First, Random])?;
        let after = Bars::new(self.dice.between(1, 8));
        Some(Follow { action, after }).filter(|_| self.dice.percent(70))
    }

    fn some_order(&mut self) -> Vec<TrackId> {
        let mut order: Vec<TrackId> = self.document.tracks.iter().map(|track| track.id).collect();
        for place in (1..order.len()).rev() {
            order.swap(place, self.dice.below(place + 1));
        }
        order.truncate(self.dice.below(order.len() + 2).max(1));
        order
    }

    /// One that an instrument holds itself, mostly.
    fn audio_loop(&mut self) -> AudioLoop {
        AudioLoop {
            sample: self.sample(),
            bars: Bars::new(self.dice.between(1, 64)),
            gain: self.level(),
        }
    }

    fn length(&mut self) -> PatternLength {
        let longest = if self.dice.percent(80) { 32 } else { 128 };
        PatternLength::new(self.dice.between(1, longest))
    }

    fn clip(&mut self) -> Option<Clip> {
        if self.dice.percent(10) {
            return None;
        }
        let content = if self.dice.percent(25) {
            Content::Loop(self.audio_loop())
        } else {
            let count = self.dice.below(24);
            Content::Pattern(Pattern::new(self.length(), self.steps(count)))
        };
        Some(Clip {
            name: self.name(),
            follow: self.follow(),
            content,
        })
    }

    fn operation(&mut self) -> Operation {
        let shift = Shift::new(self.dice.between(-20, 20));
        match self.dice.below(10) {
            0 => Operation::Rotate(shift),
            1 => Operation::Reverse,
            2 => Operation::Invert,
            3 => Operation::Mirror,
            4 => Operation::Euclid {
                pulses: Pulses::new(self.dice.between(0, 16)),
                rotation: shift,
            },
            5 => Operation::Clear,
            6 => Operation::Double,
            7 => Operation::Transpose(Degrees::new(self.dice.between(-9, 9))),
            8 => Operation::Randomise {
                seed: self.dice.word(),
                density: self.share(),
            },
            _ => Operation::Humanise {
                seed: self.dice.word(),
                amount: self.share(),
            },
        }
    }

    fn sample_edit(&mut self) -> Edit {
        match self.dice.below(4) {
            0..=1 => Edit::AddSample {
                sample: SampleId::of(&[self.dice.byte() % 16]),
                name: self.long_name(),
                frames: FrameCount::new(self.dice.between(1, 2_000_000)),
                rate: SampleRate::new(self.dice.between(8_000, 192_000)),
                channels: Channels::new(self.dice.between(1, 2)),
            },
            2 => Edit::RenameSample {
                sample: self.sample(),
                name: self.long_name(),
            },
            _ => Edit::RemoveSample {
                sample: self.sample(),
            },
        }
    }

    fn beat(&mut self) -> Beat {
        Beat::from_micros(self.dice.between(-4_000_000, 64_000_000))
    }

    fn transport(&mut self) -> Edit {
        match self.dice.below(5) {
            0 => Edit::Play {
                from: self.beat(),
                at: None,
            },
            1 => Edit::Stop { at: None },
            2 => Edit::Relocate {
                to: self.beat(),
                at: None,
            },
            3 => Edit::Tempo {
                tempo: Tempo::new(self.dice.between(1_000, 31_000)),
                at: None,
            },
            _ => {
                let start = self.beat();
                let length = BeatSpan::from_micros(self.dice.between(250_000, 16_000_000));
                Edit::Loop {
                    region: LoopRegion::new(start, start + length),
                    at: None,
                }
            }
        }
    }

    fn gesture(&mut self) -> Edit {
        let count = 1 + self.dice.below(6);
        let mut edits: Vec<Edit> = (0..count).map(|_| self.set_step()).collect();
        if self.dice.percent(20) {
            edits.push(self.edit());
        }
        Edit::Gesture(edits)
    }

    /// A moment that a host may name for a transport edge: near, late, or nonsense.
    pub fn edge(&mut self, mut edit: Edit, now: ServerTime) -> Edit {
        let off = Span::from_millis(self.dice.between(-3_000, 3_000));
        if let Edit::Play { at, .. }
        | Edit::Stop { at }
        | Edit::Relocate { at, .. }
        | Edit::Tempo { at, .. } = &mut edit
        {
            *at = Some(now + off);
        }
        edit
    }
}
