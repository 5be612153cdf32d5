//! The plugin's window: who is there, whether we are joined, and the grid. It reads views and
//! sends commands; it must not know the network.

mod grid;
mod theme;

use crate::bridge::EditorEnds;
use crate::clock::LocalClock;
use crate::network::Command;
use crate::state::{EditorSize, SavedEditor};
use crate::transport::HostPosition;
use crate::view::{Connection, PlayerView, View};
use egui::{Color32, Context, FontId, RichText, Sense, Ui, vec2};
use grid::Grid;
use lockstep_session::units::Beat;
use nice_plug::context::gui::GuiContext;
use nice_plug::editor::dpi::LogicalSize;
use nice_plug_egui::baseview::HandlerError;
use nice_plug_egui::{
    EguiEditor, EguiEditorState, EguiNiceSettings, Frame, KeyCapture, NiceEguiApp,
    create_egui_editor,
};
use std::sync::Arc;
use std::time::Duration;
use theme::Theme;

const WIDTH: f32 = 1100.0;
const HEIGHT: f32 = 680.0;
const ZOOMS: [u32; 6] = [75, 100, 125, 150, 175, 200];
const MASTER_METER: f32 = 120.0;
/// While the host rolls, the playhead is redrawn this often.
const FRAME: Duration = Duration::from_millis(33);

/// The window's contents, as the framework drives them.
#[expect(
    missing_debug_implementations,
    reason = "its ends of queues have nothing to print"
)]
pub struct LockstepEditor {
    ends: EditorEnds,
    saved: Arc<SavedEditor>,
    clock: LocalClock,
    theme: Theme,
    link: String,
    grid: Grid,
    busy: bool,
}

pub(crate) fn create(
    ends: EditorEnds,
    saved: Arc<SavedEditor>,
    clock: LocalClock,
) -> Option<EguiEditor<LockstepEditor>> {
    let state = EguiEditorState::from_size(LogicalSize::new(WIDTH, HEIGHT), saved.size().zoom());
    let repaint = ends.repaint.clone();
    let editor = LockstepEditor {
        ends,
        saved,
        clock,
        theme: Theme::new(),
        link: String::new(),
        grid: Grid::default(),
        busy: false,
    };
    create_egui_editor(
        state,
        repaint,
        EguiNiceSettings::new().with_tile("Lockstep"),
        editor,
    )
}

impl NiceEguiApp for LockstepEditor {
    fn build(
        &mut self,
        context: Context,
        _: GuiContext,
        frame: &mut Frame,
    ) -> Result<(), HandlerError> {
        self.theme.apply(&context);
        // Fields of a project are loaded after the editor was made.
        context.set_zoom_factor(self.saved.size().zoom());
        frame.set_clear_color(self.theme.background.into());
        frame.set_key_capture(KeyCapture::IgnoreAll);
        Ok(())
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut Frame) {
        let view = self.ends.view();
        let host = self.ends.playing().grid;
        egui::Frame::new()
            .fill(self.theme.background)
            .inner_margin(self.theme.space)
            .show(ui, |ui| {
                ui.set_min_size(ui.available_size());
                self.header(ui, &view, host);
                ui.add_space(self.theme.gap);
                self.session(ui, &view, host);
            });
        // The workstation keeps its keys unless someone is typing here.
        let is_typing = ui.ctx().text_edit_focused();
        frame.set_key_capture(if is_typing {
            KeyCapture::CaptureAll
        } else {
            KeyCapture::IgnoreAll
        });
        if !is_typing && let Some(focused) = ui.memory(|memory| memory.focused()) {
            ui.memory_mut(|memory| memory.surrender_focus(focused));
        }
        if host.rolling || self.ends.levels().master.peak > 0.0 {
            ui.ctx().request_repaint_after(FRAME);
        }
    }

    fn zoom_factor_changed(&mut self, zoom: f32) {
        let nearest = ZOOMS.into_iter().min_by(|left, right| {
            let off = |percent: u32| (EditorSize::from_percent(percent).zoom() - zoom).abs();
            off(*left).total_cmp(&off(*right))
        });
        self.saved
            .resize(EditorSize::from_percent(nearest.unwrap_or(100)));
    }
}

impl LockstepEditor {
    fn header(&mut self, ui: &mut Ui, view: &View, host: HostPosition) {
        let theme = self.theme.clone();
        ui.horizontal(|ui| {
            let name = RichText::new(view.document.name.as_str())
                .size(theme.large)
                .strong();
            ui.label(name);
            ui.add_space(theme.space);
            ui.label(small(&theme, &transport_words(view, host), theme.dim));
            ui.add_space(theme.space);
            for player in &view.players {
                chip(ui, &theme, player);
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                self.zoom(ui);
                ui.add_space(theme.space);
                let size = vec2(MASTER_METER, theme.gap * 2.0);
                let (area, _) = ui.allocate_exact_size(size, Sense::empty());
                grid::paint_level(ui.painter(), &theme, area, self.ends.levels().master);
            });
        });
        ui.horizontal(|ui| {
            match &view.link {
                None => self.join(ui),
                Some(link) => {
                    ui.label(small(&theme, link, theme.faint));
                    if ui.button("Copy link").clicked() {
                        ui.ctx().copy_text(link.clone());
                    }
                    if ui.button("Leave").clicked() {
                        self.ask(Command::Leave);
                    }
                }
            }
            ui.add_space(theme.space);
            let (words, colour) = connection_words(&theme, view);
            ui.label(RichText::new(words).color(colour));
        });
        let trouble = if self.busy {
            Some("One moment: the last edits are still on their way")
        } else {
            None
        };
        if let Some(sentence) = trouble.or(view.notice.as_deref()) {
            ui.label(RichText::new(sentence).color(theme.warning));
        }
        let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), Sense::empty());
        ui.painter().rect_filled(line, 0.0, theme.line);
    }

    fn join(&mut self, ui: &mut Ui) {
        let field = egui::TextEdit::singleline(&mut self.link)
            .hint_text("Paste a session's link or code")
            .desired_width(360.0);
        let field = ui.add(field);
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if (ui.button("Join").clicked() || entered) && !self.link.trim().is_empty() {
            let pasted = std::mem::take(&mut self.link);
            self.ask(Command::Join(pasted));
        }
    }

    fn zoom(&mut self, ui: &mut Ui) {
        let current = self.saved.size().percent();
        let larger = ZOOMS.into_iter().find(|percent| *percent > current);
        let smaller = ZOOMS.into_iter().rev().find(|percent| *percent < current);
        for (label, target) in [("+", larger), ("-", smaller)] {
            let button = ui.add_enabled(target.is_some(), egui::Button::new(label));
            if let (true, Some(percent)) = (button.clicked(), target) {
                ui.ctx()
                    .set_zoom_factor(EditorSize::from_percent(percent).zoom());
            }
        }
        ui.label(small(
            &self.theme,
            &format!("{current} %"),
            self.theme.faint,
        ));
    }

    fn session(&mut self, ui: &mut Ui, view: &View, host: HostPosition) {
        let theme = self.theme.clone();
        ui.horizontal(|ui| {
            let pages = Grid::pages(&view.document);
            self.grid.page = self.grid.page.min(pages - 1);
            for page in 0..pages {
                let label = format!("{}-{}", page * 16 + 1, page * 16 + 16);
                let chosen =
                    ui.selectable_label(self.grid.page == page, small(&theme, &label, theme.ink));
                if chosen.clicked() {
                    self.grid.page = page;
                }
            }
            if ui.button("Undo").clicked() {
                self.ask(Command::Undo);
            }
            if ui.button("Redo").clicked() {
                self.ask(Command::Redo);
            }
            if ui.button("Add track").clicked() {
                self.ask(Command::Edit(grid::add_track(&view.document)));
            }
        });
        if view.document.tracks.is_empty() {
            let words = "No tracks yet. Paste a link above to join a session, or add a track here.";
            ui.label(RichText::new(words).color(theme.dim));
            return;
        }
        let beat = self.beat(host);
        let levels = self.ends.levels();
        if let Some(edit) = self.grid.show(ui, &theme, &view.document, &levels, beat) {
            self.ask(Command::Edit(edit));
        }
    }

    /// Where the host is by now, for the eye.
    fn beat(&self, host: HostPosition) -> Option<Beat> {
        let tempo = host.tempo.filter(|_| host.rolling)?.beats_per_minute();
        let passed = (self.clock.now() - host.at).as_micros().clamp(0, 1_000_000);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            reason = "within a second"
        )]
        let passed = (passed as f64 * tempo / 60.0) as i64;
        let beat = crate::network::session_beat(host.beat);
        Some(Beat::from_micros(beat.as_micros() + passed))
    }

    fn ask(&mut self, command: Command) {
        self.busy = self.ends.ask(command).is_err();
    }
}

fn small(theme: &Theme, text: &str, colour: Color32) -> RichText {
    RichText::new(text).size(theme.small).color(colour)
}

fn chip(ui: &mut Ui, theme: &Theme, player: &PlayerView) {
    let mut text = player.name.clone();
    for (is_so, word) in [
        (player.is_me, " (you)"),
        (player.is_leader, " leads"),
        (player.presence.playing, " \u{25b6}"),
    ] {
        text.push_str(if is_so { word } else { "" });
    }
    let galley =
        ui.painter()
            .layout_no_wrap(text, FontId::proportional(theme.small), theme.on_colour);
    let size = galley.size() + vec2(theme.space, theme.gap * 2.0);
    let (area, _) = ui.allocate_exact_size(size, Sense::empty());
    ui.painter()
        .rect_filled(area, theme.radius, theme.track(player.colour));
    let corner = area.center() - galley.size() / 2.0;
    ui.painter().galley(corner, galley, theme.on_colour);
}

fn transport_words(view: &View, host: HostPosition) -> String {
    let state = if host.rolling {
        "Host plays"
    } else {
        "Host stopped"
    };
    let tempo = host.tempo.map_or_else(
        || {
            format!(
                "{:.2} BPM in the session",
                view.document.timeline.tempo.beats_per_minute()
            )
        },
        |tempo| format!("{:.2} BPM", tempo.beats_per_minute()),
    );
    format!("{state} \u{b7} {tempo}")
}

fn connection_words(theme: &Theme, view: &View) -> (String, Color32) {
    match &view.connection {
        Connection::Alone => (
            "Not joined. What you make is kept in your project".to_owned(),
            theme.dim,
        ),
        Connection::Joining => ("Joining\u{2026}".to_owned(), theme.dim),
        Connection::Waiting => (
            "Offline: your edits are kept. Trying again".to_owned(),
            theme.accent,
        ),
        Connection::Refused(reason) => (format!("Not joined: {reason}"), theme.warning),
        Connection::Live => {
            let saved = match view.unsaved {
                0 => "Saved".to_owned(),
                1 => "Saving one edit".to_owned(),
                count => format!("Saving {count} edits"),
            };
            let clock = view
                .quality
                .map(|quality| milliseconds(i64::from(quality.clock_error_us.get())));
            let clock = clock.map_or(String::new(), |error| {
                format!(" \u{b7} in time \u{b1}{error} ms")
            });
            (format!("Joined \u{b7} {saved}{clock}"), theme.live)
        }
    }
}

/// Tenths of a millisecond are as fine as anyone needs to read, and nobody is better than one.
fn milliseconds(micros: i64) -> String {
    let tenths = (micros / 100).max(1);
    format!("{}.{}", tenths / 10, tenths % 10)
}
