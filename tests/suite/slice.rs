//! Everything together, with real parts only: the server, the plugin in two hosts, a browser, and
//! a player over a socket who watches.

use lockstep_session::document::pattern::Operation;
use lockstep_session::document::step::Step;
use lockstep_session::edit::Edit;
use lockstep_session::ids::{SceneIndex, StepIndex, TrackId};
use lockstep_session::protocol::Kind;
use lockstep_session::replica::Replica;
use lockstep_session::units::{Beat, BeatSpan};
use lockstep_tests::browser::{Browser, Screen};
use lockstep_tests::client::Client;
use lockstep_tests::hosts::{
    Bundles, ClapHost, HostSetup, Sound, Transport, Vst3Host, assert_alike, assert_onsets,
    sound_when, state_with_link,
};
use lockstep_tests::server::Server;

const SETUP: HostSetup = HostSetup {
    sample_rate: 48_000.0,
    block: 512,
};

/// A session in which nothing sounds yet, with a watcher in it.
struct Stage {
    server: Server,
    session: String,
    watcher: Client,
}

impl Stage {
    fn set() -> Self {
        let server = Server::start();
        let session = server.new_session();
        let watcher = Client::joined(server.address(), &session, 1);
        for track in watcher.look(track_ids) {
            let operation = Operation::Clear;
            watcher.edit(Edit::Pattern {
                track,
                scene: first_scene(),
                operation,
            });
        }
        Self {
            server,
            session,
            watcher,
        }
    }

    fn link(&self) -> String {
        self.server.url(&format!("/s/{}", self.session))
    }

    fn page(&self) -> Browser {
        let page = Browser::open(&self.link(), Screen::Desk);
        page.wait_until_connected();
        page.wait_until("the grid is there", |page| page.has_step("Kick", 1));
        page
    }

    fn clap(&self) -> ClapHost {
        let mut host = ClapHost::open(&Bundles::built(), SETUP);
        assert!(host.load_state(&state_with_link(&self.link())));
        host
    }

    fn vst3(&self) -> Vst3Host {
        let mut host = Vst3Host::open(&Bundles::built(), SETUP);
        assert!(host.load_state(&state_with_link(&self.link())));
        host
    }

    fn wait_for_plugins(&self, count: usize) {
        self.watcher
            .wait_until("the plugins have joined", |replica| {
                let daws = replica
                    .players()
                    .filter(|player| player.profile.kind == Kind::Daw);
                daws.count() == count
            });
    }

    fn kick(&self) -> TrackId {
        self.watcher.look(|replica| {
            let mut tracks = replica.document().tracks.iter();
            let kick = tracks.find(|track| track.settings.name.as_str() == "Kick");
            kick.expect("the template has a kick").id
        })
    }

    fn wait_for_step(&self, track: TrackId, step: usize, on: bool) {
        self.watcher
            .wait_until("the step is in the document", |replica| {
                let pattern = replica.document().pattern(track, first_scene());
                pattern.is_some_and(|pattern| pattern.step(index(step)).on == on)
            });
    }
}

fn track_ids(replica: &Replica) -> Vec<TrackId> {
    let tracks = replica.document().tracks.iter();
    tracks.map(|track| track.id).collect()
}

fn first_scene() -> SceneIndex {
    SceneIndex::new(0).expect("there are eight")
}

/// Steps are numbered from one, as the page names them.
fn index(step: usize) -> StepIndex {
    StepIndex::new(step - 1).expect("a place in the pattern")
}

#[test]
fn one_click_in_a_browser_is_heard_in_two_plugin_hosts_on_its_sample() {
    let stage = Stage::set();
    let page = stage.page();
    let (mut clap, mut vst3) = (stage.clap(), stage.vst3());
    // Whoever has two plugins open on one machine is one player.
    stage.wait_for_plugins(1);
    let bar = Transport::rolling(120.0, 0.0);
    assert!(clap.render(&bar, 96_000).is_silent());
    assert!(vst3.render(&bar, 96_000).is_silent());
    assert!(!page.pressed("Kick", 5));

    page.click_step("Kick", 5);
    stage.wait_for_step(stage.kick(), 5, true);
    let is_heard = |sound: &Sound| !sound.is_silent();
    let in_clap = sound_when(is_heard, 96_000, |bar, frames| clap.render(bar, frames));
    let in_vst3 = sound_when(is_heard, 96_000, |bar, frames| vst3.render(bar, frames));
    // The fifth sixteenth note at 120 beats a minute begins half a second in.
    assert_onsets(&in_clap.onsets(), &[24_000.0], "CLAP");
    assert_onsets(&in_vst3.onsets(), &[24_000.0], "VST3");
    // Both formats sound the same.
    assert_alike(&in_clap, &in_vst3);
    stage.wait_for_plugins(1);
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[test]
fn a_step_set_by_another_player_shows_in_the_page() {
    let stage = Stage::set();
    let page = stage.page();
    let track = stage.kick();
    let (scene, step) = (first_scene(), index(9));
    stage.watcher.edit(Edit::Step {
        track,
        scene,
        step,
        value: Step::on(),
    });
    page.wait_until("the step shows", |page| page.pressed("Kick", 9));
    assert!(!page.pressed("Kick", 8) && !page.pressed("Kick", 10));
}

#[test]
fn the_pages_playhead_runs_in_phase_with_the_hosts_transport() {
    let stage = Stage::set();
    let page = stage.page();
    let host = stage.clap();
    stage.wait_for_plugins(1);
    stage
        .watcher
        .wait_until("the watcher knows the time", |replica| {
            replica.clock().quality().is_some()
        });
    assert!(
        !stage
            .watcher
            .look(|replica| replica.document().timeline.playing)
    );

    // A sixteenth note lasts a quarter of a second, longer than it takes to ask a page anything.
    let host = host.roll(Transport::rolling(60.0, 0.0));
    stage
        .watcher
        .wait_until("the host's start is everyone's", |replica| {
            replica.document().timeline.playing && replica.document().lead.is_some()
        });
    page.wait_until("the page's playhead runs", |page| {
        page.playhead_column().is_some()
    });
    let mut seen = std::collections::BTreeSet::new();
    while seen.len() < 6 {
        let before = stage.watcher.beat();
        let column = page.playhead_column().expect("it goes on running");
        let after = stage.watcher.beat();
        // What is on the screen may be a frame or two old.
        let earliest = column_at(before - BeatSpan::from_micros(100_000));
        let within = (column + 16 - earliest) % 16 <= (column_at(after) + 16 - earliest) % 16;
        assert!(
            within,
            "column {column} while the beat went from {before:?} to {after:?}"
        );
        seen.insert(column);
    }
    // The host's own truth: how far it has played when it is stopped.
    let (mut host, sound) = host.stop();
    let told = stage.watcher.beat().as_micros();
    let played = i64::try_from(sound.frames()).expect("a test is short") * 1_000_000 / 48_000;
    assert!(
        (told - played).abs() < 60_000,
        "the session is at {told} and the host at {played} micro-beats"
    );
    host.render(&Transport::stopped(60.0, 0.0), 512);
    page.wait_until("the page stops with the host", |page| {
        !page
            .evaluate("return document.querySelector(\"[aria-label='Play']\")")
            .is_null()
    });
}

fn column_at(beat: Beat) -> usize {
    let sixteenth = beat.as_micros().div_euclid(250_000).rem_euclid(16);
    usize::try_from(sixteenth).expect("a remainder") + 1
}
