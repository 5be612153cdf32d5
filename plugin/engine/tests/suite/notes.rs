//! What a step sounds like: its pitches, how long they are held, ties, locks, and what cuts what.

use crate::desk::{Desk, HUM, humming, one_track, playing, track};
use lockstep_session::document::Document;
use lockstep_session::document::harmony::{Degree, Harmony, HarmonyPlan, Scale};
use lockstep_session::document::instrument::{Amount, Parameter};
use lockstep_session::document::mixer::{ChokeGroup, Level, Pan, Transpose};
use lockstep_session::document::step::{Gate, Nudge, Pitch, Pitches, Step};
use lockstep_session::document::track::{ScaleMode, StepLength, TrackSettings};
use lockstep_session::units::Beat;

const STEP: usize = 6_000;

fn at_pitches(pitches: &[i64]) -> Step {
    Step {
        pitches: Pitches::new(pitches.iter().map(|&pitch| Pitch::new(pitch))),
        gate: Gate::new(100),
        ..Step::on()
    }
}

fn tied(pitches: &[i64]) -> Step {
    Step {
        tie: true,
        ..at_pitches(pitches)
    }
}

fn locked(parameter: Parameter, amount: i64) -> Step {
    let mut step = Step::on();
    step.locks.set(parameter, Amount::new(amount));
    step
}

fn rest() -> Step {
    Step::default()
}

fn rolled(document: Document, steps: usize) -> Desk {
    let mut desk = Desk::new(document);
    desk.roll(0.0, steps * STEP, 441);
    desk.settle();
    desk
}

fn hums(steps: Vec<Step>) -> Document {
    one_track(humming(), steps)
}

fn hertz(pitch: i32) -> f64 {
    HUM * f64::from(pitch).mul_add(1.0 / 12.0, 0.0).exp2()
}

/// Which pitches from two octaves below to two above sound in a step.
fn heard(desk: &Desk, step: usize) -> Vec<i32> {
    let frames = step * STEP + 300..(step + 1) * STEP - 300;
    let heard = |pitch: &i32| desk.strength(frames.clone(), hertz(*pitch)) > 0.05;
    let strong: Vec<i32> = (-24..=24).filter(heard).collect();
    // Neighbours leak into each other where pitches are low.
    let level = |pitch: i32| desk.strength(frames.clone(), hertz(pitch));
    strong
        .iter()
        .copied()
        .filter(|&pitch| level(pitch) >= level(pitch - 1) && level(pitch) > level(pitch + 1))
        .collect()
}

#[test]
fn a_step_sounds_up_to_four_pitches() {
    let desk = rolled(hums(vec![at_pitches(&[0, 4, 7, 11]), at_pitches(&[-5])]), 2);
    assert_eq!(heard(&desk, 0), [0, 4, 7, 11]);
    assert_eq!(heard(&desk, 1), [-5]);
}

#[test]
fn a_drum_sounds_all_pitches_of_its_chord() {
    let alone: Vec<Desk> = [[0], [7]]
        .map(|pitch| rolled(one_track(playing("click"), vec![at_pitches(&pitch)]), 1))
        .into();
    let both = rolled(one_track(playing("click"), vec![at_pitches(&[0, 7])]), 1);
    for (frame, sample) in both.left.iter().enumerate() {
        let sum = alone[0].left[frame] + alone[1].left[frame];
        assert!((sample - sum).abs() < 1e-6);
    }
    // A drum cuts its own stroke off, but not another pitch of the same one.
    let tom = |pitches: &[i64]| rolled(one_track(playing("tom-low"), vec![at_pitches(pitches)]), 1);
    let (low, both) = (tom(&[0]), tom(&[0, 12]));
    let late = |desk: &Desk| {
        desk.left[2_000..5_000]
            .iter()
            .map(|sample| sample * sample)
            .sum::<f32>()
    };
    assert!(
        late(&both) > 1.2 * late(&low),
        "{} {}",
        late(&both),
        late(&low)
    );
}

#[test]
fn a_gate_is_how_long_a_step_is_held() {
    let mut ends = Vec::new();
    for percent in [5, 25, 50, 80] {
        let step = Step {
            gate: Gate::new(percent),
            ..Step::on()
        };
        let desk = rolled(hums(vec![step]), 1);
        let stretches = desk.stretches();
        assert_eq!(stretches[0].0, 1, "a sine begins at zero");
        let held = usize::try_from(percent).expect("positive") * STEP / 100;
        assert!(stretches[0].1 >= held, "{percent} {stretches:?}");
        ends.push(stretches[0].1 - held);
    }
    // All let go alike, within a turn of the wave.
    let (least, most) = (ends.iter().min(), ends.iter().max());
    assert!(most.expect("four") - least.expect("four") < 200, "{ends:?}");
    assert!(*most.expect("four") < 1_200, "{ends:?}");
}

#[test]
fn a_tie_is_one_long_note_into_the_next_step() {
    let tie = Step {
        gate: Gate::new(50),
        ..tied(&[0])
    };
    let last = Step {
        gate: Gate::new(50),
        ..at_pitches(&[0])
    };
    let one = rolled(hums(vec![tie, last, rest(), rest()]), 4);
    assert_eq!(one.stretches().len(), 1);
    let (start, end) = one.stretches()[0];
    assert!(
        start == 1 && (3 * STEP / 2..3 * STEP / 2 + 1_200).contains(&end),
        "{end}"
    );
    assert!(
        one.sharpest(10..3 * STEP / 2) < 0.002,
        "nothing is struck again"
    );
}

#[test]
fn a_tie_slides_to_another_pitch_without_a_stroke() {
    let desk = rolled(hums(vec![tied(&[0]), at_pitches(&[7]), rest()]), 3);
    assert_eq!((heard(&desk, 0), heard(&desk, 1)), (vec![0], vec![7]));
    assert_eq!(desk.stretches().len(), 1);
    assert!(desk.sharpest(10..2 * STEP - 10) < 0.003);
}

#[test]
fn tied_chords_slide_pitch_by_pitch() {
    let steps = vec![
        tied(&[0, 4, 7]),
        tied(&[0, 5, 9]),
        tied(&[2]),
        at_pitches(&[2, 11]),
    ];
    let mut settings = humming();
    settings.level = Level::new(-120);
    let desk = rolled(one_track(settings, steps), 4);
    assert_eq!(heard(&desk, 0), [0, 4, 7]);
    assert_eq!(heard(&desk, 1), [0, 5, 9]);
    assert_eq!(heard(&desk, 2), [2]);
    assert_eq!(heard(&desk, 3), [2, 11]);
    let steady = |step: usize| desk.strength(step * STEP + 600..(step + 1) * STEP - 300, hertz(0));
    assert!(
        (steady(0) - steady(1)).abs() < 0.02,
        "what stays does not sound twice"
    );
}

#[test]
fn a_tie_holds_over_the_end_of_its_pattern_and_into_steps_that_are_off() {
    let over = rolled(hums(vec![at_pitches(&[0]), rest(), rest(), tied(&[5])]), 6);
    assert_eq!(heard(&over, 3), [5]);
    assert_eq!(heard(&over, 4), [0]);
    assert!(over.sharpest(3 * STEP + 10..5 * STEP - 10) < 0.003);
    let off = rolled(hums(vec![tied(&[0]), rest(), rest(), rest()]), 4);
    let (_, end) = off.stretches()[0];
    assert!((2 * STEP..2 * STEP + 1_200).contains(&end), "{end}");
}

#[test]
fn a_tie_reaches_a_step_however_late_it_is() {
    let late = Step {
        nudge: Nudge::new(50),
        ..at_pitches(&[7])
    };
    let mut settings = humming();
    settings.swing = lockstep_session::document::mixer::Percent::new(100);
    let desk = rolled(
        one_track(settings, vec![tied(&[0]), late, rest(), rest()]),
        4,
    );
    assert_eq!(desk.stretches().len(), 1);
    assert!(desk.sharpest(10..3 * STEP - 10) < 0.003);
    assert_eq!((heard(&desk, 1), heard(&desk, 2)), (vec![0], vec![7]));
}

#[test]
fn what_has_rung_out_is_not_struck_again_by_a_tie() {
    let steps = vec![tied(&[0]), at_pitches(&[0]), rest(), rest()];
    let desk = rolled(one_track(TrackSettings::default(), steps), 4);
    assert_eq!(desk.clicks(), [0]);
}

#[test]
fn a_step_locks_level_and_pan_against_its_track() {
    let settings = TrackSettings {
        level: Level::new(-60),
        pan: Pan::new(-40),
        ..TrackSettings::default()
    };
    // -60 dB to 6 dB, and left to right.
    let decibels = |decibels: f64| ((decibels + 60.0) / 66.0 * 10_000.0).round() as i64;
    let steps = vec![
        locked(Parameter::Level, decibels(-6.0)),
        locked(Parameter::Level, decibels(-12.0)),
        locked(Parameter::Level, 0),
        locked(Parameter::Pan, 5_000),
        locked(Parameter::Pan, 10_000),
        Step::on(),
    ];
    let mut locks_both = locked(Parameter::Pan, 0);
    locks_both
        .locks
        .set(Parameter::Level, Amount::new(decibels(0.0)));
    let desk = rolled(one_track(settings, [steps, vec![locks_both]].concat()), 7);
    let at = |step: usize| (desk.left[step * STEP], desk.right[step * STEP]);
    let near = |(left, right): (f32, f32), (want_left, want_right): (f32, f32)| {
        (left - want_left).abs() < 2e-3 && (right - want_right).abs() < 2e-3
    };
    let own = at(5);
    assert!(near(at(0), own), "{:?} {own:?}", at(0));
    assert!(near(at(1), (own.0 * 0.501, own.1 * 0.501)), "{:?}", at(1));
    assert_eq!(at(2), (0.0, 0.0));
    let middle = 0.25 * 0.501;
    assert!(near(at(3), (middle, middle)), "{:?}", at(3));
    let right = middle * 2.0_f32.sqrt();
    assert!(near(at(4), (0.0, right)), "{:?}", at(4));
    assert!(near(at(6), (0.25 * 2.0_f32.sqrt(), 0.0)), "{:?}", at(6));
}

#[test]
fn a_step_locks_a_parameter_for_itself_alone() {
    let mut up = locked(Parameter::Tune, 7_500);
    up.gate = Gate::new(100);
    let desk = rolled(hums(vec![at_pitches(&[0]), up, at_pitches(&[0])]), 3);
    let pitches: Vec<Vec<i32>> = (0..3).map(|step| heard(&desk, step)).collect();
    assert!(
        pitches[0] == [0] && pitches[2] == [0] && pitches[1] != [0],
        "{pitches:?}"
    );
}

#[test]
fn a_locked_macro_moves_what_the_macro_moves() {
    let kick = |step: Step| rolled(one_track(playing("kick"), vec![step]), 1).left;
    let (low, usual, high) = (
        kick(locked(Parameter::Macro1, 0)),
        kick(Step::on()),
        kick(locked(Parameter::Macro1, 10_000)),
    );
    assert!(low != usual && high != usual && low != high);
    // The macro's own amount locks nothing, and a locked parameter goes before a locked macro.
    assert_eq!(kick(locked(Parameter::Macro1, 5_000)), usual);
    let mut both = locked(Parameter::Macro1, 10_000);
    both.locks.set(Parameter::Tune, Amount::new(4_321));
    assert_eq!(kick(both), kick(locked(Parameter::Tune, 4_321)));
}

#[test]
fn a_track_transposes_what_its_steps_say() {
    let mut settings = humming();
    settings.transpose = Transpose::new(-12);
    let desk = rolled(one_track(settings, vec![at_pitches(&[7])]), 1);
    assert_eq!(heard(&desk, 0), [-5]);
}

#[test]
fn pitches_snap_to_the_scale_and_to_the_chord_from_the_harmonys_beat_on() {
    let in_mode = |mode| TrackSettings {
        scale_mode: mode,
        step_length: StepLength::Sixteenth,
        ..humming()
    };
    let major = Harmony {
        chord: Some(Degree::new(1)),
        ..Harmony::default()
    };
    let minor = Harmony {
        scale: Scale::Minor,
        ..major
    };
    for mode in [ScaleMode::Off, ScaleMode::Scale, ScaleMode::Chord] {
        for pitch in [-11, -1, 1, 4, 6, 10] {
            let mut document = one_track(in_mode(mode), vec![at_pitches(&[pitch])]);
            document.harmony = HarmonyPlan {
                now: major,
                next: Some((Beat::from_micros(500_000), minor)),
            };
            let desk = rolled(document, 4);
            let pitch = i32::try_from(pitch).expect("small");
            let snapped = |harmony: &Harmony| match mode {
                ScaleMode::Off => pitch,
                ScaleMode::Scale => harmony.snap_to_scale(pitch),
                ScaleMode::Chord => harmony.snap_to_chord(pitch),
            };
            for (step, harmony) in [(0, major), (1, major), (2, minor), (3, minor)] {
                let name = format!("{mode:?} {pitch} step {step}");
                assert_eq!(heard(&desk, step), [snapped(&harmony)], "{name}");
            }
        }
    }
}

#[test]
fn a_locked_harmony_holds_every_melody_in_its_scale_and_leaves_drums_alone() {
    let sounding = |settings: TrackSettings, pitch: i64, lock: bool| {
        let mut document = one_track(settings, vec![at_pitches(&[pitch])]);
        document.harmony.now.lock = lock;
        rolled(document, 1)
    };
    let melody = |pitch, lock| sounding(playing("keys"), pitch, lock).left;
    assert_eq!(melody(1, true), melody(0, true), "C sharp goes down to C");
    assert_eq!(melody(0, true), melody(0, false));
    assert_ne!(melody(1, false), melody(0, false));
    assert_eq!(
        heard(&sounding(humming(), 1, true), 0),
        [1],
        "a sample has no pitch that is known"
    );
    let drum = |lock| sounding(playing("tom-mid"), 1, lock).left;
    assert_eq!(drum(true), drum(false));
}

#[test]
fn pitches_that_snap_to_one_note_sound_once() {
    let mut settings = humming();
    settings.scale_mode = ScaleMode::Scale;
    let two = rolled(one_track(settings.clone(), vec![at_pitches(&[0, 1])]), 1);
    let one = rolled(one_track(settings, vec![at_pitches(&[0])]), 1);
    assert!(
        two.left == one.left || heard(&two, 0).len() == 2,
        "C sharp goes up or down"
    );
    assert_eq!(two.left, one.left);
}

#[test]
fn tracks_of_a_choke_group_cut_each_other_off() {
    let group = |number| TrackSettings {
        choke: ChokeGroup::new(number),
        ..humming()
    };
    let long = vec![tied(&[0]), tied(&[0]), rest(), rest()];
    let stroke = vec![rest(), at_pitches(&[12]), rest(), rest()];
    for (other, is_cut) in [(1, true), (2, false), (0, false)] {
        let mut document = one_track(group(1), long.clone());
        document.tracks.push(track(2, group(other), stroke.clone()));
        let desk = rolled(document, 4);
        let rest = desk.strength(STEP + 300..2 * STEP - 300, hertz(0));
        assert_eq!(rest < 0.01, is_cut, "group {other}: {rest}");
        assert!(desk.sharpest(STEP + 3..2 * STEP - 10) < 0.01, "no click");
    }
}

#[test]
fn a_drum_cuts_off_its_own_earlier_stroke() {
    let twice = rolled(one_track(playing("open-hat"), vec![Step::on(); 2]), 2);
    let once = rolled(one_track(playing("open-hat"), vec![Step::on(), rest()]), 2);
    let late = STEP + 200..STEP + 2_000;
    let ring: f32 = once.left[late.clone()]
        .iter()
        .map(|sample| sample.abs())
        .sum();
    assert!(ring > 0.5, "it rings on into the next step: {ring}");
    assert_eq!(once.left[..STEP], twice.left[..STEP]);
    let second = rolled(one_track(playing("open-hat"), vec![rest(), Step::on()]), 2);
    for frame in late {
        assert!(
            (twice.left[frame] - second.left[frame]).abs() < 1e-6,
            "only the new stroke is left"
        );
    }
}

#[test]
fn the_closed_hat_of_a_kit_chokes_the_open_one() {
    let kit = |steps| rolled(one_track(playing("kit-808"), steps), 2);
    let (closed, open) = (at_pitches(&[42 - 60]), at_pitches(&[46 - 60]));
    let ringing = kit(vec![open.clone(), rest()]);
    let choked = kit(vec![open, closed.clone()]);
    let alone = kit(vec![rest(), closed]);
    let late = STEP + 200..STEP + 2_000;
    assert!(
        ringing.left[late.clone()]
            .iter()
            .any(|sample| sample.abs() > 1e-3)
    );
    for frame in late {
        assert!((choked.left[frame] - alone.left[frame]).abs() < 1e-6);
    }
}
