//! What the engine costs: a voice beside a bare loop, a full session in blocks, the same as wasm in a
//! browser, samples beside the browser's own audio graph, and its memory. Whatever is compared is
//! measured in turns, and the quickest round counts, so that a busy machine slows both alike.

mod clock;
mod session;
mod voice;

use cap::Cap;
use clock::processor;
use flate2::Compression;
use flate2::write::GzEncoder;
use lockstep_engine::{Engine, Interpolation, SampleRate, Score};
use lockstep_session::document::Document;
use lockstep_tests::scenario::{Race, Timed, compiled_engine};
use std::alloc::System;
use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

const BLOCK: usize = 128;
const RATE: f64 = 48_000.0;
const ROUNDS: usize = 6;
const RACES: usize = 4;
/// How often each piece is played in a race, so that its time can be told.
const TIMES: usize = 2;
const COMPILES: usize = 60;

fn main() {
    println!("                                           measured       goal");
    let linear = voice("linear", Interpolation::Linear);
    let hermite = voice("Hermite", Interpolation::Hermite);
    row("engine without samples", memory() * 1e-6, "MB   <= 32 MB");
    row(
        "score of the largest document",
        compile() * 1e3,
        "ms   <= 1 ms",
    );
    let full = session::full();
    let blocks = Blocks::measure(&full);
    row(
        "full session, voices that sound",
        blocks.sounding,
        "     64",
    );
    row("  times realtime", blocks.speed(), "     >= 20");
    row(
        "  worst block, of its deadline",
        blocks.worst(),
        "%    <= 10 %",
    );
    row(
        "  the same in the worst of all rounds",
        blocks.worst_of_all(),
        "%",
    );
    row(
        "  the same by the clock on the wall",
        blocks.worst_by_wall(),
        "%",
    );
    let race = race(&full);
    let (to_native, to_graph) = (race.wasm / race.native, race.samples / race.graph);
    row("full session, native, times realtime", race.native, "");
    row("full session, as wasm, times realtime", race.wasm, "");
    row("  wasm over native", to_native, "     >= 0.5");
    row("64 samples, as wasm, times realtime", race.samples, "");
    row("64 samples, in Web Audio, times realtime", race.graph, "");
    row("  wasm over Web Audio", to_graph, "     >= 1");
    let weight = weight();
    row(
        "engine's wasm, gzipped",
        weight as f64 * 1e-3,
        "kB   <= 250 kB",
    );
    println!(
        "{{\"voice_ratio_linear\":{linear:.3},\"voice_ratio_hermite\":{hermite:.3},\
         \"full_session_x_realtime\":{:.1},\"worst_block_pct\":{:.2},\
         \"wasm_vs_native\":{to_native:.3},\"wasm_vs_webaudio\":{to_graph:.3},\
         \"engine_wasm_bytes_gz\":{weight}}}",
        blocks.speed(),
        blocks.worst(),
    );
}

fn row(name: &str, value: f64, goal: &str) {
    println!("{name:42} {value:8.2} {goal}");
}

/// How much more a voice costs than a bare loop.
fn voice(name: &str, interpolation: Interpolation) -> f64 {
    let cost = voice::cost(interpolation);
    row(&format!("voice-frame, {name}: bare loop"), cost.bare, "ns");
    row(&format!("voice-frame, {name}: engine"), cost.engine, "ns");
    row("  ratio", cost.ratio(), "     <= 2");
    cost.ratio()
}

/// What every block of a session took, in seconds: a row for each round through the music.
struct Blocks {
    processor: Vec<Vec<f64>>,
    wall: Vec<Vec<f64>>,
    sounding: f64,
}

impl Blocks {
    fn measure(timed: &Timed) -> Self {
        let mut native = timed.native();
        let count = timed.frames() / BLOCK;
        let mut blocks = Self {
            processor: Vec::new(),
            wall: Vec::new(),
            sounding: 0.0,
        };
        timed.round(&mut native, BLOCK);
        for _ in 0..ROUNDS {
            let (mut of_processor, mut of_wall) = (Vec::new(), Vec::new());
            for _ in 0..count {
                let (wall, before) = (Instant::now(), processor());
                native.block(BLOCK);
                of_processor.push(processor() - before);
                of_wall.push(wall.elapsed().as_secs_f64());
                blocks.sounding += native.sounding() as f64 / (ROUNDS * count) as f64;
            }
            blocks.processor.push(of_processor);
            blocks.wall.push(of_wall);
        }
        blocks
    }

    /// Seconds of sound in a second, in the quickest round.
    fn speed(&self) -> f64 {
        let rounds = self.processor.iter();
        let quickest = rounds
            .map(|blocks| blocks.iter().sum())
            .fold(f64::MAX, f64::min);
        let frames = self.processor[0].len() * BLOCK;
        frames as f64 / RATE / quickest
    }

    /// The block that takes longest even in its quickest round.
    fn worst(&self) -> f64 {
        let quickest = |place: usize| {
            self.processor
                .iter()
                .map(|round| round[place])
                .fold(f64::MAX, f64::min)
        };
        share(
            (0..self.processor[0].len())
                .map(quickest)
                .fold(0.0, f64::max),
        )
    }

    fn worst_of_all(&self) -> f64 {
        share(self.processor.iter().flatten().copied().fold(0.0, f64::max))
    }

    fn worst_by_wall(&self) -> f64 {
        share(self.wall.iter().flatten().copied().fold(0.0, f64::max))
    }
}

/// Of a block's deadline, in percent.
fn share(seconds: f64) -> f64 {
    seconds / (BLOCK as f64 / RATE) * 100.0
}

/// Seconds of sound in a second.
struct Speeds {
    native: f64,
    wasm: f64,
    samples: f64,
    graph: f64,
}

fn race(full: &Timed) -> Speeds {
    let samples = session::samples();
    let mut native = full.native();
    let race = Race::open(&[full, &samples], &session::mono(), &session::speeds());
    let mut quickest = [f64::MAX; 4];
    for round in 0..=RACES {
        let before = processor();
        (0..TIMES).for_each(|_| full.round(&mut native, BLOCK));
        let times = [
            processor() - before,
            race.wasm(0, TIMES, BLOCK),
            race.wasm(1, TIMES, BLOCK),
            race.graph(TIMES),
        ];
        // The first round warms up.
        if round > 0 {
            for (quickest, time) in quickest.iter_mut().zip(times) {
                *quickest = time.min(*quickest);
            }
        }
    }
    let [native, wasm, samples, graph] =
        quickest.map(|time| (TIMES * full.frames()) as f64 / RATE / time);
    Speeds {
        native,
        wasm,
        samples,
        graph,
    }
}

/// What an engine and the score it plays take up, in bytes.
fn memory() -> f64 {
    let before = ALLOCATOR.allocated();
    let engine = Engine::new(SampleRate::new(RATE).expect("a rate"));
    let score = Score::boxed();
    let bytes = ALLOCATOR.allocated() - before;
    black_box((&engine, &score));
    bytes as f64
}

/// The quickest of many, in seconds.
fn compile() -> f64 {
    // As a server sends it: no part of it is shared with another.
    let text = serde_json::to_vec(&Document::largest()).expect("a document can be written");
    let document: Document = serde_json::from_slice(&text).expect("just written");
    let once = || {
        let before = processor();
        black_box(Score::compile(black_box(&document)));
        processor() - before
    };
    (0..COMPILES).map(|_| once()).fold(f64::MAX, f64::min)
}

/// Of the engine's wasm, as it is sent.
fn weight() -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(&compiled_engine())
        .expect("memory takes everything");
    encoder.finish().expect("memory takes everything").len()
}
