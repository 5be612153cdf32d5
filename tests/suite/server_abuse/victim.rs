//! Somebody who plays while others attack, and how soon they are answered: alone, and then beside
//! an attack in the same run.

use lockstep_session::document::Document;
use lockstep_session::edit::{Edit, SessionSetting};
use lockstep_session::replica::{Link, Replica};
use lockstep_session::text::LongName;
use lockstep_tests::client::Client;
use lockstep_tests::server::Server;
use std::time::{Duration, Instant};

/// Answers that make a middle.
const ENOUGH: usize = 25;
/// How much later an answer may come beside an attack. The attack itself takes processors that the
/// server would have, and so do the other tests.
const MOST_LATER: u32 = 40;
/// Shorter than this is soon, whatever it was alone.
const SOON: Duration = Duration::from_millis(10);
/// Memory that an attack may leave behind.
const MOST_MEMORY: u64 = 96 * 1024 * 1024;

pub(super) struct Victim<'a> {
    server: &'a Server,
    pub(super) session: String,
    player: Client,
    friend: Client,
    links: [Link; 2],
    alone: Duration,
    made: usize,
}

impl<'a> Victim<'a> {
    /// Two players in a session of their own.
    pub(super) fn of(server: &'a Server) -> Self {
        let session = server.new_session();
        let player = Client::joined(server.address(), &session, 201);
        let friend = Client::joined(server.address(), &session, 202);
        let links = [&player, &friend].map(|client| client.look(|replica| replica.link().clone()));
        let mut victim = Self {
            server,
            session,
            player,
            friend,
            links,
            alone: Duration::ZERO,
            made: 0,
        };
        victim.alone = victim.middle_of_answers(|_| false);
        victim
    }

    /// Plays while an attack goes on, and looks afterwards what it cost.
    pub(super) fn beside(&mut self, name: &str, attack: impl FnOnce() + Send) {
        let before = self.server.memory();
        let attacked = std::thread::scope(|scope| {
            let attack = scope.spawn(attack);
            let middle = self.middle_of_answers(|_| !attack.is_finished());
            attack
                .join()
                .unwrap_or_else(|failed| std::panic::resume_unwind(failed));
            middle
        });
        let after = self.server.memory();
        println!(
            "{name}: answered in {:?} alone, {attacked:?} beside it; memory {} kB, then {} kB",
            self.alone,
            before / 1024,
            after / 1024
        );
        assert!(
            attacked <= self.alone.max(SOON) * MOST_LATER,
            "{name}: answered in {:?} alone and {attacked:?} beside it",
            self.alone
        );
        assert!(
            after <= before + MOST_MEMORY,
            "{name}: {before} bytes before, {after} after"
        );
        self.is_unharmed(name);
    }

    /// Nobody was disconnected, and everything is there, for everyone.
    pub(super) fn is_unharmed(&self, name: &str) {
        let stored: Document =
            serde_json::from_value(self.server.read(&self.session)["document"].clone())
                .expect("a document");
        assert_eq!(
            stored.name.as_str(),
            self.title(),
            "{name}: the last edit is there"
        );
        for (client, link) in [&self.player, &self.friend].into_iter().zip(&self.links) {
            client.wait_until("it hears everything", |replica| {
                *replica.document() == stored
            });
            assert_eq!(
                client.look(|replica| replica.link().clone()),
                *link,
                "{name}: nobody else is disconnected"
            );
        }
    }

    /// Edits and waits for the answer until there is enough, and for as long as it should go on.
    fn middle_of_answers(&mut self, go_on: impl Fn(usize) -> bool) -> Duration {
        let mut answers = Vec::new();
        while answers.len() < ENOUGH || go_on(answers.len()) {
            self.made += 1;
            let before = Instant::now();
            let title = LongName::new(&self.title());
            self.player.edit(Edit::Session(SessionSetting::Name(title)));
            self.player
                .wait_until("it is answered", |replica: &Replica| replica.unsaved() == 0);
            answers.push(before.elapsed());
        }
        answers.sort_unstable();
        answers[answers.len() / 2]
    }

    fn title(&self) -> String {
        format!("Song {}", self.made)
    }
}
