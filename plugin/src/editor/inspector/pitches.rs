//! The pitches of a step: one to four, above or below the track's own.

use crate::editor::panel::Desk;
use crate::editor::widgets::{Button, Number, Range, caption, heading, spelled, whole};
use egui::Ui;
use lockstep_session::document::step::{Pitch, Pitches, Step};

const MOST: usize = 4;

pub(super) fn show(ui: &mut Ui, desk: &mut Desk<'_>, step: &mut Step) {
    let theme = desk.theme;
    heading(ui, theme, "Pitches");
    let pitches: Vec<Pitch> = step.pitches.iter().collect();
    let write = |value: f64| format!("{value:+.0}");
    let range = Range::new(-24.0, 24.0, 0.0).written(&write);
    let mut changed = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = theme.gap;
        for (place, pitch) in pitches.iter().enumerate() {
            let name = format!("pitch {place}");
            let number = Number::new(&name, f64::from(pitch.get()), &range)
                .width(40.0)
                .hint("Semitones above or below the track's own pitch");
            if let Some(moved) = number.show(ui, theme) {
                let mut all = pitches.clone();
                all[place] = Pitch::new(whole(moved));
                changed = Some(all);
            }
        }
    });
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme.gap;
        let add = Button::new("+ Note")
            .small(theme)
            .enabled(pitches.len() < MOST)
            .hint("Adds a note to the chord");
        if add.show(ui, theme).clicked() {
            let highest = pitches.last().map_or(0, |pitch| i64::from(pitch.get()));
            let next = if highest + 4 <= 24 { highest + 4 } else { -24 };
            let added = pitches.iter().copied().chain([Pitch::new(next)]);
            changed = Some(added.collect());
        }
        let remove = Button::new("\u{2212} Note")
            .small(theme)
            .enabled(pitches.len() > 1)
            .hint("Takes the highest note away");
        if remove.show(ui, theme).clicked() {
            changed = Some(pitches[..pitches.len() - 1].to_vec());
        }
        let hear = Button::new("Hear").small(theme).hint("Plays the step once");
        if hear.show(ui, theme).clicked() {
            for pitch in &pitches {
                desk.commands.audition(desk.selected(), pitch.get());
            }
        }
    });
    caption(ui, theme, &names(desk, &pitches));
    if let Some(pitches) = changed {
        let heard = pitches.last().copied().unwrap_or_default();
        step.pitches = Pitches::new(pitches);
        if !desk.playing.grid.rolling {
            desk.commands.audition(desk.selected(), heard.get());
        }
    }
}

/// The notes as the session's key writes them.
fn names(desk: &Desk<'_>, pitches: &[Pitch]) -> String {
    use lockstep_session::document::harmony::PitchClass;
    let harmony = desk.document().harmony.at(desk.beat);
    let transpose = desk
        .track()
        .map_or(0, |track| i64::from(track.settings.transpose.get()));
    let names = pitches.iter().map(|pitch| {
        let class = (i64::from(pitch.get()) + transpose).rem_euclid(12);
        spelled(harmony.spell(PitchClass::new(class)))
    });
    names.collect::<Vec<_>>().join("  ")
}
