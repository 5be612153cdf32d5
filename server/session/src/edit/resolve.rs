//! Giving an edit its moment: the server names the time of a transport change and the beat of a
//! launch; a replica does the same with its own estimate to show the edit at once.

use super::Edit;
use crate::document::Document;
use crate::document::launch::{Quantum, When};
use crate::units::{ServerTime, Span};

/// The present, and how far ahead a launch must lie for every player to hear of it in time.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub now: ServerTime,
    pub notice: Span,
}

/// A transport edge may be told this long after, or before, it happens.
const EDGE_TOLERANCE: Span = Span::from_seconds(2);

impl Edit {
    #[must_use]
    pub fn resolved(mut self, document: &Document, moment: Moment) -> Edit {
        self.resolve(document, moment);
        self
    }

    fn resolve(&mut self, document: &Document, moment: Moment) {
        match self {
            Edit::Play { from: place, at } | Edit::Relocate { to: place, at } => {
                *place = place.clamped();
                *at = Some(edge(*at, moment.now));
            }
            Edit::Stop { at } | Edit::Tempo { at, .. } | Edit::Loop { at, .. } => {
                *at = Some(edge(*at, moment.now));
            }
            Edit::Launch { when, .. } | Edit::LaunchScene { when, .. } => {
                *when = Some(next(document, document.quantum, moment));
            }
            Edit::Harmony { when, .. } => *when = Some(next(document, Quantum::Bar, moment)),
            Edit::Gesture(edits) => edits
                .iter_mut()
                .for_each(|edit| edit.resolve(document, moment)),
            _ => {}
        }
    }
}

fn edge(offered: Option<ServerTime>, now: ServerTime) -> ServerTime {
    offered
        .filter(|&at| at >= now - EDGE_TOLERANCE && at <= now + EDGE_TOLERANCE)
        .unwrap_or(now)
}

fn next(document: &Document, quantum: Quantum, moment: Moment) -> When {
    let now = document.timeline.beat_at(moment.now);
    if !document.timeline.playing {
        return When { now, at: now };
    }
    let earliest = document.timeline.beat_at(moment.now + moment.notice);
    When {
        now,
        at: earliest.rounded_up(quantum.span()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PlayerId;
    use crate::units::{Beat, BeatSpan};

    fn playing() -> Document {
        let mut document = Document::default();
        let play = Edit::Play {
            from: Beat::ZERO,
            at: Some(ServerTime::ZERO),
        };
        document.apply(&play, PlayerId::SERVER).expect("plays");
        document
    }

    fn launch_at(document: &Document, millis: i64) -> Beat {
        let moment = Moment {
            now: ServerTime::ZERO + Span::from_millis(millis),
            notice: Span::from_millis(100),
        };
        match (Edit::LaunchScene {
            scene: None,
            when: None,
        })
        .resolved(document, moment)
        {
            Edit::LaunchScene {
                when: Some(when), ..
            } => when.at,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_launch_waits_for_the_next_bar_that_everyone_can_hear_of() {
        let document = playing();
        assert_eq!(launch_at(&document, 1_000), Beat::ZERO + BeatSpan::BAR);
        assert_eq!(
            launch_at(&document, 1_950),
            Beat::ZERO + BeatSpan::BAR.times(2),
            "too late for the second bar"
        );
    }

    #[test]
    fn a_launch_while_stopped_happens_where_the_transport_stands() {
        assert_eq!(launch_at(&Document::default(), 5_000), Beat::ZERO);
    }

    #[test]
    fn an_edge_from_far_away_in_time_happens_now() {
        let now = ServerTime::from_micros(100_000_000);
        let moment = Moment {
            now,
            notice: Span::ZERO,
        };
        for (offered, expected) in [(-1_900_000, -1_900_000), (-2_100_000, 0), (i64::MAX / 2, 0)] {
            let stop = Edit::Stop {
                at: Some(now + Span::from_micros(offered)),
            };
            let expected = Edit::Stop {
                at: Some(now + Span::from_micros(expected)),
            };
            assert_eq!(stop.resolved(&Document::default(), moment), expected);
        }
    }
}
