//! One track's strip of the mixer.

use super::{STRIP, Shown, column, trim};
use crate::editor::measures;
use crate::editor::panel::Desk;
use crate::editor::theme::Theme;
use crate::editor::touch::{HostKnob, Touch};
use crate::editor::widgets::{Button, Number, Range, spot, whole};
use egui::{Align2, FontId, Sense, Ui, vec2};
use lockstep_session::document::mixer::Pan;
use lockstep_session::document::track::{Track, TrackSetting};
use lockstep_session::edit::Edit;

pub(super) fn show(ui: &mut Ui, desk: &mut Desk<'_>, touch: &mut Touch, place: usize, fader: f32) {
    let Some(track) = desk.document().tracks.get(place) else {
        return;
    };
    column(ui, |ui| {
        head(ui, desk, track, place);
        level(ui, desk, track, place, fader);
        pan(ui, desk, track);
        shared(ui, desk, track);
        line(ui, desk.theme);
        let hint = format!(
            "The level of this track here only: the host's parameter Trim {}",
            place + 1
        );
        trim(ui, desk, touch, HostKnob::Trim(place), &hint);
        private(ui, desk, place);
    });
}

fn set(desk: &mut Desk<'_>, track: &Track, setting: TrackSetting) {
    desk.commands.edit(Edit::Track {
        track: track.id,
        setting,
    });
}

/// The name, which selects the track.
fn head(ui: &mut Ui, desk: &mut Desk<'_>, track: &Track, place: usize) {
    let theme = desk.theme;
    let (area, response) = spot(ui, vec2(STRIP, 20.0), Sense::CLICK, "name");
    let is_selected = desk.selected() == place;
    if is_selected || response.hovered() {
        let fill = if is_selected {
            theme.step_lit
        } else {
            theme.raised
        };
        ui.painter().rect_filled(area, theme.radius / 2.0, fill);
    }
    let mut bar = area;
    bar.set_width(3.0);
    let colour = theme.track(track.settings.colour);
    ui.painter().rect_filled(bar, 1.5, colour);
    let at = area.left_center() + vec2(theme.gap * 2.0, 0.0);
    let font = FontId::proportional(theme.small + 1.0);
    let clipped = ui.painter().with_clip_rect(area);
    let name = track.settings.name.as_str();
    clipped.text(at, Align2::LEFT_CENTER, name, font, theme.ink);
    if response.on_hover_text(format!("Select {name}")).clicked() {
        desk.select(place);
    }
}

fn level(ui: &mut Ui, desk: &mut Desk<'_>, track: &Track, place: usize, height: f32) {
    let shown = Shown {
        value: measures::of_level(track.settings.level),
        meter: desk.levels.tracks.get(place).copied().unwrap_or_default(),
        colour: desk.theme.track(track.settings.colour),
        hint: "How loud the track is, for everyone",
    };
    if let Some(value) = super::level(ui, desk, &shown, height) {
        set(desk, track, TrackSetting::Level(measures::to_level(value)));
    }
}

fn pan(ui: &mut Ui, desk: &mut Desk<'_>, track: &Track) {
    let range = Range::new(-100.0, 100.0, 0.0)
        .written(&measures::pan)
        .read(&measures::read_pan);
    let value = f64::from(track.settings.pan.get());
    let number = Number::new("pan", value, &range).width(STRIP).height(20.0);
    let number = number.hint("Where the track stands, for everyone. Type 30 L or 30 R.");
    if let Some(value) = number.enabled(desk.locked().is_none()).show(ui, desk.theme) {
        set(desk, track, TrackSetting::Pan(Pan::new(whole(value))));
    }
}

/// Mute and solo that everyone hears.
fn shared(ui: &mut Ui, desk: &mut Desk<'_>, track: &Track) {
    let theme = desk.theme;
    let is_open = desk.locked().is_none();
    let settings = &track.settings;
    two(ui, |ui| {
        let mute = Button::new("M").hint("Mute for everyone").on(settings.mute);
        let mute = mute.colour(theme.warning).enabled(is_open);
        if half(mute, theme).show(ui, theme).clicked() {
            set(desk, track, TrackSetting::Mute(!settings.mute));
        }
        let solo = Button::new("S").hint("Solo for everyone").on(settings.solo);
        if half(solo.enabled(is_open), theme).show(ui, theme).clicked() {
            set(desk, track, TrackSetting::Solo(!settings.solo));
        }
    });
}

/// Mute and solo for this workstation's ears.
fn private(ui: &mut Ui, desk: &mut Desk<'_>, place: usize) {
    let theme = desk.theme;
    two(ui, |ui| {
        if let Some(parameters) = desk.params.tracks.get(place) {
            let is_muted = parameters.mute.value();
            let hint = format!("Mute here only: the host's parameter Mute {}", place + 1);
            let mute = Button::new("m")
                .hint(&hint)
                .on(is_muted)
                .colour(theme.warning);
            if half(mute, theme).show(ui, theme).clicked() {
                desk.turn(&parameters.mute, !is_muted);
            }
        }
        let bit = u32::try_from(place)
            .ok()
            .and_then(|place| 1_u16.checked_shl(place));
        let Some(bit) = bit else {
            return;
        };
        let is_soloed = desk.settings().soloed & bit != 0;
        let solo = Button::new("s")
            .hint("Solo in this workstation only")
            .on(is_soloed);
        if half(solo, theme).show(ui, theme).clicked() {
            desk.controls.change(|settings| settings.soloed ^= bit);
        }
    });
}

fn half<'a>(button: Button<'a>, theme: &Theme) -> Button<'a> {
    button.small(theme).width((STRIP - 4.0) / 2.0)
}

fn two(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    ui.allocate_ui_with_layout(vec2(STRIP, 20.0), layout, |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        content(ui);
    });
}

/// Between what is everyone's and what is not.
pub(super) fn line(ui: &mut Ui, theme: &Theme) {
    let (area, _) = ui.allocate_exact_size(vec2(STRIP, 3.0), Sense::empty());
    let line = egui::Stroke::new(1.0, theme.line);
    ui.painter().hline(area.x_range(), area.center().y, line);
}
