//! Several players of one session in real browsers, and a server that goes away and comes back.

use fantoccini::key::Key;
use lockstep_session::document::pattern::PatternLength;
use lockstep_session::document::step::Step;
use lockstep_session::edit::{ClipSetting, Edit};
use lockstep_session::ids::{SceneIndex, StepIndex};
use lockstep_tests::browser::{Browser, Screen};
use lockstep_tests::client::Client;
use lockstep_tests::server::Server;

#[test]
fn two_browsers_agree_and_see_each_other() {
    let server = Server::start();
    let session = server.url(&format!("/s/{}", server.new_session()));
    let (anna, ben) = (
        Browser::joined(&session, Screen::Desk),
        Browser::joined(&session, Screen::Desk),
    );
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
fn three_browsers_that_press_the_same_steps_at_once_end_with_one_grid() {
    let server = Server::start();
    let id = server.new_session();
    let session = server.url(&format!("/s/{id}"));
    let pages = [(); 3].map(|()| Browser::joined(&session, Screen::Desk));
    for page in &pages {
        page.wait_until("all three are here", |page| {
            page.text(".count") == "3 players"
        });
    }
    // Nobody waits for anybody, so what a press does depends on what has arrived.
    for step in 1..=8 {
        for page in &pages {
            page.click_step("Snare", step);
        }
    }
    for page in &pages {
        page.wait_until("all is stored", |page| page.text(".saved") == "all");
    }
    let document = &server.read(&id)["document"];
    let tracks = document["tracks"].as_array().expect("tracks");
    let snare = tracks
        .iter()
        .find(|track| track["settings"]["name"] == "Snare");
    let steps = &snare.expect("a snare")["clips"][0]["content"]["pattern"]["steps"];
    for page in &pages {
        page.wait_until("the page shows what the server has", |page| {
            (1..=8).all(|step| page.pressed("Snare", step) == (steps[step - 1]["on"] == true))
        });
        assert_eq!(page.complaints(), Vec::<String>::new());
    }
}

#[test]
fn a_stroke_is_seen_while_it_is_drawn_and_others_draw_into_it() {
    let server = Server::start();
    let session = server.url(&format!("/s/{}", server.new_session()));
    let (anna, ben) = (
        Browser::joined(&session, Screen::Desk),
        Browser::joined(&session, Screen::Desk),
    );
    let shows = |page: &Browser, on: [usize; 3]| {
        (2..=5).all(|step| page.pressed("Clap", step) == on.contains(&step))
    };
    anna.press_step(("Clap", 2));
    ben.wait_until("the first step, with the button still down", |page| {
        page.pressed("Clap", 2)
    });
    anna.move_to_step(("Clap", 4));
    ben.wait_until("what is drawn so far", |page| shows(page, [2, 3, 4]));
    ben.click_step("Clap", 3);
    anna.wait_until("Ben's step out of the middle of it", |page| {
        !page.pressed("Clap", 3)
    });
    anna.move_to_step(("Clap", 5));
    anna.let_go();
    for page in [&anna, &ben] {
        page.wait_until("all of it but Ben's", |page| shows(page, [2, 4, 5]));
    }
    anna.chord(&[Key::Control], 'z');
    for page in [&anna, &ben] {
        page.wait_until("all of it is taken back", |page| {
            (2..=5).all(|step| !page.pressed("Clap", step))
        });
        assert_eq!(page.complaints(), Vec::<String>::new());
    }
}

#[test]
fn a_changed_cell_carries_its_authors_colour_for_a_moment() {
    let server = Server::start();
    let session = server.url(&format!("/s/{}", server.new_session()));
    let (anna, ben) = (
        Browser::joined(&session, Screen::Desk),
        Browser::joined(&session, Screen::Desk),
    );
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
fn a_cell_lets_go_of_its_authors_colour_though_the_grid_shows_another_row_by_then() {
    let server = Server::start();
    let session = server.new_session();
    let page = Browser::joined(&server.url(&format!("/s/{session}")), Screen::Desk);
    let other = Client::joined(server.address(), &session, 9);
    page.open_panel("Clips");
    page.right_click("[data-slot=' 1']");
    let in_grid = ".clip-details [title^='Show this row']";
    page.wait_until("the row's details are there", |page| {
        page.evaluate(&format!("return !!document.querySelector(\"{in_grid}\")")) == true
    });
    page.evaluate(&format!(
        "new MutationObserver((_, watcher) => {{
            if (!document.querySelector('.step.changed')) return;
            watcher.disconnect();
            document.querySelector(\"{in_grid}\").click();
        }}).observe(document.querySelector('.grid'), {{ attributes: true, subtree: true, attributeFilter: ['class'] }})"
    ));
    let track = other.look(|replica| replica.document().tracks[0].id);
    other.edit(Edit::Step {
        track,
        scene: SceneIndex::FIRST,
        step: StepIndex::new(3).expect("a place"),
        value: Step::on(),
    });
    page.wait_until("the other row is shown, and nothing flashes", |page| {
        let pressed = format!("return document.querySelector(\"{in_grid}\").ariaPressed");
        let changed = page.evaluate("return document.querySelector('.step.changed')");
        page.evaluate(&pressed) == "true" && changed.is_null()
    });
}

#[test]
fn an_edit_made_while_the_server_is_away_survives_and_reaches_the_others() {
    let mut server = Server::start();
    let session = server.url(&format!("/s/{}", server.new_session()));
    let (anna, ben) = (
        Browser::joined(&session, Screen::Desk),
        Browser::joined(&session, Screen::Desk),
    );
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

/// The name that a page goes by.
fn name_of(page: &Browser) -> String {
    let name = page.evaluate("return localStorage.getItem('lockstep.name')");
    name.as_str().expect("everyone has a name").to_owned()
}

fn open_players(page: &Browser) {
    page.press_button(".tabs", "Players");
    page.wait_until("the players are listed", |page| {
        page.text(".people").contains("(you)")
    });
}

#[test]
fn players_see_where_the_others_point_and_are_told_who_comes_and_goes() {
    let server = Server::start();
    let session = server.url(&format!("/s/{}", server.new_session()));
    let anna = Browser::joined(&session, Screen::Desk);
    let ben = Browser::joined(&session, Screen::Desk);
    let bens = name_of(&ben);
    anna.wait_until("Anna is told that Ben came", |page| {
        page.text(".said") == format!("{bens} joined")
    });
    ben.point_at_step(("Snare", 6));
    anna.wait_until("Anna sees where Ben points", |page| {
        let pointed = page.evaluate("return document.querySelector('.step.pointed')?.ariaLabel");
        let player =
            page.evaluate("return document.querySelector('.step.pointed')?.dataset.player");
        pointed == "Snare, step 6" && player == bens.as_str()
    });
    drop(ben);
    anna.wait_until("and that he left", |page| {
        page.text(".said") == format!("{bens} left")
    });
    anna.wait_until("with his cursor", |page| {
        page.evaluate("return document.querySelector('.step.pointed')")
            .is_null()
    });
    assert_eq!(anna.complaints(), Vec::<String>::new());
}

#[test]
fn a_player_goes_where_another_looks_by_following_or_when_asked() {
    let server = Server::start();
    let id = server.new_session();
    let session = server.url(&format!("/s/{id}"));
    let (anna, ben) = (
        Browser::joined(&session, Screen::Desk),
        Browser::joined(&session, Screen::Desk),
    );
    let composer = Client::joined(server.address(), &id, 9);
    let track = composer.look(|it| it.document().tracks[0].id);
    composer.edit(Edit::ClipSetting {
        track,
        scene: SceneIndex::FIRST,
        setting: ClipSetting::Length(PatternLength::new(32)),
    });
    let (later, first) = (
        "[aria-label='Steps 17 to 32']",
        "[aria-label='Steps 1 to 16']",
    );
    open_players(&anna);
    anna.click(&format!("[aria-label='Follow {}']", name_of(&ben)));
    ben.click(later);
    anna.wait_until("Anna goes along", |page| page.has_step("Kick", 17));
    ben.click(first);
    anna.wait_until("and back", |page| page.has_step("Kick", 1));
    anna.click(&format!("[aria-label='Follow {}']", name_of(&ben)));
    ben.click(later);
    open_players(&ben);
    ben.click(".sheet .line .button");
    anna.wait_until("Anna is asked to look there too", |page| {
        page.has_step("Kick", 17) && page.text(".said").ends_with("asked everyone to look here")
    });
}
