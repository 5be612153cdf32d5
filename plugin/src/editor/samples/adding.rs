//! How samples come into the session: chosen among the files of this machine, by the path of one, or
//! by recording.

use super::browsing::Browsing;
use crate::editor::drops::paths;
use crate::editor::measures;
use crate::editor::panel::Desk;
use crate::editor::widgets::{Button, caption};
use crate::network::Command;
use egui::{Key, RichText, TextEdit, Ui};
use lockstep_session::units::LocalTime;

#[derive(Debug, Default)]
pub(super) struct Adding {
    path: String,
    browsing: Option<Browsing>,
    /// Since when the input is recorded.
    recording: Option<LocalTime>,
}

/// A recording ends by itself after so many seconds, as long as a sample may be.
const LONGEST: i64 = 60;

impl Adding {
    /// The files to choose from, where they are wanted.
    pub(super) fn show(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) -> Option<&mut Browsing> {
        ui.horizontal(|ui| {
            self.choosing(ui, desk);
            self.file(ui, desk);
            ui.add_space(desk.theme.space);
            self.input(ui, desk);
        });
        self.browsing.as_mut()
    }

    fn choosing(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let button = Button::new("Choose files")
            .on(self.browsing.is_some())
            .enabled(self.browsing.is_some() || desk.locked().is_none())
            .hint("Shows the folders of this machine, to take samples from");
        if button.show(ui, desk.theme).clicked() {
            match self.browsing {
                Some(_) => self.close(desk),
                None => self.browsing = Some(Browsing::open(desk)),
            }
        }
    }

    /// Puts the files away; one that is heard is no longer.
    pub(super) fn close(&mut self, desk: &mut Desk<'_>) {
        if self.browsing.take().is_some() {
            desk.commands.ask(Command::Audition(None));
        }
    }

    fn file(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = desk.theme;
        let is_open = desk.locked().is_none();
        let field = TextEdit::singleline(&mut self.path)
            .hint_text(
                RichText::new("or paste the path of a WAV, AIFF, FLAC, MP3 or OGG file")
                    .color(theme.faint),
            )
            .background_color(theme.raised)
            .desired_width(380.0);
        let hint = "Copy a file in your file manager and paste it here. Several at once will do.";
        let response = ui.add_enabled(is_open, field).on_hover_text(hint);
        let is_entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let files = paths(&self.path);
        let label = match files.len() {
            0 | 1 => "Add file".to_owned(),
            count => format!("Add {count} files"),
        };
        let button = Button::new(&label).enabled(is_open && !files.is_empty());
        let is_clicked = button.show(ui, theme).clicked();
        if (is_clicked || is_entered) && is_open && !files.is_empty() {
            for file in files {
                desk.commands.ask(Command::AddSample(file));
            }
            self.path.clear();
        }
    }

    fn input(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = desk.theme;
        let Some(since) = self.recording else {
            let hint = "Records what the workstation sends into the plugin. It becomes a sample when you stop.";
            let button = Button::new("Record input").hint(hint);
            let button = button.enabled(desk.locked().is_none());
            if button.show(ui, theme).clicked() {
                self.recording = Some(desk.now);
                desk.commands.ask(Command::RecordInput(true));
            }
            return;
        };
        let seconds = (desk.now - since).as_micros().div_euclid(1_000_000);
        let button = Button::new("Stop recording").on(true).colour(theme.warning);
        let is_stopped = button
            .hint("Keeps the take as a sample")
            .show(ui, theme)
            .clicked();
        if is_stopped || seconds >= LONGEST {
            self.recording = None;
            desk.commands.ask(Command::RecordInput(false));
        }
        let text = format!(
            "Recording {} of at most {}",
            measures::clock(seconds),
            measures::clock(LONGEST)
        );
        caption(ui, theme, &text);
        let soon = std::time::Duration::from_millis(250);
        ui.ctx().request_repaint_after(soon);
    }
}
