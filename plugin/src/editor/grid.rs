//! The step grid: sixteen steps of every track, painted by hand and clicked or dragged over.
//! It turns the pointer into edits and knows nothing of who carries them.

use super::theme::Theme;
use egui::{Align2, FontId, Painter, Pos2, Rect, Sense, Ui, pos2, vec2};
use lockstep_session::document::Document;
use lockstep_session::document::clip::Clip;
use lockstep_session::document::pattern::Pattern;
use lockstep_session::document::step::Step;
use lockstep_session::document::track::Track;
use lockstep_session::edit::Edit;
use lockstep_session::ids::{SceneIndex, StepIndex, TrackId};
use lockstep_session::units::Beat;

/// Steps on a page.
const COLUMNS: usize = 16;
const NAME_WIDTH: f32 = 180.0;
const LARGEST_ROW: f32 = 40.0;

/// What the pointer is painting while it is held down.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Grid {
    pub(super) page: usize,
    stroke: Option<Stroke>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stroke {
    on: bool,
    last: Cell,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cell {
    row: usize,
    step: StepIndex,
}

impl Grid {
    /// Paints the grid, lit where the host plays, and gives the edits that the pointer makes.
    pub(super) fn show(&mut self, ui: &mut Ui, desk: &mut super::panel::Desk<'_>) {
        let (theme, document) = (desk.theme, desk.document());
        let playhead = desk.playing.grid.rolling.then_some(desk.beat);
        let levels = desk.levels;
        let rows = document.tracks.len();
        let row_height =
            (ui.available_height() / as_f32(rows.max(1))).min(LARGEST_ROW + theme.gap * 2.0);
        let size = vec2(ui.available_width(), row_height * as_f32(rows));
        // Not focusable: a focused grid would take the workstation's space bar.
        let (area, response) = ui.allocate_exact_size(size, Sense::CLICK | Sense::DRAG);
        let layout = Layout {
            area,
            row_height,
            gap: theme.gap,
            page: self.page,
        };
        for (row, track) in document.tracks.iter().enumerate() {
            paint_row(ui.painter(), theme, &layout, row, track, playhead);
            if let Some(level) = levels.tracks.get(row) {
                super::widgets::level_bar(
                    ui.painter(),
                    theme,
                    layout.meter(row),
                    *level,
                    theme.live,
                );
            }
        }
        let pressed = response.is_pointer_button_down_on();
        let pointer = response
            .interact_pointer_pos()
            .filter(|_| pressed || response.clicked());
        let cell = pointer.and_then(|pointer| layout.cell_at(pointer, rows));
        let edit = cell.and_then(|cell| self.paint(cell, document));
        if !pressed {
            self.stroke = None;
        }
        if let Some(edit) = edit {
            desk.commands.edit(edit);
        }
    }

    /// How many pages the longest pattern needs.
    pub(super) fn pages(document: &Document) -> usize {
        let lengths = document
            .tracks
            .iter()
            .filter_map(|track| Some(usize::from(pattern_of(track)?.length().get())));
        lengths.max().unwrap_or(COLUMNS).div_ceil(COLUMNS)
    }

    /// The first cell decides whether the stroke switches on or off; each cell is edited once.
    fn paint(&mut self, cell: Cell, document: &Document) -> Option<Edit> {
        let track = document.tracks.get(cell.row)?;
        let step = pattern_of(track).map_or_else(Step::default, |pattern| pattern.step(cell.step));
        let on = match self.stroke {
            Some(stroke) if stroke.last == cell => return None,
            Some(stroke) => stroke.on,
            None => !step.on,
        };
        self.stroke = Some(Stroke { on, last: cell });
        (step.on != on).then(|| set_step(track, cell.step, Step { on, ..step }))
    }
}

/// An empty slot gets its pattern in the same breath.
fn set_step(track: &Track, step: StepIndex, value: Step) -> Edit {
    let scene = scene_of(track);
    let edit = Edit::Step {
        track: track.id,
        scene,
        step,
        value,
    };
    if track.clip(scene).is_some() {
        return edit;
    }
    let clip = Some(Clip::pattern(Pattern::default()));
    Edit::Gesture(vec![
        Edit::Clip {
            track: track.id,
            scene,
            clip,
        },
        edit,
    ])
}

/// A first track for a session that has none.
pub(super) fn add_track(document: &Document) -> Edit {
    let taken = document
        .tracks
        .iter()
        .map(|track| track.id.0)
        .max()
        .unwrap_or(0);
    let at = document.tracks.len();
    Edit::AddTrack {
        track: TrackId(taken.wrapping_add(1)),
        at,
        settings: Box::default(),
    }
}

fn scene_of(track: &Track) -> SceneIndex {
    let first = || SceneIndex::new(0).expect("a session has eight scenes");
    track.playing.clip.unwrap_or_else(first)
}

fn pattern_of(track: &Track) -> Option<&Pattern> {
    track.clip(scene_of(track))?.as_pattern()
}

struct Layout {
    area: Rect,
    row_height: f32,
    gap: f32,
    page: usize,
}

impl Layout {
    fn column_width(&self) -> f32 {
        (self.area.width() - NAME_WIDTH) / as_f32(COLUMNS)
    }

    fn cell_rect(&self, row: usize, column: usize) -> Rect {
        let corner = self.area.min
            + vec2(
                NAME_WIDTH + as_f32(column) * self.column_width(),
                as_f32(row) * self.row_height,
            );
        let size = vec2(
            self.column_width() - self.gap,
            self.row_height - self.gap * 2.0,
        );
        Rect::from_min_size(corner, size)
    }

    /// Below the track's name.
    fn meter(&self, row: usize) -> Rect {
        let first = self.cell_rect(row, 0);
        let left = self.area.left() + self.gap * 2.0;
        let corner = pos2(left, first.bottom() - self.gap);
        Rect::from_min_max(corner, pos2(first.left() - self.gap * 2.0, first.bottom()))
    }

    fn cell_at(&self, pointer: Pos2, rows: usize) -> Option<Cell> {
        let row = (0..rows).find(|row| {
            let rect = self.cell_rect(*row, 0);
            (rect.top()..rect.top() + self.row_height).contains(&pointer.y)
        })?;
        let column = (0..COLUMNS).find(|column| {
            let rect = self.cell_rect(row, *column);
            (rect.left()..rect.left() + self.column_width()).contains(&pointer.x)
        })?;
        Some(Cell {
            row,
            step: StepIndex::new(self.page * COLUMNS + column)?,
        })
    }
}

fn paint_row(
    painter: &Painter,
    theme: &Theme,
    layout: &Layout,
    row: usize,
    track: &Track,
    playhead: Option<Beat>,
) {
    let colour = theme.track(track.settings.colour);
    let first = layout.cell_rect(row, 0);
    let stripe = Rect::from_min_max(
        pos2(layout.area.left(), first.top()),
        pos2(layout.area.left() + theme.gap, first.bottom()),
    );
    painter.rect_filled(stripe, theme.gap / 2.0, colour);
    let name = pos2(layout.area.left() + theme.space, first.center().y);
    let ink = if track.settings.mute {
        theme.faint
    } else {
        theme.ink
    };
    let font = FontId::proportional(theme.text);
    painter.text(
        name,
        Align2::LEFT_CENTER,
        track.settings.name.as_str(),
        font,
        ink,
    );

    let pattern = pattern_of(track);
    let length = pattern.map_or(COLUMNS, |pattern| usize::from(pattern.length().get()));
    let sounding = playhead.map(|beat| step_at(track, beat, length));
    for column in 0..COLUMNS {
        let Some(index) = StepIndex::new(layout.page * COLUMNS + column) else {
            continue;
        };
        let rect = layout.cell_rect(row, column);
        let is_lit = sounding == Some(index.index());
        let base = match (index.index() < length, is_lit, index.index() / 4 % 2 == 1) {
            (false, _, _) => theme.panel,
            (true, true, _) => theme.step_lit,
            (true, false, true) => theme.step_alternate,
            (true, false, false) => theme.step,
        };
        painter.rect_filled(rect, theme.radius, base);
        let step = pattern
            .map(|pattern| pattern.step(index))
            .filter(|step| step.on);
        if let Some(step) = step {
            let share = f32::from(step.velocity.get()) / 127.0;
            let mut fill = rect;
            fill.set_top(rect.bottom() - rect.height() * share);
            let light = if is_lit { 1.25 } else { 1.0 };
            let shown = if index.index() < length { light } else { 0.35 };
            painter.rect_filled(fill, theme.radius, colour.gamma_multiply(shown));
        }
    }
}

/// Which step of the track sounds at the host's beat.
fn step_at(track: &Track, beat: Beat, length: usize) -> usize {
    let place = beat - track.playing.since;
    let step = track.settings.step_length.step_at(place);
    let length = i64::try_from(length.max(1)).unwrap_or(1);
    usize::try_from(step.rem_euclid(length)).unwrap_or(0)
}

#[expect(clippy::cast_precision_loss, reason = "rows and columns are few")]
fn as_f32(count: usize) -> f32 {
    count as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_session::document::track::TrackSettings;
    use std::sync::Arc;

    fn cell(row: usize, step: usize) -> Cell {
        Cell {
            row,
            step: StepIndex::new(step).unwrap(),
        }
    }

    fn document() -> Document {
        let mut track = Track::new(TrackId(3), TrackSettings::default());
        track.clips[0] = Some(Arc::new(Clip::pattern(Pattern::default())));
        let empty = Track::new(TrackId(4), TrackSettings::default());
        Document {
            tracks: vec![Arc::new(track), Arc::new(empty)],
            ..Document::default()
        }
    }

    #[test]
    fn a_stroke_paints_each_cell_once_with_what_its_first_cell_became() {
        let document = document();
        let mut grid = Grid::default();
        let Some(Edit::Step { value, .. }) = grid.paint(cell(0, 2), &document) else {
            panic!()
        };
        assert!(value.on);
        assert_eq!(
            grid.paint(cell(0, 2), &document),
            None,
            "still on the same cell"
        );
        assert!(grid.paint(cell(0, 3), &document).is_some());
    }

    #[test]
    fn a_step_on_an_empty_slot_brings_its_pattern() {
        let Some(Edit::Gesture(edits)) = Grid::default().paint(cell(1, 0), &document()) else {
            panic!()
        };
        assert!(matches!(edits[..], [Edit::Clip { .. }, Edit::Step { .. }]));
    }
}
