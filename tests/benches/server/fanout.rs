//! What it takes of a processor to deliver one message, beside what the system's own `send()` takes.

use crate::floor;
use crate::load::{Crowd, Outcome, new_sessions};
use crate::swarm::Place;
use lockstep_tests::report::Report;
use lockstep_tests::server::Server;
use std::time::Duration;

struct Shape {
    name: &'static str,
    figure: &'static str,
    sessions: usize,
    clients: usize,
    /// Connections of each player: a session has room for 32 players.
    per_player: usize,
    /// Edits a second over all sessions: steady, and a good deal more.
    rates: [u32; 2],
    goal: f64,
}

const SHAPES: [Shape; 3] = [
    Shape {
        name: "1 x 10",
        figure: "fanout_ratio_10",
        sessions: 1,
        clients: 10,
        per_player: 1,
        rates: [300, 3_000],
        goal: 1.5,
    },
    Shape {
        name: "1 x 100",
        figure: "fanout_ratio_100",
        sessions: 1,
        clients: 100,
        per_player: 4,
        rates: [100, 600],
        goal: 1.5,
    },
    Shape {
        name: "1000 x 5",
        figure: "fanout_ratio_1000x5",
        sessions: 1_000,
        clients: 5,
        per_player: 1,
        rates: [1_500, 6_000],
        goal: 2.5,
    },
];

pub(crate) fn run(report: &mut Report) {
    report.say(
        "A delivery is one message that a client received: an ordered edit, or the answer to its author.\n\
         The server's time is all of its threads' for everything: reading, the order, the journal, sending.",
    );
    for shape in SHAPES {
        measure(&shape, report);
    }
}

fn measure(shape: &Shape, report: &mut Report) {
    let server = Server::start_for_a_crowd(&["--edits-per-second", "100000"]);
    let mut crowd = Crowd::new();
    let sessions = new_sessions(&server, shape.sessions);
    let joined: Vec<Vec<Place>> = sessions
        .iter()
        .map(|session| crowd.join(&server, session, shape.clients, shape.per_player))
        .collect();
    // One after the other of a session's players edits, and the sessions take turns.
    let authors: Vec<Place> = (0..shape.clients)
        .flat_map(|client| joined.iter().map(move |places| places[client]))
        .collect();
    for (rate, is_steady) in shape.rates.into_iter().zip([true, false]) {
        crowd.run(&server, &authors, rate.into(), Duration::from_secs(2));
        crowd.swarm.edit_bytes = (0, 0);
        let outcome = crowd.run(&server, &authors, rate.into(), Duration::from_secs(6));
        let (bytes, edits) = crowd.swarm.edit_bytes;
        let bytes = usize::try_from(bytes / edits.max(1)).expect("a message is small");
        let sockets = shape.sessions * shape.clients;
        let floor = floor::measure(sockets, shape.clients, bytes, rate);
        let cost = each(outcome.server, &outcome);
        let store = each(outcome.store, &outcome);
        let (busy, paced) = (micros(floor.busy), micros(floor.paced));
        report.say(&format!(
            "{} at {rate}/s: {cost:.2} us a delivery ({store:.2} of it the store's thread), {bytes} bytes; \
             send() {busy:.2} us busy, {paced:.2} us paced; {} edits + {} answers + {} others; \
             server {:.0} %, load {:.0} % of a processor; {} missing",
            shape.name,
            outcome.edits,
            outcome.accepted,
            outcome.others,
            100.0 * outcome.server_share(),
            100.0 * outcome.own_share(),
            outcome.missing,
        ));
        let name = format!("fan-out {} at {rate}/s over send()", shape.name);
        if is_steady {
            report.figure(shape.figure, &name, cost / paced, "x", shape.goal);
        } else {
            report.row(&name, cost / paced, "x", "");
        }
        report.row(
            &format!("{name}, journal aside"),
            (cost - store) / paced,
            "x",
            "",
        );
        report.row(&format!("{name} in a busy loop"), cost / busy, "x", "");
    }
}

fn each(time: Duration, outcome: &Outcome) -> f64 {
    micros(time) / outcome.deliveries() as f64
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
