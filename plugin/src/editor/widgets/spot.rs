//! Where something is pressed, and how it is known from one frame to the next.

use egui::{Rect, Response, Sense, Ui, Vec2};

/// Room for something of this size, known by its words and by where it is. egui would count what comes
/// before it, and lose a press during which a friend joined or a sentence came and went.
pub(in crate::editor) fn spot(
    ui: &mut Ui,
    size: Vec2,
    sense: Sense,
    words: &str,
) -> (Rect, Response) {
    let (area, _) = ui.allocate_exact_size(size, Sense::empty());
    (area, spot_at(ui, area, sense, words))
}

/// The same for room that is taken already.
pub(in crate::editor) fn spot_at(ui: &Ui, area: Rect, sense: Sense, words: &str) -> Response {
    let corner = area.min.round();
    #[expect(clippy::cast_possible_truncation, reason = "windows are small")]
    let at = [corner.x as i32, corner.y as i32];
    ui.interact(area, ui.scope_id().with((words, at)), sense)
}
