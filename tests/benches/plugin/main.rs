//! The release plugin in a real host: what a block costs beside its deadline and beside the engine by
//! itself, how soon an edit from afar is heard, how long a project takes to save and to load, how soon
//! the window is open. Names of sections as arguments run only those.

mod blocks;
mod editor;
mod edits;
mod state;

use lockstep_tests::report::{self, Report, Section};

const SECTIONS: [Section; 5] = [
    ("blocks", blocks::run),
    ("edits", edits::run),
    ("state", state::run),
    ("editor", editor::run),
    ("size", size),
];

fn main() {
    report::run(&SECTIONS);
}

fn size(report: &mut Report) {
    let bytes = lockstep_tests::hosts::Bundles::built().size();
    let megabytes = bytes as f64 / 1e6;
    report.figure("bundle_mb", "the plugin as a file", megabytes, "MB", 20.0);
}
