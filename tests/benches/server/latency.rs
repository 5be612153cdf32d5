//! How soon an edit is durable, and how soon the others see it.

use crate::load::{Crowd, new_sessions};
use crate::report::Report;
use crate::swarm::Place;
use lockstep_tests::server::Server;
use std::time::Duration;

const LASTS: Duration = Duration::from_secs(8);

pub(crate) fn run(report: &mut Report) {
    acknowledged(report);
    seen(report);
}

fn acknowledged(report: &mut Report) {
    let server = Server::start();
    let mut crowd = Crowd::new();
    let authors: Vec<Place> = new_sessions(&server, 10)
        .iter()
        .flat_map(|session| crowd.join(&server, session, 2, 1))
        .collect();
    crowd.run(&server, &authors, 2_000.0, Duration::from_secs(2));
    let mut outcome = crowd.run(&server, &authors, 2_000.0, LASTS);
    report.say(&format!(
        "10 sessions of 2 clients with 100 edits/s each; server {:.0} % ({:.0} % the store's thread), \
         load {:.0} % of a processor; latest {:.1} ms",
        100.0 * outcome.server_share(),
        100.0 * outcome.store.as_secs_f64() / outcome.lasted.as_secs_f64(),
        100.0 * outcome.own_share(),
        outcome.acknowledged.at(1.0),
    ));
    let (half, most) = (outcome.acknowledged.at(0.5), outcome.acknowledged.at(0.99));
    report.figure(
        "ack_p50_ms",
        "durable at 2,000 edits/s, half within",
        half,
        "ms",
        5.0,
    );
    report.figure(
        "ack_p99_ms",
        "durable at 2,000 edits/s, 99 % within",
        most,
        "ms",
        50.0,
    );
}

fn seen(report: &mut Report) {
    let server = Server::start();
    let mut crowd = Crowd::new();
    let session = server.new_session();
    let authors = crowd.join(&server, &session, 10, 1);
    crowd.run(&server, &authors, 200.0, Duration::from_secs(2));
    let mut outcome = crowd.run(&server, &authors, 200.0, LASTS);
    report.say(&format!(
        "10 clients with 20 edits/s each, seen by the other nine; latest {:.1} ms",
        outcome.seen_by_others.at(1.0),
    ));
    let (half, most) = (
        outcome.seen_by_others.at(0.5),
        outcome.seen_by_others.at(0.99),
    );
    report.figure(
        "peer_p50_ms",
        "seen by the others, half within",
        half,
        "ms",
        1.0,
    );
    report.figure(
        "peer_p99_ms",
        "seen by the others, 99 % within",
        most,
        "ms",
        10.0,
    );
}
