//! The plugin in DawDreamer: a song with a tempo, after set-up blocks that say nothing of it.

use crate::plugin_timing::{self as timing, extremes};
use lockstep_tests::hosts::{
    Bundles, ClapHost, DawdreamerHost, HostSetup, Transport, state_with_document,
};

const SETUP: HostSetup = HostSetup {
    sample_rate: 48_000.0,
    block: 512,
};

#[test]
fn a_song_sounds_where_its_tempo_puts_it_whatever_the_blocks() {
    for (tempo, block) in [(117.3, 512), (60.0, 64), (98.25, 2048), (119.0, 441)] {
        let setup = HostSetup { block, ..SETUP };
        let mut host = DawdreamerHost::open(&Bundles::built(), setup);
        assert!(host.load_state(&state_with_document(&timing::document())));
        extremes::a_song_from_its_beginning_sounds_where_it_belongs(tempo, setup, |frames| {
            host.play(tempo, frames)
        });
    }
}

#[test]
fn a_song_that_is_played_again_sounds_the_same() {
    let state = state_with_document(&timing::document());
    let mut host = DawdreamerHost::open(&Bundles::built(), SETUP);
    assert!(host.load_state(&state));
    let first = host.play(110.0, 96_000);
    assert!(!first.is_silent());
    assert_eq!(host.play(110.0, 96_000), first);
    // And as it does in any other host.
    let mut clap = ClapHost::open(&Bundles::built(), SETUP);
    assert!(clap.load_state(&state));
    let start = Transport::rolling(110.0, 0.0);
    assert_eq!(clap.render(&start, 96_000).onsets(), first.onsets());
}
