//! Edits that say something legal which does not fit the document.

use super::*;

fn full_studio() -> Document {
    let mut document = studio();
    for track in 10..24 {
        document = applied(
            document,
            &[&format!(r#"{{"add-track":{{"track":{track},"at":9}}}}"#)],
        );
    }
    for sample in 0..254 {
        let add = format!(
            r#"{{"add-sample":{{"sample":"{sample:064x}","name":"x","frames":1,"rate":8000,"channels":1}}}}"#
        );
        document = applied(document, &[&add]);
    }
    document
}

/// P-REJECT-1, P-EDIT-6, P-TRACK-1, P-TRACK-3, P-SAMPLE-1, P-CLIP-1, P-STEP-3, P-LEAD-1
#[test]
fn every_conflict_is_reached_and_leaves_the_document_as_it_was() {
    let mut document = full_studio();
    document.lead = Some(PlayerId::from_bytes([9; 8]));
    let steps = format!(
        r#"{{"steps":{{"track":1,"scene":0,"first":0,"values":[{}]}}}}"#,
        vec!["{}"; 129].join(",")
    );
    let gesture = format!(
        r#"{{"gesture":[{}]}}"#,
        vec![r#"{"session":{"swing":1}}"#; 257].join(",")
    );
    let cases: &[(&str, Conflict)] = &[
        (r#"{"remove-track":{"track":9}}"#, Conflict::NoSuchTrack),
        (
            r#"{"track":{"track":9,"setting":{"mute":true}}}"#,
            Conflict::NoSuchTrack,
        ),
        (
            r#"{"clip":{"track":9,"scene":0,"clip":null}}"#,
            Conflict::NoSuchTrack,
        ),
        (
            r#"{"launch":{"track":9,"clip":0,"when":{"now":0,"at":0}}}"#,
            Conflict::NoSuchTrack,
        ),
        (r#"{"add-track":{"track":1,"at":0}}"#, Conflict::TrackExists),
        (
            r#"{"add-track":{"track":99,"at":0}}"#,
            Conflict::TooManyTracks,
        ),
        (
            r#"{"step":{"track":2,"scene":0,"step":0,"value":{}}}"#,
            Conflict::NoSuchClip,
        ),
        (
            r#"{"clip-setting":{"track":1,"scene":2,"setting":{"name":"x"}}}"#,
            Conflict::NoSuchClip,
        ),
        (
            r#"{"step":{"track":1,"scene":1,"step":0,"value":{}}}"#,
            Conflict::WrongKindOfClip,
        ),
        (
            r#"{"pattern":{"track":1,"scene":1,"operation":"clear"}}"#,
            Conflict::WrongKindOfClip,
        ),
        (
            r#"{"clip-setting":{"track":1,"scene":1,"setting":{"length":3}}}"#,
            Conflict::WrongKindOfClip,
        ),
        (
            r#"{"clip-setting":{"track":1,"scene":0,"setting":{"loop":{"sample":"RAIN"}}}}"#,
            Conflict::WrongKindOfClip,
        ),
        (
            r#"{"clip":{"track":1,"scene":2,"clip":{"content":{"loop":{"sample":"ABSENT"}}}}}"#,
            Conflict::NoSuchSample,
        ),
        (
            r#"{"clip-setting":{"track":1,"scene":1,"setting":{"loop":{"sample":"ABSENT"}}}}"#,
            Conflict::NoSuchSample,
        ),
        (
            r#"{"track":{"track":1,"setting":{"source":{"sample":"ABSENT"}}}}"#,
            Conflict::NoSuchSample,
        ),
        (
            r#"{"track":{"track":1,"setting":{"instrument":{"source":{"sample":"ABSENT"}}}}}"#,
            Conflict::NoSuchSample,
        ),
        (
            r#"{"add-track":{"track":99,"at":0,"settings":{"instrument":{"source":{"sample":"ABSENT"}}}}}"#,
            Conflict::NoSuchSample,
        ),
        (
            r#"{"rename-sample":{"sample":"ABSENT","name":"x"}}"#,
            Conflict::NoSuchSample,
        ),
        (
            r#"{"remove-sample":{"sample":"ABSENT"}}"#,
            Conflict::NoSuchSample,
        ),
        (
            r#"{"add-sample":{"sample":"ABSENT","name":"x","frames":1,"rate":8000,"channels":1}}"#,
            Conflict::TooManySamples,
        ),
        (
            r#"{"remove-sample":{"sample":"RAIN"}}"#,
            Conflict::SampleInUse,
        ),
        (
            r#"{"track":{"track":1,"setting":{"parameter":{"parameter":"pan","amount":1}}}}"#,
            Conflict::MixerParameter,
        ),
        (r#"{"stop":{"at":1}}"#, Conflict::LedBySomeoneElse),
        (
            r#"{"gesture":[{"session":{"swing":1}},{"tempo":{"tempo":9000,"at":1}}]}"#,
            Conflict::LedBySomeoneElse,
        ),
        (r#"{"gesture":[{"gesture":[]}]}"#, Conflict::GestureTooLarge),
        (&gesture, Conflict::GestureTooLarge),
        (&steps, Conflict::TooManySteps),
        (r#"{"harmony":{"harmony":{}}}"#, Conflict::NoMoment),
        (r#"{"launch":{"track":1,"clip":0}}"#, Conflict::NoMoment),
        (r#"{"launch-scene":{"scene":0}}"#, Conflict::NoMoment),
    ];
    let before = document.clone();
    for (text, conflict) in cases {
        assert_eq!(
            document.apply(&edit(text), AUTHOR),
            Err(*conflict),
            "{text}"
        );
        assert_eq!(document, before, "{text}");
    }
    for code in kinds::<Conflict>() {
        let reached = cases
            .iter()
            .any(|(_, conflict)| written(conflict) == json!(code));
        assert!(reached || code == "published", "{code}");
    }
}

#[test]
fn a_play_without_its_moment_is_a_conflict_too() {
    for text in [
        r#"{"play":{"from":0}}"#,
        r#"{"stop":{}}"#,
        r#"{"relocate":{"to":0}}"#,
        r#"{"tempo":{"tempo":9000}}"#,
    ] {
        assert_eq!(
            studio().apply(&edit(text), AUTHOR),
            Err(Conflict::NoMoment),
            "{text}"
        );
    }
}

/// P-LEAD-1
#[test]
fn only_the_leader_moves_the_transport_and_only_they_give_the_lead_back() {
    let other = PlayerId::from_bytes([2; 8]);
    let mut document = applied(studio(), &[r#""take-lead""#]);
    let play = edit(r#"{"play":{"from":0,"at":1}}"#);
    assert_eq!(
        document.apply(&play, other),
        Err(Conflict::LedBySomeoneElse)
    );
    document
        .apply(&Edit::ReleaseLead, other)
        .expect("changes nothing");
    document
        .apply(&Edit::TakeFreeLead, other)
        .expect("changes nothing either");
    assert_eq!(document.lead, Some(AUTHOR));
    document.apply(&play, AUTHOR).expect("the leader plays");
    document
        .apply(&Edit::TakeLead, other)
        .expect("anybody may take the lead");
    assert_eq!(document.lead, Some(other));
    document.apply(&Edit::ReleaseLead, other).expect("releases");
    assert_eq!(document.lead, None);
    document
        .apply(&Edit::TakeFreeLead, other)
        .expect("it is free");
    assert_eq!(document.lead, Some(other));
}
