//! A short way to write sessions down. It must not know any of them.

use lockstep_engine::Preset;
use lockstep_session::document::clip::{Action, Bars, Clip, Follow};
use lockstep_session::document::effects::Effects;
use lockstep_session::document::harmony::{Harmony, HarmonyPlan, PitchClass, Scale};
use lockstep_session::document::instrument::{Amount, Instrument, Parameter, Source};
use lockstep_session::document::mixer::{
    ChokeGroup, Colour, Corner, Filter, FilterKind, Level, Pan, Percent,
};
use lockstep_session::document::pattern::{Pattern, PatternLength};
use lockstep_session::document::step::{Chance, Gate, Pitch, Pitches, Ratchet, Step, Velocity};
use lockstep_session::document::timeline::Timeline;
use lockstep_session::document::track::{StepLength, Track, TrackSettings};
use lockstep_session::document::{Document, Scene};
use lockstep_session::ids::{SceneIndex, TrackId};
use lockstep_session::text::Name;
use lockstep_session::units::Tempo;
use std::sync::Arc;

/// A session without its tracks.
pub(super) struct Sketch {
    pub(super) beats_per_minute: i64,
    pub(super) swing: i64,
    /// Semitones above C. Lines are written as if it were C.
    pub(super) key: i64,
    pub(super) scale: Scale,
    pub(super) scenes: &'static [Row],
    /// In tenths of a decibel.
    pub(super) master: i64,
    pub(super) effects: Effects,
}

/// A row of clips: its name, and what follows it.
pub(super) struct Row(pub(super) &'static str, pub(super) Option<(Action, i64)>);

/// A track in the making.
pub(super) struct Part {
    settings: TrackSettings,
    rows: Vec<Option<Pattern>>,
}

impl Sketch {
    pub(super) fn document<const TRACKS: usize>(self, parts: [Part; TRACKS]) -> Document {
        let mut scenes: [Scene; SceneIndex::COUNT] = Default::default();
        for (scene, &Row(name, follow)) in scenes.iter_mut().zip(self.scenes) {
            scene.name = Name::new(name);
            scene.follow = follow.map(|(action, bars)| Follow {
                action,
                after: Bars::new(bars),
            });
        }
        let now = Harmony {
            key: PitchClass::new(self.key),
            scale: self.scale,
            ..Harmony::default()
        };
        let parts = (1..).zip(parts);
        Document {
            swing: Percent::new(self.swing),
            master: Level::new(self.master),
            harmony: HarmonyPlan { now, next: None },
            effects: self.effects,
            tracks: parts
                .map(|(number, part)| part.track(number, self.key))
                .collect(),
            scenes,
            timeline: Timeline {
                tempo: Tempo::new(self.beats_per_minute * 100),
                ..Timeline::default()
            },
            ..Document::default()
        }
    }
}

impl Part {
    pub(super) fn new(name: &str, preset: &str) -> Self {
        let settings = TrackSettings {
            name: Name::new(name),
            instrument: Instrument {
                source: Source::Preset(Name::new(preset)),
                ..Instrument::default()
            },
            ..TrackSettings::default()
        };
        Self {
            settings,
            rows: Vec::new(),
        }
    }

    /// In tenths of a decibel, and from left (-100) to right.
    pub(super) fn mixed(mut self, level: i64, pan: i64) -> Self {
        self.settings.level = Level::new(level);
        self.settings.pan = Pan::new(pan);
        self
    }

    pub(super) fn sends(mut self, reverb: i64, delay: i64) -> Self {
        self.settings.reverb_send = Percent::new(reverb);
        self.settings.delay_send = Percent::new(delay);
        self
    }

    /// Parts of the same group cut each other off.
    pub(super) fn choked(mut self, group: i64) -> Self {
        self.settings.choke = ChokeGroup::new(group);
        self
    }

    pub(super) fn driven(mut self, drive: i64) -> Self {
        self.settings.drive = Percent::new(drive);
        self
    }

    pub(super) fn filtered(mut self, kind: FilterKind, corner: i64) -> Self {
        self.settings.filter = Filter {
            kind,
            corner: Corner::new(corner),
            ..Filter::default()
        };
        self
    }

    pub(super) fn turned(mut self, parameter: Parameter, amount: i64) -> Self {
        let amount = Amount::new(amount);
        self.settings
            .instrument
            .parameters
            .insert(parameter, amount);
        self
    }

    pub(super) fn stepping(mut self, step_length: StepLength) -> Self {
        self.settings.step_length = step_length;
        self
    }

    /// Its pattern in the next row.
    pub(super) fn row(mut self, pattern: Pattern) -> Self {
        self.rows.push(Some(pattern));
        self
    }

    /// The same pattern as in the row before.
    pub(super) fn again(mut self) -> Self {
        let last = self.rows.last().cloned().flatten();
        self.rows.push(last);
        self
    }

    /// A bar of nothing in the next row, so that launching it silences the track.
    pub(super) fn rest(self) -> Self {
        self.row(Pattern::default())
    }

    fn track(self, number: u32, key: i64) -> Arc<Track> {
        let Source::Preset(preset) = &self.settings.instrument.source else {
            unreachable!("a part plays a preset");
        };
        let is_percussion = Preset::find(preset).is_some_and(Preset::is_percussion);
        let shift = match key {
            _ if is_percussion => 0,
            0..=4 => key,
            _ => key - 12,
        };
        let settings = TrackSettings {
            colour: Colour::new(i64::from((number - 1) % 8 + 1)),
            ..self.settings
        };
        let mut track = Track::new(TrackId(number), settings);
        for (slot, row) in track.clips.iter_mut().zip(self.rows) {
            *slot = row.map(|row| Arc::new(Clip::pattern(moved(&row, shift))));
        }
        Arc::new(track)
    }
}

fn moved(pattern: &Pattern, semitones: i64) -> Pattern {
    let steps = pattern.playing().map(|mut step| {
        if step.on {
            let pitches = step.pitches.iter();
            let pitches = pitches.map(|pitch| Pitch::new(i64::from(pitch.get()) + semitones));
            step.pitches = Pitches::new(pitches);
        }
        step
    });
    Pattern::new(pattern.length(), steps.collect())
}

/// One character a step: `X` hard, `x` plain, `o` soft, `g` a ghost, `r` a soft roll of two, `t` of
/// three, `?` plain half of the time, `.` silent. Spaces are for the eye.
pub(super) fn drum(rhythm: &str) -> Pattern {
    let struck = |velocity| Step {
        velocity: Velocity::new(velocity),
        ..Step::on()
    };
    let rolled = |times, velocity| Step {
        ratchet: Ratchet::new(times),
        ..struck(velocity)
    };
    let steps = rhythm.chars().filter(|letter| *letter != ' ');
    let steps = steps.map(|letter| match letter {
        'X' => struck(118),
        'x' => struck(94),
        'o' => struck(56),
        'g' => struck(32),
        'r' => rolled(2, 52),
        't' => rolled(3, 62),
        '?' => Step {
            chance: Chance::new(50),
            ..struck(80)
        },
        _ => Step::default(),
    });
    pattern(steps.collect())
}

/// One word a step: `.` is silent, `_` holds what was struck before it, and a note is its semitones
/// above the key, several of them joined by `+`. Behind it `!` is hard, `,` soft, `'` short, and
/// `?` half of the time. `|` is for the eye.
pub(super) fn line(words: &str) -> Pattern {
    let mut steps: Vec<Step> = Vec::new();
    for word in words.split_whitespace().filter(|word| *word != "|") {
        match word {
            "." => steps.push(Step::default()),
            "_" => {
                if let Some(before) = steps.last_mut() {
                    before.tie = true;
                }
                steps.push(Step::default());
            }
            note => steps.push(noted(note)),
        }
    }
    pattern(steps)
}

fn noted(word: &str) -> Step {
    let is_mark = |letter: char| "!,'?".contains(letter);
    let notes = word.trim_end_matches(is_mark);
    let pitches = notes.split('+').map(|pitch| {
        let pitch = pitch.parse().expect("a note is a number of semitones");
        Pitch::new(pitch)
    });
    let mut step = Step {
        pitches: Pitches::new(pitches),
        ..Step::on()
    };
    for mark in word[notes.len()..].chars() {
        match mark {
            '!' => step.velocity = Velocity::new(118),
            ',' => step.velocity = Velocity::new(68),
            '\'' => step.gate = Gate::new(40),
            _ => step.chance = Chance::new(50),
        }
    }
    step
}

fn pattern(steps: Vec<Step>) -> Pattern {
    let length = i64::try_from(steps.len()).expect("a pattern is short");
    Pattern::new(PatternLength::new(length), steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_as_long_as_its_words_and_holds_what_it_says() {
        let line = line("0! . | 3+7, _ _ -2'? .");
        let steps: Vec<Step> = line.playing().collect();
        assert_eq!(steps.len(), 7);
        assert_eq!(steps[0].velocity.get(), 118);
        assert_eq!(steps[2].pitches, Pitches::new([3, 7].map(Pitch::new)));
        let tied: Vec<bool> = steps.iter().map(|step| step.tie).collect();
        assert_eq!(tied, [false, false, true, true, false, false, false]);
        assert_eq!((steps[5].gate.get(), steps[5].chance.get()), (40, 50));
    }

    #[test]
    fn lines_follow_the_key_and_drums_do_not() {
        let sketch = Sketch {
            beats_per_minute: 120,
            swing: 0,
            key: 9,
            scale: Scale::Minor,
            scenes: &[Row("One", Some((Action::Next, 4)))],
            master: 0,
            effects: Effects::default(),
        };
        let document = sketch.document([
            Part::new("Bass", "bass").row(line("0 12")),
            Part::new("Kick", "kick").row(drum("X. x.")),
        ]);
        let pitches = |track: usize| {
            let clip = document.tracks[track].clips[0].clone();
            let pattern = clip.and_then(|clip| clip.as_pattern().cloned());
            let steps = pattern.expect("a pattern");
            let steps = steps.playing().filter(|step| step.on);
            steps
                .flat_map(|step| step.pitches.iter().collect::<Vec<_>>())
                .collect::<Vec<_>>()
        };
        assert_eq!(pitches(0), [-3, 9].map(Pitch::new));
        assert_eq!(pitches(1), [0, 0].map(Pitch::new));
    }
}
