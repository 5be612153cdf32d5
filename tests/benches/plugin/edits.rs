//! Edits that come from a server while the plugin plays: what they cost the audio thread, and how soon
//! one of them is heard.

use crate::blocks::{SETUP, STEPS, rows, until};
use lockstep_session::document::step::{Step, Velocity};
use lockstep_session::edit::Edit;
use lockstep_session::ids::{SceneIndex, StepIndex, TrackId};
use lockstep_session::protocol::Kind;
use lockstep_session::replica::Replica;
use lockstep_tests::client::Client;
use lockstep_tests::full;
use lockstep_tests::hosts::{Bundles, ClapHost, Transport, state_with_link};
use lockstep_tests::report::{Report, at};
use lockstep_tests::server::Server;
use std::time::{Duration, Instant};

const EDITS_PER_SECOND: f64 = 50.0;
const LASTS: Duration = Duration::from_secs(20);
/// How often an edit is waited for until it is heard.
const HEARD: usize = 100;

pub(crate) fn run(report: &mut Report) {
    let server = Server::start_for_a_crowd(&[]);
    let session = server.new_session_with(&full::session(STEPS));
    let watcher = Client::joined(server.address(), &session, 1);
    let mut host = ClapHost::open(&Bundles::built(), SETUP);
    assert!(host.load_state(&state_with_link(&server.url(&format!("/s/{session}")))));
    let has_joined = |replica: &Replica| {
        let mut players = replica.players();
        players.any(|player| player.profile.kind == Kind::Daw)
    };
    watcher.wait_until("the plugin has joined", has_joined);

    let rolling = host.roll(Transport::rolling(120.0, 0.0));
    let began = Instant::now();
    let mut count = 0_u32;
    while began.elapsed() < LASTS {
        let due = Duration::from_secs_f64(f64::from(count) / EDITS_PER_SECOND);
        std::thread::sleep(due.saturating_sub(began.elapsed()));
        watcher.edit(step(count));
        count += 1;
    }
    let (mut host, _) = rolling.stop();
    rows(
        report,
        "the same, with fifty edits a second from afar",
        &host.costs(),
    );
    soon(report, &watcher, &mut host);
}

fn step(number: u32) -> Edit {
    let track = TrackId(number % 16 + 1);
    Edit::Step {
        track,
        scene: SceneIndex::new(0).expect("there are eight"),
        step: StepIndex::new(usize::try_from(number / 16 % 8).expect("small")).expect("a place"),
        value: Step {
            velocity: Velocity::new(i64::from(number % 127 + 1)),
            ..Step::on()
        },
    }
}

/// The first step's velocity is set elsewhere, and the plugin plays that step until its note has it.
fn soon(report: &mut Report, watcher: &Client, host: &mut ClapHost) {
    let mut times = Vec::new();
    let mut block = 0_u32;
    for number in 0..HEARD {
        let velocity = i64::try_from(number % 100 + 20).expect("small");
        let began = Instant::now();
        watcher.edit(Edit::Step {
            track: TrackId(1),
            scene: SceneIndex::new(0).expect("there are eight"),
            step: StepIndex::new(0).expect("a place"),
            value: Step {
                velocity: Velocity::new(velocity),
                ..Step::on()
            },
        });
        #[expect(clippy::cast_precision_loss, reason = "at most 127")]
        let wanted = velocity as f64 / 127.0;
        until(|| {
            block += 1;
            // There and back by a pattern's length: the same step, and a jump each time.
            let beat = if block.is_multiple_of(2) { 0.0 } else { 8.0 };
            let heard = host.perform(&Transport::rolling(120.0, beat), SETUP.block);
            let mut begun = heard.notes.iter().filter(|note| note.channel == 0);
            begun.any(|note| {
                note.velocity
                    .is_some_and(|found| (found - wanted).abs() < 1e-3)
            })
        });
        times.push(began.elapsed().as_secs_f64() * 1e3);
    }
    let late = at(&mut times, 0.99);
    let middle = at(&mut times, 0.5);
    report.row(
        "from an edit elsewhere until it is played",
        middle,
        "ms",
        "the middle one",
    );
    // A block and twenty milliseconds.
    report.figure(
        "remote_edit_to_score_ms_p99",
        "  the 99th in a hundred",
        late,
        "ms",
        22.7,
    );
}
