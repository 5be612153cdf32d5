//! The macro knobs of the host.

use super::panel::Desk;
use egui::Ui;

#[derive(Debug, Default)]
pub(super) struct MacrosPanel;

impl MacrosPanel {
    pub(super) fn show(&mut self, _ui: &mut Ui, _desk: &mut Desk<'_>) {}
}
