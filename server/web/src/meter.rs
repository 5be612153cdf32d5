//! The moving part of a meter. It must not know what is measured.

use crate::dom::{Style, Tag, style_of, tag};
use std::cell::Cell;
use wasm_bindgen::JsValue;

pub(crate) struct Bar {
    tag: Tag,
    style: Style,
    level: JsValue,
    /// As many as a screen shows in its height.
    lines: u8,
    shown: Cell<u8>,
}

impl Bar {
    /// One that is down, and of so many lines.
    pub(crate) fn new(class: &str, lines: u8) -> Bar {
        let tag = tag("i", &format!("meter-bar {class}")).set("aria-hidden", "true");
        Bar {
            style: style_of(&tag.element()),
            tag,
            level: JsValue::from_str("--level"),
            lines,
            shown: Cell::new(0),
        }
    }

    pub(crate) fn tag(&self) -> Tag {
        self.tag.clone()
    }

    /// To a share of full height; what is above that is full.
    pub(crate) fn rise(&self, share: f32) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "brought into its range first"
        )]
        let height = (share.clamp(0.0, 1.0) * f32::from(self.lines)).ceil() as u8;
        if self.shown.replace(height) != height {
            let percent = u32::from(height) * 100 / u32::from(self.lines);
            self.style.put_number(&self.level, percent);
        }
    }
}
