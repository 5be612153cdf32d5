//! Play and stop, tempo, place, swing and key.

use super::titled;
use crate::editor::panel::Desk;
use crate::editor::widgets::{Number, Range, spelled, spot, whole};
use crate::view::{Follows, Lead};
use egui::{Align2, FontId, Rect, RichText, Sense, Shape, Stroke, Ui, pos2, vec2};
use lockstep_session::document::harmony::{Harmony, Scale};
use lockstep_session::document::mixer::Percent;
use lockstep_session::edit::{Edit, SessionSetting};
use lockstep_session::units::{Beat, BeatSpan, Tempo};

const BUTTON: f32 = 36.0;

pub(super) fn show(ui: &mut Ui, desk: &mut Desk<'_>) {
    play(ui, desk);
    tempo(ui, desk);
    let theme = desk.theme;
    titled(ui, theme, ("Bar", 62.0), |ui| bar(ui, desk));
    let is_open = desk.locked().is_none();
    titled(ui, theme, ("Swing", 48.0), |ui| {
        let write = |value: f64| format!("{value:.0} %");
        let range = Range::new(0.0, 100.0, 0.0).written(&write);
        let swing = f64::from(desk.document().swing.get());
        let number = Number::new("swing", swing, &range)
            .bare()
            .width(48.0)
            .height(22.0)
            .size(theme.large)
            .enabled(is_open)
            .hint(
                "How late every other step comes, for all tracks. Drag, wheel, or click to type.",
            );
        if let Some(swing) = number.show(ui, theme) {
            let swing = SessionSetting::Swing(Percent::new(whole(swing)));
            desk.commands.edit(Edit::Session(swing));
        }
    });
    titled(ui, theme, ("Key", 84.0), |ui| {
        let harmony = desk.document().harmony.at(desk.beat);
        let words = RichText::new(key(&harmony)).size(theme.large);
        ui.add(egui::Label::new(words).truncate())
            .on_hover_text("The session's key and scale. Change it under Harmony, on the right.");
    });
}

/// Plays and stops the session where the grid follows it; else shows what the workstation does.
fn play(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = desk.theme;
    let follows_session = desk.view.follows == Follows::Session;
    let led_by_other = matches!(desk.view.lead, Lead::Of(_));
    let is_enabled = follows_session && !led_by_other && desk.locked().is_none();
    let plays = desk.playing.grid.rolling || (follows_session && desk.document().timeline.playing);
    let sense = if is_enabled {
        Sense::CLICK
    } else {
        Sense::HOVER
    };
    let (area, response) = spot(ui, vec2(BUTTON, BUTTON), sense, "play");
    let fill = match (plays, is_enabled) {
        (true, _) => theme.accent,
        (false, true) if response.hovered() => theme.step_lit,
        (false, _) => theme.raised,
    };
    let ink = match (plays, is_enabled) {
        (true, _) => theme.on_accent,
        (false, true) => theme.ink,
        (false, false) => theme.faint,
    };
    let centre = area.center();
    ui.painter().circle_filled(centre, BUTTON / 2.0, fill);
    if plays {
        let square = Rect::from_center_size(centre, vec2(12.0, 12.0));
        ui.painter().rect_filled(square, 2.0, ink);
    } else {
        let points = vec![
            pos2(centre.x - 4.5, centre.y - 7.0),
            pos2(centre.x + 8.0, centre.y),
            pos2(centre.x - 4.5, centre.y + 7.0),
        ];
        let triangle = Shape::convex_polygon(points, ink, Stroke::NONE);
        ui.painter().add(triangle);
    }
    if response.clicked() {
        let timeline = desk.document().timeline;
        let edit = if timeline.playing {
            Edit::Stop { at: None }
        } else {
            let from = timeline.beat;
            Edit::Play { from, at: None }
        };
        desk.commands.edit(edit);
    }
    response.on_hover_text(match (follows_session, led_by_other, plays) {
        (true, true, _) => "Someone else leads the session's transport. Take the lead to play.",
        (true, false, true) => "Stops the session for everyone",
        (true, false, false) => "Plays the session for everyone",
        (false, _, true) => "Your project plays, and the grid with it. Stop it in the workstation.",
        (false, _, false) => {
            "The grid follows your project: press play in the workstation. To play the session from \
             here, choose Session leads."
        }
    });
}

fn tempo(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = desk.theme;
    let timeline = desk.document().timeline;
    let host = desk.playing.host.tempo;
    let from_host = host.filter(|_| desk.view.follows == Follows::Host);
    let led_by_other = matches!(desk.view.lead, Lead::Of(_));
    let is_enabled = from_host.is_none() && !led_by_other && desk.locked().is_none();
    let hint = match (from_host.is_some(), led_by_other) {
        (true, _) => "The tempo of your project, which the grid follows. Change it there.",
        (false, true) => "Someone else leads the session's tempo. Take the lead to change it.",
        (false, false) => "Beats per minute, for everyone. Drag, wheel, or click to type.",
    };
    let shown = from_host.map_or(timeline.tempo.beats_per_minute(), |tempo| {
        tempo.beats_per_minute()
    });
    titled(ui, theme, ("Tempo", 58.0), |ui| {
        if !is_enabled {
            let (area, response) = ui.allocate_exact_size(vec2(58.0, 22.0), Sense::HOVER);
            let font = FontId::proportional(theme.large);
            ui.painter().text(
                area.left_center(),
                Align2::LEFT_CENTER,
                format!("{shown:.2}"),
                font,
                theme.ink,
            );
            response.on_hover_text(hint);
            return;
        }
        let write = |value: f64| format!("{value:.2}");
        let range = Range::new(20.0, 300.0, 120.0).step(0.01).written(&write);
        let number = Number::new("tempo", shown, &range)
            .bare()
            .width(58.0)
            .height(22.0)
            .size(theme.large)
            .notch(1.0)
            .hint(hint);
        if let Some(tempo) = number.show(ui, theme) {
            let tempo = Tempo::new(whole(tempo * 100.0));
            desk.commands.edit(Edit::Tempo { tempo, at: None });
        }
    });
}

/// Where the grid is; typed over, the session goes there.
fn bar(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = desk.theme;
    let here = place(desk.beat);
    let led_by_other = matches!(desk.view.lead, Lead::Of(_));
    let moves = desk.view.follows == Follows::Session && !led_by_other;
    if !moves || desk.locked().is_some() {
        ui.label(RichText::new(here).size(theme.large))
            .on_hover_text("Where the grid is: bar, beat, sixteenth");
        return;
    }
    let bar = desk.beat.as_micros().div_euclid(BeatSpan::BAR.as_micros()) + 1;
    let write = |value: f64| {
        if whole(value) == bar {
            here.clone()
        } else {
            format!("{value:.0}.1.1")
        }
    };
    let read = |text: &str| text.trim().split('.').next()?.trim().parse().ok();
    let range = Range::new(1.0, 9_999.0, 1.0).written(&write).read(&read);
    #[expect(clippy::cast_precision_loss, reason = "bars are few")]
    let number = Number::new("bar", bar as f64, &range)
        .bare()
        .width(62.0)
        .height(22.0)
        .size(theme.large)
        .notch(1.0)
        .hint("Where the session is: bar, beat, sixteenth. Type a bar to go there, for everyone.");
    if let Some(bar) = number.show(ui, theme) {
        let to = Beat::ZERO + BeatSpan::BAR.times(whole(bar) - 1);
        desk.commands.edit(Edit::Relocate { to, at: None });
    }
}

/// Bars are four quarter notes long, and counted from one.
pub(super) fn place(beat: Beat) -> String {
    let sixteenths = beat.as_micros().div_euclid(BeatSpan::BEAT.as_micros() / 4);
    let (bar, within) = (sixteenths.div_euclid(16), sixteenths.rem_euclid(16));
    format!("{}.{}.{}", bar + 1, within / 4 + 1, within % 4 + 1)
}

/// "Eb minor".
pub(super) fn key(harmony: &Harmony) -> String {
    let scale = match harmony.scale {
        Scale::HarmonicMinor => "harm. minor",
        Scale::MelodicMinor => "mel. minor",
        Scale::MajorPentatonic => "maj. penta",
        Scale::MinorPentatonic => "min. penta",
        scale => scale.name(),
    };
    format!("{} {scale}", spelled(harmony.spell(harmony.key)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_session::document::harmony::PitchClass;

    #[test]
    fn places_count_from_one_and_before_the_beginning_from_zero() {
        let at = |quarters: f64| {
            place(Beat::from_micros(crate::editor::widgets::whole(
                quarters * 1e6,
            )))
        };
        assert_eq!(at(0.0), "1.1.1");
        assert_eq!(at(66.25), "17.3.2");
        assert_eq!(at(-0.25), "0.4.4");
    }

    #[test]
    fn a_key_is_spelled_as_it_is_written() {
        let harmony = Harmony {
            key: PitchClass::new(3),
            scale: Scale::Minor,
            ..Harmony::default()
        };
        assert_eq!(key(&harmony), "Eb minor");
    }
}
