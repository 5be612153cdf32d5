//! How steps look: colour belongs to the track, height is velocity, and everything else about a step
//! has its own small mark.

use super::layout::{Layout, as_f32};
use super::{COLUMNS, Row};
use crate::editor::panel::Desk;
use crate::editor::theme::Theme;
use crate::view::SampleView;
use egui::epaint::Shadow;
use egui::{Align2, Color32, FontId, Painter, Rect, Stroke, StrokeKind, pos2, vec2};
use lockstep_session::document::clip::{AudioLoop, Content};
use lockstep_session::document::step::{Condition, Step, Velocity};
use lockstep_session::steps::{Cell, Cells};
use std::collections::BTreeMap;

pub(super) struct Look<'a> {
    pub(super) theme: &'a Theme,
    pub(super) selected: &'a Cells,
    /// Velocities while they are dragged.
    pub(super) bent: &'a BTreeMap<Cell, Velocity>,
}

impl Look<'_> {
    pub(super) fn paint(
        &self,
        painter: &Painter,
        layout: &Layout,
        place: usize,
        row: &Row<'_>,
        desk: &Desk<'_>,
    ) {
        if let Some(Content::Loop(audio)) = row.clip.map(|clip| &clip.content) {
            self.audio(painter, layout, place, row, audio, desk);
            return;
        }
        for column in 0..COLUMNS {
            let Some(index) = layout.step(column) else {
                continue;
            };
            let area = layout.cell(place, column);
            let cell = Cell {
                track: row.track.id,
                step: index,
            };
            let is_beyond = index.index() >= row.length();
            let is_lit = row.sounding == Some(index);
            let base = match (is_lit, index.index() / 4 % 2 == 1) {
                (true, _) => self.theme.step_lit,
                (false, true) => self.theme.step_alternate,
                (false, false) => self.theme.step,
            };
            let base = if is_beyond {
                base.gamma_multiply(0.35)
            } else {
                base
            };
            painter.rect_filled(area, self.theme.radius, base);
            let step = row.step(index);
            if step.on {
                let velocity = self.bent.get(&cell).copied().unwrap_or(step.velocity);
                let mut colour = self.theme.track(row.track.settings.colour);
                if row.track.settings.mute {
                    colour = colour.gamma_multiply(0.45);
                }
                if is_beyond {
                    colour = colour.gamma_multiply(0.3);
                }
                self.step(painter, area, &step, velocity, colour, is_lit);
                if step.tie {
                    let from = pos2(area.right() - 4.0, area.bottom() - 12.0);
                    let bridge = Rect::from_min_size(from, vec2(8.0 + layout.gap, 4.0));
                    painter.rect_filled(bridge, 0.0, colour);
                }
            } else if !step.is_blank() {
                self.marks(painter, area, &step, self.theme.faint, 0.0);
            }
            if is_lit {
                let edge = Stroke::new(1.0, Color32::from_white_alpha(56));
                painter.rect_stroke(area, self.theme.radius, edge, StrokeKind::Inside);
            }
            if self.selected.contains(&cell) {
                let edge = Stroke::new(1.5, self.theme.ink);
                painter.rect_stroke(area, self.theme.radius, edge, StrokeKind::Inside);
            }
            if self.bent.contains_key(&cell) {
                let words = self.bent[&cell].get().to_string();
                let font = FontId::proportional(self.theme.text);
                let at = area.center();
                let ink = self.theme.ink;
                let behind = Rect::from_center_size(at, vec2(30.0, 18.0));
                painter.rect_filled(behind, 4.0, self.theme.background);
                painter.text(at, Align2::CENTER_CENTER, words, font, ink);
            }
        }
    }

    fn step(
        &self,
        painter: &Painter,
        area: Rect,
        step: &Step,
        velocity: Velocity,
        colour: Color32,
        is_lit: bool,
    ) {
        let share = f32::from(velocity.get()) / 127.0;
        let mut fill = area;
        fill.set_top(area.bottom() - area.height() * share.max(0.08));
        let late = f32::from(step.nudge.get()) / 100.0 * area.width();
        if late > 0.0 {
            fill.set_left(area.left() + late);
        } else {
            fill.set_right(area.right() + late);
        }
        let colour = if is_lit { lighter(colour) } else { colour };
        if is_lit {
            let glow = Shadow {
                offset: [0, 0],
                blur: 14,
                spread: 0,
                color: colour.gamma_multiply(0.65),
            };
            painter.add(glow.as_shape(fill, self.theme.radius));
        }
        painter.rect_filled(fill, self.theme.radius, colour);
        self.marks(painter, area, step, colour, share);
    }

    /// The small marks: dark on what is filled, coloured above it.
    fn marks(&self, painter: &Painter, area: Rect, step: &Step, colour: Color32, share: f32) {
        let dark = Color32::from_black_alpha(150);
        let is_dark = |height: f32| share * area.height() > height;
        let top = if is_dark(area.height() - 8.0) {
            dark
        } else {
            colour
        };
        let bottom = if is_dark(12.0) { dark } else { colour };
        let ratchets = step.ratchet.get();
        if ratchets > 1 {
            let count = f32::from(ratchets);
            let width = (area.width() - 8.0 - (count - 1.0) * 2.0) / count;
            for tick in 0..ratchets {
                let left = area.left() + 4.0 + f32::from(tick) * (width + 2.0);
                let at = pos2(left, area.top() + 4.0);
                let tick = Rect::from_min_size(at, vec2(width, 3.0));
                painter.rect_filled(tick, 1.0, top);
            }
        }
        let small = FontId::proportional(self.theme.small);
        if step.chance.get() < 100 {
            let at = area.right_bottom() - vec2(4.0, 1.0);
            let words = step.chance.get().to_string();
            painter.text(at, Align2::RIGHT_BOTTOM, words, small.clone(), bottom);
        }
        let condition = match step.condition {
            Condition::Always => None,
            Condition::Every(cycle) => Some(format!("{}:{}", cycle.turn().get(), cycle.of().get())),
            Condition::First => Some("1st".to_owned()),
            Condition::Fill => Some("fill".to_owned()),
        };
        if let Some(words) = condition {
            let at = area.left_bottom() + vec2(4.0, -1.0);
            painter.text(at, Align2::LEFT_BOTTOM, words, small, bottom);
        }
        if !step.locks.is_empty() {
            let at = pos2(area.right() - 6.0, area.top() + 11.0);
            painter.circle_filled(at, 2.5, top);
        }
        let pitches = step.pitches.iter().count();
        if pitches > 1 {
            for line in 0..pitches {
                let at = pos2(area.left() + 5.0, area.top() + 10.0 + as_f32(line) * 3.5);
                let line = Rect::from_min_size(at, vec2(9.0, 2.0));
                painter.rect_filled(line, 0.0, top);
            }
        }
    }

    /// An audio loop lies across its row, with its outline.
    fn audio(
        &self,
        painter: &Painter,
        layout: &Layout,
        place: usize,
        row: &Row<'_>,
        audio: &AudioLoop,
        desk: &Desk<'_>,
    ) {
        let theme = self.theme;
        let first = layout.cell(place, 0);
        let last = layout.cell(place, COLUMNS - 1);
        let area = Rect::from_min_max(first.min, last.max);
        let colour = theme.track(row.track.settings.colour);
        painter.rect_filled(area, theme.radius, theme.step);
        if let Some(SampleView::Ready(outline)) = desk.view.samples.get(&audio.sample) {
            let width = area.width() / as_f32(outline.len().max(1));
            for (index, peak) in outline.iter().enumerate() {
                let at = pos2(area.left() + (as_f32(index) + 0.5) * width, area.center().y);
                let size = vec2(width.max(1.0), area.height() * peak.min(1.0) * 0.9);
                let bar = Rect::from_center_size(at, size.max(vec2(1.0, 1.0)));
                painter.rect_filled(bar, 0.0, colour.gamma_multiply(0.7));
            }
        }
        let name = desk.document().samples.get(&audio.sample);
        let name = name.map_or("a sample that is gone", |sample| sample.name.as_str());
        let bars = audio.bars.get();
        let words = format!("{name} \u{b7} {bars} {}", plural(bars, "bar", "bars"));
        let font = FontId::proportional(theme.small);
        let at = area.left_center() + vec2(theme.pad, 0.0);
        let galley = painter.layout_no_wrap(words, font, theme.ink);
        let behind = Rect::from_min_size(
            at - vec2(4.0, galley.size().y / 2.0 + 1.0),
            galley.size() + vec2(8.0, 2.0),
        );
        painter.rect_filled(behind, 4.0, theme.background.gamma_multiply(0.8));
        painter.galley(at - vec2(0.0, galley.size().y / 2.0), galley, theme.ink);
    }
}

fn plural<'a>(count: u8, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}

/// What sounds glows.
fn lighter(colour: Color32) -> Color32 {
    let [red, green, blue, alpha] = colour.to_array();
    let up = |part: u8| {
        let lifted = u16::from(part) * 128 / 100 + 12;
        u8::try_from(lifted.min(255)).unwrap_or(255)
    };
    Color32::from_rgba_premultiplied(up(red), up(green), up(blue), alpha)
}
