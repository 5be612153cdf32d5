//! The session that a new link opens on: something that already moves, so that the first click
//! changes a groove instead of breaking a silence.

use lockstep_session::document::clip::Clip;
use lockstep_session::document::effects::Effects;
use lockstep_session::document::harmony::{Harmony, HarmonyPlan, PitchClass, Scale};
use lockstep_session::document::instrument::{Instrument, Source};
use lockstep_session::document::mixer::{ChokeGroup, Colour, Level, Pan, Percent};
use lockstep_session::document::pattern::{Pattern, PatternLength};
use lockstep_session::document::step::{Chance, Gate, Pitch, Pitches, Ratchet, Step, Velocity};
use lockstep_session::document::timeline::Timeline;
use lockstep_session::document::track::{Track, TrackSettings};
use lockstep_session::document::{Document, Scene};
use lockstep_session::ids::{SceneIndex, TrackId};
use lockstep_session::text::{LongName, Name};
use lockstep_session::units::Tempo;
use std::sync::Arc;

/// A groove in C minor in two rows: the beat, and the beat lifted.
pub(crate) fn starter(name: &str) -> Document {
    let hats = ChokeGroup::new(1);
    let tracks = [
        (
            mixed("Kick", "kick", -15, 0),
            [drum("X..x..x...X...x."), drum("X..x..x...X.x.x.")],
        ),
        (
            mixed("Snare", "snare", 0, 0),
            [drum("....X..o....X..o"), drum("....X..o....X.or")],
        ),
        (
            mixed("Clap", "clap", -40, 12),
            [drum("............x..."), drum("....x.......x...")],
        ),
        (
            TrackSettings {
                choke: hats,
                ..mixed("Closed hat", "closed-hat", -70, -18)
            },
            [drum("x.o.x.o.x.o.x.oo"), drum("x.oox.oox.oox.or")],
        ),
        (
            TrackSettings {
                choke: hats,
                ..mixed("Open hat", "open-hat", -90, -18)
            },
            [drum("..........x....."), drum("..x.......x.....")],
        ),
        (
            mixed("Bass", "bass", -20, 0),
            [line(&BASS), line(&BASS_LIFTED)],
        ),
        (
            TrackSettings {
                reverb_send: Percent::new(30),
                ..mixed("Chords", "keys", -50, 14)
            },
            [line(&CHORDS), line(&CHORDS_LIFTED)],
        ),
        (
            TrackSettings {
                delay_send: Percent::new(35),
                ..mixed("Pluck", "pluck", -70, -26)
            },
            [line(&PLUCK), line(&PLUCK_LIFTED)],
        ),
    ];
    let track = |(number, (settings, rows)): (u32, (TrackSettings, [Pattern; 2]))| {
        let mut track = Track::new(
            TrackId(number),
            TrackSettings {
                colour: Colour::new(i64::from(number)),
                ..settings
            },
        );
        for (slot, row) in track.clips.iter_mut().zip(rows) {
            *slot = Some(Arc::new(Clip::pattern(row)));
        }
        Arc::new(track)
    };
    let mut scenes: [Scene; SceneIndex::COUNT] = Default::default();
    for (scene, name) in scenes.iter_mut().zip(["Groove", "Lift"]) {
        scene.name = Name::new(name);
    }
    let harmony = Harmony {
        key: PitchClass::new(0),
        scale: Scale::Minor,
        ..Harmony::default()
    };
    Document {
        name: LongName::new(name),
        swing: Percent::new(14),
        harmony: HarmonyPlan {
            now: harmony,
            next: None,
        },
        effects: Effects {
            duck_by: Some(TrackId(1)),
            duck_depth: Percent::new(25),
            ..Effects::default()
        },
        tracks: (1..).zip(tracks).map(track).collect(),
        scenes,
        timeline: Timeline {
            tempo: Tempo::new(11_200),
            ..Timeline::default()
        },
        ..Document::default()
    }
}

/// Where a note starts, its pitches, how many percent of its step it is held, and how often it sounds.
type Note = (usize, &'static [i64], i64, i64);

const BASS: [Note; 6] = [
    (0, &[0], 90, 100),
    (3, &[0], 40, 100),
    (6, &[3], 60, 100),
    (8, &[-2], 90, 100),
    (11, &[-2], 40, 100),
    (14, &[5], 50, 80),
];
const BASS_LIFTED: [Note; 7] = [
    (0, &[0], 90, 100),
    (3, &[12], 40, 100),
    (6, &[3], 60, 100),
    (8, &[-4], 90, 100),
    (11, &[-2], 40, 100),
    (13, &[10], 30, 70),
    (14, &[7], 50, 100),
];
const CHORDS: [Note; 2] = [(2, &[0, 3, 7], 100, 100), (10, &[-2, 2, 5], 100, 100)];
const CHORDS_LIFTED: [Note; 3] = [
    (2, &[0, 3, 7, 10], 100, 100),
    (7, &[0, 3, 7], 50, 60),
    (10, &[-4, 0, 3], 100, 100),
];
const PLUCK: [Note; 4] = [
    (1, &[12], 50, 75),
    (5, &[7], 50, 50),
    (9, &[15], 50, 75),
    (13, &[10], 50, 50),
];
const PLUCK_LIFTED: [Note; 6] = [
    (1, &[12], 50, 100),
    (4, &[15], 50, 75),
    (7, &[19], 50, 75),
    (9, &[15], 50, 100),
    (12, &[10], 50, 75),
    (15, &[7], 50, 50),
];

fn mixed(name: &str, preset: &str, level: i64, pan: i64) -> TrackSettings {
    TrackSettings {
        name: Name::new(name),
        instrument: Instrument {
            source: Source::Preset(Name::new(preset)),
            ..Instrument::default()
        },
        level: Level::new(level),
        pan: Pan::new(pan),
        ..TrackSettings::default()
    }
}

/// One character a step: `X` hard, `x` plain, `o` soft, `r` a soft roll, anything else silent.
fn drum(rhythm: &str) -> Pattern {
    let struck = |velocity| Step {
        velocity: Velocity::new(velocity),
        ..Step::on()
    };
    let steps = rhythm.chars().map(|character| match character {
        'X' => struck(118),
        'x' => struck(94),
        'o' => struck(56),
        'r' => Step {
            ratchet: Ratchet::new(2),
            ..struck(52)
        },
        _ => Step::default(),
    });
    Pattern::new(PatternLength::default(), steps.collect())
}

fn line(notes: &[Note]) -> Pattern {
    let mut steps = vec![Step::default(); usize::from(PatternLength::default().get())];
    for &(at, pitches, gate, chance) in notes {
        steps[at] = Step {
            pitches: Pitches::new(pitches.iter().copied().map(Pitch::new)),
            gate: Gate::new(gate),
            chance: Chance::new(chance),
            ..Step::on()
        };
    }
    Pattern::new(PatternLength::default(), steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_starter_is_a_legal_document_that_sounds_in_both_rows() {
        let starter = starter("Fuzzy Penguin");
        assert_eq!(starter.clone().admitted(), Ok(starter.clone()));
        for track in &starter.tracks {
            for slot in &track.clips[..2] {
                let pattern = slot
                    .as_ref()
                    .and_then(|clip| clip.as_pattern())
                    .expect("a pattern");
                assert!(
                    pattern.playing().any(|step| step.on),
                    "{}",
                    track.settings.name
                );
            }
        }
    }

    #[test]
    fn every_note_of_the_starter_lies_in_its_own_scale() {
        let starter = starter("Fuzzy Penguin");
        let harmony = starter.harmony.latest();
        for track in &starter.tracks {
            for step in track
                .clips
                .iter()
                .flatten()
                .filter_map(|clip| clip.as_pattern())
                .flat_map(Pattern::playing)
            {
                for pitch in step.pitches.iter() {
                    assert!(
                        harmony.in_scale(i32::from(pitch.get())),
                        "{} {pitch:?}",
                        track.settings.name
                    );
                }
            }
        }
    }
}
