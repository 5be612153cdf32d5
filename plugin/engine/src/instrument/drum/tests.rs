//! How the drums sound, as numbers: every preset, and every corner of every parameter.

mod motion;

use super::*;
use crate::{
    dsp::{maths::count, tables::Tables},
    instrument::{CHUNK, Values},
};
use serde_json::Value;

const RATE: f32 = 48_000.0;

struct Preset {
    name: String,
    piece: Piece,
    values: Values,
}

fn piece(machine: &str) -> Option<Piece> {
    Some(match machine {
        "kick" => Piece::Kick,
        "snare" => Piece::Snare,
        "clap" => Piece::Clap,
        "hat" => Piece::Hat,
        "tom" => Piece::Tom,
        "rim" => Piece::Rim,
        "cowbell" => Piece::Cowbell,
        "cymbal" => Piece::Cymbal,
        "shaker" => Piece::Shaker,
        "conga" => Piece::Conga,
        _ => return None,
    })
}

fn amount(value: &Value) -> u16 {
    let amount = value.as_u64().and_then(|amount| u16::try_from(amount).ok());
    amount.expect("an amount is a whole number up to 10000")
}

fn parameter(name: &str, of: &str) -> Parameter {
    Parameter::from_name(name).unwrap_or_else(|| panic!("{of}: {name} is no parameter"))
}

fn presets() -> Vec<Preset> {
    let text = include_str!("../../../../../assets/presets/drums.json");
    let list: Vec<Value> = serde_json::from_str(text).expect("the presets are a list");
    list.iter().map(preset).collect()
}

fn preset(entry: &Value) -> Preset {
    let name = entry["name"].as_str().expect("a name").to_owned();
    let piece = piece(entry["machine"].as_str().expect("a machine")).expect("a drum machine");
    let heard = |named: &str| {
        let parameter = parameter(named, &name);
        let mut defaults = piece.defaults().iter();
        assert!(
            defaults.any(|(known, _)| *known == parameter),
            "{name}: a {piece:?} does not hear {named}"
        );
        parameter
    };
    let mut values = Values::new(piece.defaults());
    for (named, value) in entry["parameters"].as_object().expect("parameters") {
        values.set(heard(named), amount(value));
    }
    let macros = entry["macros"].as_array().expect("macros");
    assert!((2..=8).contains(&macros.len()), "{name}");
    for turned in macros {
        assert!(turned["label"].is_string(), "{name}: no label");
        let at = f64::from(amount(&turned["amount"])) / 10_000.0;
        for (named, range) in turned["targets"].as_object().expect("targets") {
            let (from, to) = (amount(&range[0]), amount(&range[1]));
            let value = f64::from(from) + (f64::from(to) - f64::from(from)) * at;
            let value = u16::try_from(count(libm::round(value))).expect("between two amounts");
            values.set(heard(named), value);
        }
    }
    Preset {
        name,
        piece,
        values,
    }
}

fn named(name: &str) -> Preset {
    let mut presets = presets().into_iter();
    presets
        .find(|preset| preset.name == name)
        .expect("it is there")
}

fn setting<'a>(values: &'a Values, tables: &'a Tables) -> Setting<'a> {
    Setting {
        rate: RATE,
        tables,
        values,
        sample: None,
        bend: 0.0,
    }
}

const STRIKE: Strike = Strike {
    pitch: 0.0,
    velocity: 1.0,
    seed: 7,
    from: None,
};

/// A note until it is over, at most for 20 seconds, cut into pieces of `cut` frames.
fn note(piece: Piece, values: &Values, strike: Strike, cut: usize) -> [Vec<f32>; 2] {
    let tables = Tables::new();
    let setting = setting(values, &tables);
    let mut drum = Drum::new();
    drum.choose(piece);
    drum.strike(&setting, strike);
    let mut channels = [Vec::new(), Vec::new()];
    while !drum.is_over() && channels[0].len() < 20 * 48_000 {
        let (mut left, mut right) = ([9.0; CHUNK], [9.0; CHUNK]);
        drum.render(&setting, &mut left[..cut], &mut right[..cut]);
        channels[0].extend_from_slice(&left[..cut]);
        channels[1].extend_from_slice(&right[..cut]);
    }
    channels
}

impl Preset {
    fn note(&self) -> [Vec<f32>; 2] {
        note(self.piece, &self.values, STRIKE, CHUNK)
    }
}

fn peak(signal: &[f32]) -> f32 {
    signal
        .iter()
        .fold(0.0, |peak: f32, value| peak.max(value.abs()))
}

fn energy(signal: &[f32]) -> f64 {
    signal.iter().map(|value| f64::from(value * value)).sum()
}

/// Where the middle of a spectrum lies, as what differences between frames add to a signal.
fn centre(signal: &[f32]) -> f64 {
    let slopes: Vec<f32> = signal.windows(2).map(|pair| pair[1] - pair[0]).collect();
    libm::sqrt(energy(&slopes) / energy(signal)) * f64::from(RATE) / core::f64::consts::TAU
}

/// How many times a second the signal goes from below zero to above.
fn hertz(signal: &[f32]) -> f64 {
    let ups: Vec<u32> = (0_u32..)
        .zip(signal.windows(2))
        .filter(|(_, pair)| pair[0] < 0.0 && pair[1] >= 0.0)
        .map(|(index, _)| index)
        .collect();
    let turns = f64::from(u32::try_from(ups.len() - 1).expect("few"));
    turns * f64::from(RATE) / f64::from(ups[ups.len() - 1] - ups[0])
}

fn steepest(signal: &[f32]) -> f32 {
    let slopes = signal.windows(2).map(|pair| (pair[1] - pair[0]).abs());
    slopes.fold(0.0, f32::max)
}

#[test]
fn every_preset_is_heard_at_once_as_loud_as_the_others_without_offset_and_ends() {
    for preset in presets() {
        let [left, right] = preset.note();
        let name = &preset.name;
        let loudest = peak(&left).max(peak(&right));
        assert!((0.3..0.8).contains(&loudest), "{name} peaks at {loudest}");
        assert!(left[0] != 0.0 || right[0] != 0.0, "{name} is late");
        let seconds = left.len() / 48_000;
        assert!(seconds < 6, "{name} takes {seconds} seconds");
        let length = f64::from(u32::try_from(left.len()).expect("short"));
        for channel in [&left, &right] {
            let sum: f64 = channel.iter().map(|value| f64::from(*value)).sum();
            assert!((sum / length).abs() < 0.000_5, "{name}: {}", sum / length);
            // The last few periods are what was left when nothing could be heard any more.
            assert!(peak(&channel[channel.len() - 32..]) < 5e-5, "{name}");
        }
    }
}

#[test]
fn a_drum_that_is_over_renders_exact_zeros_until_it_is_struck_again() {
    let preset = named("snare");
    let tables = Tables::new();
    let setting = setting(&preset.values, &tables);
    let mut drum = Drum::new();
    assert!(drum.is_over());
    drum.choose(Piece::Snare);
    drum.strike(&setting, STRIKE);
    let (mut left, mut right) = ([1.0; CHUNK], [1.0; CHUNK]);
    while !drum.is_over() {
        drum.render(&setting, &mut left, &mut right);
    }
    drum.render(&setting, &mut left, &mut right);
    assert_eq!((left, right), ([0.0; CHUNK], [0.0; CHUNK]));
    drum.strike(&setting, STRIKE);
    drum.render(&setting, &mut left, &mut right);
    assert!(!drum.is_over() && left[0] != 0.0);
}

#[test]
fn a_note_is_the_same_however_it_is_cut() {
    for preset in presets() {
        let whole = preset.note();
        for cut in [1, 7] {
            let pieces = note(preset.piece, &preset.values, STRIKE, cut);
            for (whole, pieces) in whole.iter().zip(&pieces) {
                let length = whole.len().min(pieces.len());
                let same = whole[..length]
                    .iter()
                    .zip(&pieces[..length])
                    .all(|(whole, piece)| whole.to_bits() == piece.to_bits());
                assert!(same, "{} in pieces of {cut}", preset.name);
                assert_eq!(peak(&whole[length..]), 0.0, "{}", preset.name);
            }
        }
    }
}

#[test]
fn the_same_seed_sounds_the_same_and_another_does_not() {
    for preset in [named("clap"), named("hat-808-open"), named("shaker")] {
        assert_eq!(preset.note(), preset.note());
        let other = Strike { seed: 8, ..STRIKE };
        let other = note(preset.piece, &preset.values, other, CHUNK);
        assert_ne!(preset.note(), other, "{}", preset.name);
    }
}

#[test]
fn a_kick_comes_to_rest_on_the_pitch_it_is_tuned_to() {
    let mut preset = named("kick-808");
    for (tune, expected) in [(2_500, 24.5), (5_000, 49.0), (7_500, 98.0)] {
        preset.values.set(Parameter::Tune, tune);
        let [left, _] = preset.note();
        let found = hertz(&left[4_800..24_000]);
        assert!(
            (found / expected - 1.0).abs() < 0.04,
            "{found} for {expected}"
        );
        let early = hertz(
            &left[..1_200]
                .iter()
                .chain(&left[..1])
                .copied()
                .collect::<Vec<_>>(),
        );
        assert!(early > expected * 1.2 || tune < 5_000, "{early} at first");
    }
}

#[test]
fn a_pitch_transposes_and_a_bend_bends() {
    let preset = named("tom-808-mid");
    let tail = |pitch: f32| {
        let strike = Strike { pitch, ..STRIKE };
        let [left, _] = note(preset.piece, &preset.values, strike, CHUNK);
        hertz(&left[7_200..16_000])
    };
    let (low, high) = (tail(0.0), tail(12.0));
    assert!((high / low - 2.0).abs() < 0.03, "{low} and {high}");
    assert!(tail(f32::NAN) == low);
}

#[test]
fn decay_is_how_long_it_takes_to_be_gone() {
    for (name, low, high) in [("kick-808", 0.07, 4.0), ("closed-hat", 0.02, 2.5)] {
        let mut preset = named(name);
        for (amount, share) in [(2_000, 0.2), (5_000, 0.5), (8_000, 0.8)] {
            preset.values.set(Parameter::Decay, amount);
            preset.values.set(Parameter::Hold, 0);
            let [left, _] = preset.note();
            let loudest = peak(&left);
            let last = left.iter().rposition(|value| value.abs() > loudest * 0.001);
            let last = f64::from(u32::try_from(last.expect("it sounds")).expect("short"));
            let expected: f64 = low * libm::pow(high / low, share);
            let found = last / f64::from(RATE) / expected;
            assert!((0.75..1.2).contains(&found), "{name} at {amount}: {found}");
        }
    }
}

#[test]
fn hats_are_brighter_than_snares_and_those_than_kicks() {
    let centre_of = |name: &str| centre(&named(name).note()[0]);
    for kit in ["808", "909", "dust", "steel"] {
        let either = |piece: &str, after: &str| {
            let preset = match kit {
                "808" | "909" if !after.is_empty() => format!("{piece}-{kit}{after}"),
                _ => format!("{piece}-{kit}{after}"),
            };
            centre_of(&preset)
        };
        let (hat, snare, kick) = (
            either("hat", "-closed"),
            either("snare", ""),
            either("kick", ""),
        );
        assert!(
            hat > snare * 1.2 && snare > kick * 3.0,
            "{hat}, {snare}, {kick}"
        );
    }
    assert!(centre_of("closed-hat") > centre_of("snare") * 1.5);
}

#[test]
fn a_softer_stroke_is_quieter_and_duller() {
    for preset in presets() {
        let loud = &preset.note()[0];
        let strike = Strike {
            velocity: 0.3,
            ..STRIKE
        };
        let soft = &note(preset.piece, &preset.values, strike, CHUNK)[0];
        let name = &preset.name;
        let ratio = peak(soft) / peak(loud);
        assert!((0.03..0.4).contains(&ratio), "{name}: {ratio}");
        assert!(centre(soft) < centre(loud), "{name} gets no duller");
    }
}

#[test]
fn width_leaves_the_middle_in_front() {
    let mut preset = named("clap-wide");
    let [left, right] = preset.note();
    let half: Vec<f32> = left
        .iter()
        .zip(&right)
        .map(|(left, right)| left - right)
        .collect();
    let sum: Vec<f32> = left
        .iter()
        .zip(&right)
        .map(|(left, right)| left + right)
        .collect();
    let share = energy(&half) / energy(&sum);
    assert!((0.05..0.8).contains(&share), "{share}");
    preset.values.set(Parameter::Spread, 0);
    let [left, right] = preset.note();
    assert_eq!(left, right);
}

#[test]
fn every_kit_is_complete_and_made_of_presets_there_are() {
    let text = include_str!("../../../../../assets/presets/kits.json");
    let kits: Vec<Value> = serde_json::from_str(text).expect("the kits are a list");
    let presets = presets();
    assert!(kits.len() >= 4);
    for kit in &kits {
        let pieces = kit["pieces"].as_array().expect("pieces");
        assert!(pieces.len() <= 16);
        let of = |note: u64| {
            let mut pieces = pieces.iter();
            let piece = pieces.find(|piece| piece["note"] == note);
            piece.unwrap_or_else(|| panic!("{} has nothing on {note}", kit["name"]))
        };
        for note in [36, 37, 38, 39, 41, 42, 44, 45, 46, 48, 49, 51, 56, 63, 70] {
            let preset = of(note)["preset"].as_str().expect("a name");
            assert!(presets.iter().any(|known| known.name == preset), "{preset}");
        }
        let choke = &of(42)["choke"];
        assert!(choke != 0 && choke == &of(44)["choke"] && choke == &of(46)["choke"]);
    }
}
