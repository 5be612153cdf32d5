//! Everything about steps and patterns that the page's panels set: each control, told by what another
//! player gets.

use fantoccini::key::Key;
use lockstep_session::document::Document;
use lockstep_session::document::instrument::{Amount, Parameter};
use lockstep_session::document::pattern::{Degrees, Operation, Pattern, Pulses, Shift};
use lockstep_session::document::step::{
    Chance, Condition, Cycle, Gate, Nudge, Ratchet, Step, Turn, Velocity,
};
use lockstep_session::ids::{SceneIndex, StepIndex};
use lockstep_tests::browser::{Browser, Screen};
use lockstep_tests::server::Server;

fn pattern(document: &Document, track: &str) -> Pattern {
    let mut tracks = document.tracks.iter();
    let track = tracks.find(|other| other.settings.name.as_str() == track);
    let pattern = track.and_then(|track| track.clip(SceneIndex::FIRST)?.as_pattern());
    pattern.cloned().unwrap_or_default()
}

fn step(document: &Document, track: &str, step: usize) -> Step {
    pattern(document, track).step(StepIndex::new(step - 1).expect("a step counted from one"))
}

fn open(page: &Browser, tab: &str) {
    page.press_button(".tabs", tab);
    page.wait_until(tab, |page| page.text(".sheet h2") == tab);
}

#[test]
fn every_field_of_a_step_is_set_for_all_that_are_picked_and_the_rest_stays() {
    let server = Server::start();
    let (page, witness) = Browser::witnessed(&server, Screen::Desk);
    let before: Vec<Step> = witness.look(|it| {
        (9..=11)
            .map(|place| step(it.document(), "Snare", place))
            .collect()
    });
    page.drag_holding(Some(Key::Shift), ("Snare", 9), ("Snare", 11));
    open(&page, "Step");
    assert_eq!(page.text(".step-title"), "3 steps");
    page.click(".sheet [aria-label='On']");
    for (name, value) in [
        ("Velocity", "64"),
        ("Chance", "70"),
        ("Ratchet", "3"),
        ("Nudge", "-12"),
        ("Gate", "45"),
        ("Pitch 1", "7"),
    ] {
        page.enter(&format!(".sheet [aria-label='{name}']"), value);
    }
    page.pick(".sheet [aria-label='Condition']", "Pass 2 of 3");
    page.click(".sheet [aria-label='Tie']");
    page.pick(".sheet [aria-label='Add a lock']", "Cutoff");
    page.enter(".sheet [aria-label='Cutoff']", "12.5");
    let cycle = Cycle::new(Turn::new(2), Turn::new(3));
    witness.wait_until("all three have all of it", |it| {
        (9..=11).all(|place| {
            let step = step(it.document(), "Snare", place);
            let fields = (
                step.on,
                step.velocity,
                step.chance,
                step.ratchet,
                step.nudge,
                step.gate,
                step.tie,
            );
            fields
                == (
                    true,
                    Velocity::new(64),
                    Chance::new(70),
                    Ratchet::new(3),
                    Nudge::new(-12),
                    Gate::new(45),
                    true,
                )
                && step.condition == Condition::Every(cycle)
                && step.pitches.iter().map(|pitch| pitch.get()).eq([7])
                && step.locks.get(Parameter::Cutoff) == Some(Amount::new(1_250))
        })
    });
    page.click(".sheet [aria-label='Unlock Cutoff']");
    witness.wait_until("the lock is gone again", |it| {
        (9..=11).all(|place| step(it.document(), "Snare", place).locks.is_empty())
    });
    page.keys(&Key::Escape.to_string());
    for _ in 0..12 {
        page.click("[data-action='undo']");
    }
    witness.wait_until("and undo brings back what was", |it| {
        (9..=11).all(|place| step(it.document(), "Snare", place) == before[place - 9])
    });
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[test]
fn notes_are_drawn_as_chords_of_at_most_four() {
    let server = Server::start();
    let (page, witness) = Browser::witnessed(&server, Screen::Desk);
    page.click_step_holding(Key::Control, ("Bass", 3));
    open(&page, "Notes");
    // A line is a semitone, the first is an octave up; steps are counted from nought.
    let note = |pitch: i64, step: usize| {
        format!(
            "[data-note='{}']",
            (12 - pitch) * 100 + i64::try_from(step - 1).unwrap()
        )
    };
    for pitch in [0, 3, 7] {
        page.click(&note(pitch, 3));
    }
    let pitches = |document: &Document, place: usize| -> Vec<i8> {
        let step = step(document, "Bass", place);
        step.pitches
            .iter()
            .filter(|_| step.on)
            .map(|pitch| pitch.get())
            .collect()
    };
    witness.wait_until("the chord is there", |it| {
        pitches(it.document(), 3) == [0, 3, 7]
    });
    page.click(&note(10, 3));
    page.click(&note(12, 3));
    page.wait_until("a fifth note is not taken", |page| {
        page.text(".said") == "A step holds at most four notes"
    });
    page.click(&note(3, 3));
    witness.wait_until("a note is taken out", |it| {
        pitches(it.document(), 3) == [0, 7, 10]
    });
    let lit = page
        .evaluate("return document.querySelectorAll('.notes.in-scale, .notes.in-chord').length");
    assert!(
        lit.as_u64().is_some_and(|lit| (10..25).contains(&lit)),
        "the scale is lit: {lit}"
    );
    let pressed =
        page.evaluate("return document.querySelectorAll('.note[aria-pressed=true]').length");
    assert!(pressed.as_u64().is_some_and(|pressed| pressed >= 3));
}

#[test]
fn every_tool_does_to_a_pattern_what_the_session_says_it_does() {
    let server = Server::start();
    let (page, witness) = Browser::witnessed(&server, Screen::Desk);
    page.click_step_holding(Key::Control, ("Closed hat", 2));
    open(&page, "Pattern");
    let tools = [
        (
            "Turn all steps one to the left",
            Operation::Rotate(Shift::new(-1)),
        ),
        (
            "Turn all steps one to the right",
            Operation::Rotate(Shift::new(1)),
        ),
        ("Play it from the end", Operation::Reverse),
        (
            "The second half becomes the first one read backwards",
            Operation::Mirror,
        ),
        ("On becomes off, and off on", Operation::Invert),
        ("Twice as long, the second half a copy", Operation::Double),
        (
            "A degree of the scale up",
            Operation::Transpose(Degrees::new(1)),
        ),
        (
            "About an octave down: seven degrees",
            Operation::Transpose(Degrees::new(-7)),
        ),
        ("Take all steps away", Operation::Clear),
    ];
    for (name, operation) in tools {
        let (mut expected, harmony) = witness.look(|it| {
            (
                pattern(it.document(), "Closed hat"),
                it.document().harmony.latest(),
            )
        });
        expected.operate(operation, &harmony);
        page.click(&format!(".sheet [aria-label='{name}']"));
        witness.wait_until(name, |it| pattern(it.document(), "Closed hat") == expected);
    }
    page.enter(".sheet [aria-label='Strokes']", "7");
    page.press_button(".sheet", "Euclid");
    let mut expected = witness.look(|it| pattern(it.document(), "Closed hat"));
    let harmony = witness.look(|it| it.document().harmony.latest());
    let rotation = Shift::new(0);
    expected.operate(
        Operation::Euclid {
            pulses: Pulses::new(7),
            rotation,
        },
        &harmony,
    );
    witness.wait_until("seven strokes", |it| {
        pattern(it.document(), "Closed hat") == expected
    });
    let on = |document: &Document| {
        pattern(document, "Closed hat")
            .playing()
            .filter(|step| step.on)
            .count()
    };
    page.enter(".sheet [aria-label='Every']", "4");
    page.press_button(".sheet", "Fill");
    witness.wait_until("every fourth of 32 steps", |it| on(it.document()) == 8);
    page.enter(".sheet [aria-label='Density']", "100");
    page.press_button(".sheet", "Random");
    witness.wait_until("all of them", |it| on(it.document()) == 32);
    let before = witness.look(|it| pattern(it.document(), "Closed hat"));
    page.press_button(".sheet", "Humanise");
    witness.wait_until("none is quite what it was", |it| {
        pattern(it.document(), "Closed hat") != before
    });
}

#[test]
fn a_pattern_ends_where_its_handle_is_dragged_or_its_number_says() {
    let server = Server::start();
    let (page, witness) = Browser::witnessed(&server, Screen::Desk);
    let length = |document: &Document| pattern(document, "Kick").length().get();
    let width = page.evaluate("return document.querySelector('.steps').offsetWidth / 16");
    let width = width.as_f64().expect("a width");
    page.drag_by(".row .end", (-4.0 * width, 0.0));
    witness.wait_until("four steps shorter", |it| length(it.document()) == 12);
    page.click_step_holding(Key::Control, ("Kick", 1));
    open(&page, "Pattern");
    page.enter(".sheet [aria-label='Length']", "128");
    witness.wait_until("as long as can be", |it| length(it.document()) == 128);
    page.click("[aria-label='Steps 113 to 128']");
    page.click_step("Kick", 128);
    witness.wait_until("the last step of all", |it| {
        step(it.document(), "Kick", 128).on
    });
}
