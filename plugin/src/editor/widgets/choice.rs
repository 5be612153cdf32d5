//! One of several: side by side where they are few, in a list where they are many.

use super::Button;
use crate::editor::theme::Theme;
use egui::{ComboBox, RichText, Ui};

/// Each with its label and what it means. Gives the one that was clicked, if it is another.
pub(in crate::editor) fn segmented<T: Copy + PartialEq>(
    ui: &mut Ui,
    theme: &Theme,
    options: &[(T, &str, &str)],
    current: T,
) -> Option<T> {
    let mut chosen = None;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for (option, label, hint) in options {
            let is_on = *option == current;
            let button = Button::new(label).hint(hint).on(is_on).small(theme);
            if button.show(ui, theme).clicked() && !is_on {
                chosen = Some(*option);
            }
        }
    });
    chosen
}

/// A list that opens. The name tells it from the others of its panel.
pub(in crate::editor) fn choice<T: PartialEq>(
    ui: &mut Ui,
    theme: &Theme,
    (name, hint, width): (&str, &str, f32),
    current: &str,
    options: impl IntoIterator<Item = (T, String)>,
) -> Option<T> {
    let mut chosen = None;
    let list = ComboBox::from_id_salt(ui.scope_id().with(("choice", name)))
        .selected_text(RichText::new(current).size(theme.text))
        .width(width)
        .truncate()
        .show_ui(ui, |ui| {
            for (option, label) in options {
                let is_current = label == current;
                if ui.selectable_label(is_current, label).clicked() && !is_current {
                    chosen = Some(option);
                }
            }
        });
    if !hint.is_empty() {
        list.response.on_hover_text(hint);
    }
    chosen
}
