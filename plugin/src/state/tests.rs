//! Projects as other machines, other versions and broken disks hand them over.

use super::*;
use crate::bridge::{AudioEnds, Bridge, Delivery};
use crate::house::House;
use lockstep_engine::SampleKey;
use lockstep_offline::{Depth, Wav};
use lockstep_session::document::instrument::{Instrument, Source};
use lockstep_session::document::track::{Track, TrackSettings};
use lockstep_session::ids::TrackId;
use nice_plug::params::persist::PersistentField;
use serde_json::{Value, json};
use std::io::Cursor;

struct Project {
    session: Arc<SavedSession>,
    audio: AudioEnds,
}

impl Project {
    fn empty() -> Self {
        let bridge = Bridge::in_house(Arc::new(House::open(None)));
        Self {
            session: bridge.session,
            audio: bridge.audio,
        }
    }

    fn save(&self) -> String {
        PersistentField::map(&self.session, |state: &SavedState| {
            serde_json::to_string(state).unwrap()
        })
    }

    /// As the framework does it: what cannot be read is not set.
    fn load(&self, text: &str) {
        if let Ok(state) = serde_json::from_str(text) {
            PersistentField::set(&self.session, state);
        }
    }

    fn name(&self) -> String {
        let (_, state) = self.session.current();
        state.document.name.to_string()
    }

    fn delivered(&mut self) -> Vec<SampleKey> {
        let next = || match self.audio.delivery()? {
            Delivery::Keep(sample) => Some(sample.key()),
            Delivery::Drop(_) => None,
        };
        std::iter::from_fn(next).collect()
    }
}

/// A minute or less of noise that does not compress.
fn wav(frames: u32, seed: u32) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let noise: Vec<f32> = (0..frames)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            f32::from(u16::try_from(state >> 16).unwrap()) / 65_536.0 - 0.5
        })
        .collect();
    let mut bytes = Vec::new();
    let mut wav = Wav::new(Cursor::new(&mut bytes), 48_000, Depth::Sixteen).unwrap();
    wav.write([&noise, &noise]).unwrap();
    wav.finish().unwrap();
    bytes
}

/// A project that plays these, one on each track.
fn project(files: &[Vec<u8>]) -> Value {
    let mut state = SavedState::default();
    let mut document = Document::default();
    for (number, file) in (0..).zip(files) {
        let id = SampleId::of(file);
        let instrument = Instrument {
            source: Source::Sample(id),
            ..Instrument::default()
        };
        let settings = TrackSettings {
            instrument,
            ..TrackSettings::default()
        };
        document
            .tracks
            .push(Arc::new(Track::new(TrackId(number), settings)));
        state.samples.0.insert(id, file.as_slice().into());
    }
    state.document = Arc::new(document);
    serde_json::to_value(state).unwrap()
}

#[test]
fn a_project_of_a_later_version_is_opened_as_far_as_it_is_understood() {
    let file = wav(1_000, 1);
    let mut state = project(std::slice::from_ref(&file));
    let knob = json!({"track": 0, "parameter": "later", "from": 0, "to": 1});
    state["version"] = json!(7);
    state["later"] = json!({"a": [1, 2]});
    state["macros"] = json!([knob, null, null, null, null, null, null, null]);
    state["machine"] = json!("a name");
    state["unsent"] = json!({"in": "another form"});
    state["pending"] = json!([{"later": {}}, {"session": {"name": "Pending"}}]);
    state["samples"]["not a hash"] = json!("AAAA");
    state["samples"][SampleId::of(b"other").hex()] = json!({"chunks": [1]});
    let mut opened = Project::empty();
    opened.load(&state.to_string());
    let (_, state) = opened.session.current();
    assert_eq!(state.document.tracks.len(), 1);
    assert_eq!(state.pending.len(), 1);
    assert_eq!(state.version, VERSION);
    assert_eq!(opened.delivered(), [SampleKey::of(SampleId::of(&file))]);
}

#[test]
fn damaged_samples_cost_themselves_and_nothing_else() {
    let files = [wav(1_000, 1), wav(1_000, 2), wav(1_000, 3), wav(1_000, 4)];
    let mut state = project(&files);
    let place = |file: &Vec<u8>| SampleId::of(file).hex();
    state["samples"][place(&files[0])] = json!("no base 64!");
    state["samples"][place(&files[1])] = json!(5);
    let other = state["samples"][place(&files[2])].clone();
    state["samples"][place(&files[2])] = state["samples"][place(&files[3])].clone();
    drop(other);
    let mut opened = Project::empty();
    opened.load(&state.to_string());
    assert_eq!(opened.session.current().1.document.tracks.len(), 4);
    assert_eq!(opened.delivered(), [SampleKey::of(SampleId::of(&files[3]))]);
    // All of them are of another kind altogether.
    for odd in [
        json!(null),
        json!([1]),
        json!("AAAA"),
        json!(7),
        json!(true),
    ] {
        state["samples"] = odd;
        state["document"]["name"] = json!("Odd");
        let opened = Project::empty();
        opened.load(&state.to_string());
        assert_eq!(opened.name(), "Odd");
    }
}

#[test]
fn what_is_no_session_leaves_everything_as_it_was() {
    let file = wav(1_000, 1);
    let mut state = project(&[file]);
    state["document"]["name"] = json!("Mine");
    let mut opened = Project::empty();
    opened.load(&state.to_string());
    let before = opened.save();
    assert_eq!(opened.delivered().len(), 1);
    let whole = state.to_string();
    let track = state["document"]["tracks"][0].clone();
    state["document"]["tracks"] = json!([track, track]);
    let alike = state.to_string();
    for foreign in [
        "",
        "null",
        "[]",
        "{}x",
        "{\"version\":1,\"document\":3}",
        &alike,
        &whole[..whole.len() / 2],
    ] {
        opened.load(foreign);
        assert_eq!(opened.save(), before);
    }
    assert!(opened.delivered().is_empty());
    assert_eq!(opened.session.held_samples().len(), 1);
}

#[test]
fn opening_another_project_hands_over_its_samples_and_takes_back_the_others() {
    let (one, both, other) = (wav(1_000, 1), wav(1_000, 2), wav(1_000, 3));
    let opened = Project::empty();
    opened.load(&project(&[one.clone(), both.clone()]).to_string());
    let mut opened = opened;
    assert_eq!(opened.delivered().len(), 2);
    opened.load(&project(&[both, other.clone()]).to_string());
    let mut deliveries = Vec::new();
    while let Some(delivery) = opened.audio.delivery() {
        deliveries.push(match delivery {
            Delivery::Keep(sample) => (true, sample.key()),
            Delivery::Drop(key) => (false, key),
        });
    }
    let key = |file: &[u8]| SampleKey::of(SampleId::of(file));
    assert_eq!(deliveries, [(true, key(&other)), (false, key(&one))]);
    assert_eq!(opened.session.held_samples().len(), 2);
}

#[test]
fn twenty_megabytes_of_samples_are_saved_and_opened_whole() {
    let files: Vec<Vec<u8>> = (0..4).map(|seed| wav(1_250_000, seed)).collect();
    let begun = std::time::Instant::now();
    let text = project(&files).to_string();
    eprintln!("made {} bytes in {:?}", text.len(), begun.elapsed());
    let mut opened = Project::empty();
    let begun = std::time::Instant::now();
    opened.load(&text);
    eprintln!("loaded in {:?}", begun.elapsed());
    assert_eq!(opened.delivered().len(), files.len());
    let begun = std::time::Instant::now();
    let saved = opened.save();
    eprintln!("saved in {:?}", begun.elapsed());
    let saved: Value = serde_json::from_str(&saved).unwrap();
    let expected: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(saved["samples"], expected["samples"]);
}
