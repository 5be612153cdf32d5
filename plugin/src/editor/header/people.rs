//! Who is here, as circles with initials.

use crate::editor::panel::Desk;
use crate::editor::selection::Tab;
use crate::editor::widgets::spot;
use crate::view::PlayerView;
use egui::{Align2, FontId, Sense, Stroke, Ui, vec2};

const SIZE: f32 = 28.0;
const OVERLAP: f32 = 6.0;
/// More than so many are counted.
const MOST: usize = 3;

pub(super) fn show(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = desk.theme;
    let players = &desk.view.players;
    if players.is_empty() {
        return;
    }
    ui.spacing_mut().item_spacing.x = -OVERLAP;
    let mut is_clicked = false;
    // The row is laid out from the right.
    if players.len() > MOST {
        let words = format!("+{}", players.len() - MOST);
        is_clicked |= circle(
            ui,
            desk,
            &words,
            theme.raised,
            theme.ink,
            "Everyone who is here",
        );
    }
    for player in players.iter().take(MOST).rev() {
        let hint = describe(player);
        let colour = theme.track(player.colour);
        is_clicked |= circle(
            ui,
            desk,
            &initials(&player.name),
            colour,
            theme.on_colour,
            &hint,
        );
    }
    ui.spacing_mut().item_spacing.x = theme.pad;
    // The last circle overlaps nobody.
    ui.add_space(theme.pad + OVERLAP);
    if is_clicked {
        desk.selection.tab = Tab::Players;
    }
}

fn circle(
    ui: &mut Ui,
    desk: &Desk<'_>,
    words: &str,
    fill: egui::Color32,
    ink: egui::Color32,
    hint: &str,
) -> bool {
    let theme = desk.theme;
    let (area, response) = spot(ui, vec2(SIZE, SIZE), Sense::CLICK, words);
    let centre = area.center();
    ui.painter().circle(
        centre,
        SIZE / 2.0 - 1.0,
        fill,
        Stroke::new(2.0, theme.panel),
    );
    let font = FontId::proportional(theme.small);
    ui.painter()
        .text(centre, Align2::CENTER_CENTER, words, font, ink);
    response.on_hover_text(hint).clicked()
}

pub(in crate::editor) fn initials(name: &str) -> String {
    let first = |word: &str| word.chars().find(|sign| !sign.is_ascii_punctuation());
    let initials = name.split_whitespace().filter_map(first).take(2);
    initials.flat_map(char::to_uppercase).collect()
}

pub(in crate::editor) fn describe(player: &PlayerView) -> String {
    use lockstep_session::protocol::Kind;
    let kind = match player.kind {
        Kind::Daw => "in a workstation",
        Kind::Browser => "in a browser",
        Kind::Listener => "listening",
        Kind::Other => "another program",
    };
    let me = if player.is_me { " (you)" } else { "" };
    let leads = if player.is_leader { ", leads" } else { "" };
    let plays = if player.presence.playing {
        ", plays"
    } else {
        ""
    };
    let trip = player.presence.quality.round_trip_ms.get();
    let trip = if trip == 0 {
        String::new()
    } else {
        format!(", {trip} ms away")
    };
    format!("{}{me}: {kind}{leads}{plays}{trip}", player.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_the_first_letters_of_two_words() {
        assert_eq!(initials("Amber Otter"), "AO");
        assert_eq!(initials("  jo "), "J");
        assert_eq!(initials("Ada (home)"), "AH");
        assert_eq!(initials("\u{2605}"), "\u{2605}");
        assert_eq!(initials(""), "");
    }
}
