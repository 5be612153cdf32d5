//! Everything about the selected steps. Each change is made to all of them, as one gesture; it must
//! not know how steps were selected.

mod locks;
mod pitches;

use super::panel::Desk;
use super::theme::Theme;
use super::widgets::{Button, Knob, Number, Range, caption, empty, heading, segmented, whole};
use egui::{Ui, vec2};
use lockstep_session::document::step::{
    Chance, Condition, Cycle, Gate, Nudge, Ratchet, Step, Turn, Velocity,
};
use lockstep_session::steps::{self, Cell, Changes};

#[derive(Debug, Default)]
pub(super) struct Inspector;

/// The steps that are shown: the first of them stands for all.
struct Shown {
    cells: Vec<(Cell, Step)>,
    first: Step,
}

impl Inspector {
    pub(super) fn show(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = desk.theme;
        let Some(shown) = shown(desk) else {
            empty(
                ui,
                theme,
                "Click a step to see everything about it here. Shift-drag selects several, \
                 right-click opens one.",
            );
            return;
        };
        let is_open = desk.locked().is_none();
        let changed = ui
            .horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = theme.inset;
                let mut step = shown.first.clone();
                ui.add_enabled_ui(is_open, |ui| {
                    column(ui, theme, 176.0, |ui| {
                        switches(ui, desk, &shown, &mut step);
                        condition(ui, theme, &mut step);
                    });
                    column(ui, theme, 296.0, |ui| knobs(ui, theme, &mut step));
                    column(ui, theme, 160.0, |ui| pitches::show(ui, desk, &mut step));
                    column(ui, theme, 180.0, |ui| locks::show(ui, theme, &mut step));
                });
                step
            })
            .inner;
        if is_open && changed != shown.first {
            let changes: Changes = shown
                .cells
                .iter()
                .map(|(cell, step)| (*cell, steps::carried(&shown.first, &changed, step)))
                .collect();
            let edits = steps::edits(desk.document(), |track| desk.scene_of(track), &changes);
            desk.commands.gesture(edits);
        }
    }
}

fn column(ui: &mut Ui, theme: &Theme, width: f32, content: impl FnOnce(&mut Ui)) {
    let size = vec2(width, ui.available_height());
    ui.allocate_ui(size, |ui| {
        ui.vertical(|ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing = vec2(theme.gap, 6.0);
            content(ui);
        });
    });
}

fn shown(desk: &Desk<'_>) -> Option<Shown> {
    let document = desk.document();
    let selected = desk.selection.cells.iter().copied();
    let here = selected.filter(|cell| document.track(cell.track).is_some());
    let read = |cell| steps::step_at(document, |track| desk.scene_of(track), cell);
    let cells: Vec<(Cell, Step)> = here.map(|cell| (cell, read(cell))).collect();
    // A step that is on says more than one that is off.
    let mut on = cells.iter().filter(|(_, step)| step.on);
    let first = on.next().or(cells.first())?.1.clone();
    Some(Shown { cells, first })
}

fn switches(ui: &mut Ui, desk: &Desk<'_>, shown: &Shown, step: &mut Step) {
    let theme = desk.theme;
    heading(ui, theme, &title(desk, shown));
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme.gap;
        let on = Button::new(if step.on { "On" } else { "Off" })
            .on(step.on)
            .small(theme)
            .hint("Whether the step sounds. Off, it keeps everything else.");
        if on.show(ui, theme).clicked() {
            step.on = !step.on;
        }
        let tie = Button::new("Tie")
            .on(step.tie)
            .small(theme)
            .hint("Holds the note into the next step, which slides on without being struck again");
        if tie.show(ui, theme).clicked() {
            step.tie = !step.tie;
        }
        let reset = Button::new("Reset")
            .small(theme)
            .enabled(!step.is_blank())
            .hint("Makes it a plain step again, on or off as it is");
        if reset.show(ui, theme).clicked() {
            *step = Step {
                on: step.on,
                ..Step::default()
            };
        }
    });
}

fn title(desk: &Desk<'_>, shown: &Shown) -> String {
    match shown.cells.as_slice() {
        [(cell, _)] => {
            let track = desk.document().track(cell.track);
            let name = track.map_or("", |track| track.settings.name.as_str());
            let name: String = name.chars().take(10).collect();
            format!("Step {} \u{b7} {name}", cell.step.index() + 1)
        }
        cells => format!("{} steps", cells.len()),
    }
}

fn knobs(ui: &mut Ui, theme: &Theme, step: &mut Step) {
    heading(ui, theme, "How it sounds");
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme.gap;
        let range = Range::new(1.0, 127.0, 100.0);
        let knob = Knob::new("Velocity", f64::from(step.velocity.get()), &range)
            .hint("How hard it is struck. In the grid: drag a step up or down, or turn the wheel.");
        if let Some(velocity) = knob.show(ui, theme) {
            step.velocity = Velocity::new(whole(velocity));
        }
        let percent = |value: f64| format!("{value:.0} %");
        let range = Range::new(1.0, 100.0, 100.0).written(&percent);
        let knob = Knob::new("Chance", f64::from(step.chance.get()), &range)
            .hint("How often it sounds. Everyone hears the same throw of the dice.");
        if let Some(chance) = knob.show(ui, theme) {
            step.chance = Chance::new(whole(chance));
        }
        let times = |value: f64| format!("{value:.0} \u{d7}");
        let range = Range::new(1.0, 8.0, 1.0).written(&times);
        let knob = Knob::new("Ratchet", f64::from(step.ratchet.get()), &range)
            .hint("How many times it sounds within its own length");
        if let Some(ratchet) = knob.show(ui, theme) {
            step.ratchet = Ratchet::new(whole(ratchet));
        }
        let signed = |value: f64| format!("{value:+.0} %");
        let range = Range::new(-50.0, 50.0, 0.0).written(&signed);
        let knob = Knob::new("Nudge", f64::from(step.nudge.get()), &range)
            .centred()
            .hint("How early or late it comes, as a share of its length");
        if let Some(nudge) = knob.show(ui, theme) {
            step.nudge = Nudge::new(whole(nudge));
        }
        let range = Range::new(5.0, 100.0, 80.0).written(&percent);
        let knob = Knob::new("Gate", f64::from(step.gate.get()), &range)
            .hint("How much of its length it is held");
        if let Some(gate) = knob.show(ui, theme) {
            step.gate = Gate::new(whole(gate));
        }
    });
}

/// The kinds of condition, without their numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Always,
    Every,
    First,
    Fill,
}

fn condition(ui: &mut Ui, theme: &Theme, step: &mut Step) {
    heading(ui, theme, "Condition");
    let kind = match step.condition {
        Condition::Always => Kind::Always,
        Condition::Every(_) => Kind::Every,
        Condition::First => Kind::First,
        Condition::Fill => Kind::Fill,
    };
    let options = [
        (Kind::Always, "Always", "In every pass of the pattern"),
        (Kind::Every, "A:B", "In pass A of every B"),
        (
            Kind::First,
            "1st",
            "Only in the first pass since the clip started",
        ),
        (Kind::Fill, "Fill", "Only while Fill is held"),
    ];
    let half = Cycle::new(Turn::new(1), Turn::new(2));
    if let Some(kind) = segmented(ui, theme, &options, kind) {
        step.condition = match kind {
            Kind::Always => Condition::Always,
            Kind::Every => Condition::Every(half),
            Kind::First => Condition::First,
            Kind::Fill => Condition::Fill,
        };
    }
    if let Condition::Every(cycle) = step.condition {
        ui.horizontal(|ui| {
            let (turn, of) = (cycle.turn(), cycle.of());
            caption(ui, theme, "Pass");
            let range = Range::new(1.0, f64::from(of.get()), 1.0);
            let number = Number::new("turn", f64::from(turn.get()), &range).width(36.0);
            if let Some(turn) = number.show(ui, theme) {
                step.condition = Condition::Every(Cycle::new(Turn::new(whole(turn)), of));
            }
            caption(ui, theme, "of every");
            let range = Range::new(1.0, 8.0, 2.0);
            let number = Number::new("of", f64::from(of.get()), &range).width(36.0);
            if let Some(of) = number.show(ui, theme) {
                step.condition = Condition::Every(Cycle::new(turn, Turn::new(whole(of))));
            }
        });
    }
}
