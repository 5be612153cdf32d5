//! The list of sounds: presets by category and search, and the samples of the session.

use super::super::track::OfTrack;
use super::audition;
use crate::dom::{Tag, button, set, tag, text};
use leptos::ev::{Event, KeyboardEvent};
use leptos::prelude::*;
use leptos::web_sys::{Element, HtmlElement, HtmlInputElement, HtmlSelectElement};
use lockstep_engine::{Category, Preset};
use lockstep_session::document::instrument::Source;
use lockstep_session::document::track::TrackSetting;
use lockstep_session::ids::SampleId;
use lockstep_session::text::Name;
use wasm_bindgen::JsCast;

/// What the list is narrowed to.
#[derive(Clone, Debug, Default, PartialEq)]
struct Sought {
    words: String,
    category: Option<Category>,
}

pub(super) fn browser(of: OfTrack) -> Tag {
    let board = of.seat.board;
    let sought = RwSignal::new(Sought::default());
    let samples = board.slice(|document| {
        let samples = document.samples.iter();
        let named = samples.map(|(id, sample)| (*id, sample.name.to_string()));
        named.collect::<Vec<_>>()
    });
    let current = board.words(move |document| {
        of.read(document, |settings| {
            source_name(&settings.instrument.source)
        })
    });
    let list = tag("div", "sounds")
        .set("role", "listbox")
        .set("aria-label", "Sounds")
        .on("click", move |event| choose(of, &event))
        .on("keydown", |event| walk(event.unchecked_ref()))
        .filled(move || {
            let presets = sought.with(|sought| Preset::search(&sought.words, sought.category));
            let presets = presets.into_iter();
            let presets = presets.map(|preset| sound(&preset_name(preset), preset.title));
            let samples = samples.get().into_iter();
            let samples = samples.map(|(id, name)| sound(&sample_name(id), &name));
            samples.chain(presets).collect()
        })
        .painted(move |list| {
            sought.track();
            samples.track();
            mark(list, &current.get());
        });
    tag("div", "browser").with(search(sought)).with(list)
}

fn sound(name: &str, title: &str) -> Tag {
    button("", title, |_| {})
        .set("role", "option")
        .set("tabindex", "-1")
        .set("data-sound", name)
}

/// Shows which sound plays, and lets Tab come to it.
fn mark(list: &HtmlElement, current: &str) {
    let mut next = list.first_element_child();
    let mut entrance = next.clone();
    while let Some(option) = next {
        let is_current = option.get_attribute("data-sound").as_deref() == Some(current);
        set(
            &option,
            "aria-selected",
            if is_current { "true" } else { "false" },
        );
        set(&option, "tabindex", "-1");
        next = option.next_element_sibling();
        if is_current {
            entrance = Some(option);
        }
    }
    if let Some(entrance) = entrance {
        set(&entrance, "tabindex", "0");
    }
}

/// A sound that is chosen is heard at once; one that plays already is only heard.
fn choose(of: OfTrack, event: &Event) {
    let pressed = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let Some(name) = pressed.and_then(|pressed| pressed.get_attribute("data-sound")) else {
        return;
    };
    let Some(source) = source_of(&name) else {
        return;
    };
    let plays = of.now(|settings| settings.instrument.source == source);
    if !plays && !of.seat.board.locked().get_untracked() {
        of.seat.edit(of.edit(TrackSetting::Source(source)));
    }
    audition(of);
}

fn source_name(source: &Source) -> String {
    match source {
        Source::Preset(name) => format!("preset {name}"),
        Source::Sample(id) => sample_name(*id),
    }
}

fn preset_name(preset: &Preset) -> String {
    format!("preset {}", preset.name)
}

fn sample_name(id: SampleId) -> String {
    format!("sample {}", id.hex())
}

fn source_of(name: &str) -> Option<Source> {
    match name.split_once(' ')? {
        ("preset", name) => Some(Source::Preset(Name::new(name))),
        (_, id) => Some(Source::Sample(SampleId::parse(id)?)),
    }
}

fn search(sought: RwSignal<Sought>) -> Tag {
    let words = tag("input", "text-field")
        .set("type", "search")
        .set("placeholder", "Search")
        .set("aria-label", "Search sounds");
    let input: HtmlInputElement = words.element().unchecked_into();
    let words = words
        .on("input", move |_| {
            sought.update(|sought| sought.words = input.value())
        })
        // What is typed is not a shortcut of the page.
        .on("keydown", |event| event.stop_propagation());
    let categories = Category::ALL.iter().map(|category| {
        let name = category.title();
        text("option", "", name).set("value", name)
    });
    let list = tag("select", "")
        .set("aria-label", "Category")
        .with(text("option", "", "All").set("value", ""))
        .with_all(categories);
    let select: HtmlSelectElement = list.element().unchecked_into();
    let list = list.on("change", move |_| {
        let chosen = select.value();
        let mut all = Category::ALL.into_iter();
        let category = all.find(|category| category.title() == chosen);
        sought.update(|sought| sought.category = category);
    });
    tag("div", "line choice").with(words).with(list)
}

/// Arrow keys go from sound to sound.
fn walk(event: &KeyboardEvent) {
    let at = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let next = match event.key().as_str() {
        "ArrowDown" => at.and_then(|at| at.next_element_sibling()),
        "ArrowUp" => at.and_then(|at| at.previous_element_sibling()),
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    if let Some(next) = next {
        // A button can take the focus.
        let _ = next.unchecked_into::<HtmlElement>().focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sound_is_known_again_by_its_name() {
        for source in [
            Source::Preset(Name::new("kick-909")),
            Source::Sample(SampleId::from_bytes([7; 32])),
        ] {
            assert_eq!(source_of(&source_name(&source)), Some(source));
        }
    }
}
