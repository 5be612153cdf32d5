//! What a project holds of the plugin: taken back exactly, refused where it is damaged, and never the
//! end of the host.

mod broken;

use crate::plugin_timing as timing;
use broken::Breaker;
use lockstep_tests::hosts::{
    Bundles, ClapHost, HostSetup, Transport, Vst3Host, assert_alike, state_with_document,
    state_with_fields,
};
use serde_json::json;

const SETUP: HostSetup = HostSetup {
    sample_rate: 48_000.0,
    block: 512,
};

fn good_states(host: &mut ClapHost) -> [Vec<u8>; 2] {
    let written = state_with_document(&timing::document());
    assert!(host.load_state(&written));
    [written, host.save_state()]
}

#[test]
fn three_thousand_broken_states_end_no_host_and_leave_no_trace() {
    let start = Transport::rolling(123.0, 0.0);
    let mut host = ClapHost::open(&Bundles::built(), SETUP);
    let good = good_states(&mut host);
    let before = host.render(&start, 48_000);
    assert!(!before.is_silent());
    let mut breaker = Breaker::new(1);
    let mut taken = 0;
    for number in 0..3_000 {
        let broken = breaker.broken(&good[number % 2]);
        taken += u32::from(host.load_state(&broken));
        if number % 50 == 0 {
            // Whatever was taken has to be played without harm: a host would.
            host.render(&start, 2_048);
        }
    }
    assert!(taken > 0, "some are only a little wrong");
    assert!(host.load_state(&good[1]));
    host.render(&Transport::stopped(123.0, 0.0), 480_000);
    assert_alike(&host.render(&start, 48_000), &before);
}

#[test]
fn broken_states_end_no_vst3_host() {
    let start = Transport::rolling(123.0, 0.0);
    let mut clap = ClapHost::open(&Bundles::built(), SETUP);
    let good = good_states(&mut clap);
    let mut host = Vst3Host::open(&Bundles::built(), SETUP);
    assert!(host.load_state(&good[1]));
    let before = host.render(&start, 48_000);
    let mut breaker = Breaker::new(2);
    for number in 0..300 {
        host.load_state(&breaker.broken(&good[number % 2]));
        if number % 50 == 0 {
            host.render(&start, 2_048);
        }
    }
    assert!(host.load_state(&good[1]));
    host.render(&Transport::stopped(123.0, 0.0), 480_000);
    assert_alike(&host.render(&start, 48_000), &before);
}

#[test]
fn what_a_later_version_adds_is_passed_over() {
    let start = Transport::rolling(123.0, 0.0);
    let mut today = ClapHost::open(&Bundles::built(), SETUP);
    assert!(today.load_state(&state_with_document(&timing::document())));
    let session = json!({
        "version": 7, "document": timing::document(), "mood": "blue", "rooms": [{ "size": 4 }],
    });
    let later = state_with_fields(&json!({ "session": session, "constellation": "Lyra" }));
    let mut host = ClapHost::open(&Bundles::built(), SETUP);
    assert!(host.load_state(&later));
    assert_alike(&host.render(&start, 48_000), &today.render(&start, 48_000));
}

#[test]
fn a_copied_plugin_plays_what_the_first_one_plays() {
    let bundles = Bundles::built();
    let start = Transport::rolling(98.6, 4.0);
    let mut first = ClapHost::open(&bundles, SETUP);
    assert!(first.load_state(&state_with_document(&timing::document())));
    let sound = first.render(&start, 96_000);
    let state = first.save_state();
    let mut copies: Vec<ClapHost> = (0..3).map(|_| ClapHost::open(&bundles, SETUP)).collect();
    for copy in &mut copies {
        assert!(copy.load_state(&state));
        assert_alike(&copy.render(&start, 96_000), &sound);
    }
    // The other format reads the same bytes.
    let mut vst3 = Vst3Host::open(&bundles, SETUP);
    assert!(vst3.load_state(&state));
    assert_alike(&vst3.render(&start, 96_000), &sound);
}

#[test]
fn undoing_in_the_host_brings_back_what_played() {
    let start = Transport::rolling(98.6, 4.0);
    let stopped = Transport::stopped(98.6, 4.0);
    let mut host = ClapHost::open(&Bundles::built(), SETUP);
    assert!(host.load_state(&state_with_document(&timing::document())));
    let first = host.save_state();
    let before = host.render(&start, 48_000);
    assert!(host.load_state(&state_with_document(&timing::extremes::sparse_document())));
    host.render(&stopped, 96_000);
    let between = host.render(&start, 48_000);
    assert_ne!(between, before);
    // Back and forth, as people do.
    let second = host.save_state();
    for _ in 0..5 {
        for (state, sound) in [(&first, &before), (&second, &between)] {
            assert!(host.load_state(state));
            host.render(&stopped, 96_000);
            assert_alike(&host.render(&start, 48_000), sound);
        }
    }
}
