//! How the drums sound, as numbers: every preset, and every corner of every parameter.

use super::*;
use crate::{dsp::tables::Tables, instrument::CHUNK};
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
            let value = u16::try_from(count(value.round())).expect("between two amounts");
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
    let tables = Tables {};
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

fn fft(re: &mut [f64], im: &mut [f64]) {
    let n = re.len();
    let mut j = 0;
    for i in 1..n {
        let mut bit = n >> 1;
        while j & bit != 0 {
            j ^= bit;
            bit >>= 1;
        }
        j |= bit;
        if i < j {
            re.swap(i, j);
            im.swap(i, j);
        }
    }
    let mut len = 2;
    while len <= n {
        let ang = -std::f64::consts::TAU / len as f64;
        for i in (0..n).step_by(len) {
            for k in 0..len / 2 {
                let (s, c) = (ang * k as f64).sin_cos();
                let (ur, ui) = (re[i + k], im[i + k]);
                let (vr, vi) = (
                    re[i + k + len / 2] * c - im[i + k + len / 2] * s,
                    re[i + k + len / 2] * s + im[i + k + len / 2] * c,
                );
                re[i + k] = ur + vr;
                im[i + k] = ui + vi;
                re[i + k + len / 2] = ur - vr;
                im[i + k + len / 2] = ui - vi;
            }
        }
        len <<= 1;
    }
}
#[test]
fn look() {
    println!(
        "{:18} {:>5} {:>6} {:>6} {:>7} {:>6} {:>6} {:>7} {:>7} | energy dB in 20-120 -350 -1k -3k -8k -20k | env dB at 5 20 50 100 200 400 800ms",
        "name", "peak", "rms50", "t20ms", "t60ms", "endms", "cent", "dc dB", "first"
    );
    for p in presets() {
        let [l, r] = p.note();
        let mono: Vec<f32> = l.iter().zip(&r).map(|(a, b)| (a + b) * 0.5).collect();
        let peak = l.iter().chain(&r).fold(0f32, |m, v| m.max(v.abs()));
        let e = |a: usize, b: usize| {
            let s = &mono[a.min(mono.len())..b.min(mono.len())];
            if s.is_empty() {
                0.0
            } else {
                (s.iter().map(|v| (v * v) as f64).sum::<f64>() / s.len() as f64).sqrt()
            }
        };
        let rms50 = 20.0 * e(0, 2400).log10();
        let win = |k: usize| e(k * 240, k * 240 + 240);
        let top = (0..mono.len() / 240).map(win).fold(0.0, f64::max);
        let last = |db: f64| {
            (0..mono.len() / 240 + 1)
                .rev()
                .find(|k| win(*k) > top * 10f64.powf(-db / 20.0))
                .unwrap_or(0)
                * 5
        };
        let n = 32768;
        let mut re = vec![0.0; n];
        let mut im = vec![0.0; n];
        for (i, v) in mono.iter().take(n).enumerate() {
            re[i] = *v as f64;
        }
        fft(&mut re, &mut im);
        let hz = 48000.0 / n as f64;
        let mut b = [0.0f64; 6];
        let edges = [120.0, 350.0, 1000.0, 3000.0, 8000.0, 24000.0];
        let (mut a, mut c) = (0.0, 0.0);
        for k in 1..n / 2 {
            let f = k as f64 * hz;
            let m = re[k] * re[k] + im[k] * im[k];
            let q = edges.iter().position(|x| f < *x).unwrap_or(5);
            b[q] += m;
            a += m.sqrt() * f;
            c += m.sqrt();
        }
        let tot: f64 = b.iter().sum();
        let dc = mono.iter().map(|v| *v as f64).sum::<f64>() / mono.len() as f64;
        let env: Vec<String> = [5usize, 20, 50, 100, 200, 400, 800]
            .iter()
            .map(|ms| format!("{:4.0}", 20.0 * (win(ms / 5) / top).max(1e-6).log10()))
            .collect();
        println!(
            "{:18} {:5.2} {:6.1} {:6} {:7} {:6} {:6.0} {:7.1} {:7.4} | {} | {}",
            p.name,
            peak,
            rms50,
            last(20.0),
            last(60.0),
            mono.len() / 48,
            a / c,
            20.0 * dc.abs().max(1e-9).log10(),
            mono[0],
            b.iter()
                .map(|x| format!("{:4.0}", 10.0 * (x / tot).max(1e-9).log10()))
                .collect::<Vec<_>>()
                .join(" "),
            env.join(" ")
        );
        if let Ok(dir) = std::env::var("DRUMDIR") {
            let bytes: Vec<u8> = l
                .iter()
                .zip(&r)
                .flat_map(|(a, b)| [a.to_le_bytes(), b.to_le_bytes()].concat())
                .collect();
            std::fs::write(format!("{dir}/{}.f32", p.name), bytes).unwrap();
        }
    }
}
