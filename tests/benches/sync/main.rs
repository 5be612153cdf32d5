//! How far the same step of a DAW and a browser, and of two DAWs, are apart when they sound, over good
//! and bad networks; what a simple page would be off; and how soon all are together again after the
//! server was killed. Names of sections as arguments run only those.

mod daws;
mod kill;
mod networks;

use lockstep_tests::jam::Format;
use lockstep_tests::report::{self, Section};

const HOST: Format = Format::Clap(env!("CARGO_BIN_EXE_lockstep-host"));

const SECTIONS: [Section; 6] = [
    ("loopback", networks::loopback),
    ("far", networks::far),
    ("jitter", networks::jitter),
    ("wifi", networks::wifi),
    ("daws", daws::run),
    ("kill", kill::run),
];

fn main() {
    report::run(&SECTIONS);
}
