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
    let mut scores = Vec::new();
    let messages: Vec<Value> = scenario
        .changes
        .iter()
        .map(|(at, change)| message(*at, change, &mut scores))
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
        ("/scores", "application/octet-stream", scores),
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
    Sound::new(left.to_vec(), right.to_vec())
}

/// One change as the processor is told it. A score's bytes follow those before it in `scores`.
fn message(at: usize, change: &Change, scores: &mut Vec<u8>) -> Value {
    match change {
        Change::Score(score) => {
            let start = scores.len();
            scores.extend(score);
            json!({ "at": at, "score": [start, scores.len()] })
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
        Change::Stop => json!({ "at": at, "transport": null }),
    }
}
