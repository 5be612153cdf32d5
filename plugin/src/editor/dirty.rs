//! Tells the host that the project changed, which no plugin interface of ours has a word for: a
//! hidden parameter moves when the shared document does. It must not know what changed.

use super::panel::Desk;
use egui::Ui;
use lockstep_session::document::Document;
use lockstep_session::units::{LocalTime, Span};
use std::sync::Arc;
use std::time::Duration;

/// The host hears of changes at most so often.
const EVERY: Span = Span::from_seconds(1);

/// What the host has been told of.
#[derive(Debug, Default)]
pub(super) struct Marker {
    told: Option<Arc<Document>>,
    at: LocalTime,
}

impl Marker {
    /// Only what a project keeps counts: that the transport runs is no change.
    pub(super) fn tell(&mut self, ui: &Ui, desk: &Desk<'_>) {
        let document = &desk.view.document;
        let Some(told) = &self.told else {
            // What was loaded or made while the window was closed is where this begins.
            self.told = Some(Arc::clone(document));
            return;
        };
        if Arc::ptr_eq(told, document) {
            return;
        }
        if is_same(told, document) {
            self.told = Some(Arc::clone(document));
            return;
        }
        let wait = EVERY - (desk.now - self.at);
        if wait > Span::ZERO && self.at != LocalTime::ZERO {
            let wait = u64::try_from(wait.as_micros()).unwrap_or(0);
            ui.ctx().request_repaint_after(Duration::from_micros(wait));
            return;
        }
        self.told = Some(Arc::clone(document));
        self.at = desk.now;
        let changes = &desk.params.changes;
        desk.turn(changes, next(changes.value()));
    }
}

/// Another number within the parameter's range.
fn next(value: i32) -> i32 {
    (value + 1) % 1024
}

fn is_same(one: &Document, other: &Document) -> bool {
    let still = |document: &Document| Document {
        timeline: lockstep_session::document::timeline::Timeline {
            tempo: document.timeline.tempo,
            region: document.timeline.region,
            ..Default::default()
        },
        lead: None,
        ..document.clone()
    };
    still(one) == still(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_session::units::{ServerTime, Tempo};

    #[test]
    fn a_running_transport_is_no_change_and_a_tempo_is_one() {
        let before = Document::default();
        let mut plays = before.clone();
        plays
            .timeline
            .play(plays.timeline.beat, ServerTime::from_micros(5));
        assert!(is_same(&before, &plays));
        let mut faster = before.clone();
        faster.timeline.tempo = Tempo::new(15_000);
        assert!(!is_same(&before, &faster));
    }

    #[test]
    fn the_parameter_always_moves() {
        assert_eq!(next(0), 1);
        assert_eq!(next(1023), 0);
    }
}
