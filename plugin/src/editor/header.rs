//! The top of the window: the session's name, its transport and who is there.

use super::panel::Desk;
use egui::{RichText, Ui};

#[derive(Debug, Default)]
pub(super) struct Header;

impl Header {
    pub(super) fn show(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let name = RichText::new(desk.document().name.as_str());
        ui.label(name.size(desk.theme.large));
    }
}
