//! One engine, one sound: the same piece gives the same bits on every machine that plays it.

use lockstep_engine::{PRESETS, Score};
use lockstep_session::document::Document;
use lockstep_tests::hosts::Sound;
use lockstep_tests::scenario::{Change, Scenario, Take, assert_same_bits};
use serde_json::{Value, json};
use std::sync::LazyLock;

/// What all the others are compared with: rendered once for all tests.
static REFERENCE: LazyLock<Sound> = LazyLock::new(|| {
    let sound = piece().native(64);
    assert!(!sound.is_silent(), "there is something to compare");
    sound
});

const TAKE: u8 = 7;
/// A whole number of blocks of 128 and of 192, so that a browser can change something here.
const GRID: usize = 384;

/// Every preset there is, in turns of fifteen beside one sampled track, and everything else that can
/// happen to an engine.
fn piece() -> Scenario {
    let roll = |beat, tempo, looped| Change::Roll {
        beat,
        tempo,
        looped,
    };
    let names: Vec<&str> = PRESETS.iter().map(|preset| preset.name).collect();
    let turns: Vec<&[&str]> = names.chunks(15).collect();
    let length = GRID * 60;
    let mut piece = Scenario::new(48_000.0, length * (turns.len() + 1)).at(0, Change::Take(take()));
    for (turn, presets) in turns.into_iter().enumerate() {
        let score = Score::compile(&document(presets, turn)).bytes().to_vec();
        let start = turn * length;
        let looped = turn % 2 == 1;
        piece = piece
            .at(start, Change::Score(score))
            .at(start + GRID, roll(0.0, 123.4, None))
            .at(
                start + GRID * 30,
                roll(2.0, 181.0, looped.then_some((2.0, 2.6))),
            );
    }
    piece.at(length * names.len().div_ceil(15), Change::Stop)
}

/// Tracks with these presets and a sampled one, all with every kind of step there is, in a mix that
/// uses everything.
fn document(presets: &[&str], turn: usize) -> Document {
    let id = format!("{TAKE:02x}").repeat(32);
    let sources = presets.iter().map(|name| json!({ "preset": name }));
    let sources = sources.chain([json!({ "sample": id })]);
    let tracks = sources
        .enumerate()
        .map(|(number, source)| track(number, source, &id));
    let document = json!({
        "swing": 30,
        "fill": turn.is_multiple_of(2),
        "effects": {
            "reverb_decay": 300, "delay_time": 9, "delay_feedback": 60, "chorus_mix": 50, "compressor": 60,
            "duck_by": 1, "duck_depth": 70, "ceiling": -20,
        },
        "tracks": tracks.collect::<Vec<_>>(),
    });
    serde_json::from_value(document).expect("a document")
}

fn track(number: usize, source: Value, sample: &str) -> Value {
    let filters = ["off", "low-pass", "high-pass"];
    let modes = ["off", "scale", "chord"];
    let lengths = ["eighth", "sixteenth", "sixteenth-triplet", "thirty-second"];
    let steps = (0..16).map(|place| step(number, place)).collect::<Vec<_>>();
    let pattern = json!({ "content": { "pattern": { "length": 9 + number % 8, "steps": steps } } });
    let audio = json!({ "content": { "loop": { "sample": sample, "bars": 1 } } });
    let none = Value::Null;
    json!({
        "id": number + 1,
        "settings": {
            "instrument": { "source": source },
            "level": -60,
            "pan": number * 13 % 200,
            "swing": 10,
            "step_length": lengths[number % 4],
            "reverb_send": 20 + number,
            "delay_send": 30,
            "filter": { "kind": filters[number % 3], "corner": 6_000, "resonance": 40 },
            "drive": number * 7 % 60,
            "choke": number % 5,
            "scale_mode": modes[number % 3],
        },
        "clips": [pattern, audio, none, none, none, none, none, none],
        // The sampled track goes over to its loop in the second beat.
        "queued": (number == 15).then(|| json!({ "clip": 1, "at": 1_000_000 })),
    })
}

fn step(track: usize, place: usize) -> Value {
    let nudges = [0, -20, 35];
    let pitches = [vec![0], vec![-12, 3], vec![0, 4, 7]];
    let conditions = [
        json!("always"),
        json!({ "every": [1, 2] }),
        json!("first"),
        json!("fill"),
    ];
    json!({
        "on": (place * 5 + track) % 3 != 1,
        "velocity": 40 + (place * 17 + track * 7) % 88,
        "pitches": pitches[(place + track) % 3],
        "chance": if place % 5 == 2 { 60 } else { 100 },
        "condition": conditions[if place % 4 == 3 { track % 4 } else { 0 }],
        "ratchet": if place % 6 == 4 { 3 } else { 1 },
        "nudge": nudges[place % 3],
        "tie": place % 7 == 5,
        "gate": 20 + place * 5,
        "locks": if place.is_multiple_of(2) {
            json!({ "macro1": place * 600, "macro2": 9_000 - track * 500, "cutoff": 4_000, "pan": place * 600 })
        } else {
            json!({})
        },
    })
}

/// A second of something that is never the same.
fn take() -> Take {
    let channel = |seed: u32| {
        let numbers = std::iter::successors(Some(seed), |last| {
            Some(last.wrapping_mul(1_664_525).wrapping_add(1_013_904_223))
        });
        let numbers = numbers.map(|number| i16::from_be_bytes([number.to_be_bytes()[0], 77]));
        numbers
            .map(|number| f32::from(number) / 65_536.0)
            .take(44_100)
            .collect()
    };
    Take {
        key: [TAKE; 8],
        rate: 44_100.0,
        channels: vec![channel(1), channel(2)],
    }
}

#[test]
fn blocks_of_any_size_give_the_same_bits() {
    for block in [1, 17, 441, 512, 4096] {
        let what = format!("blocks of {block}");
        assert_same_bits(&REFERENCE, &piece().native(block), &what);
    }
}

#[test]
fn a_host_that_flushes_tiny_numbers_to_zero_changes_no_bit() {
    let found = piece().native_flushing_to_zero(512);
    assert_same_bits(&REFERENCE, &found, "flush to zero");
}

#[test]
fn wasm_in_an_interpreter_gives_the_same_bits() {
    assert_same_bits(&REFERENCE, &piece().wasm(128), "wasm");
}

#[test]
fn the_audio_thread_of_a_browser_gives_the_same_bits() {
    for block in [128, 192] {
        let what = format!("the browser in blocks of {block}");
        assert_same_bits(&REFERENCE, &piece().browser(block), &what);
    }
}
