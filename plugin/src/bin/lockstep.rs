//! The instrument as a program of its own, on this machine's audio and MIDI: for a band member
//! without a workstation. It must not know what it plays.

use lockstep_plugin::Lockstep;
use nice_plug::prelude::nice_export_standalone;
use std::process::ExitCode;

fn main() -> ExitCode {
    if nice_export_standalone::<Lockstep>() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
