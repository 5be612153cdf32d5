//! A number that is dragged, wheeled, reset by a double click, and typed after a click.

use super::range::Range;
use crate::editor::theme::Theme;
use egui::{Align2, Color32, FontId, Id, Key, Rect, Response, Sense, TextEdit, Ui, vec2};

/// A number in a box.
#[must_use = "a control is shown by `show`"]
pub(in crate::editor) struct Number<'a> {
    name: &'a str,
    value: f64,
    range: &'a Range<'a>,
    hint: &'a str,
    width: f32,
    height: f32,
    size: Option<f32>,
    notch: Option<f64>,
    is_enabled: bool,
    is_bare: bool,
}

/// Points of dragging from one end to the other.
const TRAVEL: f64 = 160.0;
/// With the shift key everything goes so much finer.
const FINE: f64 = 0.1;

impl<'a> Number<'a> {
    /// The name tells this number from the others of its panel.
    pub(in crate::editor) fn new(name: &'a str, value: f64, range: &'a Range<'a>) -> Self {
        Self {
            name,
            value,
            range,
            hint: "",
            width: 56.0,
            height: 24.0,
            size: None,
            notch: None,
            is_enabled: true,
            is_bare: false,
        }
    }

    pub(in crate::editor) fn hint(self, hint: &'a str) -> Self {
        Self { hint, ..self }
    }

    pub(in crate::editor) fn width(self, width: f32) -> Self {
        Self { width, ..self }
    }

    pub(in crate::editor) fn height(self, height: f32) -> Self {
        Self { height, ..self }
    }

    /// The size of its digits.
    pub(in crate::editor) fn size(self, size: f32) -> Self {
        Self {
            size: Some(size),
            ..self
        }
    }

    /// What a notch of the wheel and a few points of dragging are, where its steps are finer than
    /// that.
    pub(in crate::editor) fn notch(self, notch: f64) -> Self {
        Self {
            notch: Some(notch),
            ..self
        }
    }

    pub(in crate::editor) fn enabled(self, is_enabled: bool) -> Self {
        Self { is_enabled, ..self }
    }

    /// Without a box, as in the header.
    pub(in crate::editor) fn bare(self) -> Self {
        Self {
            is_bare: true,
            ..self
        }
    }

    /// The new value, if it was changed.
    pub(in crate::editor) fn show(self, ui: &mut Ui, theme: &Theme) -> Option<f64> {
        let (area, _) = ui.allocate_exact_size(vec2(self.width, self.height), Sense::empty());
        let id = ui.scope_id().with(("number", self.name));
        let sense = if self.is_enabled {
            Sense::CLICK | Sense::DRAG
        } else {
            Sense::HOVER
        };
        let response = ui.interact(area, id, sense);
        let is_hot = self.is_enabled && (response.hovered() || response.dragged());
        if !self.is_bare || is_hot {
            let fill = if is_hot { theme.step_lit } else { theme.raised };
            ui.painter().rect_filled(area, theme.radius, fill);
        }
        let look = Digits {
            align: if self.is_bare {
                Align2::LEFT_CENTER
            } else {
                Align2::CENTER_CENTER
            },
            size: self.size.unwrap_or(theme.text),
            colour: if self.is_enabled {
                theme.ink
            } else {
                theme.faint
            },
        };
        let value = self.value;
        let typed = typed(ui, theme, &response, area, value, self.range, &look);
        let turned = match self.notch {
            Some(notch) => coarse(ui, &response, value, self.range, notch),
            None => turned(ui, &response, value, self.range),
        };
        let hint = response.on_hover_text(self.hint);
        if self.is_enabled {
            hint.on_hover_cursor(egui::CursorIcon::ResizeVertical);
        }
        typed.or(turned)
    }
}

/// How the number itself is painted.
pub(super) struct Digits {
    pub(super) align: Align2,
    pub(super) size: f32,
    pub(super) colour: Color32,
}

/// Shows the number, or the field in which it is being typed.
pub(super) fn typed(
    ui: &mut Ui,
    theme: &Theme,
    response: &Response,
    area: Rect,
    value: f64,
    range: &Range<'_>,
    digits: &Digits,
) -> Option<f64> {
    let key = response.id.with("typing");
    let typing: Option<String> = ui.data(|data| data.get_temp(key));
    let Some(mut text) = typing else {
        let shown = held(ui, response.id).unwrap_or(value);
        let font = FontId::proportional(digits.size);
        let at = digits.align.pos_in_rect(&area);
        let words = range.words(range.nearest(shown));
        ui.painter()
            .text(at, digits.align, words, font, digits.colour);
        if response.clicked() && !response.double_clicked() {
            ui.data_mut(|data| data.insert_temp(key, range.words(value)));
            ui.ctx().request_repaint();
        }
        return None;
    };
    let field = response.id.with("field");
    let began = key.with("began");
    let is_new = !ui.data(|data| data.get_temp(began).unwrap_or(false));
    ui.painter()
        .rect_filled(area, theme.radius, theme.background);
    let editor = TextEdit::singleline(&mut text)
        .id(field)
        .font(FontId::proportional(digits.size))
        .frame(egui::Frame::NONE)
        .margin(egui::Margin::symmetric(2, 0))
        .desired_width(area.width() - 4.0)
        .align(Align2::CENTER_CENTER);
    let shown = ui.put(area, editor);
    if is_new {
        shown.request_focus();
        select_all(ui, field, &text);
        ui.data_mut(|data| data.insert_temp(began, true));
    }
    let (step, is_cancelled) = ui.input(|input| {
        let up = input.key_pressed(Key::ArrowUp);
        let down = input.key_pressed(Key::ArrowDown);
        let by = f64::from(i8::from(up) - i8::from(down));
        let by = by * if input.modifiers.shift { 10.0 } else { 1.0 };
        (by * range.step_size(), input.key_pressed(Key::Escape))
    });
    if step != 0.0 {
        let stepped = range.nearest(range.typed(&text).unwrap_or(value) + step);
        ui.data_mut(|data| data.insert_temp(key, range.words(stepped)));
        select_all(ui, field, &text);
        return (stepped != value).then_some(stepped);
    }
    if shown.lost_focus() || (!is_new && !shown.has_focus()) {
        ui.data_mut(|data| {
            data.remove::<String>(key);
            data.remove::<bool>(began);
        });
        let entered = range.typed(&text).filter(|_| !is_cancelled);
        return entered.filter(|entered| *entered != value);
    }
    ui.data_mut(|data| data.insert_temp(key, text));
    None
}

fn select_all(ui: &Ui, field: Id, text: &str) {
    use egui::text::{CCursor, CCursorRange};
    let mut state = TextEdit::load_state(ui.ctx(), field).unwrap_or_default();
    let end = CCursor::new(text.chars().count());
    let all = CCursorRange::two(CCursor::new(0), end);
    state.cursor.set_char_range(Some(all));
    TextEdit::store_state(ui.ctx(), field, state);
}

/// The value that a drag, the wheel or a double click makes of this one.
pub(super) fn turned(ui: &Ui, response: &Response, value: f64, range: &Range<'_>) -> Option<f64> {
    let key = response.id.with("held");
    if response.double_clicked() {
        ui.data_mut(|data| {
            data.remove::<String>(response.id.with("typing"));
            data.remove::<bool>(response.id.with("typing").with("began"));
        });
        return Some(range.rest()).filter(|rest| *rest != value);
    }
    if response.drag_started() {
        ui.data_mut(|data| data.insert_temp(key, value));
    }
    if response.dragged() {
        let before = held(ui, response.id).unwrap_or(value);
        let fine = ui.input(|input| input.modifiers.shift);
        let speed = range.span() / TRAVEL * if fine { FINE } else { 1.0 };
        let after = range.within(before - f64::from(response.drag_delta().y) * speed);
        ui.data_mut(|data| data.insert_temp(key, after));
        let (before, after) = (range.nearest(before), range.nearest(after));
        return (before != after).then_some(after);
    }
    if response.drag_stopped() {
        ui.data_mut(|data| data.remove::<f64>(key));
    }
    let notches = wheel(ui, response)?;
    let turned = range.nearest(value + notches * range.step_size());
    (turned != value).then_some(turned)
}

/// The same in whole notches, as tempos are turned; with the shift key it goes as fine as there is.
fn coarse(ui: &Ui, response: &Response, value: f64, range: &Range<'_>, notch: f64) -> Option<f64> {
    if ui.input(|input| input.modifiers.shift) || response.double_clicked() {
        return turned(ui, response, value, range);
    }
    let key = response.id.with("held");
    if response.drag_started() {
        ui.data_mut(|data| data.insert_temp(key, value));
    }
    if response.dragged() {
        const POINTS: f64 = 4.0;
        let before = held(ui, response.id).unwrap_or(value);
        let after = range.within(before - f64::from(response.drag_delta().y) / POINTS * notch);
        ui.data_mut(|data| data.insert_temp(key, after));
        let turned = range.nearest((after / notch).round() * notch);
        return (turned != value && (after / notch).round() != (before / notch).round())
            .then_some(turned);
    }
    if response.drag_stopped() {
        ui.data_mut(|data| data.remove::<f64>(key));
    }
    let notches = wheel(ui, response)?;
    let turned = range.nearest(value + notches * notch);
    (turned != value).then_some(turned)
}

/// Whole notches of the wheel over this control, which then scrolls nothing else.
pub(in crate::editor) fn wheel(ui: &Ui, response: &Response) -> Option<f64> {
    if !response.hovered() {
        return None;
    }
    let notches = ui.input_mut(|input| {
        let mut notches = 0.0;
        input.events.retain(|event| match event {
            egui::Event::MouseWheel {
                delta, modifiers, ..
            } if !modifiers.ctrl => {
                // Held with the shift key some systems turn the wheel sideways.
                let turn = if delta.y == 0.0 { delta.x } else { delta.y };
                notches += f64::from(turn.signum()) * if turn == 0.0 { 0.0 } else { 1.0 };
                false
            }
            _ => true,
        });
        input.smooth_scroll_delta = egui::Vec2::ZERO;
        notches
    });
    (notches != 0.0).then_some(notches)
}

/// What a drag has come to by now, finer than the control's own steps.
pub(super) fn held(ui: &Ui, id: Id) -> Option<f64> {
    ui.data(|data| data.get_temp(id.with("held")))
}
