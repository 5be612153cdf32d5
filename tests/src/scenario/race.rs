//! Music that is rendered against time: by this machine's own processor, by the engine's wasm in a real
//! browser, and by that browser's own audio graph.

use super::native::Native;
use super::stage::Stage;
use super::{Machine, Place, Take, compiled_engine};
use crate::browser::{Browser, Screen};
use serde_json::{Value, json};

const PAGE: &str = include_str!("race.html");
/// A beat lasts half a second.
const TEMPO: f64 = 120.0;

/// What is played, again and again.
#[derive(Clone, Debug)]
pub struct Timed {
    pub rate: f64,
    /// How long it is.
    pub beats: usize,
    pub score: Vec<u8>,
    pub takes: Vec<Take>,
}

/// This machine's own processor, playing on and on.
pub struct Runner {
    native: Native,
    rate: f64,
    frames: usize,
}

/// A browser with the same music in its engine.
#[derive(Debug)]
pub struct Race {
    browser: Browser,
    frames: usize,
}

impl Timed {
    pub fn frames(&self) -> usize {
        let frames = format!("{:.0}", self.beats as f64 * 60.0 / TEMPO * self.rate);
        frames.parse().expect("a whole number")
    }

    pub fn native(&self) -> Runner {
        let mut native = Native::new(self.rate);
        native.play_from_now(&self.score);
        for take in &self.takes {
            native.keep(take);
        }
        Runner {
            native,
            rate: self.rate,
            frames: 0,
        }
    }

    /// Once through it.
    pub fn round(&self, runner: &mut Runner, block: usize) {
        for _ in 0..self.frames() / block {
            runner.block(block);
        }
    }
}

impl std::fmt::Debug for Runner {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "a runner at frame {}", self.frames)
    }
}

impl Runner {
    /// The next frames; nobody hears them.
    pub fn block(&mut self, frames: usize) {
        let place = Place {
            beat: self.frames as f64 * (TEMPO / (60.0 * self.rate)),
            tempo: TEMPO,
            looped: None,
            turned: 0.0,
        };
        self.native.run(place, frames);
        self.frames += frames;
    }

    /// How many notes sound.
    pub fn sounding(&self) -> usize {
        self.native.sounding()
    }
}

impl Race {
    /// Every piece of music is as long as the first. The audio graph plays one take, many times over at
    /// the speeds given.
    pub fn open(pieces: &[&Timed], take: &[f32], speeds: &[f64]) -> Self {
        let frames = pieces[0].frames();
        let mut bytes = Vec::new();
        let told: Vec<Value> = pieces.iter().map(|piece| told(piece, &mut bytes)).collect();
        let take = put(&mut bytes, &samples(take));
        let plan = json!({
            "rate": pieces[0].rate,
            "tempo": TEMPO,
            "frames": frames,
            "pieces": told,
            "take": take,
            "speeds": speeds,
        });
        let stage = Stage::open(vec![
            ("/", "text/html", PAGE.into()),
            ("/plan", "application/json", plan.to_string().into()),
            ("/bytes", "application/octet-stream", bytes),
            ("/engine.wasm", "application/wasm", compiled_engine()),
        ]);
        let browser = Browser::open(&stage.url(), Screen::Desk);
        browser.wait_until("the page is ready", |page| {
            let said = page.text("output");
            assert!(!said.contains("Error"), "the page: {said}");
            said == "ready"
        });
        Self { browser, frames }
    }

    /// How many seconds of a processor the engine's wasm takes for so many times through a piece.
    pub fn wasm(&self, piece: usize, times: usize, block: usize) -> f64 {
        let blocks = times * self.frames / block;
        self.seconds(&format!("return race.wasm({piece}, {block}, {blocks})"))
    }

    /// How many seconds of a processor the audio graph takes for as much sound.
    pub fn graph(&self, times: usize) -> f64 {
        self.seconds(&format!("return race.graph({times})"))
    }

    fn seconds(&self, script: &str) -> f64 {
        let before = self.browser.processor_time();
        assert_eq!(self.browser.evaluate(script), "sound");
        (self.browser.processor_time() - before).as_secs_f64()
    }
}

fn told(piece: &Timed, bytes: &mut Vec<u8>) -> Value {
    let score = put(bytes, &piece.score);
    let mut takes = Vec::new();
    for take in &piece.takes {
        let channels = take
            .channels
            .iter()
            .map(|channel| put(bytes, &samples(channel)));
        let channels: Vec<_> = channels.collect();
        takes.push(json!({ "key": take.key_words(), "rate": take.rate, "channels": channels }));
    }
    json!({ "score": score, "takes": takes })
}

/// Adds to the bytes that the page is sent, and says from where to where they are.
fn put(bytes: &mut Vec<u8>, more: &[u8]) -> [usize; 2] {
    let start = bytes.len();
    bytes.extend(more);
    [start, bytes.len()]
}

fn samples(samples: &[f32]) -> Vec<u8> {
    samples
        .iter()
        .flat_map(|sample| sample.to_le_bytes())
        .collect()
}
