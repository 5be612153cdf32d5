//! The effects of the session.

use super::panel::Desk;
use egui::Ui;

#[derive(Debug, Default)]
pub(super) struct EffectsPanel;

impl EffectsPanel {
    pub(super) fn show(&mut self, _ui: &mut Ui, _desk: &mut Desk<'_>) {}
}
