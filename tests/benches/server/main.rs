//! The server under load: the real program in a process of its own, its data on a disk, and this
//! program as everybody who plays. Names of sections as arguments run only those.

mod fanout;
mod floor;
mod latency;
mod load;
mod memory;
mod process;
mod report;
mod restart;
mod start;
mod swarm;
mod throughput;
mod weight;

use report::Report;

type Section = (&'static str, fn(&mut Report));

const SECTIONS: [Section; 7] = [
    ("fanout", fanout::run),
    ("throughput", throughput::run),
    ("weight", weight::run),
    ("latency", latency::run),
    ("memory", memory::run),
    ("start", start::run),
    ("restart", restart::run),
];

fn main() {
    if floor::was_asked_for() {
        return;
    }
    let chosen: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    for word in &chosen {
        let names = SECTIONS.map(|(name, _)| name);
        assert!(
            names.contains(&word.as_str()),
            "there is no section {word}; there are: {}",
            names.join(", ")
        );
    }
    let mut report = Report::default();
    for (name, run) in SECTIONS {
        if chosen.is_empty() || chosen.iter().any(|word| word == name) {
            report.begin(name);
            run(&mut report);
        }
    }
    report.end();
}
