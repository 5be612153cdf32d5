//! The mixer: what everyone hears of each track, and below it what only this workstation makes of it.

mod selected;
mod strip;

use super::measures;
use super::panel::Desk;
use super::touch::{HostKnob, Touch};
use super::widgets::{Fader, Number, Range, caption, level_bar, words};
use egui::{Align, Layout, ScrollArea, Sense, Ui, vec2};
use lockstep_session::edit::{Edit, SessionSetting};
use nice_plug::prelude::util;

#[derive(Debug, Default)]
pub(super) struct Mixer {
    touch: Touch,
}

/// The room of one track.
const STRIP: f32 = 56.0;
const LABELS: f32 = 52.0;
/// What a strip is high without its fader.
const REST: f32 = 176.0;
const LEAST_FADER: f32 = 48.0;
const MOST_FADER: f32 = 160.0;
const METER: f32 = 6.0;

impl Mixer {
    pub(super) fn show(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = desk.theme;
        self.touch.follow(ui, desk);
        if desk.document().tracks.is_empty() {
            super::widgets::empty(ui, theme, "The mixer has nothing to mix yet: add a track.");
            return;
        }
        if let Some(why) = desk.locked() {
            words(ui, theme, why, theme.dim);
        }
        let fader = (ui.available_height() - REST).clamp(LEAST_FADER, MOST_FADER);
        ScrollArea::both().show(ui, |ui| {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = theme.gap;
                selected::show(ui, desk);
                labels(ui, desk, fader);
                for place in 0..desk.document().tracks.len() {
                    ui.push_id(("strip", desk.document().tracks[place].id), |ui| {
                        strip::show(ui, desk, &mut self.touch, place, fader);
                    });
                }
                self.master(ui, desk, fader);
            });
        });
    }

    fn master(&mut self, ui: &mut Ui, desk: &mut Desk<'_>, fader: f32) {
        let theme = desk.theme;
        column(ui, |ui| {
            super::widgets::label(ui, theme, "Master");
            let shown = Shown {
                value: measures::of_level(desk.document().master),
                meter: desk.levels.master,
                colour: theme.live,
                hint: "The level of the whole session, for everyone",
            };
            if let Some(value) = level(ui, desk, &shown, fader) {
                let setting = SessionSetting::Master(measures::to_level(value));
                desk.commands.edit(Edit::Session(setting));
            }
            ui.add_space(20.0 + 20.0 + theme.gap * 2.0);
            strip::line(ui, theme);
            let hint =
                "The level of everything in this workstation only: the host's parameter Master";
            trim(ui, desk, &mut self.touch, HostKnob::Master, hint);
        });
    }
}

/// What stands at the left of the strips: whom their controls are for.
fn labels(ui: &mut Ui, desk: &Desk<'_>, fader: f32) {
    let theme = desk.theme;
    ui.allocate_ui_with_layout(
        vec2(LABELS, fader + REST),
        Layout::top_down(Align::Max),
        |ui| {
            ui.spacing_mut().item_spacing.y = theme.gap;
            ui.add_space(20.0);
            let everyone = caption(ui, theme, "Everyone");
            everyone.on_hover_text("Faders, pans, M and S are part of the session");
            ui.add_space(fader + 20.0 * 2.0 + theme.gap);
            let here = caption(ui, theme, "Only here");
            here.on_hover_text(
                "These change what this workstation plays and nothing else. The host can automate the trims and mutes.",
            );
        },
    );
}

fn column(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let layout = Layout::top_down(Align::Center);
    ui.allocate_ui_with_layout(vec2(STRIP, 0.0), layout, |ui| {
        ui.set_width(STRIP);
        ui.spacing_mut().item_spacing.y = 4.0;
        content(ui);
    });
}

/// A level that everyone hears, and how loud it is here.
struct Shown {
    value: f64,
    meter: lockstep_engine::Level,
    colour: egui::Color32,
    hint: &'static str,
}

/// A fader beside its meter, and its number below. The level that it was moved to.
fn level(ui: &mut Ui, desk: &Desk<'_>, shown: &Shown, height: f32) -> Option<f64> {
    let theme = desk.theme;
    let is_open = desk.locked().is_none();
    let range = measures::level_range();
    let size = vec2(METER + 4.0 + 28.0, height);
    let beside = Layout::left_to_right(Align::Min);
    let moved = ui.allocate_ui_with_layout(size, beside, |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let (area, _) = ui.allocate_exact_size(vec2(METER, height), Sense::empty());
        level_bar(ui.painter(), theme, area, shown.meter, shown.colour);
        let fader = Fader::new("level", shown.value, &range, vec2(28.0, height));
        fader.hint(shown.hint).enabled(is_open).show(ui, theme)
    });
    let number = Number::new("level number", shown.value, &range);
    let number = number.width(STRIP).height(20.0).hint(shown.hint);
    let typed = number.enabled(is_open).show(ui, theme);
    moved.inner.or(typed)
}

/// One of this workstation's own levels, in decibels.
fn trim(ui: &mut Ui, desk: &Desk<'_>, touch: &mut Touch, knob: HostKnob, hint: &str) {
    let Some(parameter) = knob.of(desk.params) else {
        return;
    };
    let range = Range::new(-60.0, 6.0, 0.0)
        .step(0.1)
        .notch(0.5)
        .written(&|value| format!("{value:+.1} dB"));
    let value = f64::from(util::gain_to_db(parameter.value()));
    let number = Number::new("trim", value, &range).width(STRIP).height(20.0);
    if let Some(decibels) = number.hint(hint).show(ui, desk.theme) {
        #[expect(clippy::cast_possible_truncation, reason = "decibels are few")]
        let gain = util::db_to_gain(decibels as f32);
        touch.turn(desk, knob, gain);
    }
}
