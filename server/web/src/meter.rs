//! The moving part of a meter. It must not know what is measured.

use crate::dom::{Tag, style, tag};
use std::cell::Cell;

pub(crate) struct Bar {
    tag: Tag,
    /// In percent of its height: about what a screen can show.
    shown: Cell<i32>,
}

impl Bar {
    /// One that is down.
    pub(crate) fn new(class: &str) -> Bar {
        Bar {
            tag: tag("i", &format!("meter-bar {class}")).set("aria-hidden", "true"),
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
            reason = "brought into 0 to 100 first"
        )]
        let height = (share.clamp(0.0, 1.0) * 100.0) as i32;
        if self.shown.replace(height) != height {
            style(&self.tag.element(), "--level", &height.to_string());
        }
    }
}
