//! The session page in one real browser: what it shows, and that what a player does to it counts.

use lockstep_session::document::mixer::Percent;
use lockstep_session::edit::{Edit, SessionSetting};
use lockstep_session::text::LongName;
use lockstep_tests::browser::{Browser, Screen};
use lockstep_tests::server::Server;

fn opened(server: &Server, screen: Screen) -> Browser {
    let session = server.new_session();
    Browser::joined(&server.url(&format!("/s/{session}")), screen)
}

#[test]
fn a_new_session_starts_from_the_front_page_with_a_groove() {
    let server = Server::start();
    let page = Browser::open(&server.url("/"), Screen::Desk);
    page.click("main button");
    page.wait_until("the session's page is open", |page| {
        page.address().contains("/s/")
    });
    page.wait_until_connected();
    page.wait_until("the template's kick is on the one", |page| {
        page.pressed("Kick", 1)
    });
    assert!(!page.pressed("Kick", 2));
    assert_eq!(page.text(".players"), page.text(".players").trim());
    assert_eq!(page.text(".count"), "1 player");
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[test]
fn one_click_is_one_edit_and_it_is_still_there_after_a_reload() {
    let server = Server::start();
    let page = opened(&server, Screen::Desk);
    page.click_step("Snare", 2);
    assert!(
        page.pressed("Snare", 2),
        "a player's own edit shows at once"
    );
    page.wait_until("it is stored", |page| page.text(".saved") == "all");
    page.reload();
    page.wait_until_connected();
    page.wait_until("the step is still on", |page| page.pressed("Snare", 2));
    page.click_step("Snare", 2);
    assert!(
        !page.pressed("Snare", 2),
        "and a second click takes it away"
    );
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[test]
fn dragging_paints_every_step_on_the_way_and_only_those() {
    let server = Server::start();
    let page = opened(&server, Screen::Desk);
    let before = page.pressed("Clap", 11);
    page.drag(("Clap", 4), ("Clap", 10));
    for step in 4..=10 {
        assert!(page.pressed("Clap", step), "step {step}");
    }
    assert!(!page.pressed("Clap", 3));
    assert_eq!(page.pressed("Clap", 11), before);
    page.drag(("Clap", 10), ("Clap", 4));
    assert!(
        (4..=10).all(|step| !page.pressed("Clap", step)),
        "drawing back over them clears them"
    );
}

#[test]
fn everything_on_the_page_works_from_the_keyboard() {
    use fantoccini::key::Key;
    let server = Server::start();
    let page = opened(&server, Screen::Desk);
    let tab_to = |name: &str| {
        for _ in 0..40 {
            page.keys(&Key::Tab.to_string());
            if page.focused() == name {
                return;
            }
        }
        panic!("Tab never came to {name}");
    };
    tab_to("Play");
    page.keys(&Key::Enter.to_string());
    page.wait_until("it plays", |page| page.focused() == "Stop");
    page.wait_until("the playhead is in the grid", |page| {
        page.playhead_column().is_some()
    });
    page.keys(&Key::Enter.to_string());
    page.wait_until("it stops", |page| {
        page.focused() == "Play" && page.playhead_column().is_none()
    });

    tab_to("Kick, step 1");
    let walk = [
        (Key::Right, "Kick, step 2"),
        (Key::Down, "Snare, step 2"),
        (Key::End, "Snare, step 16"),
    ];
    for (key, place) in walk {
        page.keys(&key.to_string());
        page.wait_until(place, |page| page.focused() == place);
    }
    page.keys(&Key::Home.to_string());
    page.wait_until("the first step again", |page| {
        page.focused() == "Snare, step 1"
    });
    let before = page.pressed("Snare", 1);
    page.keys(" ");
    page.wait_until("space sets the step", |page| {
        page.pressed("Snare", 1) != before
    });
    page.keys(&Key::Enter.to_string());
    page.wait_until("enter sets it back", |page| {
        page.pressed("Snare", 1) == before
    });
    assert_eq!(
        page.evaluate("return document.querySelectorAll('.steps [tabindex=\"0\"]').length"),
        1
    );
}

#[test]
fn a_field_left_as_it_was_goes_on_showing_what_others_write() {
    use fantoccini::key::Key;
    let server = Server::start();
    let (page, witness) = Browser::witnessed(&server, Screen::Desk);
    let name = "[aria-label='Session name']";
    let before = page.value(name);
    page.click(name);
    let (end, erase, leave) = (Key::End, Key::Backspace, Key::Tab);
    page.keys(&format!("{}x{}", char::from(end), char::from(erase)));
    let new = || LongName::new("Somebody else's");
    witness.edit(Edit::Session(SessionSetting::Name(new())));
    witness.edit(Edit::Session(SessionSetting::Swing(Percent::new(37))));
    page.wait_until("it knows of that and what came after", |page| {
        page.value("[aria-label='Swing']") == "37 %"
    });
    assert_eq!(page.value(name), before, "a hand is at it");
    page.keys(&leave.to_string());
    page.wait_until("it shows it", |page| page.value(name) == "Somebody else's");
    assert!(
        witness.look(|it| it.document().name == new()),
        "it is still so"
    );
}

#[test]
fn a_phone_shows_eight_steps_with_room_for_a_thumb_and_scrolls_nowhere() {
    let server = Server::start();
    let page = opened(&server, Screen::Phone);
    assert_eq!(page.evaluate("return innerWidth"), 360);
    assert!(page.has_step("Kick", 8) && !page.has_step("Kick", 9));
    let sideways = "return document.documentElement.scrollWidth - innerWidth";
    assert_eq!(page.evaluate(sideways), 0);
    let small = page.evaluate(
        "return [...document.querySelectorAll('button')].filter(it => it.offsetParent).filter(it => {
            const box = it.getBoundingClientRect(); return box.width < 40 || box.height < 40;
        }).map(it => it.ariaLabel ?? it.textContent)",
    );
    assert_eq!(
        small,
        serde_json::json!([]),
        "targets that are too small for a thumb"
    );

    for panel in page.tabs() {
        page.open_panel(&panel);
        let small = page.evaluate(
            "return [...document.querySelectorAll('.sheet :is(a, button, input, select)')].filter(it => {
                const box = it.getBoundingClientRect();
                return box.width && (box.width < 40 || box.height < 40);
            }).map(it => it.ariaLabel ?? it.textContent)",
        );
        assert_eq!(small, serde_json::json!([]), "too small in {panel}");
        assert_eq!(page.evaluate(sideways), 0, "{panel}");
    }
    page.click(".sheet .close");
    page.click(".bar [aria-label='Tempo']");
    let letters = "return getComputedStyle(document.activeElement).fontSize";
    assert_eq!(page.evaluate(letters), "16px", "an iPhone zooms in on less");

    page.click_step("Snare", 2);
    page.wait_until("one tap is one edit", |page| page.pressed("Snare", 2));
    page.click("[aria-label='Steps 9 to 16']");
    page.wait_until("the second page is shown", |page| {
        page.has_step("Kick", 9) && !page.has_step("Kick", 8)
    });
    assert_eq!(page.evaluate(sideways), 0);
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[test]
fn the_screen_of_a_phone_stays_lit_while_the_session_plays() {
    let server = Server::start();
    for (screen, lit) in [(Screen::Phone, 1), (Screen::Desk, 0)] {
        let page = opened(&server, screen);
        page.prepare(
            "window.asked = window.lit = 0;
             const request = async () => { asked += 1; lit += 1; return { release: async () => { lit -= 1 } } };
             Object.defineProperty(navigator, 'wakeLock', { value: { request } })",
        );
        page.reload();
        page.wait_until_joined();
        assert_eq!(page.evaluate("return lit"), 0);
        page.click("[aria-label='Play']");
        page.wait_until("it plays", |page| page.playhead_column().is_some());
        assert_eq!(page.evaluate("return lit"), lit);
        page.behind_another_tab(|| ());
        page.wait_until("it is lit anew when it is seen again", |page| {
            page.evaluate("return [asked, lit]") == serde_json::json!([2 * lit, lit])
        });
        page.click("[aria-label='Stop']");
        page.wait_until("it may go dark", |page| page.evaluate("return lit") == 0);
        assert_eq!(page.complaints(), Vec::<String>::new());
    }
}

#[test]
fn the_playhead_walks_through_the_grid_without_building_it_anew() {
    let server = Server::start();
    let page = opened(&server, Screen::Desk);
    page.evaluate("document.querySelector('.step').dataset.witness = 'same'");
    page.click("[aria-label='Play']");
    let mut columns = std::collections::BTreeSet::new();
    page.wait_until("the playhead has been in several columns", |page| {
        columns.extend(page.playhead_column());
        columns.len() > 3
    });
    assert_eq!(
        page.evaluate("return document.querySelector('.step').dataset.witness"),
        "same"
    );
}

#[test]
fn a_link_that_leads_nowhere_says_so() {
    let server = Server::start();
    let page = Browser::open(&server.url("/s/no-such-session"), Screen::Desk);
    page.wait_until("the page explains", |page| {
        page.text("h1").to_lowercase().contains("session")
    });
    assert!(!page.has_step("Kick", 1));
}

#[test]
fn a_link_that_only_listens_shows_everything_and_changes_nothing() {
    let server = Server::start();
    let (edit, listen) = server.new_session_with_listeners();
    let page = Browser::open(&server.url(&format!("/l/{listen}")), Screen::Desk);
    page.wait_until("the page says what it may do", |page| {
        page.connection_words() == "Listening only"
    });
    page.wait_until("it shows the groove", |page| page.pressed("Kick", 1));
    page.click_step("Kick", 1);
    page.click("[aria-label='Play']");
    assert!(
        page.pressed("Kick", 1),
        "a listener's click changes nothing"
    );

    let editor = Browser::open(&server.url(&format!("/s/{edit}")), Screen::Desk);
    editor.wait_until_connected();
    editor.click_step("Snare", 2);
    page.wait_until("the listener sees the others' edits", |page| {
        page.pressed("Snare", 2)
    });
    assert!(editor.pressed("Kick", 1));
    assert_eq!(
        editor.playhead_column(),
        None,
        "nor has it started anything"
    );
}
