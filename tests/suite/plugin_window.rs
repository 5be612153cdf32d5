//! The plugin's window in a host of our own, which does what the others' scripts cannot: it plays into the
//! plugin's input while the window is open, and lets the window grow.

use lockstep_session::replica::Replica;
use lockstep_tests::browser::decoded;
use lockstep_tests::display::{Display, FileManager, LOOKS, Look, Place, Window};
use lockstep_tests::hosts::{Bundles, HostSetup, RemoteHost, Sound, Transport, state_with_link};
use lockstep_tests::room::{Room, the_sample};
use lockstep_tests::server::PATIENCE;
use lockstep_tests::steady::in_real_time;
use lockstep_tests::tones::{Tone, wav};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;
use tempfile::TempDir;

const HOST: &str = env!("CARGO_BIN_EXE_lockstep-host");
const SETUP: HostSetup = HostSetup {
    sample_rate: 48_000.0,
    block: 512,
};
/// Longer than anybody takes to press two buttons.
const SECONDS: u32 = 40;
/// The panel's tab, and the button in it.
const SAMPLES: Place = (470, 638);
const CHOOSE: Place = (60, 429);
const RECORD: Place = (638, 429);
/// The first row of the files, beside the places.
const FILE: Place = (400, 484);
/// Lets that file be heard.
const LISTEN: Place = (185, 484);
/// How large the window is at 100 %.
const SIZE: Place = (1_100, 680);
const LARGER: Place = (1_078, 665);
/// Somewhere in the grid.
const CELL: Place = (430, 180);

/// A session in which nothing sounds, and a plugin in it whose window is open.
struct Stage {
    display: Display,
    window: Window,
    host: RemoteHost,
    room: Room,
    _home: TempDir,
}

impl Stage {
    fn set() -> Self {
        let room = Room::quiet();
        let state = state_with_link(&room.link());
        Self::with(room, &state)
    }

    fn with(room: Room, state: &[u8]) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        Self::at_home(home, room, state)
    }

    fn at_home(home: TempDir, room: Room, state: &[u8]) -> Self {
        let display = Display::without_manager();
        let (screen, bundles) = (Some(display.name()), Bundles::built());
        let mut host =
            RemoteHost::open_clap_on(screen, Path::new(HOST), home.path(), &bundles, SETUP);
        assert!(host.load_state(state));
        room.wait_for_daws(1);
        host.show_window(display.root());
        let window = display.window_named("Lockstep");
        display.focus(window);
        display.wait_until_still(window);
        Self {
            display,
            window,
            host,
            room,
            _home: home,
        }
    }

    fn wait_for_size(&self, percent: i32) {
        let wanted = scaled(SIZE, percent);
        let deadline = Instant::now() + PATIENCE;
        loop {
            let size = self.display.size(self.window).expect("it is open");
            if size == wanted {
                break;
            }
            assert!(Instant::now() < deadline, "at {percent} % it is {size:?}");
            // An X server that is asked all the time tells nobody when to draw.
            std::thread::sleep(LOOKS);
        }
        self.display.wait_until_still(self.window);
    }
}

/// Noise no two places of which are alike, in the steps of a file of 24 bits.
fn noise() -> Sound {
    let at = |frame: u32| {
        let [_, _, low, high] = frame.wrapping_mul(0x9E37_79B1).to_le_bytes();
        f32::from(i16::from_le_bytes([low, high])) / 32_768.0
    };
    let left: Vec<f32> = (1..SECONDS * 48_000).map(at).collect();
    let right = left.iter().map(|sample| sample / -2.0).collect();
    Sound::new(left, right, 0)
}

fn scaled((x, y): Place, percent: i32) -> Place {
    (x * percent / 100, y * percent / 100)
}

#[test]
fn what_goes_into_the_plugin_is_recorded_from_its_window_without_a_hole() {
    in_real_time(|| {
        let mut stage = Stage::set();
        stage.display.click(stage.window, SAMPLES);
        stage.display.wait_until_still(stage.window);
        let played = noise();
        stage.host.feed(&played);
        stage.host.roll(Transport::stopped(120.0, 0.0));
        stage.display.click(stage.window, RECORD);
        stage.display.click(stage.window, RECORD);
        let (_, file) = the_sample(&stage.room.server, &stage.room.watcher);
        let (recorded, rate) = decoded(&file);
        assert_eq!(rate, 48_000);
        let first = &recorded.left[..8];
        let mut places = played.left.windows(first.len());
        let place = places.position(|window| window == first);
        let kept = place.expect("it was played")..;
        let same = |recorded: &[f32], played: &[f32]| recorded == &played[..recorded.len()];
        assert!(recorded.frames() > SETUP.block, "more than a block of it");
        assert!(same(&recorded.left, &played.left[kept.clone()]));
        assert!(same(&recorded.right, &played.right[kept]));
    });
}

/// A plugin with this file in the folder that it shows, and that folder open.
fn with_a_file(file: &[u8]) -> (Stage, TempDir) {
    let (room, home) = (Room::quiet(), tempfile::tempdir().expect("a folder"));
    let takes = tempfile::tempdir().expect("a folder");
    std::fs::write(takes.path().join("rain.wav"), file).expect("there is room");
    let known = serde_json::json!({
        "token": "07".repeat(16),
        "machine": 1,
        "samples_from": takes.path(),
    });
    let record = home.path().join("lockstep.json");
    std::fs::write(record, known.to_string()).expect("there is room");
    let state = state_with_link(&room.link());
    let stage = Stage::at_home(home, room, &state);
    for place in [SAMPLES, CHOOSE] {
        stage.display.click(stage.window, place);
        stage.display.wait_until_still(stage.window);
    }
    (stage, takes)
}

#[test]
fn a_file_chosen_in_the_window_is_everyones_sample() {
    let sound = wav(Tone::new(24_000, 48_000, 2));
    let (stage, _takes) = with_a_file(&sound);
    stage.display.click(stage.window, FILE);
    let (id, bytes) = the_sample(&stage.room.server, &stage.room.watcher);
    assert_eq!(bytes, sound);
    let named = |replica: &Replica| replica.document().samples[&id].name.to_string();
    assert_eq!(stage.room.watcher.look(named), "rain");
}

#[test]
fn files_dropped_on_the_window_are_everyones_samples() {
    let takes = tempfile::tempdir().expect("a folder");
    let (rain, hail) = (
        takes.path().join("heavy rain.wav"),
        takes.path().join("hail.wav"),
    );
    std::fs::write(&rain, wav(Tone::new(24_000, 48_000, 2))).expect("there is room");
    std::fs::write(&hail, wav(Tone::new(12_000, 48_000, 1))).expect("there is room");
    let stage = Stage::set();
    let mut files = FileManager::with(&stage.display, &[&rain, &hail]);
    stage.display.carry(&files, stage.window, CELL);
    stage.display.let_go();
    files.wait_until_over();
    stage.room.watcher.wait_until("both are there", |replica| {
        let samples = replica.document().samples.values();
        let names: BTreeSet<String> = samples.map(|sample| sample.name.to_string()).collect();
        names == ["hail", "heavy rain"].map(str::to_owned).into()
    });
}

/// How the grid looks once nothing moves. The network's quality, below, is always new.
fn still(stage: &Stage) -> Look {
    stage.display.wait_until_still(stage.window);
    stage.display.look(stage.window).part(220..850, 100..370)
}

#[test]
fn what_is_carried_over_the_window_and_not_dropped_leaves_no_trace() {
    let stage = Stage::set();
    let before = still(&stage);
    let file = Path::new("/takes/rain.wav");
    let mut files = FileManager::with(&stage.display, &[file]);
    stage.display.carry(&files, stage.window, CELL);
    assert!(still(&stage) != before, "it says what would come of it");
    stage.display.carry_back(&files);
    assert!(still(&stage) == before, "they were carried away");
    stage.display.let_go();
    files.wait_until_over();
    stage.display.carry(&files, stage.window, CELL);
    assert!(still(&stage) != before);
    drop(files);
    assert!(still(&stage) == before, "whoever held them is gone");
    stage.display.let_go();
    let text = FileManager::with_text(&stage.display, "a word");
    stage.display.carry(&text, stage.window, CELL);
    assert!(still(&stage) == before, "it is no file");
    stage.display.let_go();
    assert!(still(&stage) == before);
}

/// How many threads of the host hear what is dragged over a window of the plugin.
fn ears(stage: &Stage) -> usize {
    let threads = format!("/proc/{}/task", stage.host.process());
    let threads = std::fs::read_dir(threads).expect("it runs");
    let names = threads.filter_map(|thread| {
        let name = thread.expect("it is listed").path().join("comm");
        std::fs::read_to_string(name).ok()
    });
    names.filter(|name| name.trim() == "lockstep drops").count()
}

#[test]
fn a_window_that_is_closed_while_files_are_over_it_lets_go_of_them_and_opens_again() {
    let mut stage = Stage::set();
    let file = Path::new("/takes/rain.wav");
    let mut files = FileManager::with(&stage.display, &[file]);
    for _ in 0..3 {
        let before = still(&stage);
        assert_eq!(ears(&stage), 1);
        stage.display.carry(&files, stage.window, CELL);
        assert!(still(&stage) != before);
        stage.host.close_window();
        stage.display.let_go();
        files.wait_until_over();
        let deadline = Instant::now() + PATIENCE;
        while ears(&stage) > 0 {
            assert!(Instant::now() < deadline, "a thread is left");
            std::thread::sleep(LOOKS);
        }
        stage.host.show_window(stage.display.root());
        stage.window = stage.display.window_named("Lockstep");
        stage.display.focus(stage.window);
        assert!(still(&stage) == before, "they are not over this one");
    }
}

#[test]
fn a_file_is_heard_from_the_window_before_anybody_has_it() {
    let tone = Tone::new(24_000, 48_000, 2);
    let (mut stage, _takes) = with_a_file(&wav(tone));
    let still = Transport::stopped(120.0, 0.0);
    let mut go_on = || stage.host.render(&still, SETUP.block);
    assert!(go_on().left.iter().all(|sample| *sample == 0.0));
    stage.display.click(stage.window, LISTEN);
    let deadline = Instant::now() + PATIENCE;
    let mut heard = go_on();
    while heard.left.iter().all(|sample| *sample == 0.0) {
        assert!(Instant::now() < deadline, "nothing is heard");
        heard = go_on();
    }
    while heard.frames() < 25_000 {
        heard.append(go_on());
    }
    // The file's first frame is silent itself.
    let first = heard.left.iter().position(|sample| *sample != 0.0);
    let begins = first.expect("it is heard") - 1;
    for (channel, side) in (0..).zip([&heard.left, &heard.right]) {
        let (within, behind) = side[begins..].split_at(24_000);
        for (frame, sample) in (0..).zip(within) {
            let expected = f32::from(tone.value(frame, channel)) / 65_536.0;
            assert!(
                (sample - expected).abs() < 1e-6,
                "{frame}: {sample}, {expected}"
            );
        }
        assert!(behind.iter().all(|sample| *sample == 0.0), "it has an end");
    }
    let is_alone = |replica: &Replica| replica.document().samples.is_empty();
    assert!(stage.room.watcher.look(is_alone));
}

#[test]
fn what_is_tried_out_gets_into_no_bounce() {
    let (mut stage, _takes) = with_a_file(&wav(Tone::new(24_000, 48_000, 2)));
    let still = Transport::stopped(120.0, 0.0);
    stage.host.set_offline(true);
    stage.display.click(stage.window, LISTEN);
    stage.display.wait_until_still(stage.window);
    let bounce = stage.host.render(&still, 48_000);
    assert!(bounce.left.iter().all(|sample| *sample == 0.0));
    // It was only kept out.
    stage.host.set_offline(false);
    let deadline = Instant::now() + PATIENCE;
    let is_silent = |sound: Sound| sound.left.iter().all(|sample| *sample == 0.0);
    while is_silent(stage.host.render(&still, SETUP.block)) {
        assert!(Instant::now() < deadline, "nothing is heard");
    }
}

#[test]
fn a_window_that_is_zoomed_is_larger_and_stays_so_in_the_project() {
    let mut stage = Stage::set();
    for (before, after) in [(100, 125), (125, 150), (150, 175), (175, 200)] {
        stage.display.click(stage.window, scaled(LARGER, before));
        stage.wait_for_size(after);
    }
    let state = stage.host.save_state();
    let Stage { room, host, .. } = stage;
    drop(host);
    room.wait_for_daws(0);
    let stage = Stage::with(room, &state);
    stage.wait_for_size(200);
    let has_a_step = |replica: &Replica| {
        let document = replica.document();
        let tracks = document.tracks.iter();
        let mut patterns = tracks.filter_map(|track| document.pattern(track.id, Room::scene()));
        patterns.any(|pattern| pattern.playing().any(|step| step.on))
    };
    let watcher = &stage.room.watcher;
    assert!(!watcher.look(has_a_step));
    stage.display.click(stage.window, scaled(CELL, 200));
    watcher.wait_until("the step is where it looks to be", has_a_step);
}
