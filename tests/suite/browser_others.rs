//! The page in browsers that are made otherwise than Chromium.

use fantoccini::key::Key;
use lockstep_session::document::Document;
use lockstep_tests::browser::{Browser, Ear, Make, Screen, named, overheard_page};
use lockstep_tests::scenario::assert_same_bits;
use lockstep_tests::server::Server;

/// The session's page in another browser, and somebody beside it in the usual one.
fn two(make: Make, server: &Server, session: &str) -> [Browser; 2] {
    let url = server.url(&format!("/s/{session}"));
    [
        Browser::joined_with(make, &url),
        Browser::joined(&url, Screen::Desk),
    ]
}

/// What each of them does, the other shows.
fn edit_both_ways([other, usual]: &[Browser; 2]) {
    for (from, to, track, step) in [
        (other, usual, "Snare", 2),
        (usual, other, "Clap", 4),
        (other, usual, "Kick", 2),
    ] {
        assert!(!from.pressed(track, step), "{track} {step} is off");
        from.click_step(track, step);
        to.wait_until("the other page shows it", |page| page.pressed(track, step));
    }
    // What was done is undone by a key.
    other.chord(&[Key::Control], 'z');
    usual.wait_until("it is undone", |page| !page.pressed("Kick", 2));
}

#[test]
fn webkit_plays_the_bits_that_the_engine_plays_elsewhere() {
    let folder = overheard_page();
    let server = Server::start_with(&["--web", &named(folder.path())]);
    let session = server.new_session();
    let pages = two(Make::WebKit, &server, &session);
    let [page, _] = &pages;
    let ear = Ear::at(page);
    page.click("[aria-label='Play']");
    ear.wait_until_it_sounds();
    ear.listen_for(2.0);
    edit_both_ways(&pages);
    ear.listen_for(4.0);
    page.wait_until("it is stored", |page| page.text(".saved") == "all");

    let heard = ear.overheard();
    assert!(!heard.sound.is_silent(), "there is something to compare");
    assert_same_bits(&heard.scenario().native(128), &heard.sound, "WebKit");
    let document = server.read(&session)["document"].clone();
    let document: Document = serde_json::from_value(document).expect("a document");
    let last = ear.told_last().expect("the page sends scores");
    assert_eq!(last, lockstep_engine::Score::compile(&document).bytes());
}

#[test]
fn firefox_edits_and_says_where_there_is_nothing_to_play_on() {
    let server = Server::start();
    let session = server.new_session();
    let pages = two(Make::Firefox, &server, &session);
    let [page, _] = &pages;
    edit_both_ways(&pages);
    // Any touch would start the sound. It waits for a device for ever, and tells nobody.
    page.wait_until("it says so", |page| {
        page.text(".status .sound") == "No sound here"
    });
    assert!(page.text("body").contains("found nothing to play on"));
}
