//! The page for those who do not see it: what assistive tools are told, and a beat made by keys alone.

use fantoccini::key::Key;
use lockstep_session::ids::{SceneIndex, StepIndex};
use lockstep_tests::browser::{Browser, Screen, Spoken};
use lockstep_tests::server::Server;

fn has(spoken: &[Spoken], role: &str, name: &str) -> bool {
    spoken.iter().any(|it| it.role == role && it.name == name)
}

/// What can be operated, and is not called anything.
fn nameless(spoken: &[Spoken]) -> Vec<&Spoken> {
    const CONTROLS: [&str; 12] = [
        "button",
        "checkbox",
        "combobox",
        "link",
        "listbox",
        "option",
        "radio",
        "searchbox",
        "slider",
        "spinbutton",
        "tab",
        "textbox",
    ];
    let controls = spoken.iter();
    let controls = controls.filter(|it| CONTROLS.contains(&it.role.as_str()));
    controls.filter(|it| it.name.is_empty()).collect()
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
    let unnamed = nameless(&spoken);
    assert!(unnamed.is_empty(), "controls without a name: {unnamed:?}");
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

/// A role, a name, and whether it is pressed, where it can be.
type Part = (&'static str, &'static str, Option<bool>);

/// What each panel tells of itself.
const PANELS: [(&str, &[Part]); 12] = [
    (
        "Clips",
        &[
            ("group", "Slots", None),
            ("button", "Stop every track at the next launch", None),
        ],
    ),
    (
        "Harmony",
        &[
            ("group", "Circle of fifths", None),
            ("button", "C minor", Some(true)),
            ("button", "G minor", Some(false)),
            ("group", "Chord", None),
            ("button", "Chord i, Cm", Some(false)),
            ("button", "Lock to the scale", Some(false)),
            ("combobox", "Scale", None),
            ("combobox", "Pitches", None),
        ],
    ),
    ("Step", &[]),
    (
        "Notes",
        &[
            ("group", "Notes", None),
            ("button", "C4, step 1", Some(false)),
            ("button", "Octave up", None),
        ],
    ),
    (
        "Pattern",
        &[
            ("heading", "PATTERN · KICK", None),
            ("button", "Turn all steps one to the left", None),
            ("button", "Euclid", None),
            ("spinbutton", "Strokes", None),
            ("spinbutton", "Choke group", None),
            ("combobox", "Follows the harmony", None),
        ],
    ),
    (
        "Instrument",
        &[
            ("searchbox", "Search sounds", None),
            ("listbox", "Sounds", None),
            ("button", "Hear it", None),
            ("group", "Macros", None),
            ("spinbutton", "Tune", None),
        ],
    ),
    (
        "Mixer",
        &[
            ("button", "Kick", Some(true)),
            ("button", "Snare", Some(false)),
            ("spinbutton", "Level", None),
            ("button", "Mute", Some(false)),
            ("button", "Solo for me", Some(false)),
            ("group", "Master", None),
            ("combobox", "Kind", None),
        ],
    ),
    (
        "Effects",
        &[
            ("group", "Reverb", None),
            ("spinbutton", "Decay", None),
            ("button", "Ping-pong", Some(true)),
            ("combobox", "Ducked by", None),
            ("spinbutton", "Ceiling", None),
        ],
    ),
    (
        "Samples",
        &[
            ("group", "Record", None),
            ("button", "Record input", None),
            ("meter", "Input level", None),
            ("button", "Listen to the input", Some(false)),
            ("button", "Bring in audio files", None),
        ],
    ),
    (
        "Export",
        &[
            ("link", "Mix", None),
            ("link", "MIDI", None),
            ("combobox", "Rate", None),
            ("spinbutton", "Length", None),
        ],
    ),
    (
        "Players",
        &[
            ("button", "Look here", None),
            ("button", "Follow Player 9", Some(false)),
        ],
    ),
    (
        "Settings",
        &[
            ("group", "You", None),
            ("textbox", "Your name", None),
            ("radiogroup", "Your colour", None),
            ("combobox", "Theme", None),
            ("button", "Reduced motion", Some(false)),
            ("spinbutton", "Nudge", None),
        ],
    ),
];

#[test]
fn every_panel_is_a_named_part_of_the_page_with_named_controls() {
    let server = Server::start();
    let (page, _witness) = Browser::witnessed(&server, Screen::Phone);
    for (panel, parts) in PANELS {
        page.open_panel(panel);
        let spoken = page.spoken();
        assert!(has(&spoken, "tabpanel", panel), "{panel} is a panel");
        let unnamed = nameless(&spoken);
        assert!(unnamed.is_empty(), "without a name in {panel}: {unnamed:?}");
        for (role, name, pressed) in parts {
            let mut fitting = spoken
                .iter()
                .filter(|it| it.role == *role && it.name == *name);
            assert!(
                fitting.any(|it| it.pressed == *pressed),
                "{role} {name} in {panel}: {pressed:?}"
            );
        }
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
