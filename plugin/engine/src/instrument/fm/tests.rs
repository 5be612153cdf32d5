//! What a note of four operators is held to.

use super::*;
use crate::instrument::testing::{self, Bench};

fn bench(settings: &[(Parameter, u16)]) -> Bench {
    Bench::new(48_000.0, DEFAULTS, settings)
}

/// The place of an algorithm's number on its parameter.
fn algorithm(number: u16) -> (Parameter, u16) {
    (Parameter::Algorithm, number * 1_250 + 600)
}

const PLAIN: [(Parameter, u16); 5] = [
    (Parameter::Depth, 0),
    (Parameter::SecondMix, 0),
    (Parameter::Brightness, 0),
    (Parameter::Sustain, 10_000),
    (Parameter::Spread, 0),
];

#[test]
fn one_operator_is_a_pure_tone_of_its_pitch() {
    for note in [-36.0, -12.0, 0.0, 24.0, 48.0] {
        let sound = bench(&PLAIN).note(Fm::default(), note, 1.0, 48_000);
        let wanted = 261.625_565 * libm::exp2(f64::from(note) / 12.0);
        let tone = &sound.left[9_600..];
        assert!(testing::cents_between(tone, 48_000.0, wanted).abs() < 0.1);
        let own = testing::strength(tone, 48_000.0, wanted);
        for harmonic in [2.0, 3.0, 5.0] {
            let other = testing::strength(tone, 48_000.0, wanted * harmonic);
            assert!(other < own * 1e-4, "{other} of {own} at {harmonic}");
        }
    }
}

#[test]
fn an_operator_that_moves_another_makes_sidebands_as_bessel_says() {
    // An index of one radian.
    let depth = libm::sqrt(1.0 / core::f64::consts::TAU / 1.9);
    let depth = u16::try_from(crate::dsp::maths::count(depth * 1e4)).expect("a share");
    let settings = [
        algorithm(0),
        (Parameter::Depth, depth),
        (Parameter::Ratio, 3_800),
        (Parameter::FilterAmount, 0),
        (Parameter::Snap, 0),
        (Parameter::SecondMix, 0),
        (Parameter::Brightness, 0),
        (Parameter::Sustain, 10_000),
    ];
    let sound = bench(&settings).note(Fm::default(), 0.0, 1.0, 96_000);
    let at =
        |turns: f64| testing::strength(&sound.left[48_000..], 48_000.0, 261.625_565 * turns) / 0.45;
    for (harmonic, bessel) in [(1.0, 0.7652), (4.0, 0.4401), (2.0, 0.4401), (7.0, 0.1149)] {
        assert!(
            (at(harmonic) - bessel).abs() < 0.01,
            "{harmonic}: {}",
            at(harmonic)
        );
    }
}

#[test]
fn what_would_fold_down_is_held_back() {
    for number in 0..8 {
        for note in [12.0, 36.0, 48.0] {
            let settings = [
                algorithm(number),
                (Parameter::Depth, 10_000),
                (Parameter::Brightness, 10_000),
                (Parameter::SecondMix, 10_000),
                (Parameter::Feedback, 10_000),
                (Parameter::FilterAmount, 0),
                (Parameter::Snap, 0),
                (Parameter::Detune, 0),
                (Parameter::Ratio, 2_600),
                (Parameter::Sustain, 10_000),
            ];
            let sound = bench(&settings).note(Fm::default(), note, 1.0, 60_000);
            let tone = &sound.left[12_000..];
            let base = 261.625_565 * libm::exp2(f64::from(note) / 12.0);
            let own = (1..20)
                .map(|harmonic| testing::strength(tone, 48_000.0, base * f64::from(harmonic)))
                .fold(0.0, f64::max);
            // Between the harmonics there is nothing but what was folded.
            for place in [0.5, 1.3, 2.6, 3.45] {
                let other = testing::strength(tone, 48_000.0, base * place);
                let decibels = 20.0 * libm::log10(other / own);
                assert!(
                    decibels < -50.0,
                    "{decibels} dB at {place} of {note} by {number}"
                );
            }
        }
    }
}

#[test]
fn it_ends_in_exact_silence_and_has_no_offset() {
    for number in 0..8 {
        let settings = [algorithm(number), (Parameter::Feedback, 6_000)];
        let sound = bench(&settings).held(Fm::default(), 0.0, 48_000, 192_000);
        assert!(sound.is_over && sound.length() > 48_000);
        let mean = sound.left[..48_000].iter().sum::<f32>() / 48_000.0;
        assert!(mean.abs() < 5e-4, "an offset of {mean} by {number}");
        let peak = testing::peak(&sound.left);
        assert!((0.2..0.9).contains(&peak), "a peak of {peak} by {number}");
    }
}

#[test]
fn slid_steered_and_joined_anew_it_never_clicks() {
    for number in 0..8 {
        let settings = [
            algorithm(number),
            (Parameter::Depth, 1_000),
            (Parameter::SecondMix, 1_500),
            (Parameter::Brightness, 1_000),
            (Parameter::Ratio, 1_000),
            (Parameter::SecondTune, 1_000),
            (Parameter::Tone, 1_000),
        ];
        let sound = bench(&settings).storm(Fm::default(), 60_000);
        let jump = testing::largest_jump(&sound.left);
        // As steep as a tone of 800 Hz, which the wandering tuning and the wheel come close to.
        assert!(jump < 0.05, "a jump of {jump} by {number}");
    }
}

#[test]
fn an_algorithm_changes_without_a_click() {
    let bench = bench(&[algorithm(7), (Parameter::Ratio, 1_000)]);
    let setting = bench.setting();
    let mut note = Fm::default();
    note.strike(&setting, testing::strike(-12.0, 1.0));
    let (mut left, mut right) = (vec![0.0; 4_800], vec![0.0; 4_800]);
    note.render(&setting, &mut left, &mut right);
    let own = testing::largest_jump(&left);
    let mut moved = *setting.values;
    moved.set(Parameter::Algorithm, 6_800);
    let mut setting = setting;
    setting.values = &moved;
    note.steer(&setting);
    note.render(&setting, &mut left, &mut right);
    assert!(testing::largest_jump(&left) < 1.5 * own);
    assert!(testing::peak(&left[2_400..]) > 0.1);
}

#[test]
fn it_sounds_the_same_however_it_is_cut_and_stays_sane_at_any_setting() {
    for number in 0..8 {
        let bench = bench(&[algorithm(number), (Parameter::Feedback, 5_000)]);
        bench.assert_same_however_cut(Fm::default);
        bench.assert_sane_at_any_setting(Fm::default);
    }
}
