//! The server under load: the real program in a process of its own, its data on a disk, and this
//! program as everybody who plays. Names of sections as arguments run only those.

mod fanout;
mod floor;
mod latency;
mod load;
mod memory;
mod process;
mod restart;
mod start;
mod swarm;
mod throughput;
mod weight;

use lockstep_tests::report::{self, Section};

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
    report::run(&SECTIONS);
}
