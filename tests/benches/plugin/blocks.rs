//! What one callback costs, as a share of the time until its sound is due, and the engine by itself on
//! the same music in turns with it.

use lockstep_engine::{
    Beats, Engine, HostBlock, Listening, Moment, SampleRate, Score, Tempo as EngineTempo,
};
use lockstep_session::document::Document;
use lockstep_session::document::step::Step;
use lockstep_session::document::track::StepLength;
use lockstep_tests::full;
use lockstep_tests::hosts::{Bundles, ClapHost, Cost, HostSetup, Transport, state_with_document};
use lockstep_tests::phrases::one_track;
use lockstep_tests::report::{Report, at};
use std::time::{Duration, Instant};

pub(crate) const SETUP: HostSetup = HostSetup {
    sample_rate: 48_000.0,
    block: 128,
};
const TEMPO: f64 = 120.0;
/// Ten seconds of music, so that the worst of a thousand blocks is nothing rare.
const FRAMES: usize = 480_000;
const TURNS: usize = 5;
/// How long the patterns of a full session are.
pub(crate) const STEPS: usize = 8;
fn small() -> Document {
    let mut steps = vec![Step::default(); 16];
    for place in [0, 4, 8, 12] {
        steps[place] = Step::on();
    }
    one_track("kit-808", StepLength::Sixteenth, steps)
}

fn host(document: &Document) -> ClapHost {
    let mut host = ClapHost::open(&Bundles::built(), SETUP);
    assert!(host.load_state(&state_with_document(document)));
    host
}

/// A block's share of its deadline, in percent.
pub(crate) fn shares(costs: &[Cost], time: fn(&Cost) -> Duration) -> Vec<f64> {
    let deadline = 128.0 / SETUP.sample_rate;
    let share = |cost| time(cost).as_secs_f64() / deadline * 100.0;
    costs.iter().map(share).collect()
}

pub(crate) fn rows(report: &Report, what: &str, costs: &[Cost]) -> [f64; 2] {
    let mut worked = shares(costs, |cost| cost.worked);
    let mut passed = shares(costs, |cost| cost.passed);
    let [median, high, worst] = [0.5, 0.99, 1.0].map(|part| at(&mut worked, part));
    let by_clock = [0.99, 1.0].map(|part| at(&mut passed, part));
    report.row(
        &format!("{what}, the middle block"),
        median,
        "%",
        &format!(
            "p99 {high:.2} %, worst {worst:.2} %; by the clock p99 {:.2} %, worst {:.2} %",
            by_clock[0], by_clock[1]
        ),
    );
    [high, worst]
}

pub(crate) fn run(report: &mut Report) {
    let stopped = Transport::stopped(TEMPO, 0.0);
    let rolling = Transport::rolling(TEMPO, 0.0);
    for (what, document, transport) in [
        ("standing still", small(), &stopped),
        ("four drums", small(), &rolling),
    ] {
        let mut host = host(&document);
        host.render(transport, 48_000);
        host.costs();
        host.render(transport, FRAMES);
        rows(report, what, &host.costs());
    }

    let document = full::session(STEPS);
    let mut host = host(&document);
    host.render(&rolling, 48_000);
    host.costs();
    let mut all = Vec::new();
    let (mut plugin, mut engine) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..TURNS {
        host.render(&rolling, FRAMES);
        let costs = host.costs();
        plugin = plugin.min(costs.iter().map(|cost| cost.worked.as_secs_f64()).sum());
        all.extend(costs);
        engine = engine.min(by_itself(&document));
    }
    let [high, worst] = rows(report, "sixteen tracks, sixty-four notes", &all);
    report.figure(
        "p99_full_pct",
        "  of them the 99th in a hundred",
        high,
        "%",
        15.0,
    );
    report.figure("worst_full_pct", "  and the worst", worst, "%", 50.0);
    report.row(
        "  the engine by itself, of real time",
        engine * 10.0,
        "%",
        "",
    );
    let times = plugin / engine;
    report.figure(
        "overhead_vs_engine",
        "  the plugin beside it",
        times,
        "x",
        1.1,
    );
}

/// Seconds on the processor for the same music in the same blocks, without a plugin around the engine.
fn by_itself(document: &Document) -> f64 {
    let score = Score::compile(document);
    let rate = SampleRate::new(SETUP.sample_rate).expect("a rate");
    let mut engine = Engine::new(rate);
    let tempo = EngineTempo::new(TEMPO).expect("a tempo");
    let mut spent = Duration::ZERO;
    for number in 0..FRAMES / SETUP.block {
        let frames = number * SETUP.block;
        let beat = frames as f64 * TEMPO / 60.0 / SETUP.sample_rate;
        let moment = Moment {
            position: Some(HostBlock {
                beat: Beats::new(beat).expect("a place"),
                tempo,
                looped: None,
                turned: None,
            }),
            live: &[],
            listening: Listening::default(),
        };
        let mut sum = 0.0;
        let began = lockstep_tests::hosts::time_worked();
        engine.render(&score, &moment, SETUP.block, |chunk| {
            // Somebody has to take it.
            sum += chunk.mix[0][0];
        });
        spent += lockstep_tests::hosts::time_worked().saturating_sub(began);
        std::hint::black_box(sum);
    }
    spent.as_secs_f64()
}

/// The time until something is so, looked at all the time.
pub(crate) fn until(mut is_so: impl FnMut() -> bool) -> Duration {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(60), "it never is so");
        std::thread::yield_now();
    }
    began.elapsed()
}
