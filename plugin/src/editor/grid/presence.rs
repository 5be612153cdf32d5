//! Others on the grid: where they point, what they just changed, whom one follows; and one's own
//! cursor, told to them now and then.

use super::layout::Layout;
use super::{COLUMNS, Row};
use crate::editor::panel::Desk;
use crate::network::Command;
use egui::{Rect, Stroke, StrokeKind, Ui, pos2};
use lockstep_session::ids::{PlayerId, StepIndex};
use lockstep_session::protocol::{Cursor, Presence, View};
use lockstep_session::steps::Cell;
use lockstep_session::units::{LocalTime, Span};
use std::time::Duration;

/// Cursors are told at most so often.
const TELL_EVERY: Span = Span::from_millis(50);
const FLASH: Span = Span::from_seconds(1);

/// Where this player points, and where they were called to.
#[derive(Debug, Default)]
pub(super) struct Beacon {
    told: Option<(Option<Cursor>, Option<View>)>,
    at: LocalTime,
    gathered: Option<(PlayerId, View)>,
    followed: Option<View>,
}

impl Beacon {
    /// Where to look now, if someone asks everyone to, or if the player who is followed moved.
    pub(super) fn called(&mut self, desk: &Desk<'_>) -> Option<View> {
        let gathered = desk.view.gathered;
        if gathered != self.gathered {
            self.gathered = gathered;
            return gathered.map(|(_, view)| view);
        }
        let me = desk.view.players.iter().find(|player| player.is_me)?;
        let leader = me.presence.following?;
        let mut players = desk.view.players.iter();
        let view = players.find(|player| player.id == leader)?.presence.view;
        if view == self.followed {
            return None;
        }
        self.followed = view;
        view
    }

    /// Tells the others, where there are any.
    pub(super) fn tell(
        &mut self,
        ui: &Ui,
        desk: &mut Desk<'_>,
        rows: &[Row<'_>],
        over: Option<Cell>,
    ) {
        let Some(me) = desk.view.players.iter().find(|player| player.is_me) else {
            return;
        };
        let scene = |cell: Cell| {
            let row = rows.iter().find(|row| row.track.id == cell.track)?;
            Some(row.scene)
        };
        let cursor = over.and_then(|cell| {
            Some(Cursor {
                track: cell.track,
                scene: scene(cell)?,
                step: cell.step,
            })
        });
        let view = view_of(desk);
        if self.told == Some((cursor, view)) {
            return;
        }
        let wait = TELL_EVERY - (desk.now - self.at);
        if wait > Span::ZERO {
            let wait = u64::try_from(wait.as_micros()).unwrap_or(0);
            ui.ctx().request_repaint_after(Duration::from_micros(wait));
            return;
        }
        self.told = Some((cursor, view));
        self.at = desk.now;
        let presence = Presence {
            cursor,
            view,
            ..me.presence.clone()
        };
        desk.commands.ask(Command::Presence(presence));
    }
}

/// The track, the clip and the page that this player sees.
pub(in crate::editor) fn view_of(desk: &Desk<'_>) -> Option<View> {
    let track = desk.track()?;
    Some(View {
        track: track.id,
        scene: desk.scene_of(track),
        step: StepIndex::new(desk.selection.page * COLUMNS)?,
    })
}

/// A corner in the colour of each player who points at a step; their names come up under the pointer.
pub(super) fn paint(
    ui: &Ui,
    desk: &Desk<'_>,
    rows: &[Row<'_>],
    layout: &Layout,
    over: Option<Cell>,
) {
    let mut named = Vec::new();
    for player in desk.view.players.iter().filter(|player| !player.is_me) {
        let Some(cursor) = player.presence.cursor else {
            continue;
        };
        let mut all = rows.iter().enumerate();
        let shown = |row: &Row<'_>| row.track.id == cursor.track && row.scene == cursor.scene;
        let found = all.find(|(_, row)| shown(row));
        let (Some((row, _)), Some(place)) = (found, layout.place(cursor.step)) else {
            continue;
        };
        let area = layout.cell(row, place);
        let colour = desk.theme.track(player.colour);
        ui.painter().rect_stroke(
            area.expand(1.5),
            desk.theme.radius,
            Stroke::new(1.5, colour),
            StrokeKind::Outside,
        );
        let corner = area.left_top() - egui::vec2(2.0, 2.0);
        let points = vec![
            corner,
            pos2(corner.x + 9.0, corner.y),
            pos2(corner.x, corner.y + 9.0),
        ];
        let triangle = egui::Shape::convex_polygon(points, colour, Stroke::NONE);
        ui.painter().add(triangle);
        let here = Cell {
            track: cursor.track,
            step: cursor.step,
        };
        if over == Some(here) {
            named.push((area, player.name.as_str(), colour));
        }
    }
    for (area, name, colour) in named {
        tag(ui, desk, area, name, colour);
    }
}

fn tag(ui: &Ui, desk: &Desk<'_>, area: Rect, name: &str, colour: egui::Color32) {
    let theme = desk.theme;
    let font = egui::FontId::proportional(theme.small);
    let galley = ui
        .painter()
        .layout_no_wrap(name.to_owned(), font, theme.on_colour);
    let size = galley.size() + egui::vec2(10.0, 2.0);
    let corner = pos2(area.left(), area.top() - size.y - 2.0);
    let label = Rect::from_min_size(corner, size);
    ui.painter().rect_filled(label, 4.0, colour);
    ui.painter()
        .galley(corner + egui::vec2(5.0, 1.0), galley, theme.on_colour);
}

/// Where the next key goes that is recorded step by step.
pub(super) fn recorded_next(ui: &Ui, desk: &Desk<'_>, rows: &[Row<'_>], layout: &Layout) {
    let Some((track, scene, step)) = desk.view.records_next else {
        return;
    };
    let mut all = rows.iter().enumerate();
    let found = all.find(|(_, row)| row.track.id == track && row.scene == scene);
    if let (Some((row, _)), Some(place)) = (found, layout.place(step)) {
        let edge = Stroke::new(2.0, desk.theme.accent);
        ui.painter().rect_stroke(
            layout.cell(row, place),
            desk.theme.radius,
            edge,
            StrokeKind::Outside,
        );
    }
}

/// Changed steps carry their author's colour for a second. Gives how long the last one still does.
pub(super) fn flash(
    ui: &Ui,
    desk: &Desk<'_>,
    rows: &[Row<'_>],
    layout: &Layout,
) -> Option<Duration> {
    let mut longest = None;
    for flash in &desk.view.flashes {
        let left = FLASH - (desk.now - flash.at);
        if left <= Span::ZERO {
            continue;
        }
        longest = longest.max(u64::try_from(left.as_micros()).ok());
        let mut all = rows.iter().enumerate();
        let found = all.find(|(_, row)| row.track.id == flash.track && row.scene == flash.scene);
        if let (Some((row, _)), Some(place)) = (found, layout.place(flash.step)) {
            let edge = Stroke::new(2.0, desk.theme.track(flash.colour));
            let area = layout.cell(row, place);
            ui.painter()
                .rect_stroke(area, desk.theme.radius, edge, StrokeKind::Inside);
        }
    }
    longest.map(Duration::from_micros)
}
