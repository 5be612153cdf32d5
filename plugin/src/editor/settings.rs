//! What belongs to this seat: keys and notes, recording, the project, the window and one's name.

use super::header::{metronome, recording, toggle};
use super::join::profile;
use super::panel::Desk;
use super::status::output_offset;
use super::widgets::{caption, choice, heading, segmented};
use crate::controls::ControlSettings;
use crate::state::EditorSize;
use egui::{Ui, vec2};

const COLUMN: f32 = 202.0;

#[derive(Debug, Default)]
pub(super) struct Settings;

impl Settings {
    pub(super) fn show(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = desk.theme;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = theme.inset;
            column(ui, |ui| notes(ui, desk));
            column(ui, |ui| {
                heading(ui, theme, "Recording");
                recording(ui, desk);
                ui.horizontal(|ui| {
                    caption(ui, theme, "Metronome");
                    metronome(ui, desk);
                });
                ui.horizontal(|ui| {
                    caption(ui, theme, "Output offset");
                    output_offset(ui, desk);
                });
            });
            column(ui, |ui| project(ui, desk));
            column(ui, |ui| {
                heading(ui, theme, "You");
                profile(ui, desk);
                heading(ui, theme, "Zoom");
                zoom(ui, desk);
            });
        });
    }
}

fn column(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let size = vec2(COLUMN, ui.available_height());
    ui.allocate_ui(size, |ui| {
        ui.vertical(|ui| {
            ui.set_width(COLUMN);
            ui.spacing_mut().item_spacing.y = 6.0;
            content(ui);
        });
    });
}

/// A setting that is on or off.
fn switch(
    ui: &mut Ui,
    desk: &Desk<'_>,
    (label, hint): (&str, &str),
    of: impl Fn(&mut ControlSettings) -> &mut bool,
) {
    let mut settings = desk.settings();
    let is_on = *of(&mut settings);
    if toggle(ui, desk.theme, label, is_on, hint) {
        desk.controls.change(|settings| *of(settings) = !is_on);
    }
}

fn notes(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = desk.theme;
    heading(ui, theme, "Notes in");
    let routes = [
        (
            false,
            "Selected track",
            "Your keyboard plays the track that is selected in the grid",
        ),
        (
            true,
            "By channel",
            "Channel 1 plays the first track, channel 2 the second, and so on",
        ),
    ];
    if let Some(by_channel) = segmented(ui, theme, &routes, desk.settings().by_channel) {
        desk.controls
            .change(|settings| settings.by_channel = by_channel);
    }
    heading(ui, theme, "Notes out");
    switch(
        ui,
        desk,
        (
            "Send what tracks play",
            "Each track's notes go out on its own channel, to drive other instruments",
        ),
        |settings| &mut settings.sends_notes,
    );
    switch(
        ui,
        desk,
        (
            "Drums as General MIDI",
            "Tracks that play a drum send the note of that drum",
        ),
        |settings| &mut settings.maps_drums,
    );
}

fn project(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = desk.theme;
    heading(ui, theme, "Project");
    switch(
        ui,
        desk,
        (
            "Keep samples in the project",
            "The project then plays the same without any network. It grows by their size.",
        ),
        |settings| &mut settings.keeps_samples,
    );
    switch(
        ui,
        desk,
        (
            "Wait for the workstation",
            "In Session leads, the grid plays only while your project plays",
        ),
        |settings| &mut settings.waits_for_host,
    );
    heading(ui, theme, "Keys");
    switch(
        ui,
        desk,
        (
            "Keys in the editor",
            "After a click into the grid: Ctrl+Z, C, X, V, D, Delete and the arrows work there, and \
             your workstation does not get them. Otherwise only text fields take keys.",
        ),
        |settings| &mut settings.keys_in_grid,
    );
}

fn zoom(ui: &mut Ui, desk: &Desk<'_>) {
    let written = |percent: u32| format!("{percent} %");
    let current = written(desk.params.editor.size().percent());
    let options = super::ZOOMS.map(|percent| (percent, written(percent)));
    let named = ("zoom", "How large everything is", 84.0);
    if let Some(percent) = choice(ui, desk.theme, named, &current, options) {
        let size = EditorSize::from_percent(percent);
        ui.ctx().set_zoom_factor(size.zoom());
    }
}
