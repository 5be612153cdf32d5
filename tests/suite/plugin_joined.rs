//! The plugin in a session on the real server: what it leads, what it leaves, and what a project
//! still plays when the server is gone.

use lockstep_session::document::pattern::Operation;
use lockstep_session::document::step::Step;
use lockstep_session::edit::Edit;
use lockstep_session::ids::{SceneIndex, StepIndex, TrackId};
use lockstep_session::protocol::Kind;
use lockstep_session::replica::Replica;
use lockstep_session::units::Tempo;
use lockstep_tests::client::Client;
use lockstep_tests::hosts::{Bundles, ClapHost, HostSetup, Transport, state_with_link};
use lockstep_tests::server::{PATIENCE, Server};
use std::time::Instant;

const SETUP: HostSetup = HostSetup {
    sample_rate: 48_000.0,
    block: 512,
};

struct Room {
    server: Server,
    session: String,
    watcher: Client,
}

impl Room {
    fn open() -> Self {
        let server = Server::start();
        let session = server.new_session();
        let watcher = Client::joined(server.address(), &session, 1);
        Self {
            server,
            session,
            watcher,
        }
    }

    fn plugin(&self) -> ClapHost {
        let mut host = ClapHost::open(&Bundles::built(), SETUP);
        let link = self.server.url(&format!("/s/{}", self.session));
        assert!(host.load_state(&state_with_link(&link)));
        let joined = |replica: &Replica| daws(replica) == 1;
        self.watcher.wait_until("the plugin has joined", joined);
        host
    }
}

fn daws(replica: &Replica) -> usize {
    let is_daw = |kind| kind == Kind::Daw;
    let players = replica.players();
    players.filter(|player| is_daw(player.profile.kind)).count()
}

#[test]
fn the_hosts_start_tempo_and_stop_are_everyones() {
    let room = Room::open();
    let host = room.plugin();
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
    let host = room.plugin();
    drop(host);
    room.watcher
        .wait_until("nobody plays in a workstation any more", |replica| {
            daws(replica) == 0
        });
}

#[test]
fn a_project_plays_what_it_held_after_its_server_is_gone() {
    let mut room = Room::open();
    let scene = SceneIndex::new(0).expect("there are eight");
    let tracks: Vec<TrackId> = room.watcher.look(|replica| {
        let tracks = replica.document().tracks.iter();
        tracks.map(|track| track.id).collect()
    });
    for track in &tracks {
        room.watcher.edit(Edit::Pattern {
            track: *track,
            scene,
            operation: Operation::Clear,
        });
    }
    let mut host = room.plugin();
    let bar = Transport::rolling(120.0, 0.0);
    // An even step, which does not swing.
    let step = StepIndex::new(4).expect("a place in the pattern");
    let value = Step::on();
    room.watcher.edit(Edit::Step {
        track: tracks[0],
        scene,
        step,
        value,
    });
    let deadline = Instant::now() + PATIENCE;
    let before = loop {
        let sound = host.render(&bar, 96_000);
        let stopped = Transport::stopped(120.0, 0.0);
        while !host.render(&stopped, 48_000).is_silent() {
            assert!(Instant::now() < deadline, "it rings on for ever");
        }
        if sound.onsets().first() == Some(&24_000) {
            break sound;
        }
        assert!(Instant::now() < deadline, "the step never sounded");
    };
    let state = host.save_state();
    drop(host);
    room.server.kill();
    let mut reopened = ClapHost::open(&Bundles::built(), SETUP);
    assert!(reopened.load_state(&state));
    assert_eq!(reopened.render(&bar, 96_000), before);
}
