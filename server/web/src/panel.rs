//! The panels around the grid: beside it where there is room, below it as tabs, and on phones as
//! sheets. A panel is made when it is opened and gone when it is closed.

use crate::seat::Seat;
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    Clips,
    Harmony,
    Step,
    Pattern,
    Instrument,
    Mixer,
    Effects,
    Samples,
    Export,
    Settings,
}

/// In the order of the plugin's.
const TABS: [Tab; 10] = [
    Tab::Clips,
    Tab::Harmony,
    Tab::Step,
    Tab::Pattern,
    Tab::Instrument,
    Tab::Mixer,
    Tab::Effects,
    Tab::Samples,
    Tab::Export,
    Tab::Settings,
];

impl Tab {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Tab::Clips => "Clips",
            Tab::Harmony => "Harmony",
            Tab::Step => "Step",
            Tab::Pattern => "Pattern",
            Tab::Instrument => "Instrument",
            Tab::Mixer => "Mixer",
            Tab::Effects => "Effects",
            Tab::Samples => "Samples",
            Tab::Export => "Export",
            Tab::Settings => "Settings",
        }
    }

    /// Stands beside the grid where the screen is wide.
    fn is_beside(self) -> bool {
        matches!(self, Tab::Clips | Tab::Harmony)
    }

    fn content(self, _seat: Seat) -> AnyView {
        match self {
            // Each panel is one function here.
            Tab::Clips
            | Tab::Harmony
            | Tab::Step
            | Tab::Pattern
            | Tab::Instrument
            | Tab::Mixer
            | Tab::Effects
            | Tab::Samples
            | Tab::Export
            | Tab::Settings => ().into_any(),
        }
    }
}

/// What stands beside the grid on wide screens.
pub(crate) fn beside(seat: Seat) -> AnyView {
    let wide = seat.board.wide;
    let panels = move || {
        wide.get().then(|| {
            view! {
                <aside class="beside">
                    {TABS.into_iter().filter(|tab| tab.is_beside()).map(|tab| section(seat, tab)).collect_view()}
                </aside>
            }
        })
    };
    panels.into_any()
}

fn section(seat: Seat, tab: Tab) -> AnyView {
    view! { <section class="panel" aria-label=tab.title()>{tab.content(seat)}</section> }.into_any()
}

/// The tabs, and the panel that is open.
pub(crate) fn below(seat: Seat) -> AnyView {
    let board = seat.board;
    let open = Memo::new(move |_| {
        let tab = board.selected.with(|selected| selected.tab);
        tab.filter(|tab| !(board.wide.get() && tab.is_beside()))
    });
    let tabs = move || {
        TABS.into_iter()
            .filter(|tab| !(board.wide.get() && tab.is_beside()))
            .map(|tab| tab_button(seat, tab, open))
            .collect_view()
    };
    let panel = move || {
        open.get().map(|tab| {
            view! {
                <section class="panel sheet" role="tabpanel" id="panel" aria-label=tab.title()>
                    <div class="sheet-head">
                        <h2>{tab.title()}</h2>
                        <button type="button" class="close" aria-label="Close" on:click=move |_| board.open(None)>"×"</button>
                    </div>
                    {tab.content(seat)}
                </section>
            }
        })
    };
    view! {
        <div class="below">
            <div class="tabs" role="tablist" aria-label="Panels" on:keydown=walk>{tabs}</div>
            {panel}
        </div>
    }
    .into_any()
}

fn tab_button(seat: Seat, tab: Tab, open: Memo<Option<Tab>>) -> AnyView {
    let chosen = Signal::derive(move || open.get() == Some(tab));
    let press = move |_| {
        let next = (open.get_untracked() != Some(tab)).then_some(tab);
        seat.board.open(next);
    };
    view! {
        <button
            type="button" role="tab" aria-controls="panel"
            aria-selected=Signal::derive(move || chosen.get().to_string())
            on:click=press
        >{tab.title()}</button>
    }
    .into_any()
}

/// Arrow keys go from tab to tab.
fn walk(event: leptos::ev::KeyboardEvent) {
    use wasm_bindgen::JsCast;
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
