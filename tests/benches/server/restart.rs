//! How soon everybody is back and equal after the server was killed.

use crate::load::Lateness;
use lockstep_session::edit::{Edit, SessionSetting};
use lockstep_session::replica::Replica;
use lockstep_session::text::LongName;
use lockstep_tests::client::Client;
use lockstep_tests::report::Report;
use lockstep_tests::server::Server;
use std::time::Instant;

const SESSIONS: u8 = 5;
const PLAYERS: u8 = 4;
const KILLS: usize = 10;
const EDITS: usize = 20;

pub(crate) fn run(report: &mut Report) {
    let mut took = Lateness::default();
    for kill in 0..KILLS {
        let mut server = Server::start_for_a_crowd(&[]);
        let sessions: Vec<String> = (0..SESSIONS).map(|_| server.new_session()).collect();
        let players: Vec<Client> = (0..SESSIONS * PLAYERS)
            .map(|player| {
                let session = &sessions[usize::from(player % SESSIONS)];
                Client::joined(server.address(), session, player)
            })
            .collect();
        for number in 0..EDITS {
            for player in &players {
                let name = LongName::new(&format!("{kill} {number}"));
                player.edit(Edit::Session(SessionSetting::Name(name)));
            }
        }
        server.kill();
        server.come_back();
        let began = Instant::now();
        for player in &players {
            player.wait_until("everything is stored", |replica: &Replica| {
                replica.is_live() && replica.unsaved() == 0
            });
        }
        for (session, place) in sessions.iter().zip(0..) {
            let revision = server.read(session)["revision"].as_u64();
            for player in players.iter().skip(place).step_by(SESSIONS.into()) {
                player.wait_until("it has heard everything", |replica: &Replica| {
                    replica.position().map(|position| position.revision.0) == revision
                });
            }
        }
        took.note(began.elapsed());
    }
    report.row(
        "killed under load; everybody equal again, half within",
        took.at(0.5),
        "ms",
        "",
    );
    report.row("the worst of 10", took.at(1.0), "ms", "<= 2000");
}
