//! The network thread's part in who follows whom: it hands the host's transport to the session, the
//! session's to the audio thread, and played keys to the recorder.

use super::Network;
use super::conductor::session_beat;
use super::leading::{HostState, SessionState};
use crate::guide::{Guide, Whom};
use lockstep_engine::Beats;
use lockstep_session::protocol::Presence;
use lockstep_session::recorder::{Settings, Stroke};
use lockstep_session::units::{Beat, BeatSpan, LocalTime};

impl Network {
    /// Makes the session follow the host, or the grid the session.
    pub(super) fn follow(&mut self) {
        let now = self.clock.now();
        let edges: Vec<_> = std::iter::from_fn(|| self.ends.edge()).collect();
        let position = self.ends.position();
        let before = self.leading.follows();
        let session = SessionState::of(&self.replica, now);
        let host = HostState {
            position,
            edges: &edges,
            mode: self.params.sync.value(),
            conducts: self.seat.as_ref().is_some_and(|seat| seat.conducts()),
        };
        for edit in self.leading.turn(&session, &host, now) {
            self.edit(edit, now);
        }
        let follows = self.leading.follows();
        self.changed |= follows != before;
        let timeline = self.replica.timeline(now);
        let plays = match follows {
            Whom::Host => position.rolling,
            Whom::Session => timeline.playing,
        };
        self.is_rolling = position.rolling || plays;
        if self.replica.is_live() && self.replica.presence().playing != plays {
            let presence = Presence {
                playing: plays,
                ..self.replica.presence().clone()
            };
            self.replica.set_presence(presence, now);
        }
        self.ends.guide(Guide {
            follows,
            leads: self.replica.document().lead == Some(self.replica.player()),
            timeline,
            clock: self.replica.server_time(now).map(|server| (now, server)),
            output_offset: self.output_offset,
        });
        self.record(now);
    }

    fn record(&mut self, now: LocalTime) {
        let controls = self.params.controls.settings();
        let settings = Settings {
            recording: controls.recording,
            is_quantised: controls.is_quantised,
            overdubs: controls.overdubs,
        };
        while let Some(played) = self.ends.played() {
            let stroke = Stroke {
                track: usize::from(played.track),
                key: played.key,
                velocity: played.velocity,
                place: played.beat.map(session_beat),
                turned: Beats::new(played.turned)
                    .map_or(BeatSpan::ZERO, |turned| session_beat(turned) - Beat::ZERO),
            };
            let document = self.replica.document();
            if let Some(edit) = self.recorder.hear(&stroke, document, settings) {
                self.edit(edit, now);
            }
            self.changed = true;
        }
    }
}
