//! The server is killed while everybody plays, again and again.

use super::counting::{PLACES, begin_counting, count, counted};
use super::document_of;
use lockstep_session::replica::Replica;
use lockstep_session::units::Span;
use lockstep_tests::client::Client;
use lockstep_tests::server::Server;
use lockstep_tests::world::Dice;
use std::time::{Duration, Instant};

const SESSIONS: usize = 3;
const PLAYERS: u8 = 3;
/// Edits that a player makes in a round: more than are stored before the power goes.
const MORE: usize = 20;
/// Rounds of one server. Five servers are killed side by side, for most of the time is waiting to come back.
const ROUNDS: usize = 10;

/// A session and those who play in it, and how many edits each has made.
struct Band {
    session: String,
    players: Vec<Client>,
    made: Vec<usize>,
}

impl Band {
    fn new(server: &Server) -> Self {
        let session = server.new_session();
        let join = |player| Client::joined(server.address(), &session, player);
        let players: Vec<Client> = (0..PLAYERS).map(join).collect();
        for (player, client) in (0..).zip(&players) {
            client.edit(begin_counting(player));
        }
        let made = vec![0; players.len()];
        Self {
            session,
            players,
            made,
        }
    }

    fn play(&mut self) {
        for _ in 0..MORE {
            for ((player, client), made) in (0..).zip(&self.players).zip(&mut self.made) {
                *made += 1;
                client.edit(count(player, *made));
            }
        }
    }

    /// How many edits of each player are known to be stored, the one that began the count included.
    fn acknowledged(&self) -> Vec<usize> {
        let both = self.players.iter().zip(&self.made);
        both.map(|(client, made)| (made + 1).saturating_sub(client.look(Replica::unsaved)))
            .collect()
    }

    fn holds(&self, server: &Server, acknowledged: &[usize]) {
        let restored = document_of(server, &self.session);
        // Nothing may be there yet where nothing is acknowledged.
        let promised = (0..).zip(acknowledged).filter(|(_, count)| **count > 0);
        for (player, acknowledged) in promised {
            let there = counted(&restored, player).0 + 1;
            assert!(
                there >= *acknowledged,
                "{acknowledged} acknowledged, {there} there"
            );
        }
    }

    /// Waits until everything is stored, and looks whether each edit is there once, for everyone.
    fn settle(&self, server: &Server) {
        for client in &self.players {
            client.wait_until("every edit is stored", |replica| replica.unsaved() == 0);
        }
        let everything = self.made.iter().sum::<usize>() + self.players.len();
        let answer = server.read(&self.session);
        assert_eq!(
            answer["revision"], everything,
            "each edit has exactly one place in the order"
        );
        let stored = document_of(server, &self.session);
        for ((player, client), made) in (0..).zip(&self.players).zip(&self.made) {
            assert_eq!(counted(&stored, player), (*made, made % PLACES));
            client.wait_until("the replica is equal to the server", |replica| {
                *replica.document() == stored
            });
        }
    }
}

/// A client waits 1.5 s at most before it tries again (P-CLIENT-3). If the first try after the
/// restart succeeds, everybody is back within two seconds of it, however busy this machine is.
fn come_back_at_the_first_try(bands: &[Band]) {
    let clients = || bands.iter().flat_map(|band| &band.players);
    let before: Vec<_> = clients().map(Client::tries).collect();
    for (client, before) in clients().zip(before) {
        client.wait_until("the replica comes back by itself", Replica::is_live);
        let tries = client.tries() - before;
        assert!(tries <= 1, "it took {tries} tries");
        assert!(client.longest_wait() <= Span::from_millis(1_500));
    }
}

fn kill_again_and_again(seed: u64) {
    let mut dice = Dice::new(seed);
    let mut server = Server::start();
    let mut bands: Vec<Band> = (0..SESSIONS).map(|_| Band::new(&server)).collect();
    for round in 1..=ROUNDS {
        bands.iter_mut().for_each(Band::play);
        // The power goes at some moment of the work, or just after it.
        let moment = Instant::now() + Duration::from_micros(dice.below(80_000) as u64);
        let (band, player) = (dice.below(SESSIONS), dice.below(PLAYERS.into()));
        let left = dice.below(MORE);
        bands[band].players[player].wait_until("some edits are stored", |replica| {
            replica.unsaved() <= left || Instant::now() >= moment
        });
        let acknowledged: Vec<_> = bands.iter().map(Band::acknowledged).collect();
        server.kill();
        server.come_back();
        for (band, acknowledged) in bands.iter().zip(&acknowledged) {
            band.holds(&server, acknowledged);
        }
        come_back_at_the_first_try(&bands);
        // Now and then the next blow falls before the last one is over.
        if round == ROUNDS || dice.percent(60) {
            bands.iter().for_each(|band| band.settle(&server));
        }
    }
}

/// P-DURABLE-1, P-ONCE-1, P-CONVERGE-1, P-CLIENT-3
#[test]
fn kill_9_under_load_fifty_times_loses_nothing_acknowledged_and_doubles_nothing() {
    std::thread::scope(|scope| {
        for seed in 1..=5 {
            scope.spawn(move || kill_again_and_again(seed));
        }
    });
}
