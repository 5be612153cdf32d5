//! The look, read from the token file that the browser page uses too.

use egui::Color32;
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
    pub(super) gap: f32,
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
            gap: pixels("space-1"),
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
        self.tracks
            .get(usize::from(colour.get()))
            .copied()
            .unwrap_or(self.accent)
    }

    pub(super) fn apply(&self, context: &egui::Context) {
        context.set_theme(egui::Theme::Dark);
        context.style_mut_of(egui::Theme::Dark, |style| {
            let visuals = &mut style.visuals;
            visuals.panel_fill = self.background;
            visuals.extreme_bg_color = self.raised;
            visuals.override_text_color = Some(self.ink);
            visuals.selection.bg_fill = self.accent.gamma_multiply(0.4);
            visuals.widgets.inactive.weak_bg_fill = self.raised;
            visuals.widgets.hovered.weak_bg_fill = self.step_lit;
            visuals.widgets.active.weak_bg_fill = self.accent.gamma_multiply(0.5);
            style.spacing.item_spacing = egui::vec2(self.gap * 2.0, self.gap * 2.0);
            for font in style.text_styles.values_mut() {
                font.size = self.text;
            }
        });
    }
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
