//! The panels of the page in real browsers: what a hand does to them counts for everyone, and they
//! can be used without a mouse.

use fantoccini::key::Key;
use lockstep_tests::browser::{Browser, Screen};
use lockstep_tests::client::Client;
use lockstep_tests::server::Server;
use std::time::Duration;

fn opened(server: &Server, session: &str, screen: Screen) -> Browser {
    Browser::joined(&server.url(&format!("/s/{session}")), screen)
}

/// What is stored of a session, by a path of keys such as `/timeline/tempo`.
fn stored(server: &Server, session: &str, path: &str) -> serde_json::Value {
    let document = &server.read(session)["document"];
    document.pointer(path).cloned().unwrap_or_default()
}

const TEMPO: &str = ".bar [aria-label='Tempo']";

#[test]
fn a_number_is_typed_turned_dragged_stepped_and_put_back() {
    let server = Server::start();
    let session = server.new_session();
    let page = opened(&server, &session, Screen::Desk);
    let stands_at = |tempo: &str| {
        page.wait_until(&format!("the tempo is {tempo}"), |page| {
            page.value(TEMPO) == tempo
        });
    };
    page.enter(TEMPO, "98.5 BPM");
    stands_at("98.50");
    page.wheel(TEMPO, -100);
    stands_at("99.50");
    page.drag_by(TEMPO, (40.0, 0.0));
    page.wait_until("a drag has turned it up", |page| {
        page.value(TEMPO)
            .parse::<f64>()
            .is_ok_and(|tempo| tempo > 105.0)
    });
    page.click(TEMPO);
    page.keys(&Key::Down.to_string());
    page.keys("nonsense");
    page.keys(&Key::Enter.to_string());
    let stepped = page.value(TEMPO).parse::<f64>().expect("still a number");
    assert!(
        stepped > 100.0,
        "what is no number changes nothing: {stepped}"
    );
    page.press_twice(TEMPO);
    stands_at("120.00");
    page.wait_until_saved();
    assert_eq!(stored(&server, &session, "/timeline/tempo"), 12_000);
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[test]
fn a_dial_that_is_held_shows_the_hand_and_sends_at_a_bounded_rate() {
    let server = Server::start();
    let session = server.new_session();
    let page = opened(&server, &session, Screen::Desk);
    let other = Client::joined(server.address(), &session, 9);
    other.heard();
    for _ in 0..4 {
        page.drag_by(".bar [aria-label='Swing']", (30.0, 0.0));
        page.drag_by(".bar [aria-label='Swing']", (-30.0, 0.0));
    }
    page.drag_by(".bar [aria-label='Swing']", (100.0, 0.0));
    page.wait_until_saved();
    let shown = page.value(".bar [aria-label='Swing']");
    let swing = shown
        .trim_end_matches(" %")
        .parse::<u8>()
        .expect("percents");
    assert!(swing > 0, "{shown}");
    other.wait_until("the last number arrives", |replica| {
        replica.document().swing.get() == swing
    });
    let sent = other.heard().len();
    assert!(
        (5..=60).contains(&sent),
        "{sent} edits for nine short drags"
    );
}

#[test]
fn taps_set_the_tempo_for_everyone() {
    let server = Server::start();
    let session = server.new_session();
    let page = opened(&server, &session, Screen::Desk);
    page.enter(TEMPO, "33");
    // Taps as fast as a test can make them are faster than any tempo.
    for _ in 0..4 {
        page.click(".tap");
    }
    page.wait_until("the taps set it", |page| page.value(TEMPO) != "33.00");
    page.wait_until_saved();
    assert_ne!(stored(&server, &session, "/timeline/tempo"), 3_300);
}

#[test]
fn whoever_takes_the_lead_keeps_the_others_from_the_transport() {
    let server = Server::start();
    let session = server.new_session();
    let anna = opened(&server, &session, Screen::Desk);
    let ben = opened(&server, &session, Screen::Desk);
    anna.click(".take-lead");
    anna.wait_until("Anna leads", |page| page.text(".bar .lead") == "You lead");
    ben.wait_until("Ben sees it", |page| {
        page.text(".bar .lead").ends_with(" leads")
    });
    let locked = |selector: &str| {
        ben.evaluate(&format!(
            "return document.querySelector({selector:?}).disabled"
        )) == true
    };
    ben.wait_until("Ben cannot play", |_| locked(".play"));
    assert!(locked(TEMPO));
    ben.click(".take-lead");
    ben.wait_until("Ben leads", |page| page.text(".bar .lead") == "You lead");
    ben.wait_until("and can play", |_| !locked(".play"));
    ben.click(".take-lead");
    anna.wait_until("nobody leads", |page| page.text(".bar .lead").is_empty());
}

#[test]
fn the_share_window_holds_the_focus_and_every_way_in() {
    for screen in [Screen::Desk, Screen::Phone] {
        let server = Server::start();
        let session = server.new_session();
        let page = opened(&server, &session, screen);
        page.click(".share");
        page.wait_until("the links are there", |page| {
            page.value("[aria-label='Link to listen']").contains("/l/")
        });
        let edit = page.value("[aria-label='Link to play together']");
        assert_eq!(edit, server.url(&format!("/s/{session}")));
        assert!(
            page.evaluate("return document.querySelector('.code svg')")
                .is_object()
        );
        for _ in 0..12 {
            page.keys(&Key::Tab.to_string());
            let is_inside = "const at = document.activeElement; return at == document.body || !!at.closest('dialog')";
            assert_eq!(
                page.evaluate(is_inside),
                true,
                "{:?} has the focus",
                page.focused()
            );
        }
        page.keys(&Key::Escape.to_string());
        page.wait_until("Escape closes it", |page| {
            page.evaluate("return document.querySelector('dialog')")
                .is_null()
        });
        page.click(".share");
        page.click("dialog [title^='Make a copy of your own']");
        page.wait_until("the copy is open", |page| {
            page.address().contains("/s/") && !page.address().ends_with(&session)
        });
    }
}

#[test]
fn a_finger_that_rests_on_a_clip_opens_it_and_launches_nothing() {
    let server = Server::start();
    let (page, witness) = Browser::witnessed(&server, Screen::Phone);
    // Not every browser takes a finger that rests for a right click, and then it clicks when it goes.
    page.evaluate("addEventListener('contextmenu', (event) => event.stopPropagation(), true)");
    page.open_panel("Clips");
    let (track, before) = witness.look(|it| (it.document().tracks[0].id.0, it.position()));
    let slot = format!("[data-slot='{track} 1']");
    let about = |page: &Browser| page.text(".clip-details");
    assert!(about(&page).contains("rest a finger on it"));
    page.touch(&slot, (0.0, 0.0), Duration::from_millis(700));
    page.wait_until("its settings are there", |page| {
        about(page).contains("Lift")
    });
    page.wait_until_saved();
    assert_eq!(witness.look(|it| it.position()), before);
    page.touch(&slot, (0.0, 0.0), Duration::ZERO);
    page.wait_until("a tap launches it", |page| {
        page.evaluate(&format!(
            "return document.querySelector(\"{slot}\").ariaPressed"
        )) == "true"
    });
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[test]
fn a_clip_is_made_launched_copied_and_cleared() {
    let server = Server::start();
    let session = server.new_session();
    let page = opened(&server, &session, Screen::Desk);
    let other = Client::joined(server.address(), &session, 9);
    page.open_panel("Clips");
    let track = other.look(|replica| replica.document().tracks[0].id);
    let slot = |scene: usize| format!("[data-slot='{} {scene}']", track.0);
    page.click(&slot(2));
    page.click(".clip-details [title^='An empty pattern']");
    let filled = |scene: usize| {
        other.wait_until("the slot is filled", |replica| {
            replica.document().tracks[0].clips[scene].is_some()
        });
    };
    filled(2);
    page.click(&slot(2));
    other.wait_until("it is launched", |replica| {
        let track = &replica.document().tracks[0];
        let launched = track
            .queued
            .map(|queued| queued.clip)
            .unwrap_or(track.playing.clip);
        launched.map(|scene| scene.index()) == Some(2)
    });
    page.enter("[aria-label='Clip name']", "Break");
    page.pick(".clip-details [aria-label='Then']", "Play the first");
    page.enter(".clip-details [aria-label='After']", "4 bars");
    other.wait_until("it is named and followed", |replica| {
        let clip = replica.document().tracks[0].clips[2].clone();
        clip.is_some_and(|clip| {
            clip.name.as_str() == "Break"
                && clip.follow.is_some_and(|follow| follow.after.get() == 4)
        })
    });
    page.click(".clip-details [title^='A copy in the next free slot']");
    filled(3);
    page.click(".clip-details [title^='Takes the clip out']");
    other.wait_until("the copy is gone again", |replica| {
        replica.document().tracks[0].clips[3].is_none()
    });
    page.click("[data-slot=' 0']");
    other.wait_until("the row is launched", |replica| {
        let track = &replica.document().tracks[0];
        let launched = track
            .queued
            .map(|queued| queued.clip)
            .unwrap_or(track.playing.clip);
        launched.map(|scene| scene.index()) == Some(0)
    });
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[test]
fn a_sound_is_found_chosen_turned_and_reset() {
    let server = Server::start();
    let session = server.new_session();
    let page = opened(&server, &session, Screen::Desk);
    page.open_panel("Instrument");
    page.click("[aria-label='Search sounds']");
    page.keys("round bass");
    page.click("[data-sound='preset bass-round']");
    page.wait_until("it plays", |page| {
        page.text(".sound b").contains("plays Round")
    });
    let cutoff = ".sound [aria-label='Cutoff']";
    let usual = page.value(cutoff);
    page.enter(cutoff, "1.00 kHz");
    page.wait_until("it is turned", |page| page.value(cutoff) == "1.00 kHz");
    page.wait_until_saved();
    let parameters = stored(
        &server,
        &session,
        "/tracks/0/settings/instrument/parameters",
    );
    assert!(parameters["cutoff"].is_number(), "{parameters}");
    page.click(".sound [title^='Everything goes back']");
    page.wait_until("it is as it was made", |page| page.value(cutoff) == usual);
    page.wait_until_saved();
    assert_eq!(
        stored(&server, &session, "/tracks/0/settings/instrument"),
        serde_json::json!({ "source": { "preset": "bass-round" } })
    );
}

#[test]
fn a_name_a_colour_and_the_looks_are_kept_for_the_next_visit() {
    let server = Server::start();
    let session = server.new_session();
    let page = opened(&server, &session, Screen::Desk);
    let other = Client::joined(server.address(), &session, 9);
    page.open_panel("Settings");
    page.enter("[aria-label='Your name']", "Amber Otter");
    page.click("[aria-label='Colour 8']");
    other.wait_until("the others see it", |replica| {
        replica.players().any(|player| {
            player.profile.name.as_str() == "Amber Otter" && player.profile.colour.get() == 7
        })
    });
    page.pick("[aria-label='Theme']", "Light");
    let background = || page.evaluate("return getComputedStyle(document.body).backgroundColor");
    let light = background();
    page.reload();
    page.wait_until_connected();
    assert_eq!(background(), light);
    page.open_panel("Settings");
    assert_eq!(page.value("[aria-label='Your name']"), "Amber Otter");
    page.pick("[aria-label='Theme']", "Dark");
    assert_ne!(background(), light);
}

#[test]
fn the_front_page_starts_what_plays_and_remembers_where_one_was() {
    let server = Server::start();
    let page = Browser::open(&server.url("/"), Screen::Desk);
    page.click(".templates li:nth-child(2) button");
    page.wait_until("the session's page is open", |page| {
        page.address().contains("/s/")
    });
    page.wait_until_connected();
    let address = page.address();
    let name = page.value("[aria-label='Session name']");
    page.wait_until("the visit is kept", |page| {
        page.evaluate("return localStorage['lockstep.recent']")
            .is_string()
    });
    page.visit(&server.url("/"));
    page.wait_until("the session is listed", |page| page.text(".recent") == name);
    page.click(".recent");
    page.wait_until("it leads back", |page| page.address() == address);
}

#[test]
fn whoever_only_listens_finds_every_control_at_rest() {
    let server = Server::start();
    let (_, listen) = server.new_session_with_listeners();
    let page = Browser::open(&server.url(&format!("/l/{listen}")), Screen::Desk);
    page.wait_until("it listens", |page| {
        page.connection_words() == "Listening only"
    });
    for panel in ["Mixer", "Effects", "Instrument", "Harmony"] {
        page.open_panel(panel);
        page.wait_until(&format!("{panel} can only be looked at"), |page| {
            page.evaluate(
                "return [...document.querySelectorAll('.panel [role=spinbutton], .panel .dial input')].every(it => it.disabled)",
            ) == true
        });
    }
    assert_eq!(page.complaints(), Vec::<String>::new());
}
