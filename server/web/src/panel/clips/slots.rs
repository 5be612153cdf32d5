//! The slots themselves: real buttons, painted by one effect for all of them, walked by arrow keys.

use super::Chosen;
use crate::dom::{Tag, set, tag};
use crate::seat::Seat;
use leptos::ev::{Event, KeyboardEvent, PointerEvent};
use leptos::prelude::*;
use leptos::web_sys::{Element, HtmlElement};
use lockstep_session::document::Document;
use lockstep_session::document::clip::{Clip, Content};
use lockstep_session::document::words;
use lockstep_session::edit::Edit;
use lockstep_session::ids::{SceneIndex, TrackId};
use lockstep_session::slot::{Slot, State, Turn, clip_name, scene_name, stop};
use lockstep_session::units::Beat;
use std::cell::Cell;
use std::fmt::Write;
use std::rc::Rc;
use wasm_bindgen::JsCast;

pub(super) fn slots(seat: Seat, chosen: RwSignal<Option<Chosen>>) -> Tag {
    let board = seat.board;
    let drag = Cell::new(None::<Slot>);
    let drag = Rc::new(drag);
    let click = move |event: Event| {
        if let Some(touched) = Touched::of(&event)
            && !board.locked().get_untracked()
        {
            launch(seat, touched, chosen);
        }
    };
    let dragged = Rc::clone(&drag);
    let press = move |event: Event| {
        let pointer: &PointerEvent = event.unchecked_ref();
        dragged.set(match Touched::of(&event) {
            Some(Touched::Slot(slot)) if pointer.pointer_type() == "mouse" => Some(slot),
            _ => None,
        });
    };
    let release = move |event: Event| {
        if let (Some(from), Some(Touched::Slot(to))) = (drag.take(), Touched::of(&event))
            && from != to
        {
            copy(seat, from, to);
            chosen.set(Some(Chosen::Slot(to)));
        }
    };
    let choose = move |event: &Event| match Touched::of(event) {
        Some(Touched::Slot(slot)) => chosen.set(Some(Chosen::Slot(slot))),
        Some(Touched::Scene(Some(scene))) => chosen.set(Some(Chosen::Scene(scene))),
        _ => {}
    };
    tag("div", "slots")
        .set("role", "group")
        .set("aria-label", "Slots")
        .on("click", click)
        .on("pointerdown", press)
        .on("pointerup", release)
        .on("focusin", move |event| choose(&event))
        .on("contextmenu", move |event| {
            event.prevent_default();
            choose(&event);
        })
        .on("keydown", |event| walk(event.unchecked_ref()))
        .painted(move |place| {
            board.document.with(|document| {
                lay_out(place, document);
                paint(place, document, board.beat.get(), chosen.get());
            });
        })
}

/// What a button of the launcher is for.
enum Touched {
    Slot(Slot),
    Stop(TrackId),
    /// Without a scene, every track stops.
    Scene(Option<SceneIndex>),
}

impl Touched {
    fn of(event: &Event) -> Option<Touched> {
        let element: Element = event.target()?.dyn_into().ok()?;
        let button = element.closest("[data-slot]").ok()??;
        let name = button.get_attribute("data-slot")?;
        let (track, scene) = name.split_once(' ')?;
        let scene = scene.parse().ok().and_then(SceneIndex::new);
        Some(match (track.parse().ok().map(TrackId), scene) {
            (Some(track), Some(scene)) => Touched::Slot(Slot { track, scene }),
            (Some(track), None) => Touched::Stop(track),
            (None, scene) => Touched::Scene(scene),
        })
    }
}

fn launch(seat: Seat, touched: Touched, chosen: RwSignal<Option<Chosen>>) {
    match touched {
        Touched::Slot(slot) => {
            chosen.set(Some(Chosen::Slot(slot)));
            let is_filled = seat
                .board
                .document
                .with_untracked(|document| document.clip(slot.track, slot.scene).is_some());
            if is_filled {
                seat.edit(slot.launch());
            }
        }
        Touched::Stop(track) => seat.edit(stop(track)),
        Touched::Scene(scene) => {
            chosen.set(scene.map(Chosen::Scene));
            seat.edit(Edit::LaunchScene { scene, when: None });
        }
    }
}

fn copy(seat: Seat, from: Slot, to: Slot) {
    let clip = seat
        .board
        .document
        .with_untracked(|document| document.clip(from.track, from.scene).cloned());
    if let Some(clip) = clip {
        seat.edit(to.copy_of(&clip));
    }
}

/// Makes the buttons, unless they are there.
fn lay_out(place: &Element, document: &Document) {
    let tracks: Vec<TrackId> = document.tracks.iter().map(|track| track.id).collect();
    let mut html = String::new();
    let mut button = |track: &str, scene: &str| {
        // What cannot be written to a string does not exist.
        let _ = write!(
            html,
            "<button type=\"button\" data-slot=\"{track} {scene}\"></button>"
        );
    };
    if !tracks.is_empty() {
        for track in std::iter::once(String::new()).chain(tracks.iter().map(|id| id.0.to_string()))
        {
            for scene in 0..SceneIndex::COUNT {
                button(&track, &scene.to_string());
            }
            button(&track, "");
        }
    }
    let names = format!("{tracks:?}");
    if place.get_attribute("data-tracks").as_deref() != Some(&names) {
        place.set_inner_html(&html);
        set(place, "data-tracks", &names);
    }
}

/// Brings each button to what the document says; those that say so already are left alone.
fn paint(place: &Element, document: &Document, beat: Beat, chosen: Option<Chosen>) {
    let mut buttons = Buttons(place.first_element_child());
    if document.tracks.is_empty() {
        return;
    }
    for scene in SceneIndex::all() {
        let filled = document
            .tracks
            .iter()
            .any(|track| track.clip(scene).is_some());
        let name = scene_name(document, scene);
        let follow = words::follow(document.scenes[scene.index()].follow);
        let class = if filled { "scene" } else { "scene bare" };
        let is_chosen = chosen == Some(Chosen::Scene(scene));
        buttons.next(
            class,
            is_chosen,
            "\u{25b8}",
            &format!("Launch {name}: {follow}"),
        );
    }
    buttons.next(
        "halt",
        false,
        "\u{25a0}",
        "Stop every track at the next launch",
    );
    let rows = document.rows();
    for track in &document.tracks {
        let turn = Turn::of(track, &rows, beat);
        let (name, hue) = (&track.settings.name, track.settings.colour.get());
        for scene in SceneIndex::all() {
            let slot = Slot {
                track: track.id,
                scene,
            };
            let clip = track.clip(scene).map(AsRef::as_ref);
            let (class, words) = described(clip, turn.state(scene), scene);
            let class = format!("slot {class} hue-{hue}");
            let text = clip.map_or(String::new(), |clip| {
                clip_name(clip, scene).chars().take(3).collect()
            });
            let is_chosen = chosen == Some(Chosen::Slot(slot));
            let scene = scene_name(document, scene);
            buttons.next(
                &class,
                is_chosen,
                &text,
                &format!("{name}, {scene}: {words}"),
            );
        }
        let (class, words) = match turn.queued {
            Some((None, at)) => ("halt", format!("{name} stops at {}", words::place(at))),
            _ if turn.can_stop() => ("halt", format!("Stop {name}")),
            _ => ("halt bare", format!("{name} is stopped")),
        };
        buttons.next(class, false, "\u{25a0}", &words);
    }
    // Tab comes to one of them, the arrows to the others.
    if let Ok(None) = place.query_selector("[tabindex='0']")
        && let Some(first) = place.first_element_child()
    {
        set(&first, "tabindex", "0");
    }
}

/// The class of a slot and what it says of itself.
fn described(clip: Option<&Clip>, state: State, scene: SceneIndex) -> (&'static str, String) {
    let Some(clip) = clip else {
        return ("bare", "empty".to_owned());
    };
    let (class, state) = match state {
        State::Resting => ("resting", "resting".to_owned()),
        State::Playing => ("playing", "playing".to_owned()),
        State::Queued(at) => ("queued", format!("starts at {}", words::place(at))),
        State::Ending(at) => (
            "playing ending",
            format!("plays until {}", words::place(at)),
        ),
    };
    let kind = match &clip.content {
        Content::Pattern(pattern) => format!("pattern of {} steps", pattern.length().get()),
        Content::Loop(audio) => format!("loop of {}", words::bars(i64::from(audio.bars.get()))),
    };
    let class = match (&clip.content, class) {
        (Content::Pattern(_), class) => class,
        (Content::Loop(_), "playing") => "audio playing",
        (Content::Loop(_), "queued") => "audio queued",
        (Content::Loop(_), "resting") => "audio resting",
        (Content::Loop(_), _) => "audio playing ending",
    };
    let name = clip_name(clip, scene);
    (class, format!("{name}, {kind}, {state}"))
}

/// The buttons in their order.
struct Buttons(Option<Element>);

impl Buttons {
    fn next(&mut self, class: &str, is_chosen: bool, text: &str, name: &str) {
        let Some(button) = self.0.take() else {
            return;
        };
        self.0 = button.next_element_sibling();
        let class = if is_chosen {
            format!("{class} chosen")
        } else {
            class.to_owned()
        };
        if button.class_name() != class {
            button.set_class_name(&class);
            let pressed = class.contains("playing");
            if class.starts_with("slot") {
                set(
                    &button,
                    "aria-pressed",
                    if pressed { "true" } else { "false" },
                );
            }
        }
        if button.get_attribute("aria-label").as_deref() != Some(name) {
            set(&button, "aria-label", name);
            set(&button, "title", name);
        }
        if button.text_content().as_deref() != Some(text) {
            button.set_text_content(Some(text));
        }
        if !button.has_attribute("tabindex") {
            set(&button, "tabindex", "-1");
        }
    }
}

/// Arrow keys go from slot to slot.
fn walk(event: &KeyboardEvent) {
    let columns = SceneIndex::COUNT + 1;
    let Some(at) = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
    else {
        return;
    };
    let (steps, forwards) = match event.key().as_str() {
        "ArrowLeft" => (1, false),
        "ArrowRight" => (1, true),
        "ArrowUp" => (columns, false),
        "ArrowDown" => (columns, true),
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    let mut next = Some(at.clone());
    for _ in 0..steps {
        next = next.and_then(|at| {
            if forwards {
                at.next_element_sibling()
            } else {
                at.previous_element_sibling()
            }
        });
    }
    if let Some(next) = next {
        set(&at, "tabindex", "-1");
        set(&next, "tabindex", "0");
        // A button can take the focus.
        let _ = next.unchecked_into::<HtmlElement>().focus();
    }
}
