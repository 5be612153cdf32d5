//! The release plugin in a real host: what a block costs beside its deadline and beside the engine by
//! itself, how soon an edit from afar is heard, how long a project takes to save and to load, how soon
//! the editor is open. Names of sections as arguments run only those.

mod blocks;
mod edits;
mod report;
mod state;

use report::Report;

type Section = (&'static str, fn(&mut Report));

const SECTIONS: [Section; 4] = [
    ("blocks", blocks::run),
    ("edits", edits::run),
    ("state", state::run),
    ("size", size),
];

fn main() {
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

fn size(report: &mut Report) {
    let bytes = lockstep_tests::hosts::Bundles::built().size();
    let megabytes = bytes as f64 / 1e6;
    report.figure("bundle_mb", "the plugin as a file", megabytes, "MB", 20.0);
}
