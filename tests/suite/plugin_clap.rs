//! The plugin as a CLAP: timing, state and life cycle. It runs under an aborting allocator.

use crate::plugin_timing::{self as timing, BLOCKS, RATES, Render, extremes};
use lockstep_tests::hosts::{
    Bundles, ClapHost, HostSetup, LoopStyle, Says, Transport, assert_alike, state_with_document,
};

const USUAL: HostSetup = HostSetup {
    sample_rate: 48_000.0,
    block: 512,
};

fn playing(setup: HostSetup) -> ClapHost {
    let mut host = ClapHost::open(&Bundles::built(), setup);
    assert!(host.load_state(&state_with_document(&timing::document())));
    host
}

fn in_every_setup(scenario: impl Fn(HostSetup, Render<'_>)) {
    for sample_rate in RATES {
        for block in BLOCKS {
            let setup = HostSetup { sample_rate, block };
            let mut host = playing(setup);
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
    let mut reopened = ClapHost::open(&Bundles::built(), USUAL);
    assert!(reopened.load_state(&state));
    assert!(!before.is_silent());
    assert_alike(&reopened.render(&start, 96_000), &before);
    assert_eq!(reopened.save_state(), state, "saving again changes nothing");
}

#[test]
fn a_project_restored_before_activation_plays_from_its_first_block() {
    let mut host = ClapHost::create(&Bundles::built(), USUAL);
    assert!(host.load_state(&state_with_document(&timing::document())));
    host.activate();
    assert_eq!(
        host.render(&Transport::rolling(120.0, 0.0), 512).onsets(),
        [0]
    );
}

#[test]
fn offline_rendering_gives_the_same_samples() {
    let start = Transport::rolling(123.0, 0.0);
    let live = playing(USUAL).render(&start, 96_000);
    let mut host = ClapHost::create(&Bundles::built(), USUAL);
    host.set_offline(true);
    host.activate();
    assert!(host.load_state(&state_with_document(&timing::document())));
    assert_alike(&host.render(&start, 96_000), &live);
}

#[test]
fn a_damaged_state_is_refused_and_what_was_there_plays_on() {
    let mut host = playing(USUAL);
    let start = Transport::rolling(123.0, 0.0);
    let before = host.render(&start, 48_000);
    let good = host.save_state();
    let mut refused = 0;
    for end in [0, 1, good.len() / 2, good.len() - 1] {
        refused += u32::from(!host.load_state(&good[..end]));
    }
    refused += u32::from(!host.load_state(&[0xff; 64]));
    refused += u32::from(!host.load_raw_state(&u64::MAX.to_le_bytes()));
    assert_eq!(refused, 6);
    // Sound outside, damaged inside: taken or not, it must not change what plays.
    let two_alike = r#"{"version":1,"document":{"tracks":[{"id":7},{"id":7}]}}"#;
    for session in [
        "",
        "null",
        "[]",
        "{\"document\":3}",
        "{\"token\":\"zz\"}",
        two_alike,
    ] {
        let fields = serde_json::json!({ "session": session });
        let state = serde_json::json!({ "params": {}, "fields": fields });
        host.load_state(state.to_string().as_bytes());
    }
    host.render(&Transport::stopped(123.0, 0.0), 48_000);
    assert_alike(&host.render(&start, 48_000), &before);
}

#[test]
fn a_hundred_instances_come_and_go_while_they_are_automated() {
    let bundles = Bundles::built();
    let state = state_with_document(&timing::document());
    let master = {
        let mut host = ClapHost::open(&bundles, USUAL);
        host.parameter("Master").expect("a parameter to automate")
    };
    for round in 0..34_u32 {
        let mut hosts: Vec<ClapHost> = (0..3).map(|_| ClapHost::open(&bundles, USUAL)).collect();
        for (index, host) in hosts.iter_mut().enumerate() {
            assert!(host.load_state(&state));
            for block in 0..4_u32 {
                host.automate(master, f64::from((round + block) % 7) / 7.0);
                let beat = f64::from(block) * 0.02;
                host.render(&Transport::rolling(120.0, beat), 512);
            }
            if index == 1 {
                host.deactivate();
                host.activate();
            }
        }
        // They do not all go in the order in which they came.
        hosts.swap(0, 2);
    }
}

#[test]
fn the_fastest_rate_and_the_longest_blocks_play_the_same() {
    for (sample_rate, block) in [(192_000.0, 64), (192_000.0, 8192), (22_050.0, 8192)] {
        let setup = HostSetup { sample_rate, block };
        let mut host = playing(setup);
        timing::steps_sound_where_they_belong(setup, &mut |blocks| host.render_blocks(blocks));
    }
}

#[test]
fn blocks_of_any_size_lose_and_double_nothing() {
    for seed in 0..20 {
        let setup = HostSetup {
            block: 4096,
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
    for tempo in extremes::TEMPOS {
        let mut host = ClapHost::open(&Bundles::built(), USUAL);
        assert!(host.load_state(&state_with_document(&extremes::sparse_document())));
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
    let rolling = Transport::rolling(120.0, 0.0);
    let no_place = Says {
        beats: false,
        ..Says::EVERYTHING
    };
    for mute in [Says::NOTHING, no_place] {
        let mut host = playing(USUAL);
        let render: Render<'_> = &mut |blocks| host.render_blocks(blocks);
        extremes::a_host_that_says_nothing_at_first_is_waited_for(
            USUAL,
            render,
            rolling.saying(mute),
        );
    }
}

#[test]
fn a_change_of_rate_goes_on_where_it_was() {
    let mut host = playing(USUAL);
    for sample_rate in [48_000.0, 96_000.0, 44_100.0, 192_000.0] {
        let setup = HostSetup {
            sample_rate,
            block: 333,
        };
        host.set_up_again(setup);
        timing::steps_sound_where_they_belong(setup, &mut |blocks| host.render_blocks(blocks));
    }
}
