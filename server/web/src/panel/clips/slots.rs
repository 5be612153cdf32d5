//! The slots themselves: real buttons, painted by one effect for all of them, walked by arrow keys.

use super::Chosen;
use crate::board::Board;
use crate::dom::{Tag, set, tag};
use crate::seat::Seat;
use crate::widget::REST;
use leptos::ev::{Event, KeyboardEvent, MouseEvent, PointerEvent};
use leptos::leptos_dom::helpers::set_timeout;
use leptos::prelude::*;
use leptos::web_sys::{Element, HtmlCollection, HtmlElement};
use lockstep_session::document::Document;
use lockstep_session::document::clip::{Clip, Content};
use lockstep_session::document::launch::Rows;
use lockstep_session::document::track::Track;
use lockstep_session::document::words;
use lockstep_session::edit::Edit;
use lockstep_session::ids::{SceneIndex, TrackId};
use lockstep_session::slot::{Slot, State, Turn, clip_name, scene_name, stop};
use std::cell::{Cell, RefCell};
use std::fmt::Write;
use std::rc::Rc;
use std::sync::Arc;
use wasm_bindgen::JsCast;

/// The scenes and a stop.
const COLUMNS: usize = SceneIndex::COUNT + 1;

pub(super) fn slots(seat: Seat, chosen: RwSignal<Option<Chosen>>) -> Tag {
    let board = seat.board;
    let hand = Rc::new(Hand::default());
    let (clicking, pressing, releasing) = (Rc::clone(&hand), Rc::clone(&hand), Rc::clone(&hand));
    let click = move |event: Event| {
        // A click that no pointer made is nobody's letting go.
        let clicks = event.unchecked_ref::<MouseEvent>().detail();
        if let Some(touched) = Touched::of(&event)
            && !(clicking.has_rested.take() && clicks > 0)
            && !board.locked().get_untracked()
        {
            launch(seat, touched, chosen);
        }
    };
    let choose = move |event: &Event| match Touched::of(event) {
        Some(Touched::Slot(slot)) => chosen.set(Some(Chosen::Slot(slot))),
        Some(Touched::Scene(Some(scene))) => chosen.set(Some(Chosen::Scene(scene))),
        _ => {}
    };
    let press = move |event: Event| {
        let is_mouse = event.unchecked_ref::<PointerEvent>().pointer_type() == "mouse";
        let hand = Rc::clone(&pressing);
        hand.dragged.set(match Touched::of(&event) {
            Some(Touched::Slot(slot)) if is_mouse => Some(slot),
            _ => None,
        });
        hand.has_rested.set(false);
        let press = hand.moves();
        let look_again = move || {
            if hand.moved.get() == press {
                hand.has_rested.set(true);
                choose(&event);
            }
        };
        if !is_mouse {
            set_timeout(look_again, REST);
        }
    };
    let release = move |event: Event| {
        releasing.moves();
        if let (Some(from), Some(Touched::Slot(to))) =
            (releasing.dragged.take(), Touched::of(&event))
            && from != to
        {
            copy(seat, from, to);
            chosen.set(Some(Chosen::Slot(to)));
        }
    };
    tag("div", "slots")
        .set("role", "group")
        .set("aria-label", "Slots")
        .on("click", click)
        .on("pointerdown", press)
        .on("pointerup", release)
        .on("pointercancel", move |_| {
            hand.moves();
        })
        .on("focusin", move |event| choose(&event))
        .on("contextmenu", move |event| {
            event.prevent_default();
            choose(&event);
        })
        .on("keydown", |event| walk(event.unchecked_ref()))
        .painted({
            let painted = RefCell::new(None);
            move |place| {
                let now = Painted::of(board, chosen.get());
                let is_new = lay_out(place, &now.document);
                let before = painted.take().filter(|_| !is_new);
                paint(place, before.as_ref(), &now);
                painted.replace(Some(now));
            }
        })
}

/// What a pointer does here between its clicks.
#[derive(Default)]
struct Hand {
    /// Where a mouse went down, which may drag a copy from there.
    dragged: Cell<Option<Slot>>,
    /// How often it went down or up: a finger sees by it whether it still rests.
    moved: Cell<u32>,
    /// The finger has opened what it rested on, so that letting go launches nothing.
    has_rested: Cell<bool>,
}

impl Hand {
    fn moves(&self) -> u32 {
        self.moved.set(self.moved.get().wrapping_add(1));
        self.moved.get()
    }
}

/// What the buttons are painted from.
struct Painted {
    document: Arc<Document>,
    rows: Rows,
    /// Of each track.
    turns: Vec<Turn>,
    chosen: Option<Chosen>,
}

impl Painted {
    fn of(board: Board, chosen: Option<Chosen>) -> Painted {
        let (document, beat) = (board.document.get(), board.beat.get());
        let rows = document.rows();
        let tracks = document.tracks.iter();
        let turn = |track: &Arc<Track>| Turn::of(track, board.playing(track, &rows, beat), beat);
        Painted {
            turns: tracks.map(turn).collect(),
            rows,
            document,
            chosen,
        }
    }

    /// The tracks, each with what it does.
    fn lines(&self) -> impl Iterator<Item = (&Arc<Track>, Turn)> {
        self.document.tracks.iter().zip(self.turns.iter().copied())
    }

    /// Whether the buttons of this line are painted from the same.
    fn shows(&self, line: usize, track: &Arc<Track>, turn: Turn) -> bool {
        let shown = self.lines().nth(line);
        shown.is_some_and(|(before, shown)| {
            let is_same = Arc::ptr_eq(before, track) || before.differs_only_in_steps(track);
            is_same && shown == turn
        })
    }
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

/// Makes the buttons, unless they are there. Whether they are new.
fn lay_out(place: &Element, document: &Document) -> bool {
    let tracks: Vec<TrackId> = document.tracks.iter().map(|track| track.id).collect();
    let names = format!("{tracks:?}");
    if place.get_attribute("data-tracks").as_deref() == Some(&names) {
        return false;
    }
    set(place, "data-tracks", &names);
    let mut html = String::new();
    let mut button = |track: &str, scene: &str| {
        // What cannot be written to a string does not exist.
        let _ = write!(
            html,
            "<button type=\"button\" tabindex=\"-1\" data-slot=\"{track} {scene}\"></button>"
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
    place.set_inner_html(&html);
    // Tab comes to one of them, the arrows to the others.
    if let Some(first) = place.first_element_child() {
        set(&first, "tabindex", "0");
    }
    true
}

/// Brings each button to what is so now. Tracks that are as they were keep theirs, if `before` is what
/// these buttons were painted from.
fn paint(place: &Element, before: Option<&Painted>, now: &Painted) {
    let same = before.filter(|before| {
        before.chosen == now.chosen && before.document.scenes == now.document.scenes
    });
    let mut buttons = Buttons {
        all: place.children(),
        at: 0,
    };
    if same.is_none_or(|before| before.rows != now.rows) {
        paint_scenes(&mut buttons, now);
    }
    for (line, (track, turn)) in now.lines().enumerate() {
        if same.is_some_and(|before| before.shows(line, track, turn)) {
            continue;
        }
        buttons.at = (line + 1) * COLUMNS;
        paint_track(&mut buttons, now, track, turn);
    }
}

fn paint_scenes(buttons: &mut Buttons, now: &Painted) {
    for scene in SceneIndex::all() {
        let name = scene_name(&now.document, scene);
        let follow = words::follow(now.document.scenes[scene.index()].follow);
        let is_filled = now.rows.filled[scene.index()];
        let class = if is_filled { "scene" } else { "scene bare" };
        let is_chosen = now.chosen == Some(Chosen::Scene(scene));
        let words = format!("Launch {name}: {follow}");
        buttons.next(class, is_chosen, "\u{25b8}", &words);
    }
    let words = "Stop every track at the next launch";
    buttons.next("halt", false, "\u{25a0}", words);
}

fn paint_track(buttons: &mut Buttons, now: &Painted, track: &Track, turn: Turn) {
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
        let is_chosen = now.chosen == Some(Chosen::Slot(slot));
        let scene = scene_name(&now.document, scene);
        let words = format!("{name}, {scene}: {words}");
        buttons.next(&class, is_chosen, &text, &words);
    }
    let (class, words) = match turn.queued {
        Some((None, at)) => ("halt", format!("{name} stops at {}", words::place(at))),
        _ if turn.can_stop() => ("halt", format!("Stop {name}")),
        _ => ("halt bare", format!("{name} is stopped")),
    };
    buttons.next(class, false, "\u{25a0}", &words);
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
struct Buttons {
    all: HtmlCollection,
    at: usize,
}

impl Buttons {
    fn next(&mut self, class: &str, is_chosen: bool, text: &str, name: &str) {
        let at = u32::try_from(self.at).unwrap_or(u32::MAX);
        let Some(button) = self.all.item(at) else {
            return;
        };
        self.at += 1;
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
    }
}

/// Arrow keys go from slot to slot.
fn walk(event: &KeyboardEvent) {
    let Some(at) = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
    else {
        return;
    };
    let (steps, forwards) = match event.key().as_str() {
        "ArrowLeft" => (1, false),
        "ArrowRight" => (1, true),
        "ArrowUp" => (COLUMNS, false),
        "ArrowDown" => (COLUMNS, true),
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
