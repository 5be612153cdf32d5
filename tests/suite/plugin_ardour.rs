//! The plugin in Ardour, which rounds its places, says its first block twice and names bars that are
//! not there yet. `cargo xtask test` leaves these out where Ardour is not to be had, and counts them.

use crate::plugin_timing::{self as timing, extremes};
use lockstep_tests::hosts::{
    ArdourSession, Bundles, ClapHost, Edition, HostSetup, state_with_document,
};

#[test]
fn a_session_saved_and_opened_again_is_exported_in_time() {
    is_exported_in_time(Edition::Stereo);
}

#[test]
fn with_an_output_for_each_track_the_mix_is_exported_in_time() {
    is_exported_in_time(Edition::Multi);
}

fn is_exported_in_time(edition: Edition) {
    let setup = HostSetup {
        sample_rate: 48_000.0,
        block: 1024,
    };
    let session = ArdourSession::make(&Bundles::built(), edition, 48_000);
    let frames = setup.frames(10.0);
    session.set(117.3, frames, &state_with_document(&timing::document()));
    session.reopen_and_save();
    let latency = ClapHost::open(&Bundles::built(), setup).latency();
    let sound = session.export(latency);
    extremes::an_exported_song_is_in_time(117.3, setup, frames, &sound);
}
