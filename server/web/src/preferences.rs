//! What this browser keeps for its player in every session: how the page looks and moves.
//! Nothing here is shared.

use crate::browser;
use crate::dom::set;
use leptos::prelude::document;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Preferences {
    pub(crate) theme: Theme,
    /// Nothing moves by itself, whatever the system says.
    pub(crate) still: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the system has it.
    #[default]
    System,
    Dark,
    Light,
}

impl Theme {
    pub(crate) const ALL: [Theme; 3] = [Theme::System, Theme::Dark, Theme::Light];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Dark => "dark",
            Theme::Light => "light",
        }
    }
}

impl Preferences {
    pub(crate) fn kept() -> Preferences {
        let theme = browser::kept("lockstep.theme").unwrap_or_default();
        let mut themes = Theme::ALL.into_iter();
        Preferences {
            theme: themes
                .find(|known| known.name() == theme)
                .unwrap_or_default(),
            still: browser::kept("lockstep.still").as_deref() == Some("true"),
        }
    }

    pub(crate) fn keep(self) {
        browser::keep("lockstep.theme", self.theme.name());
        browser::keep("lockstep.still", if self.still { "true" } else { "false" });
    }

    /// Makes the page look so.
    pub(crate) fn show(self) {
        let Some(page) = document().document_element() else {
            return;
        };
        let theme = match self.theme {
            Theme::System if browser::prefers("(prefers-color-scheme: light)") => Theme::Light,
            Theme::System => Theme::Dark,
            chosen => chosen,
        };
        set(&page, "data-theme", theme.name());
        set(
            &page,
            "data-still",
            if self.still { "true" } else { "false" },
        );
    }
}
