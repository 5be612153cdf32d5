//! What can be done to the whole pattern of the selected track, and how the track counts and sounds
//! its steps.

use super::panel::Desk;
use super::widgets::{Button, Number, Range, caption, choice, empty, heading, segmented, whole};
use egui::{Ui, vec2};
use lockstep_session::document::mixer::{ChokeGroup, Percent, Transpose};
use lockstep_session::document::pattern::{Operation, PatternLength, Pulses, Shift};
use lockstep_session::document::track::{ScaleMode, StepLength, Track, TrackSetting};
use lockstep_session::document::words;
use lockstep_session::edit::{ClipSetting, Edit};

#[derive(Debug)]
pub(super) struct PatternPanel {
    pulses: i64,
    rotation: i64,
    density: i64,
    amount: i64,
}

impl Default for PatternPanel {
    fn default() -> Self {
        Self {
            pulses: 4,
            rotation: 0,
            density: 40,
            amount: 30,
        }
    }
}

impl PatternPanel {
    pub(super) fn show(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = desk.theme;
        let Some(track) = desk.track() else {
            empty(ui, theme, "Add a track in the grid first.");
            return;
        };
        let is_open = desk.locked().is_none();
        ui.add_enabled_ui(is_open, |ui| {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = theme.inset;
                if desk.pattern_of(track).is_some() {
                    column(ui, 196.0, |ui| shape(ui, desk, track));
                    column(ui, 176.0, |ui| self.rhythm(ui, desk, track));
                } else {
                    column(ui, 250.0, |ui| {
                        let words = "This slot holds no pattern. Click a step in the grid to begin \
                                     one.";
                        empty(ui, theme, words);
                    });
                }
                column(ui, 420.0, |ui| counting(ui, desk, track));
            });
        });
    }

    fn rhythm(&mut self, ui: &mut Ui, desk: &mut Desk<'_>, track: &Track) {
        let theme = desk.theme;
        heading(ui, theme, "Rhythm");
        ui.horizontal(|ui| {
            let range = Range::new(0.0, 128.0, 4.0);
            let number = Number::new("pulses", float(self.pulses), &range)
                .width(40.0)
                .hint("How many steps are struck");
            self.pulses = number.show(ui, theme).map_or(self.pulses, whole);
            let range = Range::new(-127.0, 127.0, 0.0);
            let number = Number::new("rotation", float(self.rotation), &range)
                .width(40.0)
                .hint("By how many steps the rhythm is turned");
            self.rotation = number.show(ui, theme).map_or(self.rotation, whole);
            let operation = Operation::Euclid {
                pulses: Pulses::new(self.pulses),
                rotation: Shift::new(self.rotation),
            };
            let hint = "Spreads so many strokes as evenly as steps allow, turned by so many";
            act(ui, desk, track, ("Euclid", hint), operation);
        });
        let percent = |value: f64| format!("{value:.0} %");
        let range = Range::new(0.0, 100.0, 40.0).written(&percent);
        let seed = seed(desk);
        ui.horizontal(|ui| {
            let number = Number::new("density", float(self.density), &range)
                .width(84.0)
                .hint("How many of the steps are struck");
            self.density = number.show(ui, theme).map_or(self.density, whole);
            let density = Percent::new(self.density);
            let operation = Operation::Randomise { seed, density };
            let hint = "Throws the dice for every step: on or off, and how hard";
            act(ui, desk, track, ("Random", hint), operation);
        });
        ui.horizontal(|ui| {
            let number = Number::new("amount", float(self.amount), &range)
                .width(84.0)
                .hint("How far from the machine");
            self.amount = number.show(ui, theme).map_or(self.amount, whole);
            let amount = Percent::new(self.amount);
            let operation = Operation::Humanise { seed, amount };
            let hint = "Moves velocities and times a little, each by its own";
            act(ui, desk, track, ("Humanise", hint), operation);
        });
    }
}

fn column(ui: &mut Ui, width: f32, content: impl FnOnce(&mut Ui)) {
    let size = vec2(width, ui.available_height());
    ui.allocate_ui(size, |ui| {
        ui.vertical(|ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing = vec2(4.0, 6.0);
            content(ui);
        });
    });
}

fn act(
    ui: &mut Ui,
    desk: &mut Desk<'_>,
    track: &Track,
    (label, hint): (&str, &str),
    operation: Operation,
) {
    let theme = desk.theme;
    let button = Button::new(label).hint(hint).small(theme);
    if button.show(ui, theme).clicked() {
        desk.commands.edit(Edit::Pattern {
            track: track.id,
            scene: desk.scene_of(track),
            operation,
        });
    }
}

fn shape(ui: &mut Ui, desk: &mut Desk<'_>, track: &Track) {
    let theme = desk.theme;
    heading(
        ui,
        theme,
        &format!("Pattern \u{b7} {}", track.settings.name.as_str()),
    );
    for row in words::tools() {
        ui.horizontal(|ui| {
            for tool in row {
                act(ui, desk, track, (tool.words, tool.hint), tool.operation);
            }
        });
    }
}

fn counting(ui: &mut Ui, desk: &mut Desk<'_>, track: &Track) {
    let theme = desk.theme;
    let settings = &track.settings;
    heading(ui, theme, "Counting and pitch");
    let set = |desk: &mut Desk<'_>, setting| {
        let track = track.id;
        desk.commands.edit(Edit::Track { track, setting });
    };
    ui.horizontal(|ui| {
        if let Some(pattern) = desk.pattern_of(track) {
            caption(ui, theme, "Length");
            let range = Range::new(1.0, 128.0, 16.0);
            let number = Number::new("length", f64::from(pattern.length().get()), &range)
                .width(44.0)
                .hint(
                    "How many steps play before the pattern starts again. Shrinking loses nothing.",
                );
            if let Some(length) = number.show(ui, theme) {
                desk.commands.edit(Edit::ClipSetting {
                    track: track.id,
                    scene: desk.scene_of(track),
                    setting: ClipSetting::Length(PatternLength::new(whole(length))),
                });
            }
        }
        caption(ui, theme, "Step");
        let options = StepLength::ALL.map(|length| (length, fraction(length).to_owned()));
        let current = fraction(settings.step_length);
        let hint = "How long one step of this track lasts";
        if let Some(length) = choice(ui, theme, ("step length", hint, 76.0), current, options) {
            set(desk, TrackSetting::StepLength(length));
        }
        caption(ui, theme, "Swing");
        let percent = |value: f64| format!("{value:.0} %");
        let range = Range::new(0.0, 100.0, 0.0).written(&percent);
        let number = Number::new("track swing", f64::from(settings.swing.get()), &range)
            .width(48.0)
            .hint("This track's own swing, on top of the session's");
        if let Some(swing) = number.show(ui, theme) {
            set(desk, TrackSetting::Swing(Percent::new(whole(swing))));
        }
    });
    ui.horizontal(|ui| {
        caption(ui, theme, "Transpose");
        let signed = |value: f64| format!("{value:+.0}");
        let range = Range::new(-24.0, 24.0, 0.0).written(&signed);
        let number = Number::new("transpose", f64::from(settings.transpose.get()), &range)
            .width(44.0)
            .hint("Semitones that the whole track is moved by");
        if let Some(transpose) = number.show(ui, theme) {
            let transpose = Transpose::new(whole(transpose));
            set(desk, TrackSetting::Transpose(transpose));
        }
        caption(ui, theme, "Choke group");
        let write = |value: f64| {
            if value < 1.0 {
                "none".to_owned()
            } else {
                format!("{value:.0}")
            }
        };
        let range = Range::new(0.0, 8.0, 0.0).written(&write);
        let number = Number::new("choke", f64::from(settings.choke.get()), &range)
            .width(48.0)
            .hint("Tracks of the same group cut each other off, as hats do");
        if let Some(choke) = number.show(ui, theme) {
            set(desk, TrackSetting::Choke(ChokeGroup::new(whole(choke))));
        }
    });
    ui.horizontal(|ui| {
        caption(ui, theme, "Follows the harmony");
        let modes = [
            (ScaleMode::Off, "Off", "Sounds as it is written"),
            (
                ScaleMode::Scale,
                "Scale",
                "Each note goes to the nearest of the scale",
            ),
            (
                ScaleMode::Chord,
                "Chord",
                "Each note goes to the nearest of the chord",
            ),
        ];
        if let Some(mode) = segmented(ui, theme, &modes, settings.scale_mode) {
            set(desk, TrackSetting::ScaleMode(mode));
        }
    });
}

fn fraction(length: StepLength) -> &'static str {
    match length {
        StepLength::Quarter => "1/4",
        StepLength::QuarterTriplet => "1/4 triplet",
        StepLength::Eighth => "1/8",
        StepLength::EighthTriplet => "1/8 triplet",
        StepLength::Sixteenth => "1/16",
        StepLength::SixteenthTriplet => "1/16 triplet",
        StepLength::ThirtySecond => "1/32",
        StepLength::ThirtySecondTriplet => "1/32 triplet",
    }
}

/// Another for every moment; the edit carries it, so that everyone throws the same dice.
fn seed(desk: &Desk<'_>) -> u32 {
    let micros = desk.now.as_micros().rem_euclid(i64::from(u32::MAX));
    u32::try_from(micros).unwrap_or(0)
}

#[expect(clippy::cast_precision_loss, reason = "below 128")]
fn float(value: i64) -> f64 {
    value as f64
}
