//! The list of sounds: presets by category and search, or the samples of the session.

use super::presets::beside;
use crate::editor::panel::Desk;
use crate::editor::widgets::{Button, ROW, caption, choice, row, segmented};
use egui::{RichText, ScrollArea, TextEdit, Ui};
use lockstep_engine::{Category, Preset};
use lockstep_session::document::instrument::Source;
use lockstep_session::document::track::Track;
use lockstep_session::ids::TrackId;
use lockstep_session::text::Name;

#[derive(Debug, Default)]
pub(super) struct Browser {
    search: String,
    category: Option<Category>,
    kind: Kind,
    /// The track whose sound was brought into view.
    shown: Option<TrackId>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Presets,
    Samples,
}

const HINT: &str = "Click to play this sound on the track, for everyone. Undo goes back.";

impl Browser {
    /// The sound that was chosen.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        desk: &mut Desk<'_>,
        track: &Track,
    ) -> Option<Source> {
        let theme = desk.theme;
        let is_new = self.shown != Some(track.id);
        if is_new {
            self.kind = match &track.settings.instrument.source {
                Source::Preset(_) => Kind::Presets,
                Source::Sample(_) => Kind::Samples,
            };
            self.shown = Some(track.id);
        }
        let stepped = ui
            .horizontal(|ui| {
                let kinds = [
                    (Kind::Presets, "Presets", "Sounds that everyone has"),
                    (
                        Kind::Samples,
                        "Samples",
                        "Sounds that were added to this session",
                    ),
                ];
                if let Some(kind) = segmented(ui, theme, &kinds, self.kind) {
                    self.kind = kind;
                }
                match self.kind {
                    Kind::Presets => self.step(ui, desk, track),
                    Kind::Samples => None,
                }
            })
            .inner;
        let clicked = match self.kind {
            Kind::Presets => self.presets(ui, desk, track, is_new),
            Kind::Samples => samples(ui, desk, track),
        };
        clicked.or(stepped)
    }

    /// To the preset before or after this one.
    fn step(&self, ui: &mut Ui, desk: &Desk<'_>, track: &Track) -> Option<Source> {
        let theme = desk.theme;
        let is_open = desk.locked().is_none();
        let mut chosen = None;
        for (label, hint, forwards) in [
            ("\u{2039}", "The preset before this one", false),
            ("\u{203a}", "The preset after this one", true),
        ] {
            let button = Button::new(label).hint(hint).small(theme).enabled(is_open);
            if button.show(ui, theme).clicked() {
                let list = Preset::search(&self.search, self.category);
                chosen = beside(&list, preset_name(track), forwards);
            }
        }
        chosen.map(source_of)
    }

    fn presets(
        &mut self,
        ui: &mut Ui,
        desk: &Desk<'_>,
        track: &Track,
        is_new: bool,
    ) -> Option<Source> {
        let theme = desk.theme;
        ui.horizontal(|ui| {
            let search = TextEdit::singleline(&mut self.search)
                .hint_text(RichText::new("Search sounds").color(theme.faint))
                .background_color(theme.raised)
                .char_limit(40)
                .desired_width(118.0);
            ui.add(search).on_hover_text("Part of a name or a category");
            let every = (None, "All".to_owned());
            let named = Category::ALL.map(|category| (Some(category), category.title()));
            let named = named.map(|(category, name)| (category, name.to_owned()));
            let current = self.category.map_or("All", Category::title);
            let options = std::iter::once(every).chain(named);
            let hint = "What the sound is for";
            if let Some(chosen) = choice(ui, theme, ("Category", hint, 84.0), current, options) {
                self.category = chosen;
            }
        });
        let list = Preset::search(&self.search, self.category);
        if list.is_empty() {
            caption(ui, theme, "No sound is called that.");
            return None;
        }
        let current = preset_name(track);
        let mut area = ScrollArea::vertical()
            .id_salt("presets")
            .auto_shrink([false, false]);
        let place = list.iter().position(|preset| preset.name == current);
        if let (true, Some(place)) = (is_new, place) {
            let above = place.saturating_sub(2);
            area = area.vertical_scroll_offset(as_f32(above) * ROW);
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let clicked = area.show_rows(ui, ROW, list.len(), |ui, range| {
            let mut clicked = None;
            for preset in list.get(range).unwrap_or_default() {
                let category = preset.category.title();
                let is_on = preset.name == current;
                if row(ui, theme, (preset.title, category, HINT), is_on).clicked() {
                    clicked = Some(*preset);
                }
            }
            clicked
        });
        clicked.inner.map(source_of)
    }
}

fn preset_name(track: &Track) -> &str {
    match &track.settings.instrument.source {
        Source::Preset(name) => name.as_str(),
        Source::Sample(_) => "",
    }
}

fn source_of(preset: &Preset) -> Source {
    Source::Preset(Name::new(preset.name))
}

fn samples(ui: &mut Ui, desk: &Desk<'_>, track: &Track) -> Option<Source> {
    let theme = desk.theme;
    let samples = &desk.document().samples;
    if samples.is_empty() {
        let text = "No samples yet. Add a file or record one under Samples.";
        super::words(ui, theme, text, theme.dim);
        return None;
    }
    let mut clicked = None;
    ui.spacing_mut().item_spacing.y = 0.0;
    let area = ScrollArea::vertical()
        .id_salt("samples")
        .auto_shrink([false, false]);
    area.show(ui, |ui| {
        for (id, sample) in samples.iter() {
            let source = Source::Sample(*id);
            let is_on = track.settings.instrument.source == source;
            let seconds = f64::from(sample.frames.get()) / f64::from(sample.rate.get());
            let lasts = crate::editor::measures::seconds(seconds);
            if row(ui, theme, (sample.name.as_str(), &lasts, HINT), is_on).clicked() {
                clicked = Some(source);
            }
        }
    });
    clicked
}

#[expect(clippy::cast_precision_loss, reason = "presets are few")]
fn as_f32(count: usize) -> f32 {
    count as f32
}
