//! Audio files on the page: one that is chosen is a sample of the session, for everyone, and plays.

use lockstep_session::document::instrument::Source;
use lockstep_session::ids::SampleId;
use lockstep_tests::browser::{Browser, Screen};
use lockstep_tests::client::Client;
use lockstep_tests::server::Server;
use lockstep_tests::tones::{Tone, wav};

const FILES: &str = ".drop input[type='file']";

#[test]
fn a_file_that_is_chosen_becomes_a_sample_that_everyone_can_play() {
    let server = Server::start();
    let session = server.new_session();
    let other = Client::joined(server.address(), &session, 5);
    let page = Browser::open(&server.url(&format!("/s/{session}")), Screen::Desk);
    page.wait_until_connected();
    page.open_panel("Samples");

    let bytes = wav(Tone::new(4_800, 48_000, 1));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("Tone of ours.wav");
    std::fs::write(&file, &bytes).expect("a file");
    page.choose_file(FILES, &file);

    let sample = SampleId::of(&bytes);
    other.wait_until("the session has the sample", |replica| {
        let samples = &replica.document().samples;
        samples.get(&sample).is_some_and(|about| {
            about.frames.get() == 4_800 && about.name.as_str().contains("Tone of ours")
        })
    });
    let path = format!("/api/v1/samples/{}", sample.hex());
    let answer = server.send("GET", &path, &[], b"");
    assert_eq!((answer.status, answer.body), (200, bytes));

    page.press_button(".sample", "On the track");
    other.wait_until("a track plays it", |replica| {
        let mut tracks = replica.document().tracks.iter();
        tracks.any(|track| track.settings.instrument.source == Source::Sample(sample))
    });
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[test]
fn a_file_that_is_no_audio_is_refused_in_words_and_the_session_stays_as_it_is() {
    let server = Server::start();
    let session = server.new_session();
    let page = Browser::open(&server.url(&format!("/s/{session}")), Screen::Desk);
    page.wait_until_connected();
    page.open_panel("Samples");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("letter.wav");
    std::fs::write(&file, "dear friend").expect("a file");
    page.choose_file(FILES, &file);
    page.wait_until("it says why", |page| {
        page.text(".samples-panel").contains("Not taken: ")
    });
    assert!(
        server.read(&session)["document"]["samples"]
            .as_object()
            .is_none_or(serde_json::Map::is_empty)
    );
}
