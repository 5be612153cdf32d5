//! Buttons: pressed once, switched on and off, or held.

use super::spot;
use crate::editor::theme::Theme;
use egui::{Align2, Color32, FontId, Response, Sense, Stroke, StrokeKind, Ui, vec2};

#[must_use = "a control is shown by `show`"]
pub(in crate::editor) struct Button<'a> {
    label: &'a str,
    hint: &'a str,
    /// Whether what it switches is on.
    is_on: bool,
    is_enabled: bool,
    colour: Option<Color32>,
    width: Option<f32>,
    height: f32,
    size: Option<f32>,
    is_bare: bool,
}

impl<'a> Button<'a> {
    pub(in crate::editor) fn new(label: &'a str) -> Self {
        Self {
            label,
            hint: "",
            is_on: false,
            is_enabled: true,
            colour: None,
            width: None,
            height: 24.0,
            size: None,
            is_bare: false,
        }
    }

    pub(in crate::editor) fn hint(self, hint: &'a str) -> Self {
        Self { hint, ..self }
    }

    pub(in crate::editor) fn on(self, is_on: bool) -> Self {
        Self { is_on, ..self }
    }

    pub(in crate::editor) fn enabled(self, is_enabled: bool) -> Self {
        Self { is_enabled, ..self }
    }

    /// The colour it has while it is on.
    pub(in crate::editor) fn colour(self, colour: Color32) -> Self {
        Self {
            colour: Some(colour),
            ..self
        }
    }

    pub(in crate::editor) fn width(self, width: f32) -> Self {
        Self {
            width: Some(width),
            ..self
        }
    }

    /// As small as text gets.
    pub(in crate::editor) fn small(self, theme: &Theme) -> Self {
        Self {
            size: Some(theme.small),
            height: 20.0,
            ..self
        }
    }

    /// Without a face until the pointer is over it.
    pub(in crate::editor) fn bare(self) -> Self {
        Self {
            is_bare: true,
            ..self
        }
    }

    pub(in crate::editor) fn show(self, ui: &mut Ui, theme: &Theme) -> Response {
        let font = FontId::proportional(self.size.unwrap_or(theme.text));
        let colour = self.colour.unwrap_or(theme.accent);
        let ink = match (self.is_enabled, self.is_on) {
            (false, _) => theme.faint.gamma_multiply(0.7),
            (true, true) if is_light(colour) => theme.on_colour,
            (true, true) => theme.ink,
            (true, false) => theme.ink,
        };
        let galley = ui
            .painter()
            .layout_no_wrap(self.label.to_owned(), font, ink);
        let natural = galley.size().x + theme.inset * 2.0;
        let width = self.width.unwrap_or(natural);
        let sense = if self.is_enabled {
            Sense::CLICK
        } else {
            Sense::HOVER
        };
        let (area, response) = spot(ui, vec2(width, self.height), sense, self.label);
        let is_hot = self.is_enabled && response.hovered();
        let is_down = response.is_pointer_button_down_on();
        let fill = match (self.is_on, is_down, is_hot) {
            (true, _, false) => colour,
            (true, _, true) => colour.gamma_multiply(0.88),
            (false, true, _) => theme.line,
            (false, false, true) => theme.step_lit,
            (false, false, false) if self.is_bare => Color32::TRANSPARENT,
            (false, false, false) => theme.raised,
        };
        ui.painter().rect_filled(area, theme.radius, fill);
        if !self.is_bare && !self.is_on {
            let edge = Stroke::new(1.0, theme.line);
            ui.painter()
                .rect_stroke(area, theme.radius, edge, StrokeKind::Inside);
        }
        let corner = Align2::CENTER_CENTER
            .align_size_within_rect(galley.size(), area)
            .min;
        ui.painter().galley(corner, galley, ink);
        if self.hint.is_empty() {
            response
        } else {
            response.on_hover_text(self.hint)
        }
    }
}

/// Whether dark text reads better on it.
fn is_light(colour: Color32) -> bool {
    let [red, green, blue, _] = colour.to_array().map(u32::from);
    red * 3 + green * 6 + blue > 128 * 10
}

/// Whether the pointer went down on a button (true) or left it (false) just now.
pub(in crate::editor) fn hold(ui: &Ui, response: &Response) -> Option<bool> {
    let key = response.id.with("is held");
    let was_down = ui.data(|data| data.get_temp(key).unwrap_or(false));
    let is_down = response.is_pointer_button_down_on();
    ui.data_mut(|data| data.insert_temp(key, is_down));
    (was_down != is_down).then_some(is_down)
}
