//! A row of a list, to be clicked.

use super::spot;
use crate::editor::theme::Theme;
use egui::{Align2, FontId, Response, Sense, Ui, vec2};

/// How high it is.
pub(in crate::editor) const ROW: f32 = 22.0;

/// A name at the left and what it is at the right. Its hint says what a click does.
pub(in crate::editor) fn row(
    ui: &mut Ui,
    theme: &Theme,
    (name, what, hint): (&str, &str, &str),
    is_on: bool,
) -> Response {
    let size = vec2(ui.available_width(), ROW);
    let (area, response) = spot(ui, size, Sense::CLICK, name);
    let fill = match (is_on, response.hovered()) {
        (true, _) => theme.accent,
        (false, true) => theme.step_lit,
        (false, false) => theme.panel,
    };
    ui.painter().rect_filled(area, theme.radius / 2.0, fill);
    let (ink, faint) = if is_on {
        (theme.on_accent, theme.on_accent)
    } else {
        (theme.ink, theme.faint)
    };
    let inner = area.shrink2(vec2(theme.pad, 0.0));
    let painter = ui.painter().with_clip_rect(inner);
    let font = FontId::proportional(theme.small);
    let said = painter.text(
        inner.right_center(),
        Align2::RIGHT_CENTER,
        what,
        font,
        faint,
    );
    // A long name ends where what it is begins.
    let mut room = inner;
    room.max.x = said.left() - theme.pad;
    let font = FontId::proportional(theme.text);
    painter
        .with_clip_rect(room)
        .text(inner.left_center(), Align2::LEFT_CENTER, name, font, ink);
    response.on_hover_text(hint)
}
