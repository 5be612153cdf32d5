//! The sound of the page, from the live audio thread of real browsers.

use lockstep_engine::Score;
use lockstep_session::document::Document;
use lockstep_session::units::{Beat, BeatSpan};
use lockstep_tests::browser::{Browser, Ear, Overheard, Screen, named, overheard_page};
use lockstep_tests::client::Client;
use lockstep_tests::scenario::{Change, assert_same_bits};
use lockstep_tests::server::Server;
use serde_json::{Value, json};
use std::time::{Duration, Instant, SystemTime};

/// How much of it is compared.
const SECONDS: f64 = 30.0;

fn opened(server: &Server, session: &str) -> Browser {
    let page = Browser::open(&server.url(&format!("/s/{session}")), Screen::Desk);
    page.wait_until_connected();
    page.wait_until("the template's steps are there", |page| {
        page.has_step("Kick", 1)
    });
    page
}

#[test]
fn a_page_plays_the_bits_that_the_engine_plays_elsewhere() {
    let folder = overheard_page();
    let server = Server::start_with(&["--web", &named(folder.path())]);
    let session = server.new_session();
    let page = opened(&server, &session);
    let ear = Ear::at(&page);
    assert_eq!(page.text(".sound"), "Sound starts with your first touch");
    page.click("[aria-label='Play']");
    ear.wait_until_it_sounds();
    for (track, step) in [("Snare", 2), ("Clap", 4), ("Kick", 7), ("Snare", 2)] {
        ear.listen_for(SECONDS / 5.0);
        page.click_step(track, step);
    }
    ear.listen_for(SECONDS / 5.0);
    page.wait_until("it is stored", |page| page.text(".saved") == "all");

    let heard = ear.overheard();
    assert!(!heard.sound.is_silent(), "there is something to compare");
    assert_same_bits(&heard.scenario().native(128), &heard.sound, "the page");
    let scores = heard.told.iter().filter_map(|(_, change)| match change {
        Change::Score(score) => Some(score),
        _ => None,
    });
    let document = server.read(&session)["document"].clone();
    let document: Document = serde_json::from_value(document).expect("a document");
    let last = scores.last().expect("the page sends scores");
    assert_eq!(*last, Score::compile(&document).bytes());
    assert_eq!(page.complaints(), Vec::<String>::new());
}

/// A click on every beat and nothing else.
fn clicks() -> Document {
    let steps: Vec<_> = (0..16).map(|step| json!({ "on": step % 4 == 0 })).collect();
    let clip = json!({ "content": { "pattern": { "length": 16, "steps": steps } } });
    let none = Value::Null;
    let track = json!({
        "id": 1,
        "settings": { "name": "Kick", "instrument": { "source": { "preset": "click" } } },
        "clips": [clip, none, none, none, none, none, none, none],
    });
    serde_json::from_value(json!({ "tracks": [track] })).expect("a document")
}

/// When each beat was heard, in seconds since the first of them that both have heard.
fn beats(heard: &Overheard) -> Vec<SystemTime> {
    let onsets = heard.sound.onsets().into_iter();
    onsets.map(|frame| heard.heard_at(frame)).collect()
}

/// How far one time is from the nearest of others.
fn apart(time: SystemTime, others: &[SystemTime]) -> Duration {
    let apart = others
        .iter()
        .map(|other| match time.duration_since(*other) {
            Ok(later) => later,
            Err(earlier) => earlier.duration(),
        });
    apart.min().expect("there are others")
}

/// The median, for a busy machine makes single words of a browser late.
fn middle(mut errors: Vec<Duration>) -> Duration {
    errors.sort();
    errors[errors.len() / 2]
}

#[test]
fn two_pages_and_the_session_are_heard_on_the_same_beat() {
    let folder = overheard_page();
    let server = Server::start_with(&["--web", &named(folder.path())]);
    let session = server.new_session_with(&clicks());
    let client = Client::joined(server.address(), &session, 1);
    let pages = [opened(&server, &session), opened(&server, &session)];
    let ears = pages.each_ref().map(Ear::at);
    for (page, ear) in pages.iter().zip(&ears) {
        page.click(".title");
        ear.wait_until_it_sounds();
    }
    pages[0].wait_until("the page knows the time", |page| {
        page.text(".status").contains("In time ±")
    });
    pages[0].click("[aria-label='Play']");
    for ear in &ears {
        ear.listen_for(8.0);
    }
    let heard = ears.each_ref().map(Ear::overheard);
    let [anna, ben] = heard.each_ref().map(beats);
    assert!(
        anna.len() > 10 && ben.len() > 10,
        "{} {}",
        anna.len(),
        ben.len()
    );
    let off = middle(anna.iter().map(|beat| apart(*beat, &ben)).collect());
    assert!(off < Duration::from_millis(5), "{off:?} between the pages");

    // What a player beside them takes the beat for.
    let timeline = client.look(|replica| replica.document().timeline);
    let (instant, wall) = (Instant::now(), SystemTime::now());
    let server_now = client.server_time(instant);
    let due: Vec<_> = (0..60)
        .filter_map(|beat| timeline.time_at(Beat::ZERO + BeatSpan::BEAT.times(beat)))
        .filter_map(|at| {
            let ago = u64::try_from((server_now - at).as_micros()).ok()?;
            wall.checked_sub(Duration::from_micros(ago))
        })
        .collect();
    for beats in [&anna, &ben] {
        let off = middle(beats.iter().map(|beat| apart(*beat, &due)).collect());
        assert!(off < Duration::from_millis(5), "{off:?} from the session");
    }
}
