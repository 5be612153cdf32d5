//! Edits one at a time: how each is written, what it does, and what is brought into range or refused.

mod conflicts;
mod legal;
mod limits;
mod undoing;

use super::*;
use crate::document::Mode;
use crate::ids::PlayerId;
use serde_json::{Value, json};

const AUTHOR: PlayerId = PlayerId::from_bytes([1; 8]);
const RAIN: &str = "1111111111111111111111111111111111111111111111111111111111111111";
const SPARE: &str = "2222222222222222222222222222222222222222222222222222222222222222";
const ABSENT: &str = "3333333333333333333333333333333333333333333333333333333333333333";

fn edit(text: &str) -> Edit {
    serde_json::from_str(&named(text)).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The tests write samples by name.
fn named(text: &str) -> String {
    text.replace("RAIN", RAIN)
        .replace("SPARE", SPARE)
        .replace("ABSENT", ABSENT)
}

fn written(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("encodes")
}

fn applied(mut document: Document, edits: &[&str]) -> Document {
    for text in edits {
        document
            .apply(&edit(text), AUTHOR)
            .unwrap_or_else(|conflict| panic!("{text}: {conflict}"));
    }
    document
}

/// Two tracks: 1 with a pattern of four strokes in scene 0 and a loop in scene 1, 2 with nothing.
fn studio() -> Document {
    let sample = |id| {
        format!(
            r#"{{"add-sample":{{"sample":"{id}","name":"Rain","frames":9,"rate":48000,"channels":1}}}}"#
        )
    };
    applied(
        Document::default(),
        &[
            &sample(RAIN),
            &sample(SPARE),
            r#"{"add-track":{"track":1,"at":0}}"#,
            r#"{"add-track":{"track":2,"at":1}}"#,
            r#"{"clip":{"track":1,"scene":0,"clip":{"content":{"pattern":{"length":4,"steps":[{"on":true},{},{},{"velocity":7}]}}}}}"#,
            r#"{"clip":{"track":1,"scene":1,"clip":{"content":{"loop":{"sample":"RAIN"}}}}}"#,
        ],
    )
}

/// The words a tagged type is written with, as its own decoder lists them.
fn kinds<T: serde::de::DeserializeOwned>() -> Vec<String> {
    let complaint = serde_json::from_str::<T>(r#""?""#)
        .err()
        .expect("no such kind")
        .to_string();
    let listed = complaint.split('`').skip(3).step_by(2);
    listed.map(str::to_owned).collect()
}

fn kind(edit: &Value) -> String {
    match edit {
        Value::String(name) => name.clone(),
        Value::Object(fields) => fields.keys().next().expect("one key").clone(),
        other => panic!("{other}"),
    }
}

/// An edit, a place in the document it leaves, and what is there.
#[rustfmt::skip]
const EVERY: &[(&str, &str, &str)] = &[
    (r#"{"session":{"name":"Late"}}"#, "/name", r#""Late""#),
    (r#"{"session":{"swing":12}}"#, "/swing", "12"),
    (r#"{"session":{"master":-35}}"#, "/master", "-35"),
    (r#"{"session":{"quantum":"two-bars"}}"#, "/quantum", r#""two-bars""#),
    (r#"{"session":{"fill":true}}"#, "/fill", "true"),
    (r#"{"effect":{"reverb-decay":240}}"#, "/effects/reverb_decay", "240"),
    (r#"{"effect":{"reverb-pre-delay":20}}"#, "/effects/reverb_pre_delay", "20"),
    (r#"{"effect":{"reverb-damping":51}}"#, "/effects/reverb_damping", "51"),
    (r#"{"effect":{"reverb-level":-60}}"#, "/effects/reverb_level", "-60"),
    (r#"{"effect":{"delay-time":12}}"#, "/effects/delay_time", "12"),
    (r#"{"effect":{"delay-feedback":36}}"#, "/effects/delay_feedback", "36"),
    (r#"{"effect":{"delay-tone":61}}"#, "/effects/delay_tone", "61"),
    (r#"{"effect":{"delay-ping-pong":false}}"#, "/effects/delay_ping_pong", "false"),
    (r#"{"effect":{"delay-level":-30}}"#, "/effects/delay_level", "-30"),
    (r#"{"effect":{"chorus-rate":31}}"#, "/effects/chorus_rate", "31"),
    (r#"{"effect":{"chorus-depth":41}}"#, "/effects/chorus_depth", "41"),
    (r#"{"effect":{"chorus-mix":25}}"#, "/effects/chorus_mix", "25"),
    (r#"{"effect":{"compressor":40}}"#, "/effects/compressor", "40"),
    (r#"{"effect":{"duck-by":1}}"#, "/effects/duck_by", "1"),
    (r#"{"effect":{"duck-depth":80}}"#, "/effects/duck_depth", "80"),
    (r#"{"effect":{"ceiling":-11}}"#, "/effects/ceiling", "-11"),
    (r#"{"harmony":{"harmony":{"key":9,"scale":"minor","chord":4,"lock":true},"when":{"now":0,"at":4000000}}}"#, "/harmony/next/1/key", "9"),
    (r#"{"scene":{"scene":2,"setting":{"name":"Verse"}}}"#, "/scenes/2/name", r#""Verse""#),
    (r#"{"scene":{"scene":2,"setting":{"follow":{"action":"next","after":8}}}}"#, "/scenes/2/follow/after", "8"),
    (r#"{"add-track":{"track":3,"at":0,"settings":{"name":"Kick"}}}"#, "/tracks/0/settings/name", r#""Kick""#),
    (r#"{"remove-track":{"track":1}}"#, "/tracks/0/id", "2"),
    (r#"{"order-tracks":{"order":[2,77]}}"#, "/tracks/0/id", "2"),
    (r#"{"track":{"track":1,"setting":{"name":"Low"}}}"#, "/tracks/0/settings/name", r#""Low""#),
    (r#"{"track":{"track":1,"setting":{"colour":4}}}"#, "/tracks/0/settings/colour", "4"),
    (r#"{"track":{"track":1,"setting":{"source":{"sample":"RAIN"}}}}"#, "/tracks/0/settings/instrument/source/sample", r#""RAIN""#),
    (r#"{"track":{"track":1,"setting":{"instrument":{"source":{"preset":"bass"},"parameters":{"cutoff":3000}}}}}"#, "/tracks/0/settings/instrument/parameters/cutoff", "3000"),
    (r#"{"track":{"track":1,"setting":{"parameter":{"parameter":"decay","amount":4200}}}}"#, "/tracks/0/settings/instrument/parameters/decay", "4200"),
    (r#"{"track":{"track":1,"setting":{"level":-61}}}"#, "/tracks/0/settings/level", "-61"),
    (r#"{"track":{"track":1,"setting":{"pan":-25}}}"#, "/tracks/0/settings/pan", "-25"),
    (r#"{"track":{"track":1,"setting":{"mute":true}}}"#, "/tracks/0/settings/mute", "true"),
    (r#"{"track":{"track":1,"setting":{"solo":true}}}"#, "/tracks/0/settings/solo", "true"),
    (r#"{"track":{"track":1,"setting":{"transpose":-12}}}"#, "/tracks/0/settings/transpose", "-12"),
    (r#"{"track":{"track":1,"setting":{"swing":30}}}"#, "/tracks/0/settings/swing", "30"),
    (r#"{"track":{"track":1,"setting":{"step-length":"eighth-triplet"}}}"#, "/tracks/0/settings/step_length", r#""eighth-triplet""#),
    (r#"{"track":{"track":1,"setting":{"reverb-send":40}}}"#, "/tracks/0/settings/reverb_send", "40"),
    (r#"{"track":{"track":1,"setting":{"delay-send":15}}}"#, "/tracks/0/settings/delay_send", "15"),
    (r#"{"track":{"track":1,"setting":{"filter":{"kind":"low-pass","corner":7000,"resonance":20}}}}"#, "/tracks/0/settings/filter/corner", "7000"),
    (r#"{"track":{"track":1,"setting":{"drive":10}}}"#, "/tracks/0/settings/drive", "10"),
    (r#"{"track":{"track":1,"setting":{"choke":2}}}"#, "/tracks/0/settings/choke", "2"),
    (r#"{"track":{"track":1,"setting":{"scale-mode":"scale"}}}"#, "/tracks/0/settings/scale_mode", r#""scale""#),
    (r#"{"clip":{"track":2,"scene":7,"clip":{"name":"Beat","content":{"pattern":{"length":12}}}}}"#, "/tracks/1/clips/7/content/pattern/length", "12"),
    (r#"{"clip":{"track":1,"scene":0,"clip":null}}"#, "/tracks/0/clips/0", "null"),
    (r#"{"clip-setting":{"track":1,"scene":0,"setting":{"name":"Main"}}}"#, "/tracks/0/clips/0/name", r#""Main""#),
    (r#"{"clip-setting":{"track":1,"scene":0,"setting":{"follow":{"action":"random","after":4}}}}"#, "/tracks/0/clips/0/follow/action", r#""random""#),
    (r#"{"clip-setting":{"track":1,"scene":0,"setting":{"length":2}}}"#, "/tracks/0/clips/0/content/pattern/steps/3/velocity", "7"),
    (r#"{"clip-setting":{"track":1,"scene":1,"setting":{"loop":{"sample":"SPARE","bars":4,"gain":-30}}}}"#, "/tracks/0/clips/1/content/loop/bars", "4"),
    (r#"{"step":{"track":1,"scene":0,"step":2,"value":{"on":true,"locks":{"pan":9}}}}"#, "/tracks/0/clips/0/content/pattern/steps/2/locks/pan", "9"),
    (r#"{"steps":{"track":1,"scene":0,"first":126,"values":[{},{"on":true},{"on":true}]}}"#, "/tracks/0/clips/0/content/pattern/steps/127/on", "true"),
    (r#"{"pattern":{"track":1,"scene":0,"operation":{"rotate":1}}}"#, "/tracks/0/clips/0/content/pattern/steps/0/velocity", "7"),
    (r#"{"add-sample":{"sample":"ABSENT","name":"Wind","frames":7,"rate":44100,"channels":2}}"#, "/samples/ABSENT/rate", "44100"),
    (r#"{"rename-sample":{"sample":"RAIN","name":"Heavy rain"}}"#, "/samples/RAIN/name", r#""Heavy rain""#),
    (r#"{"remove-sample":{"sample":"SPARE"}}"#, "/samples/SPARE", "null"),
    (r#"{"play":{"from":4000000,"at":9}}"#, "/timeline/playing", "true"),
    (r#"{"stop":{"at":9}}"#, "/timeline/time", "9"),
    (r#"{"relocate":{"to":8000000,"at":9}}"#, "/timeline/beat", "8000000"),
    (r#"{"tempo":{"tempo":12850,"at":9}}"#, "/timeline/tempo", "12850"),
    (r#"{"loop":{"region":[0,4000000],"at":9}}"#, "/timeline/region/1", "4000000"),
    (r#""take-lead""#, "/lead", r#""0101010101010101""#),
    (r#""take-free-lead""#, "/lead", r#""0101010101010101""#),
    (r#""release-lead""#, "/lead", "null"),
    (r#"{"launch":{"track":1,"clip":1,"when":{"now":0,"at":4000000}}}"#, "/tracks/0/queued/at", "4000000"),
    (r#"{"launch-scene":{"scene":0,"when":{"now":0,"at":4000000}}}"#, "/tracks/0/queued/clip", "0"),
    (r#"{"gesture":[{"remove-track":{"track":2}},{"session":{"swing":3}}]}"#, "/swing", "3"),
];

/// P-STEP-1, P-CLIP-1, P-CLIP-2, P-TRACK-2
#[test]
fn every_kind_of_edit_does_what_it_says() {
    for (text, place, expected) in EVERY {
        let after = written(&applied(studio(), &[text]));
        let found = after.pointer(&named(place)).cloned().unwrap_or(Value::Null);
        let expected: Value = serde_json::from_str(&named(expected)).expect("a value");
        assert_eq!(found, expected, "{text} at {place}");
        let kind = kind(&serde_json::from_str(&named(text)).expect("a value"));
        assert!(
            kind == "release-lead" || after != written(&studio()),
            "{text} changes nothing"
        );
    }
}

#[test]
fn every_kind_of_edit_is_in_the_list_of_these_tests() {
    let listed: Vec<Value> = EVERY
        .iter()
        .map(|(text, ..)| serde_json::from_str(text).expect("a value"))
        .collect();
    for expected in kinds::<Edit>() {
        assert!(
            listed.iter().any(|edit| kind(edit) == expected),
            "{expected}"
        );
    }
    let settings = |of: &str, path: &str| {
        let of_kind = listed.iter().filter(|edit| kind(edit) == of);
        of_kind
            .filter_map(|edit| edit.pointer(path).map(kind))
            .collect::<Vec<_>>()
    };
    for (of, path, expected) in [
        ("session", "/session", kinds::<SessionSetting>()),
        ("effect", "/effect", kinds::<EffectSetting>()),
        ("scene", "/scene/setting", kinds::<SceneSetting>()),
        ("track", "/track/setting", kinds::<TrackSetting>()),
        (
            "clip-setting",
            "/clip-setting/setting",
            kinds::<ClipSetting>(),
        ),
    ] {
        assert!(expected.len() > 1, "{of}: {expected:?}");
        for setting in expected {
            assert!(settings(of, path).contains(&setting), "{of} {setting}");
        }
    }
}

/// P-EDIT-1
#[test]
fn an_edit_is_read_back_as_it_was_written_and_says_the_same_twice() {
    for (text, ..) in EVERY {
        let read = edit(text);
        assert_eq!(
            serde_json::from_value::<Edit>(written(&read)).expect("reads back"),
            read,
            "{text}"
        );
        let once = applied(studio(), &[text]);
        let mut twice = once.clone();
        match (twice.apply(&read, AUTHOR), kind(&written(&read)).as_str()) {
            (Ok(()), "pattern") => {}
            (Ok(()), _) => assert_eq!(twice, once, "{text}"),
            (Err(conflict), "add-track") => assert_eq!(conflict, Conflict::TrackExists),
            (Err(conflict), "remove-track" | "gesture") => {
                assert_eq!(conflict, Conflict::NoSuchTrack)
            }
            (Err(conflict), "remove-sample") => assert_eq!(conflict, Conflict::NoSuchSample),
            (Err(conflict), _) => panic!("{text}: {conflict}"),
        }
    }
}

/// P-PUBLISH-1
#[test]
fn a_published_session_takes_no_edit_at_all() {
    let published = Document {
        mode: Mode::Published,
        ..studio()
    };
    for (text, ..) in EVERY {
        assert_eq!(
            published.clone().apply(&edit(text), AUTHOR),
            Err(Conflict::Published),
            "{text}"
        );
    }
}

/// P-TRACK-2
#[test]
fn tracks_left_out_of_an_order_stay_behind_those_named() {
    let document = applied(
        studio(),
        &[
            r#"{"add-track":{"track":3,"at":99}}"#,
            r#"{"order-tracks":{"order":[3,3,8]}}"#,
        ],
    );
    let order: Vec<u32> = document.tracks.iter().map(|track| track.id.0).collect();
    assert_eq!(order, [3, 1, 2]);
}

/// P-HARMONY-1
#[test]
fn a_harmony_that_sounds_goes_on_sounding_when_the_playhead_goes_back() {
    let document = applied(
        studio(),
        &[
            r#"{"play":{"from":0,"at":0}}"#,
            r#"{"harmony":{"harmony":{"key":9},"when":{"now":1,"at":4000000}}}"#,
            r#"{"play":{"from":0,"at":5000000}}"#,
        ],
    );
    assert_eq!(document.harmony.at(Beat::ZERO).key.get(), 9);
}

/// P-LAUNCH-3
#[test]
fn a_launch_that_waits_keeps_its_distance_when_the_playhead_moves() {
    let document = applied(
        studio(),
        &[
            r#"{"play":{"from":0,"at":0}}"#,
            r#"{"launch":{"track":1,"clip":1,"when":{"now":0,"at":4000000}}}"#,
            r#"{"launch":{"track":1,"clip":null,"when":{"now":0,"at":4000000}}}"#,
            r#"{"relocate":{"to":40000000,"at":1000000}}"#,
        ],
    );
    let track = document.track(TrackId(1)).expect("track 1");
    assert_eq!(
        track
            .playing_at(&document.rows(), Beat::from_micros(41_999_999))
            .clip,
        SceneIndex::new(0)
    );
    assert_eq!(
        track
            .playing_at(&document.rows(), Beat::from_micros(42_000_000))
            .clip,
        None,
        "the later launch took the place"
    );
}

/// P-PATTERN-1
#[test]
fn every_operation_on_a_pattern_gives_the_result_that_is_written_down() {
    let before = r#"{"steps":{"track":1,"scene":0,"first":0,"values":[{"on":true,"pitches":[1]},{},{},{"velocity":7}]}}"#;
    for (operation, expected) in [
        (
            r#"{"rotate":-3}"#,
            r#"[{"velocity":7},{"on":true,"pitches":[1]}]"#,
        ),
        (
            r#""reverse""#,
            r#"[{"velocity":7},{},{},{"on":true,"pitches":[1]}]"#,
        ),
        (
            r#""invert""#,
            r#"[{"pitches":[1]},{"on":true},{"on":true},{"on":true,"velocity":7}]"#,
        ),
        (
            r#""mirror""#,
            r#"[{"on":true,"pitches":[1]},{},{},{"on":true,"pitches":[1]}]"#,
        ),
        (
            r#"{"euclid":{"pulses":2,"rotation":1}}"#,
            r#"[{"pitches":[1]},{"on":true},{},{"on":true,"velocity":7}]"#,
        ),
        (r#""clear""#, "[]"),
        (
            r#""double""#,
            r#"[{"on":true,"pitches":[1]},{},{},{"velocity":7},{"on":true,"pitches":[1]},{},{},{"velocity":7}]"#,
        ),
        (
            r#"{"transpose":2}"#,
            r#"[{"on":true,"pitches":[4]},{},{},{"velocity":7}]"#,
        ),
        (r#"{"randomise":{"seed":0,"density":0}}"#, RANDOM),
        (r#"{"humanise":{"seed":99,"amount":100}}"#, HUMAN),
    ] {
        let operate = format!(r#"{{"pattern":{{"track":1,"scene":0,"operation":{operation}}}}}"#);
        let after = written(&applied(studio(), &[before, &operate]));
        let expected: Value = serde_json::from_str(expected).expect("steps");
        assert_eq!(
            after.pointer("/tracks/0/clips/0/content/pattern/steps"),
            Some(&expected),
            "{operation}"
        );
    }
}

/// Throws that were once drawn: another version must draw the same.
const RANDOM: &str =
    r#"[{"pitches":[1],"velocity":112},{"velocity":115},{"velocity":83},{"velocity":97}]"#;
const HUMAN: &str = r#"[{"on":true,"pitches":[1],"velocity":113,"nudge":-8},{},{},{"velocity":7}]"#;

/// P-GESTURE-1
#[test]
fn a_gesture_happens_whole_or_not_at_all() {
    let mut document = studio();
    let half = edit(r#"{"gesture":[{"session":{"swing":50}},{"remove-track":{"track":9}}]}"#);
    assert_eq!(document.apply(&half, AUTHOR), Err(Conflict::NoSuchTrack));
    assert_eq!(document, studio());
    let in_order = edit(r#"{"gesture":[{"session":{"swing":50}},{"session":{"swing":60}}]}"#);
    document.apply(&in_order, AUTHOR).expect("applies");
    assert_eq!(written(&document)["swing"], json!(60));
}

#[test]
fn it_is_known_where_an_edit_changes_nothing_but_steps() {
    for (text, is_so) in [
        (
            r#"{"step":{"track":1,"scene":0,"step":1,"value":{"on":true}}}"#,
            true,
        ),
        (
            r#"{"step":{"track":1,"scene":0,"step":0,"value":{"on":true}}}"#,
            true,
        ),
        (
            r#"{"clip":{"track":2,"scene":0,"clip":{"content":{"pattern":{"length":12}}}}}"#,
            false,
        ),
        (r#"{"clip":{"track":1,"scene":0,"clip":null}}"#, false),
        (
            r#"{"clip-setting":{"track":1,"scene":0,"setting":{"length":3}}}"#,
            false,
        ),
        (
            r#"{"clip-setting":{"track":1,"scene":0,"setting":{"name":"Verse"}}}"#,
            false,
        ),
        (
            r#"{"clip-setting":{"track":1,"scene":1,"setting":{"loop":{"sample":"SPARE"}}}}"#,
            false,
        ),
        (r#"{"track":{"track":1,"setting":{"mute":true}}}"#, false),
        (r#"{"add-track":{"track":3,"at":0}}"#, false),
        (
            r#"{"scene":{"scene":1,"setting":{"name":"Chorus"}}}"#,
            false,
        ),
        (r#"{"session":{"swing":7}}"#, false),
        (r#"{"session":{"master":-7}}"#, false),
        (r#"{"effect":{"ceiling":-7}}"#, false),
        (r#"{"tempo":{"tempo":9000,"at":0}}"#, false),
        (
            r#"{"rename-sample":{"sample":"RAIN","name":"Snow"}}"#,
            false,
        ),
    ] {
        let after = applied(studio(), &[text]);
        assert_eq!(studio().differs_only_in_steps(&after), is_so, "{text}");
        assert_eq!(after.differs_only_in_steps(&studio()), is_so, "{text}");
    }
}
