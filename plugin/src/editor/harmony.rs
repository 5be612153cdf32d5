//! Key, scale and chord of the session, and which of them the selected track keeps to.

mod circle;

use super::panel::Desk;
use super::widgets::{Button, caption, choice, heading, segmented, spelled as plain, spot};
use circle::{PLACES, chord, chords, direction, key_at, place_of, spelled};
use egui::{Align2, Color32, CursorIcon, FontId, Pos2, Sense, Stroke, Ui, vec2};
use lockstep_session::document::harmony::{Degree, Harmony as Choice, Scale};
use lockstep_session::document::track::{ScaleMode, TrackSetting};
use lockstep_session::document::words;
use lockstep_session::edit::Edit;

#[derive(Debug, Default)]
pub(super) struct HarmonyPanel;

const LARGEST: f32 = 84.0;
/// Of the radius, where the ring of keys begins.
const HOLE: f32 = 0.6;
/// All chords of a key in one row.
const NUMERAL: f32 = 22.0;
const NONE: f32 = 34.0;

impl HarmonyPanel {
    pub(super) fn show(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = desk.theme;
        let plan = desk.document().harmony;
        let chosen = plan.latest();
        heading(ui, theme, "Harmony");
        keys(ui, desk, &chosen);
        if let Some((from, next)) = plan.next.filter(|(from, _)| *from > desk.beat) {
            let text = format!("{} from {}", name_of(&next), words::place(from));
            ui.vertical_centered(|ui| caption(ui, theme, &text));
        }
        ui.horizontal(|ui| {
            let scales = Scale::ALL.map(|scale| (scale, scale.name().to_owned()));
            let hint = "The notes that belong to the key. It sounds from the next bar.";
            let current = chosen.scale.name();
            if let Some(scale) = choice(ui, theme, ("Scale", hint, 128.0), current, scales) {
                set(desk, Choice { scale, ..chosen });
            }
            let hint =
                "Every melody is heard in this scale, whatever its notes; drums stay as they are.";
            let lock = Button::new("Lock").hint(hint).on(chosen.lock).small(theme);
            if lock
                .enabled(desk.locked().is_none())
                .show(ui, theme)
                .clicked()
            {
                let lock = !chosen.lock;
                set(desk, Choice { lock, ..chosen });
            }
        });
        chord_row(ui, desk, &chosen);
        follows(ui, desk);
    }
}

fn set(desk: &mut Desk<'_>, harmony: Choice) {
    if desk.locked().is_none() && desk.document().harmony.latest() != harmony {
        desk.commands.edit(Edit::Harmony {
            harmony,
            when: None,
        });
    }
}

fn name_of(harmony: &Choice) -> String {
    let key = plain(spelled(harmony.key, harmony.scale));
    let chord = harmony.chord.map_or(String::new(), |degree| {
        format!(", chord {}", chord(harmony, degree).numeral)
    });
    format!("{key} {}{chord}", harmony.scale.name())
}

/// The circle of fifths: a click sets the key.
fn keys(ui: &mut Ui, desk: &mut Desk<'_>, chosen: &Choice) {
    let theme = desk.theme;
    let outer = (ui.available_width() / 2.0 - theme.gap).min(LARGEST);
    let size = vec2(ui.available_width(), outer * 2.0 + theme.gap * 2.0);
    let (area, response) = spot(ui, size, Sense::CLICK, "keys");
    let centre = area.center();
    let over = response.hover_pos();
    let over = over.and_then(|pointer| place_of(pointer, centre, outer * HOLE, outer));
    for place in 0..PLACES {
        let key = key_at(place);
        let (is_key, is_over) = (key == chosen.key, over == Some(place));
        let belongs = chosen.in_scale(i32::from(key.get()));
        let fill = match (is_key, is_over, belongs) {
            (true, _, _) => theme.accent,
            (false, true, _) => theme.line,
            (false, false, true) => theme.step_lit,
            (false, false, false) => theme.step,
        };
        let ink = match (is_key, belongs) {
            (true, _) => theme.on_accent,
            (false, true) => theme.ink,
            (false, false) => theme.faint,
        };
        segment(ui, centre, f32::from(place), (outer * HOLE, outer), fill);
        let at = centre + direction(f32::from(place)) * outer * (1.0 + HOLE) / 2.0;
        let font = FontId::proportional(theme.text);
        let name = plain(chosen.spell(key));
        ui.painter()
            .text(at, Align2::CENTER_CENTER, name, font, ink);
    }
    middle(ui, desk, centre, chosen);
    let Some(place) = over else {
        return;
    };
    let key = key_at(place);
    let hint = format!(
        "Play in {} {} from the next bar",
        plain(spelled(key, chosen.scale)),
        chosen.scale.name()
    );
    let response = response
        .on_hover_cursor(CursorIcon::PointingHand)
        .on_hover_text(hint);
    if response.clicked() {
        set(desk, Choice { key, ..*chosen });
    }
}

fn middle(ui: &Ui, desk: &Desk<'_>, centre: Pos2, chosen: &Choice) {
    let theme = desk.theme;
    let painter = ui.painter();
    let key = plain(spelled(chosen.key, chosen.scale));
    let chord = chosen.chord.map_or("no chord".to_owned(), |degree| {
        let chord = chord(chosen, degree);
        format!("{} \u{b7} {}", chord.numeral, plain(&chord.name))
    });
    let lines = [
        (key.as_str(), theme.large, theme.ink, -14.0),
        (chosen.scale.name(), theme.small, theme.dim, 4.0),
        (chord.as_str(), theme.small, theme.dim, 18.0),
    ];
    for (text, size, colour, below) in lines {
        let at = centre + vec2(0.0, below);
        let font = FontId::proportional(size);
        painter.text(at, Align2::CENTER_CENTER, text, font, colour);
    }
}

/// One key's part of the ring, a little apart from its neighbours: a bent line as wide as the ring.
fn segment(ui: &Ui, centre: Pos2, place: f32, (inner, outer): (f32, f32), fill: Color32) {
    const PIECES: u8 = 8;
    const APART: f32 = 0.04;
    let middle = (inner + outer) / 2.0;
    let points = (0..=PIECES).map(|piece| {
        let share = f32::from(piece) / f32::from(PIECES);
        centre + direction(place - 0.5 + APART + (1.0 - 2.0 * APART) * share) * middle
    });
    let line = Stroke::new(outer - inner, fill);
    ui.painter().line(points.collect(), line);
}

fn chord_row(ui: &mut Ui, desk: &mut Desk<'_>, chosen: &Choice) {
    let theme = desk.theme;
    let chords = chords(chosen);
    let is_open = desk.locked().is_none();
    let mut picked: Option<Option<Degree>> = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(2.0, 2.0);
        let hint = "The whole scale, without a chord, from the next bar";
        let none = Button::new("none").hint(hint).on(chosen.chord.is_none());
        let none = none.width(NONE);
        if none.small(theme).enabled(is_open).show(ui, theme).clicked() {
            picked = Some(None);
        }
        for chord in &chords {
            let is_on = chosen.chord == Some(chord.degree);
            let name = plain(&chord.name);
            let hint = format!("Chord {name}, from the next bar");
            let button = Button::new(&chord.numeral).hint(&hint).on(is_on);
            let button = button.small(theme).width(NUMERAL).enabled(is_open);
            if button.show(ui, theme).clicked() {
                // The chord that is on goes off again.
                picked = Some((!is_on).then_some(chord.degree));
            }
        }
    });
    if let Some(chord) = picked {
        set(desk, Choice { chord, ..*chosen });
    }
}

/// What becomes of the selected track's pitches.
fn follows(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = desk.theme;
    let Some(track) = desk.track() else {
        return;
    };
    let modes = [
        (
            ScaleMode::Off,
            "as written",
            "Pitches sound as they are written",
        ),
        (
            ScaleMode::Scale,
            "to scale",
            "Pitches sound as the nearest note of the scale; what is written stays",
        ),
        (
            ScaleMode::Chord,
            "to chord",
            "Pitches sound as the nearest note of the chord; what is written stays",
        ),
    ];
    caption(
        ui,
        theme,
        &format!("{} plays", track.settings.name.as_str()),
    );
    let chosen = segmented(ui, theme, &modes, track.settings.scale_mode);
    if let (Some(mode), None) = (chosen, desk.locked()) {
        desk.commands.edit(Edit::Track {
            track: track.id,
            setting: TrackSetting::ScaleMode(mode),
        });
    }
}
