//! How many edits a second go through before answers come late, in one session and in fifty.

use crate::load::{Crowd, new_sessions};
use crate::swarm::Place;
use lockstep_tests::report::Report;
use lockstep_tests::server::Server;
use std::time::Duration;

const LATE: f64 = 100.0;
const FIRST: f64 = 4_000.0;
const MOST: f64 = 200_000.0;

pub(crate) fn run(report: &mut Report) {
    let one = ramp(1, report);
    report.feat(
        "edits_per_s_one",
        "edits through one session with 2 clients",
        one,
        "/s",
        20_000.0,
    );
    let fifty = ramp(50, report);
    report.feat(
        "edits_per_s_50",
        "edits over 50 sessions with 2 clients each",
        fifty,
        "/s",
        50_000.0,
    );
}

/// Offers more and more; returns the most that was answered in time.
fn ramp(sessions: usize, report: &Report) -> f64 {
    let server = Server::start_for_a_crowd(&["--edits-per-second", "1000000"]);
    let mut crowd = Crowd::new();
    let authors: Vec<Place> = new_sessions(&server, sessions)
        .iter()
        .flat_map(|session| crowd.join(&server, session, 2, 1))
        .collect();
    crowd.run(&server, &authors, FIRST, Duration::from_secs(1));
    let (mut offered, mut best, mut misses) = (FIRST, 0.0_f64, 0);
    while offered <= MOST && misses < 3 {
        let mut outcome = crowd.run(&server, &authors, offered, Duration::from_secs(2));
        let late = outcome.acknowledged.at(0.99);
        let kept_up = outcome.missing == 0 && late <= LATE;
        report.say(&format!(
            "{sessions} x 2, offered {offered:.0}/s: sent {:.0}/s, p50 {:.1} ms, p99 {late:.1} ms, {} missing, {} resynced; \
             server {:.0} % ({:.0} % the store's thread), load {:.0} % of a processor",
            outcome.sent as f64 / outcome.lasted.as_secs_f64(),
            outcome.acknowledged.at(0.5),
            outcome.missing,
            outcome.resynced,
            100.0 * outcome.server_share(),
            100.0 * outcome.store.as_secs_f64() / outcome.lasted.as_secs_f64(),
            100.0 * outcome.own_share(),
        ));
        if kept_up {
            best = best.max(outcome.per_second());
            misses = 0;
            offered *= 1.25;
        } else {
            // It is offered once more: the machine may have been busy with something else.
            misses += 1;
        }
    }
    best
}
