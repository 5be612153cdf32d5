//! The landing page, and the page behind a link that leads nowhere: both start a new session.

use crate::dom::{Tag, button, derived, tag, text};
use crate::header::mark;
use crate::{api, browser, recent};
use leptos::prelude::*;

const WHAT: &str = "A step sequencer that several people play at once, in their browsers and in their DAWs, on the same beat.";

/// `/`
pub(crate) fn front() -> Tag {
    let begin = Beginning::new();
    let start = tag("div", "front-start")
        .with(mark())
        .with(text("h1", "", "Lockstep"))
        .with(text("p", "", WHAT))
        .with_all(begin.new_session())
        .with(text(
            "p",
            "hint",
            "No account, nothing to install: send the link, and whoever opens it plays along.",
        ));
    tag("main", "front")
        .with(start)
        .with(begin.templates())
        .with(recents())
        .with(plugin())
}

/// `/s/` with an id that no session has.
pub(crate) fn lost() -> Tag {
    tag("main", "front")
        .with(mark())
        .with(text("h1", "", "No session has this link"))
        .with(text("p", "", "Perhaps a letter went missing on the way: ask for the link again, or start something new."))
        .with_all(Beginning::new().new_session())
}

/// A session that is being made, or why it is not. Copies are the same.
#[derive(Clone, Copy)]
struct Beginning {
    problem: RwSignal<String>,
    waiting: RwSignal<bool>,
}

impl Beginning {
    fn new() -> Beginning {
        Beginning {
            problem: RwSignal::new(String::new()),
            waiting: RwSignal::new(false),
        }
    }

    fn begin(self, template: Option<String>) {
        if self.waiting.get_untracked() {
            return;
        }
        self.waiting.set(true);
        self.problem.set(String::new());
        leptos::task::spawn_local(async move {
            match api::new_session(template.as_deref()).await {
                Ok(id) => browser::go_to(&format!("/s/{id}")),
                Err(why) => {
                    self.problem.set(why);
                    self.waiting.set(false);
                }
            }
        });
    }

    fn new_session(self) -> [Tag; 2] {
        [
            button("button strong", "New session", move |_| self.begin(None))
                .state("aria-busy", self.waiting.into()),
            tag("p", "problem")
                .set("role", "alert")
                .says(self.problem.into()),
        ]
    }

    /// What a session may begin as: each of them plays at once.
    fn templates(self) -> Tag {
        let known = RwSignal::new(Vec::<[String; 3]>::new());
        leptos::task::spawn_local(async move {
            // Without the list there is still the button above.
            let Ok(answer) = api::ask("GET", "/templates", None).await else {
                return;
            };
            let templates = js_sys::Array::from(&api::field(&answer, "templates"));
            let texts = |template| {
                ["name", "title", "description"]
                    .map(|key| api::text(&template, key).unwrap_or_default())
            };
            known.set(templates.iter().map(texts).collect());
        });
        let cards = tag("ul", "templates").filled(move || {
            let card = |[name, title, description]: [String; 3]| {
                let begin = button("template", "", move |_| self.begin(Some(name.clone())))
                    .with(text("b", "", &title))
                    .with(text("span", "", &description));
                tag("li", "").with(begin)
            };
            known.get().into_iter().map(card).collect()
        });
        tag("section", "front-part")
            .hidden(derived(move || known.with(Vec::is_empty)))
            .with(text("h2", "", "Begin with something that plays"))
            .with(cards)
    }
}

/// The sessions this browser was in, newest first.
fn recents() -> Tag {
    let visits = recent::visits();
    let none = visits.is_empty();
    let line = |visit: recent::Visit| {
        let link = tag("a", "recent")
            .set("href", &format!("/s/{}", visit.id))
            .with(text("b", "", &visit.name));
        tag("li", "").with(link)
    };
    tag("section", "front-part")
        .hidden(Signal::stored(none))
        .with(text("h2", "", "Where you were"))
        .with(tag("ul", "recents").with_all(visits.into_iter().map(line)))
}

/// How a workstation comes in.
fn plugin() -> Tag {
    let steps = [
        "The plugin is a VST3 and a CLAP, made of the same source as this server: there, cargo xtask bundle --install builds it and puts it where workstations look.",
        "Load it on an instrument track, and paste a session\u{2019}s link into it.",
        "The grid follows your project\u{2019}s transport, or your project the session\u{2019}s: on the same beat as every browser, sample for sample.",
    ];
    let steps = steps.map(|step| text("li", "", step));
    tag("section", "front-part")
        .with(text("h2", "", "In your DAW"))
        .with(tag("ol", "steps-to-plugin").with_all(steps))
}
