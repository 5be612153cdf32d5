//! The instrument of the selected track.

use super::panel::Desk;
use egui::Ui;

#[derive(Debug, Default)]
pub(super) struct InstrumentPanel;

impl InstrumentPanel {
    pub(super) fn show(&mut self, _ui: &mut Ui, _desk: &mut Desk<'_>) {}
}
