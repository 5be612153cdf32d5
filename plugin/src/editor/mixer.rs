//! The mixer.

use super::panel::Desk;
use egui::Ui;

#[derive(Debug, Default)]
pub(super) struct Mixer;

impl Mixer {
    pub(super) fn show(&mut self, _ui: &mut Ui, _desk: &mut Desk<'_>) {}
}
