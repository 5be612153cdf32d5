//! Sessions as MIDI: what another program reads is what the engine plays.

use crate::notation::{Note, Part, parts};
use crate::session::{bars, render, rhythm, session, sound, track};
use lockstep_engine::{Beats, Score, notes};
use lockstep_offline::{Stretch, common_cycle, midi_file};
use lockstep_session::document::Document;
use lockstep_session::document::clip::{AudioLoop, Bars, Clip, Content};
use lockstep_session::document::harmony::{Harmony, HarmonyPlan, PitchClass, Scale};
use lockstep_session::document::mixer::{Percent, Transpose};
use lockstep_session::document::step::{
    Chance, Gate, Nudge, Pitch, Pitches, Ratchet, Step, Velocity,
};
use lockstep_session::ids::SampleId;
use lockstep_session::text::LongName;
use lockstep_session::units::{Beat, Tempo};
use std::sync::Arc;

fn written(document: &Document, stretch: Stretch) -> Vec<Part> {
    parts(&midi_file(document, stretch).bytes)
}

fn chord(pitches: &[i64]) -> Step {
    Step {
        pitches: Pitches::new(pitches.iter().copied().map(Pitch::new)),
        ..Step::on()
    }
}

fn held(pitches: &[i64]) -> Step {
    Step {
        tie: true,
        ..chord(pitches)
    }
}

/// The lines of the only part, as beginning, end and key, in sixteenths.
fn sixteenths(steps: Vec<Step>) -> Vec<(f64, f64, u8)> {
    let document = session([track(1, "click", steps)]);
    let parts = written(&document, bars(1));
    let of = |ticks: u32| f64::from(ticks) / 240.0;
    let lines = parts[1].notes.iter();
    lines
        .map(|note| (of(note.begins), of(note.ends), note.key))
        .collect()
}

/// Something of everything that a step may be.
fn eventful() -> Document {
    let mut number = 7_u32;
    let mut throw = |below: u32| {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        i64::from((number >> 8) % below)
    };
    let presets = ["click", "kit-808", "click", "open-hat"];
    let tracks = presets.into_iter().zip(1..).map(|(preset, id)| {
        let steps = (0..7 + throw(20)).map(|_| Step {
            on: throw(3) > 0,
            velocity: Velocity::new(1 + throw(127)),
            pitches: Pitches::new((0..1 + throw(3)).map(|_| Pitch::new(throw(24) - 12))),
            chance: Chance::new(40 + throw(80)),
            ratchet: Ratchet::new(1 + throw(4)),
            nudge: Nudge::new(throw(101) - 50),
            tie: throw(4) == 0,
            gate: Gate::new(20 + throw(81)),
            ..Step::default()
        });
        let mut track = track(id, preset, steps.collect());
        track.settings.swing = Percent::new(throw(80));
        track.settings.transpose = Transpose::new(throw(12));
        track
    });
    session(tracks)
}

#[test]
fn every_note_is_one_of_the_sequence_and_every_key_goes_up_again() {
    let document = eventful();
    let stretch = bars(16);
    let parts = written(&document, stretch);
    assert_eq!(parts.len(), 1 + document.tracks.len());
    let mut played = vec![Vec::new(); document.tracks.len()];
    let place = |beat: f64| Beats::new(beat).expect("a place");
    let score = Score::compile(&document);
    notes(&score, place(0.0), place(64.0), &mut |note| {
        let tick = (note.begins().quarter_notes() * 960.0).round();
        for key in note.keys() {
            played[note.track()].push((tick, key, note.velocity(), note.slides()));
        }
    });
    // The melodies: drums move their keys.
    for number in [0, 2] {
        let (part, played) = (&parts[number + 1], &played[number]);
        assert!(part.notes.len() > 100, "{}", part.notes.len());
        for note in &part.notes {
            let is_played = played.iter().any(|&(tick, key, velocity, _)| {
                (tick, key, velocity) == (f64::from(note.begins), note.key, note.velocity)
            });
            assert!(is_played, "{note:?}");
        }
        let struck = played.iter().filter(|(.., slides)| !slides);
        for &(tick, key, ..) in struck {
            let mut written = part.notes.iter();
            assert!(
                written.any(|note| (f64::from(note.begins), note.key) == (tick, key)),
                "{key} at {tick}"
            );
        }
        assert_eq!(part.ends, 16 * 3_840);
    }
}

#[test]
fn the_file_strikes_where_the_sound_begins() {
    let mut steps = rhythm("x..x..x...x.x..x");
    steps[3].nudge = Nudge::new(-35);
    steps[6].ratchet = Ratchet::new(3);
    steps[10].nudge = Nudge::new(40);
    steps[12].chance = Chance::new(50);
    let mut track = track(9, "click", steps);
    track.settings.swing = Percent::new(60);
    let document = session([track]);
    let rendered = sound(&render(&document, bars(4)));
    // A click's first frame is its loudest.
    let left = &rendered.tracks[0][0];
    let loudest = left.iter().copied().fold(0.0, f32::max);
    let is_loud = |frame: usize| left[frame] > 0.9 * loudest;
    let heard = (0..left.len()).filter(|&frame| is_loud(frame));
    let heard: Vec<usize> = heard
        .filter(|&frame| frame == 0 || !is_loud(frame - 1))
        .collect();
    let parts = written(&document, bars(4));
    let struck: Vec<usize> = parts[1]
        .notes
        .iter()
        .map(|note| usize::try_from(note.begins * 25).expect("short"))
        .collect();
    assert_eq!(heard.len(), struck.len(), "{heard:?} {struck:?}");
    assert!(
        (29..32).contains(&heard.len()),
        "chance falls both ways: {}",
        heard.len()
    );
    for (heard, struck) in heard.iter().zip(&struck) {
        assert!(heard.abs_diff(*struck) <= 13, "{heard} {struck}");
    }
}

#[test]
fn five_against_seven_steps_are_written_until_they_meet() {
    let document = session([
        track(1, "click", rhythm("x....")),
        track(2, "click", rhythm("x......")),
    ]);
    let cycle = common_cycle(&document, Beat::ZERO);
    let parts = written(&document, Stretch::new(Beat::ZERO, cycle.span));
    let begins =
        |part: &Part| -> Vec<u32> { part.notes.iter().map(|note| note.begins / 240).collect() };
    assert_eq!(begins(&parts[1]), [0, 5, 10, 15, 20, 25, 30]);
    assert_eq!(begins(&parts[2]), [0, 7, 14, 21, 28]);
    for part in &parts {
        assert_eq!(part.ends, 35 * 240);
    }
}

#[test]
fn tied_steps_are_one_long_note() {
    let steps = vec![
        held(&[0, 7]),
        held(&[0, 7]),
        chord(&[0, 7]),
        Step::default(),
    ];
    assert_eq!(
        sixteenths(steps)[..3],
        [(0.0, 2.8, 60), (0.0, 2.8, 67), (4.0, 6.8, 60)]
    );
}

#[test]
fn a_slide_is_struck_before_the_note_it_leaves_is_let_go() {
    let steps = vec![held(&[0]), chord(&[5]), Step::default(), Step::default()];
    let lines = sixteenths(steps);
    assert_eq!((lines[0].0, lines[0].2), (0.0, 60));
    assert_eq!((lines[1].0, lines[1].1, lines[1].2), (1.0, 1.8, 65));
    assert!(lines[0].1 > 1.0 && lines[0].1 < 1.1, "{lines:?}");
}

#[test]
fn a_key_that_is_struck_again_is_let_go_first() {
    let mut late = chord(&[0]);
    late.nudge = Nudge::new(50);
    late.gate = Gate::new(100);
    let lines = sixteenths(vec![late, chord(&[0]), Step::default(), Step::default()]);
    assert_eq!(lines[..2], [(0.5, 1.0, 60), (1.0, 1.8, 60)]);
}

#[test]
fn drums_are_general_midis_on_channel_ten_and_the_others_have_their_place() {
    let low = |pitch: i64| vec![chord(&[pitch])];
    let mut tracks = vec![
        track(1, "kick-909", low(5)),
        track(2, "click", low(0)),
        track(3, "kit-808", low(-24)),
        track(4, "open-hat", low(0)),
    ];
    tracks.extend((5..=11).map(|id| track(id, "click", low(0))));
    let parts = written(&session(tracks), bars(1));
    let channels: Vec<u8> = parts[1..].iter().flat_map(|part| part.channel).collect();
    // The tenth place takes the first that a drum left free.
    assert_eq!(channels, [10, 2, 10, 10, 5, 6, 7, 8, 9, 1, 11]);
    let keys = |part: usize| parts[part].notes[0].key;
    assert_eq!((keys(1), keys(2), keys(3), keys(4)), (36, 60, 36, 46));
}

#[test]
fn what_is_not_heard_is_not_written_and_audio_loops_are_named() {
    let on = || rhythm("x...............");
    let mut muted = track(1, "click", on());
    muted.settings.mute = true;
    let mut looping = track(2, "click", on());
    looping.clips[0] = Some(Arc::new(Clip {
        content: Content::Loop(AudioLoop {
            sample: SampleId::of(b"rain"),
            bars: Bars::new(1),
            gain: Default::default(),
        }),
        ..Clip::pattern(Default::default())
    }));
    let document = session([muted, looping, track(3, "snare", on())]);
    let file = midi_file(&document, bars(1));
    assert_eq!(file.audio_loops, ["click"]);
    let names: Vec<String> = parts(&file.bytes)
        .into_iter()
        .map(|part| part.name)
        .collect();
    assert_eq!(names, ["Untitled", "click", "snare"]);

    let mut document = document;
    Arc::make_mut(&mut document.tracks[2]).settings.solo = true;
    let file = midi_file(&document, bars(1));
    assert!(file.audio_loops.is_empty());
    assert_eq!(parts(&file.bytes).len(), 2);
}

#[test]
fn the_first_track_tells_name_tempo_bars_and_key() {
    let mut document = session([track(1, "click", rhythm("x..."))]);
    document.name = LongName::new("Fuzzy Penguin é");
    document.timeline.tempo = Tempo::new(11_250);
    document.harmony = HarmonyPlan {
        now: Harmony {
            key: PitchClass::new(0),
            scale: Scale::Minor,
            ..Harmony::default()
        },
        next: None,
    };
    let parts = written(&document, bars(2));
    let first = &parts[0];
    assert_eq!(first.name, "Fuzzy Penguin é");
    assert_eq!(first.tempo, Some(533_333));
    assert_eq!(first.time, Some((4, 2)));
    assert_eq!(first.key, Some((-3, true)));
    assert_eq!((first.notes.len(), first.ends), (0, 7_680));
    let note = parts[1].notes[0];
    let expected = Note {
        begins: 0,
        ends: 192,
        key: 60,
        velocity: 100,
    };
    assert_eq!(note, expected);
}
