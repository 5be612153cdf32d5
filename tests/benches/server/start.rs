//! How soon a server with many stored sessions serves, and how soon a sleeping session answers.

use crate::load::{Crowd, Lateness, new_sessions};
use crate::report::Report;
use lockstep_tests::server::Server;
use std::time::Instant;

const STORED: usize = 10_000;
const STARTS: usize = 5;
const WAKES: usize = 200;

pub(crate) fn run(report: &mut Report) {
    let mut server = Server::start();
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
    report.row("the worst of 200 wakes", waking.at(1.0), "ms", "");
    report.figure(
        "wake_ms",
        "from connecting to a sleeping session to its welcome",
        waking.at(0.5),
        "ms",
        5.0,
    );
}

/// From starting the process to the first session that it has read.
fn come_back(server: &mut Server, session: &str) -> std::time::Duration {
    let before = Instant::now();
    server.come_back();
    server.read(session);
    before.elapsed()
}
