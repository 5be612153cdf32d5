//! What an edit may say: what is brought into its range, what is cleaned, what is refused and how.

use super::*;
use crate::protocol::{Rejection, decode_edit};
use serde_json::value::RawValue;

fn refusal(text: &str) -> Rejection {
    let raw: Box<RawValue> =
        serde_json::from_str(&named(text)).unwrap_or_else(|error| panic!("{text}: {error}"));
    decode_edit(&raw).expect_err(text)
}

fn step(fields: &str) -> String {
    format!(r#"{{"step":{{"track":1,"scene":0,"step":0,"value":{{{fields}}}}}}}"#)
}

fn step_after(fields: &str) -> Value {
    written(&edit(&step(fields)))
        .pointer("/step/value")
        .expect("a step")
        .clone()
}

/// P-EDIT-2, P-EDIT-5, P-STEP-1, P-STEP-2
#[test]
fn a_number_out_of_range_is_taken_as_the_nearest_end() {
    for (offered, stored) in [
        (r#""velocity":0"#, json!({"velocity": 1})),
        (r#""velocity":1e300"#, json!({"velocity": 127})),
        (r#""velocity":-9223372036854775808"#, json!({"velocity": 1})),
        (
            r#""velocity":18446744073709551615"#,
            json!({"velocity": 127}),
        ),
        (r#""velocity":63.5"#, json!({"velocity": 64})),
        (r#""velocity":100.2"#, json!({})),
        (r#""pitches":[]"#, json!({})),
        (
            r#""pitches":[99,-99,3,3,1,2]"#,
            json!({"pitches": [-24, 1, 3, 24]}),
        ),
        (r#""chance":0"#, json!({"chance": 1})),
        (
            r#""condition":{"every":[9,3]}"#,
            json!({"condition": {"every": [3, 3]}}),
        ),
        (r#""ratchet":99"#, json!({"ratchet": 8})),
        (r#""nudge":-51"#, json!({"nudge": -50})),
        (r#""gate":1"#, json!({"gate": 5})),
        (
            r#""locks":{"cutoff":10001,"wobble":3}"#,
            json!({"locks": {"cutoff": 10000}}),
        ),
    ] {
        assert_eq!(step_after(offered), stored, "{offered}");
    }
    for (text, place, stored) in [
        (r#"{"tempo":{"tempo":1}}"#, "/tempo/tempo", 2_000),
        (r#"{"tempo":{"tempo":30001}}"#, "/tempo/tempo", 30_000),
        (r#"{"session":{"swing":101}}"#, "/session/swing", 100),
        (r#"{"session":{"master":-601}}"#, "/session/master", -600),
        (
            r#"{"effect":{"delay-feedback":400}}"#,
            "/effect/delay-feedback",
            95,
        ),
        (
            r#"{"track":{"track":1,"setting":{"transpose":25}}}"#,
            "/track/setting/transpose",
            24,
        ),
        (
            r#"{"track":{"track":1,"setting":{"colour":250}}}"#,
            "/track/setting/colour",
            8,
        ),
        (
            r#"{"clip-setting":{"track":1,"scene":0,"setting":{"length":0}}}"#,
            "/clip-setting/setting/length",
            1,
        ),
        (
            r#"{"clip-setting":{"track":1,"scene":0,"setting":{"length":129}}}"#,
            "/clip-setting/setting/length",
            128,
        ),
        (
            r#"{"add-sample":{"sample":"ABSENT","name":"","frames":0,"rate":1,"channels":9}}"#,
            "/add-sample/frames",
            1,
        ),
        (
            r#"{"add-sample":{"sample":"ABSENT","name":"","frames":0,"rate":1,"channels":9}}"#,
            "/add-sample/rate",
            8_000,
        ),
        (
            r#"{"add-sample":{"sample":"ABSENT","name":"","frames":0,"rate":1,"channels":9}}"#,
            "/add-sample/channels",
            2,
        ),
        (
            r#"{"harmony":{"harmony":{"key":12,"chord":8}}}"#,
            "/harmony/harmony/key",
            11,
        ),
        (
            r#"{"harmony":{"harmony":{"key":12,"chord":8}}}"#,
            "/harmony/harmony/chord",
            7,
        ),
        // A page counts in 32 bits: it must be able to read whatever place a server let in.
        (
            r#"{"add-track":{"track":3,"at":18446744073709551615}}"#,
            "/add-track/at",
            16,
        ),
        (r#"{"add-track":{"track":3,"at":-1}}"#, "/add-track/at", 0),
    ] {
        assert_eq!(
            written(&edit(text)).pointer(place),
            Some(&json!(stored)),
            "{text}"
        );
    }
}

/// P-EDIT-3
#[test]
fn text_is_cleaned_and_cut() {
    let long = "x".repeat(300);
    for (text, place, stored) in [
        (
            r#"{"session":{"name":" A\u0000\tB\u202e "}}"#.to_owned(),
            "/session/name",
            "AB".to_owned(),
        ),
        (
            format!(r#"{{"session":{{"name":"{long}"}}}}"#),
            "/session/name",
            long[..100].to_owned(),
        ),
        (
            format!(r#"{{"track":{{"track":1,"setting":{{"name":"{long}"}}}}}}"#),
            "/track/setting/name",
            long[..32].to_owned(),
        ),
        (
            format!(r#"{{"scene":{{"scene":1,"setting":{{"name":"{long}"}}}}}}"#),
            "/scene/setting/name",
            long[..32].to_owned(),
        ),
    ] {
        assert_eq!(
            written(&edit(&text)).pointer(place),
            Some(&json!(stored)),
            "{text}"
        );
    }
    for (text, place, standing) in [
        (r#"{"session":{"name":"\u200b"}}"#, "/name", "Untitled"),
        (
            r#"{"track":{"track":1,"setting":{"name":"  "}}}"#,
            "/tracks/0/settings/name",
            "Track",
        ),
        (
            r#"{"rename-sample":{"sample":"RAIN","name":"\n"}}"#,
            "/samples/RAIN/name",
            "Sample",
        ),
    ] {
        let after = written(&applied(studio(), &[text]));
        assert_eq!(
            after.pointer(&named(place)),
            Some(&json!(standing)),
            "{text}"
        );
    }
}

/// P-EDIT-2, P-EDIT-4, P-ID-7, P-TIME-2
#[test]
fn what_is_no_number_no_id_and_no_known_word_is_malformed() {
    for text in [
        step(r#""velocity":null"#),
        step(r#""velocity":"NaN""#),
        step(r#""velocity":"100""#),
        step(r#""velocity":[1]"#),
        step(r#""condition":"sometimes""#),
        step(r#""condition":{"every":[1]}"#),
        step(r#""on":1"#),
        r#"{"step":{"track":1,"scene":8,"step":0,"value":{}}}"#.into(),
        r#"{"step":{"track":1,"scene":-1,"step":0,"value":{}}}"#.into(),
        r#"{"step":{"track":1,"scene":0,"step":128,"value":{}}}"#.into(),
        r#"{"step":{"track":1,"scene":0,"step":0.5,"value":{}}}"#.into(),
        r#"{"step":{"track":4294967296,"scene":0,"step":0,"value":{}}}"#.into(),
        r#"{"step":{"track":-1,"scene":0,"step":0,"value":{}}}"#.into(),
        r#"{"step":{"track":"1","scene":0,"step":0,"value":{}}}"#.into(),
        r#"{"step":{"scene":0,"step":0,"value":{}}}"#.into(),
        r#"{"step":7}"#.into(),
        r#"{"rename-sample":{"sample":"abc","name":"x"}}"#.into(),
        format!(r#"{{"remove-sample":{{"sample":"{}"}}}}"#, "G".repeat(64)),
        r#"{"track":{"track":1,"setting":{"wobble":1}}}"#.into(),
        r#"{"track":{"track":1,"setting":{"parameter":{"parameter":"wobble","amount":1}}}}"#.into(),
        r#"{"loop":{"region":[0,249999]}}"#.into(),
        r#"{"loop":{"region":[8000000,4000000]}}"#.into(),
        r#"{"play":{"from":1.5}}"#.into(),
        r#"{"session":{"swing":1},"effect":{"ceiling":1}}"#.into(),
        r#"{"gesture":[{"session":{"swing":1}},{"explode":{}}]}"#.into(),
        "null".into(),
        "7".into(),
        "[]".into(),
        "{}".into(),
    ] {
        assert!(
            matches!(refusal(&text), Rejection::Malformed(_)),
            "{text}: {:?}",
            refusal(&text)
        );
    }
}

/// P-EDIT-2
#[test]
fn a_number_no_double_can_hold_is_no_json_at_all() {
    for number in [
        "1e999",
        "-1e999",
        "NaN",
        "Infinity",
        "-Infinity",
        "0x10",
        "01",
        "+1",
    ] {
        let text = step(&format!("\"velocity\":{number}"));
        assert!(serde_json::from_str::<Edit>(&text).is_err(), "{text}");
    }
}

/// P-VERSION-2
#[test]
fn a_kind_of_edit_from_the_future_is_told_from_a_known_one_gone_wrong() {
    for text in [
        r#"{"explode":{}}"#,
        r#"{"explode":{"session":1}}"#,
        r#""dance""#,
    ] {
        assert_eq!(refusal(text), Rejection::UnknownEdit, "{text}");
    }
}

/// P-VERSION-1
#[test]
fn fields_from_the_future_are_ignored_wherever_they_stand() {
    let plain = edit(r#"{"step":{"track":1,"scene":0,"step":0,"value":{"on":true}}}"#);
    let more = edit(
        r#"{"step":{"colour":[1,{"deep":null}],"track":1,"scene":0,"step":0,"value":{"on":true,"microtone":0.3}}}"#,
    );
    assert_eq!(more, plain);
}

/// P-TIME-2, P-ORDER-2
#[test]
fn a_place_in_the_music_is_brought_into_range_before_it_is_ordered() {
    let moment = Moment {
        now: ServerTime::ZERO,
        notice: crate::units::Span::ZERO,
    };
    for (text, place, stored) in [
        (r#"{"play":{"from":-5}}"#, "/play/from", 0),
        (
            r#"{"relocate":{"to":9223372036854775807}}"#,
            "/relocate/to",
            100_000_000_000_i64,
        ),
    ] {
        let resolved = edit(text).resolved(&studio(), moment);
        assert_eq!(
            written(&resolved).pointer(place),
            Some(&json!(stored)),
            "{text}"
        );
    }
}

/// P-EDIT-2
#[test]
fn decoding_never_panics_whatever_the_bytes() {
    let mut state = 1_u64;
    let mut throw = |limit: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits") % limit
    };
    let mut read = 0;
    for _ in 0..20_000 {
        let mut bytes = named(EVERY[throw(EVERY.len())].0).into_bytes();
        for _ in 0..=throw(3) {
            let at = throw(bytes.len());
            match throw(3) {
                0 => bytes[at] = b"0123456789{}[]\",:-.eE\\u\x00\xff"[throw(25)],
                1 => bytes.truncate(at.max(1)),
                _ => bytes.insert(at, b"9-\"{[,"[throw(6)]),
            }
        }
        if let Ok(edit) = serde_json::from_slice::<Edit>(&bytes) {
            read += 1;
            let edit = edit.resolved(
                &studio(),
                Moment {
                    now: ServerTime::ZERO,
                    notice: crate::units::Span::ZERO,
                },
            );
            let before = studio();
            let mut document = before.clone();
            if document.apply(&edit, AUTHOR).is_err() {
                assert_eq!(document, before);
            }
            assert_eq!(
                serde_json::from_value::<Edit>(written(&edit)).expect("reads back"),
                edit
            );
        }
    }
    assert!(read > 200, "{read} of the mutants could be read");
}
