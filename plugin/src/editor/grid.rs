//! The step grid: sixteen steps of every track, painted by hand and clicked or dragged over, with
//! the tracks' heads beside it. It turns the pointer into edits and knows nothing of who carries
//! them.

mod bar;
mod cells;
mod heads;
mod lane;
mod layout;
mod presence;
mod stroke;

use super::panel::Desk;
use super::phase::Head;
use super::selection::Tab;
use super::widgets::wheel;
use egui::{EventFilter, PointerButton, Pos2, Response, ScrollArea, Sense, Ui, vec2};
use layout::Layout;
use lockstep_session::document::clip::Clip;
use lockstep_session::document::pattern::Pattern;
use lockstep_session::document::step::{Step, Velocity};
use lockstep_session::document::track::Track;
use lockstep_session::ids::{SceneIndex, StepIndex};
use lockstep_session::steps::{self, Cell, Cells, Changes, Copied};
use presence::Beacon;
use std::collections::BTreeMap;
use std::sync::Arc;
use stroke::Stroke;

pub(super) use heads::palette;
pub(super) use presence::view_of;

/// Steps on a page.
pub(super) const COLUMNS: usize = 16;

#[derive(Debug, Default)]
pub(super) struct Grid {
    page: usize,
    stroke: Option<Stroke>,
    copied: Copied,
    heads: heads::Heads,
    beacon: Beacon,
    lane: lane::Lane,
    /// The pointer was last pressed in the grid: keys, where they are wanted, go there.
    has_keys: bool,
}

/// A track as the grid shows it.
struct Row<'a> {
    track: &'a Arc<Track>,
    scene: SceneIndex,
    clip: Option<&'a Arc<Clip>>,
    /// The step that sounds, if the clip that is shown is the one that plays.
    sounding: Option<StepIndex>,
}

impl<'a> Row<'a> {
    fn pattern(&self) -> Option<&'a Pattern> {
        self.clip?.as_pattern()
    }

    fn length(&self) -> usize {
        let pattern = self.pattern();
        pattern.map_or(COLUMNS, |pattern| usize::from(pattern.length().get()))
    }

    fn step(&self, index: StepIndex) -> Step {
        self.pattern()
            .map_or_else(Step::default, |pattern| pattern.step(index))
    }
}

impl Grid {
    pub(super) fn show(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = desk.theme;
        let rows = rows(desk);
        self.page = self.page.min(pages(&rows) - 1);
        desk.selection.page = self.page;
        self.follow(desk);
        self.bar(ui, desk, &rows);
        ui.add_space(theme.gap);
        if rows.is_empty() {
            self.invite(ui, desk);
            return;
        }
        let lane_height = lane::HEIGHT + theme.pad;
        let room = (ui.available_height() - lane_height).max(layout::LEAST_ROW);
        let row_height = layout::row_height(room, rows.len());
        let mut bent = BTreeMap::new();
        ScrollArea::vertical()
            .id_salt("grid rows")
            .max_height(room)
            .auto_shrink([false, true])
            .show(ui, |ui| {
                bent = self.rows(ui, desk, &rows, row_height);
            });
        let selected = desk.selected();
        if let Some(row) = rows.get(selected) {
            let width = ui.available_width();
            let area = self.lane.show(ui, desk, row, (self.page, width), &bent);
            let below = egui::UiBuilder::new().max_rect(area);
            ui.scope_builder(below, |ui| self.heads.add_row(ui, desk));
        }
        self.keys(ui, desk, &rows);
    }

    fn invite(&self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let words = "No tracks yet. Add one here, or open Session below to join others or to begin \
                     with a template.";
        super::widgets::empty(ui, desk.theme, words);
        self.heads.add_row(ui, desk);
    }

    /// The steps of all tracks. Gives the velocities that are being dragged.
    fn rows(
        &mut self,
        ui: &mut Ui,
        desk: &mut Desk<'_>,
        rows: &[Row<'_>],
        row_height: f32,
    ) -> BTreeMap<Cell, Velocity> {
        let theme = desk.theme;
        let size = vec2(
            ui.available_width(),
            row_height * layout::as_f32(rows.len()),
        );
        let (area, _) = ui.allocate_exact_size(size, Sense::empty());
        let layout = Layout {
            area,
            row_height,
            gap: theme.gap,
            page: self.page,
        };
        for (place, row) in rows.iter().enumerate() {
            self.heads.show(ui, desk, place, row, layout.head(place));
        }
        let id = ui.scope_id().with("cells");
        // Not focusable: a focused grid would take the workstation's space bar.
        let cells = ui.interact(layout.cells(rows.len()), id, Sense::CLICK | Sense::DRAG);
        let pointer = cells.interact_pointer_pos().or(cells.hover_pos());
        let bent = self.press(ui, desk, rows, &layout, &cells);
        let over = pointer.and_then(|pointer| layout.cell_at(pointer, rows));
        self.wheel(ui, desk, rows, over, &cells);
        let look = cells::Look {
            theme,
            selected: &desk.selection.cells,
            bent: &bent,
        };
        let visible = ui.clip_rect();
        for (place, row) in rows.iter().enumerate() {
            if layout.row(place).intersects(visible) {
                look.paint(ui.painter(), &layout, place, row, desk);
            }
        }
        presence::paint(ui, desk, rows, &layout, over);
        presence::recorded_next(ui, desk, rows, &layout);
        if let Some(until) = presence::flash(ui, desk, rows, &layout) {
            ui.ctx().request_repaint_after(until);
        }
        let looks_at = over.or_else(|| desk.selection.cells.first().copied());
        self.beacon.tell(ui, desk, rows, looks_at);
        bent
    }

    /// What the pointer does to steps.
    fn press(
        &mut self,
        ui: &Ui,
        desk: &mut Desk<'_>,
        rows: &[Row<'_>],
        layout: &Layout,
        cells: &Response,
    ) -> BTreeMap<Cell, Velocity> {
        let read = |cell: Cell| read(rows, cell);
        let pointer = cells.interact_pointer_pos();
        let over = pointer.and_then(|pointer| layout.cell_at(pointer, rows));
        if cells.clicked_by(PointerButton::Secondary)
            && let Some(cell) = over
        {
            focus(desk, rows, cell);
            if !desk.selection.cells.contains(&cell) {
                desk.selection.cells = Cells::from([cell]);
            }
            desk.selection.tab = Tab::Step;
            return BTreeMap::new();
        }
        if ui.input(|input| input.pointer.any_pressed()) {
            self.has_keys = cells.contains_pointer();
        }
        let is_down =
            cells.is_pointer_button_down_on() && ui.input(|input| input.pointer.primary_down());
        let mut changes = Changes::new();
        match (&mut self.stroke, is_down) {
            (None, true) => {
                if let (Some(cell), Some(pointer)) = (over, pointer) {
                    changes = self.begin(ui, desk, rows, cell, pointer);
                }
            }
            // A hand can be quicker than a window that is slow to paint.
            (None, false) if cells.clicked() => {
                if let (Some(cell), Some(pointer)) = (over, pointer) {
                    changes = self.begin(ui, desk, rows, cell, pointer);
                    // Either switches the step: on when it is pressed, off when it is let go.
                    if let Some(stroke) = self.stroke.take().filter(|_| changes.is_empty()) {
                        changes = stroke.release(None, read);
                    }
                }
            }
            (Some(Stroke::Selecting { from }), true) => {
                if let Some(to) = over {
                    desk.selection.cells = steps::rectangle(desk.document(), *from, to);
                }
            }
            (Some(stroke), true) => {
                if let Some(pointer) = pointer {
                    changes = stroke.drag(pointer, over, &desk.selection.cells, read);
                }
            }
            (Some(_), false) => {
                if let Some(stroke) = self.stroke.take() {
                    let last = ui.input(|input| input.pointer.latest_pos());
                    changes = stroke.release(last, read);
                }
            }
            (None, false) => {}
        }
        self.change(desk, rows, &changes);
        let stroke = self.stroke.as_ref();
        stroke.map_or_else(BTreeMap::new, |stroke| stroke.bent(pointer))
    }

    fn begin(
        &mut self,
        ui: &Ui,
        desk: &mut Desk<'_>,
        rows: &[Row<'_>],
        cell: Cell,
        pointer: Pos2,
    ) -> Changes {
        focus(desk, rows, cell);
        let modifiers = ui.input(|input| input.modifiers);
        if modifiers.shift {
            desk.selection.cells = Cells::from([cell]);
            self.stroke = Some(Stroke::Selecting { from: cell });
            return Changes::new();
        }
        if modifiers.command || modifiers.ctrl {
            if !desk.selection.cells.remove(&cell) {
                desk.selection.cells.insert(cell);
            }
            return Changes::new();
        }
        if !desk.selection.cells.contains(&cell) {
            desk.selection.cells = Cells::from([cell]);
        }
        if desk.locked().is_some() {
            return Changes::new();
        }
        let (stroke, changes) = Stroke::press(cell, pointer, |cell| read(rows, cell));
        self.stroke = Some(stroke);
        if let Some(step) = changes.get(&cell).filter(|_| !desk.playing.grid.rolling)
            && let Some(pitch) = step.pitches.iter().next()
        {
            desk.commands.audition(desk.selected(), pitch.get());
        }
        changes
    }

    /// Over a step that sounds the wheel turns its velocity; elsewhere it scrolls.
    fn wheel(
        &self,
        ui: &Ui,
        desk: &mut Desk<'_>,
        rows: &[Row<'_>],
        over: Option<Cell>,
        cells: &Response,
    ) {
        let Some(cell) = over.filter(|cell| read(rows, *cell).on) else {
            return;
        };
        if desk.locked().is_some() {
            return;
        }
        if let Some(notches) = wheel(ui, cells) {
            let step = read(rows, cell);
            let velocity = i64::from(step.velocity.get()) + super::widgets::whole(notches) * 2;
            let velocity = Velocity::new(velocity);
            let changes = Changes::from([(cell, Step { velocity, ..step })]);
            self.change(desk, rows, &changes);
        }
    }

    /// Carries changes out as one gesture.
    fn change(&self, desk: &mut Desk<'_>, rows: &[Row<'_>], changes: &Changes) {
        if changes.is_empty() || desk.locked().is_some() {
            return;
        }
        let edits = steps::edits(desk.document(), |track| scene(rows, track), changes);
        desk.commands.gesture(edits);
    }

    /// Goes where the player whom one follows looks, and where someone gathers everyone.
    fn follow(&mut self, desk: &mut Desk<'_>) {
        if let Some(view) = self.beacon.called(desk) {
            self.page = view.step.index() / COLUMNS;
            desk.selection.scene = Some(view.scene);
            let mut tracks = desk.document().tracks.iter();
            if let Some(place) = tracks.position(|track| track.id == view.track) {
                desk.select(place);
            }
        }
    }

    /// Only for those who asked for keys, and only after a press in the grid.
    fn keys(&mut self, ui: &Ui, desk: &mut Desk<'_>, rows: &[Row<'_>]) {
        let wants = self.has_keys && desk.settings().keys_in_grid && !ui.ctx().text_edit_focused();
        desk.selection.takes_keys = wants;
        if !wants {
            return;
        }
        // Without the focus the workstation would get them too.
        let id = ui.scope_id().with("keys");
        ui.interact(ui.max_rect(), id, Sense::focusable_noninteractive());
        ui.memory_mut(|memory| {
            memory.request_focus(id);
            let filter = EventFilter {
                horizontal_arrows: true,
                ..EventFilter::default()
            };
            memory.set_focus_lock_filter(id, filter);
        });
        let events = ui.input(|input| input.events.clone());
        for event in events {
            match event {
                egui::Event::Copy => self.act(ui, desk, rows, bar::Action::Copy),
                egui::Event::Cut => self.act(ui, desk, rows, bar::Action::Cut),
                egui::Event::Text(text) => {
                    if let Some(copied) = Copied::parse(&text) {
                        self.copied = copied;
                        self.act(ui, desk, rows, bar::Action::Paste);
                    }
                }
                egui::Event::Key {
                    key,
                    pressed: true,
                    modifiers,
                    ..
                } => {
                    // Copying and cutting come as events of their own.
                    let action = bar::pressed(key, modifiers).filter(|action| {
                        !matches!(
                            action,
                            bar::Action::Copy | bar::Action::Cut | bar::Action::Paste
                        )
                    });
                    if let Some(action) = action {
                        self.act(ui, desk, rows, action);
                    }
                }
                _ => {}
            }
        }
    }
}

/// The tracks with the clips that are shown of them.
fn rows<'a>(desk: &Desk<'a>) -> Vec<Row<'a>> {
    let document = desk.document();
    let tracks = &document.tracks;
    let head = Head::new(desk.beat, desk.view.follows);
    let rolls = desk.playing.grid.rolling;
    let rows = tracks.iter().map(|track| {
        let sounding = head.sounding(document, desk.playing(track));
        let playing = sounding.map(|sounding| sounding.scene);
        let scene = desk.selection.scene.or(playing);
        let scene = scene.unwrap_or(SceneIndex::FIRST);
        let sounding = sounding.filter(|sounding| rolls && sounding.scene == scene);
        Row {
            track,
            scene,
            clip: track.clip(scene),
            sounding: sounding.and_then(|sounding| sounding.step(track)),
        }
    });
    rows.collect()
}

/// How many pages the longest pattern needs.
fn pages(rows: &[Row<'_>]) -> usize {
    let longest = rows.iter().map(Row::length).max().unwrap_or(COLUMNS);
    longest.div_ceil(COLUMNS).max(1)
}

fn scene(rows: &[Row<'_>], track: &Track) -> SceneIndex {
    let row = rows.iter().find(|row| row.track.id == track.id);
    row.map_or(SceneIndex::FIRST, |row| row.scene)
}

fn read(rows: &[Row<'_>], cell: Cell) -> Step {
    let row = rows.iter().find(|row| row.track.id == cell.track);
    row.map_or_else(Step::default, |row| row.step(cell.step))
}

/// The track of a cell becomes the selected one.
fn focus(desk: &mut Desk<'_>, rows: &[Row<'_>], cell: Cell) {
    if let Some(place) = rows.iter().position(|row| row.track.id == cell.track) {
        desk.select(place);
    }
}
