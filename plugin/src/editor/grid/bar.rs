//! The bar over the grid: which clips and which page it shows, and what can be done with the selected
//! steps.

use super::{COLUMNS, Grid, Row, pages, read};
use crate::editor::panel::Desk;
use crate::editor::widgets::{Button, caption};
use crate::network::Command;
use egui::{Align, Key, Layout, Modifiers, Ui};
use lockstep_session::ids::SceneIndex;
use lockstep_session::shortcuts;
use lockstep_session::steps::{self, Changes, Copied};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Undo,
    Redo,
    Copy,
    Cut,
    Paste,
    Duplicate,
    Delete,
    Left,
    Right,
}

/// With the names that the list of shortcuts has for them.
const ACTIONS: [(Action, &str, &str); 9] = [
    (Action::Undo, "undo", "Undo"),
    (Action::Redo, "redo", "Redo"),
    (Action::Copy, "copy", "Copy"),
    (Action::Cut, "cut", "Cut"),
    (Action::Paste, "paste", "Paste"),
    (Action::Duplicate, "duplicate", "Duplicate"),
    (Action::Delete, "delete", "Clear"),
    (Action::Left, "left", "\u{2190}"),
    (Action::Right, "right", "\u{2192}"),
];

/// What a press of keys asks for. There is no place in this grid that plain arrows could walk from.
pub(super) fn pressed(key: Key, modifiers: Modifiers) -> Option<Action> {
    let mut keys = String::new();
    for (held, name) in [
        (modifiers.command || modifiers.ctrl, "Ctrl+"),
        (modifiers.shift, "Shift+"),
        (modifiers.alt, "Alt+"),
    ] {
        if held {
            keys.push_str(name);
        }
    }
    keys.push_str(match (key, modifiers.any()) {
        (Key::ArrowLeft, false) => "Alt+ArrowLeft",
        (Key::ArrowRight, false) => "Alt+ArrowRight",
        (Key::ArrowLeft, true) => "ArrowLeft",
        (Key::ArrowRight, true) => "ArrowRight",
        _ => key.name(),
    });
    let action = shortcuts::pressed(&keys)?;
    let known = ACTIONS.iter().find(|(_, name, _)| *name == action);
    known.map(|(action, _, _)| *action)
}

impl Grid {
    pub(super) fn bar(&mut self, ui: &mut Ui, desk: &mut Desk<'_>, rows: &[Row<'_>]) {
        let theme = desk.theme;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            caption(ui, theme, "Clip ");
            let live = Button::new("Playing")
                .hint("Shows of each track the clip that plays")
                .on(desk.selection.scene.is_none())
                .colour(theme.step_lit)
                .small(theme);
            if live.show(ui, theme).clicked() {
                desk.selection.scene = None;
            }
            for scene in SceneIndex::all() {
                let letter = letter(scene);
                let name = desk.document().scenes[scene.index()].name.as_str();
                let hint = format!("Shows the clips of scene {letter} {name}");
                let button = Button::new(letter)
                    .hint(&hint)
                    .on(desk.selection.scene == Some(scene))
                    .colour(theme.step_lit)
                    .width(22.0)
                    .small(theme);
                if button.show(ui, theme).clicked() {
                    desk.selection.scene = Some(scene);
                }
            }
            let pages = pages(rows);
            if pages > 1 {
                ui.add_space(theme.pad);
                caption(ui, theme, "Steps ");
                for page in 0..pages {
                    let label = format!("{}", page * COLUMNS + 1);
                    let last = (page + 1) * COLUMNS;
                    let hint = format!("Shows steps {label} to {last}");
                    let button = Button::new(&label)
                        .hint(&hint)
                        .on(self.page == page)
                        .colour(theme.step_lit)
                        .width(28.0)
                        .small(theme);
                    if button.show(ui, theme).clicked() {
                        self.page = page;
                    }
                }
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                for (action, name, label) in ACTIONS.iter().rev() {
                    let is_enabled = self.can(desk, *action);
                    let hint = shortcuts::hint(name);
                    let button = Button::new(label)
                        .hint(&hint)
                        .enabled(is_enabled)
                        .bare()
                        .small(theme);
                    if button.show(ui, theme).clicked() {
                        self.act(ui, desk, rows, *action);
                    }
                }
            });
        });
    }

    fn can(&self, desk: &Desk<'_>, action: Action) -> bool {
        let is_open = desk.locked().is_none();
        let is_selected = !desk.selection.cells.is_empty();
        match action {
            Action::Undo => is_open && desk.view.reach.undo,
            Action::Redo => is_open && desk.view.reach.redo,
            Action::Copy => is_selected,
            Action::Paste => is_open && is_selected && !self.copied.is_empty(),
            Action::Cut | Action::Duplicate | Action::Delete | Action::Left | Action::Right => {
                is_open && is_selected
            }
        }
    }

    pub(super) fn act(&mut self, ui: &Ui, desk: &mut Desk<'_>, rows: &[Row<'_>], action: Action) {
        if !self.can(desk, action) {
            return;
        }
        let document = desk.document();
        let cells = desk.selection.cells.clone();
        let of_cell = |cell| read(rows, cell);
        let copied = || Copied::of(document, &cells, of_cell);
        let changes = match action {
            Action::Undo => {
                desk.commands.ask(Command::Undo);
                return;
            }
            Action::Redo => {
                desk.commands.ask(Command::Redo);
                return;
            }
            Action::Copy => {
                self.copied = copied();
                ui.ctx().copy_text(self.copied.text());
                return;
            }
            Action::Cut => {
                self.copied = copied();
                ui.ctx().copy_text(self.copied.text());
                steps::deleted(&cells)
            }
            Action::Paste => {
                let corner = steps::corner(document, &cells);
                corner.map_or_else(Changes::new, |at| self.copied.pasted(document, at))
            }
            Action::Duplicate => copied().repeated(document, &cells),
            Action::Delete => steps::deleted(&cells),
            Action::Left => steps::shifted(&cells, -1, of_cell).unwrap_or_default(),
            Action::Right => steps::shifted(&cells, 1, of_cell).unwrap_or_default(),
        };
        if changes.is_empty() {
            return;
        }
        self.change(desk, rows, &changes);
        desk.selection.cells = match action {
            Action::Left => steps::moved(&cells, -1),
            Action::Right => steps::moved(&cells, 1),
            Action::Paste | Action::Duplicate => changes.cells(),
            _ => cells,
        };
    }
}

/// Scenes are called by letters, as their clips are.
pub(super) fn letter(scene: SceneIndex) -> &'static str {
    const LETTERS: [&str; SceneIndex::COUNT] = ["A", "B", "C", "D", "E", "F", "G", "H"];
    LETTERS[scene.index()]
}
