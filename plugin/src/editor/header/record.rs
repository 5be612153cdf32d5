//! What becomes of keys that are played, the metronome and the fill.

use crate::controls::Recording;
use crate::editor::panel::Desk;
use crate::editor::theme::Theme;
use crate::editor::widgets::{Button, Number, Range, caption, hold, segmented, whole};
use egui::{Popup, PopupCloseBehavior, Ui};
use lockstep_session::edit::{Edit, SessionSetting};

/// How loud the metronome is when it is switched on, in hundredths.
const CLICK: u8 = 60;
const MENU: f32 = 240.0;

/// Laid out from the right.
pub(super) fn show(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = desk.theme;
    let settings = desk.settings();
    let is_on = settings.recording != Recording::Off;
    let options = Button::new("\u{25be}")
        .width(20.0)
        .hint("How keys are recorded")
        .show(ui, theme);
    Popup::menu(&options)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .width(MENU)
        .show(|ui| menu(ui, desk));
    ui.add_space(2.0 - theme.pad);
    let label = match settings.recording {
        Recording::Off => "Record",
        Recording::Live => "Recording",
        Recording::Step => "Step rec.",
    };
    let record = Button::new(label)
        .on(is_on)
        .colour(theme.warning)
        .hint("Records what you play on your keyboard into the selected track's pattern");
    if record.show(ui, theme).clicked() {
        let recording = if is_on {
            Recording::Off
        } else {
            Recording::Live
        };
        desk.controls
            .change(|settings| settings.recording = recording);
    }
    let clicks = settings.metronome > 0;
    let metronome = Button::new("Click")
        .on(clicks)
        .hint("The metronome, for your ears alone");
    if metronome.show(ui, theme).clicked() {
        let level = if clicks { 0 } else { CLICK };
        desk.controls.change(|settings| settings.metronome = level);
    }
    let fill = Button::new("Fill")
        .on(desk.document().fill)
        .enabled(desk.locked().is_none())
        .hint("Hold it down: steps whose condition is Fill sound, for everyone")
        .show(ui, theme);
    if let Some(is_held) = hold(ui, &fill) {
        let fill = SessionSetting::Fill(is_held);
        desk.commands.edit(Edit::Session(fill));
    }
}

fn menu(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = desk.theme;
    ui.set_min_width(MENU);
    recording(ui, desk);
    ui.horizontal(|ui| {
        caption(ui, theme, "Metronome");
        metronome(ui, desk);
    });
}

/// Also part of the settings.
pub(in crate::editor) fn recording(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = desk.theme;
    let settings = desk.settings();
    let modes = [
        (Recording::Off, "Off", "Keys are only heard"),
        (
            Recording::Live,
            "Live",
            "While the transport rolls, into the pattern that plays",
        ),
        (
            Recording::Step,
            "Step by step",
            "Each stroke into the next step, whether or not anything rolls",
        ),
    ];
    if let Some(recording) = segmented(ui, theme, &modes, settings.recording) {
        desk.controls
            .change(|settings| settings.recording = recording);
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme.gap;
        let switch = |ui: &mut Ui, label: &str, is_on: bool, hint: &str| {
            toggle(ui, theme, label, is_on, hint)
        };
        if switch(
            ui,
            "Quantise",
            settings.is_quantised,
            "Puts strokes on the step; without it they keep their nudge",
        ) {
            desk.controls
                .change(|settings| settings.is_quantised = !settings.is_quantised);
        }
        if switch(
            ui,
            "Overdub",
            settings.overdubs,
            "Keeps what is there; without it steps that are passed are cleared",
        ) {
            desk.controls
                .change(|settings| settings.overdubs = !settings.overdubs);
        }
        if switch(
            ui,
            "Count in",
            settings.counts_in,
            "Counts a bar before it records",
        ) {
            desk.controls
                .change(|settings| settings.counts_in = !settings.counts_in);
        }
    });
}

pub(in crate::editor) fn metronome(ui: &mut Ui, desk: &mut Desk<'_>) {
    let write = |value: f64| {
        if value < 1.0 {
            "off".to_owned()
        } else {
            format!("{value:.0} %")
        }
    };
    let range = Range::new(0.0, 100.0, 0.0).written(&write);
    let level = f64::from(desk.settings().metronome);
    let number = Number::new("metronome", level, &range)
        .hint("How loud the metronome is, for your ears alone");
    if let Some(level) = number.show(ui, desk.theme) {
        let level = u8::try_from(whole(level)).unwrap_or(0);
        desk.controls.change(|settings| settings.metronome = level);
    }
}

pub(in crate::editor) fn toggle(
    ui: &mut Ui,
    theme: &Theme,
    label: &str,
    is_on: bool,
    hint: &str,
) -> bool {
    let button = Button::new(label).on(is_on).small(theme).hint(hint);
    button.show(ui, theme).clicked()
}
