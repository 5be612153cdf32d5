//! A server with one session, and somebody who watches it. What plays in it is the tests' affair.

use crate::client::Client;
use crate::hosts::{Bundles, ClapHost, HostSetup, state_with_link};
use crate::server::Server;
use lockstep_session::document::pattern::Operation;
use lockstep_session::document::step::Step;
use lockstep_session::edit::Edit;
use lockstep_session::ids::{SampleId, SceneIndex, StepIndex, TrackId};
use lockstep_session::protocol::Kind;
use lockstep_session::replica::Replica;

#[derive(Debug)]
pub struct Room {
    pub server: Server,
    pub session: String,
    pub watcher: Client,
    pub tracks: Vec<TrackId>,
}

impl Room {
    /// A session with the rhythm that new ones have.
    pub fn open() -> Self {
        let server = Server::start();
        let session = server.new_session();
        let watcher = Client::joined(server.address(), &session, 1);
        let tracks = watcher.look(|replica| {
            let tracks = replica.document().tracks.iter();
            tracks.map(|track| track.id).collect()
        });
        Self {
            server,
            session,
            watcher,
            tracks,
        }
    }

    /// A session in which nothing sounds yet.
    pub fn quiet() -> Self {
        let room = Self::open();
        for &track in &room.tracks {
            room.watcher.edit(Edit::Pattern {
                track,
                scene: Self::scene(),
                operation: Operation::Clear,
            });
        }
        // Whoever joins from now on finds it quiet.
        room.watcher
            .wait_until("all is stored", |replica| replica.unsaved() == 0);
        room
    }

    /// The scene that a new session begins with.
    pub fn scene() -> SceneIndex {
        SceneIndex::new(0).expect("there are eight")
    }

    pub fn link(&self) -> String {
        self.server.url(&format!("/s/{}", self.session))
    }

    /// Sets a step of the first track.
    pub fn set(&self, place: usize, value: Step) {
        self.watcher.edit(Edit::Step {
            track: self.tracks[0],
            scene: Self::scene(),
            step: StepIndex::new(place).expect("a place in the pattern"),
            value,
        });
    }

    /// How many plugins play here, as the watcher sees it.
    pub fn daws(&self) -> usize {
        self.watcher.look(daws)
    }

    pub fn wait_for_daws(&self, count: usize) {
        let joined = |replica: &Replica| daws(replica) == count;
        self.watcher
            .wait_until(&format!("{count} plugins are here"), joined);
    }

    /// A plugin that has joined.
    pub fn plugin(&self, setup: HostSetup) -> ClapHost {
        let before = self.daws();
        let mut host = ClapHost::open(&Bundles::built(), setup);
        assert!(host.load_state(&state_with_link(&self.link())));
        self.wait_for_daws(before + 1);
        host
    }
}

/// The one sample of a watched session, once it is there, and its bytes.
pub fn the_sample(server: &Server, watcher: &Client) -> (SampleId, Vec<u8>) {
    watcher.wait_until("the session has the sample", |replica| {
        !replica.document().samples.is_empty()
    });
    let id = watcher.look(|replica| *replica.document().samples.keys().next().expect("a sample"));
    let path = format!("/api/v1/samples/{}", id.hex());
    let answer = server.get(&path, &[]);
    assert_eq!(answer.status, 200);
    (id, answer.body)
}

/// How many plugins play in a session.
pub fn daws(replica: &Replica) -> usize {
    let players = replica.players();
    let daws = players.filter(|player| player.profile.kind == Kind::Daw);
    daws.count()
}
