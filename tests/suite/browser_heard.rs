//! A hand that writes while nothing plays hears what it wrote, down to what the engine on the audio
//! thread is told. Only this player hears it.

use lockstep_tests::browser::{Browser, Ear, Screen, named, overheard_page};
use lockstep_tests::server::Server;

const KICK: u8 = 0;
const CHORDS: u8 = 6;

/// The keys that went down since there were so many.
fn struck(ear: &Ear<&Browser>, before: usize) -> Vec<(u8, u8)> {
    let down = ear.keys().into_iter().filter(|(.., is_down)| *is_down);
    down.map(|(track, key, _)| (track, key))
        .skip(before)
        .collect()
}

#[test]
fn what_is_written_at_rest_is_heard_once_and_by_nobody_else() {
    let folder = overheard_page();
    let server = Server::start_with(&["--web", &named(folder.path())]);
    let session = server.url(&format!("/s/{}", server.new_session()));
    let page = Browser::joined(&session, Screen::Desk);
    let other = Browser::joined(&session, Screen::Desk);
    let (ear, others) = (Ear::at(&page), Ear::at(&other));
    for (page, ear) in [(&page, &ear), (&other, &others)] {
        page.click(".status");
        ear.wait_until_it_sounds();
    }

    // Two steps of one stroke, and off again.
    page.drag(("Kick", 2), ("Kick", 3));
    page.click_step("Kick", 2);
    page.wait_until("it is let go", |_| ear.keys().len() == 2);
    assert_eq!(ear.keys(), [(KICK, 60, true), (KICK, 60, false)]);

    // A chord sounds as one, in the grid and in the panel.
    page.click_step("Chords", 3);
    page.click_step("Chords", 3);
    let chord = struck(&ear, 1);
    assert!(chord.len() > 1 && chord.iter().all(|(track, _)| *track == CHORDS));
    page.open_panel("Step");
    page.press_button(".panel", "Hear");
    page.wait_until("the chord is heard", |_| {
        struck(&ear, 1 + chord.len()) == chord
    });
    let before = 1 + 2 * chord.len();
    page.press_button(".panel", "+ Note");
    page.wait_until("the note that is new is heard", |_| {
        struck(&ear, before).len() == 1
    });

    // In the notes the name of a line is a key, and a note that is drawn sounds.
    page.open_panel("Notes");
    page.click(".notes:nth-child(1) span");
    page.click("[data-note='100']");
    page.click("[data-note='100']");
    page.wait_until("both are heard", |_| {
        struck(&ear, before + 1) == [(CHORDS, 72), (CHORDS, 71)]
    });

    // What plays is heard where it stands.
    page.click("[aria-label='Play']");
    page.wait_until("it plays", |page| page.playhead_column().is_some());
    page.click_step("Kick", 2);
    page.click_step("Kick", 2);
    ear.listen_for(0.5);
    assert_eq!(struck(&ear, before + 3), []);
    others.listen_for(0.1);
    assert_eq!(others.keys(), []);
    assert_eq!(page.complaints(), Vec::<String>::new());
}
