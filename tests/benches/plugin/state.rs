//! How long a project with twenty megabytes of samples takes to save and to load.

use crate::blocks::{SETUP, until};
use lockstep_session::document::instrument::Source;
use lockstep_session::document::track::TrackSetting;
use lockstep_session::document::{Channels, FrameCount, SampleRate};
use lockstep_session::edit::Edit;
use lockstep_session::ids::{SampleId, TrackId};
use lockstep_session::text::LongName;
use lockstep_tests::client::Client;
use lockstep_tests::hosts::{Bundles, ClapHost, state_with_link};
use lockstep_tests::report::{Report, at};
use lockstep_tests::server::Server;
use lockstep_tests::world::Dice;
use std::time::Instant;

/// Twenty megabytes in all.
const SAMPLES: u32 = 4;
const FRAMES: usize = 50 * 48_000;
const TIMES: usize = 9;

pub(crate) fn run(report: &mut Report) {
    let server = Server::start();
    let session = server.new_session();
    let watcher = Client::joined(server.address(), &session, 1);
    let tracks: Vec<TrackId> = watcher.look(|replica| {
        replica
            .document()
            .tracks
            .iter()
            .map(|track| track.id)
            .collect()
    });
    let mut sent = 0;
    for (number, &track) in (0..SAMPLES).zip(&tracks) {
        let bytes = noise(number);
        sent += bytes.len();
        let path = format!("/api/v1/sessions/{session}/samples");
        let answer = server.send("POST", &path, &[], &bytes);
        assert_eq!(answer.status, 201, "{}", answer.text());
        let sample = answer.json()["sample"].as_str().and_then(SampleId::parse);
        let sample = sample.expect("a hash");
        watcher.edit(Edit::AddSample {
            sample,
            name: LongName::new("Noise"),
            frames: FrameCount::new(i64::try_from(FRAMES).expect("a minute")),
            rate: SampleRate::new(48_000),
            channels: Channels::new(1),
        });
        let setting = TrackSetting::Source(Source::Sample(sample));
        watcher.edit(Edit::Track { track, setting });
    }
    let mut host = ClapHost::open(&Bundles::built(), SETUP);
    assert!(host.load_state(&state_with_link(&server.url(&format!("/s/{session}")))));
    // Noise cannot be packed, so a project that has them is about as large as they are.
    let waited = until(|| host.save_state().len() > sent / 2);
    let state = host.save_state();
    report.row("samples sent", sent as f64 / 1e6, "MB", "");
    report.row("the project", state.len() as f64 / 1e6, "MB", "");
    report.row(
        "until the plugin has them",
        waited.as_secs_f64() * 1e3,
        "ms",
        "",
    );

    let (mut saves, mut loads) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let began = Instant::now();
        let saved = host.save_state();
        saves.push(began.elapsed().as_secs_f64() * 1e3);
        let mut reopened = ClapHost::create(&Bundles::built(), SETUP);
        let began = Instant::now();
        assert!(reopened.load_state(&saved));
        loads.push(began.elapsed().as_secs_f64() * 1e3);
    }
    report.figure(
        "state_save_ms",
        "saving it, the middle one",
        at(&mut saves, 0.5),
        "ms",
        1_000.0,
    );
    report.figure(
        "state_load_ms",
        "loading it, the middle one",
        at(&mut loads, 0.5),
        "ms",
        1_000.0,
    );
}

/// A mono WAV of 16 bits.
fn noise(seed: u32) -> Vec<u8> {
    let mut dice = Dice::new(u64::from(seed));
    let length = u32::try_from(FRAMES * 2).expect("a minute");
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + length).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16_u32.to_le_bytes());
    for short in [1_u16, 1] {
        bytes.extend(short.to_le_bytes());
    }
    bytes.extend(48_000_u32.to_le_bytes());
    bytes.extend(96_000_u32.to_le_bytes());
    for short in [2_u16, 16] {
        bytes.extend(short.to_le_bytes());
    }
    bytes.extend(b"data");
    bytes.extend(length.to_le_bytes());
    bytes.extend((0..length).map(|_| dice.byte()));
    bytes
}
