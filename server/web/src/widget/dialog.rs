//! A window over the page. The browser's own: it keeps the focus inside and closes with Escape.

use leptos::prelude::*;

#[derive(Clone, Copy)]
pub(crate) struct Dialog {
    pub(crate) title: &'static str,
    pub(crate) open: RwSignal<bool>,
}

impl Dialog {
    pub(crate) fn new(title: &'static str) -> Dialog {
        Dialog {
            title,
            open: RwSignal::new(false),
        }
    }

    /// What it holds is made only while it is open.
    pub(crate) fn show(self, content: impl Fn() -> AnyView + Send + 'static) -> AnyView {
        let content: Box<dyn Fn() -> AnyView + Send> = Box::new(content);
        let shown = move || self.open.get().then(|| self.window(content()));
        shown.into_any()
    }

    fn window(self, content: AnyView) -> AnyView {
        let place = NodeRef::<leptos::html::Dialog>::new();
        Effect::new(move |_| {
            if let Some(dialog) = place.get() {
                // It was just made, so it is not open yet.
                request_animation_frame(move || drop(dialog.show_modal()));
            }
        });
        let press = move |event: leptos::ev::PointerEvent| {
            // Beside the window: its backdrop counts as the dialog itself.
            if event.target() == place.get_untracked().map(Into::into) {
                self.open.set(false);
            }
        };
        view! {
            <dialog
                class="window" aria-label=self.title node_ref=place
                on:close=move |_| self.open.set(false) on:pointerdown=press
                on:keydown=move |event| event.stop_propagation()
            >
                <div class="window-body">
                    <div class="window-head">
                        <h2>{self.title}</h2>
                        <button type="button" class="close" aria-label="Close" on:click=move |_| self.open.set(false)>"×"</button>
                    </div>
                    {content}
                </div>
            </dialog>
        }
        .into_any()
    }
}
