//! The largest edits against the limits of messages.

use super::*;
use crate::document::instrument::{Amount, Instrument, Parameter, Source};
use crate::ids::{EditNumber, Epoch, Revision, Run};
use crate::limits;
use crate::protocol::{ClientMessage, Ordered, ServerMessage, encode};
use std::{borrow::Cow, sync::Arc};

fn message_size(edit: &Edit) -> usize {
    let raw = serde_json::value::to_raw_value(edit).expect("encodes");
    encode(&ClientMessage::Edit {
        number: EditNumber(u32::MAX),
        edit: Cow::Owned(raw),
    })
    .len()
}

/// Every kind whose size can vary, at its largest.
fn largest_edits() -> Vec<(&'static str, Edit)> {
    let document = Document::largest();
    let track = document.tracks[0].id;
    let scene = SceneIndex::new(7).expect("a scene");
    let clip = (**document.clip(track, scene).expect("a clip")).clone();
    let settings = document.tracks[0].settings.clone();
    let wide = "\u{10ffff}".repeat(100);
    let everything = Parameter::ALL
        .into_iter()
        .map(|parameter| (parameter, Amount::MAX))
        .collect();
    let source = Source::Preset(Name::new(&wide));
    let instrument = Instrument {
        source,
        parameters: everything,
    };
    let when = Some(When {
        now: Beat::from_micros(i64::MIN),
        at: Beat::from_micros(i64::MIN),
    });
    vec![
        (
            "clip",
            Edit::Clip {
                track,
                scene,
                clip: Some(clip),
            },
        ),
        (
            "steps",
            Edit::Steps {
                track,
                scene,
                first: StepIndex::new(100).expect("a step"),
                values: vec![Step::largest(); 128],
            },
        ),
        (
            "step",
            Edit::Step {
                track,
                scene,
                step: StepIndex::new(127).expect("a step"),
                value: Step::largest(),
            },
        ),
        (
            "add-track",
            Edit::AddTrack {
                track,
                at: 16,
                settings: Box::new(settings),
            },
        ),
        (
            "instrument",
            Edit::Track {
                track,
                setting: TrackSetting::Instrument(instrument),
            },
        ),
        (
            "order-tracks",
            Edit::OrderTracks {
                order: document.tracks.iter().map(|track| track.id).collect(),
            },
        ),
        (
            "session name",
            Edit::Session(SessionSetting::Name(LongName::new(&wide))),
        ),
        (
            "launch",
            Edit::Launch {
                track,
                clip: Some(scene),
                when,
            },
        ),
    ]
}

/// P-LIMIT-3
#[test]
fn every_single_edit_at_its_largest_fits_into_a_message() {
    for (kind, edit) in largest_edits() {
        let size = message_size(&edit);
        assert!(size <= limits::CLIENT_MESSAGE - 256, "{kind}: {size} bytes");
    }
}

#[test]
fn the_largest_edit_is_a_whole_pattern_and_not_far_from_the_limit() {
    let largest = largest_edits()
        .iter()
        .map(|(_, edit)| message_size(edit))
        .max()
        .expect("some");
    assert!(
        largest > limits::CLIENT_MESSAGE / 2,
        "the measure measures something: {largest}"
    );
}

/// P-LIMIT-2
#[test]
fn what_the_server_makes_of_the_largest_edit_fits_its_own_limit() {
    for (kind, edit) in largest_edits() {
        let ordered = Ordered {
            epoch: Epoch(u32::MAX),
            revision: Revision(u64::MAX),
            by: AUTHOR,
            run: Run(u32::MAX),
            number: EditNumber(u32::MAX),
            edit,
        };
        let size = encode(&ServerMessage::Edit(Arc::new(ordered))).len();
        assert!(size <= limits::SERVER_MESSAGE, "{kind}: {size}");
    }
}
