//! What an edit takes in a session with the largest document there can be, and in a small one.
//! The two are measured in turns on one server, so that a busy machine slows both alike.

use crate::load::Crowd;
use crate::swarm::Place;
use lockstep_session::document::Document;
use lockstep_session::edit::Edit;
use lockstep_session::ids::{SceneIndex, TrackId};
use lockstep_tests::report::Report;
use lockstep_tests::server::Server;
use std::time::Duration;

const ROUNDS: usize = 6;
const RATE: f64 = 2_000.0;
/// Long enough for snapshots to be among what is measured.
const LASTS: Duration = Duration::from_secs(2);

pub(crate) fn run(report: &mut Report) {
    let server = Server::start_for_a_crowd(&["--edits-per-second", "100000"]);
    let mut crowd = Crowd::new();
    let small = server.new_session();
    let small = crowd.join(&server, &small, 2, 1);
    let full = server.new_session();
    let full_places = crowd.join(&server, &full, 1, 1);
    fill(&mut crowd, full_places[0]);
    let bytes = server.read(&full).to_string().len();
    let full = [full_places, crowd.join(&server, &full, 1, 1)].concat();

    let (mut light, mut heavy) = (0.0, 0.0);
    for round in 0..=ROUNDS {
        let measured = [&small, &full].map(|authors| each(&mut crowd, &server, authors));
        // The first round warms up.
        if round > 0 {
            light += measured[0];
            heavy += measured[1];
        }
    }
    let rounds = ROUNDS as f64;
    report.say(&format!(
        "a document of {bytes} bytes: {:.1} us of the server an edit; a small one: {:.1} us",
        heavy / rounds,
        light / rounds
    ));
    report.figure(
        "full_vs_small",
        "an edit in a full session over one in a small",
        heavy / light,
        "x",
        1.2,
    );
}

/// Microseconds of the server for one edit.
fn each(crowd: &mut Crowd, server: &Server, authors: &[Place]) -> f64 {
    let outcome = crowd.run(server, authors, RATE, LASTS);
    assert_eq!(outcome.missing, 0, "every edit is answered");
    outcome.server.as_secs_f64() * 1e6 / outcome.sent as f64
}

/// Makes a session's document as large as it can be. Its first track is number 1 as in a small one.
fn fill(crowd: &mut Crowd, author: Place) {
    let largest = Document::largest();
    let mut edits: Vec<Edit> = (2..=8)
        .map(|track| Edit::RemoveTrack {
            track: TrackId(track),
        })
        .collect();
    for (sample, about) in largest.samples.iter() {
        edits.push(Edit::AddSample {
            sample: *sample,
            name: about.name.clone(),
            frames: about.frames,
            rate: about.rate,
            channels: about.channels,
        });
    }
    for (number, track) in (1..).zip(&largest.tracks) {
        let id = TrackId(number);
        if number > 1 {
            edits.push(Edit::AddTrack {
                track: id,
                at: 16,
                settings: Box::new(track.settings.clone()),
            });
        }
        for (scene, clip) in SceneIndex::all().zip(&track.clips) {
            edits.push(Edit::Clip {
                track: id,
                scene,
                clip: clip.as_deref().cloned(),
            });
        }
    }
    let texts = edits
        .iter()
        .map(|edit| serde_json::to_string(edit).expect("an edit"));
    crowd.make(author, texts);
}
