//! The page for those who do not see it: what assistive tools are told, and a beat made by keys alone.

use fantoccini::key::Key;
use lockstep_session::ids::{SceneIndex, StepIndex};
use lockstep_tests::browser::{Browser, Screen, Spoken};
use lockstep_tests::server::Server;

fn has(spoken: &[Spoken], role: &str, name: &str) -> bool {
    spoken.iter().any(|it| it.role == role && it.name == name)
}

#[test]
fn a_screen_reader_is_told_every_step_and_whether_it_is_on() {
    let server = Server::start();
    let (page, _witness) = Browser::witnessed(&server, Screen::Desk);
    let spoken = page.spoken();
    for step in 1..=16 {
        let name = format!("Kick, step {step}");
        let told = spoken
            .iter()
            .find(|it| it.role == "button" && it.name == name);
        let told = told.unwrap_or_else(|| panic!("{name} is told"));
        assert_eq!(told.pressed, Some(page.pressed("Kick", step)), "{name}");
    }
    for (role, name) in [
        ("group", "Steps"),
        ("group", "Kick"),
        ("button", "Mute Kick"),
        ("button", "Solo Kick"),
        ("button", "More of Kick"),
        ("toolbar", "Selected steps"),
        ("button", "Undo"),
        ("tab", "Step"),
        ("tab", "Pattern"),
    ] {
        assert!(has(&spoken, role, name), "{role} {name}");
    }
    let nameless: Vec<&Spoken> = spoken
        .iter()
        .filter(|it| {
            [
                "button",
                "slider",
                "spinbutton",
                "combobox",
                "textbox",
                "tab",
            ]
            .contains(&it.role.as_str())
        })
        .filter(|it| it.name.is_empty())
        .collect();
    assert!(nameless.is_empty(), "controls without a name: {nameless:?}");
    let polite = page
        .evaluate("return document.querySelectorAll('[role=status], [aria-live=polite]').length");
    assert_eq!(polite, 1, "one place speaks");
}

#[test]
fn the_panels_of_steps_name_all_their_controls() {
    let server = Server::start();
    let (page, _witness) = Browser::witnessed(&server, Screen::Desk);
    page.right_click_step(("Kick", 1));
    page.wait_until("the step is open", |page| page.text(".sheet h2") == "Step");
    let spoken = page.spoken();
    for (role, name) in [
        ("tabpanel", "Step"),
        ("button", "On"),
        ("button", "Tie"),
        ("spinbutton", "Velocity"),
        ("spinbutton", "Chance"),
        ("spinbutton", "Ratchet"),
        ("spinbutton", "Nudge"),
        ("spinbutton", "Gate"),
        ("spinbutton", "Pitch 1"),
        ("combobox", "Condition"),
        ("combobox", "Add a lock"),
    ] {
        assert!(has(&spoken, role, name), "{role} {name}");
    }
}

#[test]
fn a_beat_is_made_from_the_keyboard_alone() {
    let server = Server::start();
    let (page, witness) = Browser::witnessed(&server, Screen::Desk);
    let press = |key: Key| page.keys(&key.to_string());
    for _ in 0..60 {
        press(Key::Tab);
        if page.focused() == "Kick, step 1" {
            break;
        }
    }
    assert_eq!(page.focused(), "Kick, step 1", "Tab comes to the grid");
    // All of the track is cleared, then four on the floor.
    page.chord(&[Key::Control], 'a');
    press(Key::Delete);
    let walk = |steps: usize| {
        for _ in 0..steps {
            let before = page.focused();
            press(Key::Right);
            page.wait_until("the focus goes on", |page| page.focused() != before);
        }
    };
    for _ in 0..3 {
        page.keys(" ");
        walk(4);
    }
    page.keys(" ");
    witness.wait_until("four on the floor", |it| {
        let track = &it.document().tracks[0];
        let pattern = track
            .clip(SceneIndex::FIRST)
            .and_then(|clip| clip.as_pattern().cloned());
        pattern.is_some_and(|pattern| {
            StepIndex::all()
                .take(16)
                .all(|step| pattern.step(step).on == step.index().is_multiple_of(4))
        })
    });
    page.chord(&[Key::Alt], Key::Down.into());
    page.chord(&[Key::Alt], char::from(Key::Enter));
    page.wait_until("the step is open", |page| {
        page.text(".step-title") == "Step 13 · Kick"
    });
    page.wait_until("and struck softer", |page| {
        page.evaluate("return document.querySelector(\".sheet [aria-label='Velocity']\").value")
            == "92"
    });
}
