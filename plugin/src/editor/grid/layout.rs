//! Where in the grid everything lies.

use super::{COLUMNS, Row};
use egui::{Pos2, Rect, pos2, vec2};
use lockstep_session::ids::StepIndex;
use lockstep_session::steps::Cell;

/// A track's head, left of its steps.
const HEAD: f32 = 196.0;
const GUTTER: f32 = 12.0;
pub(super) const LEAST_ROW: f32 = 30.0;
const LARGEST_ROW: f32 = 44.0;

pub(super) struct Layout {
    pub(super) area: Rect,
    pub(super) row_height: f32,
    pub(super) gap: f32,
    pub(super) page: usize,
}

/// As high as the room allows, and no higher than they look good.
pub(super) fn row_height(room: f32, rows: usize) -> f32 {
    (room / as_f32(rows.max(1))).clamp(LEAST_ROW, LARGEST_ROW)
}

/// The left edge and the width of a column of steps within a width.
pub(super) fn column(width: f32, column: usize, gap: f32) -> (f32, f32) {
    let each = (width - HEAD - GUTTER + gap) / as_f32(COLUMNS);
    (HEAD + GUTTER + as_f32(column) * each, each - gap)
}

impl Layout {
    /// The whole row, without the gap below it.
    pub(super) fn row(&self, row: usize) -> Rect {
        let corner = self.area.min + vec2(0.0, as_f32(row) * self.row_height);
        Rect::from_min_size(corner, vec2(self.area.width(), self.row_height - self.gap))
    }

    pub(super) fn head(&self, row: usize) -> Rect {
        let row = self.row(row);
        Rect::from_min_size(row.min, vec2(HEAD, row.height()))
    }

    pub(super) fn cell(&self, row: usize, place: usize) -> Rect {
        let whole = self.row(row);
        let (left, width) = column(self.area.width(), place, self.gap);
        Rect::from_min_size(
            pos2(whole.left() + left, whole.top()),
            vec2(width, whole.height()),
        )
    }

    /// Where the steps of all rows lie.
    pub(super) fn cells(&self, rows: usize) -> Rect {
        let first = self.cell(0, 0);
        let last = self.cell(rows.saturating_sub(1), COLUMNS - 1);
        Rect::from_min_max(first.min, last.max)
    }

    pub(super) fn step(&self, place: usize) -> Option<StepIndex> {
        StepIndex::new(self.page * COLUMNS + place)
    }

    /// Where on this page a step lies, if it does.
    pub(super) fn place(&self, step: StepIndex) -> Option<usize> {
        let place = step.index().checked_sub(self.page * COLUMNS)?;
        (place < COLUMNS).then_some(place)
    }

    pub(super) fn cell_at(&self, pointer: Pos2, rows: &[Row<'_>]) -> Option<Cell> {
        let row = (0..rows.len()).find(|row| {
            let top = self.row(*row).top();
            (top..top + self.row_height).contains(&pointer.y)
        })?;
        let place = (0..COLUMNS).find(|place| {
            let cell = self.cell(row, *place);
            (cell.left()..cell.right() + self.gap).contains(&pointer.x)
        })?;
        Some(Cell {
            track: rows.get(row)?.track.id,
            step: self.step(place)?,
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "rows and columns are few")]
pub(super) fn as_f32(count: usize) -> f32 {
    count as f32
}
