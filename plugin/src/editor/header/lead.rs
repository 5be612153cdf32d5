//! Whom the grid follows, and who leads the session's transport.

use super::titled;
use crate::editor::panel::Desk;
use crate::editor::widgets::{Button, choice};
use crate::params::SyncMode;
use crate::view::{Connection, Lead};
use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, FontId, Sense, Ui, vec2};
use lockstep_session::edit::Edit;

const MODES: [(SyncMode, &str); 4] = [
    (SyncMode::Automatic, "Automatic"),
    (SyncMode::HostLeads, "Host leads"),
    (SyncMode::SessionLeads, "Session leads"),
    (SyncMode::Align, "Align"),
];

const MEANING: &str = "Whom the grid in this workstation follows.\n\
    Automatic: your project leads if nobody else does, and otherwise the session.\n\
    Host leads: your project's transport, which the others then follow.\n\
    Session leads: the session, whether or not your project plays.\n\
    Align: your project, without moving the session.";

/// Around the words of a pill.
const BESIDE: f32 = 30.0;
/// A pill of which nobody could read more is left out.
const NARROWEST: f32 = 80.0;

pub(super) fn show(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = desk.theme;
    titled(ui, theme, ("Sync", 118.0), |ui| {
        let mode = desk.params.sync.value();
        let current = MODES.iter().find(|(option, _)| *option == mode);
        let current = current.map_or("", |(_, words)| words);
        let options = MODES.map(|(mode, words)| (mode, words.to_owned()));
        if let Some(mode) = choice(ui, theme, ("sync", MEANING, 110.0), current, options) {
            desk.turn(&desk.params.sync, mode);
        }
    });
}

/// Who leads, in what room there is; the strip at the bottom says it in full.
pub(super) fn who(ui: &mut Ui, desk: &mut Desk<'_>) {
    if desk.view.connection == Connection::Alone {
        return;
    }
    if desk.locked().is_none() {
        change(ui, desk);
    }
    if ui.available_width() >= NARROWEST {
        pill(ui, desk);
    }
}

fn change(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = desk.theme;
    if desk.view.lead == Lead::Mine {
        let release = Button::new("Release")
            .small(theme)
            .hint("Lets go of the lead, so that anyone may play, stop and set the tempo");
        if release.show(ui, theme).clicked() {
            desk.commands.edit(Edit::ReleaseLead);
        }
        return;
    }
    let take = Button::new("Take the lead").small(theme).hint(
        "The others then follow your transport. Everyone sees it, and anyone can take it back.",
    );
    if take.show(ui, theme).clicked() {
        desk.commands.edit(Edit::TakeLead);
    }
}

fn pill(ui: &mut Ui, desk: &Desk<'_>) {
    let theme = desk.theme;
    let words = desk.view.who_leads();
    let is_led = desk.view.lead != Lead::Nobody;
    let colour = if is_led { theme.live } else { theme.dim };
    let font = FontId::proportional(theme.small + 1.0);
    let mut job = LayoutJob::simple_singleline(words.clone(), font, colour);
    job.wrap = TextWrapping::truncate_at_width(ui.available_width() - BESIDE);
    let galley = ui.painter().layout_job(job);
    let size = vec2(galley.size().x + BESIDE, 24.0);
    let (area, response) = ui.allocate_exact_size(size, Sense::hover());
    ui.painter()
        .rect_filled(area, 12.0, colour.gamma_multiply(0.14));
    let dot = area.left_center() + vec2(12.0, 0.0);
    ui.painter().circle_filled(dot, 3.5, colour);
    let text = area.with_min_x(area.left() + 20.0);
    let at = Align2::LEFT_CENTER
        .align_size_within_rect(galley.size(), text)
        .min;
    ui.painter().galley(at, galley, colour);
    response.on_hover_text(words);
}
