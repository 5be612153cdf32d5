//! The plugin in a session on the real server: what it leads, what it leaves, and what a project
//! still plays when the server is gone.

use lockstep_session::document::step::Step;
use lockstep_session::units::Tempo;
use lockstep_tests::hosts::{
    Bundles, ClapHost, HostSetup, Sound, Transport, assert_alike, sound_when,
};
use lockstep_tests::room::Room;

const SETUP: HostSetup = HostSetup {
    sample_rate: 48_000.0,
    block: 512,
};

#[test]
fn the_hosts_start_tempo_and_stop_are_everyones() {
    let room = Room::open();
    let host = room.plugin(SETUP);
    let host = host.roll(Transport::rolling(97.5, 8.0));
    room.watcher
        .wait_until("the session plays at the host's tempo", |replica| {
            let timeline = &replica.document().timeline;
            let from_its_place = timeline.beat.as_micros() >= 8_000_000;
            timeline.playing && timeline.tempo == Tempo::new(9_750) && from_its_place
        });
    let (mut host, _) = host.stop();
    host.render(&Transport::stopped(97.5, 8.0), 512);
    room.watcher.wait_until("the session stops", |replica| {
        let timeline = &replica.document().timeline;
        !timeline.playing && timeline.beat.as_micros() == 8_000_000
    });
}

#[test]
fn a_plugin_that_goes_is_gone_at_once() {
    let room = Room::open();
    let host = room.plugin(SETUP);
    drop(host);
    room.wait_for_daws(0);
}

#[test]
fn a_project_plays_what_it_held_after_its_server_is_gone() {
    let mut room = Room::quiet();
    let mut host = room.plugin(SETUP);
    let bar = Transport::rolling(120.0, 0.0);
    // An even step, which does not swing.
    room.set(4, Step::on());
    let is_there = |sound: &Sound| sound.onsets().first() == Some(&24_000);
    let before = sound_when(is_there, 96_000, |bar, frames| host.render(bar, frames));
    let state = host.save_state();
    drop(host);
    room.server.kill();
    let mut reopened = ClapHost::open(&Bundles::built(), SETUP);
    assert!(reopened.load_state(&state));
    assert_alike(&reopened.render(&bar, 96_000), &before);
}
