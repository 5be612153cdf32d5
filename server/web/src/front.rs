//! The landing page, and the page behind a link that leads nowhere: both start a new session.

use crate::dom::{Tag, button, tag, text};
use crate::header::mark;
use crate::{api, browser};
use leptos::prelude::*;

/// `/`
pub(crate) fn front() -> Tag {
    tag("main", "front")
        .with(mark())
        .with(text("h1", "", "Lockstep"))
        .with(text("p", "", "A step sequencer that several people play at once, in their browsers and in their DAWs, on the same beat."))
        .with_all(new_session())
}

/// `/s/` with an id that no session has.
pub(crate) fn lost() -> Tag {
    tag("main", "front")
        .with(mark())
        .with(text("h1", "", "No session has this link"))
        .with(text("p", "", "Perhaps a letter went missing on the way: ask for the link again, or start something new."))
        .with_all(new_session())
}

fn new_session() -> [Tag; 2] {
    let problem = RwSignal::new(String::new());
    let waiting = RwSignal::new(false);
    let begin = move |_| {
        if waiting.get_untracked() {
            return;
        }
        waiting.set(true);
        problem.set(String::new());
        leptos::task::spawn_local(async move {
            match api::new_session(None).await {
                Ok(id) => browser::go_to(&format!("/s/{id}")),
                Err(why) => {
                    problem.set(why);
                    waiting.set(false);
                }
            }
        });
    };
    [
        button("button strong", "New session", begin).state("aria-busy", waiting.into()),
        tag("p", "problem")
            .set("role", "alert")
            .says(problem.into()),
    ]
}
