//! The heads of tracks and the menu behind them, told by what another player gets.

use lockstep_session::document::Document;
use lockstep_tests::browser::{Browser, Screen};
use lockstep_tests::server::Server;

fn names(document: &Document) -> Vec<String> {
    document
        .tracks
        .iter()
        .map(|track| track.settings.name.to_string())
        .collect()
}

#[test]
fn mute_and_solo_of_a_head_are_everyones() {
    let server = Server::start();
    let (page, witness) = Browser::witnessed(&server, Screen::Desk);
    page.click("[aria-label='Mute Snare']");
    page.click("[aria-label='Solo Kick']");
    witness.wait_until("both arrive", |it| {
        let tracks = &it.document().tracks;
        tracks[0].settings.solo && tracks[1].settings.mute && !tracks[0].settings.mute
    });
    assert_eq!(
        page.evaluate("return document.querySelector(\"[aria-label='Mute Snare']\").ariaPressed"),
        "true"
    );
}

#[test]
fn a_track_is_named_coloured_moved_doubled_and_taken_away() {
    let server = Server::start();
    let (page, witness) = Browser::witnessed(&server, Screen::Desk);
    let before = witness.look(|it| names(it.document()));
    page.click("[aria-label='More of Snare']");
    page.enter("dialog [aria-label='Name']", "Rim");
    page.click("dialog [aria-label='Violet']");
    witness.wait_until("it has its name and colour", |it| {
        let settings = &it.document().tracks[1].settings;
        settings.name.as_str() == "Rim" && settings.colour.get() == 7
    });
    let press = |words: &str| page.press_button("dialog", words);
    press("Move down");
    witness.wait_until("it is one further down", |it| {
        names(it.document())[1..3] == [before[2].clone(), "Rim".to_owned()]
    });
    press("Duplicate");
    witness.wait_until("it is there twice, with its clips", |it| {
        let tracks = &it.document().tracks;
        tracks.len() == before.len() + 1
            && tracks[3].clips == tracks[2].clips
            && tracks[2].clips[0].is_some()
    });
    press("Delete");
    witness.wait_until("the first of them is gone", |it| {
        names(it.document())[2] == "Rim 2" && it.document().tracks.len() == before.len()
    });
    page.click("[data-action='undo']");
    witness.wait_until("undo brings it back with its clips", |it| {
        let tracks = &it.document().tracks;
        tracks.len() == before.len() + 1
            && tracks[2].clips[0].is_some()
            && names(it.document())[2] == "Rim"
    });
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[test]
fn tracks_can_be_added_up_to_sixteen() {
    let server = Server::start();
    let (page, witness) = Browser::witnessed(&server, Screen::Desk);
    let before = witness.look(|it| it.document().tracks.len());
    for _ in before..16 {
        page.click(".add button");
    }
    witness.wait_until("there are sixteen", |it| it.document().tracks.len() == 16);
    page.wait_until("and no more can be added", |page| {
        page.evaluate("return document.querySelector('.add button').disabled") == true
    });
    page.click_step("Track 16", 1);
    witness.wait_until("an empty slot gets its pattern with its first step", |it| {
        it.document().tracks[15].clips[0].is_some()
    });
}
