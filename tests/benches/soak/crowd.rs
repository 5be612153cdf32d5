//! Players at human pace, who each know what they were told to be stored.

use lockstep_session::document::step::{Step, Velocity};
use lockstep_session::edit::Edit;
use lockstep_session::ids::{SceneIndex, StepIndex, TrackId};
use lockstep_session::limits::TAIL;
use lockstep_session::replica::Replica;
use lockstep_tests::client::Client;
use lockstep_tests::jam::Jam;
use lockstep_tests::networks::Chance;
use std::time::Duration;

/// Steps between the beats: they do not sound, and each player has one of them.
const PLACES: [usize; 3] = [1, 2, 3];
/// From one edit of the crowd to the next, on average.
const PACE: f64 = 0.4;

pub(crate) struct Crowd {
    players: Vec<Player>,
    chance: Chance,
}

struct Player {
    client: Client,
    place: usize,
    said: i64,
    /// The last that the server has said to be stored.
    stored: Option<i64>,
}

impl Crowd {
    pub(crate) fn joined(jam: &Jam) -> Self {
        let players = PLACES.map(|place| Player {
            client: Client::joined(
                jam.server.address(),
                &jam.session,
                u8::try_from(40 + place).expect("few"),
            ),
            place,
            said: 0,
            stored: None,
        });
        Self {
            players: players.into(),
            chance: Chance::new(7),
        }
    }

    /// One of them does something, and all think for a moment.
    pub(crate) fn play(&mut self) {
        let which = usize::try_from(self.chance.bits() % 3).expect("few");
        self.players[which].edit();
        let rest = self.chance.exponential(PACE).min(2.0);
        std::thread::sleep(Duration::from_secs_f64(rest));
        for player in &mut self.players {
            player.note();
        }
    }

    /// Edits until the server has all the history at hand that it ever keeps.
    pub(crate) fn fill_history(&mut self) {
        for _ in 0..TAIL.div_ceil(self.players.len()) {
            self.players.iter_mut().for_each(Player::edit);
        }
        self.wait_until_stored();
    }

    pub(crate) fn wait_until_stored(&mut self) {
        for player in &mut self.players {
            player.client.wait_until("all is stored", |replica| {
                replica.is_live() && replica.unsaved() == 0
            });
            player.note();
        }
    }

    pub(crate) fn players(&self) -> impl Iterator<Item = &Client> {
        self.players.iter().map(|player| &player.client)
    }

    /// How many steps hold something older than what was acknowledged.
    pub(crate) fn lost(&self, jam: &Jam) -> usize {
        let document = &jam.server.read(&jam.session)["document"];
        let steps = &document["tracks"][0]["clips"][0]["content"]["pattern"]["steps"];
        let is_lost = |player: &&Player| {
            let found = steps[player.place]["velocity"].as_i64();
            player.stored.is_some() && player.stored != found
        };
        self.players.iter().filter(is_lost).count()
    }
}

impl Player {
    fn edit(&mut self) {
        // Never the one that is left out of a document.
        self.said = self.said % 90 + 1;
        self.client.edit(Edit::Step {
            track: TrackId(1),
            scene: SceneIndex::FIRST,
            step: StepIndex::new(self.place).expect("a place"),
            value: Step {
                velocity: Velocity::new(self.said),
                ..Step::default()
            },
        });
    }

    fn note(&mut self) {
        if self.said > 0 && self.client.look(Replica::unsaved) == 0 {
            self.stored = Some(self.said);
        }
    }
}
