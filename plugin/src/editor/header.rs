//! The top of the window: the session's name, its transport, who leads, who is there, and what is
//! recorded.

mod cycle;
mod lead;
mod people;
mod record;
mod transport;

use super::panel::Desk;
use super::theme::Theme;
use super::widgets::Field;
use egui::{Align, Label, Layout, Rect, RichText, Sense, Ui, pos2, vec2};
use lockstep_session::edit::{Edit, SessionSetting};
use lockstep_session::text::LongName;

pub(super) use people::describe;
pub(super) use record::{metronome, recording, toggle};

pub(super) const HEIGHT: f32 = 56.0;
const NAME: f32 = 152.0;

#[derive(Debug, Default)]
pub(super) struct Header;

impl Header {
    pub(super) fn show(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = desk.theme;
        let size = vec2(ui.available_width(), HEIGHT - 2.0 * theme.pad);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = theme.inset;
            mark(ui, theme);
            name(ui, desk);
            transport::show(ui, desk);
            lead::show(ui, desk);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = theme.pad;
                record::show(ui, desk);
                cycle::show(ui, desk);
                people::show(ui, desk);
                lead::who(ui, desk);
            });
        });
    }
}

/// Lockstep's own sign: four steps, three of them on.
fn mark(ui: &mut Ui, theme: &Theme) {
    const STEP: f32 = 7.0;
    const GAP: f32 = 3.0;
    let (area, _) = ui.allocate_exact_size(vec2(17.0, 17.0), Sense::empty());
    let colours = [
        theme.accent,
        theme.track_number(5),
        theme.step_lit,
        theme.track_number(4),
    ];
    let corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)];
    for ((column, row), colour) in corners.into_iter().zip(colours) {
        let at = area.min + vec2(column, row) * (STEP + GAP);
        let step = Rect::from_min_size(at, vec2(STEP, STEP));
        ui.painter().rect_filled(step, 2.0, colour);
    }
}

fn name(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = desk.theme;
    let is_open = desk.locked().is_none();
    ui.vertical(|ui| {
        ui.set_width(NAME);
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        ui.spacing_mut().interact_size.y = 14.0;
        let field = Field::new("session name", desk.document().name.as_str())
            .bare()
            .size(theme.large)
            .width(NAME - 8.0)
            .enabled(is_open)
            .hint("The session's name, for everyone. Click to change it.");
        if let Some(name) = field.show(ui, theme) {
            let name = SessionSetting::Name(LongName::new(&name));
            desk.commands.edit(Edit::Session(name));
        }
        let link = desk.view.link.as_deref().map_or("not shared", short);
        let words = RichText::new(link).size(theme.small).color(theme.faint);
        ui.horizontal(|ui| {
            ui.add_space(theme.gap);
            ui.add(Label::new(words).truncate());
        });
    });
}

/// A link without what anyone can guess, and without its secret end.
pub(super) fn short(link: &str) -> &str {
    let link = link.split_once("://").map_or(link, |(_, rest)| rest);
    match link.rsplit_once('-') {
        Some((front, secret)) if secret.len() >= 8 => front,
        _ => link,
    }
}

/// A small title over a value.
fn titled<R>(
    ui: &mut Ui,
    theme: &Theme,
    (title, width): (&str, f32),
    content: impl FnOnce(&mut Ui) -> R,
) -> R {
    let size = vec2(width, HEIGHT - 2.0 * theme.pad);
    let (area, _) = ui.allocate_exact_size(size, Sense::empty());
    let font = egui::FontId::proportional(theme.small);
    let at = pos2(area.left(), area.top() + 1.0);
    let title = title.to_uppercase();
    ui.painter()
        .text(at, egui::Align2::LEFT_TOP, title, font, theme.faint);
    let below = Rect::from_min_max(pos2(area.left(), area.top() + 15.0), area.max);
    let builder = egui::UiBuilder::new()
        .max_rect(below)
        .layout(Layout::left_to_right(Align::Center));
    let fit = |ui: &mut Ui| {
        ui.spacing_mut().interact_size.y = 22.0;
        ui.spacing_mut().button_padding.y = 1.0;
        content(ui)
    };
    ui.scope_builder(builder, fit).inner
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_link_does_not_tell_the_secret_end() {
        let link = "http://10.0.0.2:7878/s/fuzzy-penguin-42-abcdefghij234567";
        assert_eq!(short(link), "10.0.0.2:7878/s/fuzzy-penguin-42");
        assert_eq!(short("http://host/s/x"), "host/s/x");
    }
}
