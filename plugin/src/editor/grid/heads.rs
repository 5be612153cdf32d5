//! The heads of the tracks: colour, name, mute, solo, meter, and a menu with everything else.

use super::Row;
use crate::editor::panel::Desk;
use crate::editor::theme::Theme;
use crate::editor::widgets::{Button, Field, Number, Range, caption, level_bar, spot, whole};
use egui::{
    Align2, FontId, Popup, PopupCloseBehavior, Rect, Response, Sense, Stroke, StrokeKind, Ui, pos2,
    vec2,
};
use lockstep_engine::PRESETS;
use lockstep_session::document::Document;
use lockstep_session::document::clip::Content;
use lockstep_session::document::instrument::Source;
use lockstep_session::document::mixer::Colour;
use lockstep_session::document::pattern::PatternLength;
use lockstep_session::document::track::{Track, TrackSetting, TrackSettings};
use lockstep_session::edit::{ClipSetting, Edit};
use lockstep_session::ids::TrackId;
use lockstep_session::text::Name;

const BUTTON: f32 = 20.0;
const METER: f32 = 5.0;
const MENU: f32 = 224.0;
pub(in crate::editor) const COLOURS: u8 = 9;

#[derive(Debug, Default)]
pub(super) struct Heads {
    /// The track whose name is being typed in its head.
    renaming: Option<TrackId>,
}

impl Heads {
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        desk: &mut Desk<'_>,
        place: usize,
        row: &Row<'_>,
        area: Rect,
    ) {
        let theme = desk.theme;
        let settings = &row.track.settings;
        let colour = theme.track(settings.colour);
        let head = ui.interact(
            area,
            ui.scope_id().with(("head", row.track.id.0)),
            Sense::CLICK,
        );
        if head.clicked() {
            desk.select(place);
        }
        let is_selected = desk.selected() == place;
        if is_selected || head.hovered() {
            let fill = if is_selected {
                theme.raised
            } else {
                theme.panel
            };
            ui.painter().rect_filled(area, theme.radius, fill);
        }
        let bar = Rect::from_min_size(area.min, vec2(4.0, area.height()));
        ui.painter().rect_filled(bar, 2.0, colour);
        if let Some(level) = desk.levels.tracks.get(place) {
            let at = pos2(area.right() - METER - 3.0, area.top() + 4.0);
            let meter = Rect::from_min_size(at, vec2(METER, area.height() - 8.0));
            level_bar(ui.painter(), theme, meter, *level, colour);
        }
        let left = area.right() - METER - 3.0 - 3.0 * (BUTTON + 3.0) - 3.0;
        let names = Rect::from_min_max(
            pos2(area.left() + 12.0, area.top()),
            pos2(left - 2.0, area.bottom()),
        );
        self.name(ui, desk, row, names, &head);
        let at = pos2(left, area.center().y - BUTTON / 2.0);
        let buttons = Rect::from_min_size(at, vec2(3.0 * (BUTTON + 3.0), BUTTON));
        let layout = egui::Layout::left_to_right(egui::Align::Center);
        let builder = egui::UiBuilder::new()
            .max_rect(buttons)
            .layout(layout)
            .id_salt(("buttons", row.track.id.0));
        ui.scope_builder(builder, |ui| {
            ui.spacing_mut().item_spacing.x = 3.0;
            switches(ui, desk, row.track);
            let menu = square(theme, "\u{22ef}")
                .hint("More of this track: name, colour, length, order, your own mute and solo")
                .bare()
                .show(ui, theme);
            self.menu(&menu, desk, place, row);
        });
    }

    fn name(
        &mut self,
        ui: &mut Ui,
        desk: &mut Desk<'_>,
        row: &Row<'_>,
        area: Rect,
        head: &Response,
    ) {
        let theme = desk.theme;
        let settings = &row.track.settings;
        if head.double_clicked() && desk.locked().is_none() {
            self.renaming = Some(row.track.id);
        }
        let painter = ui.painter().with_clip_rect(area.intersect(ui.clip_rect()));
        let has_second = area.height() >= 31.0;
        let middle = area.center().y;
        let first = if has_second { middle - 7.0 } else { middle };
        let ink = if settings.mute || is_muted(desk, row) {
            theme.faint
        } else {
            theme.ink
        };
        let font = FontId::proportional(theme.text);
        let at = pos2(area.left(), first);
        let name = settings.name.as_str();
        painter.text(at, Align2::LEFT_CENTER, name, font, ink);
        if has_second {
            let font = FontId::proportional(theme.small);
            let at = pos2(area.left(), middle + 8.0);
            let words = subtitle(desk, row);
            painter.text(at, Align2::LEFT_CENTER, words, font, theme.faint);
        }
        if self.renaming != Some(row.track.id) {
            return;
        }
        // Over the name, as wide as there is room.
        let room = Rect::from_center_size(pos2(area.center().x, first), vec2(area.width(), 22.0));
        ui.painter().rect_filled(room, 4.0, theme.background);
        let builder = egui::UiBuilder::new()
            .max_rect(room)
            .id_salt(("rename", row.track.id.0));
        let mut is_over = false;
        ui.scope_builder(builder, |ui| {
            let field = Field::new("name", name).width(area.width() - 8.0).most(32);
            let (taken, has_focus) = field.show_focused(ui, theme);
            is_over = !has_focus;
            if let Some(name) = taken {
                set(desk, row.track, TrackSetting::Name(Name::new(&name)));
            }
        });
        if is_over {
            self.renaming = None;
        }
    }

    fn menu(&mut self, button: &Response, desk: &mut Desk<'_>, place: usize, row: &Row<'_>) {
        let theme = desk.theme;
        Popup::menu(button)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .width(MENU)
            .show(|ui| {
                ui.set_min_width(MENU);
                let is_open = desk.locked().is_none();
                let field = Field::new("name", row.track.settings.name.as_str())
                    .most(32)
                    .width(MENU - 16.0)
                    .enabled(is_open);
                if let Some(name) = field.show(ui, theme) {
                    set(desk, row.track, TrackSetting::Name(Name::new(&name)));
                }
                if let Some(colour) = palette(ui, theme, row.track.settings.colour)
                    && is_open
                {
                    set(desk, row.track, TrackSetting::Colour(colour));
                }
                own(ui, desk, place);
                if let Some(pattern) = row.pattern() {
                    let length = f64::from(pattern.length().get());
                    ui.horizontal(|ui| {
                        caption(ui, theme, "Length in steps");
                        let range = Range::new(1.0, 128.0, 16.0);
                        let number = Number::new("length", length, &range)
                            .hint("How many steps play before the pattern starts again")
                            .enabled(is_open);
                        if let Some(length) = number.show(ui, theme) {
                            let length = PatternLength::new(whole(length));
                            desk.commands.edit(Edit::ClipSetting {
                                track: row.track.id,
                                scene: row.scene,
                                setting: ClipSetting::Length(length),
                            });
                        }
                    });
                }
                order(ui, desk, place, row.track);
            });
    }

    /// Below the last track.
    pub(super) fn add_row(&self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = desk.theme;
        let document = desk.document();
        let is_full = document.tracks.len() >= Document::MOST_TRACKS;
        let is_open = desk.locked().is_none();
        let hint = if is_full {
            "A session has at most 16 tracks"
        } else {
            "Adds a track at the end"
        };
        let button = Button::new("+ Track")
            .hint(hint)
            .enabled(is_open && !is_full)
            .small(theme);
        if button.show(ui, theme).clicked() {
            let at = document.tracks.len();
            desk.commands.edit(add_track(document));
            desk.select(at);
        }
    }
}

/// Everyone's mute and solo.
fn switches(ui: &mut Ui, desk: &mut Desk<'_>, track: &Track) {
    let theme = desk.theme;
    let settings = &track.settings;
    let is_open = desk.locked().is_none();
    let mute = square(theme, "M")
        .on(settings.mute)
        .colour(theme.warning)
        .enabled(is_open)
        .hint("Mutes the track for everyone");
    if mute.show(ui, theme).clicked() {
        set(desk, track, TrackSetting::Mute(!settings.mute));
    }
    let solo = square(theme, "S")
        .on(settings.solo)
        .enabled(is_open)
        .hint("Solos the track for everyone");
    if solo.show(ui, theme).clicked() {
        set(desk, track, TrackSetting::Solo(!settings.solo));
    }
}

/// This player's own mute and solo, for their ears alone.
fn own(ui: &mut Ui, desk: &mut Desk<'_>, place: usize) {
    let theme = desk.theme;
    caption(ui, theme, "For your ears alone");
    ui.horizontal(|ui| {
        if let Some(parameters) = desk.params.tracks.get(place) {
            let is_muted = parameters.mute.value();
            let mute = Button::new("Mute for me")
                .on(is_muted)
                .colour(theme.warning)
                .small(theme)
                .hint("Silent in this workstation only; it can be automated");
            if mute.show(ui, theme).clicked() {
                desk.turn(&parameters.mute, !is_muted);
            }
        }
        let bit = bit(place);
        let is_soloed = desk.settings().soloed & bit != 0;
        let solo = Button::new("Solo for me")
            .on(is_soloed)
            .small(theme)
            .hint("Only what you solo is heard in this workstation; nobody else notices");
        if solo.show(ui, theme).clicked() {
            desk.controls.change(|settings| settings.soloed ^= bit);
        }
    });
}

fn order(ui: &mut Ui, desk: &mut Desk<'_>, place: usize, track: &Track) {
    let theme = desk.theme;
    let tracks = &desk.document().tracks;
    let is_open = desk.locked().is_none();
    ui.horizontal(|ui| {
        let up = Button::new("Move up")
            .enabled(is_open && place > 0)
            .small(theme);
        let down = Button::new("Move down")
            .enabled(is_open && place + 1 < tracks.len())
            .small(theme);
        let goes_up = up.show(ui, theme).clicked();
        let goes_down = down.show(ui, theme).clicked();
        if goes_up || goes_down {
            let to = if goes_up { place - 1 } else { place + 1 };
            let mut order: Vec<TrackId> = tracks.iter().map(|track| track.id).collect();
            order.swap(place, to);
            desk.commands.edit(Edit::OrderTracks { order });
            desk.select(to);
        }
        let delete = Button::new("Delete")
            .enabled(is_open)
            .small(theme)
            .hint("Takes the track away for everyone; Undo brings it back");
        if delete.show(ui, theme).clicked() {
            desk.commands.edit(Edit::RemoveTrack { track: track.id });
            Popup::close_all(ui.ctx());
        }
    });
}

/// The nine colours of tracks and players. Gives the one that was clicked.
pub(in crate::editor) fn palette(ui: &mut Ui, theme: &Theme, current: Colour) -> Option<Colour> {
    let mut chosen = None;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme.gap;
        for number in 0..COLOURS {
            let colour = Colour::new(i64::from(number));
            let (area, response) = spot(ui, vec2(16.0, 16.0), Sense::CLICK, "colour");
            ui.painter().rect_filled(area, 4.0, theme.track(colour));
            if colour == current {
                let edge = Stroke::new(2.0, theme.ink);
                ui.painter()
                    .rect_stroke(area, 4.0, edge, StrokeKind::Inside);
            }
            if response.clicked() {
                chosen = Some(colour);
            }
        }
    });
    chosen
}

fn square<'a>(theme: &Theme, label: &'a str) -> Button<'a> {
    Button::new(label).small(theme).width(BUTTON)
}

fn bit(place: usize) -> u16 {
    u32::try_from(place)
        .ok()
        .and_then(|place| 1_u16.checked_shl(place))
        .unwrap_or(0)
}

fn is_muted(desk: &Desk<'_>, row: &Row<'_>) -> bool {
    let mut tracks = desk.document().tracks.iter();
    let place = tracks.position(|track| track.id == row.track.id);
    let parameters = place.and_then(|place| desk.params.tracks.get(place));
    parameters.is_some_and(|parameters| parameters.mute.value())
}

/// What the track plays, in a few words.
fn subtitle(desk: &Desk<'_>, row: &Row<'_>) -> String {
    if is_muted(desk, row) {
        return "muted for you".to_owned();
    }
    let settings = &row.track.settings;
    let sound = match &settings.instrument.source {
        Source::Preset(name) => {
            let mut presets = PRESETS.iter();
            let preset = presets.find(|preset| preset.name == name.as_str());
            preset.map_or(name.as_str(), |preset| preset.title)
        }
        Source::Sample(id) => {
            let sample = desk.document().samples.get(id);
            sample.map_or("a sample that is gone", |sample| sample.name.as_str())
        }
    };
    match row.clip.map(|clip| &clip.content) {
        Some(Content::Loop(_)) => "audio loop".to_owned(),
        Some(Content::Pattern(pattern)) if pattern.length().get() != 16 => {
            format!("{sound} \u{b7} {} steps", pattern.length().get())
        }
        _ => sound.to_owned(),
    }
}

fn set(desk: &mut Desk<'_>, track: &Track, setting: TrackSetting) {
    let track = track.id;
    desk.commands.edit(Edit::Track { track, setting });
}

/// Another track at the end, of the next colour.
fn add_track(document: &Document) -> Edit {
    let at = document.tracks.len();
    let number = i64::try_from(at).unwrap_or(0);
    let settings = TrackSettings {
        name: Name::new(&format!("Track {}", number + 1)),
        colour: Colour::new(number % i64::from(COLOURS)),
        ..TrackSettings::default()
    };
    Edit::AddTrack {
        track: document.unused_track(),
        at,
        settings: Box::new(settings),
    }
}
