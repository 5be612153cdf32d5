//! The page when things go wrong between it and the server: two hands on one step, a server that is
//! killed in the middle of a gesture, a long and unsteady way, a slow machine.

use lockstep_session::document::Document;
use lockstep_session::ids::{SceneIndex, StepIndex};
use lockstep_tests::browser::{Browser, Screen};
use lockstep_tests::client::Client;
use lockstep_tests::distance::Distance;
use lockstep_tests::server::Server;
use std::time::Duration;

/// Which steps of a track are on, counted from one.
fn on(document: &Document, track: &str) -> Vec<usize> {
    let mut tracks = document.tracks.iter();
    let track = tracks.find(|other| other.settings.name.as_str() == track);
    let pattern = track.and_then(|track| track.clip(SceneIndex::FIRST)?.as_pattern());
    let is_on = |step: &StepIndex| pattern.is_some_and(|pattern| pattern.step(*step).on);
    StepIndex::all()
        .filter(is_on)
        .map(|step| step.index() + 1)
        .collect()
}

fn shown(page: &Browser, track: &str) -> Vec<usize> {
    (1..=16).filter(|step| page.pressed(track, *step)).collect()
}

#[test]
fn two_hands_on_the_same_steps_end_with_the_same_steps() {
    let server = Server::start();
    let session = server.new_session();
    let url = server.url(&format!("/s/{session}"));
    let (anna, ben) = (
        Browser::joined(&url, Screen::Desk),
        Browser::joined(&url, Screen::Desk),
    );
    let witness = Client::joined(server.address(), &session, 9);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..3 {
                anna.drag(("Clap", 3), ("Clap", 9));
            }
        });
        scope.spawn(|| {
            for _ in 0..3 {
                ben.drag(("Clap", 9), ("Clap", 3));
            }
        });
    });
    for page in [&anna, &ben] {
        page.wait_until("everything is stored", |page| page.text(".saved") == "all");
    }
    for page in [&anna, &ben] {
        page.wait_until("all see the same", |page| {
            shown(page, "Clap") == witness.look(|it| on(it.document(), "Clap"))
        });
        assert_eq!(page.complaints(), Vec::<String>::new());
    }
}

#[test]
fn a_stroke_that_the_server_dies_under_is_whole_when_it_is_back() {
    let mut server = Server::start();
    let session = server.new_session();
    let page = Browser::joined(&server.url(&format!("/s/{session}")), Screen::Desk);
    let width = page.evaluate("return document.querySelector('.steps').offsetWidth / 16");
    let width = width.as_f64().expect("a width");
    page.press_step(("Clap", 2));
    server.kill();
    page.move_on((5.0 * width, 0.0));
    page.let_go();
    assert_eq!(
        shown(&page, "Clap")[..6],
        [2, 3, 4, 5, 6, 7],
        "the grid works on"
    );
    server.come_back();
    page.wait_until_connected();
    page.wait_until("it is stored", |page| page.text(".saved") == "all");
    let witness = Client::joined(server.address(), &session, 9);
    witness.wait_until("all of the stroke", |it| {
        let on = on(it.document(), "Clap");
        (2..=7).all(|step| on.contains(&step))
    });
}

#[test]
fn over_a_long_and_unsteady_way_a_page_shows_its_own_edits_at_once_and_agrees_in_the_end() {
    let server = Server::start();
    let session = server.new_session();
    let far = Distance::to(
        server.address(),
        Duration::from_millis(100),
        Duration::from_millis(60),
    );
    let page = Browser::joined(
        &format!("http://{}/s/{session}", far.address()),
        Screen::Desk,
    );
    let near = Client::joined(server.address(), &session, 9);
    page.drag(("Clap", 2), ("Clap", 8));
    assert!((2..=8).all(|step| page.pressed("Clap", step)), "at once");
    near.wait_until("all of it arrives", |it| {
        let on = on(it.document(), "Clap");
        (2..=8).all(|step| on.contains(&step))
    });
    page.wait_until("and is stored", |page| page.text(".saved") == "all");
    let agreed = near.look(|it| on(it.document(), "Clap"));
    assert_eq!(shown(&page, "Clap"), agreed);
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[test]
fn on_a_slow_machine_no_step_of_a_stroke_is_left_out() {
    let server = Server::start();
    let session = server.new_session();
    let page = Browser::joined(&server.url(&format!("/s/{session}")), Screen::Desk);
    let witness = Client::joined(server.address(), &session, 9);
    page.slow_down(6);
    page.drag(("Clap", 2), ("Clap", 12));
    witness.wait_until("all of the stroke", |it| {
        let on = on(it.document(), "Clap");
        (2..=12).all(|step| on.contains(&step))
    });
}
