//! Every template's sound, as the server hands it out: as loud as music is, with room above, and
//! each of its rows another.

use lockstep_session::document::Document;
use lockstep_session::document::effects::Ceiling;
use lockstep_session::document::launch::Playing;
use lockstep_session::document::mixer::Level;
use lockstep_session::ids::SceneIndex;
use lockstep_session::units::Beat;
use lockstep_tests::hosts::Sound;
use lockstep_tests::measures::{loudness, peak};
use lockstep_tests::phrases::{sound_at, tracks_at};
use lockstep_tests::server::Server;
use std::sync::Arc;

/// Enough for the slowest of them to come round.
const BARS: f64 = 4.0;
/// In loudness units below full scale.
const QUIETEST: f64 = -20.0;
const LOUDEST: f64 = -12.0;
/// A track that is so much softer than the whole is not heard in it; a hat's tick weighs little.
const DROWNED: f64 = 28.0;
/// The limiter may round off a stray peak, and no more than that: in decibels above its ceiling.
const OVER: f64 = 2.0;

fn templates(server: &Server) -> Vec<(String, Document)> {
    let listed = server.get("/api/v1/templates", &[]).json();
    let names = listed["templates"].as_array().expect("templates").iter();
    let names = names.filter_map(|template| template["name"].as_str());
    names
        .filter(|name| *name != "empty")
        .map(|name| {
            let body = serde_json::json!({ "template": name }).to_string();
            let json = ("content-type", "application/json");
            let made = server.send("POST", "/api/v1/sessions", &[json], body.as_bytes());
            assert_eq!(made.status, 201, "{}", made.text());
            let session = server.read(made.json()["id"].as_str().expect("an id"));
            let document = serde_json::from_value(session["document"].clone());
            (name.to_owned(), document.expect("a document"))
        })
        .collect()
}

/// The rows that have a name: where they are, and the document as it plays them and stays there.
fn rows(document: &Document) -> impl Iterator<Item = (&str, SceneIndex, Document)> {
    let names = document.scenes.iter().map(|scene| scene.name.as_str());
    let rows = SceneIndex::all()
        .zip(names)
        .filter(|(_, name)| !name.is_empty());
    rows.map(|(scene, name)| (name, scene, row(document, scene)))
}

fn row(document: &Document, scene: SceneIndex) -> Document {
    let mut document = document.clone();
    for scene in &mut document.scenes {
        scene.follow = None;
    }
    for track in &mut document.tracks {
        Arc::make_mut(track).playing = Playing {
            clip: Some(scene),
            since: Beat::ZERO,
        };
    }
    document
}

fn tempo(document: &Document) -> f64 {
    document.timeline.tempo.beats_per_minute()
}

fn sound(document: &Document) -> Sound {
    sound_at(document, tempo(document), BARS * 4.0, 0.0)
}

/// How far above the ceiling it would go if nothing held it, in decibels.
fn over(document: &Document) -> f64 {
    let lowered = 200;
    let mut quiet = document.clone();
    quiet.master = Level::new(i64::from(document.master.get()) - lowered);
    quiet.effects.ceiling = Ceiling::MAX;
    let free = 20.0 * peak(&sound(&quiet)).log10()
        + f64::from(i32::try_from(lowered).expect("small")) / 10.0;
    free - f64::from(document.effects.ceiling.get()) / 10.0
}

#[test]
fn every_row_of_every_template_is_as_loud_as_music_and_hardly_limited() {
    let server = Server::start();
    let mut complaints = Vec::new();
    for (name, document) in templates(&server) {
        for (called, _, row) in rows(&document) {
            let (loud, over) = (loudness(&sound(&row)), over(&row));
            if !(QUIETEST..=LOUDEST).contains(&loud) || over > OVER {
                complaints.push(format!(
                    "{name}, {called}: {loud:.1} LUFS, {over:.1} dB over"
                ));
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn every_track_is_heard_beside_the_others() {
    let server = Server::start();
    let mut complaints = Vec::new();
    for (name, document) in templates(&server) {
        for (called, scene, row) in rows(&document) {
            let whole = loudness(&sound(&row));
            let alone = tracks_at(&row, tempo(&row), BARS * 4.0);
            for (track, alone) in row.tracks.iter().zip(&alone) {
                let pattern = row.pattern(track.id, scene).expect("a pattern");
                let below = whole - loudness(alone);
                if below > DROWNED && pattern.playing().any(|step| step.on) {
                    let track = &track.settings.name;
                    complaints.push(format!("{name}, {called}: {track} {below:.1} below"));
                }
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn no_two_rows_of_a_template_sound_alike() {
    let server = Server::start();
    for (name, document) in templates(&server) {
        let sounds: Vec<Sound> = rows(&document).map(|(.., row)| sound(&row)).collect();
        assert!(sounds.len() >= 2, "{name}");
        for (index, one) in sounds.iter().enumerate() {
            for other in &sounds[index + 1..] {
                assert!(one != other, "two rows of {name} sound alike");
            }
        }
    }
}
