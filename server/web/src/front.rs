//! The landing page, and the page behind a link that leads nowhere: both start a new session.

use crate::header::Mark;
use crate::{api, browser};
use leptos::prelude::*;

/// `/`
#[component]
pub(crate) fn Front() -> impl IntoView {
    view! {
        <main class="front">
            <Mark />
            <h1>"Lockstep"</h1>
            <p>"A step sequencer that several people play at once, in their browsers and in their DAWs, on the same beat."</p>
            <NewSession />
        </main>
    }
}

/// `/s/` with an id that no session has.
#[component]
pub(crate) fn Lost() -> impl IntoView {
    view! {
        <main class="front">
            <Mark />
            <h1>"No session has this link"</h1>
            <p>"Perhaps a letter went missing on the way: ask for the link again, or start something new."</p>
            <NewSession />
        </main>
    }
}

#[component]
fn NewSession() -> impl IntoView {
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
    view! {
        <button type="button" class="button strong" on:click=begin aria-busy=Signal::derive(move || waiting.get().to_string())>
            "New session"
        </button>
        <p class="problem" role="alert">{Signal::derive(move || problem.get())}</p>
    }
}
