//! The macros of the sound and every parameter that its machine hears, by section.

use super::super::track::OfTrack;
use super::pitch_of;
use crate::dom::{Tag, button, tag, text};
use crate::measures;
use crate::widget::{Choice, Dial, Range, Shape};
use leptos::prelude::*;
use lockstep_engine::{Meaning, Preset, Section, amount, knobs};
use lockstep_session::document::instrument::{Amount, Parameter, Source};
use lockstep_session::document::track::TrackSetting;

/// Other knobs whenever the track plays another sound.
pub(super) fn turning(of: OfTrack) -> Tag {
    let board = of.seat.board;
    let source = board
        .slice(move |document| of.read(document, |settings| settings.instrument.source.clone()));
    tag("div", "sections").filled(move || source.with(|source| sections(of, source)))
}

fn sections(of: OfTrack, source: &Source) -> Vec<Tag> {
    let preset = match source {
        Source::Preset(name) => Preset::find(name),
        Source::Sample(_) => None,
    };
    let mut sections = Vec::new();
    if let Some(preset) = preset.filter(|preset| preset.drums().next().is_some()) {
        sections.push(kit(of, preset));
    }
    let macros = preset.map_or(&[][..], |preset| preset.macros);
    let macros = Parameter::MACROS.into_iter().zip(macros);
    let macros = macros.map(|(parameter, knob)| turn(of, parameter, knob.label, Meaning::Share));
    sections.extend(section("Macros", macros.collect()));
    for part in Section::ALL {
        let heard = knobs(source).iter().filter(|knob| knob.section == part);
        let controls = heard.map(|knob| turn(of, knob.parameter, knob.label, knob.meaning));
        sections.extend(section(part.title(), controls.collect()));
    }
    sections
}

fn section(title: &str, controls: Vec<Tag>) -> Option<Tag> {
    (!controls.is_empty()).then(|| {
        tag("div", "section")
            .set("role", "group")
            .set("aria-label", title)
            .with(text("h3", "", title))
            .with(tag("div", "controls").with_all(controls))
    })
}

/// One parameter. Where the sound itself puts it, nothing is stored.
fn turn(of: OfTrack, parameter: Parameter, label: &str, meaning: Meaning) -> Tag {
    let usual = of.now(|settings| lockstep_engine::usual(&settings.instrument, parameter));
    let value = move |document: &lockstep_session::document::Document| {
        of.read(document, |settings| {
            i64::from(amount(&settings.instrument, parameter).get())
        })
    };
    let edit = move |value: i64| {
        let usual = of.now(|settings| lockstep_engine::usual(&settings.instrument, parameter));
        let amount = Some(Amount::new(value)).filter(|amount| *amount != usual);
        of.edit(TrackSetting::Parameter { parameter, amount })
    };
    if let Meaning::Choice(choices) = meaning {
        let options = (0..).zip(choices.iter().map(|choice| (*choice).to_owned()));
        let place = move |amount: i64| {
            let chosen = meaning.choice(Amount::new(amount)).unwrap_or_default();
            measures::number_of(choices, &chosen)
        };
        return Choice::shared(
            of.seat,
            label,
            "",
            options.collect(),
            move |document| place(value(document)),
            move |number| {
                let words = measures::numbered_as(choices, number).unwrap_or_default();
                edit(measures::read_meaning(meaning, words).unwrap_or(0))
            },
        )
        .show();
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is a part of ten thousand"
    )]
    let notch = meaning.notch() as i64;
    let range = Range::new(0, 10_000, i64::from(usual.get()))
        .notch(notch)
        .words(
            move |value| measures::meaning(meaning, Amount::new(value)),
            move |text| measures::read_meaning(meaning, text),
        );
    Dial::shared(
        of.seat,
        label,
        "Double-click for what the sound itself has",
        range,
        value,
        edit,
    )
    .show(Shape::Knob)
}

/// The drums of a kit, each to be struck.
fn kit(of: OfTrack, preset: &'static Preset) -> Tag {
    let drums = preset.drums().map(|(note, title)| {
        let pitch = pitch_of(note);
        button("button small", &format!("{title} {pitch:+}"), move |_| {
            of.seat.strike(of.track, pitch);
        })
        .set("title", &format!("{title}: write it as pitch {pitch:+}"))
    });
    let hint = "A kit has a drum on each of these pitches. Click one to hear it.";
    tag("div", "section")
        .with(text("p", "hint", hint))
        .with(tag("div", "line").with_all(drums))
}
