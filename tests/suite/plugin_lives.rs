//! Instances that come and go, alone and in crowds, and what they live through: a library that is
//! unloaded, a server that dies, a second host on the same machine.

use crate::plugin_timing as timing;
use lockstep_session::document::instrument::Source;
use lockstep_session::document::step::{Step, Velocity};
use lockstep_session::document::track::TrackSetting;
use lockstep_session::document::{Channels, FrameCount, SampleRate};
use lockstep_session::edit::Edit;
use lockstep_session::ids::SampleId;
use lockstep_session::replica::Replica;
use lockstep_session::text::LongName;
use lockstep_tests::hosts::{
    Bundles, ClapHost, HostSetup, RemoteHost, Sound, Transport, Vst3Host, assert_alike, sound_when,
    state_with_document, state_with_link,
};
use lockstep_tests::room::Room;
use lockstep_tests::tones::{Tone, wav};
use std::path::Path;

const SETUP: HostSetup = HostSetup {
    sample_rate: 48_000.0,
    block: 512,
};

fn struck(velocity: i64) -> Step {
    Step {
        velocity: Velocity::new(velocity),
        ..Step::on()
    }
}

/// The first bar, once it sounds at these frames and nowhere else.
fn bar_with(onsets: &[usize], render: impl FnMut(&Transport, usize) -> Sound) -> Sound {
    let is_there = |sound: &Sound| {
        let found = sound.onsets();
        // A wave may begin at nothing.
        let is_near = |(found, due): (&usize, &usize)| (*due..due + 3).contains(found);
        found.len() == onsets.len() && found.iter().zip(onsets).all(is_near)
    };
    sound_when(is_there, 96_000, render)
}

#[test]
fn five_hundred_instances_come_and_go_with_work_under_way() {
    let room = Room::quiet();
    let bundles = Bundles::built();
    let state = state_with_link(&room.link());
    let knobs = {
        let mut host = ClapHost::open(&bundles, SETUP);
        ["Master", "Trim 3", "Macro 1", "Mute 2"].map(|name| host.parameter(name).expect(name))
    };
    for round in 0..125_u32 {
        let mut hosts: Vec<ClapHost> = (0..4).map(|_| ClapHost::open(&bundles, SETUP)).collect();
        for (index, host) in hosts.iter_mut().enumerate() {
            // All are on their way into the session; most are gone before they have arrived.
            assert!(host.load_state(&state));
            for block in 0..3_u32 {
                for knob in knobs {
                    host.automate(knob, f64::from((round + block + knob) % 5) / 5.0);
                }
                host.render(&Transport::rolling(120.0, f64::from(block) * 0.02), 512);
            }
            if index == 1 {
                host.deactivate();
                host.activate();
            }
        }
        room.set(usize::try_from(round % 16).expect("small"), struck(100));
        // They do not all go in the order in which they came.
        hosts.swap(0, 2);
    }
    room.wait_for_daws(0);
    let mut last = ClapHost::open(&bundles, SETUP);
    assert!(last.load_state(&state));
    room.wait_for_daws(1);
}

#[test]
fn five_hundred_vst3_instances_come_and_go_while_they_are_automated() {
    let mut host = Vst3Host::start(SETUP);
    host.cycle(&Bundles::built(), 125, 4);
    host.open_plugin(&Bundles::built());
    assert!(host.load_state(&state_with_document(&timing::document())));
    let start = Transport::rolling(120.0, 0.0);
    assert_eq!(host.render(&start, 512).onsets(), [0], "the host lives on");
}

#[test]
fn the_library_is_loaded_and_unloaded_again_and_again() {
    let state = state_with_document(&timing::document());
    let bundles = Bundles::built();
    let mut before = None;
    for _ in 0..20 {
        // The last instance takes the library with it.
        let mut host = ClapHost::open(&bundles, SETUP);
        assert!(host.load_state(&state));
        let sound = host.render(&Transport::rolling(120.0, 0.0), 24_000);
        assert_eq!(before.get_or_insert_with(|| sound.clone()), &sound);
    }
}

#[test]
fn two_plugins_in_two_processes_sound_the_same_from_one_server() {
    let room = Room::quiet();
    for place in [0, 4, 12] {
        room.set(place, struck(100));
    }
    let program = Path::new(env!("CARGO_BIN_EXE_lockstep-host"));
    let home = |name| {
        tempfile::Builder::new()
            .prefix(name)
            .tempdir()
            .expect("a folder")
    };
    let homes = [home("anna"), home("ben")];
    let open = |home: &tempfile::TempDir| {
        let mut host = RemoteHost::open_clap(program, home.path(), &Bundles::built(), SETUP);
        assert!(host.load_state(&state_with_link(&room.link())));
        host
    };
    let [mut first, mut second] = [open(&homes[0]), open(&homes[1])];
    room.wait_for_daws(2);
    let before = [0, 24_000, 72_000];
    let in_first = bar_with(&before, |transport, frames| first.render(transport, frames));
    let in_second = bar_with(&before, |transport, frames| {
        second.render(transport, frames)
    });
    assert_alike(&in_first, &in_second);
    assert!(!in_first.is_silent());

    room.set(8, struck(127));
    let after = [0, 24_000, 48_000, 72_000];
    let in_first = bar_with(&after, |transport, frames| first.render(transport, frames));
    let in_second = bar_with(&after, |transport, frames| second.render(transport, frames));
    assert_alike(&in_first, &in_second);
}

#[test]
fn audio_rolls_on_while_the_server_dies_and_comes_back() {
    let mut room = Room::quiet();
    for place in [0, 4, 12] {
        room.set(place, struck(100));
    }
    let mut host = room.plugin(SETUP);
    let onsets = [0, 24_000, 72_000];
    bar_with(&onsets, |transport, frames| host.render(transport, frames));
    let state = host.save_state();
    // What is not stored yet may be away for a moment when the server dies.
    room.watcher
        .wait_until("it is stored", |replica| replica.unsaved() == 0);

    let rolling = host.roll(Transport::rolling(120.0, 0.0));
    for _ in 0..3 {
        room.server.kill();
        room.watcher
            .wait_until("the server is gone", |replica| !replica.is_live());
        room.server.come_back();
        room.watcher
            .wait_until("the watcher is back", Replica::is_live);
        room.wait_for_daws(1);
    }
    let (_host, sound) = rolling.stop();

    let mut alone = ClapHost::create(&Bundles::built(), SETUP);
    alone.set_offline(true);
    alone.activate();
    assert!(alone.load_state(&state));
    let expected = alone.render(&Transport::rolling(120.0, 0.0), sound.frames());
    assert_eq!(sound.onsets(), expected.onsets());
    assert_eq!(sound, expected, "the server's death is not heard");
}

#[test]
fn projects_saved_while_everyone_edits_are_whole() {
    let mut room = Room::quiet();
    let host = room.plugin(SETUP);
    let mut rolling = host.roll(Transport::rolling(120.0, 0.0));
    let mut states = Vec::new();
    for number in 0..200_usize {
        let velocity = i64::try_from(number % 127 + 1).expect("small");
        room.set(number * 7 % 16, struck(velocity));
        if number % 4 == 0 {
            // Faster than edits travel there would be nothing between two saves.
            let is_stored = |replica: &Replica| replica.unsaved() == 0;
            room.watcher.wait_until("the edits are stored", is_stored);
            states.push(rolling.main_thread().save_state());
        }
    }
    rolling.stop();
    room.server.kill();
    states.dedup();
    assert!(states.len() > 1, "they differ, because edits came between");
    for state in states {
        let mut reopened = ClapHost::create(&Bundles::built(), SETUP);
        reopened.set_offline(true);
        reopened.activate();
        assert!(reopened.load_state(&state));
        assert_eq!(reopened.save_state(), state);
    }
}

#[test]
fn a_project_plays_its_samples_on_another_machine_without_its_server() {
    let mut room = Room::quiet();
    let wav = wav(Tone {
        hertz: 441.0,
        ..Tone::new(4_800, 48_000, 1)
    });
    let path = format!("/api/v1/sessions/{}/samples", room.session);
    let answer = room.server.send("POST", &path, &[], &wav);
    assert_eq!(answer.status, 201, "{}", answer.text());
    let sample = answer.json()["sample"].as_str().and_then(SampleId::parse);
    let sample = sample.expect("a hash");
    room.watcher.edit(Edit::AddSample {
        sample,
        name: LongName::new("Tone"),
        frames: FrameCount::new(4_800),
        rate: SampleRate::new(48_000),
        channels: Channels::new(1),
    });
    // Nothing has sounded before, so whatever sounds is the sample.
    room.watcher.edit(Edit::Track {
        track: room.tracks[0],
        setting: TrackSetting::Source(Source::Sample(sample)),
    });
    room.set(8, struck(100));
    let mut host = ClapHost::open(&Bundles::built(), SETUP);
    assert!(host.load_state(&state_with_link(&room.link())));
    let before = bar_with(&[48_000], |transport, frames| {
        host.render(transport, frames)
    });
    let state = host.save_state();
    drop(host);
    room.server.kill();

    let home = tempfile::tempdir().expect("a folder");
    let program = Path::new(env!("CARGO_BIN_EXE_lockstep-host"));
    let mut elsewhere = RemoteHost::open_clap(program, home.path(), &Bundles::built(), SETUP);
    assert!(elsewhere.load_state(&state));
    let after = bar_with(&[48_000], |transport, frames| {
        elsewhere.render(transport, frames)
    });
    assert_alike(&after, &before);
}
