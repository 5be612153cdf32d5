//! A hundred thousand blocks of random music and random hands under an allocator that aborts where
//! the audio thread allocates or frees.
#![expect(
    clippy::cast_possible_truncation,
    reason = "the numbers of tests are small"
)]

#[path = "suite/dice.rs"]
mod dice;

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use dice::Dice;
use lockstep_engine::{
    Beats, Engine, HostBlock, HostLoop, Listening, LiveEvent, LiveNote, Moment, PRESETS, Sample,
    SampleKey, SampleRate, Score, Tempo,
};
use lockstep_session::document::Document;
use lockstep_session::document::clip::{Action, AudioLoop, Bars, Clip, Content, Follow};
use lockstep_session::document::effects::EffectSetting;
use lockstep_session::document::instrument::{Amount, Instrument, Parameter, Source};
use lockstep_session::document::launch::Queued;
use lockstep_session::document::mixer::{ChokeGroup, Level, Pan, Percent, Transpose};
use lockstep_session::document::pattern::{Pattern, PatternLength};
use lockstep_session::document::step::{
    Chance, Gate, Nudge, Pitch, Pitches, Ratchet, Step, Velocity,
};
use lockstep_session::document::track::{StepLength, Track, TrackSettings};
use lockstep_session::ids::{SampleId, SceneIndex, TrackId};
use lockstep_session::text::Name;
use lockstep_session::units::Beat;
use std::sync::Arc;

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

const BLOCKS: usize = 100_000;

impl Dice {
    fn one_in(&mut self, count: i64) -> bool {
        self.below(count) == 0
    }

    fn amount(&mut self) -> (Parameter, Amount) {
        (
            Parameter::ALL[self.place(Parameter::ALL.len())],
            Amount::new(self.below(10_001)),
        )
    }

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
            tie: self.one_in(4),
            gate: Gate::new(self.between(5, 100)),
            ..Step::default()
        };
        for _ in 0..self.below(4) {
            let (parameter, amount) = self.amount();
            step.locks.set(parameter, amount);
        }
        step
    }

    fn instrument(&mut self) -> Instrument {
        let source = if self.one_in(4) {
            Source::Sample(sample_id(self.place(SAMPLES)))
        } else {
            Source::Preset(Name::new(PRESETS[self.place(PRESETS.len())].name))
        };
        let parameters = (0..self.below(6)).map(|_| self.amount()).collect();
        Instrument { source, parameters }
    }

    fn settings(&mut self) -> TrackSettings {
        TrackSettings {
            instrument: self.instrument(),
            level: Level::new(self.between(-300, 60)),
            pan: Pan::new(self.between(-100, 100)),
            swing: Percent::new(self.below(101)),
            transpose: Transpose::new(self.between(-24, 24)),
            step_length: StepLength::ALL[self.place(8)],
            reverb_send: Percent::new(self.between(-50, 100)),
            delay_send: Percent::new(self.between(-50, 100)),
            drive: Percent::new(self.between(-50, 100)),
            choke: ChokeGroup::new(self.between(-6, 2)),
            mute: self.one_in(8),
            ..TrackSettings::default()
        }
    }

    fn clip(&mut self) -> Clip {
        let length = self.between(1, 128);
        let steps = (0..length).map(|_| self.step()).collect();
        let mut clip = Clip::pattern(Pattern::new(PatternLength::new(length), steps));
        if self.one_in(4) {
            clip.content = Content::Loop(AudioLoop {
                sample: sample_id(self.place(SAMPLES)),
                bars: Bars::new(self.between(1, 2)),
                gain: Level::new(self.between(-100, 60)),
            });
        }
        if self.one_in(2) {
            let actions = [Action::Next, Action::Random, Action::Again, Action::Stop];
            clip.follow = Some(Follow {
                action: actions[self.place(4)],
                after: Bars::new(self.between(1, 2)),
            });
        }
        clip
    }

    fn track(&mut self, id: u32) -> Arc<Track> {
        let mut track = Track::new(TrackId(id), self.settings());
        for slot in 0..self.place(4) {
            track.clips[slot] = Some(Arc::new(self.clip()));
        }
        Arc::new(track)
    }

    /// An edit as players make them, or several.
    fn edit(&mut self, document: &mut Document, beat: f64, next: &mut u32) {
        let count = document.tracks.len();
        match self.below(9) {
            0 if count < 16 => {
                *next += 1;
                document.tracks.push(self.track(*next));
            }
            1 if count > 4 => {
                document.tracks.remove(self.place(count));
            }
            2 => {
                let (one, other) = (self.place(count), self.place(count));
                document.tracks.swap(one, other);
            }
            3 => document.effects.set(match self.below(6) {
                0 => EffectSetting::Compressor(Percent::new(self.below(101))),
                1 => EffectSetting::ChorusMix(Percent::new(self.below(101))),
                2 => EffectSetting::DuckDepth(Percent::new(self.below(101))),
                3 => EffectSetting::DuckBy(Some(document.tracks[self.place(count)].id)),
                4 => EffectSetting::ReverbDamping(Percent::new(self.below(101))),
                _ => EffectSetting::DelayTone(Percent::new(self.below(101))),
            }),
            _ => {
                let place = self.place(count);
                let track = Arc::make_mut(&mut document.tracks[place]);
                match self.below(4) {
                    0 => track.settings = self.settings(),
                    1 => track.clips[self.place(4)] = Some(Arc::new(self.clip())),
                    2 => {
                        track.queued = Some(Queued {
                            clip: SceneIndex::new(self.place(5)),
                            at: Beat::from_micros((beat * 1e6) as i64 + self.below(2_000_000)),
                        });
                    }
                    _ => {
                        let (parameter, amount) = self.amount();
                        track
                            .settings
                            .instrument
                            .parameters
                            .insert(parameter, amount);
                    }
                }
            }
        }
    }

    fn live(&mut self, frames: usize, live: &mut Vec<LiveNote>) {
        live.clear();
        while live.len() < 4 && self.one_in(3) {
            let key = u8::try_from(self.below(128)).expect("a key");
            let event = match self.below(8) {
                0..=2 => LiveEvent::Down {
                    key,
                    velocity: self.below(110) as f32 / 100.0,
                },
                3 | 4 => LiveEvent::Up { key },
                5 => LiveEvent::Pedal {
                    is_down: self.one_in(2),
                },
                6 => LiveEvent::AllUp,
                _ => LiveEvent::Bend {
                    semitones: self.between(-99, 99) as f32,
                },
            };
            let track = u8::try_from(self.below(18)).expect("small");
            live.push(LiveNote {
                frame: self.place(frames),
                track,
                event,
            });
        }
        live.sort_by_key(|live| live.frame);
    }

    /// Mostly small blocks.
    fn size(&mut self) -> usize {
        match self.below(400) {
            0 => 1 + self.place(8_192),
            1..=40 => 1 + self.place(256),
            _ => 1 + self.place(48),
        }
    }
}

const SAMPLES: usize = 6;

fn sample_id(number: usize) -> SampleId {
    SampleId::of(&[u8::try_from(number).expect("small")])
}

/// Noise with everything in it that is no sane number.
fn sample(number: usize) -> Arc<Sample> {
    let mut dice = Dice::new(99 + u64::try_from(number).expect("small"));
    let frames = [1, 3, 700, 20_000, 48_000, 90_001][number];
    let noise: Vec<f32> = (0..frames)
        .map(|_| match dice.below(100) {
            0 => f32::NAN,
            1 => f32::NEG_INFINITY,
            2 => 1e-42,
            3 => 1e30,
            level => level as f32 / 100.0 - 0.5,
        })
        .collect();
    let rate = SampleRate::new([8_000.0, 44_100.0, 192_000.0][number % 3]).expect("a rate");
    let key = SampleKey::of(sample_id(number));
    let sample = if number.is_multiple_of(2) {
        Sample::new(key, rate, &[&noise])
    } else {
        Sample::new(key, rate, &[&noise, &noise])
    };
    Arc::new(sample.expect("a sample"))
}

fn beats(quarter_notes: f64) -> Beats {
    Beats::new(quarter_notes).expect("a place")
}

#[test]
fn a_hundred_thousand_blocks_allocate_nothing_and_stay_sane() {
    let mut dice = Dice::new(0x1234_5678);
    let mut engine = Engine::new(SampleRate::new(48_000.0).expect("a rate"));
    let mut document = Document::default();
    let mut next = 8;
    for id in 1..=next {
        document.tracks.push(dice.track(id));
    }
    let samples: Vec<Arc<Sample>> = (0..SAMPLES).map(sample).collect();
    let mut score = Score::compile(&document);
    let mut wild = Score::boxed();
    let mut live = Vec::with_capacity(8);
    let mut listening = Listening::default();
    let (mut beat, mut tempo, mut is_rolling, mut looped) = (0.0, 120.0, true, None);
    let mut peak = 0.0_f32;
    let mut is_sane = true;
    let mut longest = 0;
    for block in 0..BLOCKS {
        if dice.one_in(40) {
            for _ in 0..=dice.below(3) {
                dice.edit(&mut document, beat, &mut next);
            }
            score = Score::compile(&document);
        }
        if dice.one_in(200) {
            // Out of range in every way: bytes of nothing that was ever compiled.
            wild.bytes_mut().copy_from_slice(score.bytes());
            let bytes = wild.bytes_mut();
            for _ in 0..2_000 {
                let place = dice.place(bytes.len());
                bytes[place] = u8::try_from(dice.below(256)).expect("a byte");
            }
        }
        let is_wild = block % 200 > 180;
        match dice.below(500) {
            0 => is_rolling = !is_rolling,
            1 => beat = dice.below(400) as f64 / 7.0,
            2 => tempo = 20.0 + dice.below(28_000) as f64 / 100.0,
            3 => {
                let start = dice.below(16) as f64 / 3.0;
                looped = HostLoop::new(
                    beats(start),
                    beats(start + 0.02 + dice.below(900) as f64 / 100.0),
                );
            }
            4 => looped = None,
            5 => {
                listening.metronome = dice.below(3) as f32 / 2.0;
                listening.muted = u16::try_from(dice.below(65_536)).expect("a bit each");
            }
            6 => listening = Listening::default(),
            7 => listening.begins = dice.one_in(2).then(|| beats(beat + 0.1)),
            _ => {}
        }
        let kept = dice
            .one_in(60)
            .then(|| samples[dice.place(SAMPLES)].clone());
        let dropped = dice
            .one_in(90)
            .then(|| SampleKey::of(sample_id(dice.place(SAMPLES))));
        let frames = dice.size();
        dice.live(frames, &mut live);
        let position = is_rolling.then(|| HostBlock {
            beat: beats(beat),
            tempo: Tempo::new(tempo).expect("a tempo"),
            looped,
            turned: (block % 1_000 < 500).then(|| beats((block / 100) as f64)),
        });
        let moment = Moment {
            position,
            live: &live,
            listening,
        };
        let playing = if is_wild { &wild } else { &score };
        let is_reset = dice.one_in(5_000);
        let (given, taken) = assert_no_alloc(|| {
            let given = kept.and_then(|sample| engine.keep_sample(sample));
            let taken = dropped.and_then(|key| engine.drop_sample(key));
            if is_reset {
                engine.reset();
            }
            engine.render(playing, &moment, frames, |chunk| {
                for sample in chunk.mix.into_iter().flatten() {
                    is_sane &= sample.is_finite();
                    if sample.abs() > peak {
                        peak = sample.abs();
                    }
                }
            });
            let _ = engine.meters();
            (given, taken)
        });
        drop((given, taken));
        longest = engine.sounding().max(longest);
        assert!(is_sane && peak <= 1.0, "block {block}: {peak}");
        if is_rolling {
            beat += frames as f64 / 48_000.0 * tempo / 60.0;
            if let Some(end) = (beat > 300.0).then_some(0.0) {
                beat = end;
            }
        }
    }
    assert!(
        peak > 0.5 && longest == lockstep_engine::MAX_VOICES,
        "{peak} {longest}"
    );

    // Hands off: everything falls silent for good.
    score = Score::compile(&Document {
        effects: Default::default(),
        ..document
    });
    let ups: Vec<LiveNote> = (0..16)
        .map(|track| LiveNote {
            frame: 0,
            track,
            event: LiveEvent::AllUp,
        })
        .collect();
    let mut silent = 0;
    for second in 0..120 {
        let live = if second == 0 { &ups[..] } else { &[] };
        let moment = Moment {
            position: None,
            live,
            listening: Listening::default(),
        };
        let mut sum = 0_u32;
        engine.render(&score, &moment, 48_000, |chunk| {
            for sample in chunk.mix.into_iter().flatten() {
                sum |= sample.to_bits();
            }
        });
        silent = if sum == 0 { silent + 1 } else { 0 };
        if silent == 2 {
            break;
        }
    }
    assert_eq!(
        (silent, engine.sounding()),
        (2, 0),
        "silence comes back to exact zero"
    );
}
