//! What breaks in the middle of a jam: the server, the network, a laptop that falls asleep. The music
//! goes on, and all of it is together again.

use lockstep_session::document::step::{Step, Velocity};
use lockstep_session::edit::Edit;
use lockstep_session::ids::{SceneIndex, StepIndex, TrackId};
use lockstep_tests::hosts::Hand;
use lockstep_tests::jam::{Format, Heard, Jam, Mode, same_steps};
use lockstep_tests::machine::{MachineTime, SleepingClock};
use lockstep_tests::networks::{LOOPBACK, WIFI};
use lockstep_tests::room::daws;
use lockstep_tests::steady::in_real_time;
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
    let (gap, _) = heard.longest_gap();
    assert!(gap < 700.0, "{what}: {gap} ms without a beat: {heard:?}");
}

#[test]
fn a_jam_plays_on_while_its_server_is_killed_and_is_together_again() {
    in_real_time(|| {
        let mut jam = Jam::open();
        let mut leader = jam.daw(HOST, LOOPBACK, Mode::HostLeads);
        let mut other = jam.daw(HOST, WIFI, Mode::Automatic);
        let page = jam.page(LOOPBACK);
        leader.touch(&Hand::plays(0.0));
        let began = jam.play_until_together(&mut leader, &mut [&mut other], &[&page], "it plays");
        let began = began.beats[0].at;
        for place in [1, 2, 3] {
            let velocity = 10 + i64::try_from(place).expect("small");
            jam.watcher.edit(marked(place, velocity));
        }
        jam.watcher
            .wait_until("it is stored", |replica| replica.unsaved() == 0);
        jam.server.kill();
        jam.play_until_together(&mut leader, &mut [&mut other], &[&page], "without a server");
        jam.server.come_back();
        let clip = &jam.server.read(&jam.session)["document"]["tracks"][0]["clips"][0];
        for place in [1, 2, 3] {
            let velocity = &clip["content"]["pattern"]["steps"][place]["velocity"];
            assert_eq!(velocity, 10 + place, "what was acknowledged is there");
        }
        jam.watcher.wait_until("both DAWs are back", |replica| {
            replica.is_live() && daws(replica) == 2
        });
        page.wait_until_connected();
        jam.play_until_together(&mut leader, &mut [&mut other], &[&page], "with one again");
        let ended = MachineTime::now();
        for (daw, who) in [
            (leader, "the DAW that leads"),
            (other, "the one that follows"),
        ] {
            assert_unbroken(&daw.halt().0.between(began, ended), who);
        }
    });
}

#[test]
fn a_browser_that_slept_and_one_that_comes_late_are_on_the_beat() {
    in_real_time(|| {
        let jam = Jam::open();
        let mut daw = jam.daw(HOST, LOOPBACK, Mode::HostLeads);
        let sleepy = jam.page(LOOPBACK);
        daw.touch(&Hand::plays(0.0));
        jam.play_until_together(&mut daw, &mut [], &[&sleepy], "it plays");
        // In the middle of a bar, and shorter than the server waits for a sign of life.
        sleepy.sleep(Duration::from_millis(3_300));
        let late = jam.page(LOOPBACK);
        sleepy.wait_until_connected();
        jam.play_until_together(&mut daw, &mut [], &[&sleepy, &late], "both are there");
    });
}

#[test]
fn daws_whose_machines_slept_are_on_the_beat_again() {
    in_real_time(|| {
        let jam = Jam::open();
        let mut leader = jam.daw(HOST, LOOPBACK, Mode::HostLeads);
        let mut other = jam.daw(HOST, LOOPBACK, Mode::Automatic);
        let page = jam.page(LOOPBACK);
        leader.touch(&Hand::plays(0.0));
        jam.play_until_together(&mut leader, &mut [&mut other], &[&page], "it plays");
        for clock in [SleepingClock::GoesOn, SleepingClock::StandsStill] {
            // In the middle of a bar, and shorter than the server waits for a sign of life.
            other.sleep(Duration::from_millis(3_300), clock);
            let what = format!("the one that follows woke up, {clock:?}");
            jam.play_until_together(&mut leader, &mut [&mut other], &[&page], &what);
            // Its transport goes on where it stood, and everybody else with it.
            leader.sleep(Duration::from_millis(3_300), clock);
            let what = format!("the one that leads woke up, {clock:?}");
            jam.play_until_together(&mut leader, &mut [&mut other], &[&page], &what);
        }
    });
}

#[test]
fn a_daw_without_a_network_plays_on_and_is_led_again_when_it_is_back() {
    in_real_time(|| {
        let jam = Jam::open();
        let mut leader = jam.daw(HOST, LOOPBACK, Mode::HostLeads);
        let mut other = jam.daw(HOST, LOOPBACK, Mode::SessionLeads);
        leader.touch(&Hand::plays(0.0));
        let began = jam.play_until_together(&mut leader, &mut [&mut other], &[], "it plays");
        let began = began.beats[0].at;
        other.distance.cut();
        leader.touch(&Hand::locates(9.5).at(100.0));
        let cut = MachineTime::now();
        while leader.heard().between(cut, MachineTime::now()).beats.len() < 3 {
            std::thread::sleep(Duration::from_millis(200));
        }
        let back = MachineTime::now();
        let heard = other.heard();
        assert_unbroken(&heard.between(began, back), "without a network");
        let apart = same_steps(&leader.heard().between(cut, back), &heard);
        // At another tempo one of them may be near by chance.
        let near = apart.iter().filter(|(_, later)| later.abs() < 15.0);
        assert!(
            near.count() < 2,
            "nobody could tell it of the jump: {apart:?}"
        );
        other.distance.heal();
        jam.play_until_together(&mut leader, &mut [&mut other], &[], "with one again");
    });
}
