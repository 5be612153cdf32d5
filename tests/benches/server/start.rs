//! How soon a server with many stored sessions serves, and how soon a sleeping session answers.

use crate::load::{Crowd, Lateness, new_sessions};
use lockstep_tests::report::Report;
use lockstep_tests::server::Server;
use std::time::{Duration, Instant};

const STORED: usize = 10_000;
const STARTS: usize = 5;
const WAKES: usize = 200;

pub(crate) fn run(report: &mut Report) {
    let mut server = Server::start_for_a_crowd(&[]);
    let sessions = new_sessions(&server, STORED);
    let (mut stopped, mut killed) = (Lateness::default(), Lateness::default());
    for _ in 0..STARTS {
        assert!(server.stop().success(), "it stops well");
        stopped.note(come_back(&mut server, &sessions[0]));
        server.kill();
        killed.note(come_back(&mut server, &sessions[0]));
    }
    report.row(
        "serving after kill -9, with 10,000 sessions",
        killed.at(0.5),
        "ms",
        "",
    );
    report.figure(
        "start_10k_ms",
        "from its start to serving, with 10,000 sessions",
        stopped.at(0.5),
        "ms",
        1_000.0,
    );

    let mut waking = Lateness::default();
    let mut crowd = Crowd::new();
    for session in sessions.iter().rev().step_by(STORED / WAKES) {
        let before = Instant::now();
        crowd.swarm.joined(server.address(), session, 1);
        waking.note(before.elapsed());
    }
    report.row(
        "connecting to a stored session, until its welcome",
        waking.at(0.5),
        "ms",
        "",
    );
    report.row("the worst of 200 such", waking.at(1.0), "ms", "");
    drop((crowd, server));
    wake(report);
}

/// Sessions whose players stay connected and do nothing, until one of them edits.
fn wake(report: &mut Report) {
    let server = Server::start_for_a_crowd(&["--quiet-after", "1"]);
    let mut crowd = Crowd::new();
    let sessions = new_sessions(&server, WAKES);
    let players: Vec<_> = sessions
        .iter()
        .map(|session| crowd.join(&server, session, 2, 1)[0])
        .collect();
    crowd.swarm.idle(Duration::from_secs(5));
    let [mut asleep, mut stored, mut awake] = [const { Lateness::new() }; 3];
    for player in players {
        let (seen, acknowledged) = crowd.one_edit(player);
        asleep.note(seen);
        stored.note(acknowledged);
        awake.note(crowd.one_edit(player).0);
    }
    report.row(
        "an edit comes back from a session that is awake",
        awake.at(0.5),
        "ms",
        "",
    );
    report.row(
        "the worst of 200 from sleeping ones",
        asleep.at(1.0),
        "ms",
        "",
    );
    report.row(
        "and until it is durable, half within",
        stored.at(0.5),
        "ms",
        "",
    );
    report.figure(
        "wake_ms",
        "an edit comes back from a sleeping session",
        asleep.at(0.5),
        "ms",
        5.0,
    );
}

/// From starting the process to the first session that it has read.
fn come_back(server: &mut Server, session: &str) -> Duration {
    let before = Instant::now();
    server.come_back();
    server.read(session);
    before.elapsed()
}
