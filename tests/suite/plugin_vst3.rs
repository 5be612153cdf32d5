//! The plugin as a VST3: timing, state and life cycle. It runs under an aborting allocator.

use crate::plugin_timing::{self as timing, BLOCKS, RATES, Render, extremes};
use lockstep_tests::hosts::{
    Bundles, HostSetup, LoopStyle, Says, Transport, Vst3Host, assert_alike, state_with_document,
};

const USUAL: HostSetup = HostSetup {
    sample_rate: 48_000.0,
    block: 512,
};

fn playing(setup: HostSetup) -> Vst3Host {
    let mut host = Vst3Host::open(&Bundles::built(), setup);
    assert!(host.load_state(&state_with_document(&timing::document())));
    host
}

/// A new instance each time, all in one process: starting the host takes longer than rendering.
fn in_every_setup(scenario: impl Fn(HostSetup, Render<'_>)) {
    let bundles = Bundles::built();
    let state = state_with_document(&timing::document());
    let mut host = Vst3Host::start(USUAL);
    for sample_rate in RATES {
        for block in BLOCKS {
            let setup = HostSetup { sample_rate, block };
            host.reopen(&bundles, setup);
            assert!(host.load_state(&state));
            scenario(setup, &mut |blocks| host.render_blocks(blocks));
        }
    }
}

#[test]
fn steps_sound_where_they_belong_at_any_rate_and_block_size() {
    in_every_setup(timing::steps_sound_where_they_belong);
}

#[test]
fn a_loop_plays_each_step_once_a_turn_however_the_host_ends_it() {
    for style in [LoopStyle::Wraps, LoopStyle::Splits] {
        in_every_setup(|setup, render| {
            timing::a_loop_plays_each_step_once_a_turn(setup, style, render);
        });
    }
}

#[test]
fn relocating_every_300_ms_loses_and_doubles_nothing() {
    in_every_setup(timing::relocating_every_300_ms_loses_and_doubles_nothing);
}

#[test]
fn rounded_and_repeated_positions_double_and_skip_nothing() {
    in_every_setup(|setup, render| {
        if setup.block >= 17 {
            timing::rounded_and_repeated_positions_double_and_skip_nothing(setup, render);
        }
    });
}

#[test]
fn a_tempo_ramp_neither_doubles_nor_skips() {
    in_every_setup(|setup, render| {
        if setup.block >= 17 {
            timing::a_tempo_ramp_neither_doubles_nor_skips(setup, render);
        }
    });
}

#[test]
fn a_stopped_host_is_silent() {
    let mut host = playing(USUAL);
    timing::a_stopped_host_is_silent(USUAL, &mut |blocks| host.render_blocks(blocks));
}

#[test]
fn a_saved_project_sounds_the_same_when_it_is_opened_again() {
    let start = Transport::rolling(123.0, 0.0);
    let mut host = playing(USUAL);
    let before = host.render(&start, 96_000);
    let state = host.save_state();
    drop(host);
    let mut reopened = Vst3Host::open(&Bundles::built(), USUAL);
    assert!(reopened.load_state(&state));
    assert!(!before.is_silent());
    assert_alike(&reopened.render(&start, 96_000), &before);
    assert_eq!(reopened.save_state(), state, "saving again changes nothing");
}

#[test]
fn a_damaged_state_is_survived_and_what_was_there_plays_on() {
    let mut host = playing(USUAL);
    let start = Transport::rolling(123.0, 0.0);
    let before = host.render(&start, 48_000);
    let good = host.save_state();
    for end in [0, 1, good.len() / 2, good.len() - 1] {
        host.load_state(&good[..end]);
    }
    host.render(&Transport::stopped(123.0, 0.0), 48_000);
    assert_alike(&host.render(&start, 48_000), &before);
}

#[test]
fn a_hundred_instances_come_and_go_while_they_are_automated() {
    let mut host = Vst3Host::start(USUAL);
    host.cycle(&Bundles::built(), 35, 3);
    host.open_plugin(&Bundles::built());
    assert!(
        host.load_state(&state_with_document(&timing::document())),
        "the host lives on"
    );
    assert_eq!(
        host.render(&Transport::rolling(120.0, 0.0), 512).onsets(),
        [0]
    );
}

#[test]
fn the_fastest_rate_and_the_longest_blocks_play_the_same() {
    for (sample_rate, block) in [(192_000.0, 512), (192_000.0, 8192)] {
        let setup = HostSetup { sample_rate, block };
        let mut host = playing(setup);
        timing::steps_sound_where_they_belong(setup, &mut |blocks| host.render_blocks(blocks));
    }
}

#[test]
fn blocks_of_any_size_lose_and_double_nothing() {
    for seed in 100..103 {
        let setup = HostSetup {
            block: 2048,
            ..USUAL
        };
        let mut host = playing(setup);
        extremes::blocks_of_any_size_lose_and_double_nothing(seed, setup, &mut |blocks| {
            host.render_blocks(blocks)
        });
    }
}

#[test]
fn tempos_that_no_session_has_are_played_as_they_are() {
    let state = state_with_document(&extremes::sparse_document());
    let mut host = Vst3Host::start(USUAL);
    for tempo in extremes::TEMPOS {
        host.reopen(&Bundles::built(), USUAL);
        assert!(host.load_state(&state));
        extremes::a_tempo_that_no_session_has_is_played_as_it_is(tempo, USUAL, &mut |blocks| {
            host.render_blocks(blocks)
        });
    }
}

#[test]
fn bars_and_recording_move_no_step() {
    let mut host = playing(USUAL);
    extremes::bars_and_recording_move_no_step(USUAL, &mut |blocks| host.render_blocks(blocks));
}

#[test]
fn a_host_that_says_nothing_at_first_is_waited_for() {
    let mut host = playing(USUAL);
    let mute = Transport::rolling(120.0, 0.0).saying(Says::NOTHING);
    let render: Render<'_> = &mut |blocks| host.render_blocks(blocks);
    extremes::a_host_that_says_nothing_at_first_is_waited_for(USUAL, render, mute);
}
