//! The launcher: a slot for every track and scene. A click launches, a right click opens a slot
//! without launching it, a drag copies a clip.

mod details;
mod paint;

use super::panel::Desk;
use super::widgets::{choice, heading, triangle};
use details::Details;
use egui::{Align, CursorIcon, Layout, Pos2, Rect, Sense, Stroke, StrokeKind, Ui, vec2};
use lockstep_session::document::Document;
use lockstep_session::document::launch::Quantum;
use lockstep_session::document::track::Track;
use lockstep_session::document::words;
use lockstep_session::edit::{Edit, SessionSetting};
use lockstep_session::ids::{SceneIndex, TrackId};
use lockstep_session::slot::{Slot, State, Turn, scene_name, stop};

#[derive(Debug, Default)]
pub(super) struct Clips {
    /// What the lines below the slots are about.
    chosen: Option<Chosen>,
    /// The clip that is being dragged to another slot.
    dragged: Option<Slot>,
    details: Details,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Chosen {
    Slot(Slot),
    Scene(SceneIndex),
}

/// What a touch of the launcher asks for.
enum Touched {
    Launch(Slot),
    LaunchScene(SceneIndex),
    Stop(TrackId),
    StopAll,
    Choose(Chosen),
    Lift(Slot),
    Drop(Slot, Slot),
}

const STOP_COLUMN: f32 = 22.0;
const LARGEST_ROW: f32 = 20.0;
/// The least that leaves a slot its letter.
const SMALLEST_ROW: f32 = 15.0;
/// How much of the height the slots may take.
const SHARE: f32 = 340.0;

impl Clips {
    pub(super) fn show(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = desk.theme;
        ui.horizontal(|ui| {
            heading(ui, theme, "Clips");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| quantum(ui, desk));
        });
        let document = desk.document();
        if document.tracks.is_empty() {
            super::widgets::empty(ui, theme, "Clips appear here with the first track.");
            return;
        }
        let places = Places::new(ui, desk);
        let mut touched = None;
        for scene in SceneIndex::all() {
            touched = scene_head(ui, desk, &places, scene).or(touched);
        }
        touched = stop_all(ui, desk, &places).or(touched);
        for (row, track) in document.tracks.iter().enumerate() {
            let turn = Turn::of(track, desk.playing(track), desk.beat);
            for scene in SceneIndex::all() {
                let slot = Slot {
                    track: track.id,
                    scene,
                };
                let area = places.slot(row, scene);
                touched = self
                    .slot(ui, desk, area, slot, turn.state(scene))
                    .or(touched);
            }
            touched = stop_track(ui, desk, places.stop(row), track, &turn).or(touched);
        }
        self.show_dragged(ui, desk);
        if let Some(touched) = touched {
            self.obey(desk, touched);
        }
        self.forget_what_is_gone(document);
        ui.add_space(theme.gap);
        match self.chosen {
            Some(Chosen::Slot(slot)) => self.details.slot(ui, desk, slot),
            Some(Chosen::Scene(scene)) => self.details.scene(ui, desk, scene),
            None => {
                let text = "Click a clip to launch it, right-click for its settings.";
                super::widgets::caption(ui, theme, text);
            }
        }
        if let Some(slot) = self.details.turned_to.take() {
            self.chosen = Some(Chosen::Slot(slot));
        }
    }

    fn obey(&mut self, desk: &mut Desk<'_>, touched: Touched) {
        if let Touched::Choose(chosen) = touched {
            self.chosen = Some(chosen);
            return;
        }
        if desk.locked().is_some() {
            return;
        }
        match touched {
            Touched::Launch(slot) => {
                self.chosen = Some(Chosen::Slot(slot));
                desk.commands.edit(slot.launch());
            }
            Touched::LaunchScene(scene) => {
                self.chosen = Some(Chosen::Scene(scene));
                launch_scene(desk, Some(scene));
            }
            Touched::Stop(track) => desk.commands.edit(stop(track)),
            Touched::StopAll => launch_scene(desk, None),
            Touched::Lift(slot) => self.dragged = Some(slot),
            Touched::Drop(from, to) => {
                if let Some(clip) = desk.document().clip(from.track, from.scene) {
                    desk.commands.edit(to.copy_of(clip));
                    self.chosen = Some(Chosen::Slot(to));
                }
            }
            Touched::Choose(_) => {}
        }
    }

    fn forget_what_is_gone(&mut self, document: &Document) {
        if let Some(Chosen::Slot(slot)) = self.chosen
            && document.track(slot.track).is_none()
        {
            self.chosen = None;
        }
    }

    fn slot(
        &mut self,
        ui: &mut Ui,
        desk: &Desk<'_>,
        area: Rect,
        slot: Slot,
        state: State,
    ) -> Option<Touched> {
        let track = desk.document().track(slot.track)?;
        let clip = track.clip(slot.scene).map(AsRef::as_ref);
        let id = ui.scope_id().with(("slot", slot.track, slot.scene));
        let response = ui.interact(area, id, Sense::CLICK | Sense::DRAG);
        let is_chosen = self.chosen == Some(Chosen::Slot(slot));
        paint::slot(
            ui.painter(),
            desk,
            area,
            (track, slot, clip),
            state,
            &response,
        );
        if is_chosen {
            let edge = Stroke::new(1.0, desk.theme.ink);
            let radius = desk.theme.radius / 2.0;
            let painter = ui.painter();
            painter.rect_stroke(area, radius, edge, StrokeKind::Outside);
        }
        if let Some(from) = self.dragged.filter(|from| *from != slot)
            && response.contains_pointer()
            && ui.input(|input| input.pointer.any_released())
        {
            return Some(Touched::Drop(from, slot));
        }
        let response = response.on_hover_text(paint::hint(desk, slot, clip, state));
        if response.drag_started() && clip.is_some() {
            return Some(Touched::Lift(slot));
        }
        if response.clicked() && clip.is_some() {
            return Some(Touched::Launch(slot));
        }
        (response.clicked() || response.secondary_clicked())
            .then_some(Touched::Choose(Chosen::Slot(slot)))
    }

    /// The clip under the pointer, while it is on its way to another slot.
    fn show_dragged(&mut self, ui: &Ui, desk: &Desk<'_>) {
        let Some(slot) = self.dragged else {
            return;
        };
        if !ui.input(|input| input.pointer.any_down()) {
            self.dragged = None;
            return;
        }
        ui.ctx().set_cursor_icon(CursorIcon::Copy);
        let track = desk.document().track(slot.track);
        if let (Some(track), Some(at)) = (track, ui.input(|input| input.pointer.hover_pos())) {
            let area = Rect::from_center_size(at, vec2(20.0, 14.0));
            let colour = desk.theme.track(track.settings.colour).gamma_multiply(0.7);
            ui.painter()
                .rect_filled(area, desk.theme.radius / 2.0, colour);
        }
    }
}

fn launch_scene(desk: &mut Desk<'_>, scene: Option<SceneIndex>) {
    desk.commands.edit(Edit::LaunchScene { scene, when: None });
}

/// When launches begin, for everyone.
fn quantum(ui: &mut Ui, desk: &mut Desk<'_>) {
    let current = desk.document().quantum;
    let options = Quantum::ALL.map(|quantum| (quantum, words::quantum(quantum).to_owned()));
    let hint =
        "Launched clips wait for the next multiple of this, so that everyone starts together.";
    let words = words::quantum(current);
    let chosen = choice(ui, desk.theme, ("Quantum", hint, 72.0), words, options);
    if let (Some(quantum), None) = (chosen, desk.locked()) {
        desk.commands
            .edit(Edit::Session(SessionSetting::Quantum(quantum)));
    }
}

/// Where everything of the launcher lies.
struct Places {
    corner: Pos2,
    column: f32,
    row: f32,
    gap: f32,
}

impl Places {
    fn new(ui: &mut Ui, desk: &Desk<'_>) -> Self {
        let gap = desk.theme.gap / 2.0;
        let tracks = as_f32(desk.document().tracks.len());
        let width = ui.available_width();
        let row = (SHARE / (tracks + 1.0)).clamp(SMALLEST_ROW, LARGEST_ROW);
        let size = vec2(width, (row + gap) * (tracks + 1.0));
        let (area, _) = ui.allocate_exact_size(size, Sense::empty());
        Self {
            corner: area.min,
            column: (width - STOP_COLUMN) / as_f32(SceneIndex::COUNT),
            row,
            gap,
        }
    }

    /// The first line is that of the scenes.
    fn at(&self, line: usize, column: usize) -> Rect {
        let corner = vec2(
            as_f32(column) * self.column,
            as_f32(line) * (self.row + self.gap),
        );
        let size = vec2(self.column - self.gap, self.row);
        Rect::from_min_size(self.corner + corner, size)
    }

    fn head(&self, scene: SceneIndex) -> Rect {
        self.at(0, scene.index())
    }

    fn slot(&self, row: usize, scene: SceneIndex) -> Rect {
        self.at(row + 1, scene.index())
    }

    fn stop(&self, row: usize) -> Rect {
        let mut area = self.at(row + 1, SceneIndex::COUNT);
        area.set_width(STOP_COLUMN - self.gap);
        area
    }

    fn stop_all(&self) -> Rect {
        let mut area = self.at(0, SceneIndex::COUNT);
        area.set_width(STOP_COLUMN - self.gap);
        area
    }
}

fn scene_head(ui: &Ui, desk: &Desk<'_>, places: &Places, scene: SceneIndex) -> Option<Touched> {
    let theme = desk.theme;
    let document = desk.document();
    let area = places.head(scene);
    let response = ui.interact(area, ui.scope_id().with(("scene", scene)), Sense::CLICK);
    let has_clips = document
        .tracks
        .iter()
        .any(|track| track.clip(scene).is_some());
    let is_shown = desk.selection.scene == Some(scene);
    let fill = match (response.hovered(), is_shown) {
        (true, _) => theme.step_lit,
        (false, true) => theme.line,
        (false, false) => theme.raised,
    };
    ui.painter().rect_filled(area, theme.radius / 2.0, fill);
    let ink = if has_clips { theme.ink } else { theme.faint };
    triangle(ui.painter(), area.center(), 4.0, ink);
    let follow = document.scenes[scene.index()].follow;
    let hint = format!(
        "{}: launch this row\n{}{}\nRight-click for its settings",
        scene_name(document, scene),
        if has_clips { "It " } else { "Empty; it " },
        words::follow(follow)
    );
    let response = response.on_hover_text(hint);
    if response.clicked() {
        return Some(Touched::LaunchScene(scene));
    }
    response
        .secondary_clicked()
        .then_some(Touched::Choose(Chosen::Scene(scene)))
}

fn stop_all(ui: &Ui, desk: &Desk<'_>, places: &Places) -> Option<Touched> {
    let hint = "Stop every track at the next launch";
    let is_clicked = stop_button(ui, desk, places.stop_all(), "all", hint, true);
    is_clicked.then_some(Touched::StopAll)
}

fn stop_track(ui: &Ui, desk: &Desk<'_>, area: Rect, track: &Track, turn: &Turn) -> Option<Touched> {
    let name = track.settings.name.as_str();
    let hint = match turn.queued {
        Some((None, at)) => format!("{name} stops at {}", words::place(at)),
        _ if turn.can_stop() => format!("Stop {name}"),
        _ => format!("{name} is stopped"),
    };
    let is_clicked = stop_button(ui, desk, area, track.id.0, &hint, turn.can_stop());
    is_clicked.then_some(Touched::Stop(track.id))
}

fn stop_button(
    ui: &Ui,
    desk: &Desk<'_>,
    area: Rect,
    name: impl egui::AsIdSalt,
    hint: &str,
    is_useful: bool,
) -> bool {
    let theme = desk.theme;
    let response = ui.interact(area, ui.scope_id().with(("stop", name)), Sense::CLICK);
    if response.hovered() {
        let painter = ui.painter();
        painter.rect_filled(area, theme.radius / 2.0, theme.step_lit);
    }
    let ink = if is_useful { theme.dim } else { theme.line };
    let square = Rect::from_center_size(area.center(), vec2(7.0, 7.0));
    ui.painter().rect_filled(square, 1.0, ink);
    response.on_hover_text(hint).clicked()
}

#[expect(clippy::cast_precision_loss, reason = "rows and columns are few")]
fn as_f32(count: usize) -> f32 {
    count as f32
}
