//! What the selected track plays: a preset or a sample, its macros and everything that can be turned.

mod browser;
mod presets;
mod turning;

use super::panel::Desk;
use super::widgets::{Button, caption, label, words};
use browser::Browser;
use egui::{Align, Layout, ScrollArea, Ui, vec2};
use lockstep_engine::Preset;
use lockstep_session::document::Document;
use lockstep_session::document::instrument::Source;
use lockstep_session::document::track::{Track, TrackSetting};
use lockstep_session::edit::Edit;
use lockstep_session::ids::TrackId;

#[derive(Debug, Default)]
pub(super) struct InstrumentPanel {
    browser: Browser,
    /// A sound that was chosen, and is struck once the track plays it.
    awaited: Option<(TrackId, Source)>,
}

const BROWSER: f32 = 250.0;
/// Notes are written from middle C on.
const MIDDLE_KEY: i16 = 60;

impl InstrumentPanel {
    pub(super) fn show(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = desk.theme;
        let Some(track) = desk.track() else {
            super::widgets::empty(
                ui,
                theme,
                "An instrument belongs to a track: add one first.",
            );
            return;
        };
        if let Some(why) = desk.locked() {
            words(ui, theme, why, theme.dim);
        }
        self.strike_awaited(desk, track);
        let height = ui.available_height();
        ui.horizontal_top(|ui| {
            let size = vec2(BROWSER, height);
            ui.allocate_ui_with_layout(size, Layout::top_down(Align::Min), |ui| {
                ui.set_width(BROWSER);
                if let Some(source) = self.browser.show(ui, desk, track) {
                    self.choose(desk, track, source);
                }
            });
            ui.add_space(theme.pad);
            ui.vertical(|ui| {
                self.title(ui, desk, track);
                ScrollArea::vertical().id_salt("knobs").show(ui, |ui| {
                    ui.push_id(("knobs of", track.id), |ui| turning::show(ui, desk, track));
                });
            });
        });
    }

    /// A sound that is chosen is heard at once.
    fn choose(&mut self, desk: &mut Desk<'_>, track: &Track, source: Source) {
        if desk.locked().is_some() {
            return;
        }
        if track.settings.instrument.source == source {
            audition(desk, track);
            return;
        }
        self.awaited = Some((track.id, source.clone()));
        set(desk, track, TrackSetting::Source(source));
    }

    fn strike_awaited(&mut self, desk: &mut Desk<'_>, track: &Track) {
        let (id, source) = (track.id, &track.settings.instrument.source);
        if self.awaited.as_ref() == Some(&(id, source.clone())) {
            self.awaited = None;
            audition(desk, track);
        }
    }

    fn title(&mut self, ui: &mut Ui, desk: &mut Desk<'_>, track: &Track) {
        let theme = desk.theme;
        let instrument = &track.settings.instrument;
        ui.horizontal(|ui| {
            let name = track.settings.name.as_str();
            let title = source_title(desk.document(), &instrument.source);
            label(ui, theme, &format!("{name} plays {title}"));
            let hint = "Plays a note of it, for your ears only";
            let hear = Button::new("Hear it").hint(hint).small(theme);
            if hear.show(ui, theme).clicked() {
                audition(desk, track);
            }
            let moved = instrument.parameters.len();
            let hint =
                "Everything goes back to where the preset has it. Undo brings your settings back.";
            let reset = Button::new("Reset").hint(hint).small(theme);
            let is_open = moved > 0 && desk.locked().is_none();
            if reset.enabled(is_open).show(ui, theme).clicked() {
                let source = instrument.source.clone();
                set(desk, track, TrackSetting::Source(source));
            }
            let state = match moved {
                0 => "as it was made".to_owned(),
                1 => "one setting moved".to_owned(),
                moved => format!("{moved} settings moved"),
            };
            caption(ui, theme, &state);
        });
    }
}

fn set(desk: &mut Desk<'_>, track: &Track, setting: TrackSetting) {
    desk.commands.edit(Edit::Track {
        track: track.id,
        setting,
    });
}

/// What people call a source.
pub(super) fn source_title(document: &Document, source: &Source) -> String {
    match source {
        Source::Preset(name) => Preset::find(name).map_or_else(
            || format!("\u{201c}{}\u{201d}, which is not known here", name.as_str()),
            |preset| preset.title.to_owned(),
        ),
        Source::Sample(sample) => document.samples.get(sample).map_or_else(
            || "a sample that is gone".to_owned(),
            |sample| sample.name.to_string(),
        ),
    }
}

/// Strikes the track where it sounds: a kit on its first drum, all else on middle C.
fn audition(desk: &mut Desk<'_>, track: &Track) {
    let preset = match &track.settings.instrument.source {
        Source::Preset(name) => Preset::find(name),
        Source::Sample(_) => None,
    };
    let drum = preset.and_then(|preset| preset.drums().next());
    strike(desk, track, drum.map_or(0, |(note, _)| pitch_of(note)));
}

fn strike(desk: &mut Desk<'_>, track: &Track, pitch: i8) {
    let mut tracks = desk.document().tracks.iter();
    if let Some(place) = tracks.position(|other| other.id == track.id) {
        desk.commands.audition(place, pitch);
    }
}

fn pitch_of(note: u8) -> i8 {
    i8::try_from(i16::from(note) - MIDDLE_KEY).unwrap_or(0)
}
