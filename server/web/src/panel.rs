//! The panels around the grid: beside it where there is room, below it as tabs, and on phones as
//! sheets. A panel is made when it is opened and gone when it is closed.

mod clips;
mod effects;
mod export;
mod harmony;
mod instrument;
mod mixer;
mod pattern;
mod people;
mod roll;
mod samples;
mod settings;
mod step;
pub(crate) mod track;

use crate::dom::{Tag, button, derived, tag, text};
use crate::seat::Seat;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use lockstep_session::ids::TrackId;
use wasm_bindgen::JsCast;

/// Mute and solo for this player's ears.
pub(crate) fn private(seat: Seat, track: TrackId) -> Tag {
    mixer::private(seat, track)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    Clips,
    Harmony,
    Step,
    Notes,
    Pattern,
    Instrument,
    Mixer,
    Effects,
    Samples,
    Export,
    Players,
    Settings,
}

/// In the order of the plugin's.
const TABS: [Tab; 12] = [
    Tab::Clips,
    Tab::Harmony,
    Tab::Step,
    Tab::Notes,
    Tab::Pattern,
    Tab::Instrument,
    Tab::Mixer,
    Tab::Effects,
    Tab::Samples,
    Tab::Export,
    Tab::Players,
    Tab::Settings,
];

impl Tab {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Tab::Clips => "Clips",
            Tab::Harmony => "Harmony",
            Tab::Step => "Step",
            Tab::Notes => "Notes",
            Tab::Pattern => "Pattern",
            Tab::Instrument => "Instrument",
            Tab::Mixer => "Mixer",
            Tab::Effects => "Effects",
            Tab::Samples => "Samples",
            Tab::Export => "Export",
            Tab::Players => "Players",
            Tab::Settings => "Settings",
        }
    }

    /// Stands beside the grid where the screen is wide.
    fn is_beside(self) -> bool {
        matches!(self, Tab::Clips | Tab::Harmony)
    }

    fn content(self, seat: Seat) -> Tag {
        match self {
            Tab::Clips => clips::clips(seat),
            Tab::Harmony => harmony::harmony(seat),
            Tab::Step => step::step(seat),
            Tab::Notes => roll::roll(seat),
            Tab::Pattern => pattern::pattern(seat),
            Tab::Instrument => instrument::instrument(seat),
            Tab::Mixer => mixer::mixer(seat),
            Tab::Effects => effects::effects(seat),
            Tab::Samples => samples::samples(seat),
            Tab::Export => export::export(seat),
            Tab::Players => people::people(seat),
            Tab::Settings => settings::settings(seat),
        }
    }
}

/// What stands beside the grid on wide screens. Its room is kept from the start; it is filled once the
/// grid is on the screen and can be played.
pub(crate) fn beside(seat: Seat, is_wanted: RwSignal<bool>) -> Tag {
    let wide = seat.board.wide;
    let panel = move |tab: &Tab| {
        tag("section", "panel")
            .set("aria-label", tab.title())
            .with(tab.content(seat))
    };
    tag("aside", "beside")
        .hidden(derived(move || !wide.get()))
        .filled(move || {
            let is_filled = wide.get() && is_wanted.get();
            let shown = TABS.iter().filter(|tab| is_filled && tab.is_beside());
            shown.map(panel).collect()
        })
}

/// The tabs, and the panel that is open.
pub(crate) fn below(seat: Seat) -> Tag {
    let board = seat.board;
    let open = Memo::new(move |_| {
        let tab = board.selected.with(|selected| selected.tab);
        tab.filter(|tab| !(board.wide.get() && tab.is_beside()))
    });
    let tabs = tag("div", "tabs")
        .set("role", "tablist")
        .set("aria-label", "Panels")
        .on("keydown", |event| walk(event.unchecked_ref()))
        .filled(move || {
            let shown = TABS.into_iter();
            let shown = shown.filter(|tab| !(board.wide.get() && tab.is_beside()));
            shown.map(|tab| opener(seat, tab, open)).collect()
        });
    let panel = tag("div", "held").filled(move || {
        let sheet = open.get().map(|tab| sheet(seat, tab));
        sheet.into_iter().collect()
    });
    tag("div", "below").with(tabs).with(panel)
}

fn sheet(seat: Seat, tab: Tab) -> Tag {
    let close = move || seat.board.open(None);
    let head = tag("div", "sheet-head")
        .with(text("h2", "", tab.title()))
        .with(button("close", "\u{d7}", move |_| close()).set("aria-label", "Close"));
    tag("section", "panel sheet")
        .set("role", "tabpanel")
        .set("id", "panel")
        .set("aria-label", tab.title())
        .with(head)
        .with(tab.content(seat))
}

fn opener(seat: Seat, tab: Tab, open: Memo<Option<Tab>>) -> Tag {
    let press = move |_| {
        let next = (open.get_untracked() != Some(tab)).then_some(tab);
        seat.board.open(next);
    };
    button("", tab.title(), press)
        .set("role", "tab")
        .set("aria-controls", "panel")
        .state("aria-selected", derived(move || open.get() == Some(tab)))
}

/// Arrow keys go from button to button.
pub(crate) fn walk(event: &KeyboardEvent) {
    let Some(at) = document().active_element() else {
        return;
    };
    let next = match event.key().as_str() {
        "ArrowLeft" => at.previous_element_sibling(),
        "ArrowRight" => at.next_element_sibling(),
        _ => return,
    };
    if let Some(next) = next {
        event.prevent_default();
        // A tab can always take the focus.
        let _ = next
            .unchecked_into::<leptos::web_sys::HtmlElement>()
            .focus();
    }
}
