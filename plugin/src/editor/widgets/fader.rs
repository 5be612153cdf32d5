//! A fader: a bar that is set where it is pressed, upright or lying.

use super::number::{held, turned};
use super::range::Range;
use crate::editor::theme::Theme;
use egui::{Rect, Sense, Ui, Vec2, pos2, vec2};

/// Its size decides which way it lies.
#[must_use = "a control is shown by `show`"]
pub(in crate::editor) struct Fader<'a> {
    name: &'a str,
    value: f64,
    range: &'a Range<'a>,
    size: Vec2,
    hint: &'a str,
    is_enabled: bool,
}

const TRACK: f32 = 4.0;
const HANDLE: f32 = 8.0;

impl<'a> Fader<'a> {
    /// The name tells this fader from the others of its panel; it is not shown.
    pub(in crate::editor) fn new(
        name: &'a str,
        value: f64,
        range: &'a Range<'a>,
        size: Vec2,
    ) -> Self {
        Self {
            name,
            value,
            range,
            size,
            hint: "",
            is_enabled: true,
        }
    }

    pub(in crate::editor) fn hint(self, hint: &'a str) -> Self {
        Self { hint, ..self }
    }

    pub(in crate::editor) fn enabled(self, is_enabled: bool) -> Self {
        Self { is_enabled, ..self }
    }

    /// The new value, if it was changed.
    pub(in crate::editor) fn show(self, ui: &mut Ui, theme: &Theme) -> Option<f64> {
        let (area, _) = ui.allocate_exact_size(self.size, Sense::empty());
        let id = ui.scope_id().with(("fader", self.name));
        let sense = if self.is_enabled {
            Sense::CLICK | Sense::DRAG
        } else {
            Sense::HOVER
        };
        let response = ui.interact(area, id, sense);
        let is_upright = area.height() > area.width();
        let shown = self.range.share(held(ui, id).unwrap_or(self.value));
        let is_hot = self.is_enabled && (response.hovered() || response.dragged());
        self.paint(ui, theme, area, shown, is_upright, is_hot);
        let turned = if response.dragged() && !is_upright {
            let share = response
                .interact_pointer_pos()
                .map(|pointer| (pointer.x - area.left()) / area.width());
            share
                .map(|share| self.range.at(share.clamp(0.0, 1.0)))
                .filter(|value| *value != self.value)
        } else {
            turned(ui, &response, self.value, self.range)
        };
        if response.hovered() || response.dragged() {
            let words = self.range.words(turned.unwrap_or(self.value));
            let hint = if self.hint.is_empty() {
                words
            } else {
                format!("{words}\n{}", self.hint)
            };
            response.on_hover_text(hint);
        }
        turned
    }

    fn paint(
        &self,
        ui: &Ui,
        theme: &Theme,
        area: Rect,
        share: f32,
        is_upright: bool,
        is_hot: bool,
    ) {
        let painter = ui.painter();
        let colour = if self.is_enabled {
            theme.dim
        } else {
            theme.line
        };
        let centre = area.center();
        let handle_fill = if is_hot { theme.ink } else { theme.dim };
        if is_upright {
            let at = area.bottom() - HANDLE / 2.0 - share * (area.height() - HANDLE);
            let track = Rect::from_center_size(centre, vec2(TRACK, area.height()));
            painter.rect_filled(track, TRACK / 2.0, theme.line);
            let filled = Rect::from_min_max(pos2(track.left(), at), track.max);
            painter.rect_filled(filled, TRACK / 2.0, colour);
            let handle =
                Rect::from_center_size(pos2(centre.x, at), vec2(area.width().min(22.0), HANDLE));
            painter.rect_filled(handle, 3.0, handle_fill);
        } else {
            let at = area.left() + HANDLE / 2.0 + share * (area.width() - HANDLE);
            let track = Rect::from_center_size(centre, vec2(area.width(), TRACK));
            painter.rect_filled(track, TRACK / 2.0, theme.line);
            let filled = Rect::from_min_max(track.min, pos2(at, track.bottom()));
            painter.rect_filled(filled, TRACK / 2.0, colour);
            let handle =
                Rect::from_center_size(pos2(at, centre.y), vec2(HANDLE, area.height().min(16.0)));
            painter.rect_filled(handle, 3.0, handle_fill);
        }
    }
}
