//! What breaks in the middle of a jam: the server, the network, a laptop that falls asleep. The music
//! goes on, and all of it is together again.

use lockstep_session::document::step::{Step, Velocity};
use lockstep_session::edit::Edit;
use lockstep_session::ids::{SceneIndex, StepIndex, TrackId};
use lockstep_tests::hosts::Hand;
use lockstep_tests::jam::{Format, Heard, Jam, Mode, assert_together, same_steps};
use lockstep_tests::networks::{LOOPBACK, WIFI};
use lockstep_tests::room::daws;
use std::time::Duration;

const HOST: Format = Format::Clap(env!("CARGO_BIN_EXE_lockstep-host"));

/// A step that does not sound, with a velocity to know it by.
fn marked(place: usize, velocity: i64) -> Edit {
    Edit::Step {
        track: TrackId(1),
        scene: SceneIndex::FIRST,
        step: StepIndex::new(place).expect("a place"),
        value: Step {
            velocity: Velocity::new(velocity),
            ..Step::default()
        },
    }
}

/// No beat of it is missing: at 120 beats a minute one comes every half second.
#[track_caller]
fn assert_unbroken(heard: &Heard, what: &str) {
    let gap = heard.longest_gap();
    assert!(gap < 700.0, "{what}: {gap} ms without a beat: {heard:?}");
}

#[test]
fn a_jam_plays_on_while_its_server_is_killed_and_is_together_again() {
    let mut jam = Jam::open();
    let mut leader = jam.daw(HOST, LOOPBACK, Mode::HostLeads);
    let other = jam.daw(HOST, WIFI, Mode::Automatic);
    let page = jam.page(LOOPBACK);
    leader.touch(&Hand::plays(0.0));
    let (began, _) = jam.play_on(1.0);
    for place in [1, 2, 3] {
        jam.watcher
            .edit(marked(place, 10 + i64::try_from(place).expect("small")));
    }
    jam.watcher
        .wait_until("it is stored", |replica| replica.unsaved() == 0);
    jam.server.kill();
    let (dead, _) = jam.play_on(1.0);
    jam.server.come_back();
    let steps = &jam.server.read(&jam.session)["document"]["tracks"][0]["clips"][0]["content"];
    for place in [1, 2, 3] {
        let velocity = &steps["pattern"]["steps"][place]["velocity"];
        assert_eq!(velocity, 10 + place, "what was acknowledged is there");
    }
    jam.watcher.wait_until("both DAWs are back", |replica| {
        replica.is_live() && daws(replica) == 2
    });
    page.wait_until_connected();
    let (again, end) = jam.play_on(2.5);
    let in_browser = page.heard();
    let (in_other, _) = other.halt();
    let (in_leader, _) = leader.halt();
    for (heard, who) in [
        (&in_leader, "the DAW that leads"),
        (&in_other, "the one that follows"),
        (&in_browser, "the browser"),
    ] {
        assert_unbroken(&heard.between(began, end), who);
    }
    for (from, to, what) in [
        (dead, again, "without a server"),
        (again, end, "with one again"),
    ] {
        let led = in_leader.between(from, to);
        assert_together(&led, &in_browser, 2, what);
        assert_together(&led, &in_other, 2, what);
    }
}

#[test]
fn a_browser_that_slept_and_one_that_comes_late_are_on_the_beat() {
    let jam = Jam::open();
    let mut daw = jam.daw(HOST, LOOPBACK, Mode::HostLeads);
    let sleepy = jam.page(LOOPBACK);
    daw.touch(&Hand::plays(0.0));
    jam.play_on(0.5);
    // In the middle of a bar, and shorter than the server waits for a sign of life.
    sleepy.sleep(Duration::from_millis(3_300));
    let late = jam.page(LOOPBACK);
    sleepy.wait_until_connected();
    let (from, to) = jam.play_on(3.0);
    let (in_sleepy, in_late) = (sleepy.heard(), late.heard());
    let (in_daw, _) = daw.halt();
    let in_daw = in_daw.between(from, to);
    assert_together(&in_daw, &in_sleepy, 4, "the one that slept");
    assert_together(&in_daw, &in_late, 4, "the one that came late");
}

#[test]
fn a_daw_without_a_network_plays_on_and_is_led_again_when_it_is_back() {
    let jam = Jam::open();
    let mut leader = jam.daw(HOST, LOOPBACK, Mode::HostLeads);
    let other = jam.daw(HOST, LOOPBACK, Mode::SessionLeads);
    leader.touch(&Hand::plays(0.0));
    let (began, _) = jam.play_on(1.0);
    other.distance.cut();
    jam.play_on(0.5);
    // What it hears of only afterwards.
    leader.touch(&Hand::locates(9.5));
    let (cut, back) = jam.play_on(1.0);
    other.distance.heal();
    let (again, end) = jam.play_on(3.0);
    let (in_other, _) = other.halt();
    let (in_leader, _) = leader.halt();
    assert_unbroken(&in_other.between(began, back), "without a network");
    let led = in_leader.between(again, end);
    assert_together(&led, &in_other, 4, "with one again");
    let apart = same_steps(&in_leader.between(cut, back), &in_other);
    let is_together = apart.iter().any(|(_, later)| later.abs() < 200.0);
    assert!(!is_together, "nobody could tell it of the jump: {apart:?}");
}
