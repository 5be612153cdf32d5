//! What belongs to this player and this browser: name and colour, theme and motion, the nudge.

use crate::dom::{Tag, button, derived, tag, text};
use crate::header::more;
use crate::measures;
use crate::preferences::{Preferences, Theme};
use crate::seat::Seat;
use crate::status::keeps_time;
use crate::widget::{Choice, Dial, Field, Range, Shape, Switch, decimal};
use leptos::prelude::*;
use lockstep_session::document::mixer::Colour;
use lockstep_session::recorder::Recording;
use lockstep_session::text::Name;
use std::sync::Arc;

pub(super) fn settings(seat: Seat) -> Tag {
    tag("div", "sections")
        .with(section("You", you(seat)))
        .with(section("Session", vec![more(seat)]))
        .with(section("This page", page(seat)))
        .with(section("Sound", sound(seat)))
}

fn section(title: &str, content: Vec<Tag>) -> Tag {
    tag("div", "section")
        .set("role", "group")
        .set("aria-label", title)
        .with(text("h3", "", title))
        .with_all(content)
}

fn you(seat: Seat) -> Vec<Tag> {
    let profile = RwSignal::new({
        let profile = seat.profile();
        (profile.name.to_string(), i64::from(profile.colour.get()))
    });
    let name = Field {
        name: "Your name".to_owned(),
        hint: "What the others call you",
        value: derived(move || profile.with(|(name, _)| name.clone())),
        set: Arc::new(move |typed| {
            let mut changed = seat.profile();
            changed.name = Name::new(typed).or(&changed.name);
            profile.update(|(name, _)| *name = changed.name.to_string());
            seat.set_profile(changed);
        }),
        locked: Signal::stored(false),
    };
    let colours = (0..=i64::from(Colour::MAX.get())).map(|colour| {
        let press = move |_| {
            let mut changed = seat.profile();
            changed.colour = Colour::new(colour);
            profile.update(|(_, number)| *number = colour);
            seat.set_profile(changed);
        };
        button(&format!("swatch hue-{colour}"), "", press)
            .set("role", "radio")
            .set("aria-label", &format!("Colour {}", colour + 1))
            .state(
                "aria-checked",
                derived(move || profile.with(|(_, number)| *number == colour)),
            )
    });
    let colours = tag("div", "line swatches")
        .set("role", "radiogroup")
        .set("aria-label", "Your colour")
        .with_all(colours);
    vec![name.show(), colours]
}

fn page(seat: Seat) -> Vec<Tag> {
    let preferences = seat.board.preferences;
    let theme = Choice {
        name: "Theme".to_owned(),
        hint: "Light or dark, or as the system has it",
        options: Signal::stored(measures::numbered(&Theme::ALL, |theme| {
            let words = match theme {
                Theme::System => "As the system",
                Theme::Dark => "Dark",
                Theme::Light => "Light",
            };
            words.to_owned()
        })),
        value: derived(move || measures::number_of(&Theme::ALL, &preferences.get().theme)),
        choose: Arc::new(move |number| {
            let theme = measures::numbered_as(&Theme::ALL, number).unwrap_or_default();
            change(seat, |preferences| preferences.theme = theme);
        }),
        locked: Signal::stored(false),
    };
    let still = Switch {
        words: "Reduced motion",
        name: "Reduced motion".to_owned(),
        hint: "Nothing on the page fades or slides",
        value: derived(move || preferences.get().still),
        set: Arc::new(move |still| change(seat, |preferences| preferences.still = still)),
        locked: Signal::stored(false),
    };
    vec![
        tag("div", "line")
            .with(theme.show())
            .with(still.show("toggle")),
    ]
}

fn sound(seat: Seat) -> Vec<Tag> {
    let ears = seat.sound.ears;
    let free = Signal::stored(false);
    let nudge = Dial {
        name: "Nudge".to_owned(),
        hint: "How much ahead this page sounds, to make up for slow speakers. Drag or type.",
        range: Range::new(-500, 500, 0)
            .words(|value| format!("{value} ms"), |text| decimal(text, 0)),
        value: derived(move || ears.with(|ears| ears.nudge)),
        turn: Arc::new(move |nudge, _| ears.update(|ears| ears.set_nudge(nudge))),
        locked: free,
    };
    let volume = Dial {
        name: "Volume".to_owned(),
        hint: "How loud this page is, for your ears only",
        range: measures::percent_range(100),
        value: derived(move || ears.with(|ears| ears.volume)),
        turn: Arc::new(move |volume, _| ears.update(|ears| ears.set_volume(volume))),
        locked: free,
    };
    let metronome = Switch {
        words: "Metronome",
        name: "Metronome".to_owned(),
        hint: "Clicks on every beat, for your ears only",
        value: derived(move || ears.with(|ears| ears.metronome)),
        set: Arc::new(move |on| ears.update(|ears| ears.metronome = on)),
        locked: free,
    };
    let keyboards = button("button", "MIDI keyboards", move |_| {
        leptos::task::spawn_local(seat.keyboards.let_in(seat));
    });
    let keyboards = keyboards.set("title", "Lets MIDI keyboards play the selected track");
    let line = tag("div", "line")
        .with(volume.show(Shape::Knob))
        .with(nudge.show(Shape::Knob))
        .with(metronome.show("toggle"))
        .with(keyboards);
    let hint = "If this page sounds late beside the others, nudge it ahead.";
    let recording = seat.sound.recording;
    let all = [Recording::Off, Recording::Live, Recording::Step];
    let records = Choice {
        name: "Keys record".to_owned(),
        hint: "Writes what you play into the grid: while it plays, or one step after the other",
        options: Signal::stored(measures::numbered(&all, |recording| {
            let words = match recording {
                Recording::Off => "Nothing",
                Recording::Live => "While it plays",
                Recording::Step => "Step by step",
            };
            words.to_owned()
        })),
        value: derived(move || measures::number_of(&all, &recording.get().recording)),
        choose: Arc::new(move |number| {
            let chosen = measures::numbered_as(&all, number).unwrap_or_default();
            recording.update(|settings| settings.recording = chosen);
        }),
        locked: free,
    };
    let hands =
        "Keys play the selected track: A W S E D F T G Y H U J K, and Z and X change the octave.";
    let said = tag("p", "hint")
        .set("role", "status")
        .says(seat.keyboards.words());
    let keys = tag("div", "line").with(records.show());
    vec![
        line,
        said,
        keys,
        text("p", "hint", hint),
        tag("p", "hint").says(seat.board.text(keeps_time)),
        text("p", "hint", hands),
    ]
}

fn change(seat: Seat, change: impl FnOnce(&mut Preferences)) {
    let preferences = seat.board.preferences;
    preferences.update(change);
    let now = preferences.get_untracked();
    now.keep();
    now.show();
}
