//! The look, read from the token file that the browser page uses too.

use egui::style::ScrollStyle;
use egui::{Color32, CornerRadius, FontDefinitions, FontFamily, Shadow, Stroke, vec2};
use lockstep_session::document::mixer::Colour;
use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../../../assets/tokens.css");

#[derive(Clone, Debug)]
pub(super) struct Theme {
    pub(super) background: Color32,
    pub(super) panel: Color32,
    pub(super) line: Color32,
    pub(super) ink: Color32,
    pub(super) dim: Color32,
    pub(super) faint: Color32,
    pub(super) accent: Color32,
    pub(super) live: Color32,
    pub(super) warning: Color32,
    pub(super) raised: Color32,
    pub(super) step: Color32,
    pub(super) step_alternate: Color32,
    pub(super) step_lit: Color32,
    pub(super) on_colour: Color32,
    pub(super) on_accent: Color32,
    /// Between things that belong together.
    pub(super) gap: f32,
    /// Between controls.
    pub(super) pad: f32,
    /// Around what is in a box.
    pub(super) inset: f32,
    /// Between groups.
    pub(super) space: f32,
    pub(super) radius: f32,
    pub(super) small: f32,
    pub(super) text: f32,
    pub(super) large: f32,
    tracks: Vec<Color32>,
}

impl Theme {
    pub(super) fn new() -> Self {
        let tokens = parse(TOKENS);
        let colour = |name: &str| {
            tokens
                .get(name)
                .and_then(|value| hex(value))
                .unwrap_or(Color32::GRAY)
        };
        let pixels = |name: &str| {
            tokens
                .get(name)
                .and_then(|value| length(value))
                .unwrap_or(8.0)
        };
        Self {
            background: colour("background"),
            panel: colour("panel"),
            line: colour("line"),
            ink: colour("ink"),
            dim: colour("dim"),
            faint: colour("faint"),
            accent: colour("accent"),
            live: colour("live"),
            warning: colour("warning"),
            raised: colour("raised"),
            step: colour("step"),
            step_alternate: colour("step-alternate"),
            step_lit: colour("step-lit"),
            on_colour: colour("on-colour"),
            on_accent: colour("on-accent"),
            gap: pixels("space-1"),
            pad: pixels("space-2"),
            inset: pixels("space-3"),
            space: pixels("space-4"),
            radius: pixels("radius"),
            small: pixels("text-small"),
            text: pixels("text"),
            large: pixels("text-large"),
            tracks: (0..9)
                .map(|track| colour(&format!("track-{track}")))
                .collect(),
        }
    }

    pub(super) fn track(&self, colour: Colour) -> Color32 {
        self.track_number(usize::from(colour.get()))
    }

    pub(super) fn track_number(&self, number: usize) -> Color32 {
        self.tracks.get(number).copied().unwrap_or(self.accent)
    }

    pub(super) fn apply(&self, context: &egui::Context) {
        // The upright letters know no arrows; the others do.
        let mut fonts = FontDefinitions::default();
        if let Some(family) = fonts.families.get_mut(&FontFamily::Proportional) {
            family.push("Hack".to_owned());
        }
        context.set_fonts(fonts);
        context.set_theme(egui::Theme::Dark);
        context.style_mut_of(egui::Theme::Dark, |style| {
            let visuals = &mut style.visuals;
            visuals.panel_fill = self.background;
            visuals.window_fill = self.panel;
            visuals.window_stroke = Stroke::new(1.0, self.line);
            visuals.extreme_bg_color = self.raised;
            visuals.override_text_color = Some(self.ink);
            visuals.selection.bg_fill = self.accent.gamma_multiply(0.4);
            visuals.selection.stroke = Stroke::new(1.0, self.accent);
            visuals.popup_shadow = Shadow::NONE;
            let widgets = &mut visuals.widgets;
            let faces = [
                (&mut widgets.inactive, self.raised, self.line),
                (&mut widgets.hovered, self.step_lit, self.line),
                (&mut widgets.active, self.line, self.faint),
                (&mut widgets.open, self.step_lit, self.faint),
            ];
            for (face, fill, edge) in faces {
                face.weak_bg_fill = fill;
                face.bg_fill = fill;
                face.bg_stroke = Stroke::new(1.0, edge);
                face.corner_radius = radius(self.radius);
                face.expansion = 0.0;
            }
            widgets.noninteractive.bg_stroke = Stroke::new(1.0, self.line);
            style.spacing.item_spacing = vec2(self.pad, self.pad);
            style.spacing.button_padding = vec2(self.pad, self.gap);
            style.spacing.interact_size.y = 24.0;
            style.spacing.scroll = ScrollStyle::thin();
            style.interaction.selectable_labels = false;
            style.interaction.tooltip_delay = 0.6;
            // Nothing moves by itself: every blink would be another frame to paint.
            visuals.text_cursor.blink = false;
            style.animation_time = 0.0;
            for font in style.text_styles.values_mut() {
                font.size = self.text;
            }
        });
    }
}

fn radius(points: f32) -> CornerRadius {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float cast saturates"
    )]
    let points = points.round() as u8;
    CornerRadius::same(points)
}

/// Each `--name: value;` of the file.
fn parse(tokens: &str) -> BTreeMap<&str, &str> {
    let lines = tokens.lines().filter_map(|line| {
        let (name, value) = line.trim().strip_prefix("--")?.split_once(':')?;
        Some((name.trim(), value.trim().trim_end_matches(';')))
    });
    lines.collect()
}

fn hex(value: &str) -> Option<Color32> {
    let number = u32::from_str_radix(value.strip_prefix('#')?, 16).ok()?;
    let [_, red, green, blue] = number.to_be_bytes();
    Some(Color32::from_rgb(red, green, blue))
}

fn length(value: &str) -> Option<f32> {
    value.strip_suffix("px")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_token_that_the_editor_uses_is_in_the_file() {
        let tokens = parse(TOKENS);
        let colours = [
            "background",
            "panel",
            "line",
            "ink",
            "dim",
            "faint",
            "accent",
            "live",
            "warning",
            "raised",
            "step",
            "step-alternate",
            "step-lit",
            "on-colour",
            "on-accent",
            "track-0",
            "track-8",
        ];
        for name in colours {
            assert!(
                tokens.get(name).is_some_and(|value| hex(value).is_some()),
                "{name}"
            );
        }
        for name in [
            "space-1",
            "space-2",
            "space-3",
            "space-4",
            "radius",
            "text-small",
            "text",
            "text-large",
        ] {
            assert!(
                tokens
                    .get(name)
                    .is_some_and(|value| length(value).is_some()),
                "{name}"
            );
        }
    }
}
