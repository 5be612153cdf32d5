//! What is drawn on buttons that play and stop.

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, Vec2, vec2};

pub(in crate::editor) fn triangle(painter: &Painter, centre: Pos2, half: f32, ink: Color32) {
    let corners = vec![
        centre + vec2(-half * 0.7, -half),
        centre + vec2(half, 0.0),
        centre + vec2(-half * 0.7, half),
    ];
    painter.add(Shape::convex_polygon(corners, ink, Stroke::NONE));
}

pub(in crate::editor) fn square(painter: &Painter, centre: Pos2, half: f32, ink: Color32) {
    let area = Rect::from_center_size(centre, Vec2::splat(2.0 * half));
    painter.rect_filled(area, 1.0, ink);
}
