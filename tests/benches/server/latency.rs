//! How soon an edit is durable, and how soon the others see it.

use crate::load::{Crowd, Lateness, new_sessions};
use crate::swarm::Place;
use lockstep_tests::report::Report;
use lockstep_tests::server::Server;
use std::io::Write;
use std::time::{Duration, Instant};

const LASTS: Duration = Duration::from_secs(8);

pub(crate) fn run(report: &mut Report) {
    acknowledged(report);
    seen(report);
}

fn acknowledged(report: &mut Report) {
    let server = Server::start_for_a_crowd(&[]);
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
    let mut disk = disk(&server);
    report.row(
        "the disk's own sync of 4 kB, half within",
        disk.at(0.5),
        "ms",
        "",
    );
    report.row(
        "the disk's own sync of 4 kB, 99 % within",
        disk.at(0.99),
        "ms",
        "",
    );
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

/// What the disk below the server takes to keep a little, with nothing above it.
fn disk(server: &Server) -> Lateness {
    let path = server.data().join("floor");
    let mut file = std::fs::File::create(&path).expect("a file beside the server's");
    let mut took = Lateness::default();
    for _ in 0..200 {
        let before = Instant::now();
        file.write_all(&[1; 4096]).expect("room on the disk");
        file.sync_data().expect("a disk");
        took.note(before.elapsed());
    }
    took
}

fn seen(report: &mut Report) {
    let server = Server::start_for_a_crowd(&[]);
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
