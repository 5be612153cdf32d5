//! Every template is legal, in its scale, and of presets that there are.

use super::*;
use lockstep_engine::Preset;
use lockstep_session::document::instrument::Source;
use lockstep_session::document::track::Track;
use std::collections::BTreeSet;

fn sounding() -> impl Iterator<Item = (&'static str, Document)> {
    TEMPLATES
        .iter()
        .filter(|template| template.name != "empty")
        .map(|template| (template.name, template.document("Fuzzy Penguin")))
}

fn preset(track: &Track) -> &'static Preset {
    let Source::Preset(name) = &track.settings.instrument.source else {
        panic!("{} plays no preset", track.settings.name);
    };
    Preset::find(name).unwrap_or_else(|| panic!("there is no {name}"))
}

#[test]
fn every_template_has_a_name_of_its_own_and_words_for_people() {
    let names: BTreeSet<&str> = TEMPLATES.iter().map(|template| template.name).collect();
    assert_eq!(names.len(), TEMPLATES.len());
    for template in &TEMPLATES {
        assert_eq!(
            Template::find(template.name).map(|found| found.title),
            Some(template.title)
        );
        assert!(template.description.ends_with('.'), "{}", template.name);
    }
    assert!(Template::find("polka").is_none());
    assert!(
        Template::find("empty")
            .unwrap()
            .document("x")
            .tracks
            .is_empty()
    );
}

#[test]
fn every_template_is_a_legal_document_with_two_to_four_named_rows() {
    for (name, document) in sounding() {
        assert_eq!(document.clone().admitted(), Ok(document.clone()), "{name}");
        let named = document
            .scenes
            .iter()
            .filter(|scene| !scene.name.is_empty());
        let rows = named.count();
        assert!((2..=4).contains(&rows), "{name} has {rows} rows");
        for track in &document.tracks {
            let filled = track.filled_slots();
            assert_eq!(filled.len(), rows, "{name}: {}", track.settings.name);
            preset(track);
        }
    }
}

#[test]
fn every_note_of_a_template_lies_in_its_own_scale_and_in_reach() {
    for (name, document) in sounding() {
        let harmony = document.harmony.latest();
        for track in document
            .tracks
            .iter()
            .filter(|track| !preset(track).is_percussion())
        {
            let patterns = track
                .clips
                .iter()
                .flatten()
                .filter_map(|clip| clip.as_pattern());
            for step in patterns
                .flat_map(|pattern| pattern.playing())
                .filter(|step| step.on)
            {
                for pitch in step.pitches.iter().map(|pitch| i32::from(pitch.get())) {
                    assert!(
                        harmony.in_scale(pitch),
                        "{name}: {} {pitch}",
                        track.settings.name
                    );
                    // A note further out would have been brought in, and be another.
                    assert!(pitch.abs() < 24, "{name}: {} {pitch}", track.settings.name);
                }
            }
        }
    }
}
