//! Drums while they are turned: nothing clicks, nothing gets too loud.

use super::*;
use crate::dsp::noise::Noise;

/// A note that is steered from one set of values to others and back, every so often.
fn steered(piece: Piece, sets: [&Values; 2]) -> Vec<f32> {
    let tables = Tables::new();
    let mut drum = Drum::new();
    drum.choose(piece);
    drum.strike(&setting(sets[0], &tables), STRIKE);
    let mut heard = Vec::new();
    for round in 0..200 {
        let values = sets[round / 20 % 2];
        let setting = setting(values, &tables);
        if round % 20 == 0 && round > 0 {
            drum.steer(&setting);
        }
        let (mut left, mut right) = ([0.0; CHUNK], [0.0; CHUNK]);
        drum.render(&setting, &mut left, &mut right);
        heard.extend_from_slice(&left);
    }
    heard
}

#[test]
fn turning_a_parameter_does_not_click() {
    for name in ["kick-808", "tom-low", "conga"] {
        let mut first = named(name);
        // What is noise by itself would hide a click.
        first.values.set(Parameter::Noise, 0);
        first.values.set(Parameter::Decay, 9_000);
        for (parameter, _) in first.piece.defaults() {
            if matches!(parameter, Parameter::Noise | Parameter::Algorithm) {
                continue;
            }
            let mut second = first.values;
            let lower = if *parameter == Parameter::Tune {
                4_000
            } else {
                1_000
            };
            let upper = if *parameter == Parameter::Tune {
                6_000
            } else {
                9_000
            };
            first.values.set(*parameter, lower);
            second.set(*parameter, upper);
            // After the stroke itself.
            let own = [first.values, second].map(|values| {
                let still = steered(first.piece, [&values, &values]);
                steepest(&still[1_200..])
            });
            let own = own[0].max(own[1]);
            let turned = steered(first.piece, [&first.values, &second]);
            let turned = steepest(&turned[1_200..]);
            assert!(
                turned < own * 1.3 + 0.001,
                "{name} {parameter:?}: {turned} over {own}"
            );
            first.values = named(name).values;
            first.values.set(Parameter::Noise, 0);
            first.values.set(Parameter::Decay, 9_000);
        }
    }
}

#[test]
fn a_slide_arrives_without_a_jump() {
    let mut preset = named("kick-808");
    preset.values.set(Parameter::Decay, 9_000);
    let tables = Tables::new();
    for glide in [0, 5_000] {
        preset.values.set(Parameter::Glide, glide);
        let setting = setting(&preset.values, &tables);
        let mut drum = Drum::new();
        drum.choose(Piece::Kick);
        drum.strike(&setting, STRIKE);
        let mut heard = Vec::new();
        for round in 0..600 {
            if round == 150 {
                drum.slide(&setting, 12.0);
            }
            let (mut left, mut right) = ([0.0; CHUNK], [0.0; CHUNK]);
            drum.render(&setting, &mut left, &mut right);
            heard.extend_from_slice(&left);
        }
        assert!(steepest(&heard[4_800..]) < 0.5 * 98.0 * 6.3 / RATE * 1.1);
        let (before, after) = (hertz(&heard[4_800..9_600]), hertz(&heard[24_000..]));
        assert!((after / before - 2.0).abs() < 0.08, "{before} to {after}");
    }
}

#[test]
fn no_corner_of_the_parameters_is_too_loud_or_endless() {
    let mut noise = Noise::new(99);
    let tables = Tables::new();
    let pieces = [
        Piece::Kick,
        Piece::Snare,
        Piece::Clap,
        Piece::Hat,
        Piece::Tom,
        Piece::Rim,
        Piece::Cowbell,
        Piece::Cymbal,
        Piece::Shaker,
        Piece::Conga,
    ];
    let mut drum = Drum::new();
    for round in 0..600_usize {
        let mut values = Values::new(&[]);
        let mut shuffle = |values: &mut Values| {
            for parameter in Parameter::ALL {
                let bits = noise.bits();
                let amount = match bits % 3 {
                    0 => 0,
                    1 => 10_000,
                    _ => u16::try_from(bits >> 16).expect("sixteen bits") % 10_001,
                };
                values.set(parameter, amount);
            }
        };
        shuffle(&mut values);
        let rate = [48_000.0, 8_000.0, 192_000.0][round % 3];
        let piece = pieces[round % pieces.len()];
        drum.choose(piece);
        let bend = [0.0, f32::NAN, 48.0, -48.0][round % 4];
        let pitch = [0.0, 60.0, -60.0, f32::INFINITY][round / 4 % 4];
        drum.strike(
            &Setting {
                rate,
                bend,
                ..setting(&values, &tables)
            },
            Strike { pitch, ..STRIKE },
        );
        for chunk in 0..120 {
            if chunk % 30 == 29 {
                shuffle(&mut values);
                drum.steer(&Setting {
                    rate,
                    bend,
                    ..setting(&values, &tables)
                });
            }
            let (mut left, mut right) = ([0.0; CHUNK], [0.0; CHUNK]);
            let setting = Setting {
                rate,
                bend,
                ..setting(&values, &tables)
            };
            drum.render(&setting, &mut left, &mut right);
            let fine = left.iter().chain(&right).all(|value| value.abs() < 4.0);
            assert!(fine, "{piece:?} in round {round}");
        }
    }
}
