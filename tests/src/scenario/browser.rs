//! The engine in a real browser's AudioWorklet, through the page's own processor, rendered offline.

use super::stage::Stage;
use super::{Change, Scenario, compiled_engine};
use crate::browser::{Browser, Screen};
use crate::hosts::Sound;
use serde_json::{Value, json};
use std::path::Path;

const PAGE: &str = include_str!("browser.html");

pub(super) fn play(scenario: &Scenario, quantum: usize) -> Sound {
    let is_between_blocks = |(at, _): &(usize, Change)| at % quantum == 0;
    assert!(
        scenario.changes.iter().all(is_between_blocks),
        "a browser changes nothing within a block"
    );
    let mut bytes = Vec::new();
    let messages: Vec<Value> = scenario
        .changes
        .iter()
        .map(|(at, change)| message(*at, change, &mut bytes))
        .collect();
    let plan = json!({
        "rate": scenario.rate,
        "frames": scenario.frames,
        "quantum": quantum,
        "messages": messages,
    });
    let processor = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/web/worklet.js");
    let processor = std::fs::read(processor).expect("the page has a processor");

    let stage = Stage::open(vec![
        ("/", "text/html", PAGE.into()),
        ("/plan", "application/json", plan.to_string().into()),
        ("/bytes", "application/octet-stream", bytes),
        ("/worklet.js", "text/javascript", processor),
        ("/engine.wasm", "application/wasm", compiled_engine()),
    ]);
    let browser = Browser::open(&stage.url(), Screen::Desk);
    browser.wait_until("the scenario is played", |page| {
        let said = page.text("output");
        assert!(!said.contains("Error"), "the page: {said}");
        said == "played"
    });
    assert_eq!(browser.complaints(), Vec::<String>::new());
    let samples = stage.received();
    let samples: Vec<f32> = samples
        .as_chunks()
        .0
        .iter()
        .map(|bytes| f32::from_le_bytes(*bytes))
        .collect();
    let (left, right) = samples.split_at(scenario.frames);
    Sound::new(left.to_vec(), right.to_vec(), 0)
}

/// One change as the processor is told it. Bytes follow those before them and are named by where they
/// are.
fn message(at: usize, change: &Change, bytes: &mut Vec<u8>) -> Value {
    let mut put = |more: &[u8]| {
        let start = bytes.len();
        bytes.extend(more);
        [start, bytes.len()]
    };
    match change {
        Change::Score(score) => {
            let length = u32::try_from(score.len()).expect("a score is small");
            let whole = [&[0; 4], &length.to_le_bytes()[..], score].concat();
            json!({ "at": at, "score": put(&whole) })
        }
        Change::Take(take) => {
            let channels = take.channels.iter().map(|channel| {
                let samples = channel.iter().flat_map(|sample| sample.to_le_bytes());
                put(&samples.collect::<Vec<u8>>())
            });
            let channels: Vec<_> = channels.collect();
            let sample =
                json!({ "key": take.key_words(), "rate": take.rate, "channels": channels });
            json!({ "at": at, "sample": sample })
        }
        Change::Roll {
            beat,
            tempo,
            looped,
        } => {
            let looped = looped.unwrap_or_default();
            let transport = json!({ "frame": at, "beat": beat, "tempo": tempo, "loop": looped });
            json!({ "at": at, "transport": transport })
        }
        Change::Line {
            frame,
            beat,
            tempo,
            looped,
            pace,
            turned,
        } => {
            let looped = looped.unwrap_or_default();
            let transport = json!({
                "frame": frame, "beat": beat, "tempo": tempo, "loop": looped, "pace": pace, "turned": turned,
            });
            json!({ "at": at, "transport": transport })
        }
        Change::Stop => json!({ "at": at, "transport": null }),
        Change::Gap(_) => unreachable!("a browser renders every frame of a scenario"),
        Change::Listen {
            muted,
            soloed,
            metronome,
        } => json!({ "at": at, "listen": [muted, soloed, metronome] }),
        Change::Key {
            track,
            key,
            velocity,
        } => {
            let code = u8::from(velocity.is_none());
            json!({ "at": at, "play": [track, code, key, velocity.unwrap_or(0.0)] })
        }
    }
}
