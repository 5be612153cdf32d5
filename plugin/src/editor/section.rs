//! A heading over the controls that belong together, laid out beside others like it.

use super::theme::Theme;
use super::widgets::{Button, caption, choice, heading};
use egui::{Align, Layout, Response, Ui, vec2};

/// The width and height of a knob, which everything in a section keeps to.
pub(super) const KNOB: egui::Vec2 = vec2(56.0, 66.0);
const HEADING: f32 = 20.0;

/// So many knobs wide.
pub(super) fn section(
    ui: &mut Ui,
    theme: &Theme,
    title: &str,
    columns: f32,
    content: impl FnOnce(&mut Ui),
) {
    let width = columns * (KNOB.x + theme.gap);
    let size = vec2(width, HEADING + KNOB.y);
    ui.allocate_ui_with_layout(size, Layout::top_down(Align::Min), |ui| {
        ui.set_min_size(size);
        heading(ui, theme, title);
        // Controls of the same name stand in other sections too.
        ui.push_id(("section", title), |ui| {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = theme.gap;
                content(ui);
            });
        });
    });
    ui.add_space(theme.pad);
}

/// Sections one beside another, as many as there is room for.
pub(super) fn sections(ui: &mut Ui, theme: &Theme, content: impl FnOnce(&mut Ui)) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(theme.pad, theme.pad);
        content(ui);
    });
}

/// A list among knobs, with its name where theirs are. Takes the room of two.
pub(super) fn listed<T: PartialEq>(
    ui: &mut Ui,
    theme: &Theme,
    (name, hint): (&str, &str),
    current: &str,
    options: impl IntoIterator<Item = (T, String)>,
) -> Option<T> {
    let width = KNOB.x * 2.0 + theme.gap;
    column(ui, theme, name, width, |ui| {
        choice(ui, theme, (name, hint, width - theme.pad), current, options)
    })
}

/// A switch among knobs.
pub(super) fn switch(
    ui: &mut Ui,
    theme: &Theme,
    (name, label, hint): (&str, &str, &str),
    is_on: bool,
    is_enabled: bool,
) -> Response {
    column(ui, theme, name, KNOB.x, |ui| {
        let button = Button::new(label).hint(hint).on(is_on);
        button
            .enabled(is_enabled)
            .width(KNOB.x - theme.gap)
            .show(ui, theme)
    })
}

/// Something as high as a knob, with its name below.
pub(super) fn column<R>(
    ui: &mut Ui,
    theme: &Theme,
    name: &str,
    width: f32,
    content: impl FnOnce(&mut Ui) -> R,
) -> R {
    let size = vec2(width, KNOB.y);
    let layout = Layout::top_down(Align::Center);
    ui.allocate_ui_with_layout(size, layout, |ui| {
        ui.set_min_size(size);
        ui.spacing_mut().item_spacing.y = theme.gap;
        ui.add_space(theme.inset);
        let given = content(ui);
        caption(ui, theme, name);
        given
    })
    .inner
}
