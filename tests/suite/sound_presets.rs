//! Every preset's sound: as loud as its kind, without an offset, silent in the end, and the same as
//! it was.

use lockstep_engine::{Category, PRESETS, Preset};
use lockstep_session::document::Document;
use lockstep_session::ids::SampleId;
use lockstep_tests::conditions;
use lockstep_tests::measures::{loudness, offset};
use lockstep_tests::phrases::{BEATS, phrase, sound_of};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

/// Seconds that anything may ring on.
const RINGING: f64 = 16.0;
/// How far a preset's loudness may be from its kind's.
const NEAR: f64 = 2.0;
const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/golden/sounds.txt");

/// How loud the sounds of a kind are, in loudness units below full scale. Drums are as loud as they
/// stand in a beat: a hat is no kick.
fn target(preset: &Preset) -> f64 {
    match preset.category {
        Category::Drums => drum_target(preset),
        Category::Kits => -19.0,
        Category::Bass => -19.0,
        Category::Keys => -20.0,
        Category::Leads | Category::Plucks | Category::Mallets => -21.0,
        Category::Pads => -22.0,
        Category::Fx => -24.0,
    }
}

fn drum_target(preset: &Preset) -> f64 {
    const MIDDLE_C: u8 = 60;
    let drum = preset.general_midi(MIDDLE_C);
    match drum.expect("a single drum is one of General MIDI's") {
        KICK => -21.0,
        // Snare and clap, toms and congas, and what rings on.
        SNARE | CLAP | 41 | 43 | 45 | 47 | 48 | 50 | 62..=64 | CRASH | RIDE | OPEN_HAT => -25.0,
        // Closed hats, rims, cowbells and shakers.
        _ => -29.0,
    }
}

const KICK: u8 = 36;
const SNARE: u8 = 38;
const CLAP: u8 = 39;
const OPEN_HAT: u8 = 46;
const CRASH: u8 = 49;
const RIDE: u8 = 51;

fn all(check: impl Fn(&Preset) -> Result<(), String>) {
    let complaints: Vec<String> = PRESETS
        .iter()
        .filter_map(|preset| Some(format!("{}: {}", preset.name, check(preset).err()?)))
        .collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn presets_of_a_kind_are_equally_loud() {
    all(|preset| {
        // Clicks are there to be found, not to be played.
        if preset.name == "click" {
            return Ok(());
        }
        let loudness = loudness(&sound_of(&phrase(preset), BEATS, 0.0));
        let off = target(preset) - loudness;
        if off.abs() <= NEAR {
            Ok(())
        } else {
            Err(format!(
                "{loudness:.1} LUFS; its trim is {:+.0} off",
                off * 10.0
            ))
        }
    });
}

#[test]
fn presets_have_no_offset_and_end_in_exact_silence() {
    all(|preset| {
        let sound = sound_of(&phrase(preset), BEATS, RINGING);
        let offset = offset(&sound);
        if offset > 0.001 {
            return Err(format!("an offset of {offset:.5}"));
        }
        let end = sound.frames() - 4_800;
        let rings = sound.left[end..].iter().chain(&sound.right[end..]);
        match rings.into_iter().find(|sample| **sample != 0.0) {
            Some(sample) => Err(format!("it still rings at {sample:e}")),
            None => Ok(()),
        }
    });
}

/// One line each. To take the sounds as they are now for right, run `cargo xtask bless`.
#[test]
fn nothing_sounds_different_from_before() {
    let presets = PRESETS.iter().map(|preset| (preset.name, phrase(preset)));
    let documents: BTreeMap<&str, Document> = presets.chain(conditions::all()).collect();
    let mut found = String::new();
    for (name, document) in &documents {
        let sound = sound_of(document, BEATS, 1.0);
        let samples = sound.left.iter().chain(&sound.right);
        let bytes: Vec<u8> = samples.flat_map(|sample| sample.to_le_bytes()).collect();
        let _ = writeln!(found, "{name} {}", &SampleId::of(&bytes).hex()[..16]);
    }
    let hashes: BTreeSet<&str> = found
        .lines()
        .filter_map(|line| line.rsplit(' ').next())
        .collect();
    assert_eq!(
        hashes.len(),
        documents.len(),
        "two of these sound alike:\n{found}"
    );
    if std::env::var_os("LOCKSTEP_BLESS").is_some() {
        std::fs::write(Path::new(GOLDEN), &found).expect("the sounds are written");
    }
    let golden = std::fs::read_to_string(Path::new(GOLDEN)).expect("the sounds are there");
    let different: Vec<&str> = found
        .lines()
        .filter(|line| !golden.lines().any(|known| known == *line))
        .collect();
    assert!(
        different.is_empty() && found.lines().count() == golden.lines().count(),
        "these sound different or are new: {different:?}"
    );
}
