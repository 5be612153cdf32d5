//! The files of this machine, to take samples from: places at the left, one folder at the right.

use crate::editor::measures;
use crate::editor::panel::Desk;
use crate::editor::widgets::{Button, ROW, caption, row, spot, square, triangle, words};
use crate::network::Command;
use crate::view::{FileKind, FileView, FolderView, UploadState};
use egui::{Align, Layout, RichText, ScrollArea, Sense, TextEdit, Ui, Vec2, vec2};
use lockstep_session::document::words;
use lockstep_session::text::LongName;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(Debug, Default)]
pub(super) struct Browsing {
    search: String,
    /// The files that were asked for since it was opened.
    asked: BTreeMap<PathBuf, Asked>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    JustNow,
    /// The session has it or is about to. When it has it no longer, it may be asked for again.
    Came,
}

const PLACES: f32 = 150.0;
const SEARCH: f32 = 150.0;

impl Browsing {
    pub(super) fn open(desk: &mut Desk<'_>) -> Self {
        desk.commands.ask(Command::Browse(None));
        Self::default()
    }

    pub(super) fn show(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = desk.theme;
        let Some(folder) = desk.view.folder.clone() else {
            caption(ui, theme, "Looking\u{2026}");
            return;
        };
        let height = ui.available_height();
        ui.horizontal_top(|ui| {
            let size = vec2(PLACES, height);
            ui.allocate_ui_with_layout(size, Layout::top_down(Align::Min), |ui| {
                ui.set_width(PLACES);
                places(ui, desk, &folder);
            });
            ui.add_space(theme.pad);
            ui.vertical(|ui| {
                self.path(ui, desk, &folder);
                self.files(ui, desk, &folder);
            });
        });
    }

    /// Where one is, the way out of it, and what to look for in it.
    fn path(&mut self, ui: &mut Ui, desk: &mut Desk<'_>, folder: &FolderView) {
        let theme = desk.theme;
        ui.horizontal(|ui| {
            let above = folder.path.parent();
            let up = Button::new("Up").small(theme).enabled(above.is_some());
            let up = up.hint("To the folder that this one is in").show(ui, theme);
            if let (true, Some(above)) = (up.clicked(), above) {
                self.go(desk, above);
            }
            let search = TextEdit::singleline(&mut self.search)
                .hint_text(RichText::new("Search this folder").color(theme.faint))
                .background_color(theme.raised)
                .char_limit(60)
                .desired_width(SEARCH);
            ui.add(search).on_hover_text("Part of a name");
            let path = folder.path.display().to_string();
            let shown = RichText::new(&path).size(theme.small).color(theme.dim);
            ui.add(egui::Label::new(shown).truncate())
                .on_hover_text(path);
        });
    }

    fn files(&mut self, ui: &mut Ui, desk: &mut Desk<'_>, folder: &FolderView) {
        let theme = desk.theme;
        let files = match &folder.files {
            Ok(files) => files,
            Err(why) => {
                let why = format!("This folder cannot be looked into: {why}");
                words(ui, theme, &why, theme.warning);
                return;
            }
        };
        let wanted = self.search.trim().to_lowercase();
        let is_wanted = |file: &&FileView| file.name.to_lowercase().contains(&wanted);
        let files: Vec<&FileView> = files.iter().filter(is_wanted).collect();
        if files.is_empty() {
            let nothing = if wanted.is_empty() {
                "There is no audio file and no folder in here."
            } else {
                "Nothing in here is called that."
            };
            caption(ui, theme, nothing);
            return;
        }
        if folder.left_out > 0 {
            let more = format!("{} more are not listed.", folder.left_out);
            caption(ui, theme, &more);
        }
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        ui.spacing_mut().interact_size.y = ROW;
        let area = ScrollArea::vertical()
            .id_salt(("files of", &folder.path))
            .auto_shrink([false, false]);
        area.show_rows(ui, ROW, files.len(), |ui, range| {
            for file in files.get(range).unwrap_or_default() {
                self.file(ui, desk, file);
            }
        });
    }

    fn file(&mut self, ui: &mut Ui, desk: &mut Desk<'_>, file: &FileView) {
        let theme = desk.theme;
        match file.kind {
            FileKind::Folder => {
                let name = format!("{}/", file.name);
                let is_clicked = ui
                    .horizontal(|ui| {
                        ui.add_space(ROW);
                        row(ui, theme, (&name, "", "Looks into this folder"), false).clicked()
                    })
                    .inner;
                if is_clicked {
                    self.go(desk, &file.path);
                }
            }
            FileKind::Audio { bytes } => {
                let state = self.state(desk, file);
                let is_coming = state.is_some() && !is_refused(desk, file);
                let what = state.unwrap_or_else(|| measures::bytes(bytes));
                let hint = "Click to make it a sample of the session. Everyone here hears it.";
                let is_clicked = ui
                    .horizontal(|ui| {
                        listen(ui, desk, file);
                        row(ui, theme, (&file.name, &what, hint), false).clicked()
                    })
                    .inner;
                // A second click, such as that of a double one, does not ask for it again.
                if is_clicked && desk.locked().is_none() && !is_coming {
                    self.asked.insert(file.path.clone(), Asked::JustNow);
                    desk.commands.ask(Command::AddSample(file.path.clone()));
                }
            }
        }
    }

    /// What became of a file that was asked for.
    fn state(&mut self, desk: &Desk<'_>, file: &FileView) -> Option<String> {
        let upload = upload(desk, file);
        let asked = self.asked.get_mut(&file.path)?;
        if upload.is_some() || is_sample(desk, file) {
            *asked = Asked::Came;
        } else if *asked == Asked::Came {
            self.asked.remove(&file.path);
            return None;
        }
        Some(match upload {
            Some(UploadState::Sending { percent }) => words::sending(i64::from(*percent)),
            Some(UploadState::Waiting) => words::KEPT_HERE.to_owned(),
            Some(UploadState::Refused(why)) => words::not_taken(why),
            None => "Added".to_owned(),
        })
    }

    fn go(&mut self, desk: &mut Desk<'_>, folder: &Path) {
        self.search.clear();
        let folder = folder.to_path_buf();
        desk.commands.ask(Command::Browse(Some(folder)));
    }
}

/// Lets a file be heard, or no longer.
fn listen(ui: &mut Ui, desk: &mut Desk<'_>, file: &FileView) {
    let theme = desk.theme;
    let left = desk.view.audition.as_ref().and_then(|heard| {
        let left = (heard.ends - desk.now).as_micros();
        let is_heard = heard.file == file.path && left > 0;
        is_heard.then(|| Duration::from_micros(left.unsigned_abs()))
    });
    let size = Vec2::splat(ROW);
    let (area, response) = spot(ui, size, Sense::CLICK, &format!("hear {}", file.name));
    let ink = if response.hovered() {
        theme.ink
    } else {
        theme.dim
    };
    let hint = match left {
        Some(left) => {
            square(ui.painter(), area.center(), 4.0, theme.accent);
            ui.ctx().request_repaint_after(left);
            "Stops it"
        }
        None => {
            triangle(ui.painter(), area.center(), 5.0, ink);
            "Hear it, here alone"
        }
    };
    if response.on_hover_text(hint).clicked() {
        let file = left.is_none().then(|| file.path.clone());
        desk.commands.ask(Command::Audition(file));
    }
}

/// How far a file has come, by the name that its sample gets.
fn upload<'a>(desk: &'a Desk<'_>, file: &FileView) -> Option<&'a UploadState> {
    let name = sample_name(file)?;
    let mut uploads = desk.view.uploads.iter();
    let upload = uploads.find(|upload| upload.name == name.as_str())?;
    Some(&upload.state)
}

fn is_refused(desk: &Desk<'_>, file: &FileView) -> bool {
    matches!(upload(desk, file), Some(UploadState::Refused(_)))
}

fn is_sample(desk: &Desk<'_>, file: &FileView) -> bool {
    let mut samples = desk.document().samples.values();
    sample_name(file).is_some_and(|name| samples.any(|sample| sample.name == name))
}

fn sample_name(file: &FileView) -> Option<LongName> {
    Some(LongName::new(&file.path.file_stem()?.to_string_lossy()))
}

fn places(ui: &mut Ui, desk: &mut Desk<'_>, folder: &FolderView) {
    let theme = desk.theme;
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().id_salt("places").show(ui, |ui| {
        for place in folder.places.iter() {
            let name = place.file_name().unwrap_or(place.as_os_str());
            let hint = place.display().to_string();
            let is_here = *place == folder.path;
            let name = name.to_string_lossy();
            if row(ui, theme, (&name, "", &hint), is_here).clicked() {
                desk.commands.ask(Command::Browse(Some(place.clone())));
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::bench::{Bench, SIZE, document};
    use crate::editor::selection::Tab;
    use crate::editor::{HIGHER, SIDE, TABS_HEIGHT, status};
    use crate::view::{AuditionView, UploadView};
    use egui::{PointerButton, Pos2, Rect, pos2};
    use lockstep_session::document::{Document, Sample};
    use lockstep_session::ids::SampleId;
    use lockstep_session::units::LocalTime;
    use std::collections::BTreeSet;
    use std::sync::Arc;

    fn file(name: &str, kind: FileKind) -> FileView {
        let path = Path::new("/takes").join(name);
        let name = name.to_owned();
        FileView { name, path, kind }
    }

    /// The panel with a folder that has a folder and a file in it, and somewhere else to go.
    fn bench() -> Bench {
        let mut bench = Bench::new(document());
        bench.selection.tab = Tab::Samples;
        bench.view.folder = Some(Arc::new(FolderView {
            path: "/takes".into(),
            files: Ok(vec![
                file("kicks", FileKind::Folder),
                file("rain.wav", FileKind::Audio { bytes: 4_000 }),
            ]),
            left_out: 0,
            places: [PathBuf::from("/home/ada")].into(),
        }));
        bench.frame(Vec::new());
        bench.frame(Vec::new());
        bench
    }

    /// What is asked for when the hand clicks there twice.
    fn clicked_twice(bench: &mut Bench, at: Pos2) -> Vec<String> {
        bench.asked.clear();
        bench.click(at, PointerButton::Primary);
        bench.click(at, PointerButton::Primary);
        let asked = bench.asked.iter().map(|command| match command {
            Command::Browse(folder) => format!("browse {folder:?}"),
            Command::AddSample(path) => format!("add {path:?}"),
            _ => String::new(),
        });
        asked.filter(|asked| !asked.is_empty()).collect()
    }

    /// Those of the panel alone.
    fn controls(bench: &Bench) -> Vec<Rect> {
        let bottom = SIZE.y - status::HEIGHT - TABS_HEIGHT;
        let panel = Rect::from_min_max(pos2(0.0, bottom - HIGHER), pos2(SIZE.x - SIDE, bottom));
        let mut controls = bench.controls();
        controls.retain(|area| panel.contains_rect(*area));
        controls
    }

    /// Opens the list, and says where everything in it can be clicked.
    fn open(bench: &mut Bench) -> Vec<Pos2> {
        let before = controls(bench);
        for control in &before {
            bench.asked.clear();
            bench.click(control.center(), PointerButton::Primary);
            let is_open = |command: &Command| matches!(command, Command::Browse(None));
            if bench.asked.iter().any(is_open) {
                let shown = controls(bench).into_iter();
                let new = shown.filter(|area| !before.contains(area));
                return new.map(|area| area.center()).collect();
            }
        }
        panic!("nothing opens it");
    }

    #[test]
    fn every_row_leads_where_it_says_and_a_file_that_is_clicked_twice_is_added_once() {
        let mut bench = bench();
        let mut asked = BTreeSet::new();
        for at in open(&mut bench) {
            let twice = clicked_twice(&mut bench, at);
            let wanted = if twice.iter().any(|asked| asked.starts_with("add")) {
                1
            } else {
                2
            };
            assert!(twice.is_empty() || twice.len() == wanted, "{twice:?}");
            asked.extend(twice);
        }
        let wanted = [
            "add \"/takes/rain.wav\"",
            "browse Some(\"/\")",
            "browse Some(\"/home/ada\")",
            "browse Some(\"/takes/kicks\")",
        ];
        assert_eq!(asked.iter().map(String::as_str).collect::<Vec<_>>(), wanted);
    }

    /// Opens the list and asks for the file in it. Gives where that is.
    fn asked_for(bench: &mut Bench) -> Pos2 {
        let places = open(bench);
        let is_added = |at: &Pos2| {
            let asked = clicked_twice(bench, *at);
            asked.iter().any(|asked| asked.starts_with("add"))
        };
        let at = places.into_iter().find(is_added);
        let at = at.expect("one is the file");
        assert!(clicked_twice(bench, at).is_empty(), "it is on its way");
        at
    }

    #[test]
    fn a_file_is_heard_and_a_click_ends_it_while_it_is() {
        let mut bench = bench();
        let heard = |bench: &mut Bench, at: Pos2| {
            bench.asked.clear();
            bench.click(at, PointerButton::Primary);
            bench.asked.iter().find_map(|command| match command {
                Command::Audition(file) => Some(file.clone()),
                _ => None,
            })
        };
        let mut places = open(&mut bench).into_iter();
        let rain = PathBuf::from("/takes/rain.wav");
        let first = Some(Some(rain.clone()));
        let at = places.find(|at| heard(&mut bench, *at) == first);
        let at = at.expect("the file can be heard");
        for (ends, asked) in [(i64::MAX / 2, None), (0, Some(rain.clone()))] {
            bench.view.audition = Some(AuditionView {
                file: rain.clone(),
                ends: LocalTime::from_micros(ends),
            });
            assert_eq!(heard(&mut bench, at), Some(asked));
        }
    }

    #[test]
    fn a_file_that_was_not_taken_may_be_tried_again() {
        let mut bench = bench();
        let at = asked_for(&mut bench);
        bench.view.uploads = vec![UploadView {
            name: "rain".to_owned(),
            state: UploadState::Refused("it is damaged".to_owned()),
        }];
        assert!(!clicked_twice(&mut bench, at).is_empty());
    }

    #[test]
    fn a_file_whose_sample_was_taken_out_of_the_session_may_be_added_again() {
        let mut bench = bench();
        let at = asked_for(&mut bench);
        let without = Arc::clone(&bench.view.document);
        let mut with = Document::clone(&without);
        let (_, sample) = with.samples.first_key_value().expect("there are two");
        let rain = Sample {
            name: LongName::new("rain"),
            ..sample.clone()
        };
        Arc::make_mut(&mut with.samples).insert(SampleId::of(b"rain"), rain);
        bench.view.document = Arc::new(with);
        assert!(clicked_twice(&mut bench, at).is_empty(), "it is there");
        bench.view.document = without;
        assert_eq!(clicked_twice(&mut bench, at).len(), 1);
    }
}
