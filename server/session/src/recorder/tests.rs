//! Keys in, steps out.

use super::*;
use crate::document::track::TrackSettings;
use std::sync::Arc;

fn live() -> Settings {
    Settings {
        recording: Recording::Live,
        ..Settings::default()
    }
}

fn document() -> Document {
    let mut track = Track::new(TrackId(7), TrackSettings::default());
    track.clips[0] = Some(Arc::new(Clip::pattern(Pattern::default())));
    Document {
        tracks: vec![Arc::new(track)],
        ..Document::default()
    }
}

fn at(beat: f64, key: u8, velocity: Option<f32>) -> Stroke {
    Stroke {
        track: 0,
        key,
        velocity,
        place: Some(Beat::from_micros(whole(beat * 1e6))),
        turned: BeatSpan::ZERO,
    }
}

fn play(recorder: &mut Recorder, document: &mut Document, controls: Settings, played: &[Stroke]) {
    for played in played {
        if let Some(edit) = recorder.hear(played, document, controls) {
            document
                .apply(&edit, crate::ids::Token::from_bytes([0; 16]).player())
                .expect("it fits");
        }
    }
}

fn step(document: &Document, index: usize) -> Step {
    let scene = SceneIndex::new(0).expect("there are eight");
    let pattern = pattern_of(&document.tracks[0], scene).expect("a pattern");
    pattern.step(StepIndex::new(index).expect("a step"))
}

#[test]
fn a_key_goes_into_the_nearest_step_of_the_pattern_that_plays() {
    let mut document = document();
    let keys = [at(4.24, 64, Some(1.0)), at(4.36, 64, None)];
    play(&mut Recorder::default(), &mut document, live(), &keys);
    let written = step(&document, 1);
    assert!(written.on);
    assert_eq!(written.velocity, Velocity::new(127));
    assert_eq!(written.pitches, Pitches::new([Pitch::new(4)]));
    assert_eq!(written.nudge, Nudge::new(0));
    assert_eq!(written.gate, Gate::new(48));
}

#[test]
fn unquantised_it_keeps_how_early_or_late_it_was() {
    let mut document = document();
    let controls = Settings {
        is_quantised: false,
        ..live()
    };
    let keys = [at(0.2, 60, Some(0.5)), at(0.55, 60, Some(0.5))];
    play(&mut Recorder::default(), &mut document, controls, &keys);
    assert_eq!(step(&document, 1).nudge, Nudge::new(-20));
    assert_eq!(step(&document, 2).nudge, Nudge::new(20));
}

#[test]
fn keys_struck_together_are_a_chord_and_long_ones_are_tied() {
    let mut document = document();
    let keys = [
        at(1.0, 60, Some(0.8)),
        at(1.01, 67, Some(0.8)),
        at(1.6, 60, None),
        at(1.6, 67, None),
    ];
    play(&mut Recorder::default(), &mut document, live(), &keys);
    let chord = Pitches::new([0, 7].map(Pitch::new));
    assert_eq!(step(&document, 4).pitches, chord);
    assert!(step(&document, 4).tie && step(&document, 5).on);
    assert_eq!(step(&document, 5).pitches, chord);
}

#[test]
fn without_overdub_the_first_key_of_a_take_clears_what_was_there() {
    let mut document = document();
    let controls = Settings {
        overdubs: false,
        ..live()
    };
    play(
        &mut Recorder::default(),
        &mut document,
        live(),
        &[at(0.0, 60, Some(1.0))],
    );
    let mut recorder = Recorder::default();
    let take = [at(1.0, 62, Some(1.0)), at(1.5, 62, Some(1.0))];
    play(&mut recorder, &mut document, controls, &take);
    let on: Vec<bool> = (0..8).map(|index| step(&document, index).on).collect();
    assert_eq!(on, [false, false, false, false, true, false, true, false]);
}

#[test]
fn step_by_step_each_chord_goes_one_further() {
    let mut document = document();
    let controls = Settings {
        recording: Recording::Step,
        ..live()
    };
    let standing = |key, velocity| Stroke {
        place: None,
        ..at(0.0, key, velocity)
    };
    let keys = [
        standing(60, Some(1.0)),
        standing(64, Some(1.0)),
        standing(60, None),
        standing(64, None),
        standing(72, Some(1.0)),
        standing(72, None),
    ];
    let mut recorder = Recorder::default();
    play(&mut recorder, &mut document, controls, &keys);
    assert_eq!(
        step(&document, 0).pitches,
        Pitches::new([0, 4].map(Pitch::new))
    );
    assert_eq!(step(&document, 1).pitches, Pitches::new([Pitch::new(12)]));
    assert_eq!(recorder.cursor().map(|(_, _, step)| step.index()), Some(2));
}

#[test]
fn nothing_is_recorded_unless_it_is_asked_for() {
    let controls = Settings {
        recording: Recording::Off,
        ..live()
    };
    let edit = Recorder::default().hear(&at(0.0, 60, Some(1.0)), &document(), controls);
    assert_eq!(edit, None);
}
