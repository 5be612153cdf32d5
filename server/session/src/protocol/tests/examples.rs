//! PROTOCOL.md against the code: its examples can be read, and it names every kind and code.

use super::*;
use serde_json::Deserializer;

const DOCUMENT: &str = include_str!("../../../../../PROTOCOL.md");

/// The messages of every block of the document that is marked so.
fn examples(mark: &str) -> Vec<Value> {
    let opening = format!("```json {mark}\n");
    let blocks = DOCUMENT.split(opening.as_str()).skip(1);
    let bodies = blocks.map(|rest| rest.split("```").next().expect("a block"));
    let read = |body| {
        Deserializer::from_str(body)
            .into_iter()
            .collect::<Result<Vec<Value>, _>>()
    };
    bodies
        .flat_map(|body| read(body).unwrap_or_else(|error| panic!("{body}: {error}")))
        .collect()
}

/// Whether `more` says everything that `less` says.
fn contains(more: &Value, less: &Value) -> bool {
    match (more, less) {
        (Value::Object(more), Value::Object(less)) => less
            .iter()
            .all(|(key, value)| more.get(key).is_some_and(|found| contains(found, value))),
        (Value::Array(more), Value::Array(less)) => {
            more.len() == less.len()
                && more
                    .iter()
                    .zip(less)
                    .all(|(more, less)| contains(more, less))
        }
        _ => more == less,
    }
}

fn check<T: Serialize>(example: &Value, read: T) {
    let again = serde_json::to_value(read).expect("encodes");
    assert!(contains(&again, example), "{example}\nis read as\n{again}");
}

fn named<T: serde::de::DeserializeOwned>() -> Vec<String> {
    let complaint = serde_json::from_str::<T>(r#""?""#)
        .err()
        .expect("no such kind")
        .to_string();
    complaint
        .split('`')
        .skip(3)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

fn kind(example: &Value) -> String {
    match example {
        Value::Object(fields) => fields.keys().next().expect("one key").clone(),
        other => other.as_str().expect("a word").to_owned(),
    }
}

/// P-TRANSPORT-2
#[test]
fn every_example_can_be_read_and_says_all_that_is_written() {
    for example in examples("client") {
        let text = example.to_string();
        check(
            &example,
            ClientMessage::decode(&text).unwrap_or_else(|error| panic!("{text}: {error:?}")),
        );
    }
    for example in examples("server") {
        let text = example.to_string();
        check(
            &example,
            ServerMessage::decode(&text).unwrap_or_else(|error| panic!("{text}: {error:?}")),
        );
    }
    for example in examples("edit") {
        check(
            &example,
            serde_json::from_value::<Edit>(example.clone())
                .unwrap_or_else(|error| panic!("{example}: {error}")),
        );
    }
}

#[test]
fn no_block_of_json_is_left_without_a_mark() {
    let marked = ["client", "server", "edit"]
        .map(|mark| DOCUMENT.matches(&format!("```json {mark}\n")).count());
    assert_eq!(
        DOCUMENT.matches("```json").count(),
        marked.iter().sum::<usize>()
    );
    assert!(marked.iter().all(|count| *count > 0));
}

#[test]
fn every_kind_of_message_and_edit_has_an_example() {
    for (mark, expected) in [
        ("client", CLIENT_KINDS.map(str::to_owned).to_vec()),
        ("server", named::<ServerMessage>()),
        ("edit", named::<Edit>()),
    ] {
        let shown: Vec<String> = examples(mark).iter().map(kind).collect();
        assert!(expected.len() >= 8, "{expected:?}");
        for kind in expected {
            assert!(shown.contains(&kind), "{mark} {kind}");
        }
    }
}

#[test]
fn every_setting_and_operation_has_an_example() {
    use crate::document::{effects::EffectSetting, pattern::Operation, track::TrackSetting};
    use crate::edit::{ClipSetting, SceneSetting, SessionSetting};
    let shown = examples("edit");
    for (path, expected) in [
        ("/session", named::<SessionSetting>()),
        ("/effect", named::<EffectSetting>()),
        ("/scene/setting", named::<SceneSetting>()),
        ("/track/setting", named::<TrackSetting>()),
        ("/clip-setting/setting", named::<ClipSetting>()),
        ("/pattern/operation", named::<Operation>()),
    ] {
        let shown: Vec<String> = shown
            .iter()
            .filter_map(|edit| edit.pointer(path))
            .map(kind)
            .collect();
        for setting in expected {
            assert!(shown.contains(&setting), "{path} {setting}");
        }
    }
}

#[test]
fn every_parameter_and_scale_is_named() {
    for parameter in crate::document::instrument::Parameter::ALL {
        let name = parameter.name();
        let numbered = name.starts_with("macro");
        assert!(
            numbered || DOCUMENT.contains(&format!("`{name}`")),
            "{name}"
        );
    }
    for scale in named::<crate::document::harmony::Scale>() {
        assert!(DOCUMENT.contains(&format!("`{scale}`")), "{scale}");
    }
}

/// P-CLOSE-1, P-CLOSE-2
#[test]
fn every_goodbye_is_in_the_table_with_its_close_code_and_its_retry() {
    let all = [
        Goodbye::Full,
        Goodbye::Replaced,
        Goodbye::Silent,
        Goodbye::TooSlow,
        Goodbye::Abuse,
        Goodbye::TooLarge,
        Goodbye::Restarting,
        Goodbye::StorageFailed,
        Goodbye::NoHello,
        Goodbye::Left,
    ];
    for goodbye in all {
        let code = serde_json::to_value(goodbye).expect("encodes");
        let code = code.as_str().expect("a word");
        let retry = goodbye
            .retry_ms()
            .map_or("-".to_owned(), |retry| retry.to_string());
        let row = format!("| `{code}` | {} | {retry} |", goodbye.close_code());
        assert!(DOCUMENT.contains(&row), "{row}");
        assert!(!goodbye.reason().is_empty());
    }
    assert_eq!(
        serde_json::from_str::<Goodbye>("\"tea-time\"").expect("anything"),
        Goodbye::Other
    );
}

/// P-REJECT-1, P-REJECT-2, P-REJECT-3
#[test]
fn every_code_of_a_rejection_is_in_the_tables() {
    let mut rejections: Vec<Rejection> = named::<Conflict>()
        .into_iter()
        .map(|code| Rejection::Conflict(serde_json::from_value(json!(code)).expect("a conflict")))
        .collect();
    assert_eq!(rejections.len(), 14);
    rejections.extend([
        Rejection::Malformed("where".into()),
        Rejection::UnknownEdit,
        Rejection::Listener,
        Rejection::ReadOnly,
        Rejection::RefusedBefore,
    ]);
    for rejection in &rejections {
        let row = format!("| `{}` | ", rejection.code());
        assert!(DOCUMENT.contains(&row), "{row}");
        assert!(!rejection.reason().is_empty());
    }
    for local in [Rejection::TooLarge, Rejection::TooManyPending] {
        assert!(
            DOCUMENT.contains(&format!("(`{}`)", local.code())),
            "{local:?}"
        );
    }
}

/// P-LIMIT-4, P-ID-5, P-ONCE-1, P-RESUME-1, P-CLIENT-2
#[test]
fn the_numbers_of_the_document_are_those_of_the_code() {
    let rates = Rates::default();
    let row = |what: &str, allowance: limits::Allowance| {
        format!(
            "| {what} | {} | {} |",
            allowance.per_second, allowance.burst
        )
    };
    for expected in [
        row("edits", rates.edits),
        row(
            "presence, profile, gather and clock together",
            rates.presence,
        ),
        row("pings", rates.pings),
        row("mistakes", rates.mistakes),
        format!(
            "holds {} players, and each player up to {} connections",
            limits::PLAYERS,
            limits::CONNECTIONS_PER_PLAYER
        ),
        format!(
            "last {} accepted edits of each of the {} runs",
            limits::OUTCOMES,
            limits::RUNS
        ),
        format!("at most {} edits under way", limits::IN_FLIGHT),
        format!("the last {} edits", limits::TAIL),
        format!(
            "{} a second after a burst of {}",
            limits::REPLICA_EDITS.per_second,
            limits::REPLICA_EDITS.burst
        ),
        format!("after {} unsent edits", limits::PENDING),
        format!(
            "up to {} edits that happen together",
            Edit::MOST_IN_A_GESTURE
        ),
        format!("at most {} tracks", Document::MOST_TRACKS),
        format!("lists at most {}", Document::MOST_SAMPLES),
    ] {
        assert!(DOCUMENT.contains(&expected), "{expected}");
    }
    for span in [limits::HELLO_WITHIN, limits::SILENCE] {
        assert_eq!(
            span,
            Span::from_seconds(10),
            "the document says ten seconds"
        );
    }
    assert_eq!(limits::SLOWNESS, Span::from_seconds(15));
    assert_eq!(limits::ABSENT_LEADER, Span::from_seconds(5));
    assert_eq!(
        (limits::CLIENT_MESSAGE, limits::SERVER_MESSAGE),
        (65_536, 8_388_608)
    );
}

/// P-TRANSPORT-1, P-VERSION-4
#[test]
fn the_subprotocol_is_the_title_of_the_document() {
    assert_eq!(
        DOCUMENT.lines().next(),
        Some(format!("# {SUBPROTOCOL}").as_str())
    );
}

/// P-ID-1
#[test]
fn the_player_id_is_worked_out_from_the_token_as_the_examples_show() {
    let shown = &examples("client")[0]["hello"]["token"];
    let token = Token::parse(shown.as_str().expect("text")).expect("a token");
    let welcome = &examples("server")
        .into_iter()
        .find(|message| kind(message) == "welcome")
        .expect("a welcome");
    assert_eq!(json!(token.player().hex()), welcome["welcome"]["player"]);
}
