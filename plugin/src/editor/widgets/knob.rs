//! A knob: an arc with its number and its name below.

use super::number::{Digits, held, turned, typed};
use super::range::Range;
use crate::editor::theme::Theme;
use egui::{Align2, Color32, FontId, Pos2, Rect, Sense, Stroke, Ui, pos2, vec2};
use std::f32::consts::PI;

/// Turned by dragging up and down.
#[must_use = "a control is shown by `show`"]
pub(in crate::editor) struct Knob<'a> {
    name: &'a str,
    value: f64,
    range: &'a Range<'a>,
    hint: &'a str,
    colour: Option<Color32>,
    is_enabled: bool,
    is_centred: bool,
}

const WIDTH: f32 = 56.0;
const DIAL: f32 = 36.0;
const RADIUS: f32 = 14.0;
const LINE: f32 = 4.0;
const NUMBER: f32 = 16.0;
const NAME: f32 = 14.0;
/// From the lower left over the top to the lower right.
const FROM: f32 = PI * 0.75;
const SWEEP: f32 = PI * 1.5;

impl<'a> Knob<'a> {
    /// The name is shown, and tells this knob from the others of its panel.
    pub(in crate::editor) fn new(name: &'a str, value: f64, range: &'a Range<'a>) -> Self {
        Self {
            name,
            value,
            range,
            hint: "",
            colour: None,
            is_enabled: true,
            is_centred: false,
        }
    }

    pub(in crate::editor) fn hint(self, hint: &'a str) -> Self {
        Self { hint, ..self }
    }

    pub(in crate::editor) fn colour(self, colour: Color32) -> Self {
        Self {
            colour: Some(colour),
            ..self
        }
    }

    pub(in crate::editor) fn enabled(self, is_enabled: bool) -> Self {
        Self { is_enabled, ..self }
    }

    /// Its arc grows from the middle, as that of a pan does.
    pub(in crate::editor) fn centred(self) -> Self {
        Self {
            is_centred: true,
            ..self
        }
    }

    /// The new value, if it was changed.
    pub(in crate::editor) fn show(self, ui: &mut Ui, theme: &Theme) -> Option<f64> {
        let size = vec2(WIDTH, DIAL + NUMBER + NAME);
        let (area, _) = ui.allocate_exact_size(size, Sense::empty());
        let id = ui.scope_id().with(("knob", self.name));
        let dial = Rect::from_min_size(area.min, vec2(WIDTH, DIAL));
        let number = Rect::from_min_size(dial.left_bottom(), vec2(WIDTH, NUMBER));
        let (turns, clicks) = if self.is_enabled {
            (Sense::CLICK | Sense::DRAG, Sense::CLICK | Sense::DRAG)
        } else {
            (Sense::HOVER, Sense::HOVER)
        };
        let knob = ui.interact(dial, id, turns);
        let digits = ui.interact(number, id.with("digits"), clicks);
        let shown = held(ui, knob.id)
            .or_else(|| held(ui, digits.id))
            .unwrap_or(self.value);
        let is_hot = self.is_enabled && (knob.hovered() || knob.dragged());
        self.paint(ui, theme, dial, shown, is_hot);
        let look = Digits {
            align: Align2::CENTER_CENTER,
            size: theme.small + 1.0,
            colour: if self.is_enabled {
                theme.ink
            } else {
                theme.faint
            },
        };
        let entered = typed(ui, theme, &digits, number, self.value, self.range, &look);
        let name = pos2(area.center().x, area.bottom() - NAME / 2.0);
        let font = FontId::proportional(theme.small);
        ui.painter()
            .text(name, Align2::CENTER_CENTER, self.name, font, theme.dim);
        let by_hand = turned(ui, &knob, self.value, self.range);
        let by_digits = turned(ui, &digits, self.value, self.range);
        if !self.hint.is_empty() {
            knob.on_hover_text(self.hint);
        }
        digits.on_hover_text("Click to type a value. Double-click for its usual one.");
        entered.or(by_hand).or(by_digits)
    }

    fn paint(&self, ui: &Ui, theme: &Theme, dial: Rect, shown: f64, is_hot: bool) {
        let centre = dial.center() + vec2(0.0, 2.0);
        let colour = match (self.is_enabled, self.colour) {
            (false, _) => theme.faint,
            (true, Some(colour)) => colour,
            (true, None) => theme.accent,
        };
        let base = if is_hot { theme.step_lit } else { theme.line };
        arc(ui, centre, (0.0, 1.0), base);
        let share = self.range.share(shown);
        let from = if self.is_centred { 0.5 } else { 0.0 };
        let (low, high) = (share.min(from), share.max(from));
        if high - low > 0.005 {
            arc(ui, centre, (low, high), colour);
        }
        let tip = centre + at(share) * (RADIUS - 6.0);
        ui.painter().circle_filled(tip, 1.5, theme.ink);
    }
}

fn at(share: f32) -> egui::Vec2 {
    let angle = FROM + SWEEP * share;
    vec2(angle.cos(), angle.sin())
}

fn arc(ui: &Ui, centre: Pos2, (from, to): (f32, f32), colour: Color32) {
    const PIECES: u8 = 24;
    let points = (0..=PIECES).map(|piece| {
        let share = f32::from(piece) / f32::from(PIECES);
        centre + at(from + (to - from) * share) * RADIUS
    });
    let points: Vec<Pos2> = points.collect();
    for end in [points.first(), points.last()].into_iter().flatten() {
        ui.painter().circle_filled(*end, LINE / 2.0, colour);
    }
    ui.painter().line(points, Stroke::new(LINE, colour));
}
