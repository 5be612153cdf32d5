//! The velocity lane: the selected track's velocities as bars, painted by dragging over them.

use super::{COLUMNS, Row, layout};
use crate::editor::panel::Desk;
use egui::{Align2, FontId, Rect, Sense, Ui, pos2, vec2};
use lockstep_session::document::step::{Step, Velocity};
use lockstep_session::ids::StepIndex;
use lockstep_session::steps::{self, Cell, Changes};
use std::collections::BTreeMap;

pub(super) const HEIGHT: f32 = 54.0;

/// Velocities that are being painted; they are changed when the pointer is let go.
#[derive(Debug, Default)]
pub(super) struct Lane {
    painted: BTreeMap<Cell, Velocity>,
}

impl Lane {
    /// Gives where there is room below its name.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        desk: &mut Desk<'_>,
        row: &Row<'_>,
        (page, width): (usize, f32),
        bent: &BTreeMap<Cell, Velocity>,
    ) -> Rect {
        let theme = desk.theme;
        let (area, _) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::empty());
        let (first, _) = layout::column(width, 0, theme.gap);
        let bars = Rect::from_min_max(pos2(area.left() + first, area.top()), area.max);
        let font = FontId::proportional(theme.text);
        let words = format!("Velocity \u{b7} {}", row.track.settings.name.as_str());
        let at = area.left_top() + vec2(0.0, theme.gap);
        ui.painter()
            .with_clip_rect(Rect::from_min_max(
                area.min,
                pos2(bars.left() - theme.gap, area.bottom()),
            ))
            .text(at, Align2::LEFT_TOP, words, font, theme.dim);
        ui.painter().hline(
            bars.x_range(),
            bars.top(),
            egui::Stroke::new(1.0, theme.line),
        );
        let id = ui.scope_id().with("lane");
        let response = ui.interact(bars, id, Sense::CLICK | Sense::DRAG);
        let place = |column: usize| {
            let (left, width) = layout::column(width, column, theme.gap);
            (area.left() + left, width)
        };
        if response.is_pointer_button_down_on()
            && desk.locked().is_none()
            && let Some(pointer) = response.interact_pointer_pos()
        {
            let column = (0..COLUMNS).find(|column| {
                let (left, width) = place(*column);
                (left..left + width + theme.gap).contains(&pointer.x)
            });
            let step = column.and_then(|column| StepIndex::new(page * COLUMNS + column));
            if let Some(step) = step.filter(|step| row.step(*step).on) {
                let share = (bars.bottom() - pointer.y) / (bars.height() - theme.gap);
                let cell = Cell {
                    track: row.track.id,
                    step,
                };
                self.painted.insert(cell, velocity(share));
            }
        } else if !self.painted.is_empty() {
            let painted = std::mem::take(&mut self.painted);
            let changes: Changes = painted
                .into_iter()
                .map(|(cell, velocity)| {
                    let step = row.step(cell.step);
                    (cell, Step { velocity, ..step })
                })
                .collect();
            let edits = steps::edits(desk.document(), |_| row.scene, &changes);
            desk.commands.gesture(edits);
        }
        let colour = theme.track(row.track.settings.colour);
        for column in 0..COLUMNS {
            let Some(step) = StepIndex::new(page * COLUMNS + column) else {
                continue;
            };
            let (left, width) = place(column);
            let cell = Cell {
                track: row.track.id,
                step,
            };
            let stored = row.step(step);
            let shown = self.painted.get(&cell).or(bent.get(&cell)).copied();
            let share = f32::from(shown.unwrap_or(stored.velocity).get()) / 127.0;
            let height = if stored.on {
                share * (bars.height() - theme.gap)
            } else {
                2.0
            };
            let bar = Rect::from_min_max(
                pos2(left, bars.bottom() - height),
                pos2(left + width, bars.bottom()),
            );
            let fill = if stored.on {
                colour.gamma_multiply(0.7)
            } else {
                theme.line
            };
            ui.painter().rect_filled(bar, 2.0, fill);
            if let Some(velocity) = shown {
                let at = pos2(left + width / 2.0, bars.top() + theme.gap);
                let font = FontId::proportional(theme.small);
                ui.painter()
                    .text(at, Align2::CENTER_TOP, velocity.get(), font, theme.ink);
            }
        }
        response.on_hover_text("Drag over the bars to paint velocities");
        Rect::from_min_max(pos2(area.left(), area.bottom() - 22.0), area.max)
    }
}

fn velocity(share: f32) -> Velocity {
    Velocity::new(crate::editor::widgets::whole(f64::from(share * 127.0)))
}
