//! Steps under a hand: painted, bent, picked, copied, moved and taken back, as a real page does it and
//! as another player gets it.

use fantoccini::key::Key;
use lockstep_session::document::Document;
use lockstep_session::document::step::Step;
use lockstep_session::ids::{SceneIndex, StepIndex};
use lockstep_tests::browser::{Browser, Screen};
use lockstep_tests::client::Client;
use lockstep_tests::server::Server;
use std::time::Duration;

/// A step of the first clip of the track with a name; steps are counted from one.
fn step_of(document: &Document, track: &str, step: usize) -> Step {
    let named = |name: &str| name == track;
    let mut tracks = document.tracks.iter();
    let track = tracks.find(|track| named(&track.settings.name));
    let pattern = track.and_then(|track| track.clip(SceneIndex::FIRST)?.as_pattern());
    let index = StepIndex::new(step - 1).expect("a step counted from one");
    pattern.map_or_else(Step::default, |pattern| pattern.step(index))
}

#[test]
fn dragging_a_step_up_or_down_bends_its_velocity() {
    let server = Server::start();
    let (page, witness) = Browser::witnessed(&server, Screen::Desk);
    let before = witness.look(|it| step_of(it.document(), "Kick", 1).velocity.get());
    page.drag_step_by(("Kick", 1), (0.0, 40.0));
    witness.wait_until("it is struck softer, and still on", |it| {
        let step = step_of(it.document(), "Kick", 1);
        step.on && step.velocity.get() == before - 36
    });
    page.chord(&[Key::Control], 'z');
    witness.wait_until("one undo takes the whole drag back", |it| {
        step_of(it.document(), "Kick", 1).velocity.get() == before
    });
}

#[test]
fn one_undo_takes_a_whole_stroke_back_and_one_redo_makes_it_again() {
    let server = Server::start();
    let (page, witness) = Browser::witnessed(&server, Screen::Desk);
    let before: Vec<bool> = (4..=10).map(|step| page.pressed("Clap", step)).collect();
    page.drag(("Clap", 4), ("Clap", 10));
    let is_painted = |document: &Document| (4..=10).all(|step| step_of(document, "Clap", step).on);
    witness.wait_until("the stroke arrived", |it| is_painted(it.document()));
    page.chord(&[Key::Control], 'z');
    witness.wait_until("all of it is gone", |it| {
        let now = (4..=10).map(|step| step_of(it.document(), "Clap", step).on);
        now.eq(before.iter().copied())
    });
    page.chord(&[Key::Control, Key::Shift], 'z');
    witness.wait_until("all of it is back", |it| is_painted(it.document()));
}

/// Whether there is anything to undo, and anything to make again, as the two buttons say.
fn reach(page: &Browser) -> [bool; 2] {
    ["undo", "redo"].map(|action| {
        let button = format!("return document.querySelector(\"[data-action='{action}']\")");
        page.evaluate(&format!("{button}.getAttribute('aria-disabled')")) == "false"
    })
}

#[test]
fn undo_and_redo_are_dimmed_where_there_is_nothing_for_them() {
    let server = Server::start();
    let (page, _witness) = Browser::witnessed(&server, Screen::Desk);
    let wait = |what, wanted| page.wait_until(what, |page| reach(page) == wanted);
    wait("nothing was done yet", [false, false]);
    page.click_step("Clap", 4);
    wait("the click can be undone", [true, false]);
    page.click("[data-action='undo']");
    wait("it can be made again", [false, true]);
    page.click("[data-action='redo']");
    wait("and undone again", [true, false]);
    page.click("[data-action='undo']");
    wait("it can be made again, too", [false, true]);
    page.click_step("Clap", 6);
    wait("something else was done instead", [true, false]);
}

#[test]
fn a_rectangle_over_tracks_is_copied_to_another_session_by_the_systems_clipboard() {
    let server = Server::start();
    let (page, witness) = Browser::witnessed(&server, Screen::Desk);
    page.drag_holding(Some(Key::Shift), ("Kick", 1), ("Snare", 5));
    assert_eq!(page.picked(), 10, "five steps of two tracks");
    page.chord(&[Key::Control], 'c');
    page.wait_until("it is said", |page| page.text(".said") == "10 steps copied");

    let copied: Vec<Step> = witness.look(|it| {
        (1..=5)
            .map(|step| step_of(it.document(), "Kick", step))
            .collect()
    });
    let other = server.new_session();
    page.visit(&server.url(&format!("/s/{other}")));
    page.wait_until_connected();
    let there = Client::joined(server.address(), &other, 8);
    page.wait_until("its steps are there", |page| page.has_step("Kick", 1));
    page.click_step_holding(Key::Control, ("Snare", 9));
    page.chord(&[Key::Control], 'v');
    there.wait_until(
        "they are in the other session, two rows and eight columns on",
        |it| (1..=5).all(|step| step_of(it.document(), "Snare", step + 8) == copied[step - 1]),
    );
    assert_eq!(page.picked(), 10, "what was pasted is picked");
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[test]
fn picked_steps_are_cut_pasted_repeated_moved_and_cleared() {
    let server = Server::start();
    let (page, witness) = Browser::witnessed(&server, Screen::Desk);
    page.drag(("Clap", 1), ("Clap", 2));
    let on = |document: &Document| -> Vec<usize> {
        (1..=16)
            .filter(|step| step_of(document, "Clap", *step).on)
            .collect()
    };
    page.drag_holding(Some(Key::Shift), ("Clap", 1), ("Clap", 16));
    page.keys(&Key::Delete.to_string());
    witness.wait_until("everything picked is cleared", |it| {
        on(it.document()).is_empty()
    });
    page.drag(("Clap", 1), ("Clap", 2));
    page.drag_holding(Some(Key::Shift), ("Clap", 1), ("Clap", 2));
    page.chord(&[Key::Control], 'd');
    witness.wait_until("they are repeated behind themselves", |it| {
        on(it.document()) == [1, 2, 3, 4]
    });
    page.chord(&[Key::Alt], Key::Right.into());
    witness.wait_until("the repeated ones go a step on", |it| {
        on(it.document()) == [1, 2, 4, 5]
    });
    page.click("[data-action='cut']");
    witness.wait_until("they are cut", |it| on(it.document()) == [1, 2]);
    page.click_step_holding(Key::Control, ("Clap", 4));
    page.click_step_holding(Key::Control, ("Clap", 5));
    page.click_step_holding(Key::Control, ("Clap", 9));
    page.click("[data-action='paste']");
    witness.wait_until("and put where the picked step is", |it| {
        on(it.document()) == [1, 2, 9, 10]
    });
}

#[test]
fn a_right_click_and_a_finger_that_rests_open_the_step_and_change_nothing() {
    let server = Server::start();
    let (page, witness) = Browser::witnessed(&server, Screen::Desk);
    let before = witness.look(|it| it.position());
    page.right_click_step(("Snare", 5));
    page.wait_until("the step is open", |page| page.text(".sheet h2") == "Step");
    page.click(".sheet .close");
    page.touch_step(("Snare", 6), (0.0, 0.0), Duration::from_millis(700));
    page.wait_until("the step is open again", |page| {
        page.text(".sheet h2") == "Step"
    });
    assert_eq!(witness.look(|it| it.position()), before);
}

#[test]
fn a_finger_paints_across_bends_a_sounding_step_and_turns_pages_beside_the_steps() {
    let server = Server::start();
    let (page, witness) = Browser::witnessed(&server, Screen::Phone);
    let before = witness.look(|it| step_of(it.document(), "Kick", 1).velocity.get());
    page.touch_step(("Kick", 1), (0.0, 40.0), Duration::ZERO);
    witness.wait_until("a sounding step is bent", |it| {
        step_of(it.document(), "Kick", 1).velocity.get() < before
    });
    let was_on: Vec<bool> = (2..=4).map(|step| page.pressed("Snare", step)).collect();
    assert_eq!(was_on, [false; 3]);
    page.touch_step(("Snare", 2), (90.0, 0.0), Duration::ZERO);
    witness.wait_until("steps across are painted", |it| {
        (2..=4).all(|step| step_of(it.document(), "Snare", step).on)
    });
    page.touch(".head", (-120.0, 0.0), Duration::ZERO);
    page.wait_until("the second page is shown", |page| page.has_step("Kick", 9));
    page.touch(".head", (120.0, 0.0), Duration::ZERO);
    page.wait_until("and the first again", |page| page.has_step("Kick", 1));
}

#[test]
fn a_finger_scrolls_the_notes_by_their_names_and_draws_in_them() {
    let server = Server::start();
    let (page, witness) = Browser::witnessed(&server, Screen::Phone);
    let scrolled =
        |page: &Browser| page.evaluate("return document.querySelector('.sheet').scrollTop");
    page.open_panel("Notes");
    page.wait_until("what sounds is on the screen", |page| scrolled(page) != 0);
    let before = scrolled(&page);
    page.touch("[data-note='1201']", (0.0, -100.0), Duration::ZERO);
    witness.wait_until("notes are drawn", |it| {
        step_of(it.document(), "Kick", 2).pitches.iter().count() > 2
    });
    assert_eq!(scrolled(&page), before);
    page.touch(".notes:nth-child(13) span", (0.0, -100.0), Duration::ZERO);
    page.wait_until("the names scroll", |page| scrolled(page) != before);
}

#[test]
fn the_keyboard_picks_a_rectangle_and_strikes_it_harder() {
    let server = Server::start();
    let (page, witness) = Browser::witnessed(&server, Screen::Desk);
    let before = witness.look(|it| step_of(it.document(), "Kick", 1).velocity.get());
    page.evaluate("document.querySelector('[data-step]').focus()");
    page.chord(&[Key::Shift], Key::Right.into());
    page.wait_until("two are picked", |page| page.picked() == 2);
    page.chord(&[Key::Shift], Key::Down.into());
    page.wait_until("four are picked", |page| page.picked() == 4);
    page.chord(&[Key::Alt], Key::Down.into());
    witness.wait_until("they are struck softer", |it| {
        step_of(it.document(), "Kick", 1).velocity.get() == before - 8
    });
    page.keys(&Key::Escape.to_string());
    page.wait_until("nothing is picked", |page| page.picked() == 0);
}
