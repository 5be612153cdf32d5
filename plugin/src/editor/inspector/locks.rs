//! Parameters that take another value for one step only.

use crate::editor::theme::Theme;
use crate::editor::widgets::{Button, Number, Range, caption, choice, heading, whole};
use egui::Ui;
use lockstep_session::document::instrument::{Amount, Parameter};
use lockstep_session::document::step::{Locks, Step};

pub(super) fn show(ui: &mut Ui, theme: &Theme, step: &mut Step) {
    heading(ui, theme, "Locked for this step");
    let write = |value: f64| format!("{value:.0} %");
    let range = Range::new(0.0, 100.0, 50.0).step(0.01).written(&write);
    let locks: Vec<(Parameter, Amount)> = step.locks.iter().collect();
    for (parameter, amount) in &locks {
        ui.horizontal(|ui| {
            let remove = Button::new("\u{d7}")
                .bare()
                .width(20.0)
                .small(theme)
                .hint("The step follows the instrument again");
            if remove.show(ui, theme).clicked() {
                step.locks.clear(*parameter);
            }
            let value = f64::from(amount.get()) / 100.0;
            let number = Number::new(parameter.name(), value, &range)
                .notch(1.0)
                .height(20.0);
            if let Some(value) = number.show(ui, theme) {
                step.locks
                    .set(*parameter, Amount::new(whole(value * 100.0)));
            }
            caption(ui, theme, &title(*parameter));
        });
    }
    if locks.len() >= Locks::MOST {
        caption(ui, theme, "A step holds at most eight.");
        return;
    }
    let free = Parameter::ALL
        .into_iter()
        .filter(|parameter| step.locks.get(*parameter).is_none());
    let options = free.map(|parameter| (parameter, title(parameter)));
    let hint = "Gives a parameter of the instrument, or level or pan, its own value in this step";
    if let Some(parameter) = choice(ui, theme, ("lock", hint, 130.0), "Add a lock", options) {
        step.locks.set(parameter, Amount::default());
    }
}

/// "filter-attack" reads "Filter attack".
fn title(parameter: Parameter) -> String {
    let words = parameter.name().replace('-', " ");
    let mut letters = words.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_have_readable_names() {
        assert_eq!(title(Parameter::FilterAttack), "Filter attack");
        assert_eq!(title(Parameter::Pan), "Pan");
    }
}
