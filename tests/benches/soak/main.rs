//! A jam that goes on and on: two DAWs, a browser and three players at human pace, while connections are
//! cut and the server is killed. Whether anybody drifts, falls silent, or ends with another document.
//! `--minutes N` says for how long.

mod crowd;

use crowd::Crowd;
use lockstep_session::document::Document;
use lockstep_tests::hosts::Hand;
use lockstep_tests::jam::{Format, Heard, Jam, Mode, apart};
use lockstep_tests::machine::MachineTime;
use lockstep_tests::networks::{LOOPBACK, WIFI};
use lockstep_tests::report::{Report, at};
use std::time::{Duration, Instant};

const HOST: Format = Format::Clap(env!("CARGO_BIN_EXE_lockstep-host"));
const MINUTES: u64 = 3;
const MINUTE: Duration = Duration::from_secs(60);
/// In each minute the second DAW is cut off then, for so long.
const CUT_AT: u64 = 15;
const CUT_FOR: u64 = 4;
/// The server dies in the middle, and what it takes is counted from a while later on, outside of the cuts.
const WARM: Duration = Duration::from_secs(25);
/// At 120 beats a minute, and one may be a little late.
const GAP: f64 = 600.0;
/// Until everybody has joined and is in time.
const SETTLING: Duration = Duration::from_secs(5);

fn main() {
    let length = MINUTE * u32::try_from(minutes()).expect("few minutes");
    let mut report = Report::default();
    let mut jam = Jam::open();
    let mut leader = jam.daw(HOST, LOOPBACK, Mode::HostLeads);
    let follower = jam.daw(HOST, WIFI, Mode::Automatic);
    let page = jam.page(LOOPBACK);
    let mut crowd = Crowd::joined(&jam);
    leader.touch(&Hand::plays(0.0));
    std::thread::sleep(SETTLING);

    let from = MachineTime::now();
    let began = Instant::now();
    let mut second = 0;
    let mut is_killed = false;
    let mut warm = None;
    while began.elapsed() < length {
        crowd.play();
        if began.elapsed().as_secs() > second {
            second += 1;
            match second % MINUTE.as_secs() {
                CUT_AT => follower.distance.cut(),
                passed if passed == CUT_AT + CUT_FOR => follower.distance.heal(),
                _ => {}
            }
        }
        if !is_killed && began.elapsed() > length / 2 {
            is_killed = true;
            jam.server.kill();
            jam.server.come_back();
        }
        if warm.is_none() && began.elapsed() > length / 2 + WARM {
            crowd.fill_history();
            warm = Some((Instant::now(), jam.server.memory()));
        }
    }
    let to = MachineTime::now();
    let grown = warm.map_or(f64::NAN, |(since, before)| {
        let grown = jam.server.memory() as f64 - before as f64;
        grown / 1e3 / since.elapsed().as_secs_f64() * 60.0
    });
    crowd.wait_until_stored();

    let in_browser = page.heard();
    let (in_follower, _) = follower.halt();
    let (in_leader, _) = leader.halt();
    let everyone = [
        ("leader", &in_leader),
        ("other DAW", &in_follower),
        ("browser", &in_browser),
    ];
    let gaps = everyone.map(|(who, heard)| {
        let (gap, began) = heard.between(from, to).longest_gap();
        let when = format!("from second {began:.1} on");
        report.row(
            &format!("{who}, the longest time between two beats"),
            gap,
            "ms",
            &when,
        );
        gap
    });
    for (who, other) in [("other DAW", &in_follower), ("browser", &in_browser)] {
        let mut all = apart(&in_leader.between(from, to), other);
        report.row(
            &format!("{who}, from the leader, middle"),
            at(&mut all, 0.5),
            "ms",
            "",
        );
        report.row("  95 in a hundred within", at(&mut all, 0.95), "ms", "");
    }
    let drifts = [&in_follower, &in_browser].map(|other| drift(&in_leader, other, from, to));
    let most = |values: &[f64]| values.iter().copied().fold(0.0, f64::max);
    report.figure(
        "drift_ms",
        "drift from the first to the last quarter",
        most(&drifts),
        "ms",
        1.0,
    );
    report.figure(
        "worst_gap_ms",
        "the longest time between two beats",
        most(&gaps),
        "ms",
        GAP,
    );
    report.figure(
        "lost_acknowledged",
        "stored edits that were lost",
        count(crowd.lost(&jam)),
        "",
        0.0,
    );
    report.figure(
        "diverged",
        "players with another document",
        count(diverged(&jam, &crowd)),
        "",
        0.0,
    );
    report.figure(
        "server_growth_kb_per_min",
        "the server grows by",
        grown,
        "kB/min",
        50.0,
    );
    report.end();
}

/// How many minutes the arguments ask for.
fn minutes() -> u64 {
    let mut words = std::env::args()
        .skip_while(|word| word != "--minutes")
        .skip(1);
    words.next().map_or(MINUTES, |word| {
        word.parse().expect("--minutes needs a whole number")
    })
}

/// By how much the middle distance of the last quarter is more than that of the first.
fn drift(one: &Heard, other: &Heard, from: MachineTime, to: MachineTime) -> f64 {
    let quarter = to.millis_since(from) / 4e3;
    let middle =
        |from: MachineTime, to: MachineTime| at(&mut apart(&one.between(from, to), other), 0.5);
    let first = middle(from, from.after(quarter));
    (middle(from.after(3.0 * quarter), to) - first).abs()
}

/// Who does not have the server's document.
fn diverged(jam: &Jam, crowd: &Crowd) -> usize {
    let stored = jam.server.read(&jam.session)["document"].clone();
    let stored: Document = serde_json::from_value(stored).expect("a document");
    let everyone = crowd.players().chain([&jam.watcher]);
    let others = everyone.filter(|player| player.look(|replica| *replica.confirmed() != stored));
    others.count()
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).expect("few"))
}
