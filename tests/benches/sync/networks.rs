//! A DAW that leads and a browser, over one network each.

use crate::HOST;
use lockstep_tests::hosts::Hand;
use lockstep_tests::jam::{Heard, Jam, Mode, Naive, apart, same_steps};
use lockstep_tests::machine::MachineTime;
use lockstep_tests::networks::{JITTER, LAN20, LOOPBACK, Network, WIFI};
use lockstep_tests::report::{Report, at};
use std::time::Duration;

/// How long each network is listened to, after as long as a player takes to look around.
pub(crate) const LISTENED: Duration = Duration::from_secs(40);
pub(crate) const SETTLING: Duration = Duration::from_secs(5);

/// What was heard of one network, in milliseconds.
struct Found {
    apart: Vec<f64>,
    naive: Vec<f64>,
}

pub(crate) fn loopback(report: &mut Report) {
    let found = listen(report, LOOPBACK);
    let [median, p95] = parts(found.apart);
    report.figure(
        "daw_web_loopback_p50_ms",
        "DAW and browser, the middle",
        median,
        "ms",
        1.0,
    );
    report.figure(
        "daw_web_loopback_p95_ms",
        "  95 in a hundred within",
        p95,
        "ms",
        3.0,
    );
}

pub(crate) fn far(report: &mut Report) {
    let found = listen(report, LAN20);
    goals(report, found, 1.0, 3.0);
}

pub(crate) fn jitter(report: &mut Report) {
    let found = listen(report, JITTER);
    goals(report, found, 2.0, 6.0);
}

pub(crate) fn wifi(report: &mut Report) {
    let found = listen(report, WIFI);
    let [median, p95] = parts(found.apart);
    report.figure(
        "daw_web_wifi_p50_ms",
        "DAW and browser, the middle",
        median,
        "ms",
        2.0,
    );
    report.figure(
        "daw_web_wifi_p95_ms",
        "  95 in a hundred within",
        p95,
        "ms",
        6.0,
    );
    let [_, naive] = parts(found.naive);
    report.keep("naive_wifi_p95_ms", naive);
}

fn goals(report: &mut Report, found: Found, median: f64, p95: f64) {
    let [found_median, found_p95] = parts(found.apart);
    report.goal("DAW and browser, the middle", found_median, "ms", median);
    report.goal("  95 in a hundred within", found_p95, "ms", p95);
}

pub(crate) fn parts(mut values: Vec<f64>) -> [f64; 2] {
    [at(&mut values, 0.5), at(&mut values, 0.95)]
}

fn listen(report: &mut Report, network: Network) -> Found {
    let jam = Jam::open();
    let mut daw = jam.daw(HOST, network, Mode::HostLeads);
    let page = jam.page(network);
    daw.touch(&Hand::plays(0.0));
    std::thread::sleep(SETTLING);
    let from = MachineTime::now();
    std::thread::sleep(LISTENED);
    let to = MachineTime::now();
    let (in_browser, latency) = page.heard_with_latency();
    let naive = Naive::of(&page);
    let (in_daw, paced) = daw.halt();
    let in_daw = in_daw.between(from, to);
    report.say(&format!("{}:", network.name));
    let apart = apart(&in_daw, &in_browser);
    let mut later: Vec<f64> = same_steps(&in_daw, &in_browser)
        .into_iter()
        .map(|(_, later)| later)
        .collect();
    let naive = naive.apart(&in_daw);
    count(report, &in_daw, &in_browser, apart.len());
    report.row(
        "how late the system woke the host, the middle",
        at(&mut paced.late.clone(), 0.5),
        "ms",
        "",
    );
    report.row(
        "  95 in a hundred within",
        at(&mut paced.late.clone(), 0.95),
        "ms",
        "",
    );
    report.row("the browser's own word on its output", latency, "ms", "");
    report.row(
        "by how much the browser is later, the middle",
        at(&mut later, 0.5),
        "ms",
        "",
    );
    let [median, p95] = parts(naive.clone());
    report.row("a page that goes by one ping, the middle", median, "ms", "");
    report.row("  95 in a hundred within", p95, "ms", "");
    Found { apart, naive }
}

pub(crate) fn count(report: &mut Report, one: &Heard, other: &Heard, compared: usize) {
    report.say(&format!(
        "{compared} of {} steps compared; the other played {}, and {} at no known time",
        one.beats.len(),
        other.beats.len(),
        other.unknown.len()
    ));
}
