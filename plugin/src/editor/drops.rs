//! Files that are dragged over the window and dropped there: they become samples of the session,
//! wherever they are let go. What says so comes from the system, by a way of its own, since the
//! framework's window takes no files.

#[cfg(windows)]
mod ole;
mod paths;
#[cfg(target_os = "linux")]
mod x11;

#[cfg(windows)]
pub(super) use ole::Ear;
pub(super) use paths::paths;
#[cfg(target_os = "linux")]
pub(super) use x11::Ear;

use super::panel::Desk;
use crate::network::Command;
use egui::{Align2, FontId, Id, LayerId, Order, StrokeKind, Ui};
use lockstep_session::document::Document;
use lockstep_session::units::{LocalTime, Span};
use std::path::PathBuf;

/// What a hand does that holds something.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(any(target_os = "linux", windows, test)),
    expect(dead_code, reason = "nobody hears of it there")
)]
pub(crate) enum Dragged {
    /// It is over the window, with files.
    Over,
    Away,
    Dropped(Vec<PathBuf>),
    TooMany,
}

/// Where the system tells a window nothing of files.
#[cfg(not(any(target_os = "linux", windows)))]
#[derive(Debug)]
pub(super) enum Ear {}

#[cfg(not(any(target_os = "linux", windows)))]
impl Ear {
    pub(super) fn on(
        _: &super::Frame,
        _: impl Fn(Dragged) -> bool + Send + 'static,
    ) -> Option<Self> {
        None
    }
}

/// Whether files can be dropped on the windows of this system.
pub(super) const ARE_HEARD: bool = cfg!(any(target_os = "linux", windows));

const ASKS: &str = "Let go to add it to the samples of the session. Everyone here hears it.";
const TOO_MANY: &str = "These are too many files at once.";
/// Time to read that.
const READING: Span = Span::from_seconds(4);

#[derive(Debug, Default)]
pub(super) struct Drops {
    is_over: bool,
    /// Until when it is said that there were too many.
    refused: Option<LocalTime>,
}

impl Drops {
    /// Whether files were dropped, which are on their way now.
    pub(super) fn take(&mut self, dragged: Dragged, desk: &mut Desk<'_>) -> bool {
        let dragged = match dragged {
            Dragged::Dropped(files) if files.len() > Document::MOST_SAMPLES => Dragged::TooMany,
            other => other,
        };
        self.is_over = dragged == Dragged::Over;
        self.refused = None;
        match dragged {
            Dragged::Over | Dragged::Away => {}
            Dragged::TooMany => self.refused = Some(desk.now + READING),
            Dragged::Dropped(files) if desk.locked().is_none() => {
                for file in files {
                    desk.commands.ask(Command::AddSample(file));
                }
                return true;
            }
            Dragged::Dropped(_) => {}
        }
        false
    }

    /// Over everything else, what would come of letting go.
    pub(super) fn show(&mut self, ui: &Ui, desk: &Desk<'_>) {
        self.refused = self.refused.filter(|until| desk.now < *until);
        let (text, colour) = match (self.is_over, self.refused, desk.locked()) {
            (true, _, Some(why)) => (why, desk.theme.warning),
            (true, _, None) => (ASKS, desk.theme.accent),
            (false, Some(until), _) => {
                let left = (until - desk.now).as_micros().unsigned_abs();
                ui.ctx()
                    .request_repaint_after(std::time::Duration::from_micros(left));
                (TOO_MANY, desk.theme.warning)
            }
            (false, None, _) => return,
        };
        let theme = desk.theme;
        let layer = LayerId::new(Order::Foreground, Id::unique("dropped files"));
        let painter = ui.ctx().layer_painter(layer);
        let area = ui.ctx().content_rect();
        let veil = theme.background.gamma_multiply(0.85);
        painter.rect_filled(area, 0.0, veil);
        let frame = area.shrink(theme.pad);
        painter.rect_stroke(frame, theme.radius, (2.0, colour), StrokeKind::Inside);
        let font = FontId::proportional(theme.large);
        painter.text(area.center(), Align2::CENTER_CENTER, text, font, theme.ink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::bench::{Bench, SIZE, document};
    use crate::editor::selection::Tab;
    use egui::Shape;
    use lockstep_session::protocol::Role;

    const LISTENS: &str = "This link only listens. Ask for the other link to play along.";

    /// What is written in the very middle, which is none of the panels' places for words.
    fn words(bench: &Bench) -> Vec<&str> {
        let middle = (SIZE / 2.0).to_pos2();
        let shapes = bench.painted.iter();
        let words = shapes.filter_map(|shape| match shape {
            Shape::Text(text) if shape.visual_bounding_rect().contains(middle) => {
                Some(text.galley.text())
            }
            _ => None,
        });
        words.collect()
    }

    fn after<'a>(bench: &'a mut Bench, dragged: &[Dragged]) -> Vec<&'a str> {
        bench.dragged = dragged.to_vec();
        bench.frame(Vec::new());
        words(bench)
    }

    fn added(bench: &Bench) -> Vec<&PathBuf> {
        let added = bench.asked.iter().filter_map(|command| match command {
            Command::AddSample(file) => Some(file),
            _ => None,
        });
        added.collect()
    }

    fn two() -> Vec<PathBuf> {
        vec!["/takes/a.wav".into(), "/takes/b.wav".into()]
    }

    #[test]
    fn files_that_are_let_go_are_added_and_those_that_go_on_are_not() {
        let mut bench = Bench::new(document());
        assert_eq!(after(&mut bench, &[Dragged::Over]), [ASKS]);
        assert_eq!(after(&mut bench, &[]), [ASKS]);
        assert!(after(&mut bench, &[Dragged::Away]).is_empty());
        assert!(added(&bench).is_empty());
        let dropped = [Dragged::Over, Dragged::Away, Dragged::Dropped(two())];
        assert!(after(&mut bench, &dropped).is_empty());
        assert_eq!(added(&bench), two().iter().collect::<Vec<_>>());
        assert_eq!(bench.selection.tab, Tab::Samples);
    }

    #[test]
    fn who_only_listens_is_told_so_and_adds_nothing() {
        let mut bench = Bench::new(document());
        bench.view.role = Some(Role::Listener);
        assert_eq!(after(&mut bench, &[Dragged::Over]), [LISTENS]);
        assert!(after(&mut bench, &[Dragged::Dropped(two())]).is_empty());
        assert!(added(&bench).is_empty());
    }

    #[test]
    fn more_than_are_taken_are_refused_for_as_long_as_one_reads() {
        let mut bench = Bench::new(document());
        assert_eq!(after(&mut bench, &[Dragged::TooMany]), [TOO_MANY]);
        let mut frames = 1;
        while !after(&mut bench, &[]).is_empty() {
            frames += 1;
        }
        // A frame of the bench is 20 ms.
        assert_eq!(frames, 200);
        let many = vec!["/takes/a.wav".into(); Document::MOST_SAMPLES + 1];
        assert_eq!(after(&mut bench, &[Dragged::Dropped(many)]), [TOO_MANY]);
        assert!(added(&bench).is_empty());
    }
}
