//! Elements made and named by hand, where one effect paints what a view would paint with many.

use leptos::prelude::document;
use leptos::web_sys::{Element, HtmlElement};
use wasm_bindgen::JsCast;

/// A new element at the end of another.
pub(crate) fn child(parent: &Element, name: &str, class: &str) -> Option<HtmlElement> {
    let child: HtmlElement = document().create_element(name).ok()?.unchecked_into();
    child.set_class_name(class);
    parent.append_child(&child).ok()?;
    Some(child)
}

pub(crate) fn set(element: &Element, name: &str, value: &str) {
    // Refused only for names that are not names.
    let _ = element.set_attribute(name, value);
}
