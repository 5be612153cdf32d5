//! The plugin's window in a real host on a screen that nobody sees: it opens, what is clicked is in the
//! session, every panel shows something, and the workstation keeps its keys.

use lockstep_session::document::pattern::Operation;
use lockstep_session::edit::Edit;
use lockstep_session::ids::{SceneIndex, StepIndex, TrackId};
use lockstep_session::protocol::Kind;
use lockstep_session::replica::Replica;
use lockstep_tests::client::Client;
use lockstep_tests::display::{Display, Place, Window};
use lockstep_tests::hosts::{
    Bundles, ClapHost, DawdreamerHost, HostSetup, Transport, state_with_link,
};
use lockstep_tests::server::{PATIENCE, Server};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

const SETUP: HostSetup = HostSetup {
    sample_rate: 48_000.0,
    block: 512,
};
/// Somewhere in the grid's cells, which have the middle of the window.
const CELL: Place = (430, 180);
/// The tabs of the lower panel, each somewhere on its word, while a low panel shows.
const TABS: [(&str, i32); 11] = [
    ("Session", 38),
    ("Step", 93),
    ("Pattern", 149),
    ("Instrument", 221),
    ("Macros", 291),
    ("Mixer", 349),
    ("Effects", 406),
    ("Samples", 470),
    ("Export", 532),
    ("Players", 592),
    ("Settings", 656),
];
const TABS_AT: i32 = 482;
/// The same under a high panel.
const HIGH_TABS_AT: i32 = 406;
const SIDE_BEGINS: i32 = 860;
/// Between looks at a window that may still be moving.
const LOOKS: Duration = Duration::from_millis(200);

/// A session in which nothing sounds, a plugin in it whose window is open, and somebody who watches.
struct Stage {
    display: Display,
    window: Window,
    _host: DawdreamerHost,
    _server: Server,
    link: String,
    watcher: Client,
    folder: tempfile::TempDir,
}

impl Stage {
    fn set() -> Self {
        let server = Server::start();
        let session = server.new_session();
        let watcher = Client::joined(server.address(), &session, 1);
        for track in watcher.look(tracks) {
            let operation = Operation::Clear;
            watcher.edit(Edit::Pattern {
                track,
                scene: scene(),
                operation,
            });
        }
        let link = server.url(&format!("/s/{session}"));
        let display = Display::open();
        let mut host = DawdreamerHost::open_on(Some(display.name()), &Bundles::built(), SETUP);
        assert!(host.load_state(&state_with_link(&link)));
        host.show_editor();
        let window = display.window_of(host.process());
        let is_there = |replica: &Replica| {
            let mut players = replica.players();
            players.any(|player| player.profile.kind == Kind::Daw)
        };
        watcher.wait_until("the plugin has joined", is_there);
        let stage = Self {
            display,
            window,
            _host: host,
            _server: server,
            link,
            watcher,
            folder: tempfile::tempdir().expect("a folder for pictures"),
        };
        stage.wait_until_still();
        stage
    }

    /// A picture, as its colours.
    fn look(&self) -> Look {
        let file = self.folder.path().join("window.png");
        self.display.picture(self.window, &file);
        Look::read(&file)
    }

    /// Waits until something is drawn and nothing moves any more: what is clicked while the window is still
    /// filling may be somewhere else by the time the finger is up.
    fn wait_until_still(&self) {
        let deadline = Instant::now() + PATIENCE;
        let mut before = self.look();
        let mut alike = 0;
        while alike < 3 {
            assert!(Instant::now() < deadline, "the window stays blank or moves");
            std::thread::sleep(LOOKS);
            let now = self.look();
            let is_still = now == before && now.is_drawn();
            alike = if is_still { alike + 1 } else { 0 };
            before = now;
        }
    }

    /// All steps that are on, by track and place.
    fn steps(&self) -> BTreeSet<(TrackId, usize)> {
        self.watcher.look(|replica| {
            let document = replica.document();
            let on = |track: TrackId| {
                let pattern = document.pattern(track, scene());
                (0..16).filter(move |&place| {
                    let index = StepIndex::new(place).expect("a place in the pattern");
                    pattern.is_some_and(|pattern| pattern.step(index).on)
                })
            };
            let tracks = tracks(replica).into_iter();
            tracks
                .flat_map(|track| on(track).map(move |place| (track, place)))
                .collect()
        })
    }

    /// Waits for the steps to become others.
    fn steps_after(&self, before: &BTreeSet<(TrackId, usize)>) -> BTreeSet<(TrackId, usize)> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let now = self.steps();
            if now != *before {
                return now;
            }
            assert!(Instant::now() < deadline, "nothing was changed by it");
            std::thread::yield_now();
        }
    }
}

fn scene() -> SceneIndex {
    SceneIndex::new(0).expect("there are eight")
}

fn tracks(replica: &Replica) -> Vec<TrackId> {
    let tracks = replica.document().tracks.iter();
    tracks.map(|track| track.id).collect()
}

/// The pixels of a picture.
#[derive(PartialEq, Eq)]
struct Look {
    width: usize,
    pixels: Vec<[u8; 3]>,
}

impl Look {
    fn read(file: &std::path::Path) -> Self {
        let file = std::io::BufReader::new(std::fs::File::open(file).expect("a picture"));
        let mut decoder = png::Decoder::new(file);
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().expect("a PNG");
        let mut bytes = vec![0; reader.output_buffer_size().expect("a small picture")];
        let info = reader.next_frame(&mut bytes).expect("a whole PNG");
        let samples = info.color_type.samples();
        let pixels = bytes[..info.buffer_size()].chunks_exact(samples);
        let colour = |pixel: &[u8]| match *pixel {
            [red, green, blue, ..] => [red, green, blue],
            [grey, ..] => [grey; 3],
            [] => [0; 3],
        };
        Self {
            width: usize::try_from(info.width).expect("a small picture"),
            pixels: pixels.map(colour).collect(),
        }
    }

    /// A window that shows nothing has a colour or two.
    fn is_drawn(&self) -> bool {
        let mut colours = BTreeSet::new();
        self.pixels.iter().any(|pixel| {
            colours.insert(pixel);
            colours.len() >= 40
        })
    }

    /// The rows from one height to another, without the side panel.
    fn part(&self, from: i32, to: i32) -> Vec<[u8; 3]> {
        let rows = self.pixels.chunks_exact(self.width);
        let [from, to] = [from, to].map(|row| usize::try_from(row).expect("a height"));
        let end = usize::try_from(SIDE_BEGINS).expect("a place");
        rows.skip(from)
            .take(to - from)
            .flat_map(|row| row[..end.min(row.len())].to_vec())
            .collect()
    }
}

#[test]
fn a_step_clicked_in_the_window_is_everyones_and_is_heard() {
    let stage = Stage::set();
    let before = stage.steps();
    assert!(before.is_empty());
    stage.display.click(stage.window, CELL);
    let after = stage.steps_after(&before);
    assert_eq!(after.len(), 1, "one click, one step");
    let (_, place) = *after.first().expect("one step");

    let mut clap = ClapHost::open(&Bundles::built(), SETUP);
    assert!(clap.load_state(&state_with_link(&stage.link)));
    let deadline = Instant::now() + PATIENCE;
    let heard = loop {
        let sound = clap.render(&Transport::rolling(120.0, 0.0), 96_000);
        if let Some(&first) = sound.onsets().first() {
            break first;
        }
        assert!(Instant::now() < deadline, "it is never heard");
    };
    // Odd sixteenths swing, by less than a half.
    let due = place * 6_000;
    assert!(
        (due..due + 3_000).contains(&heard),
        "step {place} sounds at {heard}"
    );

    stage.display.click(stage.window, CELL);
    assert!(
        stage.steps_after(&after).is_empty(),
        "clicked again it is off"
    );
}

#[test]
fn a_drag_paints_steps_and_one_undo_takes_them_all() {
    let stage = Stage::set();
    let before = stage.steps();
    stage
        .display
        .drag(stage.window, CELL, (CELL.0 + 150, CELL.1));
    let deadline = Instant::now() + PATIENCE;
    while stage.steps().len() < 3 {
        assert!(
            Instant::now() < deadline,
            "a drag paints: {:?}",
            stage.steps()
        );
        std::thread::yield_now();
    }
    let rows: BTreeSet<TrackId> = stage.steps().into_iter().map(|(track, _)| track).collect();
    assert_eq!(rows.len(), 1, "in one row");
    assert_ne!(stage.steps(), before);
}

#[test]
fn every_panel_shows_something_of_its_own() {
    let stage = Stage::set();
    let (_, session) = TABS[0];
    let mut seen: Vec<(&str, Vec<[u8; 3]>)> = Vec::new();
    for (name, place) in TABS {
        let deadline = Instant::now() + PATIENCE;
        loop {
            // The first tab is under here where a high panel shows, and nothing where a low one does.
            stage.display.click(stage.window, (session, HIGH_TABS_AT));
            stage.display.click(stage.window, (place, TABS_AT));
            let look = stage.look();
            let panel = look.part(TABS_AT + 20, TABS_AT + 150);
            let is_new = seen.iter().all(|(_, other)| *other != panel);
            let colours: BTreeSet<_> = panel.iter().collect();
            if is_new && colours.len() >= 16 {
                seen.push((name, panel));
                break;
            }
            assert!(Instant::now() < deadline, "{name} shows nothing of its own");
        }
    }
}

#[test]
fn keys_stay_with_the_workstation_while_no_field_is_typed_in() {
    let stage = Stage::set();
    stage.display.click(stage.window, CELL);
    let after = stage.steps_after(&BTreeSet::new());
    stage
        .display
        .press(&["space", "a", "Delete", "ctrl+a", "Return"]);
    // What the window does with a click comes after whatever it did with the keys.
    stage.display.click(stage.window, (CELL.0, CELL.1 + 60));
    let later = stage.steps_after(&after);
    assert!(later.is_superset(&after), "no key has changed a step");
    let playing = stage
        .watcher
        .look(|replica| replica.document().timeline.playing);
    assert!(!playing, "the space bar is the workstation's");
}
