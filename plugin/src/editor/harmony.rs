//! Key, scale and chord.

use super::panel::Desk;
use egui::Ui;

#[derive(Debug, Default)]
pub(super) struct HarmonyPanel;

impl HarmonyPanel {
    pub(super) fn show(&mut self, _ui: &mut Ui, _desk: &mut Desk<'_>) {}
}
