//! A simulated world: players with their own clocks, networks that misbehave, and a server that
//! crashes, all in virtual time and decided by one seed. The one driver of every test that needs
//! several replicas; it must not know what a single test is after.

mod agenda;
pub mod chaos;
mod check;
pub mod composer;
mod dice;
mod disk;
mod drive;
pub mod kinds;
mod link;
mod network;
mod plant;
mod seat;
mod server;
mod trace;
mod witness;

pub use dice::Dice;
pub use link::Delay;
pub use seat::{Cell, MachineClock};
pub use witness::{Author, Line, Property, Violation, Witness, touches};

use agenda::Agenda;
use link::{Connection, Direction, Parcel};
use lockstep_session::document::Document;
use lockstep_session::document::clip::Clip;
use lockstep_session::document::pattern::Pattern;
use lockstep_session::document::track::{Track, TrackSettings};
use lockstep_session::ids::{ConnectionId, Run, SceneIndex, Token, TrackId};
use lockstep_session::protocol::Role;
use lockstep_session::text::Name;
use lockstep_session::units::ServerTime;
use seat::Seat;
use server::Server;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use trace::Trace;

pub const ANNA: usize = 0;
pub const BEN: usize = 1;
pub const CLEO: usize = 2;
pub const DAN: usize = 3;

pub const KICK: TrackId = TrackId(1);
pub const SNARE: TrackId = TrackId(2);
pub const HAT: TrackId = TrackId(3);

/// What comes to pass at its time.
#[derive(Debug)]
enum Happening {
    Opened(ConnectionId),
    Connected(usize, ConnectionId),
    Failed(usize, ConnectionId),
    Arrives(ConnectionId, Direction, Parcel),
    ClientHears(ConnectionId),
    ServerHears(ConnectionId),
    Released(ConnectionId, Direction),
    Synced { life: u32 },
    SnapshotCut { life: u32 },
    Restart,
}

#[derive(Debug)]
pub struct World {
    now: ServerTime,
    dice: Dice,
    agenda: Agenda<Happening>,
    server: Server,
    connections: BTreeMap<ConnectionId, Connection>,
    /// Parcels the network takes for a reader before it has read any.
    window: usize,
    opened: u64,
    seats: Vec<Seat>,
    pub witness: Witness,
    trace: Trace,
    troubles: BTreeSet<&'static str>,
}

/// A session with three tracks, each with a pattern in its first two slots.
pub fn first_document() -> Document {
    let track = |id: TrackId, name: &str| {
        let mut track = Track::new(
            id,
            TrackSettings {
                name: Name::new(name),
                ..TrackSettings::default()
            },
        );
        for slot in track.clips.iter_mut().take(2) {
            *slot = Some(Arc::new(Clip::pattern(Pattern::default())));
        }
        Arc::new(track)
    };
    let tracks = vec![
        track(KICK, "Kick"),
        track(SNARE, "Snare"),
        track(HAT, "Hat"),
    ];
    Document {
        tracks,
        ..Document::default()
    }
}

pub fn scene(index: usize) -> SceneIndex {
    SceneIndex::new(index).expect("one of eight")
}

impl World {
    /// A world with nobody in it yet.
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let document = first_document();
        let server = Server::new(document.clone(), dice.fork());
        let mut world = Self {
            now: ServerTime::from_micros(1_000_000),
            dice,
            agenda: Agenda::default(),
            server,
            connections: BTreeMap::new(),
            window: link::WINDOW,
            opened: 0,
            seats: Vec::new(),
            witness: Witness::new(document),
            trace: Trace::default(),
            troubles: BTreeSet::new(),
        };
        world.run_server();
        world
    }

    /// A world with so many players, all of them joined and heard.
    pub fn with_players(seed: u64, count: usize) -> Self {
        let mut world = Self::new(seed);
        for _ in 0..count {
            world.add_seat(Role::Editor);
        }
        for seat in 0..count {
            world.join(seat);
        }
        world.settle();
        world
    }

    /// Adds a player who is not in the session yet.
    pub fn add_seat(&mut self, role: Role) -> usize {
        let number = u8::try_from(self.seats.len()).expect("a world has few players");
        let run = Run(u32::from(number) + 100);
        self.seats.push(Seat::new(
            number,
            Token::from_bytes([number + 1; 16]),
            run,
            role,
        ));
        self.seats.len() - 1
    }

    /// Adds a second window of a player.
    pub fn add_window_of(&mut self, seat: usize) -> usize {
        let number = u8::try_from(self.seats.len()).expect("a world has few players");
        let token = u8::try_from(seat).expect("a world has few players") + 1;
        let (run, role) = (Run(u32::from(number) + 100), self.seats[seat].role);
        self.seats
            .push(Seat::new(number, Token::from_bytes([token; 16]), run, role));
        self.seats.len() - 1
    }

    pub fn now(&self) -> ServerTime {
        self.now
    }

    pub fn players(&self) -> usize {
        self.seats.len()
    }

    /// Keeps a readable record of what happens from now on.
    pub fn keep_trace(&mut self) {
        self.trace.keep();
    }

    /// What has gone wrong in this world so far.
    pub fn troubles(&self) -> impl Iterator<Item = &'static str> {
        self.troubles.iter().copied()
    }

    pub fn trace(&self) -> String {
        self.trace.to_string()
    }
}
