//! How samples come into the session: chosen among the files of this machine, by the path of one, or
//! by recording.

use super::browsing::Browsing;
use crate::editor::measures;
use crate::editor::panel::Desk;
use crate::editor::widgets::{Button, caption};
use crate::network::Command;
use egui::{Key, RichText, TextEdit, Ui};
use lockstep_session::units::LocalTime;
use std::path::PathBuf;

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
            self.browsing = match self.browsing {
                Some(_) => {
                    desk.commands.ask(Command::Audition(None));
                    None
                }
                None => Some(Browsing::open(desk)),
            };
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

/// The files of what was pasted: a path, a quoted path, or a list of addresses as file managers
/// copy them.
fn paths(pasted: &str) -> Vec<PathBuf> {
    let pasted = pasted.trim();
    let several = pasted.match_indices("file://").count() > 1;
    let parts: Vec<&str> = if several {
        pasted.split_whitespace().collect()
    } else {
        pasted.lines().collect()
    };
    let paths = parts.into_iter().map(|part| {
        let part = part.trim().trim_matches(['"', '\'']);
        match part.strip_prefix("file://") {
            Some(address) => decoded(address),
            None => part.to_owned(),
        }
    });
    paths
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
        .collect()
}

/// An address's path, its percent signs read.
fn decoded(address: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = address.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| *first == b'%');
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let Some(byte) = byte {
            bytes.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    let path = String::from_utf8_lossy(&bytes).into_owned();
    // `file:///C:/takes` names a drive, not a folder of the root.
    let is_drive = path.as_bytes().get(2) == Some(&b':') && path.starts_with('/');
    if is_drive { path[1..].to_owned() } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pasted: &str) -> Vec<String> {
        let paths = paths(pasted);
        paths
            .iter()
            .map(|path| path.display().to_string())
            .collect()
    }

    #[test]
    fn a_path_is_read_however_it_was_copied() {
        assert_eq!(read("  /takes/my kick.wav "), ["/takes/my kick.wav"]);
        assert_eq!(read("\"C:\\takes\\kick.wav\""), ["C:\\takes\\kick.wav"]);
        assert_eq!(read("file:///takes/my%20kick.wav"), ["/takes/my kick.wav"]);
        assert_eq!(read("file:///C:/takes/kick.wav"), ["C:/takes/kick.wav"]);
        assert_eq!(
            read("file:///a.wav\r\nfile:///b%C3%A9.wav"),
            ["/a.wav", "/b\u{e9}.wav"]
        );
        assert_eq!(read("file:///100%.wav"), ["/100%.wav"]);
        assert_eq!(read(" \n "), Vec::<String>::new());
    }
}
