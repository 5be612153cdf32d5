//! The network of a world: how parcels travel, and everything that can go wrong on their way.

use super::link::{Connection, Delay, Direction, Flow, OUTBOX, Parcel};
use super::seat::{MachineClock, Reach};
use super::{Happening, World};
use lockstep_session::authority;
use lockstep_session::ids::ConnectionId;
use lockstep_session::replica;
use lockstep_session::units::Span;

impl World {
    pub fn set_delays(&mut self, seat: usize, up: Delay, down: Delay) {
        self.seats[seat].up = up;
        self.seats[seat].down = down;
    }

    /// A network that takes whatever it is given at once, however much that is.
    pub fn widen(&mut self) {
        self.window = usize::MAX;
    }

    /// Only before the player joins: clocks do not jump.
    pub fn set_clock(&mut self, seat: usize, clock: MachineClock) {
        self.seats[seat].clock = clock;
    }

    /// The network is gone, both ends hear of it, and connecting fails until `heal_one`.
    pub fn cut(&mut self, seat: usize) {
        self.trace
            .note(self.now, || format!("cut {}", self.seats[seat].name));
        self.seats[seat].reach = Reach::Offline;
        self.break_connection(seat, true, true);
    }

    /// The connection breaks; the player may connect again at once.
    pub fn drop_connection(&mut self, seat: usize) {
        self.trace
            .note(self.now, || format!("drop {}", self.seats[seat].name));
        self.break_connection(seat, true, true);
    }

    /// Everything sent is lost; an end that hears of it is told, the other has to find out.
    pub fn half_open(&mut self, seat: usize, client_hears: bool, server_hears: bool) {
        self.trace.note(self.now, || {
            format!(
                "half-open {}: client hears {client_hears}, server {server_hears}",
                self.seats[seat].name
            )
        });
        self.break_connection(seat, client_hears, server_hears);
    }

    /// As `half_open`, and connecting neither works nor fails until `heal_one`.
    pub fn black_hole(&mut self, seat: usize) {
        self.trace.note(self.now, || {
            format!("black hole around {}", self.seats[seat].name)
        });
        self.seats[seat].reach = Reach::Silent;
        self.break_connection(seat, false, false);
    }

    /// The player's end is gone and hears it, but what it had sent still arrives after a while.
    pub fn linger(&mut self, seat: usize, arrives_after: Span) {
        let Some(connection) = self.seats[seat].connection else {
            return;
        };
        self.trace.note(self.now, || {
            format!(
                "{} loses a connection whose last words linger",
                self.seats[seat].name
            )
        });
        let Some(open) = self.connections.get_mut(&connection) else {
            return;
        };
        open.to_server.flow = Flow::Stalled;
        self.agenda.write(
            self.now + arrives_after,
            Happening::Released(connection, Direction::ToServer),
        );
        self.send(connection, Direction::ToServer, Parcel::Close);
        self.client_hears(connection);
    }

    /// What the player sends waits on its way, and then arrives at once.
    pub fn hold_back(&mut self, seat: usize, time: Span) {
        let Some(connection) = self.seats[seat].connection else {
            return;
        };
        let Some(open) = self
            .connections
            .get_mut(&connection)
            .filter(|open| open.to_server.flow == Flow::Open)
        else {
            return;
        };
        self.trace.note(self.now, || {
            format!("{}'s words are held back", self.seats[seat].name)
        });
        open.to_server.flow = Flow::Stalled;
        self.agenda.write(
            self.now + time,
            Happening::Released(connection, Direction::ToServer),
        );
    }

    /// The player stops reading for a while.
    pub fn stall(&mut self, seat: usize, time: Span) {
        let Some(connection) = self.seats[seat].connection else {
            return;
        };
        let Some(open) = self
            .connections
            .get_mut(&connection)
            .filter(|open| open.to_client.flow == Flow::Open)
        else {
            return;
        };
        self.trace.note(self.now, || {
            format!("{} stops reading", self.seats[seat].name)
        });
        open.to_client.flow = Flow::Stalled;
        self.agenda.write(
            self.now + time,
            Happening::Released(connection, Direction::ToClient),
        );
    }

    pub fn heal_one(&mut self, seat: usize) {
        self.trace
            .note(self.now, || format!("heal {}", self.seats[seat].name));
        self.seats[seat].reach = Reach::Online;
    }

    /// Every player can reach the server again.
    pub fn heal(&mut self) {
        for seat in 0..self.seats.len() {
            self.heal_one(seat);
        }
    }

    pub fn is_reachable(&self, seat: usize) -> bool {
        self.seats[seat].reach == Reach::Online
    }

    /// Whether what is said on a connection gets through, both ways.
    pub(super) fn flows(&self, connection: ConnectionId) -> bool {
        let open = self.connections.get(&connection);
        open.is_some_and(|open| {
            [&open.to_server, &open.to_client]
                .iter()
                .all(|lane| lane.flow == Flow::Open)
        })
    }

    fn break_connection(&mut self, seat: usize, client_hears: bool, server_hears: bool) {
        let Some(connection) = self.seats[seat].connection else {
            return;
        };
        let Some(open) = self.connections.get_mut(&connection) else {
            return;
        };
        open.to_server.flow = Flow::Vanishing;
        open.to_client.flow = Flow::Vanishing;
        open.to_server.waiting.clear();
        open.to_client.waiting.clear();
        if client_hears {
            let after = Span::from_micros(self.dice.between(0, 30_000));
            self.agenda
                .write(self.now + after, Happening::ClientHears(connection));
        }
        if server_hears {
            let after = Span::from_micros(self.dice.between(0, 30_000));
            self.agenda
                .write(self.now + after, Happening::ServerHears(connection));
        }
    }

    pub(super) fn open_connection(&mut self, seat: usize) {
        self.opened += 1;
        let connection = ConnectionId(self.opened);
        let there = self.seats[seat].up.draw(&mut self.dice);
        let back = self.seats[seat].down.draw(&mut self.dice);
        self.seats[seat].connection = Some(connection);
        match self.seats[seat].reach {
            Reach::Online if self.server.authority.is_some() => {
                let mut open = Connection::new(seat);
                // The way is no faster for the first words than for the opening itself.
                open.to_server.send(self.now, there);
                open.to_server.load -= 1;
                self.connections.insert(connection, open);
                self.agenda
                    .write(self.now + there, Happening::Opened(connection));
                self.agenda.write(
                    self.now + there + back,
                    Happening::Connected(seat, connection),
                );
            }
            Reach::Online | Reach::Offline => {
                self.agenda
                    .write(self.now + there + back, Happening::Failed(seat, connection));
            }
            Reach::Silent => {}
        }
    }

    /// The player closes its end; what it sent before still arrives.
    pub(super) fn close_by_client(&mut self, seat: usize) {
        if let Some(connection) = self.seats[seat].connection.take() {
            if let Some(open) = self.connections.get_mut(&connection) {
                open.client_open = false;
            }
            self.send(connection, Direction::ToServer, Parcel::Close);
        }
    }

    pub(super) fn send(&mut self, connection: ConnectionId, direction: Direction, parcel: Parcel) {
        let Some(open) = self.connections.get_mut(&connection) else {
            return;
        };
        // Nobody listens at a stranger's end.
        let Some(seat) = self.seats.get(open.seat) else {
            return;
        };
        let delay = match direction {
            Direction::ToServer => seat.up,
            Direction::ToClient => seat.down,
        };
        let delay = delay.draw(&mut self.dice);
        let at = open.lane(direction).send(self.now, delay);
        self.agenda
            .write(at, Happening::Arrives(connection, direction, parcel));
    }

    pub(super) fn arrives(
        &mut self,
        connection: ConnectionId,
        direction: Direction,
        parcel: Parcel,
    ) {
        let Some(open) = self.connections.get_mut(&connection) else {
            return;
        };
        let Some(parcel) = open.lane(direction).arrive(parcel) else {
            return;
        };
        self.deliver(connection, direction, parcel);
    }

    pub(super) fn released(&mut self, connection: ConnectionId, direction: Direction) {
        let Some(open) = self.connections.get_mut(&connection) else {
            return;
        };
        let lane = open.lane(direction);
        if lane.flow != Flow::Stalled {
            return;
        }
        lane.flow = Flow::Open;
        let waiting = std::mem::take(&mut lane.waiting);
        lane.load -= waiting.len();
        for parcel in waiting {
            self.deliver(connection, direction, parcel);
        }
    }

    fn deliver(&mut self, connection: ConnectionId, direction: Direction, parcel: Parcel) {
        let Some(open) = self.connections.get_mut(&connection) else {
            return;
        };
        match (direction, parcel) {
            (Direction::ToServer, _) if !open.server_open => {
                // Nobody knows this connection any more, and says so if there is anybody.
                if self.server.authority.is_some() && open.outbox.end.is_none() {
                    self.send(connection, Direction::ToClient, Parcel::Close);
                }
            }
            (Direction::ToServer, Parcel::Text(text)) => {
                if !super::drive::is_small_talk(&text) {
                    self.trace
                        .note(self.now, || format!("server hears {connection:?}: {text}"));
                }
                self.server_hears(authority::Input::Text {
                    connection,
                    text: &text,
                });
            }
            (Direction::ToServer, Parcel::Close) => self.server_loses(connection),
            (Direction::ToClient, Parcel::Text(text)) => {
                if open.client_open {
                    let seat = open.seat;
                    self.player_hears_text(seat, &text);
                }
                self.pump(connection);
            }
            (Direction::ToClient, Parcel::Close) => self.client_hears(connection),
        }
    }

    pub(super) fn server_loses(&mut self, connection: ConnectionId) {
        let Some(open) = self.connections.get_mut(&connection) else {
            return;
        };
        if std::mem::take(&mut open.server_open) {
            open.outbox = Default::default();
            self.server_hears(authority::Input::Closed { connection });
        }
    }

    /// The player is told that the connection is gone.
    pub(super) fn client_hears(&mut self, connection: ConnectionId) {
        let Some(open) = self.connections.get_mut(&connection) else {
            return;
        };
        let seat = open.seat;
        if std::mem::take(&mut open.client_open) && self.seats[seat].connection == Some(connection)
        {
            self.seats[seat].connection = None;
            self.player_hears(seat, replica::Input::Disconnected);
        }
    }

    pub(super) fn opened(&mut self, connection: ConnectionId) {
        let Some(open) = self.connections.get_mut(&connection) else {
            return;
        };
        let vanished = open.to_server.flow == Flow::Vanishing;
        if vanished || self.server.authority.is_none() {
            return;
        }
        open.server_open = true;
        let role = self.seats[open.seat].role;
        self.server_hears(authority::Input::Opened { connection, role });
    }

    pub(super) fn connected(&mut self, seat: usize, connection: ConnectionId) {
        let reaches = self
            .connections
            .get(&connection)
            .is_some_and(|open| open.to_client.flow != Flow::Vanishing);
        if self.seats[seat].connection == Some(connection) && reaches {
            self.player_hears(seat, replica::Input::Connected);
        }
    }

    pub(super) fn failed(&mut self, seat: usize, connection: ConnectionId) {
        if self.seats[seat].connection == Some(connection) {
            self.seats[seat].connection = None;
            self.player_hears(seat, replica::Input::Disconnected);
        }
    }

    /// Messages that a server holds for one connection, at most.
    pub const OUTBOX: usize = OUTBOX;

    /// The most that was ever held for a connection that is still known.
    pub fn fullest_outbox(&self) -> usize {
        self.connections
            .values()
            .map(|open| open.outbox.most_held)
            .max()
            .unwrap_or(0)
    }

    /// A stranger opens a connection, without a replica behind it and next to the server.
    pub fn intrude(&mut self) -> ConnectionId {
        self.opened += 1;
        let connection = ConnectionId(self.opened);
        let mut open = Connection::new(usize::MAX);
        (open.client_open, open.server_open) = (false, true);
        self.connections.insert(connection, open);
        let role = lockstep_session::protocol::Role::Editor;
        self.server_hears(authority::Input::Opened { connection, role });
        connection
    }

    /// A stranger says something.
    pub fn say_as(&mut self, connection: ConnectionId, text: &str) {
        if self.is_heard(connection) {
            self.server_hears(authority::Input::Text { connection, text });
        }
    }

    pub fn is_heard(&self, connection: ConnectionId) -> bool {
        self.connections
            .get(&connection)
            .is_some_and(|open| open.server_open)
    }
}
