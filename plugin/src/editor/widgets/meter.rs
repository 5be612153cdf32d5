//! How loud something is, painted: the mean as a bar, the peak as a line on it.

use crate::editor::theme::Theme;
use egui::{Color32, Painter, Rect, pos2};
use lockstep_engine::Level;

/// Upright where the area is higher than wide.
pub(in crate::editor) fn level_bar(
    painter: &Painter,
    theme: &Theme,
    area: Rect,
    level: Level,
    colour: Color32,
) {
    let round = area.width().min(area.height()) / 2.0;
    painter.rect_filled(area, round, theme.raised);
    let upto = |gain: f32| {
        let share = shown_level(gain);
        let mut part = area;
        if area.height() > area.width() {
            part.set_top(area.bottom() - area.height() * share);
        } else {
            part.set_right(area.left() + area.width() * share);
        }
        part
    };
    if shown_level(level.rms) > 0.0 {
        painter.rect_filled(upto(level.rms), round, colour);
    }
    if shown_level(level.peak) > 0.0 {
        let reach = upto(level.peak);
        let line = if area.height() > area.width() {
            Rect::from_min_max(reach.min, pos2(reach.right(), reach.top() + 2.0))
        } else {
            Rect::from_min_max(pos2(reach.right() - 2.0, reach.top()), reach.max)
        };
        let is_full = level.peak > 1.0;
        let ink = if is_full { theme.warning } else { theme.ink };
        painter.rect_filled(line.intersect(area), 0.0, ink);
    }
}

/// A gain's place on a meter of 60 decibels, from 0 to 1.
fn shown_level(gain: f32) -> f32 {
    if gain > 0.0 {
        (1.0 + gain.log10() / 3.0).clamp(0.0, 1.0)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meter_shows_sixty_decibels() {
        assert_eq!(shown_level(0.0), 0.0);
        assert_eq!(shown_level(0.0005), 0.0);
        assert!((shown_level(0.031_62) - 0.5).abs() < 0.01);
        assert_eq!(shown_level(2.0), 1.0);
    }
}
