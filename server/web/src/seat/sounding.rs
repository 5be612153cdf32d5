//! The seat's part in the page's sound: it hands the timeline and the shared clock on, and looks
//! where the ear is.

use super::{Seat, Shell, server_time};
use crate::browser;
use crate::sound::{Ear, Touch};
use leptos::leptos_dom::helpers::set_timeout;
use leptos::prelude::{GetUntracked, GetValue};
use lockstep_session::ids::TrackId;
use lockstep_session::recorder::{Recording, Stroke};
use lockstep_session::units::{Beat, BeatSpan, LocalTime};
use std::time::Duration;

/// Clocks wander slowly, and a page in the background is woken once a second anyway.
const PACE: Duration = Duration::from_millis(250);
/// Nobody should hear for long that it is not known yet, or not any more, what is heard when.
const PACE_IN_DOUBT: Duration = Duration::from_millis(20);

impl Seat {
    /// Follows the session by ear for as long as the page lives.
    pub(super) fn keep_sounding(self) {
        let shell = self.shell.get_value();
        self.sound(&shell.borrow(), browser::now());
        self.draw_what_is_due();
        let pace = if self.sound.is_in_doubt() {
            PACE_IN_DOUBT
        } else {
            PACE
        };
        set_timeout(move || self.keep_sounding(), pace);
    }

    pub(super) fn sound(&self, shell: &Shell, now: LocalTime) {
        let replica = &shell.replica;
        let clock = |at| replica.server_time(at);
        self.sound.follow(&replica.timeline(now), now, clock);
    }

    /// A key of a track goes down as hard as this, or up where nothing is said: it is heard, and
    /// recorded if keys are.
    pub(crate) fn touch_key(&self, track: TrackId, key: u8, velocity: Option<f32>) {
        let touch = velocity.map_or(Touch::Up(key), |velocity| Touch::Down(key, velocity));
        self.sound.play(track, touch);
        let settings = self.sound.recording.get_untracked();
        if settings.recording == Recording::Off {
            return;
        }
        self.with(|shell, now| {
            let running = self.beat_shown(shell, now);
            let document = shell.replica.document();
            let mut tracks = document.tracks.iter();
            let Some(track) = tracks.position(|other| other.id == track) else {
                return;
            };
            let place = running.map(|beat| document.timeline.position_of(beat));
            let stroke = Stroke {
                track,
                key,
                velocity,
                place,
                turned: running
                    .zip(place)
                    .map_or(BeatSpan::ZERO, |(running, place)| running - place),
            };
            if let Some(edit) = shell.recorder.hear(&stroke, document, settings) {
                // A listener's keys are heard and change nothing.
                let _ = shell.replica.edit(edit, now);
            }
        });
    }

    /// The running beat that the playhead shows: what is heard here, or without sound what is played.
    pub(super) fn beat_shown(&self, shell: &Shell, now: LocalTime) -> Option<Beat> {
        match self.sound.ear(now) {
            Ear::At(beat) => Some(beat),
            Ear::Still => None,
            Ear::Deaf => {
                let timeline = shell.replica.timeline(now);
                let beat = || timeline.beat_at(server_time(&shell.replica, now));
                timeline.playing.then(beat)
            }
        }
    }
}
