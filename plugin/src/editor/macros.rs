//! The eight knobs that the host automates, and what each of them turns here.

mod targets;

use super::measures;
use super::panel::Desk;
use super::touch::{HostKnob, Touch};
use super::widgets::{Button, Knob, Number, Range, caption, choice, heading, whole};
use crate::macros::{MACROS, MacroTarget};
use crate::network::Command;
use egui::{Align, Layout, ScrollArea, Ui, vec2};
use lockstep_engine::Meaning;
use lockstep_session::document::instrument::{Amount, Parameter};
use lockstep_session::ids::TrackId;
use targets::{choices, first_of, meaning_of, title_of};

#[derive(Debug, Default)]
pub(super) struct MacrosPanel {
    touch: Touch,
}

const COLUMN: f32 = 98.0;

impl MacrosPanel {
    pub(super) fn show(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = desk.theme;
        self.touch.follow(ui, desk);
        ui.horizontal(|ui| {
            heading(ui, theme, "Host macros");
            let text = "Only here: automate them in your workstation. Nobody else's sound changes.";
            caption(ui, theme, text);
        });
        ScrollArea::both().show(ui, |ui| {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = theme.pad;
                for number in 0..MACROS {
                    ui.push_id(("macro", number), |ui| {
                        let layout = Layout::top_down(Align::Center);
                        ui.allocate_ui_with_layout(vec2(COLUMN, 0.0), layout, |ui| {
                            ui.set_width(COLUMN);
                            ui.spacing_mut().item_spacing.y = theme.gap;
                            self.column(ui, desk, number);
                        });
                    });
                }
            });
        });
    }

    fn column(&mut self, ui: &mut Ui, desk: &mut Desk<'_>, number: usize) {
        let theme = desk.theme;
        let target = desk.view.macros.get(number).copied().flatten();
        self.knob(ui, desk, number, target);
        let track = target.and_then(|target| desk.document().track(target.track));
        let tracks = desk.document().tracks.iter();
        let named = tracks.map(|track| (track.id, track.settings.name.to_string()));
        let current = match (target, track) {
            (None, _) => "Nothing",
            (Some(_), None) => "A track that is gone",
            (Some(_), Some(track)) => track.settings.name.as_str(),
        };
        let hint = "The track whose sound this knob turns";
        if let Some(track) = choice(ui, theme, ("Track", hint, COLUMN - 8.0), current, named) {
            assign(desk, number, track, target);
        }
        let (Some(target), Some(track)) = (target, track) else {
            if target.is_some() {
                clear(ui, desk, number);
            }
            return;
        };
        let source = &track.settings.instrument.source;
        let options = choices(source);
        let current = title_of(source, target.parameter);
        let hint = "What it turns there";
        let chosen = choice(
            ui,
            theme,
            ("Parameter", hint, COLUMN - 8.0),
            &current,
            options,
        );
        if let Some(parameter) = chosen {
            let whole_range = whole_range(target.track, parameter);
            desk.commands.ask(Command::Macro(number, Some(whole_range)));
        }
        ends(
            ui,
            desk,
            number,
            target,
            meaning_of(source, target.parameter),
        );
        clear(ui, desk, number);
    }

    fn knob(&mut self, ui: &mut Ui, desk: &Desk<'_>, number: usize, target: Option<MacroTarget>) {
        let Some(parameter) = HostKnob::Macro(number).of(desk.params) else {
            return;
        };
        let range = Range::new(0.0, 100.0, 0.0)
            .step(0.1)
            .notch(1.0)
            .written(&|value| format!("{value:.1} %"));
        let track = target.and_then(|target| desk.document().track(target.track));
        let words = match (target, track) {
            (Some(target), Some(track)) => {
                let source = &track.settings.instrument.source;
                let meaning = meaning_of(source, target.parameter);
                let share = f64::from(parameter.value()) / 100.0;
                let now = measures::meaning(meaning, between(target, share));
                let title = title_of(source, target.parameter);
                format!("{} of {}: {now}", title, track.settings.name.as_str())
            }
            _ => "Turns nothing yet: choose a track below".to_owned(),
        };
        let name = format!("Macro {}", number + 1);
        let mut knob = Knob::new(&name, f64::from(parameter.value()), &range).hint(&words);
        if let Some(track) = track {
            knob = knob.colour(desk.theme.track(track.settings.colour));
        }
        if let Some(value) = knob.show(ui, desk.theme) {
            #[expect(clippy::cast_possible_truncation, reason = "from 0 to 100")]
            self.touch.turn(desk, HostKnob::Macro(number), value as f32);
        }
    }
}

/// Where the knob puts the parameter.
fn between(target: MacroTarget, share: f64) -> Amount {
    let (from, to) = (f64::from(target.from.get()), f64::from(target.to.get()));
    Amount::new(whole(from + (to - from) * share))
}

fn whole_range(track: TrackId, parameter: Parameter) -> MacroTarget {
    MacroTarget {
        track,
        parameter,
        from: Amount::MIN,
        to: Amount::MAX,
    }
}

/// To another track: the same parameter, where that track hears it.
fn assign(desk: &mut Desk<'_>, number: usize, id: TrackId, before: Option<MacroTarget>) {
    let Some(track) = desk.document().track(id) else {
        return;
    };
    let source = &track.settings.instrument.source;
    let kept = before.filter(|before| choices(source).any(|(other, _)| other == before.parameter));
    let target = match (kept, first_of(source)) {
        (Some(before), _) => Some(MacroTarget {
            track: id,
            ..before
        }),
        (None, Some(parameter)) => Some(whole_range(id, parameter)),
        // A kit has nothing to turn but what every track has.
        (None, None) => None,
    };
    desk.commands.ask(Command::Macro(number, target));
}

/// Between which amounts it turns.
fn ends(ui: &mut Ui, desk: &mut Desk<'_>, number: usize, target: MacroTarget, meaning: Meaning) {
    let theme = desk.theme;
    let write = |value: f64| measures::meaning(meaning, Amount::new(whole(value)));
    let read = |text: &str| {
        let amount = measures::read_meaning(meaning, text)?;
        Some(f64::from(amount.get()))
    };
    let mut changed = target;
    for (name, end, rest, hint) in [
        (
            "from",
            &mut changed.from,
            0.0,
            "Where the knob's lower end puts it",
        ),
        (
            "to",
            &mut changed.to,
            10_000.0,
            "Where the knob's upper end puts it",
        ),
    ] {
        let range = Range::new(0.0, 10_000.0, rest)
            .notch(100.0)
            .written(&write)
            .read(&read);
        ui.horizontal(|ui| {
            ui.add_space(theme.gap);
            ui.allocate_ui(vec2(26.0, 20.0), |ui| {
                ui.set_width(26.0);
                caption(ui, theme, name);
            });
            let number = Number::new(name, f64::from(end.get()), &range);
            let number = number.width(64.0).height(20.0).hint(hint);
            if let Some(value) = number.show(ui, theme) {
                *end = Amount::new(whole(value));
            }
        });
    }
    if changed != target {
        desk.commands.ask(Command::Macro(number, Some(changed)));
    }
}

fn clear(ui: &mut Ui, desk: &mut Desk<'_>, number: usize) {
    let clear = Button::new("Clear").hint("The knob turns nothing any more");
    if clear.small(desk.theme).show(ui, desk.theme).clicked() {
        desk.commands.ask(Command::Macro(number, None));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_knob_shows_where_it_puts_its_parameter_also_upside_down() {
        let target = MacroTarget {
            from: Amount::new(8_000),
            to: Amount::new(2_000),
            ..whole_range(TrackId(1), Parameter::Cutoff)
        };
        assert_eq!(between(target, 0.0).get(), 8_000);
        assert_eq!(between(target, 0.5).get(), 5_000);
        assert_eq!(between(target, 1.0).get(), 2_000);
    }
}
