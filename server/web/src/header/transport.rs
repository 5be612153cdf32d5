//! Play and stop, tempo with its tap, place, loop, swing, key and scale.

use crate::dom::{Tag, button, tag, text};
use crate::measures;
use crate::seat::Seat;
use crate::widget::{Choice, Dial, Dialog, Field, Range, Shape, Switch, decimal};
use leptos::ev::{MouseEvent, PointerEvent};
use leptos::prelude::*;
use leptos::web_sys::Element;
use lockstep_session::document::harmony::{Harmony, PitchClass, Scale};
use lockstep_session::document::mixer::Percent;
use lockstep_session::document::timeline::LoopRegion;
use lockstep_session::document::words;
use lockstep_session::edit::{Edit, SessionSetting};
use lockstep_session::units::{Beat, BeatSpan, LocalTime, Span, Tempo};
use std::sync::Arc;
use wasm_bindgen::JsCast;

/// What a loop is until someone says otherwise.
const BARS: i64 = 4;

pub(super) fn transport(seat: Seat) -> Vec<Tag> {
    let board = seat.board;
    let led = board.led_by_other();
    let play = button("play", "", move |_| seat.toggle_playing())
        .attribute(
            "aria-label",
            board.text(|summary| if summary.playing { "Stop" } else { "Play" }.to_owned()),
        )
        .disabled(led)
        .with(tag("span", "").attribute(
            "class",
            board.text(|summary| {
                if summary.playing {
                    "square"
                } else {
                    "triangle"
                }
                .to_owned()
            }),
        ));
    let tempo = tag("div", "line")
        .with(tempo(seat).show(Shape::Number))
        .with(tap(seat));
    let key = tag("div", "line")
        .with(key(seat).show())
        .with(scale(seat).show());
    vec![
        play,
        field("Tempo", "tempo-field", tempo),
        field("Bar", "place", place(seat).show()),
        field("Swing", "swing", swing(seat).show(Shape::Number)),
        field("Key", "key", key),
        cycle(seat),
        fill(seat),
    ]
}

/// What narrow screens have no room for above the grid.
pub(crate) fn more(seat: Seat) -> Tag {
    tag("div", "line")
        .with(swing(seat).show(Shape::Knob))
        .with(cycle(seat))
        .with(fill(seat))
}

fn field(title: &str, class: &str, content: Tag) -> Tag {
    tag("div", &format!("field {class}"))
        .with(text("span", "", title).set("aria-hidden", "true"))
        .with(content)
}

fn tempo(seat: Seat) -> Dial {
    let dial = Dial::shared(
        seat,
        "Tempo",
        "Beats per minute, for everyone. Drag, wheel, or click to type.",
        measures::tempo_range(),
        |document| i64::from(document.timeline.tempo.get()),
        |value| Edit::Tempo {
            tempo: Tempo::new(value),
            at: None,
        },
    );
    Dial {
        locked: seat.board.led_by_other(),
        ..dial
    }
}

/// Taps further apart than this begin anew.
const PATIENCE: Span = Span::from_seconds(2);
const MOST_TAPS: usize = 8;

/// The tempo of taps: of the last ones, on average.
#[derive(Clone, Debug, Default)]
pub(super) struct Taps(Vec<LocalTime>);

impl Taps {
    pub(super) fn tap(&mut self, now: LocalTime) -> Option<Tempo> {
        if self.0.last().is_some_and(|last| now - *last > PATIENCE) {
            self.0.clear();
        }
        self.0.push(now);
        if self.0.len() > MOST_TAPS {
            self.0.remove(0);
        }
        let beats = i64::try_from(self.0.len()).ok()? - 1;
        let span = (now - *self.0.first()?).as_micros();
        // Hundredths of a beat per minute, rounded.
        (beats > 0 && span > 0).then(|| Tempo::new((beats * 6_000_000_000 + span / 2) / span))
    }
}

fn tap(seat: Seat) -> Tag {
    let taps = StoredValue::new(Taps::default());
    text("button", "tap", "Tap")
        .set("type", "button")
        .set("title", "Tap the tempo")
        .disabled(seat.board.led_by_other())
        .on("pointerdown", move |_| tapped(seat, taps))
        .on("click", move |event| {
            let event: MouseEvent = event.unchecked_into();
            if event.detail() == 0 {
                tapped(seat, taps);
            }
        })
}

/// A pointer taps as it goes down; a key comes as a click that no pointer made.
fn tapped(seat: Seat, taps: StoredValue<Taps>) {
    let mut tempo = None;
    taps.update_value(|taps| tempo = taps.tap(crate::browser::now()));
    if let Some(tempo) = tempo {
        seat.edit(Edit::Tempo { tempo, at: None });
    }
}

/// Where the session is; typed over, it goes there.
fn place(seat: Seat) -> Field {
    let board = seat.board;
    Field {
        name: "Bar".to_owned(),
        hint: "Where the session is: bar, beat, sixteenth. Type a bar to go there, for everyone.",
        value: board.place.into(),
        set: Arc::new(move |text| {
            if let Some(bar) = decimal(text.split('.').next().unwrap_or_default(), 0) {
                let to = (Beat::ZERO + BeatSpan::BAR.times(bar - 1)).clamped();
                seat.edit(Edit::Relocate { to, at: None });
            }
        }),
        locked: board.led_by_other(),
    }
}

fn swing(seat: Seat) -> Dial {
    Dial::shared(
        seat,
        "Swing",
        "How late every other step comes, for all tracks. Drag, wheel, or click to type.",
        measures::percent_range(0),
        |document| i64::from(document.swing.get()),
        |value| Edit::Session(SessionSetting::Swing(Percent::new(value))),
    )
}

/// The session's harmony, changed from the next bar on.
pub(crate) fn harmony_edit(seat: Seat, change: impl FnOnce(&mut Harmony)) -> Edit {
    let mut harmony = seat
        .board
        .document
        .with_untracked(|document| document.harmony.latest());
    change(&mut harmony);
    Edit::Harmony {
        harmony,
        when: None,
    }
}

fn key(seat: Seat) -> Choice {
    Choice::shared(
        seat,
        "Key",
        "The session's key, from the next bar",
        Vec::new(),
        |document| i64::from(document.harmony.latest().key.get()),
        move |key| harmony_edit(seat, |harmony| harmony.key = PitchClass::new(key)),
    )
    .among(seat, |document| {
        let scale = document.harmony.latest().scale;
        let name = |key: i64| {
            let key = PitchClass::new(key);
            let harmony = Harmony {
                key,
                scale,
                ..Harmony::default()
            };
            harmony.spell(key).to_owned()
        };
        (0..12).map(|key| (key, name(key))).collect()
    })
}

pub(crate) fn scale(seat: Seat) -> Choice {
    Choice::shared(
        seat,
        "Scale",
        "The notes that belong to the key. It sounds from the next bar.",
        measures::numbered(&Scale::ALL, |scale| scale.name().to_owned()),
        |document| measures::number_of(&Scale::ALL, &document.harmony.latest().scale),
        move |number| {
            harmony_edit(seat, |harmony| {
                harmony.scale = measures::numbered_as(&Scale::ALL, number).unwrap_or_default();
            })
        },
    )
}

/// The session's loop: whether it turns, from which bar, and how many bars long.
fn cycle(seat: Seat) -> Tag {
    let dialog = Dialog::new("Loop");
    let on = seat
        .board
        .condition(|document| document.timeline.region.is_some());
    let opener = dialog
        .opener("button loop", "Loop")
        .set("title", "The session's loop")
        .state("data-on", on);
    tag("div", "held")
        .with(opener)
        .with(dialog.show(move || cycle_settings(seat)))
}

/// While it is held, steps with the fill condition sound, for everyone.
fn fill(seat: Seat) -> Tag {
    let board = seat.board;
    let held = board.condition(|document| document.fill);
    let set = move |fill: bool| {
        if held.get_untracked() != fill {
            seat.edit(Edit::Session(SessionSetting::Fill(fill)));
        }
    };
    button("button fill-held", "Fill", move |event| {
        let event: MouseEvent = event.unchecked_into();
        // A key has no end that is sure to be seen: it switches.
        if event.detail() == 0 {
            set(!held.get_untracked());
        }
    })
    .set(
        "title",
        "While it is held, steps with the fill condition sound",
    )
    .state("aria-pressed", held)
    .disabled(board.locked())
    .on("pointerdown", move |event| {
        let event: PointerEvent = event.unchecked_into();
        let pressed = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        if let Some(pressed) = pressed {
            // Without it a release beside the button is not seen; then another press ends it.
            let _ = pressed.set_pointer_capture(event.pointer_id());
        }
        set(true);
    })
    .on("pointerup", move |_| set(false))
    .on("pointercancel", move |_| set(false))
}

fn cycle_settings(seat: Seat) -> Tag {
    let board = seat.board;
    let region = move || {
        board
            .document
            .with_untracked(|document| document.timeline.region)
    };
    let led = board.led_by_other();
    let turns = Switch {
        words: "Turns",
        name: "The session loops".to_owned(),
        hint: "Someone who leads the transport decides",
        value: board.condition(|document| document.timeline.region.is_some()),
        set: Arc::new(move |on| {
            let region = if on {
                LoopRegion::of_bars(0, BARS)
            } else {
                None
            };
            seat.edit(Edit::Loop { region, at: None });
        }),
        locked: led,
    };
    let first = Dial::shared(
        seat,
        "From bar",
        "The bar the loop begins at",
        Range::new(1, 9_999, 1).travel(2_000),
        |document| {
            document
                .timeline
                .region
                .map_or(1, |region| region.bars().0 + 1)
        },
        move |bar| loop_of(bar - 1, region().map_or(BARS, |region| region.bars().1)),
    );
    let length = Dial::shared(
        seat,
        "Length",
        "How many bars it is long",
        Range::new(1, 999, BARS)
            .travel(1_000)
            .words(words::bars, |text| decimal(text, 0)),
        |document| {
            document
                .timeline
                .region
                .map_or(BARS, |region| region.bars().1)
        },
        move |bars| loop_of(region().map_or(0, |region| region.bars().0), bars),
    );
    let line = tag("div", "line")
        .with(turns.show("toggle"))
        .with(
            Dial {
                locked: led,
                ..first
            }
            .show(Shape::Number),
        )
        .with(
            Dial {
                locked: led,
                ..length
            }
            .show(Shape::Number),
        );
    let hint = "While the session plays, it goes round here for everyone.";
    tag("div", "section")
        .with(line)
        .with(text("p", "hint", hint))
}

fn loop_of(first: i64, length: i64) -> Edit {
    Edit::Loop {
        region: LoopRegion::of_bars(first, length),
        at: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taps_are_averaged_and_forgotten_after_a_while() {
        let at = |millis: i64| LocalTime::from_micros(millis * 1_000);
        let mut taps = Taps::default();
        assert_eq!(taps.tap(at(0)), None);
        assert_eq!(taps.tap(at(500)), Some(Tempo::new(12_000)));
        assert_eq!(taps.tap(at(980)), Some(Tempo::new(12_245)));
        assert_eq!(taps.tap(at(9_000)), None);
    }
}
