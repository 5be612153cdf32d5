//! What the presets sound like, in numbers and, with `--sheet`, in pictures: `target/sound-sheet` then
//! holds one of each preset and one of each category.

use lockstep_engine::{Category, PRESETS, Preset};
use lockstep_tests::hosts::Sound;
use lockstep_tests::measures::{brightness, length, loudness, offset, peak};
use lockstep_tests::phrases::{BEATS, RATE, phrase, sound_of};
use lockstep_tests::picture::Picture;
use std::path::PathBuf;

/// Seconds that are heard after a phrase, and how many of them are drawn.
const RINGING: f64 = 16.0;
const DRAWN: usize = 48_000;
/// Quieter than this is silent, in loudness units below full scale.
const SILENT: f64 = -60.0;

fn main() {
    let folder = std::env::args().any(|word| word == "--sheet").then(folder);
    let drawn = played_frames() + DRAWN;
    let (mut silent, mut quietest, mut loudest) = (0, f64::MAX, f64::MIN);
    println!(
        "category  preset                    LUFS    peak dB      DC dB  bright Hz  silent after s"
    );
    for category in Category::ALL {
        let mut pictures = Vec::new();
        for preset in PRESETS.iter().filter(|preset| preset.category == category) {
            let mut sound = sound_of(&phrase(preset), BEATS, RINGING);
            let loudness = describe(preset, &sound);
            if loudness < SILENT {
                silent += 1;
            } else {
                quietest = loudness.min(quietest);
                loudest = loudness.max(loudest);
            }
            if let Some(folder) = &folder {
                sound.left.truncate(drawn);
                sound.right.truncate(drawn);
                let picture = Picture::of(&sound, preset.name, RATE);
                picture.save(&folder.join(format!("{}.png", preset.name)));
                pictures.push(picture);
            }
        }
        if let Some(folder) = &folder {
            let name = format!("all-{}.png", format!("{category:?}").to_lowercase());
            Picture::sheet(&pictures).save(&folder.join(name));
        }
    }
    if let Some(folder) = folder {
        println!("the pictures are in {}", folder.display());
    }
    let presets = PRESETS.len();
    println!(
        "{{\"presets\":{presets},\"silent\":{silent},\"quietest_lufs\":{quietest:.1},\"loudest_lufs\":{loudest:.1}}}"
    );
}

/// A line of the table. Gives how loud it is.
fn describe(preset: &Preset, sound: &Sound) -> f64 {
    let decibels = |level: f64| 20.0 * level.max(1e-9).log10();
    // As the tests measure it: the phrase without what rings on.
    let played = played_frames();
    let phrase = Sound::new(
        sound.left[..played].to_vec(),
        sound.right[..played].to_vec(),
        0,
    );
    let loudness = loudness(&phrase);
    let seconds = length(sound) as f64 / RATE;
    println!(
        "{:9} {:22} {loudness:7.1}  {:9.1}  {:9.1}  {:9.0}  {seconds:14.2}",
        format!("{:?}", preset.category).to_lowercase(),
        preset.name,
        decibels(peak(sound)),
        decibels(offset(sound)),
        brightness(sound, RATE),
    );
    loudness
}

/// How long a phrase is, at two beats a second.
fn played_frames() -> usize {
    let frames = format!("{:.0}", BEATS * RATE / 2.0);
    frames.parse().expect("a whole number")
}

fn folder() -> PathBuf {
    // The benchmark's own file is two folders inside of the target folder of whoever built it.
    let program = std::env::current_exe().expect("this program has a place");
    let target = program
        .ancestors()
        .nth(3)
        .expect("it lies in the target folder");
    let folder = target.join("sound-sheet");
    std::fs::create_dir_all(&folder).expect("a folder for the pictures");
    folder
}
