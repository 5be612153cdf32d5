//! Elements of the page. One small type makes them all: a typed view for each shape of the page
//! would weigh more than everything else in it. What is shown follows signals by effects, which
//! end with the panel that made them.

use leptos::ev::Event;
use leptos::prelude::*;
use leptos::web_sys::{self, HtmlElement};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// What the bindings of elements expect to be refused, at the price of a closure each time. Names and
    /// values are legal ones here.
    type Painted;
    #[wasm_bindgen(method, js_name = setAttribute)]
    fn put(this: &Painted, name: &str, value: &str);
    #[wasm_bindgen(method, js_name = toggleAttribute)]
    fn toggle(this: &Painted, name: &str, is_there: bool);

    pub(crate) type Style;
    #[wasm_bindgen(method, js_name = setProperty)]
    fn put(this: &Style, name: &str, value: &str);
    /// Neither text has to be made anew.
    #[wasm_bindgen(method, js_name = setProperty)]
    pub(crate) fn put_number(this: &Style, name: &JsValue, value: u32);
}

/// An element that was made here. Clones are the same element.
#[derive(Clone, Debug)]
pub(crate) struct Tag(HtmlElement);

/// A new element.
pub(crate) fn tag(name: &str, class: &str) -> Tag {
    let made = document()
        .create_element(name)
        .expect("elements are named by literals");
    let made: HtmlElement = made.unchecked_into();
    if !class.is_empty() {
        made.set_class_name(class);
    }
    Tag(made)
}

/// The same with a text in it.
pub(crate) fn text(name: &str, class: &str, words: &str) -> Tag {
    let made = tag(name, class);
    made.0.set_text_content(Some(words));
    made
}

/// A button, which submits nothing. What it says is also its name, unless it is given one.
pub(crate) fn button(class: &str, words: &str, press: impl FnMut(Event) + 'static) -> Tag {
    text("button", class, words)
        .set("type", "button")
        .on("click", press)
}

/// Does something now and whenever a signal that it reads changes.
pub(crate) fn follow(run: impl FnMut() + 'static) {
    begin(Box::new(run));
}

/// A signal made of others. Its closure is boxed, so that there is one kind of it for each type.
pub(crate) fn derived<T: Send + Sync + 'static>(
    of: impl Fn() -> T + Send + Sync + 'static,
) -> Signal<T> {
    derive(Box::new(of))
}

fn derive<T: Send + Sync + 'static>(of: Box<dyn Fn() -> T + Send + Sync>) -> Signal<T> {
    Signal::derive(of)
}

// Not generic, as are the others that take boxes here: there is one of it in the page.
fn begin(mut run: Box<dyn FnMut()>) {
    Effect::new(move |_| run());
}

fn listen(element: &HtmlElement, event: &str, act: Box<dyn FnMut(Event)>) {
    let listener = Closure::wrap(act).into_js_value();
    // Only an object that is no function is refused.
    let _ = element.add_event_listener_with_callback(event, listener.unchecked_ref());
}

fn refill(element: HtmlElement, fill: Box<dyn Fn() -> Vec<Tag>>) {
    follow(move || {
        element.set_text_content(None);
        for child in fill() {
            // A new element fits into any other.
            let _ = element.append_child(&child.0);
        }
    });
}

/// An attribute, unless it is so already.
pub(crate) fn set(element: &web_sys::Element, name: &str, value: &str) {
    if element.get_attribute(name).as_deref() != Some(value) {
        put(element, name, value);
    }
}

/// An attribute that is known to be another.
pub(crate) fn put(element: &web_sys::Element, name: &str, value: &str) {
    element.unchecked_ref::<Painted>().put(name, value);
}

/// An attribute that is there or not.
pub(crate) fn toggle(element: &web_sys::Element, name: &str, is_there: bool) {
    element.unchecked_ref::<Painted>().toggle(name, is_there);
}

/// One property of how an element looks. The page's policy allows no whole style attributes.
pub(crate) fn style(element: &HtmlElement, name: &str, value: &str) {
    style_of(element).put(name, value);
}

pub(crate) fn style_of(element: &HtmlElement) -> Style {
    element.style().unchecked_into()
}

impl Tag {
    pub(crate) fn element(&self) -> HtmlElement {
        self.0.clone()
    }

    /// Another one just like it, with all that is in it. What this one follows and hears the copy does
    /// not.
    pub(crate) fn copy(&self) -> Tag {
        // An element can be copied.
        let copy = self.0.clone_node_with_deep(true);
        copy.map_or_else(|_| self.clone(), |copy| Tag(copy.unchecked_into()))
    }

    /// The children, in their order.
    pub(crate) fn children(&self) -> Vec<HtmlElement> {
        let children = self.0.children();
        let all = (0..children.length()).filter_map(|at| children.item(at));
        all.map(JsCast::unchecked_into).collect()
    }

    pub(crate) fn set(self, name: &str, value: &str) -> Tag {
        put(&self.0, name, value);
        self
    }

    pub(crate) fn with(self, child: Tag) -> Tag {
        // A new element fits into any other.
        let _ = self.0.append_child(&child.0);
        self
    }

    pub(crate) fn with_all(self, children: impl IntoIterator<Item = Tag>) -> Tag {
        children.into_iter().fold(self, Tag::with)
    }

    pub(crate) fn on(self, event: &str, act: impl FnMut(Event) + 'static) -> Tag {
        listen(&self.0, event, Box::new(act));
        self
    }

    /// Paints the element now and at each change of what that reads.
    pub(crate) fn painted(self, paint: impl Fn(&HtmlElement) + 'static) -> Tag {
        let element = self.0.clone();
        follow(move || paint(&element));
        self
    }

    pub(crate) fn says(self, words: Signal<String>) -> Tag {
        self.painted(move |element| {
            words.with(|words| {
                if element.text_content().as_deref() != Some(words) {
                    element.set_text_content(Some(words));
                }
            });
        })
    }

    pub(crate) fn attribute(self, name: &'static str, value: Signal<String>) -> Tag {
        self.painted(move |element| value.with(|value| set(element, name, value)))
    }

    /// "true" or "false", as ARIA has it.
    pub(crate) fn state(self, name: &'static str, value: Signal<bool>) -> Tag {
        self.painted(move |element| set(element, name, if value.get() { "true" } else { "false" }))
    }

    pub(crate) fn hidden(self, hidden: Signal<bool>) -> Tag {
        self.painted(move |element| element.set_hidden(hidden.get()))
    }

    pub(crate) fn disabled(self, disabled: Signal<bool>) -> Tag {
        self.painted(move |element| toggle(element, "disabled", disabled.get()))
    }

    /// Other children whenever what they are made of changes. What the former ones followed ends.
    pub(crate) fn filled(self, fill: impl Fn() -> Vec<Tag> + 'static) -> Tag {
        refill(self.0.clone(), Box::new(fill));
        self
    }
}
