//! The samples of the session: what they look like, where they are, what plays them, and how more
//! are added: from files, or recorded from the plugin's input.

mod adding;
mod browsing;
mod list;

use super::drops;
use super::panel::Desk;
use super::widgets::{heading, words};
use adding::Adding;
use egui::{ScrollArea, Ui};

#[derive(Debug, Default)]
pub(super) struct SamplesPanel {
    adding: Adding,
}

impl SamplesPanel {
    /// Shows what there is and what is coming, rather than files to choose.
    pub(super) fn show_list(&mut self, desk: &mut Desk<'_>) {
        self.adding.close(desk);
    }

    pub(super) fn show(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = desk.theme;
        heading(ui, theme, "Samples");
        if let Some(why) = desk.locked() {
            words(ui, theme, why, theme.dim);
        }
        if let Some(browsing) = self.adding.show(ui, desk) {
            browsing.show(ui, desk);
            return;
        }
        let is_empty = desk.document().samples.is_empty() && desk.view.uploads.is_empty();
        if is_empty {
            super::widgets::empty(
                ui,
                theme,
                &format!(
                    "No samples yet. {} files, paste the path of one, or record what comes into the plugin. \
                     A sample may last a minute and be 12 MB long; everyone here hears it.",
                    if drops::ARE_HEARD {
                        "Drop or choose"
                    } else {
                        "Choose"
                    },
                ),
            );
            return;
        }
        ScrollArea::vertical()
            .auto_shrink([false, true])
            .show(ui, |ui| {
                for upload in &desk.view.uploads {
                    list::upload(ui, desk, upload);
                }
                list::show(ui, desk);
            });
    }
}
