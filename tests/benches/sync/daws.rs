//! Two DAWs, one of which leads the other, each with a clock and a network of its own.

use crate::HOST;
use crate::networks::{LISTENED, SETTLING, count, parts};
use lockstep_tests::hosts::Hand;
use lockstep_tests::jam::{Format, Jam, Mode, apart};
use lockstep_tests::machine::MachineTime;
use lockstep_tests::networks::{LOOPBACK, Network, WIFI};
use lockstep_tests::report::Report;

pub(crate) fn run(report: &mut Report) {
    report.say("two CLAPs on the same machine:");
    let [median, p95] = parts(listen(report, [(HOST, LOOPBACK), (HOST, LOOPBACK)]));
    report.figure(
        "daw_daw_p50_ms",
        "DAW and DAW, the middle",
        median,
        "ms",
        0.5,
    );
    report.goal("  95 in a hundred within", p95, "ms", 2.0);
    let others = [
        (
            "a CLAP and a VST3 in a host of JUCE:",
            Format::Vst3,
            LOOPBACK,
        ),
        ("two CLAPs over Wi-Fi with spikes:", HOST, WIFI),
    ];
    for (what, format, network) in others {
        report.say(what);
        let [median, p95] = parts(listen(report, [(HOST, network), (format, network)]));
        report.row("DAW and DAW, the middle", median, "ms", "");
        report.row("  95 in a hundred within", p95, "ms", "");
    }
}

fn listen(report: &mut Report, [leader, follower]: [(Format, Network); 2]) -> Vec<f64> {
    let jam = Jam::open();
    let mut leader = jam.daw(leader.0, leader.1, Mode::HostLeads);
    let follower = jam.daw(follower.0, follower.1, Mode::Automatic);
    leader.touch(&Hand::plays(0.0));
    std::thread::sleep(SETTLING);
    let from = MachineTime::now();
    std::thread::sleep(LISTENED);
    let to = MachineTime::now();
    let (follower, _) = follower.halt();
    let (leader, _) = leader.halt();
    let led = leader.between(from, to);
    let apart = apart(&led, &follower);
    count(report, &led, &follower.between(from, to), apart.len());
    apart
}
