//! The session panel: beginning a session, joining one, its link as text and as a QR code, who one
//! is, and running a server here.

mod code;

use super::header::short;
use super::panel::Desk;
use super::theme::Theme;
use super::widgets::{Button, Field, caption, choice, heading, spot_at, words};
use crate::network::{Beginning, Command};
use crate::view::{Connection, Hosting};
use code::Code;
use egui::{Label, RichText, Sense, Ui, vec2};
use lockstep_session::protocol::Profile;
use lockstep_session::text::Name;

const COLUMN: f32 = 190.0;
/// With the code in it.
const JOINED: f32 = 234.0;

#[derive(Debug)]
pub(super) struct SessionPanel {
    template: &'static str,
    pasted: String,
    code: Code,
}

impl Default for SessionPanel {
    fn default() -> Self {
        let first = lockstep_server::templates().next();
        Self {
            template: first.map_or("", |[name, ..]| name),
            pasted: String::new(),
            code: Code::default(),
        }
    }
}

impl SessionPanel {
    pub(super) fn show(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = desk.theme;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = theme.inset;
            if let Some(link) = desk.view.link.clone() {
                column(ui, JOINED, |ui| self.joined(ui, desk, &link));
            }
            column(ui, COLUMN, |ui| self.begin(ui, desk));
            column(ui, COLUMN, |ui| self.join(ui, desk));
            column(ui, COLUMN, |ui| seat(ui, desk));
            if desk.view.link.is_none() {
                column(ui, COLUMN, |ui| recents(ui, desk));
            }
        });
    }

    fn joined(&mut self, ui: &mut Ui, desk: &mut Desk<'_>, link: &str) {
        let theme = desk.theme;
        ui.horizontal_top(|ui| {
            self.code.show(ui, theme, link);
            ui.vertical(|ui| {
                heading(ui, theme, "This session");
                let text = RichText::new(short(link))
                    .size(theme.small)
                    .color(theme.dim);
                ui.add(Label::new(text).wrap()).on_hover_text(link);
                let copy = Button::new("Copy link")
                    .small(theme)
                    .hint("Whoever has this link can join and play along");
                if copy.show(ui, theme).clicked() {
                    ui.ctx().copy_text(link.to_owned());
                }
                let leave = Button::new("Leave")
                    .small(theme)
                    .hint("You go on alone with what is here; it stays in your project");
                if leave.show(ui, theme).clicked() {
                    desk.commands.ask(Command::Leave);
                }
            });
        });
    }

    fn begin(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = desk.theme;
        heading(ui, theme, "New session");
        let titles = || lockstep_server::templates();
        let current = titles().find(|[name, ..]| *name == self.template);
        let [_, title, description] = current.unwrap_or(["", "", ""]);
        let options = titles().map(|[name, title, _]| (name, title.to_owned()));
        let hint = "What the new session begins with";
        if let Some(name) = choice(ui, theme, ("template", hint, COLUMN - 20.0), title, options) {
            self.template = name;
        }
        words(ui, theme, description, theme.faint);
        let is_idle = desk.view.connection != Connection::Joining;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = theme.gap;
            let new = Button::new("New session")
                .on(desk.view.link.is_none())
                .enabled(is_idle)
                .small(theme)
                .hint("Makes a session from this template on the server named here, and joins it");
            if new.show(ui, theme).clicked() {
                let beginning = Beginning::Template(self.template.to_owned());
                desk.commands.ask(Command::NewSession(beginning));
            }
            let here = Button::new("With what is here")
                .enabled(is_idle)
                .small(theme)
                .hint("Makes a session from the tracks and clips that you see now, and joins it");
            if here.show(ui, theme).clicked() {
                desk.commands.ask(Command::NewSession(Beginning::Here));
            }
        });
    }

    fn join(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = desk.theme;
        heading(ui, theme, "Join");
        let mut pasted = std::mem::take(&mut self.pasted);
        let field = egui::TextEdit::singleline(&mut pasted)
            .id(ui.scope_id().with("pasted link"))
            .hint_text(RichText::new("A link or a code").color(theme.faint))
            .desired_width(COLUMN - 66.0);
        let joins = ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = theme.gap;
            let field = ui.add(field);
            let entered =
                field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            let join = Button::new("Join").hint("Joins the session of this link");
            let is_clicked = join.show(ui, theme).clicked();
            is_clicked || entered
        });
        if joins.inner && !pasted.trim().is_empty() {
            desk.commands.ask(Command::Join(pasted));
        } else {
            self.pasted = pasted;
        }
        if desk.view.link.is_some() {
            recents(ui, desk);
            return;
        }
        match &desk.view.connection {
            Connection::Refused(reason) => {
                words(ui, theme, reason, theme.warning);
            }
            _ => {
                let sentence = "A friend's link looks like http://\u{2026}/s/fuzzy-penguin-42-\u{2026} \
                                Until you join, everything here works alone.";
                words(ui, theme, sentence, theme.faint);
            }
        }
    }
}

fn column(ui: &mut Ui, width: f32, content: impl FnOnce(&mut Ui)) {
    let size = vec2(width, ui.available_height());
    ui.allocate_ui(size, |ui| {
        ui.vertical(|ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing.y = 6.0;
            content(ui);
        });
    });
}

fn recents(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = desk.theme;
    heading(ui, theme, "Recent sessions");
    if desk.view.recents.is_empty() {
        words(
            ui,
            theme,
            "Sessions that you joined come here.",
            theme.faint,
        );
    }
    for recent in desk.view.recents.iter().take(12) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = theme.gap;
            let forget = Button::new("\u{d7}")
                .bare()
                .width(20.0)
                .small(theme)
                .hint("Forgets this session. It stays on its server.");
            if forget.show(ui, theme).clicked() {
                desk.commands
                    .ask(Command::ForgetRecent(recent.link.clone()));
            }
            let name: String = recent.name.chars().take(22).collect();
            let join = Button::new(&name).bare().small(theme).hint(&recent.link);
            if join.show(ui, theme).clicked() {
                desk.commands.ask(Command::Join(recent.link.clone()));
            }
        });
    }
}

/// Who one is, and where new sessions are made.
pub(super) fn seat(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = desk.theme;
    heading(ui, theme, "You");
    profile(ui, desk);
    ui.horizontal(|ui| {
        caption(ui, theme, "Server");
        let server = &desk.view.settings.server;
        // What most addresses begin with, and need not be written.
        let server = server.strip_prefix("http://").unwrap_or(server);
        let field = Field::new("server address", server)
            .width(COLUMN - 68.0)
            .most(200)
            .invitation("127.0.0.1:7878")
            .hint("Where new sessions are made");
        if let Some(address) = field.show(ui, theme) {
            desk.commands.ask(Command::ServerAddress(address));
        }
    });
    hosting(ui, desk);
}

pub(super) fn profile(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = desk.theme;
    let profile = &desk.view.settings.profile;
    let field = Field::new("player name", profile.name.as_str())
        .width(COLUMN - 20.0)
        .most(32)
        .invitation("Your name")
        .hint("What the others call you");
    if let Some(name) = field.show(ui, theme) {
        let name = Name::new(&name);
        let changed = Profile {
            name,
            ..profile.clone()
        };
        desk.commands.ask(Command::Profile(changed));
    }
    if let Some(colour) = super::grid::palette(ui, theme, profile.colour) {
        let changed = Profile {
            colour,
            ..profile.clone()
        };
        desk.commands.ask(Command::Profile(changed));
    }
}

fn hosting(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = desk.theme;
    let hint = "Runs the session server inside your workstation, for people on the same network. \
                It stops with the plugin.";
    match &desk.view.hosting {
        Hosting::Off | Hosting::Failed(_) => {
            let start = Button::new("Start a server here").small(theme).hint(hint);
            if start.show(ui, theme).clicked() {
                desk.commands.ask(Command::StartServer);
            }
        }
        Hosting::Starting => {
            caption(ui, theme, "The server starts\u{2026}");
        }
        Hosting::On { address } => {
            ui.horizontal(|ui| {
                let stop = Button::new("Stop the server").small(theme).hint(hint);
                if stop.show(ui, theme).clicked() {
                    desk.commands.ask(Command::StopServer);
                }
                copied(ui, theme, address);
            });
        }
    }
    if let Hosting::Failed(reason) = &desk.view.hosting {
        words(ui, theme, reason, theme.warning);
    }
}

/// Text that a click copies.
fn copied(ui: &mut Ui, theme: &Theme, text: &str) {
    let words = RichText::new(text).size(theme.small).color(theme.live);
    let area = ui.add(Label::new(words)).rect;
    let label = spot_at(ui, area, Sense::CLICK, text);
    if label.on_hover_text("Click to copy").clicked() {
        ui.ctx().copy_text(text.to_owned());
    }
}
