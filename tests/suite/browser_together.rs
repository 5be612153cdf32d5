//! Several players of one session in real browsers, and a server that goes away and comes back.

use lockstep_tests::browser::{Browser, Screen};
use lockstep_tests::server::Server;

fn joined(session: &str) -> Browser {
    let page = Browser::open(session, Screen::Desk);
    page.wait_until_connected();
    page.wait_until("the template's steps are there", |page| {
        page.has_step("Kick", 1)
    });
    page
}

#[test]
fn two_browsers_agree_and_see_each_other() {
    let server = Server::start();
    let session = server.url(&format!("/s/{}", server.new_session()));
    let (anna, ben) = (joined(&session), joined(&session));
    anna.wait_until("Anna sees two players", |page| {
        page.text(".count") == "2 players"
    });
    ben.evaluate("document.querySelector('.step').dataset.witness = 'same'");

    anna.click_step("Snare", 2);
    ben.wait_until("Ben sees Anna's edit", |page| page.pressed("Snare", 2));
    ben.click_step("Snare", 2);
    anna.wait_until("Anna sees Ben's", |page| !page.pressed("Snare", 2));
    anna.drag(("Clap", 2), ("Clap", 6));
    ben.wait_until("a whole stroke arrives", |page| {
        (2..=6).all(|step| page.pressed("Clap", step))
    });

    ben.click("[aria-label='Play']");
    anna.wait_until("Anna's page plays too", |page| {
        page.playhead_column().is_some()
    });
    let same = ben.evaluate("return document.querySelector('.step').dataset.witness");
    assert_eq!(same, "same", "a remote edit does not build the grid anew");
    for page in [&anna, &ben] {
        assert_eq!(page.complaints(), Vec::<String>::new());
    }
}

#[test]
fn a_changed_cell_carries_its_authors_colour_for_a_moment() {
    let server = Server::start();
    let session = server.url(&format!("/s/{}", server.new_session()));
    let (anna, ben) = (joined(&session), joined(&session));
    anna.wait_until("Anna sees two players", |page| {
        page.text(".count") == "2 players"
    });
    ben.evaluate(
        "window.flashed = false; new MutationObserver(changes => {
            window.flashed ||= changes.some(change => change.target.matches('[aria-label=\"Snare, step 2\"].changed'));
        }).observe(document.querySelector('.grid'), { attributes: true, subtree: true, attributeFilter: ['class'] })",
    );
    anna.click_step("Snare", 2);
    ben.wait_until("the cell flashed", |page| {
        page.evaluate("return window.flashed") == true
    });
    ben.wait_until("and no longer does", |page| {
        page.evaluate("return document.querySelector('.changed')")
            .is_null()
    });
    assert!(
        anna.evaluate("return document.querySelector('.changed')")
            .is_null(),
        "Anna's own edit does not flash"
    );
}

#[test]
fn an_edit_made_while_the_server_is_away_survives_and_reaches_the_others() {
    let mut server = Server::start();
    let session = server.url(&format!("/s/{}", server.new_session()));
    let (anna, ben) = (joined(&session), joined(&session));
    server.kill();
    anna.wait_until("Anna is told", |page| {
        page.connection_words().starts_with("Offline")
    });
    anna.click_step("Snare", 2);
    assert!(anna.pressed("Snare", 2), "the grid works on");
    anna.wait_until("her edit is kept", |page| {
        page.connection_words() == "Offline: your edits are kept"
    });

    server.come_back();
    anna.wait_until_connected();
    anna.wait_until("it is stored now", |page| page.text(".saved") == "all");
    assert!(anna.pressed("Snare", 2));
    ben.wait_until_connected();
    ben.wait_until("and Ben has it", |page| page.pressed("Snare", 2));
}
