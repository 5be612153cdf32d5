//! What a session and a connection keep in memory while little happens.

use crate::load::{Crowd, new_sessions};
use lockstep_tests::report::Report;
use lockstep_tests::server::Server;
use std::time::Duration;

const SESSIONS: usize = 1_000;
const CONNECTIONS: usize = 10_000;
const PER_SESSION: usize = 20;
/// When a session in which nobody edits leaves memory. It is sooner here than it usually is, so
/// that nobody has to wait for it.
const QUIET_AFTER: &str = "5";
const SETTLES: Duration = Duration::from_secs(25);

pub(crate) fn run(report: &mut Report) {
    sessions(report);
    connections(report);
}

fn sessions(report: &mut Report) {
    let server = Server::start_for_a_crowd(&[]);
    let mut crowd = Crowd::new();
    let sessions = new_sessions(&server, SESSIONS);
    let before = server.memory();
    let mut authors = Vec::new();
    for session in &sessions {
        let places = crowd.join(&server, session, 2, 1);
        // Four of the starter's eight tracks.
        let fewer = (5..=8).map(|track| format!(r#"{{"remove-track":{{"track":{track}}}}}"#));
        let fewer = fewer.collect::<Vec<_>>().join(",");
        crowd.make(places[0], [format!(r#"{{"gesture":[{fewer}]}}"#)]);
        authors.extend(places);
    }
    let at_once = kilobytes(server.memory() - before) / SESSIONS as f64;
    // Everybody plays: a few edits from each client.
    let outcome = crowd.run(&server, &authors, 2_000.0, Duration::from_secs(6));
    assert_eq!(outcome.missing, 0, "every edit is answered");
    let after = kilobytes(server.memory() - before) / SESSIONS as f64;
    report.row(
        "a session with 2 clients and 4 tracks, joined",
        at_once,
        "kB",
        "",
    );
    report.figure(
        "kb_per_session",
        "a session with 2 clients and 4 tracks, edited",
        after,
        "kB",
        60.0,
    );
}

fn connections(report: &mut Report) {
    let server = Server::start_for_a_crowd(&["--quiet-after", QUIET_AFTER]);
    let mut crowd = Crowd::new();
    let sessions = new_sessions(&server, CONNECTIONS / PER_SESSION);
    let before = server.memory();
    for session in &sessions {
        crowd.join(&server, session, PER_SESSION, 1);
    }
    let at_once = kilobytes(server.memory() - before) / CONNECTIONS as f64;
    crowd.swarm.idle(SETTLES);
    let after = kilobytes(server.memory() - before) / CONNECTIONS as f64;
    report.row("a connection of 10,000, just joined", at_once, "kB", "");
    report.figure(
        "kb_per_idle_connection",
        "a connection of 10,000, idle",
        after,
        "kB",
        20.0,
    );
}

fn kilobytes(bytes: u64) -> f64 {
    bytes as f64 / 1e3
}
