//! Everyone who is here, and looking where another looks.

use super::grid::view_of;
use super::header::describe;
use super::panel::Desk;
use super::widgets::{Button, empty, heading};
use crate::network::Command;
use egui::{RichText, Sense, Ui, vec2};
use lockstep_session::protocol::Presence;

#[derive(Debug, Default)]
pub(super) struct Players;

impl Players {
    pub(super) fn show(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = desk.theme;
        let players = &desk.view.players;
        if players.is_empty() {
            empty(
                ui,
                theme,
                "Nobody else is here. Begin a session or join one under Session, and send its link \
                 to your friends.",
            );
            return;
        }
        let me = players.iter().find(|player| player.is_me);
        ui.horizontal(|ui| {
            heading(ui, theme, "Players");
            let look = Button::new("Look here")
                .small(theme)
                .enabled(me.is_some())
                .hint("Asks everyone to look at the track and the page that you see");
            if look.show(ui, theme).clicked()
                && let Some(view) = view_of(desk)
            {
                desk.commands.ask(Command::Gather(view));
            }
        });
        ui.horizontal_wrapped(|ui| {
            for player in players {
                ui.horizontal(|ui| {
                    ui.set_width(340.0);
                    let (area, _) = ui.allocate_exact_size(vec2(12.0, 12.0), Sense::empty());
                    let colour = theme.track(player.colour);
                    ui.painter().circle_filled(area.center(), 6.0, colour);
                    let words = RichText::new(describe(player)).size(theme.text);
                    ui.add(egui::Label::new(words).truncate());
                    let Some(me) = me.filter(|_| !player.is_me) else {
                        return;
                    };
                    let follows = me.presence.following == Some(player.id);
                    let follow = Button::new(if follows { "Following" } else { "Follow" })
                        .on(follows)
                        .small(theme)
                        .hint("Your grid goes to the tracks and pages where they look");
                    if follow.show(ui, theme).clicked() {
                        let presence = Presence {
                            following: (!follows).then_some(player.id),
                            ..me.presence.clone()
                        };
                        desk.commands.ask(Command::Presence(presence));
                    }
                });
            }
        });
    }
}
