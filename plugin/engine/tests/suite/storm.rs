//! Everything at once: however the frames are cut into blocks, the bits are the same.

use crate::desk::{Desk, beats_of, humming, playing, rolling, track, turned};
use crate::dice::Dice;
use lockstep_engine::{LiveEvent, LiveNote, Sample, SampleKey, SampleRate};
use lockstep_session::document::Document;
use lockstep_session::document::clip::{Action, AudioLoop, Bars, Clip, Content, Follow};
use lockstep_session::document::effects::EffectSetting;
use lockstep_session::document::harmony::{Harmony, HarmonyPlan, Scale};
use lockstep_session::document::instrument::{Amount, Parameter};
use lockstep_session::document::launch::Queued;
use lockstep_session::document::mixer::{
    ChokeGroup, Corner, Filter, FilterKind, Level, Pan, Percent, Transpose,
};
use lockstep_session::document::pattern::{Pattern, PatternLength};
use lockstep_session::document::step::{
    Chance, Condition, Cycle, Gate, Nudge, Pitch, Pitches, Ratchet, Step, Turn, Velocity,
};
use lockstep_session::document::track::{ScaleMode, StepLength, Track, TrackSettings};
use lockstep_session::ids::{SampleId, SceneIndex, TrackId};
use lockstep_session::units::Beat;
use std::sync::Arc;

impl Dice {
    fn step(&mut self) -> Step {
        let mut step = Step {
            on: self.below(3) > 0,
            velocity: Velocity::new(self.between(1, 127)),
            pitches: Pitches::new(
                (0..self.between(1, 4)).map(|_| Pitch::new(self.between(-24, 24))),
            ),
            chance: Chance::new(self.between(30, 140)),
            ratchet: Ratchet::new(self.between(-4, 8)),
            nudge: Nudge::new(self.between(-50, 50)),
            tie: self.below(4) == 0,
            gate: Gate::new(self.between(5, 100)),
            condition: match self.below(8) {
                0 => Condition::First,
                1 => Condition::Fill,
                2 => Condition::Every(Cycle::new(Turn::new(self.between(1, 3)), Turn::new(3))),
                _ => Condition::Always,
            },
            ..Step::default()
        };
        for _ in 0..self.below(4) {
            let parameter = Parameter::ALL[self.place(Parameter::ALL.len())];
            step.locks.set(parameter, Amount::new(self.below(10_001)));
        }
        step
    }

    pub(crate) fn percent(&mut self) -> Percent {
        Percent::new(self.below(101))
    }

    pub(crate) fn settings(&mut self, number: usize) -> TrackSettings {
        const SOUNDS: [&str; 12] = [
            "kit-808",
            "keys",
            "pluck",
            "bass-round",
            "kick",
            "snare-909",
            "open-hat",
            "click",
            "kick-808",
            "closed-hat",
            "clap",
            "keys",
        ];
        let mut settings = if number % 5 == 4 {
            humming()
        } else {
            playing(SOUNDS[number % SOUNDS.len()])
        };
        settings.level = Level::new(self.between(-200, 0));
        settings.pan = Pan::new(self.between(-100, 100));
        settings.swing = self.percent();
        settings.transpose = Transpose::new(self.between(-12, 12));
        settings.step_length = StepLength::ALL[self.place(8)];
        settings.reverb_send = Percent::new(self.between(-50, 60));
        settings.delay_send = Percent::new(self.between(-50, 60));
        settings.drive = Percent::new(self.between(-50, 60));
        settings.choke = ChokeGroup::new(self.between(-6, 2));
        settings.scale_mode = [ScaleMode::Off, ScaleMode::Scale, ScaleMode::Chord][self.place(3)];
        settings.filter = Filter {
            kind: [FilterKind::Off, FilterKind::LowPass, FilterKind::HighPass][self.place(3)],
            corner: Corner::new(self.between(3_000, 8_000)),
            resonance: self.percent(),
        };
        settings
    }

    pub(crate) fn clip(&mut self, number: usize, slot: usize) -> Clip {
        let length = self.between(1, 40);
        let steps = (0..length).map(|_| self.step()).collect();
        let mut clip = Clip::pattern(Pattern::new(PatternLength::new(length), steps));
        if number % 4 == 3 && slot < 2 {
            clip.content = Content::Loop(AudioLoop {
                sample: loop_id(),
                bars: Bars::new(self.between(1, 2)),
                gain: Level::new(-100),
            });
        }
        if self.below(3) > 0 {
            let actions = [
                Action::Next,
                Action::Random,
                Action::Again,
                Action::Previous,
            ];
            clip.follow = Some(Follow {
                action: actions[self.place(4)],
                after: Bars::new(1),
            });
        }
        clip
    }

    pub(crate) fn track(&mut self, number: usize) -> Arc<Track> {
        let settings = self.settings(number);
        let id = u32::try_from(number + 1).expect("small");
        let mut made = track(id, settings, Vec::new());
        let change = Arc::make_mut(&mut made);
        for slot in 0..3 {
            change.clips[slot] = Some(Arc::new(self.clip(number, slot)));
        }
        change.queued = (self.below(2) == 0).then(|| Queued {
            clip: SceneIndex::new(self.place(4)),
            at: Beat::from_micros(self.between(1_000_000, 8_000_000)),
        });
        made
    }

    pub(crate) fn document(&mut self) -> Document {
        let mut document = Document {
            tracks: (0..16).map(|number| self.track(number)).collect(),
            swing: self.percent(),
            fill: true,
            harmony: HarmonyPlan {
                next: Some((
                    Beat::from_micros(2_300_000),
                    Harmony {
                        scale: Scale::Blues,
                        ..Harmony::default()
                    },
                )),
                ..HarmonyPlan::default()
            },
            ..Document::default()
        };
        for setting in [
            EffectSetting::ChorusMix(self.percent()),
            EffectSetting::Compressor(self.percent()),
            EffectSetting::DuckBy(Some(TrackId(5))),
            EffectSetting::DuckDepth(self.percent()),
        ] {
            document.effects.set(setting);
        }
        document
    }
}

fn loop_id() -> SampleId {
    SampleId::of(b"storm")
}

fn sample() -> Arc<Sample> {
    let frames: Vec<f32> = (0..70_001_u32)
        .map(|frame| (frame * 37 % 1_009) as f32 / 2_018.0 - 0.25)
        .collect();
    let rate = SampleRate::new(44_100.0).expect("a rate");
    Arc::new(
        Sample::new(SampleKey::of(loop_id()), rate, &[&frames, &frames[..]]).expect("a sample"),
    )
}

/// What hands do, in frames since the start.
fn hands() -> Vec<LiveNote> {
    let mut dice = Dice::new(77);
    let mut frame = 0;
    let events = (0..400).map(|_| {
        frame += dice.place(900);
        let key = u8::try_from(dice.between(30, 90)).expect("a key");
        let event = match dice.below(8) {
            0..=3 => LiveEvent::Down { key, velocity: 0.7 },
            4 | 5 => LiveEvent::AllUp,
            6 => LiveEvent::Pedal {
                is_down: dice.below(2) == 0,
            },
            _ => LiveEvent::Bend {
                semitones: dice.between(-4, 4) as f32 / 2.0,
            },
        };
        LiveNote {
            frame,
            track: u8::try_from(dice.place(16)).expect("small"),
            event,
        }
    });
    events.collect()
}

const FRAMES: usize = 6 * 24_000;
/// An odd loop, in frames: it turns wherever the blocks are.
const LOOP: usize = 61_234;

/// Plays it in blocks of the sizes that are given, with the host's loop in the second half.
fn rendered(
    document: &Document,
    is_session: bool,
    mut size: impl FnMut() -> usize,
) -> (Vec<f32>, Vec<f32>) {
    let mut desk = Desk::new(document.clone());
    assert!(desk.engine.keep_sample(sample()).is_none());
    desk.listening.metronome = 0.3;
    let live = hands();
    let looped = Some((0.0, beats_of(LOOP)));
    let mut done = 0;
    while done < FRAMES {
        let count = size().min(FRAMES - done);
        let live: Vec<LiveNote> = live
            .iter()
            .filter(|live| (done..done + count).contains(&live.frame))
            .map(|live| LiveNote {
                frame: live.frame - done,
                ..*live
            })
            .collect();
        let turns = done / LOOP;
        let beat = beats_of(done - turns * LOOP);
        let block = if is_session {
            turned(beat, looped, turns as f64 * beats_of(LOOP))
        } else {
            rolling(beat, looped)
        };
        desk.render(Some(block), count, &live);
        done += count;
    }
    desk.stand(5_000);
    desk.assert_sane();
    (desk.left, desk.right)
}

#[test]
fn everything_at_once_has_the_same_bits_in_blocks_of_any_size() {
    for seed in 1..=4 {
        let document = Dice::new(seed).document();
        let is_session = seed % 2 == 0;
        let (left, right) = rendered(&document, is_session, || 512);
        assert!(
            left.iter().any(|sample| sample.abs() > 0.05),
            "there is something to hear"
        );
        let mut dice = Dice::new(seed + 100);
        let check = |name: &str, size: &mut dyn FnMut() -> usize| {
            let (other_left, other_right) = rendered(&document, is_session, size);
            for (side, other) in [(&left, &other_left), (&right, &other_right)] {
                let differs = side
                    .iter()
                    .zip(other)
                    .position(|(one, other)| one.to_bits() != other.to_bits());
                assert_eq!(differs, None, "seed {seed}, {name}");
            }
        };
        check("whole", &mut || 8_192);
        check("random", &mut || 1 + dice.place(8_192));
        check("small", &mut || 1 + dice.place(100));
        if seed == 1 {
            check("single frames", &mut || 1);
        }
    }
}
